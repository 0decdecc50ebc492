"""A case that an agency referred, for tests."""

from kscb_actions.people.models import User
from kscb_actions.reviews.referring.models import CaseReferral
from kscb_actions.reviews.referring.rules import ReferralFacts
from kscb_actions.reviews.referring.service import refer_case

from ...factories import World

BASE_URL = "https://tracker.example"


def case_referral(world: World, by: User | None = None, summary: str = "A baby was hurt.") -> CaseReferral:
    """Return a case that the police have referred, or the agency of `by`."""
    person = by or world.police_lead
    return refer_case(person.viewer, person.agency, ReferralFacts(summary, "Serious harm."), BASE_URL)
