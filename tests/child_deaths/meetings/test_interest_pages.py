"""The pages on which interests are declared and lifted."""

from collections.abc import Callable

import pytest

from kscb_actions.access.policy import Role
from kscb_actions.child_deaths.cases.models import ChildDeath
from kscb_actions.child_deaths.meetings.models import Interest
from kscb_actions.people.models import User

from ...factories import World
from ...factories_deaths import Panel
from ...pages import Visitor


@pytest.fixture
def panel(world: World) -> Panel:
    return Panel(world)


@pytest.fixture
def death(panel: Panel) -> ChildDeath:
    return panel.death(case_number="77/777")


def test_the_declarer_lands_on_a_page_without_the_case(
    panel: Panel, death: ChildDeath, visit: Callable[[User], Visitor]
) -> None:
    meeting = panel.meeting(cases=[death])
    member = visit(panel.world.cdop_member)
    address = f"/deaths/{death.id}/interests"
    assert "77/777" in member.get(address).source
    sent = member.send(address, {"nature": "The family are patients of mine."})
    assert sent.status == 302
    landed = member.get(sent.leads_to)
    assert landed.status == 200
    assert "You no longer see the case." in landed.text
    assert "77/777" not in landed.source
    assert member.get(address).status == 404
    assert member.post(address, {"nature": "Again."}).status == 404
    assert member.get(f"/deaths/{death.id}").status == 404
    assert member.get(f"/panels/{meeting.id}/cases/{death.id}").status == 404
    assert member.get(f"/panels/{meeting.id}/cases/{death.id}/propose").status == 404
    for path in (
        "/",
        "/panel-work",
        "/panels",
        f"/panels/{meeting.id}",
        f"/panels/{meeting.id}/papers",
        "/deaths",
    ):
        page = visit(panel.world.cdop_member).get(path)
        assert "77/777" not in page.source, path
    assert Interest.get().nature == "The family are patients of mine."


def test_a_member_is_offered_nobody_else(
    panel: Panel, death: ChildDeath, visit: Callable[[User], Visitor]
) -> None:
    other = panel.world.person("other-member", Role.CDOP_MEMBER)
    panel.meeting(members=[panel.world.cdop_member, other], cases=[death])
    member = visit(panel.world.cdop_member)
    panel.interest(death, other)
    page = member.get(f"/deaths/{death.id}/interests")
    assert "Other member" not in page.source
    assert "patients of mine" not in page.source
    member.send(f"/deaths/{death.id}/interests", {"nature": "A neighbour.", "person": str(other.id)})
    assert {each.user_id for each in Interest.select()} == {panel.world.cdop_member.id, other.id}


def test_the_coordinator_records_and_lifts(
    panel: Panel, death: ChildDeath, visit: Callable[[User], Visitor]
) -> None:
    keeper = visit(panel.world.cdop_coordinator)
    address = f"/deaths/{death.id}/interests"
    fields = {"nature": "Said so in the meeting.", "person": str(panel.world.cdop_member.id)}
    assert keeper.send(address, fields).leads_to.endswith(address)
    interest = Interest.get()
    page = keeper.get(address)
    assert "Said so in the meeting." in page.text
    assert "reason" in keeper.send(f"{address}/{interest.id}/lift", {"reason": " "}).errors
    keeper.send(f"{address}/{interest.id}/lift", {"reason": "Another family."})
    assert Interest.get().lifted_reason == "Another family."
    assert "Another family." in keeper.get(address).text
    stale = keeper.post(f"{address}/{interest.id}/lift", {"reason": "Again.", "version": "1"})
    assert stale.status == 200
    assert "lifted already" in " ".join(stale.errors.values())


def test_the_only_coordinator_is_told_what_to_do(
    panel: Panel, death: ChildDeath, visit: Callable[[User], Visitor]
) -> None:
    keeper = visit(panel.world.cdop_coordinator)
    own = {"nature": "A neighbour.", "person": str(panel.world.cdop_coordinator.id)}
    page = keeper.send(f"/deaths/{death.id}/interests", own)
    assert "Ask the board manager" in " ".join(page.errors.values())
    assert page.value("nature") == "A neighbour."
    assert Interest.select().count() == 0


@pytest.mark.parametrize(
    ("fields", "wrong"),
    [
        ({"nature": ""}, "nature"),
        ({"nature": "x" * 10_001}, "nature"),
        ({"nature": "A neighbour.", "person": ""}, "person"),
        ({"nature": "A neighbour.", "person": "x"}, "person"),
        ({"nature": "A neighbour.", "person": "9" * 30}, "person"),
    ],
)
def test_odd_input_is_told_beside_its_field(
    panel: Panel,
    death: ChildDeath,
    visit: Callable[[User], Visitor],
    fields: dict[str, str],
    wrong: str,
) -> None:
    own = {"person": str(panel.world.cdop_coordinator.id)}
    page = visit(panel.world.cdop_coordinator).send(f"/deaths/{death.id}/interests", own | fields)
    assert set(page.errors) == {wrong}
    assert Interest.select().count() == 0
