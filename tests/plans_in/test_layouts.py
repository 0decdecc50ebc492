"""Plans in the layouts of real boards are read with all that they say."""

import io
from collections.abc import Callable

import pytest

from kscb_actions.plans_in.plan import Plan, as_json
from kscb_actions.plans_in.reading.tables import read_tables
from kscb_actions.plans_in.rules import read_plan
from kscb_actions.plans_in.tables import from_plain

from .layouts import DIRECTORY, LAYOUTS, TODAY, Layout


def read(content: bytes, kind: str, **how: object) -> Plan:
    """Return the plan in a file, read in this process."""
    told, _ = read_tables(io.BytesIO(content), kind)
    assert "problem" not in told, told
    return read_plan(from_plain(told), DIRECTORY, TODAY, **how)  # type: ignore[arg-type]


def summary(plan: Plan) -> list[tuple]:
    """Return what a plan says in the form of `Layout.expected`, from what is printed of it."""
    return [
        (
            each["number"],
            each["text"],
            each["heading"],
            [
                (
                    action["text"],
                    action["agency"] or "",
                    action["due_on"] or "",
                    action["status_text"],
                    action["done_on"] or "",
                )
                for action in each["actions"]
            ],
        )
        for each in as_json(plan)["recommendations"]
    ]


@pytest.mark.parametrize("layout", LAYOUTS)
def test_a_plan_is_read_with_all_it_says(layout: Callable[[], Layout]) -> None:
    made = layout()
    plan = read(made.content, made.kind)
    assert summary(plan) == made.expected
    assert tuple(each.place for each in plan.problems) == made.problems
