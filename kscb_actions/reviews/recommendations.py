"""Changing recommendations and the agencies' answers to them."""

from collections.abc import Iterable
from dataclasses import replace

from kscb_actions import clock
from kscb_actions.access.policy import Permission, Refused, Viewer
from kscb_actions.audit.service import Change, change
from kscb_actions.people.models import Agency
from kscb_actions.text import InvalidInput, clean_text, one_line

from .models import AgencyResponse, Recommendation, RecommendationTheme, Review
from .queries import next_number, require_on
from .rules import RecommendationFacts, problems_with_answer, problems_with_recommendation, why_nothing_asked
from .service import review_of_child_deaths


def add_recommendation(viewer: Viewer, review: Review, facts: RecommendationFacts) -> Recommendation:
    """Add the next recommendation of a review. Raises InvalidInput."""
    require_on(viewer, Permission.EDIT_REVIEW, review)
    with change(viewer) as tx:
        return _add(tx, review, facts)


def add_learning(tx: Change, year: str, facts: RecommendationFacts) -> Recommendation:
    """Add a recommendation to what child death reviews of a reporting year taught, inside an open change.

    For who keeps panels; it goes to that review and to no other. Raises InvalidInput, Refused.
    """
    return _add(tx, review_of_child_deaths(tx, year, clock.today()), facts)


def edit_recommendation(
    viewer: Viewer, recommendation: Recommendation, facts: RecommendationFacts, expected: int
) -> Recommendation:
    """Change a recommendation. Raises InvalidInput, StaleEdit."""
    require_on(viewer, Permission.EDIT_REVIEW, recommendation.review)
    _apply_facts(recommendation, facts)
    with change(viewer) as tx:
        tx.update(recommendation, "recommendation.changed", expected)
        _set_themes(tx, recommendation, facts.theme_ids)
    return recommendation


def answer_recommendation(
    viewer: Viewer,
    recommendation: Recommendation,
    agency: Agency,
    answer: str,
    reason: str = "",
    expected: int | None = None,
) -> AgencyResponse:
    """Record an agency's answer; anything short of acceptance needs its reason.

    `expected` is the version of the answer that was seen, 0 when there was none.
    Raises InvalidInput, Refused, StaleEdit.
    """
    require_on(viewer, Permission.EDIT_REVIEW, recommendation.review)
    reason = clean_text(reason)
    problems = problems_with_answer(answer, reason)
    if problems:
        raise InvalidInput(problems)
    with change(viewer) as tx:
        require_standing(recommendation.id)
        response = AgencyResponse.get_or_none(
            AgencyResponse.recommendation == recommendation, AgencyResponse.agency == agency
        )
        if response is None:
            response = AgencyResponse(
                review=recommendation.review_id,
                recommendation=recommendation,
                agency=agency,
                answer=answer,
                reason=reason,
            )
            return tx.add(response, "recommendation.answered")
        response.answer, response.reason = answer, reason
        return tx.update(response, "recommendation.answered", expected)


def require_standing(recommendation_id: int) -> None:
    """Raise Refused when a recommendation is withdrawn or void, as it is now; inside an open change."""
    recommendation = Recommendation.get_by_id(recommendation_id)
    if recommendation.is_void:
        raise Refused("There is no such recommendation.")
    refusal = why_nothing_asked(recommendation.number, recommendation.withdrawn_on)
    if refusal:
        raise Refused(refusal)


def _add(tx: Change, review: Review, facts: RecommendationFacts) -> Recommendation:
    recommendation = Recommendation(review=review)
    _apply_facts(recommendation, facts)
    if Review.get_by_id(review.id).is_void:
        raise Refused("There is no such review.")
    recommendation.number = next_number(review)
    tx.add(recommendation, "recommendation.added")
    _set_themes(tx, recommendation, facts.theme_ids)
    return recommendation


def _apply_facts(recommendation: Recommendation, facts: RecommendationFacts) -> None:
    facts = replace(
        facts,
        text=clean_text(facts.text),
        intended_outcome=clean_text(facts.intended_outcome),
        addressed_to=one_line(facts.addressed_to),
    )
    problems = problems_with_recommendation(facts)
    if problems:
        raise InvalidInput(problems)
    recommendation.text = facts.text
    recommendation.intended_outcome = facts.intended_outcome
    recommendation.addressed_to = facts.addressed_to


def _set_themes(tx: Change, recommendation: Recommendation, theme_ids: Iterable[int]) -> None:
    links = RecommendationTheme.select().where(RecommendationTheme.recommendation == recommendation)
    kept = {link.theme_id: link for link in links}
    for theme_id in set(theme_ids) - set(kept):
        tx.add(
            RecommendationTheme(
                review=recommendation.review_id,
                recommendation=recommendation,
                theme=theme_id,
            ),
            "recommendation.theme-added",
        )
    for theme_id in set(kept) - set(theme_ids):
        tx.remove(kept[theme_id], "recommendation.theme-removed")
