"""The password asked again: nothing without it, guessing runs dry, and the sign-in page cannot use it up."""

from collections.abc import Callable
from typing import Any

import pytest
from flask import Flask, render_template_string, url_for
from lxml import html

from kscb_actions import clock
from kscb_actions.access.policy import SYSTEM
from kscb_actions.audit.models import AuditEvent
from kscb_actions.database import writing
from kscb_actions.people.models import SignInAttempt, User
from kscb_actions.people.rules import TRIES, TRIES_WITHIN
from kscb_actions.people.service import edit_person, facts_of
from kscb_actions.people.sign_in import TOO_MANY, WRONG, reauthenticate
from kscb_actions.text import InvalidInput
from kscb_actions.web.people.reauthentication import reauthenticated
from kscb_actions.web.shared.guard import SIGNED_IN, guarded

from ..factories import World
from .visitor import PASSWORD, Visitor, with_password


@pytest.fixture
def app(own_app: Flask) -> Flask:
    """Return an application of its own, to add a page to."""
    return own_app


@pytest.fixture
def member(world: World) -> User:
    """Return a panel member with a password."""
    return with_password(world.cdop_member)


@pytest.fixture
def address(app: Flask) -> str:
    """Return the address of a page that hands something out."""

    def paper() -> Any:
        return reauthenticated("the paper", back=url_for("home.index"), answer=lambda: "the paper itself")

    app.add_url_rule("/paper", "paper", guarded(paper, SIGNED_IN), methods=["GET", "POST"])
    return "/paper"


def refused(user: User, password: str) -> str:
    """Return what is said of a password that is not taken."""
    with pytest.raises(InvalidInput) as wrong:
        reauthenticate(user.viewer, password)
    return wrong.value.errors["password"]


def test_the_right_password_is_taken_and_leaves_no_try_behind(member: User) -> None:
    assert reauthenticate(member.viewer, PASSWORD) is True
    assert SignInAttempt.select().count() == 0


@pytest.mark.parametrize("password", ["", "not it at all", PASSWORD.upper(), "\x00", "😀" * 1000])
def test_a_wrong_one_is_refused_and_told(member: User, password: str) -> None:
    assert refused(member, password) == WRONG
    assert AuditEvent.select().where(AuditEvent.event == "person.password-refused").count() == 1


def test_guessing_runs_dry_even_for_the_right_one_and_comes_back(member: User) -> None:
    for _ in range(TRIES):
        assert refused(member, "not it at all") == WRONG
    assert refused(member, PASSWORD) == TOO_MANY
    with writing(SignInAttempt):
        SignInAttempt.update(at=clock.real_now() - TRIES_WITHIN).execute()
    assert reauthenticate(member.viewer, PASSWORD)


def test_tries_of_strangers_at_the_sign_in_page_use_nothing_up(app: Flask, member: User) -> None:
    visitor = Visitor(app)
    for typed in (member.email, f"again {member.id}", f"again\n{member.id}"):
        for _ in range(TRIES):
            visitor.sign_in(typed, "not it at all")
    assert SignInAttempt.select().count() == 2 * TRIES
    assert reauthenticate(member.viewer, PASSWORD)


def test_nobody_without_a_password_or_switched_off_is_let_through(world: World, member: User) -> None:
    assert refused(world.cdop_coordinator, "") == WRONG
    edit_person(SYSTEM, member, facts_of(member), member.version, is_active=False)
    assert refused(member, PASSWORD) == WRONG


def test_the_page_hands_out_only_with_the_password(visit: Callable, member: User, address: str) -> None:
    visitor = visit(member)
    assert "Your password again" in visitor.get(address).text
    wrong = visitor.post(address, {"password": "not it at all", "year": "2011-12"})
    assert wrong.errors == {"password": WRONG}
    assert wrong.value("year") == "2011-12"
    assert visitor.post(address).errors == {"password": "Enter your password."}
    assert "the paper itself" not in wrong.source
    assert visitor.post(address, {"password": PASSWORD}).source == "the paper itself"


def test_without_its_token_nothing_is_handed_out(sign_in: Callable, member: User, address: str) -> None:
    answer = sign_in(member).post(address, data={"password": PASSWORD})
    assert answer.status_code >= 400
    assert "the paper itself" not in answer.get_data(as_text=True)


def test_the_form_on_another_page_leads_there(app: Flask, address: str) -> None:
    with app.test_request_context():
        page = render_template_string(
            '{% from "components/password_again.html" import password_again %}'
            '{{ password_again("/paper", "the paper", [("year", "<b>")], id="paper") }}'
        )
    form = html.fromstring(page).xpath("//form[@method='post'][@action='/paper']")[0]
    assert form.xpath(".//input[@name='csrf_token']/@value")[0]
    assert form.xpath(".//input[@name='year']/@value") == ["<b>"]
    assert form.xpath("count(.//label[@for = //input[@type='password']/@id])") == 1
