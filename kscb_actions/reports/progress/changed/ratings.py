"""How many actions had each rating at the end of some days, such as those of the last meetings."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import date

from kscb_actions.actions.rating import Colour, rating_rules
from kscb_actions.reports.content import Chart, Column, Paragraph, Section, Series, Table

from ..past import Moment
from ..queries import count_codes
from ..scope import Scope
from ..words import short_date
from .days import days_drawn

HEADING = "Ratings over time"


def ratings_section(scope: Scope, given: Iterable[date] = ()) -> Section | None:
    """Return the ratings of each day as a chart and its table; None where no day has an action.

    `given`: the days of earlier meetings; without any, the ends of the quarters before. A query for each day.
    """
    found = {day: _ratings(scope, day) for day in days_drawn(scope.since, scope.as_at, given)}
    counts = {day: by_colour for day, by_colour in found.items() if any(by_colour.values())}
    if not counts:
        return None
    told = Paragraph(
        "Every day is computed by the same rules, from what is known now to have been true then. "
        "Green means on course, not done."
    )
    return Section(HEADING, (told, _chart(counts), _table(counts)))


def _ratings(scope: Scope, day: date) -> dict[Colour, int]:
    if day != scope.as_at:
        scope = replace(scope, moment=Moment(day, True, scope.moment.has_earlier))
    colours = {rule.code: Colour(rule.result) for rule in rating_rules(scope.board.thresholds)}
    counts = dict.fromkeys(Colour, 0)
    for code, number in count_codes(scope):
        counts[colours[code]] += number
    return counts


def _chart(counts: Mapping[date, Mapping[Colour, int]]) -> Chart:
    days: Sequence[date] = list(counts)
    first, last = days[0], days[-1]
    alt = f"One bar for each of {len(days)} days, divided by rating. "
    parts = [f"{counts[first][colour]:,} then and {counts[last][colour]:,} now {colour}" for colour in Colour]
    alt += f"From {short_date(first)} to {short_date(last)}: {', '.join(parts)}."
    series = tuple(
        Series(colour.capitalize(), colour.value, tuple(counts[day][colour] for day in days))
        for colour in Colour
    )
    return Chart("Actions by rating over time", alt, tuple(map(short_date, days)), series)


def _table(counts: Mapping[date, Mapping[Colour, int]]) -> Table:
    columns = (
        Column("End of", 50),
        *(Column(colour.capitalize(), 20, "end") for colour in Colour),
        Column("All", 20, "end"),
    )
    rows = tuple(
        (short_date(day), *(f"{row[colour]:,}" for colour in Colour), f"{sum(row.values()):,}")
        for day, row in counts.items()
    )
    return Table("Actions by rating at the end of each day", columns, rows)
