"""The step that makes the indexes in the orders of lists keeps every row, and each order is read off one."""

from datetime import date
from pathlib import Path

import pytest

from kscb_actions.actions.listing import list_actions
from kscb_actions.actions.narrowing import Filter
from kscb_actions.database import db, is_sqlite
from kscb_actions.settings.rules import Thresholds

from ..factories import TODAY, World
from ..queries import counted
from .steps import rows_of, schema_before, take_step
from .test_migration_outbox_items import fill

STEP = "0011_order_indexes"
ORDERS = {("current_due_on", "id", "review_id"), ("updated_on", "id", "review_id")} | {
    ("reported_done_on", "id", "review_id")
}
FACTS = ("progress", "updated_on", "extension_count", "reported_done_on")
OF_OPEN = ("standing", "assurance", "current_due_on", *FACTS, "agency_id", "review_id")
OF_AGENCY = ("agency_id", "current_due_on", "standing", "assurance", *FACTS, "review_id")


def indexes() -> set[tuple[str, ...]]:
    """Return the columns of each index on actions."""
    return {tuple(index.columns) for index in db.get_indexes("action")}


def test_the_step_keeps_the_rows_and_replaces_the_narrower_indexes(tmp_path: Path) -> None:
    with schema_before(STEP, tmp_path) as steps:
        fill()
        rows, before = rows_of("action"), indexes()
        take_step(steps, STEP)
        assert rows_of("action") == rows and len(rows) == 2
        assert before - indexes() == {OF_OPEN, OF_AGENCY}
        wider = {(*OF_OPEN, "number"), (*OF_AGENCY, "lead_id", "recommendation_id")}
        assert indexes() - before == ORDERS | wider


@pytest.mark.parametrize("page", [1, 3])
@pytest.mark.parametrize("descending", [False, True])
@pytest.mark.parametrize(
    ("sort", "column"),
    [("due", "current_due_on"), ("updated", "updated_on"), ("reported", "reported_done_on")],
)
def test_a_page_in_the_order_of_a_date_is_read_off_its_index(
    world: World, sort: str, column: str, descending: bool, page: int
) -> None:
    """From either end, whatever is missing: nothing is sorted but the rows of the page."""
    if not is_sqlite():
        pytest.skip("PostgreSQL sorts a handful of rows, where that is the quicker")
    for due in (date(2012, 5, 1), None, date(2012, 4, 1)):
        world.action(due)
    manager = world.as_viewer(world.manager)
    with counted() as asked:
        list_actions(manager, Filter(), TODAY, Thresholds(), sort, descending, page, per_page=1)
    sql = asked.queries[-1]
    # Which values makes no difference to the plan.
    values = (0,) * sql.count("?")
    steps = [row[3] for row in db.execute_sql(f"EXPLAIN QUERY PLAN {sql}", values).fetchall()]
    assert f"SCAN t1 USING COVERING INDEX action_{column}_id_review_id" in steps, steps
    # Once for the rows of the page, found by their ids.
    assert steps.count("USE TEMP B-TREE FOR ORDER BY") == 1, steps
