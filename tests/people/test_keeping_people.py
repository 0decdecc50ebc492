"""Keeping agencies and people: what a manager types, what it changes, and who else may."""

import re
from collections.abc import Callable
from dataclasses import replace
from datetime import date
from html import unescape

import pytest
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.datastructures import MultiDict

from kscb_actions.access.policy import SYSTEM, Role
from kscb_actions.actions.handover import hand_over, switch_off
from kscb_actions.actions.models import Action
from kscb_actions.audit.models import AuditEvent
from kscb_actions.mail.models import OutboxMessage
from kscb_actions.people.models import Agency, SignInSession, User
from kscb_actions.people.service import PersonFacts, edit_agency, edit_person
from kscb_actions.reviews.models import NamedPerson
from kscb_actions.text import InvalidInput

from ..factories import World
from ..queries import counted

DUE = date(2012, 5, 1)


@pytest.fixture
def manager(world: World, sign_in: Callable) -> FlaskClient:
    """Return the manager's browser."""
    client: FlaskClient = sign_in(world.manager)
    return client


@pytest.fixture
def send(manager: FlaskClient, csrf_token: str) -> Callable:
    """Send a form as the manager."""

    def post(path: str, **fields: object) -> tuple[int, str]:
        data = MultiDict([("csrf_token", csrf_token)])
        for name, value in fields.items():
            data.setlist(name, value if isinstance(value, list) else [value])
        answer = manager.post(path, data=data)
        return answer.status_code, unescape(answer.text)

    return post


def new_person(world: World, **changes: object) -> dict[str, object]:
    """Return a good form of a new person, changed as told."""
    facts = {
        "email": "new@police.example",
        "name": "New lead",
        "agency": world.police.id,
        "roles": "agency_lead",
    }
    return {**facts, **changes}


def test_people_stand_under_their_agency(manager: FlaskClient, world: World) -> None:
    page = manager.get("/people").text
    groups = re.split(r"<h2 ", page)
    (police,) = [group for group in groups if "Kent Police" in group]
    assert "Police lead" in police and "Agency lead" in police and "Health lead" not in police
    (board,) = [group for group in groups if "The Board itself" in group]
    assert "Board manager" in board and "No password, no link" in board


def test_a_new_person_gets_an_invitation_and_the_link_is_shown_once(
    app: Flask, send: Callable, manager: FlaskClient, world: World
) -> None:
    status, page = send("/people/new", **new_person(world))
    assert status == 200
    (link,) = re.findall(r"http://127\.0\.0\.1:5000(/password/[\w-]+)", page)
    assert app.test_client().get(link).status_code == 200
    person = User.get(User.email == "new@police.example")
    assert (person.name, person.agency, person.roles) == ("New lead", world.police, "agency_lead")
    assert OutboxMessage.get().to_user == person
    again = manager.get("/people").text
    assert link not in again and "Invited, no password yet" in again
    assert all(link.rsplit("/", 1)[1] not in str(row) for row in AuditEvent.select().tuples())


def test_with_a_mail_server_the_link_goes_by_mail_alone(app: Flask, send: Callable, world: World) -> None:
    app.config["SETTINGS"] = replace(app.config["SETTINGS"], mail="smtp://mail.board.example")
    status, page = send("/people/new", **new_person(world))
    assert status == 302 and "/password/" not in page
    assert "/password/" in OutboxMessage.get().body


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"email": ""}, "Enter an email address"),
        ({"email": "no-at-sign"}, "Enter an email address"),
        ({"email": "a@b"}, "Enter an email address"),
        ({"email": "x" * 250 + "@b.example"}, "Enter an email address"),
        ({"email": "a@b.example\nBcc: c@d.example"}, "Enter an email address"),
        ({"email": "new@police.example; old@police.example"}, "There is a ‘;’ in the address"),
        ({"email": " POLICE-LEAD@board.example "}, "recorded already"),
        ({"name": ""}, "Enter the person’s post"),
        ({"name": "\x00\x01"}, "Enter the person’s post"),
        ({"name": "x" * 121}, "at most 120"),
        ({"roles": []}, "Choose at least one role"),
        ({"roles": ["emperor"]}, "Choose from the list"),
        ({"agency": ""}, "An agency lead belongs to an agency"),
        ({"agency": "", "roles": ["board_member"]}, "An agency’s Board member belongs to an agency"),
        ({"agency": "9999"}, "Choose from the list"),
        ({"agency": "x; DROP TABLE agency"}, "Choose from the list"),
    ],
)
def test_a_person_typed_wrongly_is_told_why_and_nothing_changes(
    send: Callable, world: World, changes: dict[str, object], message: str
) -> None:
    before = list(User.select().tuples())
    status, page = send("/people/new", **new_person(world, **changes))
    assert (status, message in page) == (200, True)
    assert "There is a problem" in page
    assert "Error: " in page
    assert list(User.select().tuples()) == before
    if "name" not in changes:
        assert 'value="New lead"' in page


def test_a_person_can_be_changed(send: Callable, world: World) -> None:
    facts = new_person(world, email="other@nhs.example", name="Other 😀", agency=world.health.id)
    status, _ = send(f"/people/{world.police_lead.id}", version=1, **facts)
    person = User.get_by_id(world.police_lead.id)
    assert status == 302
    assert (person.email, person.name, person.agency) == ("other@nhs.example", "Other 😀", world.health)
    assert person.is_active


def test_the_second_of_two_editors_sees_both_texts(send: Callable, world: World) -> None:
    facts = PersonFacts(world.reader.email, "Lay member", frozenset({Role.READER}), None)
    edit_person(SYSTEM, User.get_by_id(world.reader.id), facts, 1)
    mine = {"email": world.reader.email, "name": "Independent chair", "agency": "", "roles": "reader"}
    status, page = send(f"/people/{world.reader.id}", version=1, **mine)
    assert status == 409
    assert "Lay member" in page and "Independent chair" in page
    assert User.get_by_id(world.reader.id).name == "Lay member"
    version = re.search(r'name="version"[^>]*value="(\d+)"', page).group(1)  # type: ignore[union-attr]
    assert send(f"/people/{world.reader.id}", version=version, **mine)[0] == 302
    assert User.get_by_id(world.reader.id).name == "Independent chair"


def test_a_manager_cannot_take_their_own_access_away(send: Callable, world: World) -> None:
    facts = {"email": world.manager.email, "name": "Manager", "agency": "", "roles": "reader"}
    status, page = send(f"/people/{world.manager.id}", version=1, **facts)
    assert "You cannot take your own access away" in page and status == 200
    status, page = send(f"/people/{world.manager.id}/switch-off")
    assert "You cannot take your own access away" in page
    assert User.get_by_id(world.manager.id).is_active


@pytest.mark.parametrize("changes", [{"agency": "health"}, {"roles": "reader"}])
def test_a_lead_moves_only_when_their_actions_are_handed_over(
    send: Callable, world: World, changes: dict[str, str]
) -> None:
    world.action(DUE)
    given = {"agency": world.health.id} if "agency" in changes else changes
    facts = new_person(world, email=world.police_lead.email, **given)
    status, page = send(f"/people/{world.police_lead.id}", version=1, **facts)
    assert status == 200 and "Hand them over first" in page
    assert User.get_by_id(world.police_lead.id).version == 1


def test_switching_off_hands_all_open_actions_over_in_one_step(
    send: Callable, manager: FlaskClient, world: World, sign_in: Callable
) -> None:
    successor = world.person("second-police-lead", Role.AGENCY_LEAD, agency=world.police)
    open_actions = [world.action(DUE), world.action(None)]
    done = world.decision(world.action(DUE))
    theirs = sign_in(world.police_lead)
    page = manager.get(f"/people/{world.police_lead.id}/switch-off").text
    assert "2 open actions" in page and open_actions[0].reference in page and done.reference not in page
    assert "Health lead" not in page
    path = f"/people/{world.police_lead.id}/switch-off"
    assert "Choose who takes the actions over." in send(path)[1]
    assert send(path, successor=str(successor.id))[0] == 302
    leads = {action.id: action.lead_id for action in Action.select()}
    assert leads == {**{each.id: successor.id for each in open_actions}, done.id: world.police_lead.id}
    events = AuditEvent.select().where(AuditEvent.event == "action.handed-over")
    assert sorted(event.action_id for event in events) == sorted(each.id for each in open_actions)
    assert not User.get_by_id(world.police_lead.id).is_active
    assert theirs.get("/account").status_code == 302
    assert not SignInSession.select().where(SignInSession.user == world.police_lead).exists()


def test_switching_off_without_a_successor_leaves_the_actions(send: Callable, world: World) -> None:
    action = world.action(DUE)
    assert send(f"/people/{world.police_lead.id}/switch-off", successor="nobody")[0] == 302
    assert Action.get_by_id(action.id).lead == world.police_lead
    assert send(f"/people/{world.police_lead.id}/switch-on")[0] == 302
    assert User.get_by_id(world.police_lead.id).is_active


@pytest.mark.parametrize("name", ["police_lead", "health_lead", "reader"])
def test_actions_are_handed_to_an_active_lead_of_the_agency_only(world: World, name: str) -> None:
    action = world.action(DUE)
    with pytest.raises(InvalidInput) as wrong:
        hand_over(world.manager.viewer, world.police_lead, getattr(world, name))
    assert set(wrong.value.errors) == {"successor"}
    assert Action.get_by_id(action.id).lead == world.police_lead


def test_a_successor_must_be_named_on_a_restricted_review(world: World) -> None:
    successor = world.person("second-police-lead", Role.AGENCY_LEAD, agency=world.police)
    plain, kept = world.action(DUE), world.action(DUE)
    restrict(world, kept, world.manager)
    with pytest.raises(InvalidInput, match="is restricted"):
        switch_off(world.manager.viewer, world.police_lead, successor)
    assert Action.get_by_id(plain.id).lead == world.police_lead, "all or none"
    assert User.get_by_id(world.police_lead.id).is_active


def test_actions_of_a_hidden_review_move_no_count(manager: FlaskClient, world: World) -> None:
    path = f"/people/{world.police_lead.id}/switch-off"
    action = world.action(DUE)
    assert "1 open action" in manager.get(path).text
    restrict(world, action, world.chair)
    page = manager.get(path).text
    assert "They lead no open action." in page and action.reference not in page


def restrict(world: World, action: Action, named: User) -> None:
    """Restrict an action's review to one person, below the services: what is tested is reading."""
    from kscb_actions import database

    with database.writing():
        action.review.is_restricted = True
        action.review.save()
        NamedPerson.get_or_create(review=action.review, user=named)


def test_an_agency_is_recorded_changed_and_taken_out_of_use(send: Callable, world: World) -> None:
    assert send("/agencies/new", code="kcc-1", name="  Kent   County Council ")[0] == 302
    agency = Agency.get(Agency.code == "KCC-1")
    assert agency.name == "Kent County Council"
    assert send("/agencies/KCC-1", version=1, name="County Council", in_use="no")[0] == 302
    agency = Agency.get(Agency.code == "KCC-1")
    assert (agency.name, agency.is_active) == ("County Council", False)


@pytest.mark.parametrize(
    ("code", "name", "message"),
    [
        ("", "An agency", "Enter a short code"),
        ("A" * 13, "An agency", "Enter a short code"),
        ("K/P", "An agency", "Enter a short code"),
        ("É", "An agency", "Enter a short code"),
        ("-", "An agency", "Enter a short code"),
        ("kpol", "An agency", "Another agency has this code"),
        ("NEW", "", "Enter the agency’s name"),
        ("NEW", "\x07", "Enter the agency’s name"),
        ("NEW", "x" * 121, "at most 120"),
        ("NEW", "Kent  Police", "Another agency has this name"),
    ],
)
def test_an_agency_typed_wrongly_is_told_why_and_nothing_changes(
    send: Callable, world: World, code: str, name: str, message: str
) -> None:
    before = list(Agency.select().tuples())
    status, page = send("/agencies/new", code=code, name=name)
    assert (status, message in page) == (200, True)
    assert list(Agency.select().tuples()) == before


@pytest.mark.parametrize("in_use", ["", "perhaps"])
def test_whether_an_agency_is_in_use_must_be_said(send: Callable, world: World, in_use: str) -> None:
    status, page = send("/agencies/KPOL", version=1, name="Kent Police", in_use=in_use)
    assert status == 200 and "Say whether the agency is in use." in page


def test_the_second_editor_of_an_agency_sees_both_texts(send: Callable, world: World) -> None:
    edit_agency(SYSTEM, Agency.get(Agency.code == "KPOL"), "Kent Constabulary", True, 1)
    status, page = send("/agencies/KPOL", version=1, name="The police", in_use="yes")
    assert status == 409 and "Kent Constabulary" in page and "The police" in page


def test_a_new_link_needs_an_account_that_is_on(send: Callable, world: World) -> None:
    assert "/password/" in send(f"/people/{world.reader.id}/link")[1]
    send(f"/people/{world.reader.id}/switch-off")
    assert "/password/" not in send(f"/people/{world.reader.id}/link")[1]


@pytest.mark.parametrize(
    "path", ["/people/999999", "/people/99999999999999999999", "/agencies/NONE", "/people/-1"]
)
def test_what_is_not_there_is_not_found(manager: FlaskClient, path: str) -> None:
    assert manager.get(path).status_code == 404


PATHS = ("/people", "/people/new", "/people/{id}", "/people/{id}/hand-over", "/people/{id}/switch-off",
         "/agencies/new", "/agencies/KPOL")  # fmt: skip


@pytest.mark.parametrize("role", ["chair", "police_lead", "reader", "cdop_member", "cdop_coordinator"])
def test_people_are_kept_by_managers_alone(
    world: World, sign_in: Callable, csrf_token: str, role: str
) -> None:
    client = sign_in(getattr(world, role))
    for path in PATHS:
        address = path.format(id=world.reader.id)
        got = client.get(address).status_code
        posted = client.post(address, data={"csrf_token": csrf_token}).status_code
        assert {got, posted} <= {403, 404, 405}, (address, got, posted)


def test_the_list_takes_the_same_queries_for_few_and_many(manager: FlaskClient, world: World) -> None:
    def queries() -> int:
        with counted() as count:
            assert manager.get("/people").status_code == 200
        return int(count)

    queries()
    few = queries()
    for number in range(30):
        world.person(f"lead-{number}", Role.AGENCY_LEAD, agency=world.police)
    assert queries() == few <= 10


@pytest.mark.parametrize("role", ["independent_chair", "board_member", "subgroup_member"])
def test_the_roles_of_challenges_are_given_where_people_are_kept(
    send: Callable, world: World, role: str
) -> None:
    status, _ = send("/people/new", **new_person(world, roles=[role]))
    assert status in (200, 302)
    assert User.select().order_by(User.id.desc()).first().roles == role
