"""The subgroup's meetings in the demonstration: planned, called, frozen, held, minuted, and one to come."""

from collections.abc import Iterator
from datetime import timedelta
from functools import partial

from kscb_actions.meetings.calling.service import call_for_updates
from kscb_actions.meetings.deciding.models import MeetingDecision
from kscb_actions.meetings.deciding.service import Item, end_decision, keep_record, record_decision
from kscb_actions.meetings.models import Meeting, MeetingBody
from kscb_actions.meetings.service import BodyFacts, add_body, add_seat, plan_meeting
from kscb_actions.reports.freezing.minutes import publish_minutes
from kscb_actions.reports.freezing.queries import frozen_of
from kscb_actions.reports.freezing.service import freeze_at_closing
from kscb_actions.reports.kept.edits import asks_of
from kscb_actions.settings.queries import get_board

from .content import FOLDER, MANAGER, Table, parse_file
from .schedule import ScheduledEvent
from .story_runner import LoadedBoard

PLAN_HOUR, CALL_HOUR, FREEZE_HOUR, MEETING_HOUR, TASK_HOUR = 10, 9, 7, 16, 15
DAYS = ("call_on", "closes_on", "papers_on", "held_on")


def meeting_events(loaded: LoadedBoard, base_url: str) -> Iterator[ScheduledEvent]:
    """Yield what happens for each meeting; links in the messages begin with `base_url`."""
    content = parse_file(FOLDER / "meetings.toml")
    made: dict[str, int] = {}
    yield ScheduledEvent(content["body"]["on"], PLAN_HOUR, partial(_found, loaded, content["body"]))
    for planned in content["meeting"]:
        yield ScheduledEvent(planned["planned_on"], PLAN_HOUR, partial(_plan, loaded, planned))
        if planned.get("is_called"):
            run = partial(_call, planned, base_url)
            yield ScheduledEvent(planned["call_on"], CALL_HOUR, run)
        if "minuted" not in planned:
            continue
        frozen_on = planned["closes_on"] + timedelta(days=1)
        yield ScheduledEvent(frozen_on, FREEZE_HOUR, partial(_freeze, planned))
        run = partial(_hold, loaded, planned, made, base_url)
        yield ScheduledEvent(planned["held_on"], MEETING_HOUR, run)
        for decided in planned["decided"]:
            if "done_on" in decided:
                run = partial(_end, loaded, decided, made)
                yield ScheduledEvent(decided["done_on"], TASK_HOUR, run)
        if "published_on" in planned:
            run = partial(_publish, loaded, planned, base_url)
            yield ScheduledEvent(planned["published_on"], TASK_HOUR, run)


def _found(loaded: LoadedBoard, planned: Table) -> None:
    manager = loaded.viewer(MANAGER)
    body = add_body(manager, BodyFacts(planned["name"], planned["kind"]))
    for seat in planned["seat"]:
        user = loaded.people[seat["email"]] if "email" in seat else None
        add_seat(manager, body, seat["post"], seat["duty"], user)


def _plan(loaded: LoadedBoard, planned: Table) -> None:
    plan_meeting(loaded.viewer(MANAGER), MeetingBody.get(), *(planned[day] for day in DAYS))


def _meeting(planned: Table) -> Meeting:
    return Meeting.get(Meeting.held_on == planned["held_on"])


def _call(planned: Table, base_url: str) -> None:
    call_for_updates(_meeting(planned), base_url)


def _freeze(planned: Table) -> None:
    freeze_at_closing(_meeting(planned), get_board())


def _hold(loaded: LoadedBoard, planned: Table, made: dict[str, int], base_url: str) -> None:
    manager, meeting = loaded.viewer(MANAGER), _meeting(planned)
    keep_record(manager, meeting, planned["minuted"])
    frozen = frozen_of(manager, meeting)
    asks = asks_of(frozen.report) if frozen else []
    for decided in planned["decided"]:
        place = decided.get("item")
        reviews = frozen.report.reviews if frozen else ()
        item = Item() if place is None else Item(place, asks[place], reviews)
        person = loaded.people[decided["person"]] if "person" in decided else None
        text, due_on = decided["text"], decided.get("due_on")
        made[text] = record_decision(manager, meeting, item, text, person, due_on, base_url).id


def _end(loaded: LoadedBoard, decided: Table, made: dict[str, int]) -> None:
    decision = MeetingDecision.get_by_id(made[decided["text"]])
    end_decision(loaded.viewer(decided["person"]), decision, decided["outcome"])


def _publish(loaded: LoadedBoard, planned: Table, base_url: str) -> None:
    publish_minutes(loaded.viewer(MANAGER), _meeting(planned), get_board(), base_url)
