"""A year's report on its way: frozen, proposed, agreed by a second person, perhaps withdrawn."""

import hashlib
from collections.abc import Collection
from dataclasses import asdict, dataclass

from kscb_actions import clock
from kscb_actions.access.policy import Permission, Viewer, require
from kscb_actions.apart import Unfinished, run_apart_telling
from kscb_actions.audit.service import StaleEdit, change
from kscb_actions.database import reading
from kscb_actions.figures.counting.frozen import frozen_tallies
from kscb_actions.figures.counting.report_tables import REPORT_TABLES, TableName
from kscb_actions.figures.disclosure.refused import CannotPublish, OutOfTime
from kscb_actions.reports.kept.serialisation import write_text
from kscb_actions.reports.word.file import word_file
from kscb_actions.settings.rules import Board
from kscb_actions.terms import say, say_later
from kscb_actions.text import InvalidInput, clean_text, why_too_long
from kscb_actions.wording import plural

from .correcting import counts_what_is_closed
from .models import FrozenYear, IssuedReport, WithdrawnReport
from .protection import Tell, protect_year
from .report import Texts, build_annual, title_of
from .serialisation import write_cases, write_counts
from .service import annual_of, draft_version, small_number_sentences
from .year import (
    counted_before,
    draft_of,
    editions,
    frozen_year,
    has_ended,
    issued_before,
    table_key,
    table_label,
)

NOT_ENDED = "{year} has not ended. Freeze its data on its last day or later."
ISSUED_ALREADY = (
    "The report of {year} is issued. It is not issued again: late cases wait for the next report."
)
NOTHING_COUNTED = "No death and no review counts in {year}, so there is nothing to report."
NO_TIME = (
    "No answer was proven in time, so nothing was frozen. Leave out a table that few look at, or freeze "
    "again when the server is less busy."
)
ENDED = (
    "{why} Nothing was frozen, and what was frozen before stays as it was. Freeze the data again; where it "
    "is stopped again, leave out a table that few look at, and tell whoever looks after the server."
)
LEAVE_OUT = (
    "Not all tables can be published beside what has been issued before. The fewest that have to be left out "
    "are ticked now: {tables}. Freeze again to do without them."
)
NOT_FROZEN = "The data of {year} are not frozen. Freeze them first."
CHANGED = "The texts or the data were changed since you opened this page. Look again."
NOT_READ = "Tick that you have read these sentences and that they identify no child, or change them."
CLOSED_SINCE = (
    "The data of {year} count a case that was closed as recorded in error since. Freeze them anew before the "
    "report is issued."
)
NOT_PROPOSED = (
    "Nobody has proposed to issue the report of {year}, or its texts were changed since. Ask for it."
)
SAME_PERSON = say_later(
    "You proposed to issue this report yourself. Another person, the panel’s chair, has to agree."
)


class TablesInTheWay(InvalidInput):
    """Report which tables have to be left out: `tables` are their keys, all of them at once."""

    def __init__(self, tables: Collection[TableName]) -> None:
        self.tables = tuple(map(table_key, tables))
        labels = "; ".join(map(table_label, tables))
        super().__init__({"left_out": LEAVE_OUT.format(tables=labels)})


@dataclass(frozen=True)
class Seen:
    """Hold what somebody had before them: the versions of the frozen data and of the texts (0: none)."""

    data: int
    texts: int


def freeze_year(
    viewer: Viewer,
    year: str,
    left_out: Collection[str] = (),
    expected: int = 0,
    tell: Tell = lambda *_: None,
) -> FrozenYear:
    """Freeze the year's data as they stand today, protected. Before its issue they may be frozen anew.

    left_out  keys of the tables that the report does without
    expected  the version of what was frozen before; 0 where nothing was
    tell      is told how far the work is

    Nobody waits to save while this works. Raise Refused, InvalidInput, TablesInTheWay, StaleEdit.
    """
    require(viewer, Permission.ISSUE_FIGURES)
    known = {table_key(name): name for name in REPORT_TABLES}
    if set(left_out) - set(known):
        raise InvalidInput({"left_out": "Choose tables from the list."})
    if not has_ended(year):
        raise InvalidInput({"year": NOT_ENDED.format(year=year)})
    with reading():
        _require_not_issued(year)
        tallies, cases = frozen_tallies(viewer, year, counted_before())
        issued = issued_before()
    if not any(cases.values()):
        raise InvalidInput({"year": NOTHING_COUNTED.format(year=year)})
    try:
        without = frozenset(known[key] for key in left_out)
        done = run_apart_telling(tell, protect_year, tallies, issued, without)
    except CannotPublish as found:
        more = {known[key] for key in left_out} | set(found.tables)
        raise TablesInTheWay([name for name in REPORT_TABLES if name in more]) from None
    except OutOfTime:
        raise InvalidInput({"year": NO_TIME}) from None
    except Unfinished as ended:
        raise InvalidInput({"year": ENDED.format(why=ended)}) from None
    values = {
        "cut_off": clock.today(),
        "frozen_by": viewer.name,
        "frozen_at": clock.now(),
        "tables_json": write_counts(list(done.values())),
        "cases_json": write_cases(cases),
        "left_out": ",".join(key for key in known if key in left_out),
        "proposed_by": "",
        "proposed_id": None,
        "proposed_at": None,
        "texts_version": 0,
    }
    with change(viewer) as tx:
        _require_not_issued(year)
        row = frozen_year(year)
        if row is None:
            return tx.add(FrozenYear(year=year, **values), "annual-report.frozen")
        if expected == 0:
            raise StaleEdit(row)
        for name, value in values.items():
            setattr(row, name, value)
        return tx.update(row, "annual-report.frozen", expected)


def propose(viewer: Viewer, year: str, seen: Seen, has_read: bool = False) -> FrozenYear:
    """Propose to issue the year's report as it was seen. `has_read`: its small numbers identify no child.

    Raise Refused, and InvalidInput where the year is not frozen or is issued, what was seen has changed, or
    the sentences have to be read first.
    """
    require(viewer, Permission.ISSUE_FIGURES)
    with change(viewer) as tx:
        _require_not_issued(year)
        row, draft = _frozen(year), draft_of(year)
        if Seen(row.version, draft_version(draft)) != seen:
            raise InvalidInput({"version": CHANGED})
        texts = {name: getattr(draft, name) for name in asdict(Texts())}
        found = small_number_sentences(texts)
        if found and not has_read:
            raise InvalidInput({"sentences": NOT_READ})
        row.proposed_by, row.proposed_id, row.proposed_at = viewer.name, viewer.id, clock.now()
        row.texts_version = draft_version(draft)
        number = plural(sum(map(len, found.values())), "sentence")
        note = {"note": f"Read, as identifying no child: {number} with a small number."} if found else None
        return tx.update(row, "annual-report.proposed", detail=note)


def agree(viewer: Viewer, board: Board, year: str, seen: Seen) -> IssuedReport:
    """Agree to what another proposed: the report is issued, is public from now on, and never changes.

    Raise Refused, and InvalidInput where nothing is proposed, this person proposed it, or it has changed.
    """
    require(viewer, Permission.AGREE_FIGURES)
    with reading():
        row = _agreeable(viewer, year, seen)
        report = build_annual(annual_of(board, row, is_draft=False))
    paper = word_file(report)
    issued = IssuedReport(
        year=year,
        number=1,
        title=title_of(year),
        issued_on=clock.today(),
        issued_by=row.proposed_by,
        issued_at=clock.now(),
        report_json=write_text(report),
        counts_json=row.tables_json,
        paper=paper,
        paper_sha256=hashlib.sha256(paper).hexdigest(),
        cut_off=row.cut_off,
        agreed_by=viewer.name,
        cases_json=row.cases_json,
    )
    with change(viewer) as tx:
        _agreeable(viewer, year, seen)
        return tx.add(issued, "annual-report.issued")


def _agreeable(viewer: Viewer, year: str, seen: Seen) -> FrozenYear:
    """Return the frozen year, if this person may agree to what they saw of it. Raise InvalidInput."""
    _require_not_issued(year)
    row, texts = _frozen(year), draft_version(draft_of(year))
    if row.proposed_at is None or row.texts_version != texts:
        raise InvalidInput({"version": NOT_PROPOSED.format(year=year)})
    # A person's name may be put right in between; only who has no account is known by it.
    if row.proposed_id == viewer.id and (viewer.id is not None or row.proposed_by == viewer.name):
        raise InvalidInput({"version": say(SAME_PERSON)})
    if Seen(row.version, texts) != seen:
        raise InvalidInput({"version": CHANGED})
    return row


def problems_with_withdrawing(reason: str) -> dict[str, str]:
    """Return {"reason": message} where a reason for withdrawing a report is missing or too long."""
    reason = clean_text(reason)
    if reason and not why_too_long(reason):
        return {}
    return {"reason": why_too_long(reason) or "Say why it is withdrawn: everybody reads it."}


def withdraw(viewer: Viewer, issued: IssuedReport, reason: str) -> WithdrawnReport:
    """Withdraw an issued report from the page, with a reason that stands there instead.

    It is not altered, its year is not issued again, and no later table may disclose with it what it hides.
    Raise Refused, InvalidInput.
    """
    require(viewer, Permission.ISSUE_FIGURES)
    if problems := problems_with_withdrawing(reason):
        raise InvalidInput(problems)
    reason = clean_text(reason)
    with change(viewer) as tx:
        if WithdrawnReport.get_or_none(WithdrawnReport.report == issued):
            raise InvalidInput({"reason": "This report has been withdrawn already."})
        row = WithdrawnReport(
            report=issued, reason=reason, withdrawn_by=viewer.name, withdrawn_at=clock.now()
        )
        return tx.add(row, "annual-report.withdrawn")


def _frozen(year: str) -> FrozenYear:
    row = frozen_year(year)
    if row is None:
        raise InvalidInput({"version": NOT_FROZEN.format(year=year)})
    if counts_what_is_closed(row):
        raise InvalidInput({"version": CLOSED_SINCE.format(year=year)})
    return row


def _require_not_issued(year: str) -> None:
    if editions(year):
        raise InvalidInput({"year": ISSUED_ALREADY.format(year=year)})
