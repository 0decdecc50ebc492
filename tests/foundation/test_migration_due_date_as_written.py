"""The step that keeps how a due date was written leaves every action as it is."""

from pathlib import Path

from kscb_actions.actions.models import Action

from .steps import rows_of, schema_before, take_step
from .test_migration_successor_agencies import fill

STEP = "0066_due_date_as_written"


def test_actions_from_before_are_kept_without_words(tmp_path: Path) -> None:
    with schema_before(STEP, tmp_path) as steps:
        fill()
        before = rows_of("action")
        take_step(steps, STEP)
        assert rows_of("action") == [(*row, None) for row in before]
        assert Action.select(Action.due_written).get().due_written is None
