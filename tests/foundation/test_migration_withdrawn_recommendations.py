"""The step that lets recommendations be withdrawn keeps every row, and what keeps the index of words."""

from pathlib import Path

from kscb_actions import database
from kscb_actions.reviews.models import Recommendation

from .steps import insert, rows_of, schema_before, take_step

STEP = "0005_withdrawn_recommendations"


def fill() -> None:
    """Record a review with two recommendations, as they were before."""
    insert(
        "review",
        **{"id": 1, "version": 1, "reference": "SCR-2011-01", "kind": "scr", "pseudonym": "Child A"},
        **{"title": "Bramble", "summary": "", "classification": "OFFICIAL", "is_restricted": False},
        **{"stage": "monitoring", "hold_kind": "", "hold_reason": ""},
    )
    for number, text in enumerate(("Share “what” is known.", "Listen 🐍"), 1):
        insert(
            "recommendation",
            **{"id": number, "version": number, "review_id": 1, "number": number, "text": text},
            **{"intended_outcome": "Risk is seen.", "addressed_to": ""},
        )


def test_recommendations_from_before_are_kept_and_stand(tmp_path: Path) -> None:
    with schema_before(STEP, tmp_path) as steps:
        fill()
        before = rows_of("recommendation")
        take_step(steps, STEP)
        assert rows_of("recommendation") == [(*row, None, "") for row in before]
        columns = (Recommendation.number, Recommendation.withdrawn_on, Recommendation.withdrawn_reason)
        assert list(Recommendation.select(*columns).tuples()) == [(1, None, ""), (2, None, "")]


def test_texts_are_indexed_after_the_step_as_before(tmp_path: Path) -> None:
    with schema_before(STEP, tmp_path) as steps:
        fill()
        take_step(steps, STEP)
        insert(
            "recommendation",
            **{"id": 3, "version": 1, "review_id": 1, "number": 3, "text": "Visit the household."},
            **{"intended_outcome": "", "addressed_to": ""},
        )
        if database.is_sqlite():
            with database.writing():
                database.db.execute_sql("UPDATE recommendation SET text = 'Ask.' WHERE id = 2")
            found = database.db.execute_sql("SELECT rowid, words FROM recommendation_words ORDER BY rowid")
            assert found.fetchall() == [
                (1, "share “what” is known."),
                (2, "ask."),
                (3, "visit the household."),
            ]
        newest = Recommendation.select(Recommendation.withdrawn_reason).where(Recommendation.id == 3)
        assert newest.get().withdrawn_reason == ""
