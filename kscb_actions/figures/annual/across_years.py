"""Constraints between the reports of several years: a year's deaths are those reviewed in each year.

A report counts the deaths in its year, and earlier years' deaths as they are reviewed. An attacker who has
them all subtracts what was reviewed in other years from a year's deaths, and is left with what one report
suppresses.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence

from kscb_actions.figures.counting.tally import NOT_YET
from kscb_actions.figures.disclosure.publish import ANY_YEAR, LinkedSum, Published, printed_quantities
from kscb_actions.figures.disclosure.suppression import Key
from kscb_actions.figures.disclosure.tables import Conditions, CountTable

_OTHER_YEARS = ("reviewed", "in no year that is in print")
_OTHER_YEARS_OR_NONE = ("reviewed", "in no year that is in print, or not yet")


def links_across_years(
    printed: Iterable[CountTable], known: Sequence[Published], years: Iterable[str]
) -> Iterator[LinkedSum]:
    """Yield each count of a year's deaths as the sum of those reviewed in each year in print, and the rest.

    printed  the tables to be published now
    known    what was issued before, the latest last
    years    the years of death that are reported now; of others, only what binds a suppressed number

    Where counts of different days contradict each other, nothing follows from them and nothing is yielded.
    """
    numbers: dict[Key, int] = {}
    for table in (*(counts for counts, _ in known), *printed):
        numbers |= {key: int(number) for key, number in printed_quantities(table, table).items()}
    suppressed = {
        key for pair in known for key, text in printed_quantities(*pair).items() if isinstance(text, str)
    }
    now = set(years)
    for whole, by_year in _by_year_of_review(numbers).items():
        reviewed = [key for year, key in by_year.items() if year != NOT_YET]
        for link in (
            *_link(numbers, whole, [*by_year.values()], whole | {_OTHER_YEARS_OR_NONE}),
            *_link(numbers, whole | {("reviewed", ANY_YEAR)}, reviewed, whole | {_OTHER_YEARS}),
        ):
            if dict(whole)["died"] in now or not suppressed.isdisjoint((link.total[0], *dict(link.parts))):
                yield link


def _by_year_of_review(numbers: Iterable[Key]) -> Mapping[Conditions, dict[str, Conditions]]:
    """Return {conditions of deaths: {year of review: conditions of the same deaths reviewed in it}}."""
    found: dict[Conditions, dict[str, Conditions]] = defaultdict(dict)
    for key in numbers:
        conditions = dict(key) if isinstance(key, frozenset) else {}
        year = conditions.get("reviewed", ANY_YEAR)
        if isinstance(key, frozenset) and "died" in conditions and year != ANY_YEAR:
            found[key - {("reviewed", year)}][year] = key
    return found


def _link(
    numbers: Mapping[Key, int], total: Conditions, keys: Sequence[Conditions], rest: Conditions
) -> Iterator[LinkedSum]:
    parts = tuple((key, numbers[key]) for key in keys)
    left = numbers.get(total, -1) - sum(number for _, number in parts)
    if parts and left >= 0:
        yield LinkedSum((total, numbers[total]), (*parts, (rest, left)))
