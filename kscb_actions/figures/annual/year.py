"""A year as it is for the panel, as it may be published, the warning on it, and what has been issued."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from kscb_actions import clock
from kscb_actions.access.policy import Permission, Reach, Viewer, reach, require
from kscb_actions.apart import run_apart
from kscb_actions.child_deaths.years import year_of
from kscb_actions.database import reading
from kscb_actions.figures.counting.queries import tallies, tally
from kscb_actions.figures.counting.tally import BASIS_NAMES, NAMES, Basis, Tally, is_year, tables_of
from kscb_actions.figures.disclosure.publish import printed_quantities
from kscb_actions.figures.disclosure.suppression import CannotPublish, Key
from kscb_actions.figures.disclosure.tables import CountTable
from kscb_actions.text import InvalidInput

from . import serialisation
from .models import AnnualDraft, IssuedReport
from .protection import IssuedTables, ProtectedYear, TableName, in_report, protect_year

OVERLAP = (
    "Some deaths of {year} stand in both kinds of tables: by the year of death and by the year of review. "
    "They are so few in some rows, or so much has been issued before, that the two kinds of tables laid side "
    "by side, row by row, might let a number that is hidden be worked out."
)
STILL_PROTECTED = (
    "What is promised otherwise still holds: no hidden number can be worked out from the totals and sums of "
    "what is printed, nor from what has been issued before."
)
CANNOT_BE_PUBLISHED = (
    "The tables of {year} cannot be published together: what has been issued before would let a small "
    "number be worked out. What to leave out: {table}. Tick it under “Leave out”, where the texts of the "
    "report are written. If that is not enough, this page then names the next table."
)
NOT_FOR_RELEASE = "Not for release: only an issued report may be passed on."
NOT_ISSUED = (
    "The report of {year} has not been issued. Tables as published come from issued reports only; others are "
    "not for release."
)


def live_tables(viewer: Viewer, basis: Basis, year: str) -> dict[str, CountTable]:
    """Return the tables of a year with every count in them, for the panel. Raise Refused."""
    return tables_of(tally(viewer, basis, year))


@dataclass(frozen=True)
class YearData:
    """Hold all that is read of a year before its tables are protected, which takes seconds."""

    year: str
    tallies: Mapping[Basis, Tally]
    issued: IssuedTables
    left_out: frozenset[TableName]

    def publish(self, with_extra: bool = False) -> ProtectedYear:
        """Return the year as it may be published: the tables of its report, or all of them `with_extra`.

        Raise InvalidInput where no way of publishing it is left.
        """
        try:
            return run_apart(protect_year, self.tallies, self.issued, self.left_out, with_extra)
        except CannotPublish as refusal:
            first = _tables_named(refusal.keys)[0]
            raise InvalidInput(
                {"left_out": CANNOT_BE_PUBLISHED.format(year=self.year, table=first)}
            ) from None


def read_year(viewer: Viewer, year: str) -> YearData:
    """Return what the tables of a year are made of. Raise Refused.

    Open a `database.reading()` around it, not around the protecting: nobody can save while somebody reads.
    """
    require(viewer, Permission.READ_FIGURES)
    return YearData(year, tallies(viewer, year), issued_before(), left_out(draft_of(year)))


def published_year(viewer: Viewer, year: str, with_extra: bool = False) -> ProtectedYear:
    """Return the year as it may be published. Raise Refused, InvalidInput."""
    with reading():
        found = read_year(viewer, year)
    return found.publish(with_extra)


def issued_tables(viewer: Viewer, basis: Basis, year: str) -> tuple[IssuedReport, dict[str, CountTable]]:
    """Return the year's issued report, and its tables by this basis as they were printed. Raise Refused.

    Raise InvalidInput where none has been issued. Of a year that was issued twice, once, the last counts.
    """
    require(viewer, Permission.READ_FIGURES)
    query = IssuedReport.select().where(IssuedReport.year == year).order_by(IssuedReport.number.desc())
    issued = query.first()
    if issued is None:
        raise InvalidInput({"publication": NOT_ISSUED.format(year=year)})
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


def tables_by(basis: Basis) -> list[str]:
    """Return the codes of the tables that there are by this basis."""
    return [code for code in NAMES if code != "completed" or basis is Basis.DIED]


def draft_of(year: str) -> AnnualDraft:
    """Return what has been written for the year's report; a new row, not saved, when nothing has."""
    return AnnualDraft.get_or_none(AnnualDraft.year == year) or AnnualDraft(year=year)


def left_out(draft: AnnualDraft) -> frozenset[TableName]:
    """Return the tables that the year's report does without."""
    return frozenset(name for name in omittable_tables() if table_key(name) in draft.left_out.split(","))


def omittable_tables() -> list[TableName]:
    """Return the tables of an annual report, any of which may be left out."""
    return [(basis, code) for basis in Basis for code in tables_by(basis) if in_report((basis, code))]


def table_key(name: TableName) -> str:
    """Return the name of a table as it is stored: “reviewed:sex”."""
    return f"{name[0].value}:{name[1]}"


def table_label(name: TableName) -> str:
    """Return the name of a table as people read it: “Sex, by year of review”."""
    basis, code = name
    return f"{NAMES[code]}, by {BASIS_NAMES[basis].lower()}"


def issued_before() -> IssuedTables:
    """Return every table that has been issued, with its true counts and as it was printed."""
    rows = IssuedReport.select(IssuedReport.counts_json).order_by(IssuedReport.id).tuples()
    return IssuedTables(tuple(pair for (text,) in rows for pair in serialisation.read_counts(text)))


def list_issued(viewer: Viewer) -> list[IssuedReport]:
    """Return what has been issued, the latest year and edition first, without the papers. Raise Refused."""
    require(viewer, Permission.READ_PUBLISHED)
    return list(_without_papers().order_by(IssuedReport.year.desc(), IssuedReport.number.desc()))


def editions(year: str) -> list[IssuedReport]:
    """Return the editions of a year's report, the first first."""
    return list(_without_papers().where(IssuedReport.year == year).order_by(IssuedReport.number))


def get_issued(viewer: Viewer, issued_id: int) -> IssuedReport | None:
    """Return one issued report; None when there is none, or this person reads nothing that is published."""
    if reach(viewer, Permission.READ_PUBLISHED) is Reach.NONE:
        return None
    return IssuedReport.get_or_none(IssuedReport.id == issued_id)


def _without_papers() -> Any:
    kept_apart = (IssuedReport.report_json, IssuedReport.counts_json, IssuedReport.paper)
    return IssuedReport.select(*(f for f in IssuedReport._meta.sorted_fields if f not in kept_apart))


def _tables_named(keys: Iterable[Key]) -> list[str]:
    """Return the tables in which these quantities stand, as people read them."""
    found = set()
    for key in keys:
        conditions = dict(key[-1] if isinstance(key, tuple) else key)  # type: ignore[arg-type]
        basis = Basis.REVIEWED if conditions.get("reviewed", "any") != "any" else Basis.DIED
        codes = [code for code in ("modifiable", "domain", *NAMES) if code in conditions]
        found.add(table_label((basis, codes[0])) if codes else f"a table by {BASIS_NAMES[basis].lower()}")
    return sorted(found)


@dataclass(frozen=True)
class Overlap:
    """Describe a year whose two kinds of tables are not protected against each other.

    tables  the tables in which the numbers at stake stand, as people read their names
    """

    year: str
    tables: tuple[str, ...]

    @property
    def explanation(self) -> tuple[str, ...]:
        """Return what it means for the reader, sentence by sentence."""
        at_stake = f"The numbers at stake stand in: {'; '.join(self.tables)}."
        return OVERLAP.format(year=self.year), STILL_PROTECTED, *((at_stake,) if self.tables else ())

    @property
    def note(self) -> str:
        """Return the same for the audit trail, once somebody has issued the report nevertheless."""
        return (
            "Issued although tables by death and by review are not protected against each other. At stake: "
            f"{'; '.join(self.tables) or 'numbers of the text'}."
        )


def overlap_of(year: str, protected: ProtectedYear) -> Overlap | None:
    """Return the warning for this year; None where all is protected."""
    if protected.is_overlap_protected:
        return None
    holding = [
        name
        for name, paper in protected.published.items()
        if in_report(name)
        and not printed_quantities(protected.counts[name], paper).keys().isdisjoint(protected.unprotected)
    ]
    return Overlap(year, tuple(map(table_label, holding)))
