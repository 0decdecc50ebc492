"""The ladders in force, and the pauses of a day."""

import json
from collections.abc import Iterable
from datetime import date
from typing import Any

import peewee

from kscb_actions.access.policy import Permission, Reach, Viewer, reach
from kscb_actions.people.models import Agency, User
from kscb_actions.prepared import prepared
from kscb_actions.reviews.models import Review
from kscb_actions.reviews.queries import hidden_reviews, void_reviews
from kscb_actions.settings.models import Setting

from .models import LadderVersion, ReminderPause
from .rules import FIRST_DAYS, Ladder, Pause, Subject, begun_with, ladder_of

# Boards once set the days of reminders here, the same for all that was chased; their ladders begin with them.
OLD_DAYS = "chase_offsets"


def ladders_of(subjects: Iterable[Subject]) -> dict[str, Ladder]:
    """Return {code: the ladder in force}: as it was last kept, or else the one that it began with."""
    kept = _newest()
    days = _old_days()
    return {
        each.code: ladder_of(json.loads(kept[each.code].rungs))
        if each.code in kept
        else begun_with(each, days)
        for each in subjects
    }


def number_of(subject: Subject) -> int:
    """Return the number of the version in force; 0 while none has been kept."""
    newest = list_versions(subject)[:1]
    return newest[0].number if newest else 0


def list_versions(subject: Subject) -> list[LadderVersion]:
    """Return the versions that were kept, the newest first."""
    rows = LadderVersion.select(LadderVersion, User).join(User, peewee.JOIN.LEFT_OUTER)
    return list(rows.where(LadderVersion.subject == subject.code).order_by(LadderVersion.number.desc()))


def pauses_on(on: date) -> list[Pause]:
    """Return the pauses that hold on a day; one without an end is of each review on hold. One query."""
    paused = ReminderPause.select(
        ReminderPause.since_on, ReminderPause.until_on, ReminderPause.review, ReminderPause.agency
    ).where(ReminderPause.since_on <= on, ReminderPause.until_on >= on)
    nothing = peewee.SQL("NULL")
    held = Review.select(nothing, nothing, Review.id, nothing).where(Review.hold_kind != "")
    rows = paused.union_all(held).tuples()
    return [Pause(since or date.min, until or date.max, *of) for since, until, *of in rows]


def list_held(viewer: Viewer) -> list[Review]:
    """Return the reviews on hold, by reference, for those who may set pauses; none they may not know of."""
    if not _sets(viewer):
        return []
    known = ~Review.id.in_(hidden_reviews(viewer)) & ~Review.id.in_(void_reviews())
    return list(Review.select().where(Review.hold_kind != "", known).order_by(Review.order_key))


def list_pauses(viewer: Viewer, today: date) -> list[ReminderPause]:
    """Return the pauses that hold or will, with review and agency, the first to end first.

    For those who may set them; not of reviews that they may not know of.
    """
    return list(_pauses(viewer).where(ReminderPause.until_on >= today)) if _sets(viewer) else []


def get_pause(viewer: Viewer, pause_id: int) -> ReminderPause | None:
    """Return one pause, for those who may set them; None when it is hidden or does not exist."""
    return _pauses(viewer).where(ReminderPause.id == pause_id).first() if _sets(viewer) else None


def pause_of(viewer: Viewer, review_id: int, agency_id: int, today: date) -> ReminderPause | None:
    """Return the pause that stops reminders of what an agency owes in a review the viewer has before them."""
    return _stopping.first(viewer, review=review_id, agency=agency_id, today=today)


@prepared
def _stopping(viewer: Viewer, *, review: Any, agency: Any, today: Any) -> Any:
    about = (ReminderPause.review == review) | (ReminderPause.agency == agency)
    held = ReminderPause.since_on <= today, ReminderPause.until_on >= today
    return _pauses(viewer).where(about, *held).order_by(ReminderPause.until_on.desc())


def _pauses(viewer: Viewer) -> Any:
    outer = peewee.JOIN.LEFT_OUTER
    hidden = ReminderPause.review.in_(hidden_reviews(viewer)) | ReminderPause.review.in_(void_reviews())
    return (
        ReminderPause.select(ReminderPause, Review, Agency)
        .join_from(ReminderPause, Review, outer)
        .join_from(ReminderPause, Agency, outer)
        .where(ReminderPause.review.is_null() | ~hidden)
        .order_by(ReminderPause.until_on, ReminderPause.id)
    )


def _sets(viewer: Viewer) -> bool:
    return reach(viewer, Permission.MANAGE_SETTINGS) is not Reach.NONE


def _newest() -> dict[str, Any]:
    rows = LadderVersion.select(LadderVersion.subject, LadderVersion.rungs).order_by(LadderVersion.number)
    return {row.subject: row for row in rows}


def _old_days() -> tuple[int, ...]:
    row = Setting.get_or_none(Setting.key == OLD_DAYS)
    return tuple(sorted(json.loads(row.value))) if row else FIRST_DAYS
