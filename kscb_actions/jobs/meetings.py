"""What the clock does for meetings: papers frozen at closing dates, and calls for updates."""

from collections.abc import Callable
from functools import partial

from kscb_actions import clock
from kscb_actions.chasing.lived.queries import is_clock_behind
from kscb_actions.meetings.calling.queries import meetings_to_call
from kscb_actions.meetings.calling.service import call_for_updates
from kscb_actions.meetings.models import Meeting
from kscb_actions.reports.freezing.service import freeze_at_closing, meetings_to_freeze
from kscb_actions.settings.queries import get_board

from .lateness import CHASE_AT

# Does a piece of work by its name, if this process leads, and returns whether nothing went wrong.
AsLeader = Callable[[str, Callable[[], object]], bool]


def freeze_papers(as_leader: AsLeader) -> None:
    """Freeze the paper of each meeting whose closing date is over; one that fails stops no other."""
    due: list[Meeting] = []
    as_leader("freezing", lambda: due.extend(meetings_to_freeze()))
    for meeting in due:
        as_leader(f"freezing for meeting {meeting.id}", partial(_freeze, meeting))


def ask_for_updates(as_leader: AsLeader, base_url: str) -> None:
    """Ask the leads for updates before each meeting that is to be called, after 08:00 on its day."""
    due: list[Meeting] = []
    as_leader("calling", lambda: due.extend(meetings_to_call()))
    for meeting in due:
        as_leader(f"calling for meeting {meeting.id}", partial(_call, meeting, base_url))


def _freeze(meeting: Meeting) -> None:
    if not is_clock_behind(clock.today()):
        freeze_at_closing(meeting, get_board())


def _call(meeting: Meeting, base_url: str) -> None:
    is_past = clock.now().astimezone(clock.LONDON).time() >= CHASE_AT
    if is_past and not is_clock_behind(clock.today()):
        call_for_updates(meeting, base_url)
