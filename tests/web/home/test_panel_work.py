"""Panel work: what waits for the panel's people, every number leading to what it counts."""

from collections.abc import Callable
from datetime import date

import pytest

from kscb_actions.access.policy import Role
from kscb_actions.child_deaths.judging.proposals import close_proposals, propose
from kscb_actions.child_deaths.judging.rules import Judgement
from kscb_actions.child_deaths.meetings.models import PanelCase
from kscb_actions.people.models import User

from ...child_deaths.requests.making import Asked
from ...factories import World
from ...factories_deaths import Panel
from ...pages import Page, Visitor
from ...queries import counted

JUDGEMENT = Judgement(frozenset({8}), "none")


@pytest.fixture
def panel(world: World) -> Panel:
    return Panel(world)


def tiles(page: Page) -> dict[str, tuple[int, str]]:
    """Return {label: (number, where it leads)}."""
    found = {}
    for tile in page.tree.xpath("//a[@class='app-tile__link']"):
        number, label = (
            tile.xpath(f"string(./span[@class='app-tile__{part}'])") for part in ("number", "label")
        )
        found[label] = (int(number), tile.get("href"))
    return found


def test_it_is_the_first_page_of_the_panel_s_people_only(
    panel: Panel, visit: Callable[[User], Visitor]
) -> None:
    world = panel.world
    both = world.person("lay-member", Role.READER, Role.CDOP_MEMBER)
    for user in (world.cdop_member, world.cdop_coordinator, both):
        assert visit(user).get("/").leads_to == "/panel-work"
    for user in (world.manager, world.chair, world.reader, world.police_lead):
        assert visit(user).get("/").leads_to != "/panel-work"
        assert visit(user).get("/panel-work").status == 403
        assert "Panel work" not in visit(user).get("/account").source


def test_a_coordinator_sees_every_number_with_its_list(
    panel: Panel, visit: Callable[[User], Visitor]
) -> None:
    decided_next, on_panel, suspected = panel.death(), panel.death(), panel.death(is_abuse_suspected=True)
    panel.asked(on_panel)
    answered = Asked(panel.world, on_panel)
    answered.sent()
    held = panel.meeting(date(2012, 3, 20), cases=[decided_next])
    close_proposals(panel.coordinator, held)
    coming = panel.meeting(date(2012, 4, 12), cases=[on_panel])
    page = visit(panel.world.cdop_coordinator).get("/panel-work")
    assert tiles(page) == {
        "Agencies’ answers to look at": (1, "#answers"),
        "Agency returns overdue": (1, "#returns"),
        "Cases waiting for a panel": (1, "/deaths?state=waiting"),
        "Proposals or comments waited for": (1, f"/panels/{coming.id}"),
        "Decisions to record": (1, "#decisions"),
        "Referral decisions to record": (1, "#referrals"),
    }
    for name in ("returns", "decisions", "referrals", "answers"):
        assert page.tree.xpath(f"//h2[@id='{name}']")
    assert {
        f"/panels/{held.id}/cases/{decided_next.id}",
        f"/deaths/{suspected.id}/referral",
        f"/deaths/{on_panel.id}#returns",
        f"/deaths/{on_panel.id}/returns/{answered.row.id}/judge",
    } <= page.links()
    assert "12 April 2012, 1 case" in page.text
    propose(panel.member, PanelCase.get(PanelCase.death == on_panel), JUDGEMENT)
    assert (
        tiles(visit(panel.world.cdop_coordinator).get("/panel-work"))["Proposals or comments waited for"][0]
        == 0
    )


def test_a_coordinator_without_work_is_told_what_is_next(
    panel: Panel, visit: Callable[[User], Visitor]
) -> None:
    page = visit(panel.world.cdop_coordinator).get("/panel-work")
    assert {number for number, _ in tiles(page).values()} == {0}
    assert "/panels/new" in page.links()


def test_a_member_sees_the_cases_still_to_propose_by_date(
    panel: Panel, visit: Callable[[User], Visitor]
) -> None:
    member = visit(panel.world.cdop_member)
    assert "No case waits for your proposal." in member.get("/panel-work").text
    one, two, other = panel.death(), panel.death(), panel.death()
    meeting = panel.meeting(cases=[one, two])
    panel.meeting(date(2012, 5, 10), members=[], cases=[other])
    propose(panel.member, PanelCase.get(PanelCase.death == one), JUDGEMENT)
    page = member.get("/panel-work")
    assert "1 of 2 cases still needs your proposal, due on 5 April 2012" in page.text
    assert f"/panels/{meeting.id}/cases/{two.id}/propose" in page.links()
    assert f"/panels/{meeting.id}/cases/{one.id}/propose" not in page.links()
    assert other.case_number not in page.source
    assert tiles(page) == {}
    panel.interest(two)
    assert two.case_number not in member.get("/panel-work").source


def test_it_takes_no_more_queries_with_more_cases(panel: Panel, visit: Callable[[User], Visitor]) -> None:
    people = (visit(panel.world.cdop_coordinator), visit(panel.world.cdop_member))
    meeting = panel.meeting(cases=[panel.death()])

    def queries() -> list[int]:
        made = []
        for who in people:
            with counted() as count:
                who.get("/panel-work")
            made.append(int(count))
        return made

    few = queries()
    for _ in range(4):
        panel.asked(panel.case(meeting, panel.death(is_abuse_suspected=True)).death)
    assert queries() == few
