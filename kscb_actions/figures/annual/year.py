"""A year as it is for the panel, as it was frozen, and what has been issued of it."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from kscb_actions import clock
from kscb_actions.access.policy import Permission, Reach, Viewer, reach, require
from kscb_actions.child_deaths.years import days_of, year_of
from kscb_actions.figures.counting.frozen import Cases, Counted, cases_of_earlier
from kscb_actions.figures.counting.queries import tally
from kscb_actions.figures.counting.report_tables import REPORT_TABLES, TableName
from kscb_actions.figures.counting.tally import BASIS_NAMES, NAMES, Basis, is_year, tables_of
from kscb_actions.figures.disclosure.marks import printed_as
from kscb_actions.figures.disclosure.tables import CountTable, Published
from kscb_actions.text import InvalidInput

from . import serialisation
from .models import AnnualDraft, EarlierTotal, FrozenYear, IssuedReport, WithdrawnReport

NOT_FOR_RELEASE = "Not for release: only an issued report may be passed on."
NOT_ISSUED = (
    "The report of {year} has not been issued. Tables as published come from issued reports only; others are "
    "not for release."
)
WITHDRAWN = "The report of {year} has been withdrawn, so nothing of it is passed on."


def live_tables(viewer: Viewer, basis: Basis, year: str) -> dict[str, CountTable]:
    """Return the tables of a year with every count in them, for the panel. Raise Refused."""
    return tables_of(tally(viewer, basis, year))


def issued_tables(viewer: Viewer, basis: Basis, year: str) -> tuple[IssuedReport, dict[str, CountTable]]:
    """Return the year's issued report, and its tables by this basis as they were printed. Raise Refused.

    Raise InvalidInput where none has been issued, or it was withdrawn. Of a year that was issued twice, once,
    the last counts.
    """
    require(viewer, Permission.READ_FIGURES)
    query = IssuedReport.select().where(IssuedReport.year == year).order_by(IssuedReport.number.desc())
    issued = query.first()
    if issued is None:
        raise InvalidInput({"publication": NOT_ISSUED.format(year=year)})
    if issued.id in withdrawals():
        raise InvalidInput({"publication": WITHDRAWN.format(year=year)})
    codes = {_printed_as(table): code for code, table in tables_of(tally(viewer, basis, year)).items()}
    printed = [paper for _, paper in serialisation.read_counts(issued.counts_json)]
    found = {codes[key]: paper for paper in printed if (key := _printed_as(paper)) in codes}
    return issued, {code: found[code] for code in NAMES if code in found}


def _printed_as(table: CountTable) -> tuple[object, ...]:
    """Return what tells a table from the others of its year: of which deaths it is, and its axes."""
    axes = (table.rows_by, table.columns_by)
    return table.of, *(axis.code if axis else None for axis in axes), bool(table.rows)


def get_year(viewer: Viewer, year: str) -> str | None:
    """Return the year itself; None where there is no such year, or this person sees no figures."""
    is_open = reach(viewer, Permission.READ_FIGURES) is not Reach.NONE
    return year if is_open and is_open_year(year) else None


def is_open_year(text: str) -> bool:
    """Return whether this is a reporting year that has begun."""
    return is_year(text) and text <= year_of(clock.today())


def has_ended(year: str) -> bool:
    """Return whether the year's last day has come."""
    days = days_of(year)
    return days is not None and days[1] <= clock.today()


def tables_by(basis: Basis) -> list[str]:
    """Return the codes of the tables that there are by this basis."""
    return [code for code in NAMES if code != "completed" or basis is Basis.DIED]


def draft_of(year: str) -> AnnualDraft:
    """Return what has been written for the year's report; a new row, not saved, when nothing has."""
    return AnnualDraft.get_or_none(AnnualDraft.year == year) or AnnualDraft(year=year)


def frozen_year(year: str) -> FrozenYear | None:
    """Return the year as it was frozen; None before that."""
    return FrozenYear.get_or_none(FrozenYear.year == year)


def named(keys: str) -> frozenset[TableName]:
    """Return the tables of these keys, which are joined by ","."""
    return frozenset(name for name in REPORT_TABLES if table_key(name) in keys.split(","))


def table_key(name: TableName) -> str:
    """Return the name of a table as it is stored: “reviewed:sex”."""
    return f"{name[0].value}:{name[1]}"


def table_label(name: TableName) -> str:
    """Return the name of a table as people read it: “Sex, by year of review”."""
    basis, code = name
    return f"{NAMES[code]}, by {BASIS_NAMES[basis].lower()}"


def issued_before() -> list[Published]:
    """Return every table that has been issued, withdrawn or not, and the totals of years before."""
    rows = IssuedReport.select(IssuedReport.counts_json).order_by(IssuedReport.id).tuples()
    known = [pair for (text,) in rows for pair in serialisation.read_counts(text)]
    for total in EarlierTotal.select():
        known += [headline(Basis.DIED, total.year, total.deaths)]
        known += [headline(Basis.REVIEWED, total.year, total.reviews)]
    return known


def headline(basis: Basis, year: str, number: int) -> Published:
    """Return the total of a year as a table, as it is known: what an earlier report printed of it."""
    table = CountTable(("Deaths",), (), (number,), frozenset({(basis.value, year)}))
    return table, replace(table, totals=printed_as(number)[:1])


def counted_before() -> Counted:
    """Return which cases each issued report counts."""
    by_year: dict[str, Cases] = {}
    rows = IssuedReport.select(IssuedReport.year, IssuedReport.issued_on, IssuedReport.cases_json)
    for year, issued_on, text in rows.order_by(IssuedReport.year, IssuedReport.number).tuples():
        cases = serialisation.read_cases(text) if text else cases_of_earlier(year, issued_on)
        before = by_year.get(year, dict.fromkeys(Basis, frozenset()))
        by_year[year] = {basis: before[basis] | cases[basis] for basis in Basis}
    return Counted(by_year)


def trend(year: str) -> list[tuple[str, Mapping[Basis, int | str]]]:
    """Return what is printed of the totals of earlier years, the earliest first: as issued, or as entered."""
    found: dict[str, Mapping[Basis, int | str]] = {}
    for total in EarlierTotal.select():
        pair = {Basis.DIED: total.deaths, Basis.REVIEWED: total.reviews}
        found[total.year] = {basis: printed_as(number)[0] for basis, number in pair.items()}
    for issued in IssuedReport.select().order_by(IssuedReport.number):
        pairs = serialisation.read_counts(issued.counts_json)
        found[issued.year] = {basis: _total(pairs, basis, issued.year) for basis in Basis}
    return [(each, found[each]) for each in sorted(found) if each < year]


def _total(pairs: list[tuple[CountTable, CountTable]], basis: Basis, year: str) -> int | str:
    of = frozenset({(basis.value, year)})
    totals = [p.totals[-1] for _, p in pairs if p.of == of and p.totals and (p.has_sum or len(p.totals) == 1)]
    return totals[0] if totals else "–"


def list_issued(viewer: Viewer) -> list[IssuedReport]:
    """Return what has been issued, the latest year and edition first, without the papers. Raise Refused."""
    require(viewer, Permission.READ_PUBLISHED)
    return list(_without_papers().order_by(IssuedReport.year.desc(), IssuedReport.number.desc()))


def withdrawals() -> dict[int, WithdrawnReport]:
    """Return what was withdrawn, by the id of the report."""
    return {each.report_id: each for each in WithdrawnReport.select()}


def editions(year: str) -> list[IssuedReport]:
    """Return the editions of a year's report, the first first."""
    return list(_without_papers().where(IssuedReport.year == year).order_by(IssuedReport.number))


def get_issued(viewer: Viewer, issued_id: int) -> IssuedReport | None:
    """Return one issued report; None when there is none, or this person reads nothing that is published."""
    if reach(viewer, Permission.READ_PUBLISHED) is Reach.NONE:
        return None
    return IssuedReport.get_or_none(IssuedReport.id == issued_id)


def _without_papers() -> Any:
    kept_apart = (
        IssuedReport.report_json,
        IssuedReport.counts_json,
        IssuedReport.cases_json,
        IssuedReport.paper,
    )
    return IssuedReport.select(*(f for f in IssuedReport._meta.sorted_fields if f not in kept_apart))
