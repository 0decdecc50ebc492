"""Who was called for a meeting, and who has answered, of what a viewer may see."""

from datetime import timedelta
from typing import Any

from kscb_actions import clock
from kscb_actions.access.policy import Viewer
from kscb_actions.actions.models import Action, Extension, ProgressUpdate
from kscb_actions.assurance.models import Submission
from kscb_actions.audit.models import AuditEvent
from kscb_actions.database import in_json
from kscb_actions.meetings.models import Meeting, MeetingBody
from kscb_actions.people.models import Agency, User
from kscb_actions.reviews.models import Review
from kscb_actions.reviews.queries import visible_review

from .models import MeetingCall
from .rules import Response, is_to_call, responses_of

# Both events are of a meeting as a whole and change no row of it: their detail names it.
CALLED, REMINDED = "meeting.call-made", "meeting.silent-reminded"


def _of_meeting() -> Any:
    """Return, as SQL, the id of the meeting that an event of a call is about."""
    return in_json(AuditEvent.detail, "meeting_id").cast("integer")


def meetings_to_call() -> list[Meeting]:
    """Return the meetings whose leads are to be called by now and were not, the earliest first."""
    today = clock.today()
    called = AuditEvent.select(_of_meeting()).where(AuditEvent.event == CALLED)
    query = Meeting.select(Meeting, MeetingBody).join(MeetingBody)
    query = query.where(
        Meeting.cancelled_at.is_null(),
        Meeting.call_on <= today,
        Meeting.closes_on >= today,
        Meeting.id.not_in(called),
    )
    return [
        each for each in query.order_by(Meeting.call_on) if is_to_call(each.call_on, each.closes_on, today)
    ]


def is_called(meeting: Meeting) -> bool:
    """Return whether the call for a meeting was made, also where nobody had to be asked."""
    return AuditEvent.select().where(AuditEvent.event == CALLED, _of_meeting() == meeting.id).exists()


def calls_of(viewer: Viewer, meeting: Meeting) -> list[tuple[MeetingCall, bool]]:
    """Return what leads were asked for before a meeting, each with whether it was answered by its closing.

    Told is what this person may see. Four queries.
    """
    query = (
        MeetingCall.select(MeetingCall, Agency, Action, Review, User)
        .join(Agency)
        .join_from(MeetingCall, User)
        .switch(MeetingCall)
        .join(Action)
        .join_from(MeetingCall, Review)
        .where(MeetingCall.meeting == meeting, visible_review(viewer), Action.standing != "void")
        .order_by(MeetingCall.id)
    )
    calls = list(query)
    answered = _answered(meeting, calls)
    return [(each, each.action_id in answered) for each in calls]


def _answered(meeting: Meeting, calls: list[MeetingCall]) -> set[int]:
    if not calls:
        return set()
    since, until = calls[0].called_at, clock.start_of(meeting.closes_on + timedelta(days=1))
    asked = [each.action_id for each in calls]
    said: list[tuple[Any, Any]] = [
        (ProgressUpdate, ProgressUpdate.at),
        (Submission, Submission.at),
        (Extension, Extension.asked_at),
    ]
    found = set[int]()
    for table, at in said:
        rows = table.select(table.action).where(table.action.in_(asked), at >= since, at < until)
        found |= {number for (number,) in rows.tuples()}
    return found


def responses_to(viewer: Viewer, meeting: Meeting) -> list[Response]:
    """Return how each agency has answered the call for a meeting, the most silent first."""
    return responses_of((call.agency.name, is_answered) for call, is_answered in calls_of(viewer, meeting))


def is_reminded_today(meeting: Meeting) -> bool:
    """Return whether those who are silent were reminded today."""
    return (
        AuditEvent.select()
        .where(
            AuditEvent.event == REMINDED,
            _of_meeting() == meeting.id,
            AuditEvent.at >= clock.start_of(clock.today()),
        )
        .exists()
    )
