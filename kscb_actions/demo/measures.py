"""The measures of the demonstration: recorded and their past pasted in, then this year's readings given."""

from collections.abc import Iterator
from datetime import date
from functools import partial

from kscb_actions.access.policy import SYSTEM
from kscb_actions.measures.models import Measure
from kscb_actions.measures.queries import get_measure
from kscb_actions.measures.rules import MeasureFacts
from kscb_actions.measures.service import About, give_pasted, give_reading, record_measure
from kscb_actions.reviews.queries import get_recommendation

from .content import AS_AT, FOLDER, MANAGER, Table, parse_file
from .schedule import ScheduledEvent
from .story_runner import LoadedBoard

RECORDED_ON, MEASURE_HOUR, READING_HOUR = date(2012, 3, 5), 14, 9
OWNER = "policy.performance@kent-childrens-services.example"


def planned_measures() -> list[Table]:
    """Return the measures as the content has them."""
    found: list[Table] = parse_file(FOLDER / "measures.toml")["measure"]
    return found


def measure_events(loaded: LoadedBoard) -> Iterator[ScheduledEvent]:
    """Yield the recording of each measure, and the readings that were given on the last day."""
    made: dict[int, int] = {}
    for number, planned in enumerate(planned_measures()):
        yield ScheduledEvent(RECORDED_ON, MEASURE_HOUR, partial(_record, loaded, planned, number, made))
        for period, value in planned["given"].items():
            run = partial(_give, loaded, made, number, period, value)
            yield ScheduledEvent(AS_AT, READING_HOUR, run)


def _record(loaded: LoadedBoard, planned: Table, number: int, made: dict[int, int]) -> None:
    manager = loaded.viewer(MANAGER)
    names = ("name", "unit", "source", "direction", "target", "baseline", "baseline_period", "caveat")
    facts = MeasureFacts(
        **{name: planned[name] for name in names},
        priority=planned.get("priority", ""),
        first_period="2011-12",
        first_due_on=AS_AT,
        owner_id=loaded.people[OWNER].id,
    )
    measure = record_measure(manager, _about(planned), facts)
    made[number] = measure.id
    if planned["readings"]:
        table = "\n".join(f"{period}\t{value}" for period, value in planned["readings"].items())
        give_pasted(manager, measure, table)


def _about(planned: Table) -> About:
    if "review" not in planned:
        return About()
    found = get_recommendation(SYSTEM, planned["review"], planned["recommendation"])
    if found is None:
        raise LookupError(f"there is no recommendation {planned['recommendation']} of {planned['review']}")
    return About(found.review, found)


def _give(loaded: LoadedBoard, made: dict[int, int], number: int, period: str, value: str) -> None:
    measure: Measure | None = get_measure(SYSTEM, made[number])
    if measure is None:
        raise LookupError(f"there is no measure M{made[number]}")
    give_reading(loaded.viewer(OWNER), measure, period, value)
