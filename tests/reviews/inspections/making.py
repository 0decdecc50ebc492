"""Findings of inspections for tests, through the application's own operations."""

from kscb_actions.reviews.inspections.models import InspectionFinding
from kscb_actions.reviews.inspections.rules import AreaFacts, FindingFacts, FindingKind
from kscb_actions.reviews.inspections.service import record_finding
from kscb_actions.reviews.models import Recommendation, Review
from kscb_actions.reviews.recommendations import add_recommendation
from kscb_actions.reviews.rules import RecommendationFacts, ReviewFacts
from kscb_actions.reviews.service import edit_review

from ...factories import World

JUDGED = FindingFacts(FindingKind.JUDGEMENT, "Leadership", "Adequate")


def finding_of(world: World, review: Review) -> InspectionFinding:
    """Return a judgement of a review, which was taken for an inspection when it was recorded."""
    manager, kind = world.as_viewer(world.manager), review.kind
    _of_kind(world, review, "inspection")
    row = record_finding(manager, Review.get_by_id(review.id), JUDGED)
    _of_kind(world, review, kind)
    return row


def _of_kind(world: World, review: Review, kind: str) -> None:
    now = Review.get_by_id(review.id)
    facts = ReviewFacts(
        now.reference, kind, now.title, now.pseudonym, now.summary, now.classification, now.is_restricted
    )
    edit_review(world.as_viewer(world.manager), now, facts, now.version)


def area_of(world: World, review: Review, text: str, *facts: object) -> Recommendation:
    """Return an area of an inspection; `facts` as AreaFacts has them."""
    given = RecommendationFacts(text, area=AreaFacts(*facts))  # type: ignore[arg-type]
    return add_recommendation(world.as_viewer(world.manager), review, given)
