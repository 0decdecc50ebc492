"""What was typed outlives the session, character for character, and only from our own pages."""

from collections.abc import Callable

import pytest
from flask import Flask
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from werkzeug.datastructures import MultiDict
from werkzeug.test import TestResponse

from kscb_actions import database
from kscb_actions.people.models import Agency, SignInSession, User
from kscb_actions.web.people.resume import KeptForm, kept_before, local_target

from ..factories import World
from ..long import amount
from .visitor import OURS, PASSWORD, Visitor, hidden_fields, with_password

TYPED = MultiDict(
    [
        ("email", "new.lead@police.example"),
        ("name", '  Line one\r\nLine “two” & <b>"three"</b> \t end  '),
        ("roles", "agency_lead"),
        ("roles", "reader"),
        ("roles", "chair"),
        ("kept:odd", "a name like ours"),
        ("empty", ""),
        ("emoji", "😀 é e\u0301 \u00a0 ∑"),
        ("submit", "Save"),
    ]
)


@pytest.fixture
def visitor(app: Flask, world: World) -> Visitor:
    """Return a browser in which the manager was signed in, and whose session has ended."""
    with_password(world.manager)
    opened = Visitor(app)
    opened.sign_in(world.manager.email)
    opened.drawn = opened.token("/agencies/new")
    with database.writing(SignInSession):
        SignInSession.delete().execute()
    return opened


def typed_by(token: str, typed: MultiDict[str, str]) -> MultiDict[str, str]:
    """Return what was typed as it is posted from the page with this token."""
    return MultiDict([("csrf_token", token), *typed.items(multi=True)])


def late(visitor: Visitor, path: str, typed: MultiDict[str, str]) -> TestResponse:
    """Send a page that was open when the session ended."""
    return visitor.client.post(path, data=typed_by(visitor.drawn, typed), headers=OURS)


def sign_in_with(visitor: Visitor, page: str, email: str) -> str:
    """Fill in the page that asks to sign in, with all it carries along; returns the next page."""
    fields = hidden_fields(page)
    fields.add("email", email)
    fields.add("password", PASSWORD)
    answer = visitor.client.post("/sign-in", data=fields, headers=OURS)
    assert answer.status_code == 200
    return answer.text


def without_token(fields: MultiDict[str, str]) -> list[tuple[str, str]]:
    """Return the fields in their order, but for the token."""
    return [(name, value) for name, value in fields.items(multi=True) if name != "csrf_token"]


def test_nothing_typed_is_lost_when_the_session_has_ended(visitor: Visitor, world: World) -> None:
    asked = late(visitor, "/people/new?from=list", TYPED)
    assert asked.status_code == 401
    assert "What you typed is kept" in asked.text
    again = sign_in_with(visitor, asked.text, world.manager.email)
    assert 'action="/people/new?from=list"' in again
    assert without_token(hidden_fields(again)) == list(TYPED.items(multi=True))


def test_what_was_kept_can_be_sent(visitor: Visitor, world: World) -> None:
    typed = MultiDict(
        [
            ("email", "new.lead@police.example"),
            ("name", "New lead"),
            ("agency", str(world.police.id)),
            ("roles", "agency_lead"),
            ("roles", "reader"),
        ]
    )
    asked = late(visitor, "/people/new", typed)
    again = sign_in_with(visitor, asked.text, world.manager.email)
    assert not User.select().where(User.email == "new.lead@police.example").exists()
    visitor.client.post("/people/new", data=hidden_fields(again), headers=OURS)
    added = User.get(User.email == "new.lead@police.example")
    assert (added.name, added.roles, added.agency) == ("New lead", "agency_lead,reader", world.police)


def test_a_wrong_password_on_the_way_loses_nothing(visitor: Visitor, world: World) -> None:
    page = late(visitor, "/people/new", TYPED).text
    fields = hidden_fields(page)
    fields.add("email", world.manager.email)
    fields.add("password", "wrong password")
    page = visitor.client.post("/sign-in", data=fields, headers=OURS).text
    again = sign_in_with(visitor, page, world.manager.email)
    assert without_token(hidden_fields(again)) == list(TYPED.items(multi=True))


def test_a_sign_in_page_that_stood_open_too_long_loses_nothing(visitor: Visitor, world: World) -> None:
    fields = hidden_fields(late(visitor, "/people/new", TYPED).text)
    visitor.client.delete_cookie(visitor.cookie_name)
    page = visitor.client.post("/sign-in", data=fields, headers=OURS).text
    again = sign_in_with(visitor, page, world.manager.email)
    assert without_token(hidden_fields(again)) == list(TYPED.items(multi=True))


def test_signed_in_again_in_another_tab_the_form_can_be_sent_at_once(visitor: Visitor, world: World) -> None:
    visitor.sign_in(world.manager.email)
    page = late(visitor, "/people/new", TYPED)
    assert page.status_code == 200
    assert sorted(without_token(hidden_fields(page.text))) == sorted(TYPED.items(multi=True))


@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"Sec-Fetch-Site": "cross-site"},
        {"Sec-Fetch-Site": "same-site"},
        {"Sec-Fetch-Site": "none"},
        {"Origin": "https://evil.example"},
        {"Origin": "null"},
        {"Origin": "http://localhost.evil.example"},
        {"Sec-Fetch-Site": "cross-site", "Origin": "http://localhost"},
    ],
)
@pytest.mark.parametrize("is_in", [True, False])
def test_a_form_of_another_site_is_not_kept(
    visitor: Visitor, world: World, headers: dict[str, str], is_in: bool
) -> None:
    if is_in:
        visitor.sign_in(world.manager.email)
    answer = visitor.client.post("/agencies/new", data={"code": "EVIL", "name": "Evil twin"}, headers=headers)
    assert answer.status_code == 400
    assert "Evil twin" not in answer.text
    assert not Agency.select().where(Agency.code == "EVIL").exists()


@pytest.mark.parametrize("site", ["cross-site", "same-site", "none"])
def test_what_a_browser_says_is_foreign_is_not_kept_whatever_its_token(visitor: Visitor, site: str) -> None:
    data = {"csrf_token": visitor.drawn, "name": "Evil twin"}
    answer = visitor.client.post("/agencies/new", data=data, headers={"Sec-Fetch-Site": site})
    assert answer.status_code == 400
    assert "Evil twin" not in answer.text and 'name="kept"' not in answer.text


@pytest.mark.parametrize("headers", [{}, {"Origin": "null"}, {"Origin": "http://tracker.example"}])
def test_a_page_of_ours_is_known_by_its_token_whatever_the_browser_says_of_itself(
    visitor: Visitor, world: World, headers: dict[str, str]
) -> None:
    data = {"csrf_token": visitor.drawn, "code": "NEW", "name": "Typed at length"}
    answer = visitor.client.post("/agencies/new", data=data, headers=headers)
    assert answer.status_code == 401
    assert "Typed at length" in sign_in_with(visitor, answer.text, world.manager.email)


def test_what_was_typed_is_for_nobody_else(visitor: Visitor, world: World) -> None:
    """Neither read nor sent by who signs in next, and forgotten then, for its owner too."""
    with_password(world.chair)
    asked = late(visitor, "/reviews/SCR-2011-01/edit?secret=1", TYPED)
    told = ["new.lead@police.example", "Line", "SCR-2011-01", "secret"]
    assert not [each for each in told if each in asked.text]
    fields = hidden_fields(asked.text)
    fields.update({"email": world.chair.email, "password": PASSWORD})
    answer = visitor.client.post("/sign-in", data=fields, headers=OURS)
    assert (answer.status_code, answer.location) == (303, "/")
    page = visitor.client.get("/reviews").text
    assert "has been forgotten" in page
    assert "kept" not in page.split("has been forgotten")[1] and TYPED["email"] not in page


def test_a_page_of_somebody_else_is_not_sent_by_who_is_signed_in(visitor: Visitor, world: World) -> None:
    visitor.sign_in(with_password(world.second_chair).email)
    answer = late(visitor, "/people/new", TYPED)
    assert answer.status_code == 403
    assert "typed by somebody else" in answer.text
    assert TYPED["email"] not in answer.text


@pytest.mark.parametrize("change", [lambda kept: kept[:-9], lambda kept: "x" + kept, lambda _: "é\x00"])
def test_nobody_makes_up_what_was_kept(visitor: Visitor, world: World, change: Callable) -> None:
    fields = hidden_fields(late(visitor, "/people/new", TYPED).text)
    fields.update({"kept": change(fields["kept"]), "email": world.manager.email, "password": PASSWORD})
    fields.setlist("kept", [fields.getlist("kept")[-1]])
    answer = visitor.client.post("/sign-in", data=fields, headers=OURS)
    assert (answer.status_code, answer.location) == (302, "/")


def test_a_password_is_never_carried_along(visitor: Visitor, world: World) -> None:
    typed = MultiDict({"present_password": PASSWORD, "password": "ferry lantern orchard"})
    asked = late(visitor, "/account", typed)
    assert asked.status_code == 401
    assert "lantern" not in asked.text
    fields = hidden_fields(asked.text)
    fields.update({"email": world.manager.email, "password": PASSWORD})
    assert visitor.client.post("/sign-in", data=fields, headers=OURS).location == "/account"


def test_files_are_said_to_be_lost(visitor: Visitor, world: World) -> None:
    data = {"csrf_token": visitor.drawn, "name": "With a file", "upload": (__file__, "evidence.pdf")}
    asked = visitor.client.post("/people/new", data=data, headers=OURS)
    assert "Files cannot be kept" in asked.text
    assert "could not be kept" in sign_in_with(visitor, asked.text, world.manager.email)


def test_signing_out_of_an_ended_session_does_not_ask_to_sign_in(visitor: Visitor) -> None:
    answer = visitor.client.post("/sign-out", data={"csrf_token": "old"}, headers=OURS)
    assert (answer.status_code, answer.location) == (303, "/sign-in")


def test_a_public_form_that_is_too_old_is_shown_again(app: Flask) -> None:
    answer = Visitor(app).client.post("/forgotten-password", data={"email": "a@b.example"}, headers=OURS)
    assert (answer.status_code, answer.location) == (303, "/forgotten-password")


@settings(deadline=None, max_examples=amount(60), suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    st.lists(
        st.tuples(
            st.text(st.characters(codec="utf-8", exclude_characters="\x00\r"), min_size=1, max_size=20),
            st.text(st.characters(codec="utf-8", exclude_characters="\x00\r"), max_size=60),
        ),
        max_size=6,
    )
)
def test_any_fields_are_kept_in_their_order(app: Flask, pairs: list[tuple[str, str]]) -> None:
    """Sealed and opened again: the pages between are covered above."""
    typed = [(name, value) for name, value in pairs if "password" not in name and "csrf_token" not in name]
    with app.test_request_context():
        sealed = KeptForm(7, "/people/new", MultiDict(typed)).sealed
    with app.test_request_context(method="POST", data={"kept": sealed}):
        kept = kept_before()
    assert kept is not None and kept.fields is not None
    assert list(kept.fields.items(multi=True)) == list(MultiDict(typed).items(multi=True))


@pytest.mark.parametrize("target", ["/", "/reviews?a=1&b=/x", "/actions/é", "/a//b", "/people/3#top"])
def test_an_address_on_this_site_is_one(target: str) -> None:
    assert local_target(target) == target


@given(st.text(max_size=20))
def test_no_text_leads_elsewhere(text: str) -> None:
    for target in (text, "/" + text, "//" + text, "/\\" + text):
        kept = local_target(target)
        if kept is not None:
            assert kept[0] == "/" and kept[1:2] not in ("/", "\\")
            assert not any(character in kept for character in "\t\n\r\\ ")
