"""Counting deaths: each table's counts come from one pass over the rows, whatever the number of tables.

A declared interest hides a case from a person, not from the counts: they are the panel's.
"""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import date
from functools import lru_cache
from itertools import islice
from typing import Any

import peewee
from peewee import fn

from kscb_actions.access.policy import Permission, Viewer, require
from kscb_actions.child_deaths import terms
from kscb_actions.child_deaths.cases.models import ChildDeath
from kscb_actions.child_deaths.cases.narrowing import in_year
from kscb_actions.child_deaths.cases.queries import counted_districts
from kscb_actions.child_deaths.cases.rules import band_of_months
from kscb_actions.child_deaths.judging.models import Factor, PanelDecision
from kscb_actions.child_deaths.judging.profiles import DOMAIN_NAMES, ONLY_2018
from kscb_actions.child_deaths.learning.models import Referral
from kscb_actions.child_deaths.visibility import IN_FORCE
from kscb_actions.child_deaths.years import year_of
from kscb_actions.database import db, is_sqlite
from kscb_actions.figures.disclosure.axes import Axis, known_at_death

from .tally import NOT_YET, SAFE_SLEEPING, Basis, Cell, Tally

ROWS_AT_ONCE = 200
_FIELDS = {
    "age": ChildDeath.age_band,
    "sex": ChildDeath.sex,
    "ethnicity": ChildDeath.ethnicity,
    "district": ChildDeath.district,
    "place": ChildDeath.place,
    "expected": ChildDeath.expected,
    "looked-after": ChildDeath.looked_after,
    "protection-plan": ChildDeath.protection_plan,
    "statutory-order": ChildDeath.statutory_order,
    "asylum-seeking": ChildDeath.asylum_seeking,
}


def tally(viewer: Viewer, basis: Basis, year: str) -> Tally:
    """Return the counts of a year by one basis. Raise Refused."""
    require(viewer, Permission.READ_FIGURES)
    return _tally(basis, year, counted_districts())


def tallies(viewer: Viewer, year: str) -> dict[Basis, Tally]:
    """Return the counts of a year by both bases. Raise Refused."""
    require(viewer, Permission.READ_FIGURES)
    districts = counted_districts()
    return {basis: _tally(basis, year, districts) for basis in Basis}


def years(viewer: Viewer, basis: Basis) -> list[str]:
    """Return the years in which anybody died or was reviewed, the latest first. Raise Refused."""
    require(viewer, Permission.READ_FIGURES)
    field = _day(basis)
    months = ChildDeath.select(_month(field)).where(field.is_null(False), IN_FORCE).distinct()
    return sorted({_year(month) for (month,) in months.tuples()}, reverse=True)


def _tally(basis: Basis, year: str, districts: Mapping[str, str]) -> Tally:
    cells = _counted(basis, year, known_at_death(districts))
    by_other = Counter[str]()
    for (*_, other), number in cells["sex"].items():
        by_other[other] += number
    reviewed = Counter({other: number for other, number in by_other.items() if other != NOT_YET})
    cells["domain"] = _influences(basis, year, reviewed)
    cells["theme"], overlaps = _themes(basis, year, reviewed)
    cells["referral"] = _referrals(basis, year, reviewed)
    return Tally(basis, year, cells, districts, overlaps)


def _counted(basis: Basis, year: str, known: Iterable[Axis]) -> dict[str, Counter[Cell]]:
    """Return the counts of what stands in the cases themselves: one pass, some rows at a time."""
    found: dict[str, Counter[Any]] = {code: Counter() for code in _FIELDS}
    outcomes, months = Counter[Any](), Counter[Any]()
    died, reviewed = _month(ChildDeath.died_on), _month(ChildDeath.reviewed_on)
    # A month counts as complete on the same day of the month, as in cases.rules.whole_months.
    is_short = _day_of(ChildDeath.reviewed_on) < _day_of(ChildDeath.died_on)
    query = ChildDeath.select(
        died, reviewed, is_short, ChildDeath.primary_category, ChildDeath.status, *_FIELDS.values()
    ).where(within(basis, year))
    for some in _read(query):
        died_in, reviewed_in, short, category, status, *columns = zip(*some, strict=True)
        other = [_year(month) for month in (died_in if basis is Basis.REVIEWED else reviewed_in)]
        for code, column in zip(_FIELDS, columns, strict=True):
            found[code].update(zip(column, other, strict=True))
        outcomes.update(zip(category, status, other, strict=True))
        months.update(zip(died_in, reviewed_in, short, strict=True))
    cells = {axis.code: _cells(_row(axis), found[axis.code]) for axis in known}
    cells["category"], cells["modifiable"] = Counter(), Counter()
    for (category, status, year_of_other), number in outcomes.items():
        if category is not None and year_of_other != NOT_YET:
            cells["category"][str(category), None, year_of_other] += number
            cells["modifiable"][str(category), status, year_of_other] += number
    cells["months"] = _bands(basis, months)
    return cells


def _bands(basis: Basis, months: Mapping[tuple[str, str, bool], int]) -> Counter[Cell]:
    found: Counter[Cell] = Counter()
    for (died, reviewed, is_short), number in months.items():
        if reviewed:
            whole = _ordinal(reviewed) - _ordinal(died) - bool(is_short)
            other = died if basis is Basis.REVIEWED else reviewed
            found[band_of_months(whole), None, _year(other)] += number
    return found


def _influences(basis: Basis, year: str, reviewed: Mapping[str, int]) -> Counter[Cell]:
    """Return the counts of the strongest influence of each death in each domain.

    A death without a factor in a domain counts there as "information not available".
    """
    other = _month(_other_day(basis))
    strongest = (
        _factors(basis, year)
        .select(
            Factor.domain.alias("domain"), fn.MAX(Factor.influence).alias("influence"), other.alias("other")
        )
        .group_by(Factor.decision, Factor.domain, other)
        .alias("strongest")
    )
    counts = (
        Factor.select(strongest.c.domain, strongest.c.influence, strongest.c.other, fn.COUNT(peewee.SQL("*")))
        .from_(strongest)
        .group_by(strongest.c.domain, strongest.c.influence, strongest.c.other)
    )
    found: Counter[Cell] = Counter()
    for domain, influence, month, number in _rows(counts):
        found[domain, influence, _year(month)] += number
    # Whoever judges by the form of 2018 says something of each of its domains, if only “none”.
    told: Counter[tuple[str, str]] = Counter()
    for (domain, _, its_year), number in found.items():
        told[str(domain), its_year] += number
    of_2018 = {its_year: max(told[domain, its_year] for domain in ONLY_2018) for its_year in reviewed}
    for domain in DOMAIN_NAMES:
        for its_year, number in reviewed.items():
            # A death counts in the domains of the form by which the panel judged it.
            judged_otherwise = of_2018[its_year] if domain not in terms.DOMAINS_2018 else 0
            number = of_2018[its_year] if domain in ONLY_2018 else number - judged_otherwise
            assessed = sum(found[domain, influence, its_year] for influence in terms.INFLUENCES)
            found[domain, next(iter(terms.INFLUENCES)), its_year] += number - assessed
    return +found


def _themes(
    basis: Basis, year: str, reviewed: Mapping[str, int]
) -> tuple[Counter[Cell], Counter[tuple[str, str]]]:
    """Return deaths by recurring factor, and those with an unsafe sleeping factor by the first of theirs."""
    other = _month(_other_day(basis))
    # Levels 0 and 1 of Form C: what is not known, or was looked for and not found, is no theme.
    base = _factors(basis, year).where(Factor.influence.not_in(("0", "1")))
    deaths = fn.COUNT(Factor.decision.distinct())
    found: Counter[Cell] = Counter({(None, None, other): number for other, number in reviewed.items()})
    by_code = base.select(Factor.code, other, deaths).group_by(Factor.code, other)
    for code, month, number in _rows(by_code.where(Factor.code.in_(list(terms.FACTOR_NAMES)))):
        found[code, None, _year(month)] += number
    # The first of a death's factors in print order: so each death is in the total of them once.
    place = peewee.Case(Factor.code, [(code, n) for n, code in enumerate(terms.SAFE_SLEEPING)])
    first = (
        base.select(fn.MIN(place).alias("first"), other.alias("other"))
        .where(Factor.code.in_(terms.SAFE_SLEEPING))
        .group_by(Factor.decision, other)
        .alias("first")
    )
    counts = Factor.select(first.c.first, first.c.other, fn.COUNT(peewee.SQL("*"))).from_(first)
    overlaps: Counter[tuple[str, str]] = Counter()
    for number_of, month, number in _rows(counts.group_by(first.c.first, first.c.other)):
        overlaps[terms.SAFE_SLEEPING[number_of], _year(month)] += number
        found[SAFE_SLEEPING, None, _year(month)] += number
    return found, overlaps


def _referrals(basis: Basis, year: str, reviewed: Mapping[str, int]) -> Counter[Cell]:
    """Return the counts of deaths by the last decision on referring them."""
    later, other = Referral.alias(), _month(_other_day(basis))
    last = later.select(fn.MAX(later.number)).where(later.death == Referral.death)
    counts = (
        Referral.select(Referral.is_referred, other, fn.COUNT(peewee.SQL("*")))
        .join(ChildDeath)
        .where(within(basis, year), ChildDeath.reviewed_on.is_null(False), Referral.number == last)
        .group_by(Referral.is_referred, other)
    )
    found: Counter[Cell] = Counter({("not_considered", None, of): n for of, n in reviewed.items()})
    for is_referred, month, number in _rows(counts):
        found["referred" if is_referred else "not_referred", None, _year(month)] += number
        found["not_considered", None, _year(month)] -= number
    return found


def _factors(basis: Basis, year: str) -> Any:
    """Return the query of the factors of the decisions in force."""
    is_current = (PanelDecision.death == ChildDeath.id) & (PanelDecision.number == ChildDeath.decision_number)
    return (
        Factor.select()
        .join(PanelDecision, on=Factor.decision == PanelDecision.id)
        .join(ChildDeath, on=is_current)
        .where(within(basis, year), ChildDeath.reviewed_on.is_null(False))
    )


def _read(query: Any) -> Iterator[list[tuple[Any, ...]]]:
    """Yield the rows as the driver has them, some at a time: no object is made of each."""
    cursor = db.execute(query)
    while some := list(islice(cursor, ROWS_AT_ONCE)):
        yield some


def _rows(query: Any) -> Iterator[tuple[Any, ...]]:
    for some in _read(query):
        yield from some


def _cells(row: Callable[[Any], str], counts: Mapping[tuple[Any, Any], int]) -> Counter[Cell]:
    found: Counter[Cell] = Counter()
    for (code, other), number in counts.items():
        found[row(code), None, other] += number
    return found


def _row(axis: Axis) -> Callable[[Any], str]:
    """Return how a row's code is found: as the axis finds it, which knows what to do with what is missing."""
    field = _FIELDS[axis.code].name
    return lambda value: axis.code_of({field: value})


def within(basis: Basis, year: str) -> Any:
    """Return the condition on ChildDeath that keeps the deaths of a year."""
    return in_year(_day(basis), year) & IN_FORCE


def _day(basis: Basis) -> Any:
    return ChildDeath.reviewed_on if basis is Basis.REVIEWED else ChildDeath.died_on


def _other_day(basis: Basis) -> Any:
    return ChildDeath.died_on if basis is Basis.REVIEWED else ChildDeath.reviewed_on


def _month(field: Any) -> Any:
    """Return the expression for the month of a day, like "2011-04".

    It has no parameters: PostgreSQL must recognise it as the same expression to group by it.
    """
    return fn.SUBSTR(field, 1, 7) if is_sqlite() else fn.TO_CHAR(field, peewee.SQL("'YYYY-MM'"))


def _day_of(field: Any) -> Any:
    return fn.SUBSTR(field, 9, 2) if is_sqlite() else fn.TO_CHAR(field, peewee.SQL("'DD'"))


def _ordinal(month: str) -> int:
    return int(month[:4]) * 12 + int(month[5:7])


@lru_cache(maxsize=4096)
def _year(month: str | None) -> str:
    """Return the reporting year of a month; NOT_YET of none."""
    return year_of(date(int(month[:4]), int(month[5:7]), 1)) if month else NOT_YET
