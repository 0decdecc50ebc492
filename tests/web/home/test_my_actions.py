"""My actions: who sees what, in which order, and the first page of each role."""

from datetime import date
from typing import Any

import pytest
from flask.testing import FlaskClient

from kscb_actions import clock
from kscb_actions.access.policy import SYSTEM, Role
from kscb_actions.actions.extensions import ask_extension
from kscb_actions.assurance.service import decide
from kscb_actions.audit.service import change

from ...factories import TODAY, World
from ...queries import counted
from .sheet import SignIn, filled, row_of, section_order, updates


def test_the_most_pressing_come_first_under_their_headings(world: World, lead: FlaskClient) -> None:
    rest = world.action(due_on=date(2012, 12, 1))
    soon = world.action(due_on=date(2012, 4, 13))
    after_soon = world.action(due_on=date(2012, 4, 14))
    overdue = world.action(due_on=date(2012, 3, 29))
    returned = world.decision(world.action(due_on=date(2012, 9, 1)), accepted=False)
    stuck = world.progress(world.action(due_on=date(2012, 8, 1)), "cannot_be_done", "No budget.")
    page = lead.get("/my-actions").text
    expected = [overdue.id, returned.id, stuck.id, soon.id, after_soon.id, rest.id]
    assert sorted(section_order(page)[:2]) == sorted([overdue.id, returned.id])
    assert section_order(page)[2:] == expected[2:]
    places = [page.index(f">{name}") for name in ("Returned, reopened", "Due soon", "The rest")]
    assert places == sorted(places) and places[2] > page.index(f'id="a{soon.id}"')


def test_a_row_says_what_was_asked_said_and_returned(world: World, lead: FlaskClient) -> None:
    action = world.decision(world.action(due_on=date(2012, 9, 1)), accepted=False)
    ask_extension(world.as_viewer(world.police_lead), action, date(2012, 10, 1), "Ill.")
    row = row_of(lead.get("/my-actions").text, action)
    for text in (
        action.reference,
        "Change the procedure.",
        "Returned by the Board",
        "Seen and judged.",
        "It is done.",
        "1 piece attached",
        "Asked for, until",
        "1 Oct 2012",
        "Due in 155 days",
    ):
        assert text in row
    assert "checked" not in row


def test_a_lead_sees_their_own_and_may_switch_to_the_whole_agency(
    world: World, lead: FlaskClient, sign_in: SignIn
) -> None:
    deputy = world.person("deputy", Role.AGENCY_LEAD, agency=world.police)
    mine, theirs = world.action(), world.action(lead=deputy)
    foreign = world.action(agency=world.health)
    assert section_order(lead.get("/my-actions").text) == [mine.id]
    whole = lead.get("/my-actions?whose=agency").text
    assert section_order(whole) == [mine.id, theirs.id]
    assert "Deputy" in row_of(whole, theirs)
    assert foreign.reference not in whole
    assert (
        "You lead no open action"
        in sign_in(world.person("third", Role.AGENCY_LEAD, agency=world.police)).get("/my-actions").text
    )


@pytest.mark.parametrize("who", ["manager", "chair", "reader", "cdop_member", "cdop_coordinator"])
def test_the_page_is_for_leads_only(world: World, sign_in: SignIn, csrf_token: str, who: str) -> None:
    client = sign_in(getattr(world, who))
    assert client.get("/my-actions").status_code == 403
    assert client.post("/my-actions", data={"csrf_token": csrf_token}).status_code == 403


def test_a_save_without_the_token_saves_nothing(world: World, lead: FlaskClient) -> None:
    action = world.action()
    page = lead.get("/my-actions").text
    assert lead.post("/my-actions", data=filled(page, action, "Forged.", "in_progress")).status_code == 400
    assert updates(action) == []


def _many(world: World, count: int) -> None:
    for number in range(count):
        action = world.action(due_on=date(2012, 2, 1 + number % 28))
        if number % 3 == 0:
            world.progress(action)
        elif number % 3 == 1:
            submission = world.submission(action)
            decide(world.as_viewer(world.second_chair), submission, False, "More.")


def test_the_number_of_queries_does_not_grow_with_the_list(world: World, lead: FlaskClient) -> None:
    made: list[Any] = []
    for count in (3, 27):
        _many(world, count)
        with counted() as queries:
            assert lead.get("/my-actions").status_code == 200
        made.append(int(queries))
    assert made[0] == made[1] <= 22


@pytest.mark.parametrize(
    ("who", "address"),
    [
        ("police_lead", "/my-actions"),
        ("manager", "/attention"),
        ("chair", "/attention"),
        ("reader", "/attention"),
    ],
)
def test_each_role_lands_on_its_first_page(world: World, sign_in: SignIn, who: str, address: str) -> None:
    assert sign_in(getattr(world, who)).get("/").location == address


def test_whoever_has_no_page_is_told_what_they_can_do(world: World, sign_in: SignIn) -> None:
    world.police_lead.agency = None
    with change(SYSTEM) as tx:
        tx.update(world.police_lead, "person.changed")
    page = sign_in(world.police_lead).get("/")
    assert page.status_code == 200 and "Agency lead" in page.text and "manager@board.example" in page.text


def test_an_agency_with_nothing_to_do_is_told_so(world: World, sign_in: SignIn) -> None:
    assert "Nothing is asked of NHS Kent" in sign_in(world.health_lead).get("/my-actions").text


def test_the_clock_of_the_page_is_the_boards(world: World, lead: FlaskClient) -> None:
    action = world.action(due_on=TODAY)
    assert "Due today" in row_of(lead.get("/my-actions").text, action)
    with clock.at(date(2012, 3, 31)):
        assert "Overdue by 1 day" in row_of(lead.get("/my-actions").text, action)
