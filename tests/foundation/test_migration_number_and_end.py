"""The step that gives recommendations numbers, headings, a key mark and an ending keeps every row."""

from datetime import date
from pathlib import Path

from kscb_actions.reviews.endings import Ending
from kscb_actions.reviews.models import Recommendation

from .steps import insert, rows_of, schema_before, take_step
from .test_migration_withdrawn_recommendations import fill

STEP = "0047_number_and_end_of_recommendation"


def test_recommendations_from_before_are_kept_and_what_had_ended_was_withdrawn(tmp_path: Path) -> None:
    with schema_before(STEP, tmp_path) as steps:
        fill()
        insert(
            "recommendation",
            **{"id": 3, "version": 2, "review_id": 1, "number": 3, "text": "Visit.", "intended_outcome": ""},
            **{"addressed_to": "", "withdrawn_on": date(2011, 9, 1), "withdrawn_reason": "Overtaken."},
        )
        before = rows_of("recommendation")
        take_step(steps, STEP)
        assert [row[: len(before[0])] for row in rows_of("recommendation")] == before
        names = ("number", "published_number", "heading", "is_key", "withdrawn_on", "ending")
        found = Recommendation.select(*(getattr(Recommendation, name) for name in names))
        kept = [
            (row.label, row.heading, row.is_key, row.ended_as) for row in found.order_by(Recommendation.id)
        ]
        assert kept == [
            ("1", "", False, None),
            ("2", "", False, None),
            ("3", "", False, Ending.WITHDRAWN),
        ]
