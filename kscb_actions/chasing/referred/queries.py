"""Which referred cases wait for the subgroup's answer, and what has been chased of them."""

from collections.abc import Mapping
from datetime import date, timedelta

from kscb_actions.chasing.queries import chased_by
from kscb_actions.people.absences.queries import people_away
from kscb_actions.reviews.referring.models import CaseReferral
from kscb_actions.reviews.referring.queries import waits

from .models import CaseReferralChase
from .rules import REFERRALS, UnansweredReferral


def list_waiting(on: date, begins: Mapping[str, int]) -> list[UnansweredReferral]:
    """Return the referrals without an answer whose first stage has begun by `on`. Three queries and more."""
    rows = CaseReferral.select(CaseReferral.id, CaseReferral.agency, CaseReferral.due_on).where(
        waits(), CaseReferral.due_on <= on - timedelta(days=begins[REFERRALS.code])
    )
    chased, away = chased_by(CaseReferralChase.referral), people_away(on)
    return [
        UnansweredReferral(row_id, agency_id, due_on, chased.get(row_id, ()), away)
        for row_id, agency_id, due_on in rows.tuples()
    ]
