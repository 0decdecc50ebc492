"""What needs an owner: each kind with what mends it, gone when it is mended."""

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import pytest

from kscb_actions import clock
from kscb_actions.access.policy import SYSTEM, Role
from kscb_actions.actions.handover import switch_off
from kscb_actions.actions.models import Action
from kscb_actions.assurance.challenges.service import Subject, raise_challenge
from kscb_actions.audit.service import change
from kscb_actions.mail.models import OutboxMessage
from kscb_actions.mail.rules import NOTHING
from kscb_actions.mail.service import queue
from kscb_actions.people.models import User
from kscb_actions.people.service import PersonFacts, edit_agency, edit_person, facts_of
from kscb_actions.settings.rules import Thresholds
from kscb_actions.upkeep.orphans.queries import Sweep, ids_of_set, sweep

from ..factories import TODAY, World
from ..pages import Visitor
from ..queries import counted
from .nhs import now

DUE = date(2012, 6, 1)
Visit = Callable[[Any], Visitor]


def found(person: User) -> Sweep:
    return sweep(person.viewer, TODAY, Thresholds())


def kept(person: User) -> User:
    return User.get_by_id(person.id)


def send(person: User, state: str) -> OutboxMessage:
    with change(SYSTEM) as tx:
        message = queue(tx, person, "Subject", "Body", NOTHING)
        message.state, message.last_error = state, "550 no such user" if state == "failed" else ""
        tx.update(message, f"mail.{state}")
    return message


def lead_left(world: World) -> Any:
    world.action(DUE)
    switch_off(world.manager.viewer, kept(world.police_lead), None)
    return lambda: edit_person(
        world.manager.viewer, kept(world.police_lead), facts_of(world.police_lead), 2, is_active=True
    )


def role_changed(world: World) -> Any:
    world.action(DUE)
    facts = PersonFacts(world.police_lead.email, "Police lead", frozenset({Role.BOARD_MEMBER}), world.police)
    edit_person(world.manager.viewer, kept(world.police_lead), facts, 1)
    return lambda: edit_person(world.manager.viewer, kept(world.police_lead), facts_of(world.police_lead), 2)


def agency_closed(world: World) -> Any:
    world.action(DUE)
    edit_agency(world.manager.viewer, world.police, "Kent Police", False, 1)
    return lambda: edit_agency(world.manager.viewer, world.police, "Kent Police", True, 2)


def bounced(world: World) -> Any:
    send(world.reader, "failed")
    return lambda: send(world.reader, "sent")


def bounced_at_the_old_address(world: World) -> Any:
    send(world.reader, "failed")
    facts = PersonFacts("new@board.example", "Reader", frozenset({Role.READER}), None)
    return lambda: edit_person(world.manager.viewer, kept(world.reader), facts, 1)


def without_lead(world: World) -> Any:
    action = world.action(DUE)
    action.lead = None
    with change(SYSTEM) as tx:
        tx.update(action, "action.changed")

    def mend() -> None:
        row = now(action)
        row.lead = world.police_lead
        with change(SYSTEM) as tx:
            tx.update(row, "action.changed")

    return mend


def without_date(world: World) -> Any:
    action = world.action(None)

    def mend() -> None:
        row = now(action)
        row.current_due_on = row.original_due_on = DUE
        with change(SYSTEM) as tx:
            tx.update(row, "action.changed")

    return mend


def nobody_answers(world: World) -> Any:
    # A question at the level of a Board member, of whom the police have one.
    soon = TODAY + timedelta(days=5)
    raise_challenge(world.second_chair.viewer, Subject(world.police), "board_member", "Why?", soon, "")
    switch_off(world.manager.viewer, kept(world.police_member), None)
    return lambda: world.person("new-member", Role.BOARD_MEMBER, agency=world.police)


KINDS: dict[str, tuple[Callable[[World], Any], str, str]] = {
    "lead_left": (lead_left, "led_in_name", "Police lead is switched off and cannot sign in."),
    "role_changed": (role_changed, "led_in_name", "Police lead is no agency lead any more."),
    "agency_closed": (agency_closed, "closed", "Move 1 action"),
    "bounced": (bounced, "bounced", "550 no such user"),
    "old_address": (bounced_at_the_old_address, "bounced", "reader@board.example"),
    "without_lead": (without_lead, "no_lead", "1 open action without a lead"),
    "without_date": (without_date, "no_date", "1 open action without a date"),
    "nobody_answers": (nobody_answers, "challenges", "Add somebody who can answer"),
}


@pytest.mark.parametrize("kind", KINDS)
def test_each_kind_is_named_with_what_mends_it_and_is_gone_when_mended(
    world: World, visit: Visit, kind: str
) -> None:
    break_it, name, words = KINDS[kind]
    manager = visit(world.manager)
    assert found(world.manager).count == 0
    assert "Everything open has an owner." in manager.get("/needs-an-owner").text
    mend = break_it(world)
    swept = found(world.manager)
    assert getattr(swept, name)
    page = manager.get("/needs-an-owner")
    assert words in page.text
    for address in page.links():
        assert manager.get(address).status == 200, address
    said = manager.get("/attention").text
    count = "1 thing needs an owner" if swept.count == 1 else f"{swept.count} things need an owner"
    assert count in said
    mend()
    assert found(world.manager).count == 0
    assert "an owner" not in manager.get("/attention").text


def test_an_agency_whose_last_lead_has_gone_is_named(world: World) -> None:
    world.action(DUE)
    switch_off(world.manager.viewer, kept(world.police_lead), None)
    assert [each.agency.code for each in found(world.manager).without_lead] == ["KPOL"]


def test_what_is_finished_needs_nobody(world: World) -> None:
    action = world.decision(world.action(DUE))
    assert action.assurance == "accepted"
    switch_off(world.manager.viewer, kept(world.police_lead), None)
    assert found(world.manager).count == 0


@pytest.mark.parametrize("name", ["chair", "reader", "police_lead", "independent_chair"])
def test_nobody_but_the_manager_is_shown_it(world: World, visit: Visit, name: str) -> None:
    lead_left(world)
    person = getattr(world, name)
    assert found(person) == Sweep() and ids_of_set(person.viewer, "led_in_name") == []
    if name == "police_lead":
        return
    assert visit(person).get("/needs-an-owner").status == 403
    assert "an owner" not in visit(person).get("/attention").text


def test_what_is_in_a_restricted_review_is_swept_for_who_is_named_on_it(world: World) -> None:
    review = world.review(is_restricted=True)
    world.action(None, lead=None, recommendation=world.recommendation(review), agency=world.probation)
    other = world.person("other-manager", Role.MANAGER)
    assert found(world.manager).no_lead == 1 and found(other).count == 0


def test_the_selection_of_a_lead_who_left_is_ready_to_hand_over(world: World, visit: Visit) -> None:
    mine, theirs = world.action(DUE), world.action(DUE, world.health)
    lead_left(world)
    manager = visit(world.manager)
    (address,) = [each for each in manager.get("/needs-an-owner").links() if "together" in each]
    rows = manager.get(address).value("rows")
    assert f"{mine.id}:" in rows and f"{theirs.id}:" not in rows


def test_the_number_of_queries_does_not_grow(world: World) -> None:
    def queries() -> int:
        with counted() as count:
            found(world.manager)
        return int(count)

    lead_left(world)
    nobody_answers(world)
    few = queries()
    with clock.at(TODAY):
        for _ in range(4):
            world.action(None, world.health)
            world.action(None, world.probation)
            send(world.person(f"p{Action.select().count()}", Role.READER), "failed")
    assert queries() == few == 8
