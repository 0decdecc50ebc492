"""What binds the reports of several years to each other: a year's deaths are those reviewed in each year.

A report tells of the deaths in its year, and of earlier years' deaths as they are reviewed. Whoever has them
all takes what was reviewed in other years from a year's deaths, and is left with what one report hides.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence

from kscb_actions.figures.counting.tally import NOT_YET
from kscb_actions.figures.disclosure.protect import Key
from kscb_actions.figures.disclosure.publish import ANY_YEAR, Published, Tie, printed_quantities
from kscb_actions.figures.disclosure.tables import Conditions, CountTable

_REST = ("reviewed", "in no year that is in print")
_REST_OR_NOT_YET = ("reviewed", "in no year that is in print, or not yet")


def ties_across(
    printed: Iterable[CountTable], known: Sequence[Published], years: Iterable[str]
) -> Iterator[Tie]:
    """Each count of a year's deaths, as the sum of those reviewed in each year in print, and the rest.

    printed  the tables to be published now; known  what was issued before, the latest last
    years    the years of death of which is told now: of others, only what binds a number that is hidden
    Where numbers of different days contradict each other nothing follows from them, and nothing is said.
    """
    numbers: dict[Key, int] = {}
    for table in (*(counts for counts, _ in known), *printed):
        numbers |= {key: int(number) for key, number in printed_quantities(table, table).items()}
    hidden = {
        key for pair in known for key, text in printed_quantities(*pair).items() if isinstance(text, str)
    }
    now = set(years)
    for whole, by_year in _by_year_of_review(numbers).items():
        reviewed = [key for year, key in by_year.items() if year != NOT_YET]
        for tie in (
            *_tie(numbers, whole, [*by_year.values()], whole | {_REST_OR_NOT_YET}),
            *_tie(numbers, whole | {("reviewed", ANY_YEAR)}, reviewed, whole | {_REST}),
        ):
            if dict(whole)["died"] in now or not hidden.isdisjoint((tie.total[0], *dict(tie.parts))):
                yield tie


def _by_year_of_review(numbers: Iterable[Key]) -> Mapping[Conditions, dict[str, Conditions]]:
    """{conditions of deaths: {year of review: the same deaths reviewed in it}}."""
    found: dict[Conditions, dict[str, Conditions]] = defaultdict(dict)
    for key in numbers:
        conditions = dict(key) if isinstance(key, frozenset) else {}
        year = conditions.get("reviewed", ANY_YEAR)
        if isinstance(key, frozenset) and "died" in conditions and year != ANY_YEAR:
            found[key - {("reviewed", year)}][year] = key
    return found


def _tie(
    numbers: Mapping[Key, int], total: Conditions, keys: Sequence[Conditions], rest: Conditions
) -> Iterator[Tie]:
    parts = tuple((key, numbers[key]) for key in keys)
    left = numbers.get(total, -1) - sum(number for _, number in parts)
    if parts and left >= 0:
        yield Tie((total, numbers[total]), (*parts, (rest, left)))
