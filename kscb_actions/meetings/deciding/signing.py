"""Plans of reviews signed off in meetings: which can be chosen, which was, and what a meeting signed off."""

from collections.abc import Sequence
from datetime import date

import peewee

from kscb_actions import clock
from kscb_actions.access.policy import Viewer
from kscb_actions.audit.service import Change
from kscb_actions.meetings.models import BodyReview, Meeting, MeetingBody
from kscb_actions.meetings.queries import reads_meetings
from kscb_actions.reviews.models import Review, StageReached
from kscb_actions.reviews.queries import stage_stands, visible_review
from kscb_actions.reviews.rules import Stage
from kscb_actions.reviews.service import reach_stage
from kscb_actions.reviews.stages import Joined

from .models import SignOff
from .rules import problems_with_sign_off_meeting


def meetings_for(viewer: Viewer, review: Review) -> list[Meeting]:
    """Return the meetings, held and of bodies that cover a review, in which its plan can be signed off.

    The latest first, with their bodies; none for whom reads of no meetings.
    """
    if not reads_meetings(viewer):
        return []
    covering = BodyReview.select(BodyReview.body).where(BodyReview.review == review)
    query = Meeting.select(Meeting, MeetingBody).join(MeetingBody)
    query = query.where(
        MeetingBody.covers_all | MeetingBody.id.in_(covering),
        Meeting.cancelled_at.is_null(),
        Meeting.held_on <= clock.today(),
    )
    return list(query.order_by(Meeting.held_on.desc(), Meeting.id.desc()))


def reach_stage_in(
    viewer: Viewer, review: Review, stage: str, reached_on: date | None, note: str,
    meeting_id: int | None, meeting: str = "", decision_maker: str = "", expected: int | None = None,
) -> Review:  # fmt: skip
    """Record that a review has reached a stage, where a plan is signed off in a meeting that is kept here.

    `meeting_id` is of one of `meetings_for`; `meeting` names one from before. All else is as
    in `reviews.service.reach_stage`, what is raised too.
    """
    chosen = next((each for each in meetings_for(viewer, review) if each.id == meeting_id), None)
    problems = problems_with_sign_off_meeting(stage, reached_on, chosen.held_on if chosen else None, meeting)
    if meeting_id is not None and chosen is None:
        problems["held_in"] = "Choose a meeting from the list. It has changed since you opened the page."

    def record(tx: Change, row: StageReached) -> None:
        if chosen is not None:
            tx.add(SignOff(review=review, stage=row, meeting=chosen), "review.signed-off-in-meeting")

    typed = (stage, reached_on, note)
    return reach_stage(
        viewer, review, *typed, expected, decision_maker, meeting, joined=Joined(record, problems)
    )


def meetings_of_stages(viewer: Viewer, stages: Sequence[StageReached]) -> dict[int, Meeting]:
    """Return {id of a stage: in which meeting the plan was signed off}, with its body.

    One query where a plan was signed off, else none.
    """
    signed = [each.id for each in stages if each.stage == Stage.SIGNED_OFF]
    if not signed or not reads_meetings(viewer):
        return {}
    return {stage.id: stage.signed.meeting for stage in _signed_off().where(StageReached.id.in_(signed))}


def signed_off_in(viewer: Viewer, meeting: Meeting) -> Sequence[StageReached]:
    """Return the stages, with their reviews, by which it signed plans off; of reviews seen. One query."""
    if not reads_meetings(viewer):
        return []
    query = _signed_off().where(SignOff.meeting == meeting, visible_review(viewer))
    return list(query.order_by(Review.reference, StageReached.id))


def _signed_off() -> peewee.ModelSelect:
    # The stage as it stands: put right, it has its moment of recording from the first.
    first = StageReached.alias("first")
    return (
        StageReached.select(StageReached, Review, SignOff, Meeting, MeetingBody)
        .join(Review)
        .join_from(
            StageReached,
            first,
            on=(
                (first.review == StageReached.review)
                & (first.stage == StageReached.stage)
                & (first.recorded_at == StageReached.recorded_at)
            ),
        )
        .join_from(StageReached, SignOff, on=(SignOff.stage == first.id), attr="signed")
        .join_from(SignOff, Meeting)
        .join(MeetingBody)
        .where(stage_stands())
    )
