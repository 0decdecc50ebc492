"""Bodies and meetings, always read for a viewer: nothing is told of reviews that they may not see."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

import peewee

from kscb_actions.access.policy import Permission, Reach, Viewer, reach
from kscb_actions.people.models import User
from kscb_actions.reviews.models import Review
from kscb_actions.reviews.queries import visible_review

from .models import BodyReview, BodySeat, Meeting, MeetingBody
from .rules import FROZEN, MINUTES, NAMES, Days, Duty

_ORDER = {Duty.CHAIR: 0, Duty.DEPUTY: 1, Duty.MEMBER: 2}


@dataclass(frozen=True)
class CalendarDay:
    """A day of a meeting's cycle: which, and of which meeting."""

    day: date
    what: str
    meeting: Meeting


def reads_meetings(viewer: Viewer) -> bool:
    """Return whether this person may read of meetings."""
    return viewer.is_system or reach(viewer, Permission.READ_MEETING) is not Reach.NONE


def list_bodies(viewer: Viewer) -> list[MeetingBody]:
    """Return the bodies, those that still meet first, by name."""
    if not reads_meetings(viewer):
        return []
    return list(MeetingBody.select().order_by(MeetingBody.is_active.desc(), MeetingBody.name))


def get_body(viewer: Viewer, body_id: int) -> MeetingBody | None:
    """Return one body; None when there is none or this person reads of none."""
    return MeetingBody.get_or_none(MeetingBody.id == body_id) if reads_meetings(viewer) else None


def get_seat(viewer: Viewer, seat_id: int) -> BodySeat | None:
    """Return one seat of a body; None when there is none or this person reads of none."""
    return BodySeat.get_or_none(BodySeat.id == seat_id) if reads_meetings(viewer) else None


def get_meeting(viewer: Viewer, meeting_id: int) -> Meeting | None:
    """Return one meeting with its body; None when there is none or this person reads of none."""
    if not reads_meetings(viewer):
        return None
    query = Meeting.select(Meeting, MeetingBody).join(MeetingBody)
    return query.where(Meeting.id == meeting_id).first()


def is_frozen(meeting: Meeting) -> bool:
    """Return whether a meeting has its paper, whoever may open it."""
    return _has_paper(meeting, FROZEN)


def are_published(meeting: Meeting) -> bool:
    """Return whether a meeting's minutes are published."""
    return _has_paper(meeting, MINUTES)


def _has_paper(meeting: Meeting, kind: str) -> bool:
    # Papers know their meeting, and say so by the name `papers`; meetings know no room of papers.
    papers = meeting.papers
    return papers.where(papers.model.kind == kind).exists()


def list_seats(body: MeetingBody) -> list[BodySeat]:
    """Return a body's seats with who has them: the chair, the deputy, then by post."""
    query = BodySeat.select(BodySeat, User).join(User, peewee.JOIN.LEFT_OUTER).where(BodySeat.body == body)
    return sorted(query, key=lambda seat: (_ORDER[Duty(seat.duty)], seat.post, seat.id))


def duty_of(viewer: Viewer, body: MeetingBody) -> str | None:
    """Return what this person does on a body; None where they have no seat there."""
    seat = BodySeat.get_or_none(BodySeat.body == body, BodySeat.user == (viewer.id or 0))
    return seat.duty if seat else None


def covered_reviews(viewer: Viewer, body: MeetingBody) -> list[Review]:
    """Return the reviews a body covers, of those this person may see, by reference."""
    query = Review.select(Review.id, Review.reference, Review.pseudonym, Review.is_restricted).where(
        visible_review(viewer)
    )
    if not body.covers_all:
        query = query.where(
            Review.id.in_(BodyReview.select(BodyReview.review).where(BodyReview.body == body))
        )
    return list(query.order_by(Review.reference))


def list_meetings(viewer: Viewer, body: MeetingBody | None = None) -> list[Meeting]:
    """Return the meetings, of one body or of all, with their bodies, the latest first."""
    if not reads_meetings(viewer):
        return []
    query = Meeting.select(Meeting, MeetingBody).join(MeetingBody)
    if body is not None:
        query = query.where(Meeting.body == body)
    return list(query.order_by(Meeting.held_on.desc(), Meeting.id.desc()))


def calendar_of(viewer: Viewer, year: int) -> list[CalendarDay]:
    """Return every day of the cycles of a year's meetings that falls in it, in order."""
    if not reads_meetings(viewer):
        return []
    first, last = date(year, 1, 1), date(year, 12, 31)
    query = Meeting.select(Meeting, MeetingBody).join(MeetingBody)
    query = query.where(Meeting.cancelled_at.is_null(), Meeting.held_on >= first, Meeting.call_on <= last)
    days = (
        CalendarDay(day, words, meeting)
        for meeting in query
        for name, words in NAMES.items()
        if first <= (day := getattr(meeting, name)) <= last
    )
    return sorted(
        days, key=lambda each: (each.day, each.meeting.body.name, list(NAMES.values()).index(each.what))
    )


def past_days(body: MeetingBody) -> list[Days]:
    """Return the days of a body's last two meetings that were not cancelled, the latest last."""
    query = Meeting.select().where(Meeting.body == body, Meeting.cancelled_at.is_null())
    return [each.days for each in query.order_by(Meeting.held_on.desc()).limit(2)][::-1]


def previous_meeting(meeting: Meeting) -> Meeting | None:
    """Return the meeting of the same body before this one that was not cancelled."""
    return (
        Meeting.select()
        .where(
            Meeting.body == meeting.body_id, Meeting.held_on < meeting.held_on, Meeting.cancelled_at.is_null()
        )
        .order_by(Meeting.held_on.desc())
        .first()
    )


def earlier_closing_dates(meeting: Meeting, most: int) -> tuple[date, ...]:
    """Return the closing dates of so many meetings of the same body before this one, the earliest first."""
    before = Meeting.select(Meeting.closes_on).where(
        Meeting.body == meeting.body_id, Meeting.closes_on < meeting.closes_on, Meeting.cancelled_at.is_null()
    )
    found = before.order_by(Meeting.closes_on.desc()).limit(most).tuples()
    return tuple(closes_on for (closes_on,) in found)[::-1]


def previous_closing_date(meeting: Meeting) -> date | None:
    """Return the closing date of the meeting before this one: what changed since is told from there."""
    before = previous_meeting(meeting)
    return before.closes_on if before else None


def years_with_meetings() -> Sequence[int]:
    """Return the years in which bodies meet, in order."""
    days = (day for pair in Meeting.select(Meeting.call_on, Meeting.held_on).tuples() for day in pair)
    return sorted({day.year for day in days})
