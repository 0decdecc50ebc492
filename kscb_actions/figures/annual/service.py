"""What changes: the texts of an annual report, and its issue. And the trail of what was taken away."""

import hashlib
import io
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any

from kscb_actions import clock
from kscb_actions.access.policy import Permission, Viewer, require
from kscb_actions.audit.service import StaleEdit, change
from kscb_actions.database import reading
from kscb_actions.settings.rules import Board
from kscb_actions.text import InvalidInput, clean_text, one_line, why_too_long
from kscb_actions.wording import plural

from .kept import write_counts, write_report
from .lessons import lessons
from .models import AnnualDraft, IssuedReport
from .overlap import overlap_of
from .report import Annual, Edition, Texts, build_annual, title_of
from .small_numbers import SmallNumber, small_numbers
from .year import choices_to_leave_out, draft_of, editions, read_year, write_name

LINES = {"author": 120, "owner": 120}
UNREAD = "Tick that you have read these sentences and that they identify no child, or change them."
UNTICKED = "Tick that it is to be issued nevertheless, or leave a table out."
CHANGED = "Another edition was issued, or the texts were changed, since you opened this page. Look again."


@dataclass(frozen=True)
class DraftFacts:
    """What is written for a year's report: the texts, and the tables it does without, as written names."""

    texts: Texts
    left_out: tuple[str, ...] = ()


@dataclass(frozen=True)
class Ticked:
    """What the person has ticked before the issue.

    sentences  they have read the small numbers in the texts, and these identify no child
    overlap    it is to be issued though tables overlap
    """

    sentences: bool = False
    overlap: bool = False


def save_draft(viewer: Viewer, year: str, facts: DraftFacts, expected: int) -> AnnualDraft:
    """Keep what has been written for the year's report; `expected` is 0 before anything was kept.

    Raises Refused, InvalidInput, StaleEdit.
    """
    require(viewer, Permission.ISSUE_FIGURES)
    values = _clean(facts)
    with change(viewer) as tx:
        draft = AnnualDraft.get_or_none(AnnualDraft.year == year)
        if draft is None:
            return tx.add(AnnualDraft(year=year, **values), "annual-report.draft-begun")
        if expected == 0:
            raise StaleEdit(draft)
        for name, value in values.items():
            setattr(draft, name, value)
        return tx.update(draft, "annual-report.draft-changed", expected)


def annual_of(viewer: Viewer, board: Board, year: str, is_draft: bool = True) -> Annual:
    """All that the year's report is made of, as it stands.

    Raises Refused, and InvalidInput where the tables cannot be published.
    """
    today = clock.today()
    with reading():
        found, draft, earlier = read_year(viewer, year), draft_of(year), editions(year)
        learnt = lessons(year, today, board.thresholds)
    fit = found.published()
    numbered = [Edition(each.number, each.issued_on) for each in earlier]
    return Annual(
        organisation=board.name,
        year=year,
        as_at=today,
        fit=fit,
        texts=Texts(**{name: getattr(draft, name) for name in asdict(Texts())}),
        lessons=learnt,
        editions=[*numbered, Edition(len(earlier) + 1, None if is_draft else today)],
        is_draft=is_draft,
        marking=board.marking,
        notice=board.notice,
        printed=fit.printed(),
    )


def issue(
    viewer: Viewer, board: Board, year: str, number: int, seen_version: int, ticked: Ticked = Ticked()
) -> IssuedReport:
    """Issue the year's report as its edition `number`: from now on it is public, and never changes.

    `number` and `seen_version` are what the person had in front of them: the edition, and the version of the
    texts (0: none written). Raises Refused, and InvalidInput where it cannot be published, has changed, or
    something has to be ticked first; what was ticked is in the trail.
    """
    from kscb_actions.reports.word.paper import write_docx

    require(viewer, Permission.ISSUE_FIGURES)
    with change(viewer) as tx:
        seen = (len(editions(year)) + 1, seen_of(draft_of(year)))
        if seen != (number, seen_version):
            raise InvalidInput({"number": CHANGED})
        annual = annual_of(viewer, board, year, is_draft=False)
        notes = _notes(annual, ticked)
        report = build_annual(annual)
        paper = io.BytesIO()
        write_docx(report, paper)
        issued = IssuedReport(
            year=year,
            number=number,
            title=title_of(year),
            issued_on=annual.as_at,
            issued_by=viewer.name,
            issued_at=clock.now(),
            report_json=write_report(report),
            counts_json=write_counts([*annual.fit.pairs()]),
            paper=paper.getvalue(),
            paper_sha256=hashlib.sha256(paper.getvalue()).hexdigest(),
            is_overlap_protected=annual.fit.is_full,
        )
        told = {"note": " ".join(notes.values()), "ticked": [*notes]} if notes else None
        return tx.add(issued, "annual-report.issued", told)


def record_export(viewer: Viewer, detail: Mapping[str, Any]) -> None:
    """Tell the trail that tables left as a file. Raises Refused."""
    require(viewer, Permission.READ_FIGURES)
    with change(viewer) as tx:
        tx.say("figures.exported", "figures", detail)


def seen_of(draft: AnnualDraft) -> int:
    """The version of the texts somebody has in front of them; 0 where nothing was kept yet."""
    return draft.version if draft.id else 0


def numbers_told(texts: Mapping[str, str]) -> dict[str, list[SmallNumber]]:
    """The sentences of each text in which one to four children seem to be counted, where there are any."""
    return {name: found for name, text in texts.items() if (found := small_numbers(text))}


def _notes(annual: Annual, ticked: Ticked) -> dict[str, str]:
    """What the trail is told of what was ticked. Raises InvalidInput where something was not."""
    notes: dict[str, str] = {}
    if told := numbers_told(asdict(annual.texts)):
        sentences = plural(sum(map(len, told.values())), "sentence")
        notes["sentences"] = f"Read, as identifying no child: {sentences} with a small number."
    if overlap := overlap_of(annual.year, annual.fit):
        notes["overlap"] = overlap.note
    unticked = {"sentences": UNREAD, "overlap": UNTICKED}
    if problems := {name: unticked[name] for name in notes if not getattr(ticked, name)}:
        raise InvalidInput(problems)
    return notes


def _clean(facts: DraftFacts) -> dict[str, str]:
    values: dict[str, str] = {}
    problems: dict[str, str] = {}
    for name, text in asdict(facts.texts).items():
        values[name] = one_line(text) if name in LINES else clean_text(text)
        why = why_too_long(values[name], LINES[name]) if name in LINES else why_too_long(values[name])
        problems |= {name: why} if why else {}
    known = [write_name(name) for name in choices_to_leave_out()]
    if set(facts.left_out) - set(known):
        problems["left_out"] = "Choose tables from the list."
    if problems:
        raise InvalidInput(problems)
    return values | {"left_out": ",".join(name for name in known if name in facts.left_out)}
