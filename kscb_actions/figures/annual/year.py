"""A year as it is for the panel, as it may be published, and what has been issued before."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from kscb_actions import clock
from kscb_actions.access.policy import Permission, Reach, Viewer, reach, require
from kscb_actions.child_deaths.years import year_of
from kscb_actions.database import reading
from kscb_actions.figures.counting.queries import tallies, tally
from kscb_actions.figures.counting.tally import BASIS_NAMES, NAMES, Basis, Tally, is_year, tables_of
from kscb_actions.figures.disclosure.protect import CannotPublish, Key
from kscb_actions.figures.disclosure.tables import CountTable
from kscb_actions.text import InvalidInput

from . import kept
from .fit import Fit, Issued, Name, fit, in_report
from .models import AnnualDraft, IssuedReport

NO_WAY = (
    "The tables of {year} cannot be published together: what has been issued before would let a small "
    "number be worked out. Leave out {tables}: choose it where the texts of the report are written."
)


def live_tables(viewer: Viewer, basis: Basis, year: str) -> dict[str, CountTable]:
    """The tables of a year with every number in them, for the panel. Raises Refused."""
    return tables_of(tally(viewer, basis, year))


@dataclass(frozen=True)
class YearRead:
    """All that is read of a year before it is made fit to publish, which takes seconds."""

    year: str
    tallies: Mapping[Basis, Tally]
    issued: Issued
    left_out: frozenset[Name]

    def published(self, more: bool = False) -> Fit:
        """The year as it may be published: the tables of its report, or with `more` all.

        Raises InvalidInput where no way of publishing it is left.
        """
        try:
            return fit(self.tallies, self.issued, self.left_out, more)
        except CannotPublish as refusal:
            named = " or ".join(_tables_named(refusal.keys))
            raise InvalidInput({"left_out": NO_WAY.format(year=self.year, tables=named)}) from None


def read_year(viewer: Viewer, year: str) -> YearRead:
    """What the tables of a year are made of. Open a `database.reading()` around it, not around the making:
    nobody can save while somebody reads. Raises Refused.
    """
    require(viewer, Permission.READ_FIGURES)
    return YearRead(year, tallies(viewer, year), issued_before(), left_out(draft_of(year)))


def published_year(viewer: Viewer, year: str, more: bool = False) -> Fit:
    """The year as it may be published. Raises Refused, InvalidInput."""
    with reading():
        found = read_year(viewer, year)
    return found.published(more)


def get_year(viewer: Viewer, year: str) -> str | None:
    """The year itself; None where there is no such year, or this person sees no figures."""
    is_open = reach(viewer, Permission.READ_FIGURES) is not Reach.NONE
    return year if is_open and is_open_year(year) else None


def is_open_year(text: str) -> bool:
    """Is this a reporting year that has begun?"""
    return is_year(text) and text <= year_of(clock.today())


def tables_by(basis: Basis) -> list[str]:
    """The codes of the tables that there are by this basis."""
    return [code for code in NAMES if code != "completed" or basis is Basis.DIED]


def draft_of(year: str) -> AnnualDraft:
    """What has been written for the year's report; a new row, not saved, when nothing has."""
    return AnnualDraft.get_or_none(AnnualDraft.year == year) or AnnualDraft(year=year)


def left_out(draft: AnnualDraft) -> frozenset[Name]:
    """The tables that the year's report does without."""
    return frozenset(name for name in choices_to_leave_out() if write_name(name) in draft.left_out.split(","))


def choices_to_leave_out() -> list[Name]:
    """The tables of an annual report, as one may choose to leave them out."""
    return [(basis, code) for basis in Basis for code in tables_by(basis) if in_report((basis, code))]


def write_name(name: Name) -> str:
    """The name of a table as it is kept: “reviewed:sex”."""
    return f"{name[0].value}:{name[1]}"


def name_in_words(name: Name) -> str:
    """The name of a table as people read it: “Sex, by year of review”."""
    basis, code = name
    return f"{NAMES[code]}, by {BASIS_NAMES[basis].lower()}"


def issued_before() -> Issued:
    """Every table that has been issued, with its numbers and as it was printed."""
    rows = IssuedReport.select(IssuedReport.counts_json).order_by(IssuedReport.id).tuples()
    return Issued(tuple(pair for (text,) in rows for pair in kept.read_counts(text)))


def list_issued(viewer: Viewer) -> list[IssuedReport]:
    """What has been issued, the latest year and edition first, without the papers themselves."""
    require(viewer, Permission.READ_PUBLISHED)
    return list(_without_papers().order_by(IssuedReport.year.desc(), IssuedReport.number.desc()))


def editions(year: str) -> list[IssuedReport]:
    """The editions of a year's report, the first first."""
    return list(_without_papers().where(IssuedReport.year == year).order_by(IssuedReport.number))


def get_issued(viewer: Viewer, issued_id: int) -> IssuedReport | None:
    """One issued report; None when there is none, or this person does not read what is published."""
    if reach(viewer, Permission.READ_PUBLISHED) is Reach.NONE:
        return None
    return IssuedReport.get_or_none(IssuedReport.id == issued_id)


def _without_papers() -> Any:
    kept_apart = (IssuedReport.report_json, IssuedReport.counts_json, IssuedReport.paper)
    return IssuedReport.select(*(f for f in IssuedReport._meta.sorted_fields if f not in kept_apart))


def _tables_named(keys: Iterable[Key]) -> list[str]:
    """The tables in which these quantities stand, as people read them."""
    found = set()
    for key in keys:
        conditions = dict(key[-1] if isinstance(key, tuple) else key)  # type: ignore[arg-type]
        basis = Basis.REVIEWED if conditions.get("reviewed", "any") != "any" else Basis.DIED
        codes = [code for code in ("modifiable", "domain", *NAMES) if code in conditions]
        found.add(name_in_words((basis, codes[0])) if codes else f"a table by {BASIS_NAMES[basis].lower()}")
    return sorted(found)
