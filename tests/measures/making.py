"""Measures and readings for tests, through the application's own operations."""

from dataclasses import replace
from datetime import date

from kscb_actions.measures.models import Measure
from kscb_actions.measures.rules import MeasureFacts
from kscb_actions.measures.service import About, give_reading, record_measure
from kscb_actions.reviews.models import Recommendation, Review

from ..factories import World

ASKED_ON = date(2012, 4, 20)
FACTS = MeasureFacts(
    name="Children with a second plan",
    unit="percent",
    source="Yearly return of the county council",
    direction="lower",
    target="13.7",
    first_period="2011-12",
    first_due_on=ASKED_ON,
    owner_id=None,
    baseline="19.2",
    baseline_period="2007-08",
    priority="Fewer children harmed twice",
)


def measure(
    world: World,
    review: Review | None = None,
    recommendation: Recommendation | None = None,
    **facts: object,
) -> Measure:
    """Return a measure whose readings the police lead gives, unless told otherwise."""
    said = replace(FACTS, **{"owner_id": world.police_lead.id, **facts})  # type: ignore[arg-type]
    return record_measure(world.as_viewer(world.manager), About(review, recommendation), said)


def readings(world: World, of: Measure, **values: str) -> None:
    """Give readings by the year they end in: y2008="19.2" is of 2007-08."""
    for year, value in values.items():
        ends = int(year[1:])
        give_reading(world.as_viewer(world.manager), of, f"{ends - 1}-{ends % 100:02}", value)
