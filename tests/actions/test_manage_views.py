"""Pages with which a board manager records actions and changes them."""

from collections.abc import Callable
from datetime import date
from typing import Any

import pytest

from kscb_actions.access.policy import SYSTEM, Role
from kscb_actions.actions.models import Action
from kscb_actions.actions.service import ActionFacts, edit_action, set_standing
from kscb_actions.people.models import User
from kscb_actions.people.service import add_agency
from kscb_actions.reviews.service import name_person

from ..factories import World
from ..pages import Visitor
from ..queries import counted

Visit = Callable[[User], Visitor]
NEW = "/reviews/SCR-2011-02/recommendations/1/actions/new"
ONE = "/reviews/SCR-2011-02/actions/1"
LONG = "x" * 10_001
FIELDS = {"text": "Change 👶\r\nthe procedure.", "success_measure": "An audit.", "due_on": ["1", "5", "2012"]}


@pytest.fixture
def plan(world: World) -> World:
    """Return the small board with one recommendation of SCR-2011-02."""
    world.recommendation(world.review("SCR-2011-02"))
    return world


def rows() -> list[tuple[int, str, int | None]]:
    """Return (number, agency's code, lead's id) of every action."""
    return [(each.number, each.agency.code, each.lead_id) for each in Action.select().order_by(Action.number)]


def test_one_agency_gets_one_action_led_by_its_only_lead(plan: World, visit: Visit) -> None:
    page = visit(plan.manager).send(NEW, FIELDS, agencies=["KPOL"])
    assert page.leads_to == "/reviews/SCR-2011-02#recommendation-1"
    assert rows() == [(1, "KPOL", plan.police_lead.id)]
    action = Action.get()
    assert (action.text, action.success_measure) == ("Change 👶\nthe procedure.", "An audit.")
    assert (action.original_due_on, action.current_due_on) == (date(2012, 5, 1), date(2012, 5, 1))


def test_all_board_agencies_in_one_tick_make_one_action_each(plan: World, visit: Visit) -> None:
    second = plan.person("second-health-lead", Role.AGENCY_LEAD, agency=plan.health)
    page = visit(plan.manager).send(NEW, {**FIELDS, "due_on": ["", "", ""]}, agencies=["all"])
    assert page.status == 302
    assert rows() == [
        (1, "KPOL", plan.police_lead.id),
        (2, "KPRO", plan.probation_lead.id),
        (3, "NHSK", None),
    ]
    assert {each.current_due_on for each in Action.select()} == {None}
    chosen = {f"lead_{plan.health.id}": str(second.id)}
    visit(plan.manager).send(NEW, {**FIELDS, **chosen}, agencies=["NHSK"])
    assert rows()[-1] == (4, "NHSK", second.id)


def test_a_lead_chosen_for_an_agency_that_is_not_ticked_counts_for_nothing(plan: World, visit: Visit) -> None:
    visit(plan.manager).post(NEW, FIELDS, agencies=["KPOL"], **{f"lead_{plan.police.id}": ""})
    assert rows() == [(1, "KPOL", None)]


@pytest.mark.parametrize(
    ("button", "leads_to"),
    [
        ("", "/reviews/SCR-2011-02#recommendation-1"),
        ("actions", f"{NEW}?like=1-1"),
        ("recommendation", "/reviews/SCR-2011-02/recommendations/new?after=1"),
    ],
)
def test_the_button_says_what_comes_next(plan: World, visit: Visit, button: str, leads_to: str) -> None:
    page = visit(plan.manager).post(NEW, FIELDS, agencies=["KPOL"], next=button)
    assert page.leads_to == leads_to


WRONG: list[tuple[dict[str, Any], str]] = [
    ({"text": ""}, "text"),
    ({"text": "\x00 \x0b"}, "text"),
    ({"text": LONG}, "text"),
    ({"success_measure": LONG}, "success_measure"),
    ({"due_on": ["31", "2", "2012"]}, "due_on"),
    ({"due_on": ["1", "", ""]}, "due_on"),
    ({"due_on": ["one", "5", "2012"]}, "due_on"),
    ({"due_on": ["1", "5", "1812"]}, "due_on"),
]


@pytest.mark.parametrize(
    ("changed", "field"),
    [
        *WRONG,
        ({"agencies": []}, "agencies"),
        ({"agencies": ["NONE"]}, "agencies"),
        ({"agencies": ["KPOL", "’; --"]}, "agencies"),
        ({"agencies": ["KPOL"], "lead_POLICE": "999999"}, "lead_POLICE"),
        ({"agencies": ["KPOL"], "lead_POLICE": "x"}, "lead_POLICE"),
    ],
)
def test_what_is_wrong_with_new_actions_is_said_and_the_rest_is_kept(
    plan: World, visit: Visit, changed: dict[str, Any], field: str
) -> None:
    place = {name.replace("POLICE", str(plan.police.id)): value for name, value in changed.items()}
    page = visit(plan.manager).send(NEW, {**FIELDS, "agencies": ["KPOL", "NHSK"], **place})
    assert (page.status, set(page.errors)) == (200, {field.replace("POLICE", str(plan.police.id))})
    assert rows() == []
    if field != "success_measure":
        assert page.value("success_measure") == "An audit."
    if "agencies" not in changed:
        assert page.value("agencies") == ["KPOL", "NHSK"]


def test_a_restricted_review_says_at_the_lead_who_has_to_be_named_first(world: World, visit: Visit) -> None:
    review = world.review("SCR-2011-02", is_restricted=True)
    world.recommendation(review)
    manager, field = visit(world.manager), f"lead_{world.police.id}"
    form = manager.get(NEW)
    assert form.value(field) == "" and "/reviews/SCR-2011-02/people" in form.links()
    page = manager.send(NEW, {**FIELDS, field: str(world.police_lead.id)}, agencies=["all"])
    assert page.errors == {field: "This review is restricted. Name Police lead on it first."}
    assert "KPOL" in page.value("agencies") and rows() == []
    name_person(world.as_viewer(world.manager), review, world.police_lead)
    assert manager.get(NEW).value(field) == str(world.police_lead.id)
    assert manager.send(NEW, FIELDS, agencies=["KPOL"]).status == 302


def test_the_number_of_queries_does_not_grow_with_the_agencies(plan: World, visit: Visit) -> None:
    counts = []
    for size in (3, 30):
        for number in range(size):
            agency = add_agency(SYSTEM, f"A{size}-{number}", f"Agency {size} {number}")
            plan.person(f"lead-{size}-{number}", Role.AGENCY_LEAD, agency=agency)
        manager = visit(plan.manager)
        with counted() as count:
            assert manager.get(NEW).status == 200
        counts.append(int(count))
    assert counts[0] == counts[1] <= 12


def test_an_action_is_edited_and_given_its_first_due_date(plan: World, visit: Visit) -> None:
    visit(plan.manager).send(NEW, {**FIELDS, "due_on": ["", "", ""]}, agencies=["KPOL"])
    manager = visit(plan.manager)
    page = manager.send(f"{ONE}/edit", text="New words.", lead="", due_on=["1", "6", "2012"])
    assert page.leads_to == ONE
    action = Action.get()
    assert (action.text, action.lead, action.original_due_on) == ("New words.", None, date(2012, 6, 1))
    assert f"{ONE}/due-date" in manager.get(f"{ONE}/edit").links()
    manager.send(f"{ONE}/edit", due_on=["1", "12", "2012"])
    assert Action.get().current_due_on == date(2012, 6, 1)


@pytest.mark.parametrize(
    ("changed", "field"),
    [*WRONG, ({"lead": "999999"}, "lead"), ({"lead": "x"}, "lead"), ({"lead": "HEALTH"}, "lead")],
)
def test_what_is_wrong_with_an_edit_is_said_and_changes_nothing(
    plan: World, visit: Visit, changed: dict[str, Any], field: str
) -> None:
    visit(plan.manager).send(NEW, {**FIELDS, "due_on": ["", "", ""]}, agencies=["KPOL"])
    if changed.get("lead") == "HEALTH":
        changed = {"lead": str(plan.health_lead.id)}
    typed = {"text": "Typed.", "due_on": ["1", "6", "2012"], **changed}
    page = visit(plan.manager).send(f"{ONE}/edit", typed)
    assert (page.status, set(page.errors)) == (200, {field})
    assert page.value("due_on") == typed["due_on"]
    if field != "text":
        assert page.value("text") == "Typed."
    assert (Action.get().version, Action.get().current_due_on) == (1, None)


def test_the_second_editor_of_an_action_sees_both_texts(plan: World, visit: Visit) -> None:
    visit(plan.manager).send(NEW, FIELDS, agencies=["KPOL"])
    first = ActionFacts("Saved first.", "An audit.", date(2012, 5, 1))
    edit_action(plan.as_viewer(plan.manager), Action.get(), first, plan.police_lead, 1)
    typed = {"version": "1", "text": "Typed second.", "success_measure": "An audit.", "lead": ""}
    page = visit(plan.manager).post(f"{ONE}/edit", typed)
    assert page.status == 409
    assert "Saved first." in page.text and page.value("text") == "Typed second."
    assert "Police lead" in page.text and "Nobody yet" in page.text
    assert Action.get().text == "Saved first."
    again = visit(plan.manager).post(f"{ONE}/edit", {**typed, "version": page.value("version")})
    assert (again.leads_to, Action.get().text) == (ONE, "Typed second.")


def test_an_action_is_put_on_hold_and_made_active_again(plan: World, visit: Visit) -> None:
    manager = visit(plan.manager)
    manager.send(NEW, FIELDS, agencies=["KPOL"])
    assert manager.send(f"{ONE}/standing", standing="on_hold", reason="The inquest.").leads_to == ONE
    assert (Action.get().standing, Action.get().standing_reason) == ("on_hold", "The inquest.")
    assert "The inquest." in manager.get(f"{ONE}/standing").text
    assert manager.send(f"{ONE}/standing", standing="active", reason="It is over.").leads_to == ONE
    assert Action.get().standing == "active"


@pytest.mark.parametrize(
    ("fields", "field"),
    [
        ({"standing": "on_hold", "reason": ""}, "reason"),
        ({"standing": "on_hold", "reason": LONG}, "reason"),
        ({"standing": "active", "reason": "Why."}, "standing"),
        ({"standing": "finished", "reason": "Why."}, "standing"),
        ({"standing": "", "reason": "Why."}, "standing"),
    ],
)
def test_what_is_wrong_with_a_standing_is_said_and_changes_nothing(
    plan: World, visit: Visit, fields: dict[str, str], field: str
) -> None:
    visit(plan.manager).send(NEW, FIELDS, agencies=["KPOL"])
    page = visit(plan.manager).send(f"{ONE}/standing", fields)
    assert (page.status, set(page.errors), page.value("reason")) == (200, {field}, fields["reason"])
    assert Action.get().version == 1


def test_the_second_to_set_a_standing_is_shown_the_first(plan: World, visit: Visit) -> None:
    visit(plan.manager).send(NEW, FIELDS, agencies=["KPOL"])
    set_standing(plan.as_viewer(plan.manager), Action.get(), "on_hold", "Their reason.")
    typed = {"version": "1", "standing": "withdrawn", "reason": "My reason."}
    page = visit(plan.manager).post(f"{ONE}/standing", typed)
    assert page.status == 409
    for words in ("On hold", "Their reason.", "Withdrawn", "My reason."):
        assert words in page.text
    assert Action.get().standing == "on_hold"


@pytest.mark.parametrize(
    ("name", "status"),
    [
        ("chair", 403),
        ("reader", 403),
        ("police_lead", 403),
        ("health_lead", 404),
        ("cdop_member", 404),
    ],
)
def test_only_a_manager_opens_these_pages(plan: World, visit: Visit, name: str, status: int) -> None:
    visit(plan.manager).send(NEW, FIELDS, agencies=["KPOL"])
    person = visit(getattr(plan, name))
    for path in (NEW, f"{ONE}/edit", f"{ONE}/standing"):
        assert person.get(path).status == status
        assert person.post(path, FIELDS, agencies=["KPOL"], standing="on_hold", reason="r").status == status
    assert (Action.select().count(), Action.get().version) == (1, 1)
