"""What an agenda says of a case, and by what it is narrowed."""

from collections.abc import Callable
from datetime import date

import pytest

from kscb_actions.child_deaths.cases.at_a_glance import AgendaFilter, at_a_glance
from kscb_actions.child_deaths.cases.models import ChildDeath
from kscb_actions.child_deaths.cases.rules import suspected_category
from kscb_actions.people.models import User

from ...factories import TODAY, World
from ...factories_deaths import DISTRICTS, Panel
from ...pages import Visitor

CASE = {
    "age_band": "1_to_4",
    "district": "thanet",
    "event": "drowning",
    "notified_on": date(2011, 9, 30),
}


@pytest.mark.parametrize(
    ("own", "event", "is_abuse", "found"),
    [
        ("", "", False, None),
        ("", "other", False, None),
        ("", "life_limiting", False, None),
        ("", "drowning", False, 3),
        ("", "drowning", True, 1),
        ("4", "drowning", True, 4),
        ("", "neonatal", False, 8),
        ("", "sudi", False, 10),
        ("10", "", False, 10),
    ],
)
def test_the_category_suspected(own: str, event: str, is_abuse: bool, found: int | None) -> None:
    assert suspected_category(own, event, is_abuse) == found


@pytest.mark.parametrize(
    ("asked", "is_kept"),
    [
        ({}, True),
        ({"age": "1_to_4", "district": "thanet", "category": "3", "waiting": "6"}, True),
        ({"age": "5_to_9"}, False),
        ({"district": "dover"}, False),
        ({"category": "1"}, False),
        ({"category": "x"}, False),
        ({"waiting": "3"}, True),
        ({"waiting": "12"}, False),
        ({"waiting": "forty"}, False),
    ],
)
def test_an_agenda_is_narrowed(asked: dict[str, str], is_kept: bool) -> None:
    assert AgendaFilter(**asked).keeps(ChildDeath(**CASE), TODAY) is is_kept


def test_what_is_decided_waits_no_longer() -> None:
    decided = ChildDeath(**CASE, decision_number=1)
    assert not AgendaFilter(waiting="3").keeps(decided, TODAY)
    assert at_a_glance(decided, DISTRICTS).waiting == ""


def test_it_is_said_in_a_line() -> None:
    seen = at_a_glance(ChildDeath(**CASE), DISTRICTS)
    assert seen.line == (
        "1 to 4 years, Thanet, 3. Trauma and other external factors, waiting since 30 Sep 2011"
    )


def test_pages_of_a_meeting_show_it_and_are_narrowed_by_it(
    world: World, visit: Callable[[User], Visitor]
) -> None:
    panel = Panel(world)
    listed = panel.death(case_number="A1", event="drowning")
    other = panel.death(case_number="A2", district="dover", suspected_category="4")
    panel.death(case_number="W1", event="drowning")
    panel.death(case_number="W2", district="dover")
    meeting = panel.meeting(cases=[listed, other])
    keeper, member = visit(world.cdop_coordinator), visit(world.cdop_member)

    def found(page: str, who: Visitor = keeper) -> set[str]:
        text = who.get(page).text
        return {number for number in ("A1", "A2", "W1", "W2") if number in text}

    agenda, show = f"/panels/{meeting.id}/agenda", f"/panels/{meeting.id}"
    for who in (keeper, member):
        text = who.get(show).text
        for told in ("28 to 364 days, Thanet", "3. Trauma", "4. Malignancy", "Waiting since 4 Nov 2011"):
            assert told in text
        assert found(f"{show}?category=4", who) == {"A2"}
        assert found(f"{show}?waiting=12", who) == set()
    assert "2. A2" in keeper.get(f"{show}?district=dover").text, "an item keeps its number"
    assert found(agenda) == {"A1", "A2", "W1", "W2"}
    assert found(f"{agenda}?district=dover") == {"A2", "W2"}
    assert found(f"{agenda}?category=3&age=28_to_364_days") == {"A1", "W1"}
    assert found(f"{agenda}?age=%00&category=%F0%9F%98%80") == set()
    assert keeper.get(f"{agenda}?age=&category=3").leads_to.endswith("?category=3")
    keeper.send(f"{agenda}?district=dover", {"cases": str(ChildDeath.get(case_number="W2").id)})
    assert "3. W2" in keeper.get(show).text
