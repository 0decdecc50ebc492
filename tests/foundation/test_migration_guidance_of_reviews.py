"""The step that gives reviews their guidance keeps every row, and what was there goes by the earlier one."""

from pathlib import Path

from kscb_actions.reviews.models import Review

from .steps import insert, rows_of, schema_before, take_step

STEP = "0103_guidance_of_reviews"


def test_reviews_from_before_stay_what_they_were(tmp_path: Path) -> None:
    with schema_before(STEP, tmp_path) as steps:
        for number, kind in enumerate(("scr", "lcspr", "inspection"), 1):
            insert(
                "review",
                **{"id": number, "version": 1, "reference": f"R-{number}", "kind": kind, "pseudonym": ""},
                **{"title": "Bramble", "summary": "", "classification": "OFFICIAL", "is_restricted": False},
                **{"stage": "monitoring", "hold_kind": "", "hold_reason": "", "is_void": False},
            )
        before = rows_of("review")
        take_step(steps, STEP)
        assert [row[: len(before[0])] for row in rows_of("review")] == before
        assert {row.guidance for row in Review.select(Review.guidance)} == {"serious_case"}
