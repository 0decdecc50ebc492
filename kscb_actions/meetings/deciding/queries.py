"""Decisions, always read for a viewer: those of papers whose reviews this person may see, and own tasks."""

from datetime import date
from typing import Any

import peewee

from kscb_actions.access.policy import SYSTEM, Permission, Viewer, may
from kscb_actions.meetings.models import Meeting, MeetingBody
from kscb_actions.meetings.queries import duty_of, reads_meetings
from kscb_actions.meetings.rules import may_minute
from kscb_actions.people.models import User
from kscb_actions.prepared import prepared
from kscb_actions.reviews.queries import EVERYTHING, NOTHING, hidden_reviews

from .models import MeetingDecision, MeetingRecord
from .rules import State, became_of


def visible_decision(viewer: Viewer) -> Any:
    """Return the condition on MeetingDecision that keeps what this person may read today.

    Nothing on a paper with a review that is restricted today and on which they are not named, also not a
    task of their own; whoever reads of no meetings has their own tasks only.
    """
    is_own = MeetingDecision.person == (viewer.id or 0)
    condition = EVERYTHING if reads_meetings(viewer) else is_own if viewer.id else NOTHING
    for (hidden,) in hidden_reviews(viewer).tuples():
        condition = condition & ~MeetingDecision.reviews.contains(f",{hidden},")
    return condition


def _decisions(viewer: Viewer) -> Any:
    query = (
        MeetingDecision.select(MeetingDecision, Meeting, MeetingBody, User).join(Meeting).join(MeetingBody)
    )
    query = query.join_from(MeetingDecision, User, peewee.JOIN.LEFT_OUTER, on=MeetingDecision.person)
    return query.where(visible_decision(viewer)).order_by(MeetingDecision.item, MeetingDecision.id)


def list_decisions(viewer: Viewer, meeting: Meeting) -> list[MeetingDecision]:
    """Return what a meeting decided, item by item, with who does it; void ones among it."""
    return list(_decisions(viewer).where(MeetingDecision.meeting == meeting))


def get_decision(viewer: Viewer, decision_id: int) -> MeetingDecision | None:
    """Return one decision; None when it is hidden or there is none."""
    return _decisions(viewer).where(MeetingDecision.id == decision_id).first()


def open_tasks_of(viewer: Viewer) -> list[MeetingDecision]:
    """Return what this person is to do for meetings, the most pressing first."""
    person = viewer.id or 0
    # Asked first, for most people have none.
    if not _has_task(person=person):
        return []
    # Not prepared: which reviews are hidden stands in its text.
    tasks = _decisions(viewer).where(*_is_to_do(person))
    return sorted(tasks, key=lambda each: (each.due_on or date.max, each.id))


@prepared
def _has_task(*, person: int) -> Any:
    return MeetingDecision.select(MeetingDecision.id).where(*_is_to_do(person)).limit(1).tuples()


def _is_to_do(person: Any) -> tuple[Any, Any]:
    return MeetingDecision.person == person, MeetingDecision.state == State.OPEN


def count_on(meeting: Meeting, item: int | None) -> int:
    """Return how often something was recorded on an item, whoever may read it."""
    same = MeetingDecision.item.is_null() if item is None else MeetingDecision.item == item
    return MeetingDecision.select().where(MeetingDecision.meeting == meeting, same).count()


def record_of(meeting: Meeting) -> MeetingRecord | None:
    """Return what is minuted of a meeting beside its decisions; None while nothing is."""
    return MeetingRecord.get_or_none(MeetingRecord.meeting == meeting)


def corrections_of(meeting: Meeting) -> list[MeetingRecord]:
    """Return the records of later meetings of the body that correct this one's minutes, with their meetings.

    That is the next meeting that was held.
    """
    query = MeetingRecord.select(MeetingRecord, Meeting).join(Meeting)
    later = query.where(
        Meeting.body == meeting.body_id, Meeting.held_on > meeting.held_on, Meeting.cancelled_at.is_null()
    )
    following = later.order_by(Meeting.held_on).first()
    return [following] if following is not None and following.corrections else []


def minutes_here(viewer: Viewer, meeting: Meeting) -> bool:
    """Return whether this person minutes a meeting: the manager, its body's chair or deputy."""
    if not may(viewer, Permission.MINUTE_MEETING):
        return False
    return bool(may_minute(viewer, duty_of(viewer, meeting.body)))


def came_back(before: Meeting, today: date) -> tuple[list[tuple[str, str, str, str]], set[int]]:
    """Return what became of the decisions of a meeting, and of older ones of its body still to do, in words.

    With the ids of the reviews that stood in their papers. Nothing of a paper that has a review restricted
    today: whoever reads the next paper need not be named on it.
    """
    query = MeetingDecision.select(MeetingDecision, Meeting, User).join(Meeting)
    query = query.join_from(MeetingDecision, User, peewee.JOIN.LEFT_OUTER, on=MeetingDecision.person)
    query = query.where(
        Meeting.body == before.body_id,
        Meeting.held_on <= before.held_on,
        MeetingDecision.state != State.VOID,
        (MeetingDecision.meeting == before)
        | (MeetingDecision.state == State.OPEN)
        | (MeetingDecision.ended_on > today),
        visible_decision(SYSTEM),
    )
    rows: list[tuple[str, str, str, str]] = []
    reviews = set[int]()
    for each in query.order_by(Meeting.held_on.desc(), MeetingDecision.id):
        is_later = each.ended_on is not None and each.ended_on > today
        state = State.OPEN if is_later else each.state
        words = became_of(state, each.due_on, each.ended_on, each.outcome, today)
        rows.append((each.reference, str(each.text), each.person.name if each.person else "Nobody", words))
        reviews |= {int(number) for number in each.reviews.split(",") if number}
    return rows, reviews
