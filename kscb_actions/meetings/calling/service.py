"""Asking each lead once for updates before a meeting, and reminding those who are silent."""

from collections.abc import Iterable

from kscb_actions import clock
from kscb_actions.access.policy import SYSTEM, Permission, Refused, Viewer, require
from kscb_actions.actions.models import Action
from kscb_actions.audit.service import Change, change
from kscb_actions.mail.rules import About
from kscb_actions.mail.service import queue
from kscb_actions.meetings.models import BodyReview, Meeting
from kscb_actions.people.absences.queries import people_away
from kscb_actions.people.models import User
from kscb_actions.reviews.models import Review
from kscb_actions.reviews.queries import visible_review
from kscb_actions.wording import date_uk, plural

from .models import MeetingCall
from .queries import CALLED, REMINDED, calls_of, is_called, is_reminded_today
from .rules import why_not_reminded

CALL = """{body} meets on {held}. Please say how these stand by {closes}, the closing date:

{actions}

Update them all on one page:
{link}"""


def call_for_updates(meeting: Meeting, base_url: str) -> int:
    """Ask each lead once for their open actions, in one message; returns how many were asked.

    Asked is of what the agency has the next move on, in the reviews that the body covers, and of nothing
    that the lead may not see.
    """
    with change(SYSTEM) as tx:
        if is_called(meeting):
            raise Refused("The leads were called for this meeting already.")
        rows = [
            MeetingCall(
                meeting=meeting,
                review=action.review,
                action=action,
                agency=action.agency_id,
                lead=action.lead_id,
                called_at=clock.now(),
            )
            for actions in _asked(meeting)
            for action in actions
        ]
        tx.add_all(rows, "meeting.called")
        tx.record(CALLED, "meetings", {"meeting_id": meeting.id, "asked": len(rows)})
        return _send(tx, meeting, rows, base_url)


def remind_silent(viewer: Viewer, meeting: Meeting, base_url: str) -> int:
    """Ask those who have not answered once more, of what they owe; returns how many. Raises Refused."""
    require(viewer, Permission.KEEP_MEETINGS)
    with change(viewer) as tx:
        silent = [call for call, is_answered in calls_of(viewer, meeting) if not is_answered]
        why_not = why_not_reminded(
            meeting.cancelled_at is not None,
            is_reminded_today(meeting),
            len(silent),
            meeting.closes_on,
            clock.today(),
        )
        if why_not:
            raise Refused(why_not)
        tx.record(REMINDED, "meetings", {"meeting_id": meeting.id, "asked": len(silent)})
        return _send(tx, meeting, silent, base_url)


def _asked(meeting: Meeting) -> Iterable[list[Action]]:
    """Yield, of each who is asked, the open actions on which their agency has the next move.

    Asked is the lead, or who stands in while the lead is away; one who does so of their own and the lead's.
    """
    query = Action.select(Action, Review).join(Review)
    query = query.where(
        Action.standing == "active", Action.assurance.in_(("none", "returned")), Action.lead.is_null(False)
    )
    if not meeting.body.covers_all:
        query = query.where(
            Action.review.in_(BodyReview.select(BodyReview.review).where(BodyReview.body == meeting.body_id))
        )
    away = people_away(clock.today())
    leading: dict[int, list[int]] = {}
    for (lead_id,) in query.select(Action.lead).distinct().tuples():
        leading.setdefault(away.asked(lead_id) or lead_id, []).append(lead_id)
    for lead in User.select().where(User.is_active, User.id.in_(list(leading))).order_by(User.id):
        own = query.where(
            Action.lead.in_(leading[lead.id]), Action.agency == lead.agency_id, visible_review(lead.viewer)
        )
        actions = list(own.order_by(Action.current_due_on, Action.id))
        if actions:
            yield actions


def _send(tx: Change, meeting: Meeting, calls: Iterable[MeetingCall], base_url: str) -> int:
    """Queue a message to each lead, or who stands in, with what is asked of them and they may see.

    By reference and date alone. Returns how many were asked.
    """
    of_lead: dict[int, list[MeetingCall]] = {}
    away = people_away(clock.today())
    for call in calls:
        of_lead.setdefault(away.asked(call.lead_id) or call.lead_id, []).append(call)
    people = {user.id: user for user in User.select().where(User.id.in_(list(of_lead)), User.is_active)}
    asked = 0
    for lead_id, calls_to_lead in of_lead.items():
        own = _seen_by(people[lead_id], calls_to_lead) if lead_id in people else []
        if not own:
            continue
        asked += 1
        lines = [f"- {each.action.reference}, due {date_uk(each.action.current_due_on)}" for each in own]
        body = CALL.format(
            body=meeting.body.name,
            held=date_uk(meeting.held_on),
            closes=date_uk(meeting.closes_on),
            actions="\n".join(lines),
            link=f"{base_url}/my-actions",
        )
        subject = f"{meeting.body.name} asks for updates: {plural(len(own), 'action')}"
        queue(tx, people[lead_id], subject, body, [About(each.review_id, each.action_id) for each in own])
    return asked


def _seen_by(person: User, calls: list[MeetingCall]) -> list[MeetingCall]:
    """Return the calls that are about reviews which this person may see today."""
    reviews = Review.select(Review.id).where(Review.id.in_([each.review_id for each in calls]))
    seen = {row.id for row in reviews.where(visible_review(person.viewer))}
    return [each for each in calls if each.review_id in seen]
