"""What putting a case right does to the reports that count it: nothing, and this says so before and after."""

from dataclasses import dataclass

from kscb_actions.child_deaths.cases.models import ChildDeath
from kscb_actions.child_deaths.visibility import IN_FORCE
from kscb_actions.wording import date_uk

from .models import FrozenYear
from .serialisation import read_cases
from .year import counted_before, editions


@dataclass(frozen=True)
class CountedIn:
    """Hold the reports that count a case.

    issued  the years whose report is issued
    frozen  those whose data are frozen for a report that is not issued yet, with their cut-off dates in words
    """

    issued: tuple[str, ...] = ()
    frozen: tuple[tuple[str, str], ...] = ()

    @property
    def before(self) -> list[str]:
        """Return what whoever is about to put the case right has to know, in sentences."""
        said = []
        if self.issued:
            count = "counts" if len(self.issued) == 1 else "count"
            said.append(
                f"{_the_reports(self.issued)} issued, and {count} this case as it stood then. What is issued "
                "stays as it is: what you save changes the case and the panel’s own tables alone."
            )
        said += [
            f"The data of {year} are frozen as they stood on {day}, this case among them. If the report is "
            "to count what you save, freeze them anew before it is issued."
            for year, day in self.frozen
        ]
        return said

    @property
    def after(self) -> str:
        """Return what is said once it is saved; "" where no report counts the case."""
        stays = "stays as it was" if len(self.issued) == 1 else "stay as they were"
        said = [f"{_the_reports(self.issued)} issued, and {stays}."] if self.issued else []
        said += [f"The frozen data of {year} still hold it as it was." for year, _ in self.frozen]
        return " ".join(said)


def reports_counting(case_id: int) -> CountedIn:
    """Return the reports that count a case, for who has been let in to it."""
    by_year = counted_before().by_year
    issued = [year for year, cases in by_year.items() if any(case_id in some for some in cases.values())]
    frozen = [row for row in _frozen_only() if case_id in _cases_of(row)]
    return CountedIn(tuple(sorted(issued)), tuple((row.year, date_uk(row.cut_off)) for row in frozen))


def counts_what_is_closed(frozen: FrozenYear) -> bool:
    """Return whether frozen data count a case that was closed as recorded in error since."""
    closed = ChildDeath.select(ChildDeath.id).where(~IN_FORCE).tuples()
    return not _cases_of(frozen).isdisjoint(case_id for (case_id,) in closed)


def _frozen_only() -> list[FrozenYear]:
    return [row for row in FrozenYear.select().order_by(FrozenYear.year) if not editions(row.year)]


def _cases_of(frozen: FrozenYear) -> frozenset[int]:
    return frozenset().union(*read_cases(frozen.cases_json).values())


def _the_reports(years: tuple[str, ...]) -> str:
    return f"The report of {years[0]} is" if len(years) == 1 else f"The reports of {' and '.join(years)} are"
