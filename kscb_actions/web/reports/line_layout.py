"""Where the line of a measure stands on the page of a paper: as on the page of the measure."""

from decimal import Decimal

from kscb_actions.reports.content import LineChart
from kscb_actions.web.measures.drawing import LEFT, RIGHT, Dot, Drawn, Mark, downwards, named


def line_of(chart: LineChart) -> Drawn:
    """Return the line of a paper's measure, its periods at equal distances."""
    target, last = Decimal(chart.target), len(chart.values) - 1
    places = [round(LEFT + (RIGHT - LEFT) * (place / last if last else 0.5), 2) for place in range(last + 1)]
    read = [
        (places[place], Decimal(value), name)
        for place, (value, name) in enumerate(zip(chart.values, chart.categories, strict=True))
        if value
    ]
    down = downwards([target, *(value for _, value, _ in read)])
    are_named = named([across for across, _, _ in read])
    dots = tuple(
        Dot(across, down(value), f"{value}{chart.unit}", name, name if place in are_named else "")
        for place, (across, value, name) in enumerate(read)
    )
    marks = tuple(Mark(across, count) for across, count in zip(places, chart.accepted, strict=False) if count)
    return Drawn(dots, marks, down(target), f"{chart.target}{chart.unit}", chart.alt)
