"""The page on which what a death taught becomes a recommendation."""

from collections.abc import Callable

import pytest

from kscb_actions.actions.service import withdraw_recommendation
from kscb_actions.child_deaths.cases.models import ChildDeath
from kscb_actions.child_deaths.judging.decisions import decide
from kscb_actions.child_deaths.judging.proposals import close_proposals
from kscb_actions.child_deaths.judging.rules import FactorFacts, Judgement
from kscb_actions.child_deaths.meetings import service
from kscb_actions.child_deaths.meetings.models import PanelCase
from kscb_actions.people.models import User
from kscb_actions.reviews.models import Recommendation

from ...factories import TODAY, World
from ...factories_deaths import Panel
from ...pages import Visitor

LEARNING = "Parents were not told where a baby sleeps safely."


@pytest.fixture
def panel(world: World) -> Panel:
    return Panel(world)


@pytest.fixture
def death(panel: Panel) -> ChildDeath:
    death = panel.death(case_number="77/777")
    meeting = panel.meeting(TODAY, cases=[death])
    close_proposals(panel.coordinator, meeting)
    service.record_attendance(panel.coordinator, meeting, panel.world.police, "Inspector")
    judgement = Judgement(
        frozenset({10}),
        "identified",
        "Safe sleeping.",
        (FactorFacts("parenting", "co_sleeping", "2", is_modifiable=True),),
        LEARNING,
    )
    decide(panel.coordinator, PanelCase.get(), judgement, "All agreed.", TODAY)
    return death


@pytest.fixture
def keeper(panel: Panel, visit: Callable[[User], Visitor]) -> Visitor:
    return visit(panel.world.cdop_coordinator)


@pytest.mark.parametrize(
    ("of", "text"),
    [
        ("0", LEARNING),
        ("1", "Sleeping in the same bed or on a sofa"),
        ("2", ""),
        ("x", ""),
        ("-1", ""),
        ("9" * 30, ""),
    ],
)
def test_a_lesson_or_a_factor_begins_the_text(keeper: Visitor, death: ChildDeath, of: str, text: str) -> None:
    assert keeper.get(f"/deaths/{death.id}/learning?of={of}").value("text") == text


def test_the_recommendation_is_in_the_plan_and_the_case_shows_how_it_stands(
    panel: Panel, keeper: Visitor, death: ChildDeath, visit: Callable[[User], Visitor]
) -> None:
    fields = {"text": "Tell every parent.", "intended_outcome": "Safer sleep.", "addressed_to": "NHS"}
    address = f"/deaths/{death.id}/learning"
    assert keeper.post(address, fields).leads_to.endswith(address)
    panel.world.action(recommendation=Recommendation.get())
    for path in (address, f"/deaths/{death.id}"):
        text = keeper.get(path).text
        assert "CDL-2011-12, recommendation 1" in text
        assert "1 action: no due date set 1" in text
    plan = visit(panel.world.manager).get("/reviews/CDL-2011-12")
    assert "Tell every parent." in plan.text
    for secret in ("77/777", f"/deaths/{death.id}", "3 November", "Thanet"):
        assert secret not in plan.source
    assert keeper.get("/reviews/CDL-2011-12").status == 404


def test_a_withdrawn_recommendation_is_shown_as_such_to_who_sees_the_case_alone(
    panel: Panel, keeper: Visitor, death: ChildDeath, visit: Callable[[User], Visitor]
) -> None:
    keeper.post(f"/deaths/{death.id}/learning", {"text": "Tell every parent."})
    assert "Withdrawn" not in keeper.get(f"/deaths/{death.id}").text
    withdraw_recommendation(
        panel.world.as_viewer(panel.world.manager), Recommendation.get(), "Overtaken by a national one.", 1
    )
    for path in (f"/deaths/{death.id}/learning", f"/deaths/{death.id}"):
        page = keeper.get(path)
        assert "Withdrawn by the Board on 30 March 2012" in page.text
        # Why is said in the Board's plan, which the panel does not read.
        assert "Overtaken" not in page.source and "No action yet" not in page.text
    seated = visit(panel.world.cdop_member).get(f"/deaths/{death.id}")
    assert seated.status == 200 and "Withdrawn" not in seated.source
    for who in (panel.world.manager, panel.world.chair, panel.world.reader):
        outside = visit(who)
        assert outside.get(f"/deaths/{death.id}").status == 404
        for path in ("/reviews/CDL-2011-12", "/attention", "/audit"):
            page = outside.get(path)
            assert page.status == 200
            for secret in ("77/777", f"/deaths/{death.id}", "3 November", "Thanet"):
                assert secret not in page.source


def test_what_leads_back_is_told_beside_its_field(keeper: Visitor, death: ChildDeath) -> None:
    page = keeper.post(f"/deaths/{death.id}/learning", {"text": "As in 77/777, tell parents."})
    assert set(page.errors) == {"text"}
    assert page.value("text") == "As in 77/777, tell parents."
    assert set(keeper.post(f"/deaths/{death.id}/learning", {}).errors) == {"text"}
    assert Recommendation.select().count() == 0


def test_a_member_makes_none(panel: Panel, death: ChildDeath, visit: Callable[[User], Visitor]) -> None:
    member = visit(panel.world.cdop_member)
    assert member.get(f"/deaths/{death.id}/learning").status == 403
    assert visit(panel.world.manager).get(f"/deaths/{death.id}/learning").status == 404


def test_a_second_case_joins_the_recommendation_and_is_taken_off_again(
    panel: Panel, keeper: Visitor, death: ChildDeath
) -> None:
    keeper.post(f"/deaths/{death.id}/learning", {"text": "Tell every parent.", "found": ["0", "1"]})
    assert "Sleeping in the same bed" in keeper.get(f"/deaths/{death.id}").text
    row, second = Recommendation.get(), panel.death(case_number="77/778")
    address = f"/deaths/{second.id}/learning"
    assert f"{address}/join" in keeper.get(address).links()
    page = keeper.get(f"{address}/join")
    assert "CDL-2011-12, 1: Tell every parent." in page.text
    assert set(keeper.post(f"{address}/join", {}).errors) == {"recommendation"}
    keeper.post(f"{address}/join", {"recommendation": str(row.id)})
    assert "Also of case 77/777" in keeper.get(f"/deaths/{second.id}").text
    off = f"{address}/{row.id}/take-off"
    assert set(keeper.post(off, {}).errors) == {"reason"}
    keeper.post(off, {"reason": "Another case was meant."})
    assert "Also of" not in keeper.get(f"/deaths/{death.id}").text
    assert keeper.get(off).status == 404
    assert keeper.get(f"/deaths/{death.id}/learning/{row.id}/take-off").status == 302
