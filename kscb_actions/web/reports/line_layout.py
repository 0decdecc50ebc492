"""Where the line of a measure stands on the page of a paper: as on the page of the measure."""

from decimal import Decimal

from kscb_actions.reports.content import LineChart
from kscb_actions.web.measures.drawing import LEFT, RIGHT, Dot, Drawn, downwards, named


def line_of(chart: LineChart) -> Drawn:
    """Return the line of a paper's measure, its readings at equal distances."""
    values = [Decimal(value) for value in chart.values]
    target = Decimal(chart.target)
    down, last = downwards([target, *values]), len(values) - 1
    places = [round(LEFT + (RIGHT - LEFT) * (each / last if last else 0.5), 2) for each in range(len(values))]
    are_named = named(places)
    dots = tuple(
        Dot(across, down(value), f"{value}{chart.unit}", name, name if place in are_named else "")
        for place, (across, value, name) in enumerate(zip(places, values, chart.categories, strict=True))
    )
    return Drawn(dots, (), down(target), f"{chart.target}{chart.unit}", chart.alt)
