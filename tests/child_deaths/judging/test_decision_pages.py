"""The co-ordinator's pages: record the panel's decision, correct it, read it."""

from collections.abc import Callable
from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from kscb_actions.access.policy import Role
from kscb_actions.child_deaths.cases.models import ChildDeath
from kscb_actions.child_deaths.judging.decisions import correct, decide, list_decisions
from kscb_actions.child_deaths.judging.models import PanelDecision
from kscb_actions.child_deaths.judging.rules import FactorFacts, Judgement
from kscb_actions.child_deaths.meetings.models import PanelCase
from kscb_actions.people.models import User

from ...factories import World
from ...factories_deaths import JUDGED, Panel
from ...pages import Visitor

Visit = Callable[[User], Visitor]
HELD_ON = date(2012, 3, 29)
OWN = FactorFacts("services", "", "2", "No interpreter")
LONG = "x" * 10_001
WRONG: list[tuple[dict[str, Any], str]] = [
    ({"reasons": ""}, "reasons"),
    ({"reasons": LONG}, "reasons"),
    ({"completed_on": ["", "", ""]}, "completed_on"),
    ({"completed_on": ["28", "3", "2012"]}, "completed_on"),
    ({"completed_on": ["31", "3", "2012"]}, "completed_on"),
    ({"completed_on": ["30", "2", "2012"]}, "completed_on"),
    ({"completed_on": ["9" * 400, "x", "2012"]}, "completed_on"),
    ({"categories": []}, "categories"),
    ({"outcome": ""}, "outcome"),
    ({"status_reason": ""}, "status_reason"),
    ({"level_co_sleeping": "7"}, "level_co_sleeping"),
    ({"learning": LONG}, "learning"),
]


@pytest.fixture
def panel(world: World) -> Panel:
    return Panel(world)


@pytest.fixture
def case(world: World, panel: Panel) -> PanelCase:
    """Give a case on which two members proposed, ready to be decided."""
    other = world.person("second-member", Role.CDOP_MEMBER)
    meeting = panel.meeting(HELD_ON, members=[world.cdop_member, other])
    case = panel.case(meeting, panel.death())
    panel.proposal(case, judgement=replace(JUDGED, factors=(*JUDGED.factors, OWN)))
    panel.proposal(case, other, replace(JUDGED, categories=frozenset({3}), learning="Ask about sofas."))
    panel.close(meeting)
    return case


def address(case: PanelCase, page: str = "/decide") -> str:
    return f"/panels/{case.meeting_id}/cases/{case.death_id}{page}"


def test_the_form_begins_with_what_most_proposed_and_is_recorded(
    world: World, visit: Visit, case: PanelCase
) -> None:
    coordinator = visit(world.cdop_coordinator)
    page = coordinator.get(address(case))
    assert page.value("categories") == ["3"]
    assert page.value("outcome") == ["identified"]
    assert page.value("learning") == "Tell parents before the birth.\n\nAsk about sofas."
    assert (page.value("level_co_sleeping"), page.value("text_co_sleeping")) == ("2", "On a sofa")
    assert page.value("completed_on") == ["29", "03", "2012"]
    assert page.value("text_services_1") == ""
    assert "“No interpreter”" in page.text
    sent = coordinator.send(address(case), {"reasons": "All agreed on the sofa."})
    assert (sent.status, sent.leads_to) == (302, address(case, ""))
    decision = PanelDecision.get()
    assert (decision.primary_category, decision.reasons, decision.present) == (
        3,
        "All agreed on the sofa.",
        "Kent Police: Detective inspector",
    )
    for person in (world.cdop_coordinator, world.cdop_member):
        for place in (address(case, ""), f"/deaths/{case.death_id}"):
            assert "All agreed on the sofa." in visit(person).get(place).text


def test_from_one_decision_the_co_ordinator_goes_on_to_the_next_case(
    world: World, visit: Visit, panel: Panel
) -> None:
    meeting = panel.meeting(HELD_ON, cases=[panel.death() for _ in range(3)])
    panel.close(meeting)
    first, second, third = PanelCase.select().order_by(PanelCase.place)
    coordinator = visit(world.cdop_coordinator)
    told = {"categories": ["8"], "outcome": "none", "reasons": "Agreed.", "next": "next"}
    order = [coordinator.send(address(each), told).leads_to for each in (second, third, first)]
    assert order == [address(third, ""), address(first, ""), address(first, "")]


@pytest.mark.parametrize(("changed", "field"), WRONG)
def test_what_is_wrong_is_said_at_its_field_and_the_rest_is_kept(
    world: World, visit: Visit, case: PanelCase, changed: dict[str, Any], field: str
) -> None:
    page = visit(world.cdop_coordinator).send(address(case), {"reasons": "Because.", **changed})
    assert page.status == 200
    assert field in page.errors
    if "reasons" not in changed:
        assert page.value("reasons") == "Because."
    assert PanelDecision.select().count() == 0


def test_a_case_that_cannot_be_decided_yet_says_why_before_anything_is_typed(
    world: World, visit: Visit, panel: Panel
) -> None:
    case = panel.case(panel.meeting(date(2012, 4, 12)), panel.death())
    coordinator = visit(world.cdop_coordinator)
    assert "Close the meeting’s proposals" in coordinator.get(address(case)).text
    page = coordinator.send(address(case), {"reasons": "Because.", "categories": ["8"], "outcome": "none"})
    assert "Close the meeting’s proposals" in page.text
    assert page.value("reasons") == "Because."


def test_a_second_co_ordinator_who_decides_too_is_told_and_keeps_the_text(
    world: World, visit: Visit, case: PanelCase
) -> None:
    coordinator = visit(world.cdop_coordinator)
    coordinator.send(address(case), {"reasons": "The first."})
    page = coordinator.send(address(case), {"reasons": "The second."})
    assert "recorded already" in page.text
    assert page.value("reasons") == "The second."
    assert PanelDecision.select().count() == 1


def test_a_decision_is_corrected_with_a_reason_and_the_old_one_stays_readable(
    world: World, visit: Visit, case: PanelCase
) -> None:
    coordinator = visit(world.cdop_coordinator)
    coordinator.send(address(case), {"reasons": "The first."})
    path = f"/deaths/{case.death_id}/correct"
    page = coordinator.get(path)
    assert (page.value("reasons"), page.value("version")) == ("The first.", "1")
    assert page.value("completed_on") == ["29", "03", "2012"]
    without = coordinator.send(path, {"categories": ["5"]})
    assert "correction_reason" in without.errors
    assert without.value("categories") == ["5"]
    same = coordinator.send(path, {"correction_reason": "The inquest."})
    assert "Nothing is different" in same.text
    sent = coordinator.send(path, {"categories": ["5"], "correction_reason": "The inquest."})
    assert sent.leads_to == f"/deaths/{case.death_id}"
    shown = visit(world.cdop_member).get(sent.leads_to).text
    for words in ("The inquest.", "5. Acute medical", "3. Trauma", "1 earlier decision"):
        assert words in shown
    assert ChildDeath.get_by_id(case.death_id).primary_category == 5


def test_a_correction_made_meanwhile_shows_both_texts_and_a_second_save_corrects_that_one(
    world: World, visit: Visit, panel: Panel, case: PanelCase
) -> None:
    coordinator, path = visit(world.cdop_coordinator), f"/deaths/{case.death_id}/correct"
    coordinator.send(address(case), {"reasons": "The first."})
    form = coordinator.get(path)
    names = set(form.tree.xpath("//form//*[@name]/@name")) - {"next"}
    mine = {name: form.value(name) for name in names} | {"reasons": "Mine.", "correction_reason": "A letter."}
    theirs = Judgement(frozenset({8}), "none")
    correct(panel.coordinator, case.death, theirs, "Theirs.", HELD_ON, "The inquest.")
    page = coordinator.post(path, mine)
    assert page.status == 409
    for words in ("Theirs.", "Mine.", "8. Perinatal/neonatal event"):
        assert words in page.source
    assert (page.value("reasons"), page.value("version")) == ("Mine.", "2")
    assert coordinator.post(path, {**mine, "version": "2"}).status == 302
    kept = list_decisions(panel.coordinator, case.death)
    assert [each.decision.reasons for each in kept] == ["Mine.", "Theirs.", "The first."]


@pytest.mark.parametrize("odd", [{"version": "x"}, {"completed_on": "1"}, {"reasons": ["a", "b"]}, {}])
def test_odd_corrections_are_answered_with_a_page(
    world: World, visit: Visit, panel: Panel, odd: dict[str, Any]
) -> None:
    death = panel.death()
    panel.decision(death)
    assert visit(world.cdop_coordinator).post(f"/deaths/{death.id}/correct", odd).status in (200, 409)


def test_a_case_without_a_decision_has_none_to_correct(world: World, visit: Visit, panel: Panel) -> None:
    death = panel.death()
    page = visit(world.cdop_coordinator).get(f"/deaths/{death.id}/correct")
    assert (page.status, page.leads_to) == (302, f"/deaths/{death.id}")


def test_before_april_2010_the_words_of_that_time_are_offered(
    world: World, visit: Visit, panel: Panel
) -> None:
    death = panel.death(died_on=date(2009, 6, 1), case_number="09/001")
    panel.decision(death, Judgement(frozenset({8}), "not_preventable"), date(2009, 12, 3))
    page = visit(world.cdop_coordinator).get(f"/deaths/{death.id}/correct")
    offered = page.tree.xpath("//input[@name='outcome']/@value")
    assert offered[0] == "identified"
    assert {"preventable", "not_preventable", "none"} <= set(offered)
    assert page.value("outcome") == ["not_preventable"]
    late = panel.death(case_number="11/900")
    panel.decision(late)
    offered = visit(world.cdop_coordinator).get(f"/deaths/{late.id}/correct").tree
    assert offered.xpath("//input[@name='outcome']/@value") == ["identified", "none", "insufficient"]


def test_a_decided_case_leads_to_its_correction(
    world: World, visit: Callable[[User], Visitor], panel: Panel, case: PanelCase
) -> None:
    coordinator = visit(world.cdop_coordinator)
    correction = f"/deaths/{case.death_id}/correct"
    assert correction not in coordinator.get(address(case)).links()
    decide(panel.coordinator, case, JUDGED, "The panel agreed.", HELD_ON)
    page = coordinator.get(address(case))
    assert correction in page.links() and "It can be corrected." in page.text
    told = coordinator.get(f"/deaths/{case.death_id}").text
    assert "No agency was asked." in told and "Recorded By " in told and ". –" not in told
