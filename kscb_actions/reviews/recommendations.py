"""Changing recommendations and the agencies' answers to them."""

from collections.abc import Iterable

import peewee

from ..access.policy import Permission, Viewer
from ..audit.service import Change, change
from ..people.models import Agency
from ..text import InvalidInput, clean_text, one_line
from .models import AgencyResponse, Recommendation, RecommendationTheme, Review
from .named import require_on
from .rules import ANSWER_NAMES, Answer, RecommendationFacts


def add_recommendation(viewer: Viewer, review: Review, facts: RecommendationFacts) -> Recommendation:
    """Add the next recommendation of a review. Raises InvalidInput."""
    require_on(viewer, Permission.EDIT_REVIEW, review)
    recommendation = Recommendation(review=review)
    _take(recommendation, facts)
    with change(viewer) as tx:
        highest = (
            Recommendation.select(peewee.fn.MAX(Recommendation.number))
            .where(Recommendation.review == review)
            .scalar()
        )
        recommendation.number = (highest or 0) + 1
        tx.add(recommendation, "recommendation.added")
        _set_themes(tx, recommendation, facts.theme_ids)
    return recommendation


def edit_recommendation(
    viewer: Viewer, recommendation: Recommendation, facts: RecommendationFacts, expected: int
) -> Recommendation:
    """Change a recommendation. Raises InvalidInput, StaleEdit."""
    require_on(viewer, Permission.EDIT_REVIEW, recommendation.review)
    _take(recommendation, facts)
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

    Raises InvalidInput, StaleEdit.
    """
    require_on(viewer, Permission.EDIT_REVIEW, recommendation.review)
    reason = clean_text(reason)
    if answer not in ANSWER_NAMES:
        raise InvalidInput({"answer": "Choose the agency’s answer."})
    if answer in (Answer.PARTLY, Answer.NOT_ACCEPTED) and not reason:
        raise InvalidInput({"reason": "Say why the agency does not accept all of it."})
    response = AgencyResponse.get_or_none(
        AgencyResponse.recommendation == recommendation, AgencyResponse.agency == agency
    )
    with change(viewer) as tx:
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


def _take(recommendation: Recommendation, facts: RecommendationFacts) -> None:
    text = clean_text(facts.text)
    if not text:
        raise InvalidInput({"text": "Enter the recommendation."})
    recommendation.text = text
    recommendation.intended_outcome = clean_text(facts.intended_outcome)
    recommendation.addressed_to = one_line(facts.addressed_to)[:200]


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
