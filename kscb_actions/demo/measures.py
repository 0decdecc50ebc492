"""What was different, in the demonstration: measures with their readings, and what difference was judged."""

from collections.abc import Iterator
from datetime import date
from functools import partial

from kscb_actions.access.policy import SYSTEM
from kscb_actions.impact.rules import JudgementFacts
from kscb_actions.impact.service import judge_difference, say_difference
from kscb_actions.measures.models import Measure
from kscb_actions.measures.queries import get_measure
from kscb_actions.measures.rules import MeasureFacts
from kscb_actions.measures.service import About, give_pasted, give_reading, record_measure
from kscb_actions.people.models import Agency
from kscb_actions.reviews.models import Recommendation
from kscb_actions.reviews.queries import get_recommendation

from .content import AS_AT, FOLDER, MANAGER, Table, parse_file
from .schedule import ScheduledEvent
from .story_runner import LoadedBoard

RECORDED_ON, MEASURE_HOUR, READING_HOUR = date(2012, 3, 5), 14, 9
SAY_HOUR, JUDGE_HOUR = 10, 15
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
    found = _recommendation(planned)
    return About(found.review, found)


def _recommendation(planned: Table) -> Recommendation:
    found = get_recommendation(SYSTEM, planned["review"], planned["recommendation"])
    if found is None:
        raise LookupError(f"there is no recommendation {planned['recommendation']} of {planned['review']}")
    return found


def _give(loaded: LoadedBoard, made: dict[int, int], number: int, period: str, value: str) -> None:
    measure: Measure | None = get_measure(SYSTEM, made[number])
    if measure is None:
        raise LookupError(f"there is no measure M{made[number]}")
    give_reading(loaded.viewer(OWNER), measure, period, value)


def impact_events(loaded: LoadedBoard) -> Iterator[ScheduledEvent]:
    """Yield what an agency says of each recommendation that came back, and what is judged of it."""
    for planned in parse_file(FOLDER / "impact.toml")["impact"]:
        yield ScheduledEvent(planned["said_on"], SAY_HOUR, partial(_say, loaded, planned))
        yield ScheduledEvent(planned["judged_on"], JUDGE_HOUR, partial(_judge, loaded, planned))


def _say(loaded: LoadedBoard, planned: Table) -> None:
    lead = loaded.viewer(planned["agency"])
    say_difference(lead, _recommendation(planned), planned["text"], planned["shown_by"])


def _judge(loaded: LoadedBoard, planned: Table) -> None:
    agency = Agency.get(Agency.code == planned["work_of"]).id if "work_of" in planned else None
    facts = JudgementFacts(
        planned["outcome"], planned["reason"], planned.get("work", ""), agency, planned.get("due_on")
    )
    judge_difference(loaded.viewer(MANAGER), _recommendation(planned), facts)
