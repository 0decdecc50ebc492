"""Pages: what is asked, told, judged and taken back, as each person sees them."""

from collections.abc import Callable

from kscb_actions.actions.models import Action
from kscb_actions.impact.models import ImpactJudgement
from kscb_actions.people.models import User

from ..factories import World
from ..pages import Visitor
from .making import came_back, judged, said

Visit = Callable[[User], Visitor]
PAGE = "/reviews/SCR-2011-01/recommendations/1/impact"


def test_a_lead_says_it_a_member_judges_it_and_the_new_work_is_linked_both_ways(
    world: World, visit: Visit
) -> None:
    came_back(world)
    lead, member = visit(world.police_lead), visit(world.subgroup_member)
    assert "1 recommendation has come back" in lead.get("/my-actions").text
    assert "It came back on 15 March 2012" in lead.get("/reviews/SCR-2011-01").text
    wrong = lead.send(f"{PAGE}/say", text="Risk is seen.", shown_by="")
    assert wrong.errors.keys() == {"shown_by"} and wrong.value("text") == "Risk is seen."
    assert lead.send(f"{PAGE}/say", text="Risk is seen.", shown_by="Files.").leads_to
    assert "1 recommendation waits to be judged" in member.get("/attention").text
    assert "Judge the difference made" not in visit(world.reader).get(PAGE).text
    page = member.get(f"{PAGE}/judge")
    assert "Risk is seen." in page.text
    wrong = member.send(f"{PAGE}/judge", outcome="none", reason="Nothing changed.")
    assert wrong.errors.keys() == {"work", "agency", "due_on"}
    assert wrong.value("reason") == "Nothing changed."
    fields = {"outcome": "none", "reason": "Nothing changed.", "work": "Train again."}
    done = member.send(f"{PAGE}/judge", fields, agency=str(world.health.id), due_on="30 September 2012")
    assert done.leads_to
    assert "No difference" in member.get(PAGE).text and "SCR-2011-01/A2" in member.get(PAGE).text
    action = member.get("/reviews/SCR-2011-01/actions/2")
    assert "judged to have made no difference" in action.text
    # Whoever may not see that action is told of none by its number.
    assert "SCR-2011-01/A2" not in lead.get(PAGE).text
    assert "No difference" in member.get("/impact?outcome=none").text
    assert "Nothing matches" in member.get("/impact?outcome=partly").text


def test_a_judge_who_read_something_else_is_shown_what_is_said_now(world: World, visit: Visit) -> None:
    recommendation = came_back(world)
    member = visit(world.subgroup_member)
    said(world, recommendation)
    facts = {"outcome": "partly", "reason": "Seen.", "version": "0"}
    found = member.post(f"{PAGE}/judge", facts)
    assert found.errors.keys() == {"reason"} and found.value("reason") == "Seen."
    assert not ImpactJudgement.select().exists()
    assert member.post(f"{PAGE}/judge", {**facts, "version": found.value("version")}).leads_to


def test_the_manager_takes_back_what_was_a_mistake(world: World, visit: Visit) -> None:
    recommendation = came_back(world)
    account, judgement = said(world, recommendation), judged(world, recommendation)
    manager = visit(world.manager)
    back = f"{PAGE}/judgements/{judgement.id}/take-back"
    assert manager.send(back, reason="").errors.keys() == {"reason"}
    assert manager.send(back, reason="Wrong one.").leads_to
    assert "Wrong one." in manager.get(PAGE).text
    assert manager.get(back).status == 404
    assert manager.send(f"{PAGE}/accounts/{account.id}/take-back", reason="Not theirs.").leads_to
    assert "(taken back)" in manager.get(PAGE).text
    assert Action.select().count() == 1


def test_of_what_has_not_come_back_nothing_is_asked(world: World, visit: Visit) -> None:
    world.action()
    lead = visit(world.police_lead)
    assert "Nothing is asked yet" in lead.get(PAGE).text
    assert "No recommendation has come back yet" in lead.get("/impact").text
    assert lead.get(f"{PAGE}/say").leads_to.endswith("/impact")
    assert visit(world.manager).get(f"{PAGE}/judge").leads_to.endswith("/impact")
    assert visit(world.probation_lead).get(PAGE).status == 404
