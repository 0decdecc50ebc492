"""A role that opens child deaths waits for somebody who has it; no link to such an account is shown."""

from collections.abc import Callable
from dataclasses import replace

import pytest
from flask import Flask

from kscb_actions.access.policy import GRANTS, OF_AN_AGENCY, OPENS_DEATHS, SYSTEM, Permission, Refused, Role
from kscb_actions.audit.models import AuditEvent
from kscb_actions.config import Settings
from kscb_actions.mail.models import OutboxMessage
from kscb_actions.people.agreeing import decide_role, get_role_request, list_role_requests
from kscb_actions.people.models import PasswordLink, RoleRequest, SignInSession, User
from kscb_actions.people.service import PersonFacts, add_person, edit_person, facts_of
from kscb_actions.reviews.queries import is_named
from kscb_actions.reviews.service import name_person
from kscb_actions.text import InvalidInput

from ..commands.running import flask
from ..factories import World

# A contact's waits as these do; it is of an agency, so it is given apart.
OPENING = sorted(OPENS_DEATHS - OF_AN_AGENCY)


def give(world: World, person: User, *roles: Role, email: str = "") -> User:
    """Have the board manager give a person these roles."""
    facts = PersonFacts(email or person.email, person.name, frozenset(roles), person.agency)
    return edit_person(world.manager.viewer, User.get_by_id(person.id), facts, person.version)


def roles_of(person: User) -> set[Role]:
    return set(User.get_by_id(person.id).role_set)


def test_whatever_opens_a_child_death_has_to_be_agreed_to() -> None:
    assert OPENS_DEATHS == {Role.CDOP_MEMBER, Role.CDOP_COORDINATOR, Role.DEATH_CONTACT}
    opening = {Permission.READ_DEATH, Permission.ANSWER_RETURN}
    assert {role for role in Role if opening & GRANTS[role].keys()} == OPENS_DEATHS


def test_an_agencys_contact_waits_for_a_co_ordinator_too(world: World) -> None:
    facts = PersonFacts(
        world.police_lead.email,
        world.police_lead.name,
        frozenset({Role.AGENCY_LEAD, Role.DEATH_CONTACT}),
        world.police,
    )
    edit_person(world.manager.viewer, world.police_lead, facts, world.police_lead.version)
    assert roles_of(world.police_lead) == {Role.AGENCY_LEAD}
    (request,) = list_role_requests(world.cdop_coordinator.viewer)
    decide_role(world.cdop_coordinator.viewer, request, True)
    assert Role.DEATH_CONTACT in roles_of(world.police_lead)


@pytest.mark.parametrize("role", OPENING)
def test_a_manager_who_gives_themselves_the_role_opens_nothing(
    world: World, sign_in: Callable, role: Role
) -> None:
    give(world, world.manager, Role.MANAGER, role)
    assert roles_of(world.manager) == {Role.MANAGER}
    assert sign_in(User.get_by_id(world.manager.id)).get("/deaths").status_code == 403
    (message,) = OutboxMessage.select()
    assert message.to_user == world.cdop_coordinator and "Manager asked that" in message.body
    (request,) = list_role_requests(world.manager.viewer)
    assert get_role_request(User.get_by_id(world.manager.id).viewer, request.id) is None
    with pytest.raises(Refused):
        decide_role(User.get_by_id(world.manager.id).viewer, request, True)
    assert AuditEvent.select().where(AuditEvent.event == "person.role-asked").count() == 1


@pytest.mark.parametrize("role", OPENING)
def test_a_role_is_held_from_when_it_is_agreed_to(world: World, sign_in: Callable, role: Role) -> None:
    sign_in(world.reader)
    give(world, world.reader, Role.READER, role)
    (request,) = RoleRequest.select()
    decide_role(world.cdop_coordinator.viewer, request, True)
    assert roles_of(world.reader) == {Role.READER, role}
    assert not SignInSession.select().where(SignInSession.user == world.reader).exists()
    told = OutboxMessage.select().order_by(OutboxMessage.id.desc()).get()
    assert told.to_user == world.manager and "has agreed" in told.body
    with pytest.raises(InvalidInput):
        decide_role(world.cdop_coordinator.viewer, request, False)
    assert list_role_requests(world.manager.viewer) == []


def test_a_refused_role_is_not_held_and_may_be_asked_for_again(world: World) -> None:
    give(world, world.reader, Role.READER, Role.CDOP_MEMBER)
    give(world, User.get_by_id(world.reader.id), Role.READER, Role.CDOP_MEMBER)
    (request,) = RoleRequest.select()
    decide_role(world.cdop_coordinator.viewer, request, False)
    assert roles_of(world.reader) == {Role.READER}
    give(world, User.get_by_id(world.reader.id), Role.READER, Role.CDOP_MEMBER)
    assert RoleRequest.select().count() == 2


def test_nobody_agrees_to_their_own(world: World) -> None:
    second = world.person("second-coordinator", Role.CDOP_COORDINATOR)
    give(world, second, Role.CDOP_COORDINATOR, Role.CDOP_MEMBER)
    (request,) = RoleRequest.select()
    with pytest.raises(Refused):
        decide_role(second.viewer, request, True)
    assert OutboxMessage.get().to_user == world.cdop_coordinator


def test_whoever_gets_a_new_address_is_agreed_to_anew(world: World) -> None:
    give(world, world.cdop_member, Role.CDOP_MEMBER, email="mine@manager.example")
    assert roles_of(world.cdop_member) == set()
    assert [request.role for request in RoleRequest.select()] == [Role.CDOP_MEMBER]
    assert "mine@manager.example" in OutboxMessage.get().body


def test_what_is_held_already_stays_when_something_else_changes(world: World) -> None:
    facts = replace(facts_of(world.cdop_member), name="Designated nurse")
    edit_person(world.manager.viewer, world.cdop_member, facts, world.cdop_member.version)
    assert roles_of(world.cdop_member) == {Role.CDOP_MEMBER}
    assert RoleRequest.select().count() == OutboxMessage.select().count() == 0


def test_a_new_person_waits_too_and_one_who_can_agree_need_not(world: World) -> None:
    asked = frozenset({Role.CDOP_COORDINATOR})
    new = add_person(world.manager.viewer, "new@board.example", "New", asked, None)
    assert new.role_set == frozenset() and RoleRequest.get().user == new
    both = world.person("both", Role.MANAGER, Role.CDOP_COORDINATOR)
    other = add_person(both.viewer, "other@board.example", "Other", asked, None)
    assert other.role_set == asked and RoleRequest.select().count() == 1


def test_it_waits_on_people_and_on_the_first_page_of_who_can_agree(world: World, visit: Callable) -> None:
    give(world, world.reader, Role.READER, Role.CDOP_COORDINATOR)
    people = visit(world.manager).get("/people")
    assert f"Waits for {world.cdop_coordinator.name}" in people.text
    assert "/role-requests/" not in people.source
    lead = world.person("lead-too", Role.AGENCY_LEAD, Role.CDOP_COORDINATOR, agency=world.police)
    assert "Roles that wait for agreement" in visit(lead).get("/my-actions").text
    keeper = visit(world.cdop_coordinator)
    assert world.reader.email in keeper.get("/panel-work").text
    address = f"/role-requests/{RoleRequest.get().id}"
    assert visit(world.manager).post(address, {"decision": "agree"}).status in {403, 404}
    assert keeper.post(address, {"decision": "perhaps"}).status == 400
    assert roles_of(world.reader) == {Role.READER}
    keeper.post(address, {"decision": "agree"})
    assert Role.CDOP_COORDINATOR in roles_of(world.reader)
    assert keeper.post(address, {"decision": "refuse"}).status == 404


def test_without_a_mail_server_no_link_is_shown_that_opens_more(
    app: Flask, world: World, visit: Callable
) -> None:
    manager = visit(world.manager)
    review = world.review(is_restricted=True)
    name_person(SYSTEM, review, world.chair)
    give(world, world.reader, Role.READER, Role.CDOP_MEMBER)
    for person in (world.cdop_coordinator, world.cdop_member, world.reader):
        before = PasswordLink.select().count()
        answer = manager.post(f"/people/{person.id}/link", {})
        assert "/password/" not in answer.source and PasswordLink.select().count() == before, person.email
    shown = manager.post(f"/people/{world.police_lead.id}/link", {})
    assert "/password/" in shown.source


def test_no_link_is_shown_of_somebody_named_where_the_manager_is_not(world: World, visit: Callable) -> None:
    second = world.person("second-manager", Role.MANAGER)
    review = world.review(is_restricted=True)
    name_person(SYSTEM, review, world.chair)
    assert "/password/" not in visit(second).post(f"/people/{world.chair.id}/link", {}).source
    with pytest.raises(Refused):
        name_person(second.viewer, review, second)


def test_a_new_address_is_named_anew_on_restricted_reviews(world: World, sign_in: Callable) -> None:
    second = world.person("second-manager", Role.MANAGER)
    closed, own = world.review(is_restricted=True), world.review(is_restricted=True)
    for person in (world.chair, world.second_chair):
        name_person(world.manager.viewer, closed, person)
    name_person(world.manager.viewer, own, world.chair)
    name_person(world.manager.viewer, own, second)
    facts = replace(facts_of(world.chair), email="mine@manager.example")
    before = OutboxMessage.select().count()
    edit_person(second.viewer, world.chair, facts, world.chair.version)
    assert not is_named(closed, world.chair.id) and is_named(own, world.chair.id), "open to who changed it"
    told = list(OutboxMessage.select().order_by(OutboxMessage.id).offset(before))
    assert {message.to_user for message in told} == {world.manager, world.second_chair}
    assert all(
        "mine@manager.example" in message.body and message.items.get().review_id == closed.id
        for message in told
    )
    chair = sign_in(User.get_by_id(world.chair.id))
    assert chair.get(f"/reviews/{closed.reference}").status_code == 404
    name_person(world.manager.viewer, closed, User.get_by_id(world.chair.id))
    assert chair.get(f"/reviews/{closed.reference}").status_code == 200


def test_the_only_one_named_keeps_their_address_until_somebody_can_agree(world: World) -> None:
    second = world.person("second-manager", Role.MANAGER)
    review = world.review(is_restricted=True)
    facts = replace(facts_of(world.manager), email="mine@manager.example")
    with pytest.raises(InvalidInput) as refused:
        edit_person(second.viewer, world.manager, facts, world.manager.version)
    assert "Ask Manager first" in refused.value.errors["email"]
    assert review.reference not in str(refused.value.errors)
    assert User.get_by_id(world.manager.id).email == "manager@board.example" and is_named(
        review, world.manager.id
    )
    own = replace(facts_of(second), email="second@board.example")
    assert edit_person(second.viewer, second, own, second.version).email == "second@board.example"


def test_who_is_named_already_is_told_of_another(world: World) -> None:
    review = world.review(is_restricted=True)
    name_person(world.manager.viewer, review, world.chair)
    assert not OutboxMessage.select().exists(), "the only one named has done it"
    name_person(world.manager.viewer, review, world.second_chair)
    (message,) = OutboxMessage.select()
    assert message.to_user == world.chair and review.reference in message.subject
    assert "Manager has named Second chair (second-chair@board.example)" in message.body
    assert message.items.get().review_id == review.id
    name_person(SYSTEM, review, world.reader)
    last = OutboxMessage.select().where(OutboxMessage.id > message.id)
    assert {each.to_user for each in last} == {world.manager, world.chair, world.second_chair}


def test_the_command_gives_the_first_role_and_prints_a_link(world: World, settings: Settings) -> None:
    give(world, world.reader, Role.READER, Role.CDOP_COORDINATOR)
    command = ("add-user", world.reader.email, "--name", "x", "--role", "cdop-coordinator")
    done = flask(settings, *command)
    assert done.returncode == 0 and "CDOP co-ordinator" in done.stdout, done.stderr
    assert roles_of(world.reader) == {Role.READER, Role.CDOP_COORDINATOR}
    assert flask(settings, *command).returncode == 1
    link = flask(settings, "password-link", world.reader.email)
    assert link.returncode == 0 and "/password/" in link.stdout
    assert flask(settings, "password-link", "nobody@board.example").returncode == 1
