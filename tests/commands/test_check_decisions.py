"""`flask check` finds a case that is counted by something else than its current decision."""

from datetime import date

import pytest
from flask import Flask

from kscb_actions import database
from kscb_actions.audit.service import change
from kscb_actions.child_deaths.cases.models import ChildDeath
from kscb_actions.child_deaths.judging.decisions import record_earlier
from kscb_actions.child_deaths.judging.rules import Judgement

from ..audit.test_chain import run_check
from ..factories import World
from ..factories_deaths import Panel


@pytest.fixture
def decided(world: World) -> ChildDeath:
    panel = Panel(world)
    death = panel.death()
    with change(panel.coordinator) as tx:
        record_earlier(tx, death, Judgement(frozenset({5, 8}), "none"), date(2012, 1, 9))
    return death


def test_a_case_that_is_counted_as_decided_is_whole(app: Flask, decided: ChildDeath) -> None:
    assert run_check(app).exit_code == 0


@pytest.mark.parametrize(
    "copied",
    [
        {"primary_category": 8},
        {"primary_category": None},
        {"status": "identified"},
        {"reviewed_on": date(2012, 1, 10)},
        {"reviewed_on": None},
        {"decision_number": 2},
    ],
    ids=str,
)
def test_a_case_that_is_counted_otherwise_is_found(
    app: Flask, decided: ChildDeath, copied: dict[str, object]
) -> None:
    with database.writing():
        ChildDeath.update(**copied).where(ChildDeath.id == decided.id).execute()
    result = run_check(app)
    assert result.exit_code == 1
    assert f"case {decided.id} is counted by something else" in result.output
    assert decided.case_number not in result.output
