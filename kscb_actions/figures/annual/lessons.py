"""What came of a year's reviews: recommendations as all may read them, and how far their actions are."""

from datetime import date

from kscb_actions.access.policy import SYSTEM
from kscb_actions.child_deaths.cases.models import ChildDeath
from kscb_actions.child_deaths.learning.lessons import count_ratings, ratings_in_words
from kscb_actions.child_deaths.learning.models import Lesson
from kscb_actions.figures.counting.queries import within
from kscb_actions.figures.counting.tally import Basis
from kscb_actions.reviews.endings import ENDED_BY_BOARD
from kscb_actions.reviews.models import Recommendation, Review
from kscb_actions.reviews.queries import visible_recommendation
from kscb_actions.settings.rules import Thresholds

from .report import RecommendationStatus


def lessons(year: str, today: date, thresholds: Thresholds) -> list[RecommendationStatus]:
    """Return the recommendations of the year's reviews, without those of restricted reviews. Two queries.

    They stand in the order of the Board's plan, which discloses nothing of the order of the cases.
    """
    # However many of the year's deaths a recommendation came of, it stands there once.
    came_of = Lesson.select(Lesson.recommendation).join(ChildDeath).where(within(Basis.REVIEWED, year))
    rows = list(
        Recommendation.select(Recommendation, Review)
        .join_from(Recommendation, Review)
        .where(Recommendation.id.in_(came_of), ~Review.is_restricted, visible_recommendation(SYSTEM))
        .order_by(Review.order_key, Recommendation.number)
    )
    ratings = count_ratings([row.id for row in rows], today, thresholds)
    return [
        RecommendationStatus(
            row.text,
            ENDED_BY_BOARD[row.ended_as] if row.ended_as else ratings_in_words(ratings[row.id]),
        )
        for row in rows
    ]
