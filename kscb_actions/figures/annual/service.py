"""Operations on annual reports: their texts, their issue, and the audit of exported tables."""

import hashlib
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any

from kscb_actions import clock
from kscb_actions.access.policy import Permission, Viewer, require
from kscb_actions.audit.service import StaleEdit, change
from kscb_actions.database import reading
from kscb_actions.reports.word.file import word_file
from kscb_actions.settings.rules import Board
from kscb_actions.text import InvalidInput, clean_text, one_line, why_too_long
from kscb_actions.wording import plural

from .lessons import lessons
from .models import AnnualDraft, IssuedReport
from .report import Annual, Edition, Texts, build_annual, title_of
from .serialisation import write_counts, write_report
from .small_numbers import SmallNumber, small_numbers
from .year import draft_of, editions, omittable_tables, overlap_of, read_year, table_key

LINES = {"author": 120, "owner": 120}
NOT_READ = "Tick that you have read these sentences and that they identify no child, or change them."
NOT_CONFIRMED = "Tick that it is to be issued nevertheless, or leave a table out."
CHANGED = "The texts were changed since you opened this page. Look again."
ISSUED_ALREADY = (
    "The report of {year} is issued. It is not issued again: late cases wait for the next report."
)


@dataclass(frozen=True)
class DraftFacts:
    """Hold what is written for a year's report: the texts, and the keys of the tables it does without."""

    texts: Texts
    left_out: tuple[str, ...] = ()


@dataclass(frozen=True)
class Confirmations:
    """Hold what the person has confirmed before the issue.

    sentences  they have read the small numbers in the texts, and these identify no child
    overlap    it is to be issued though tables overlap
    """

    sentences: bool = False
    overlap: bool = False


def save_draft(viewer: Viewer, year: str, facts: DraftFacts, expected: int) -> AnnualDraft:
    """Save what has been written for the year's report; `expected` is 0 before anything was saved.

    Raise Refused, InvalidInput, StaleEdit.
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
    """Return all that the year's report is made of, as it stands.

    Raise Refused, and InvalidInput where the tables cannot be published.
    """
    today = clock.today()
    with reading():
        found, draft, earlier = read_year(viewer, year), draft_of(year), editions(year)
        learnt = lessons(year, today, board.thresholds)
    protected = found.publish()
    numbered = [Edition(each.number, each.issued_on) for each in earlier]
    return Annual(
        organisation=board.name,
        year=year,
        as_at=today,
        protected=protected,
        texts=Texts(**{name: getattr(draft, name) for name in asdict(Texts())}),
        lessons=learnt,
        editions=[*numbered, Edition(len(earlier) + 1, None if is_draft else today)],
        is_draft=is_draft,
        marking=board.marking,
        notice=board.notice,
        printed=protected.printed(),
    )


def issue(
    viewer: Viewer,
    board: Board,
    year: str,
    number: int,
    seen_version: int,
    confirmed: Confirmations = Confirmations(),
) -> IssuedReport:
    """Issue the year's report as its edition `number`: from now on it is public, and never changes.

    `number` and `seen_version` are what the person saw: the edition, and the version of the texts (0: none
    written). Raise Refused, and InvalidInput where the year was issued before (two editions, subtracted, give
    a child away), where it cannot be published, has changed, or has to be confirmed first; what was
    confirmed is in the trail.
    """
    require(viewer, Permission.ISSUE_FIGURES)
    with change(viewer) as tx:
        if editions(year):
            raise InvalidInput({"number": ISSUED_ALREADY.format(year=year)})
        if (1, draft_version(draft_of(year))) != (number, seen_version):
            raise InvalidInput({"number": CHANGED})
        annual = annual_of(viewer, board, year, is_draft=False)
        notes = _notes(annual, confirmed)
        report = build_annual(annual)
        paper = word_file(report)
        issued = IssuedReport(
            year=year,
            number=number,
            title=title_of(year),
            issued_on=annual.as_at,
            issued_by=viewer.name,
            issued_at=clock.now(),
            report_json=write_report(report),
            counts_json=write_counts([*annual.protected.pairs()]),
            paper=paper,
            paper_sha256=hashlib.sha256(paper).hexdigest(),
            is_overlap_protected=annual.protected.is_overlap_protected,
        )
        detail = {"note": " ".join(notes.values()), "ticked": [*notes]} if notes else None
        return tx.add(issued, "annual-report.issued", detail)


def record_export(viewer: Viewer, detail: Mapping[str, Any]) -> None:
    """Record in the audit trail that tables were exported as a file. Raise Refused."""
    require(viewer, Permission.READ_FIGURES)
    with change(viewer) as tx:
        tx.record("figures.exported", "figures", detail)


def draft_version(draft: AnnualDraft) -> int:
    """Return the version of the texts that is shown; 0 where nothing was saved yet."""
    return draft.version if draft.id else 0


def small_number_sentences(texts: Mapping[str, str]) -> dict[str, list[SmallNumber]]:
    """Return {text: sentences in which one to four children seem to be counted}, where there are any."""
    return {name: found for name, text in texts.items() if (found := small_numbers(text))}


def _notes(annual: Annual, confirmed: Confirmations) -> dict[str, str]:
    """Return what the trail records of what was confirmed. Raise InvalidInput where something was not."""
    notes: dict[str, str] = {}
    if found := small_number_sentences(asdict(annual.texts)):
        sentences = plural(sum(map(len, found.values())), "sentence")
        notes["sentences"] = f"Read, as identifying no child: {sentences} with a small number."
    if overlap := overlap_of(annual.year, annual.protected):
        notes["overlap"] = overlap.note
    missing = {"sentences": NOT_READ, "overlap": NOT_CONFIRMED}
    if problems := {name: missing[name] for name in notes if not getattr(confirmed, name)}:
        raise InvalidInput(problems)
    return notes


def _clean(facts: DraftFacts) -> dict[str, str]:
    values: dict[str, str] = {}
    problems: dict[str, str] = {}
    for name, text in asdict(facts.texts).items():
        values[name] = one_line(text) if name in LINES else clean_text(text)
        why = why_too_long(values[name], LINES[name]) if name in LINES else why_too_long(values[name])
        problems |= {name: why} if why else {}
    known = [table_key(name) for name in omittable_tables()]
    if set(facts.left_out) - set(known):
        problems["left_out"] = "Choose tables from the list."
    if problems:
        raise InvalidInput(problems)
    return values | {"left_out": ",".join(name for name in known if name in facts.left_out)}
