"""What the Board reopened is told apart from what it returned: list, paper, week, always the same count."""

from collections.abc import Callable
from datetime import date, timedelta

import pytest

from kscb_actions.actions.models import Action
from kscb_actions.assurance.checking import reopen
from kscb_actions.chasing.news.models import News
from kscb_actions.database import writing
from kscb_actions.reports.pictures.week import LEADS_WEEK

from ..factories import TODAY, World
from ..reading import see
from .stories import report, rows_of_exceptions

RETURNED, REOPENED = "Returned by the Board", "Reopened by the Board"


@pytest.fixture
def board(world: World) -> dict[str, str]:
    """Return {reference: what became of it}: one action returned, two reopened, one of these late."""
    soon = world.recommendation()
    returned = world.decision(world.action(TODAY + timedelta(days=90), recommendation=soon), accepted=False)
    reopened = world.decision(world.action(TODAY + timedelta(days=90), recommendation=soon))
    late = world.decision(world.action(date(2012, 1, 1), recommendation=soon))
    for each in (reopened, late):
        reopen(world.second_chair.viewer, Action.get_by_id(each.id), "It came again.")
    return {returned.reference: RETURNED, reopened.reference: REOPENED, late.reference: REOPENED}


def test_the_list_is_narrowed_to_either_by_its_own_words(
    world: World, board: dict[str, str], sign_in: Callable
) -> None:
    chair = sign_in(world.second_chair)
    for value, words in (("returned", RETURNED), ("reopened", REOPENED)):
        page = see(chair, f"/actions?assurance={value}")
        assert f"Remove this filter: The Board’s check: {words} ✕" in page.text
        found = {each for each in board if each in [text for text, _ in page.links()] or each in page.text}
        assert found == {each for each, what in board.items() if what == words}


def test_the_paper_has_a_group_of_each_with_its_count_on_past_days_too(
    world: World, board: dict[str, str]
) -> None:
    for from_trail in (False, True):
        made = report(world.second_chair, TODAY + timedelta(days=from_trail), from_trail, as_at=TODAY)
        rows = rows_of_exceptions(made)
        groups = [row[0] for row in rows if len(row) == 1]
        assert groups == [
            "Overdue (1)",
            "Returned by the Board (1)",
            "Reopened by the Board (1 here, 2 in all)",
        ]
        why = {row[0]: row[4] for row in rows if len(row) > 1}
        assert ["Amber: reopened by the Board: It came again"] == [
            text.split(". Also")[0] for text in why.values() if "It came again" in text
        ]
        assert sum("Also: reopened by the Board" in text for text in why.values()) == 1


def test_the_week_of_a_lead_counts_each_by_itself(world: World, board: dict[str, str]) -> None:
    with writing(News):
        News.delete().execute()
    part = LEADS_WEEK.parts(date(2012, 4, 2), "https://board.example")[world.police_lead.id]
    for words, value, count in ((RETURNED, "returned", 1), (REOPENED, "reopened", 2)):
        [at] = [n for n, line in enumerate(part.body.splitlines()) if f"assurance={value}" in line]
        told = " ".join(part.body.splitlines()[at - 1 : at + 1])
        assert words in told and f"{count}" in told
