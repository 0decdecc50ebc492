"""Reading the cases that agencies referred, always for a viewer."""

from typing import Any

import peewee

from kscb_actions.access.policy import Permission, Reach, Viewer, reach
from kscb_actions.people.models import Agency, User
from kscb_actions.prepared import prepared
from kscb_actions.reviews.models import Review
from kscb_actions.reviews.queries import EVERYTHING, NOTHING

from .models import CaseReferral, CaseReferralAnswer


def visible_referral(viewer: Viewer) -> Any:
    """Return the condition on CaseReferral that keeps what this person may see: an agency sees its own."""
    if viewer.is_system:
        return EVERYTHING
    width = reach(viewer, Permission.READ_CASE_REFERRAL)
    if width is Reach.NONE:
        return NOTHING
    return EVERYTHING if width is Reach.ALL else CaseReferral.agency == viewer.agency_id


def waits() -> Any:
    """Return the condition that a referral waits for the subgroup's answer."""
    answered = CaseReferralAnswer.select(CaseReferralAnswer.referral)
    return CaseReferral.withdrawn_at.is_null() & CaseReferral.id.not_in(answered)


def get_referral(viewer: Viewer, referral_id: int) -> CaseReferral | None:
    """Return one referral with its agency and who referred it; None when hidden or never made."""
    return _with_agency().where(CaseReferral.id == referral_id, visible_referral(viewer)).first()


def list_referrals(viewer: Viewer) -> list[tuple[CaseReferral, CaseReferralAnswer | None]]:
    """Return the referrals, each with the answer that holds: what waits first, by due date. Two queries."""
    rows = list(_with_agency().where(visible_referral(viewer)))
    answers = {answer.referral_id: answer for answer in _answers([row.id for row in rows])}

    def place(row: CaseReferral) -> tuple[bool, int]:
        is_open = row.id not in answers and not row.is_withdrawn
        return not is_open, row.due_on.toordinal() if is_open else -row.id

    return [(row, answers.get(row.id)) for row in sorted(rows, key=place)]


def answers_to(referral: CaseReferral) -> list[CaseReferralAnswer]:
    """Return every answer to a referral that was fetched for a viewer; the last one holds."""
    return list(_answers([referral.id]))


def count_waiting(viewer: Viewer) -> int:
    """Return how many referrals wait for the subgroup's answer, of those that this person may see."""
    return _count_waiting(viewer)[0][0]


@prepared
def _count_waiting(viewer: Viewer) -> Any:
    counted = CaseReferral.select(peewee.fn.COUNT(CaseReferral.id)).where(waits(), visible_referral(viewer))
    return counted.tuples()


def _with_agency() -> Any:
    return (
        CaseReferral.select(CaseReferral, Agency, User)
        .join_from(CaseReferral, Agency)
        .join_from(CaseReferral, User)
    )


def _answers(ids: list[int]) -> Any:
    return (
        CaseReferralAnswer.select(CaseReferralAnswer, Review, User)
        .join_from(CaseReferralAnswer, Review, peewee.JOIN.LEFT_OUTER)
        .join_from(CaseReferralAnswer, User)
        .where(CaseReferralAnswer.referral.in_(ids))
        .order_by(CaseReferralAnswer.id)
    )
