"""The step that lets a decision be taken back keeps every decision, and lets another of its kind follow."""

from pathlib import Path

import peewee
import pytest

from .steps import rows_of, schema_before, take_step
from .test_migration_check_and_reopen import decide, fill

STEP = "0072_take_decisions_back"


def test_decisions_are_kept_and_another_of_the_same_kind_may_follow(tmp_path: Path) -> None:
    with schema_before(STEP, tmp_path) as steps:
        fill()
        before = rows_of("assurance_decision")
        with pytest.raises(peewee.IntegrityError):
            decide(2, "accepted")
        take_step(steps, STEP)
        assert rows_of("assurance_decision") == before
        decide(2, "accepted")
        assert len(rows_of("assurance_decision")) == 2 and rows_of("decision_taken_back") == []
