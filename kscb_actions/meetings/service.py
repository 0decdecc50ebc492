"""Operations on bodies and meetings: a list the manager keeps."""

from collections.abc import Collection
from dataclasses import dataclass, field
from datetime import date

from kscb_actions import clock
from kscb_actions.access.policy import Permission, Refused, Viewer, require
from kscb_actions.audit.service import Change, change
from kscb_actions.people.models import User
from kscb_actions.reviews.models import Review
from kscb_actions.reviews.queries import visible_review
from kscb_actions.text import InvalidInput, clean_text, one_line, why_too_long

from .models import BodyReview, BodySeat, Meeting, MeetingBody
from .queries import is_frozen
from .rules import problems_with_body, problems_with_days, problems_with_seat, why_not_changed


@dataclass(frozen=True)
class BodyFacts:
    """What a body is entered with.

    reviews  the ids of those it covers, where it does not cover all
    """

    name: str
    kind: str
    covers_all: bool = True
    reviews: Collection[int] = field(default_factory=frozenset)
    is_active: bool = True


def add_body(viewer: Viewer, facts: BodyFacts) -> MeetingBody:
    """Add a body to the list. Raises InvalidInput, Refused."""
    require(viewer, Permission.KEEP_MEETINGS)
    body = MeetingBody()
    with change(viewer) as tx:
        _take_body(body, facts)
        tx.add(body, "body.added")
        _cover(tx, viewer, body, facts)
    return body


def edit_body(
    viewer: Viewer, body: MeetingBody, facts: BodyFacts, expected: int | None = None
) -> MeetingBody:
    """Change a body, and the reviews it covers. Raises InvalidInput, Refused, StaleEdit.

    Of the reviews only those are touched that this person may see.
    """
    require(viewer, Permission.KEEP_MEETINGS)
    with change(viewer) as tx:
        _take_body(body, facts)
        tx.update(body, "body.changed", expected)
        _cover(tx, viewer, body, facts)
    return body


def add_seat(viewer: Viewer, body: MeetingBody, post: str, duty: str, user: User | None) -> BodySeat:
    """Add a seat to a body; vacant where nobody has it. Raises InvalidInput, Refused."""
    require(viewer, Permission.KEEP_MEETINGS)
    seat = BodySeat(body=body)
    with change(viewer) as tx:
        _take_seat(seat, post, duty, user)
        return tx.add(seat, "body.seat-added")


def edit_seat(
    viewer: Viewer, seat: BodySeat, post: str, duty: str, user: User | None, expected: int | None = None
) -> BodySeat:
    """Change a seat, or who has it. Raises InvalidInput, Refused, StaleEdit."""
    require(viewer, Permission.KEEP_MEETINGS)
    with change(viewer) as tx:
        _take_seat(seat, post, duty, user)
        return tx.update(seat, "body.seat-changed", expected)


def remove_seat(viewer: Viewer, seat: BodySeat) -> None:
    """Take a seat off a body; what it was stays in the trail. Raises Refused."""
    require(viewer, Permission.KEEP_MEETINGS)
    with change(viewer) as tx:
        now = BodySeat.get_or_none(BodySeat.id == seat.id)
        if now is None:
            raise Refused("This seat is not there any more.")
        tx.remove(now, "body.seat-removed")


def plan_meeting(
    viewer: Viewer,
    body: MeetingBody,
    call_on: date | None,
    closes_on: date | None,
    papers_on: date | None,
    held_on: date | None,
) -> Meeting:
    """Plan a meeting of a body. Raises InvalidInput, Refused."""
    require(viewer, Permission.KEEP_MEETINGS)
    meeting = Meeting(body=body)
    with change(viewer) as tx:
        if not MeetingBody.get_by_id(body.id).is_active:
            raise Refused("This body does not meet any more.")
        _take_days(meeting, call_on, closes_on, papers_on, held_on)
        return tx.add(meeting, "meeting.planned")


def edit_meeting(
    viewer: Viewer,
    meeting: Meeting,
    call_on: date | None,
    closes_on: date | None,
    papers_on: date | None,
    held_on: date | None,
    expected: int | None = None,
) -> Meeting:
    """Change the days of a meeting; once its paper is frozen only the day of the meeting itself.

    Raises InvalidInput, Refused, StaleEdit.
    """
    require(viewer, Permission.KEEP_MEETINGS)
    with change(viewer) as tx:
        now = Meeting.get_by_id(meeting.id)
        why_not = why_not_changed(now.cancelled_at is not None, is_frozen(now))
        is_moved = (now.call_on, now.closes_on, now.papers_on) != (call_on, closes_on, papers_on)
        if why_not and (is_moved or now.cancelled_at is not None):
            raise Refused(why_not)
        _take_days(meeting, call_on, closes_on, papers_on, held_on)
        return tx.update(meeting, "meeting.changed", expected)


def cancel_meeting(viewer: Viewer, meeting: Meeting, reason: str, expected: int | None = None) -> Meeting:
    """Cancel a meeting, with the reason; it stays in the list as cancelled.

    Raises InvalidInput, Refused, StaleEdit.
    """
    require(viewer, Permission.KEEP_MEETINGS)
    reason = clean_text(reason)
    if wrong := why_too_long(reason) if reason else "Say why the meeting is cancelled.":
        raise InvalidInput({"reason": wrong})
    with change(viewer) as tx:
        if Meeting.get_by_id(meeting.id).cancelled_at is not None:
            raise Refused("This meeting is cancelled already.")
        meeting.cancelled_at, meeting.cancelled_reason = clock.now(), reason
        return tx.update(meeting, "meeting.cancelled", expected, {"reason": reason})


def _take_body(body: MeetingBody, facts: BodyFacts) -> None:
    name = one_line(facts.name)
    same = (MeetingBody.name == name, MeetingBody.id != (body.id or 0))
    if problems := problems_with_body(name, facts.kind, MeetingBody.select().where(*same).exists()):
        raise InvalidInput(problems)
    body.name, body.kind, body.covers_all, body.is_active = (
        name,
        facts.kind,
        facts.covers_all,
        facts.is_active,
    )


def _cover(tx: Change, viewer: Viewer, body: MeetingBody, facts: BodyFacts) -> None:
    seen = {row.id for row in Review.select(Review.id).where(visible_review(viewer))}
    wanted = set() if facts.covers_all else set(facts.reviews) & seen
    rows = {row.review_id: row for row in BodyReview.select().where(BodyReview.body == body)}
    for review_id in sorted(wanted - rows.keys()):
        tx.add(BodyReview(body=body, review=review_id), "body.review-added")
    for review_id in sorted((rows.keys() & seen) - wanted):
        tx.remove(rows[review_id], "body.review-removed")


def _take_seat(seat: BodySeat, post: str, duty: str, user: User | None) -> None:
    post = one_line(post)
    others = BodySeat.select(BodySeat.duty, BodySeat.user).where(
        BodySeat.body == seat.body_id, BodySeat.id != (seat.id or 0)
    )
    problems = problems_with_seat(post, duty, others.tuples(), user.id if user else None)
    if user is not None and not user.is_active:
        problems["user"] = f"{user.name} is switched off. Choose somebody else, or leave it vacant."
    if problems:
        raise InvalidInput(problems)
    seat.post, seat.duty, seat.user = post, duty, user


def _take_days(
    meeting: Meeting,
    call_on: date | None,
    closes_on: date | None,
    papers_on: date | None,
    held_on: date | None,
) -> None:
    problems = problems_with_days(call_on, closes_on, papers_on, held_on)
    same = (
        Meeting.body == meeting.body_id,
        Meeting.held_on == held_on,
        Meeting.cancelled_at.is_null(),
        Meeting.id != (meeting.id or 0),
    )
    if "held_on" not in problems and Meeting.select().where(*same).exists():
        problems["held_on"] = "This body meets on that day already."
    if problems:
        raise InvalidInput(problems)
    meeting.call_on, meeting.closes_on, meeting.papers_on, meeting.held_on = (
        call_on,
        closes_on,
        papers_on,
        held_on,
    )
