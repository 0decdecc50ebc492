"""Pages of drafts: named, written, commented on and corrected, settled; two people in two tabs."""

from collections.abc import Callable
from datetime import date

import pytest

from kscb_actions import clock
from kscb_actions.access.policy import Role
from kscb_actions.child_deaths.drafting.models import Draft, DraftComment
from kscb_actions.child_deaths.drafting.service import name_drafters
from kscb_actions.child_deaths.judging.models import PanelDecision
from kscb_actions.child_deaths.meetings.models import PanelCase, PanelMeeting
from kscb_actions.child_deaths.meetings.service import record_attendance
from kscb_actions.people.models import User

from ...factories import TODAY, World
from ...factories_deaths import Panel
from ...pages import Visitor

Visit = Callable[[User], Visitor]
DRAFT = {
    "categories": ["3"],
    "outcome": "identified",
    "status_reason": "The sofa.",
    "level_co_sleeping": "2",
    "text_co_sleeping": "On a sofa",
    "modifiable_co_sleeping": "y",
    "reasons": "The scene was examined.",
    "learning": "Tell parents.",
}


@pytest.fixture
def panel(world: World) -> Panel:
    return Panel(world)


@pytest.fixture
def case(world: World, panel: Panel) -> PanelCase:
    """Give a case at today's meeting with drafts."""
    return panel.case(panel.meeting(TODAY, way="draft"), panel.death())


def address(case: PanelCase, page: str = "") -> str:
    return f"/panels/{case.meeting_id}/cases/{case.death_id}{page}"


def test_a_meeting_is_planned_with_drafts_unless_chosen_otherwise(world: World, visit: Visit) -> None:
    coordinator = visit(world.cdop_coordinator)
    days = {"held_on": ["3", "5", "2012"], "proposals_due_on": ["26", "4", "2012"]}
    assert coordinator.get("/panels/new").value("way") == ["draft"]
    coordinator.send("/panels/new", days)
    assert PanelMeeting.get().way == "draft"
    meeting = PanelMeeting.get()
    coordinator.send(f"/panels/{meeting.id}/edit", {"way": "blind"})
    assert PanelMeeting.get().way == "blind"
    wrong = coordinator.send(f"/panels/{meeting.id}/edit", {"way": "by chance"})
    assert "way" in wrong.errors and PanelMeeting.get().way == "blind"


def test_from_draft_to_decision(world: World, panel: Panel, visit: Visit, case: PanelCase) -> None:
    coordinator, member = visit(world.cdop_coordinator), visit(world.cdop_member)
    assert member.get(address(case, "/draft")).status == 404
    named = coordinator.send(
        f"/panels/{case.meeting_id}/drafters", {f"drafter_{case.id}": str(world.cdop_member.id)}
    )
    assert named.status == 302
    page = member.get(f"/panels/{case.meeting_id}")
    assert "Write the draft" in page.text
    wrong = member.send(address(case, "/draft"), {**DRAFT, "reasons": "", "categories": []})
    assert set(wrong.errors) == {"categories", "reasons"} and wrong.value("learning") == "Tell parents."
    assert member.send(address(case, "/draft"), DRAFT).status == 302
    assert Draft.get().drafted_by_id == world.cdop_member.id
    read = coordinator.get(address(case))
    assert all(each in read.text for each in ("The scene was examined.", "Nobody has said anything"))
    said = coordinator.send(address(case, "/comment"), {"text": "New evidence.", "member": ""})
    assert set(said.errors) == {"member"} and said.value("text") == "New evidence."
    coordinator.send(
        address(case, "/comment"), {"text": "New evidence.", "member": str(world.cdop_member.id)}
    )
    assert f"written down by {world.cdop_coordinator.name}" in member.get(address(case)).text
    record_attendance(panel.coordinator, case.meeting, world.police, "Inspector")
    form = coordinator.get(address(case, "/decide"))
    assert (form.value("reasons"), form.value("text_co_sleeping")) == ("The scene was examined.", "On a sofa")
    sent = coordinator.send(address(case, "/decide"), {"categories": ["3", "10"]})
    assert sent.status == 302 and PanelDecision.get().categories == "3;10"
    shown = member.get(address(case))
    assert "What the panel changed of the draft" in shown.text and "All categories" in shown.text
    assert member.get(address(case, "/comment")).status == 302
    assert "DECIDED" not in shown.text


def test_in_two_tabs_both_texts_of_a_draft_are_shown(
    world: World, panel: Panel, visit: Visit, case: PanelCase
) -> None:
    coordinator = visit(world.cdop_coordinator)
    record_attendance(panel.coordinator, case.meeting, world.police, "Inspector")
    panel.draft(case)
    name_drafters(panel.coordinator, case.meeting, {case.id: world.cdop_member.id})
    late = coordinator.get(address(case, "/draft")).value("version")
    panel.draft(PanelCase.get_by_id(case.id), world.cdop_member, reasons="Seen otherwise.")
    for page in ("/draft", "/decide"):
        stale = coordinator.send(address(case, page), {"reasons": "Mine.", "version": late})
        assert stale.status == 409 and "Seen otherwise." in stale.text and "Mine." in stale.text
    assert (Draft.get().reasons, PanelDecision.select().count()) == ("Seen otherwise.", 0)


def test_a_comment_is_corrected_and_in_two_tabs_both_are_shown(
    world: World, panel: Panel, visit: Visit, case: PanelCase
) -> None:
    member = visit(world.cdop_member)
    panel.draft(case)
    assert set(member.send(address(case, "/comment"), {"text": ""}).errors) == {"text"}
    assert member.send(address(case, "/comment"), {"text": "The sofa was new."}).status == 302
    said = DraftComment.get()
    where = address(case, f"/comments/{said.id}")
    assert where in member.get(address(case)).links()
    assert member.send(where, {"text": "The sofa was old."}).status == 302
    stale = member.send(where, {"text": "A chair."})
    assert stale.status == 409 and "The sofa was old." in stale.text and "A chair." in stale.text
    assert member.send(where, {"text": "A chair.", "version": stale.value("version")}).status == 302
    page = member.get(address(case)).text
    assert "A chair." in page and "As it was before" in page and "The sofa was new." in page
    second = world.person("second-member", Role.CDOP_MEMBER)
    panel.seat(case.meeting, second)
    assert visit(second).get(where).status == 404


def test_a_member_may_have_nothing_to_add(world: World, panel: Panel, visit: Visit, case: PanelCase) -> None:
    panel.draft(case)
    member = visit(world.cdop_member)
    assert member.post(address(case, "/comment"), {"text": "", "next": "nothing"}).status == 302
    assert "has nothing to add" in member.get(address(case)).text


def test_the_draft_begins_with_that_of_an_earlier_meeting(
    world: World, panel: Panel, visit: Visit, case: PanelCase
) -> None:
    coordinator = visit(world.cdop_coordinator)
    panel.draft(case)
    page = coordinator.get(f"/panels/{case.meeting_id}/close")
    assert "These cases have no decision" in page.text
    assert coordinator.send(f"/panels/{case.meeting_id}/close").status == 302
    later = panel.case(panel.meeting(date(2012, 5, 10), way="draft"), case.death)
    page = coordinator.get(address(later, "/draft"))
    assert "drafted for an earlier meeting" in page.text and page.value("reasons") == "Clear."
    assert coordinator.get(address(case, "/draft")).status == 302


def test_that_papers_are_ready_is_said_once_or_anew(
    world: World, panel: Panel, visit: Visit, case: PanelCase
) -> None:
    coordinator, at = visit(world.cdop_coordinator), f"/panels/{case.meeting_id}/papers-ready"
    assert at in coordinator.get(f"/panels/{case.meeting_id}").links()
    assert coordinator.send(at).status == 302
    assert "they have changed" in coordinator.get(at).text
    with clock.at(TODAY):
        assert PanelMeeting.get().papers_ready_at is not None
