"""Guessing at every door is counted, each apart, and the owner always gets in by a mailed link."""

import ast
import re
from collections.abc import Callable
from pathlib import Path

import pytest
from flask import Flask

import kscb_actions
from kscb_actions.access.policy import SYSTEM, Role
from kscb_actions.audit.models import AuditEvent
from kscb_actions.audit.service import rehearsal
from kscb_actions.mail.letters import send_reset
from kscb_actions.mail.models import OutboxMessage
from kscb_actions.people.models import PasswordLink, SignInAttempt, User
from kscb_actions.people.rules import RESETS, TRIES
from kscb_actions.people.service import edit_person, facts_of
from kscb_actions.people.sign_in import TOO_MANY, Door, may_request_link, reauthenticate
from kscb_actions.text import InvalidInput

from ..factories import World
from ..queries import counted
from .visitor import PASSWORD, Visitor, with_password

ROOT = Path(kscb_actions.__file__).parent
NEW = "ferry lantern orchard"


@pytest.fixture
def reader(world: World) -> User:
    """Return somebody who can sign in."""
    return with_password(world.reader)


def ask_for_link(app: Flask, email: str) -> None:
    """Ask for a new password as anybody may."""
    visitor = Visitor(app)
    data = {"csrf_token": visitor.token("/forgotten-password"), "email": email}
    assert visitor.client.post("/forgotten-password", data=data).status_code == 302


def compares(source: str) -> bool:
    """Return whether this source compares a password with the one that is kept."""
    if not any(each in source for each in ("matches", "verify_password", "HASHER.verify")):
        return False
    calls = (node.func for node in ast.walk(ast.parse(source)) if isinstance(node, ast.Call))
    names = {getattr(func, "attr", getattr(func, "id", "")) for func in calls}
    return bool(names & {"matches", "verify_password"}) or "HASHER.verify" in source


def test_passwords_are_compared_behind_the_counters_alone() -> None:
    found = {
        str(path.relative_to(ROOT))
        for path in ROOT.rglob("*.py")
        if compares(path.read_text(encoding="utf-8"))
    }
    assert found == {"people/sign_in.py", "people/passwords.py"}
    assert compares("def f(u, p):\n    return passwords.matches(u.password_hash, p)")


def test_a_guess_beside_another_mistake_is_told_and_counted_like_any_other(
    visit: Callable, reader: User
) -> None:
    browser = visit(reader)
    with rehearsal(), pytest.raises(InvalidInput):
        reauthenticate(reader.viewer, "not it at all")
    refused = AuditEvent.select().where(AuditEvent.event == "person.password-refused")
    answer = browser.post("/account", {"present_password": "guess", "password": "short"})
    assert set(answer.errors) == {"present_password", "password"}
    assert refused.count() == 2
    # The right one is no mistake, and what is wrong beside it still is.
    assert set(browser.post("/account", {"present_password": PASSWORD, "password": "short"}).errors) == {
        "password"
    }
    for number in range(9):
        browser.post("/account", {"present_password": f"guess {number}", "password": "short"})
    told = browser.post("/account", {"present_password": PASSWORD, "password": "short"}).errors
    assert told["present_password"] == TOO_MANY


def test_the_present_password_is_guessed_ten_times_and_no_more(visit: Callable, reader: User) -> None:
    browser = visit(reader)
    said = []
    for number in range(40):
        answer = browser.post("/account", {"present_password": f"guess {number}", "password": NEW})
        said.append(answer.errors["present_password"])
    assert said == ["This is not your present password."] * TRIES + [TOO_MANY] * (40 - TRIES)
    right = browser.post("/account", {"present_password": PASSWORD, "password": NEW})
    assert right.errors == {"present_password": TOO_MANY}
    events = AuditEvent.select().where(AuditEvent.event == "person.password-refused")
    assert events.count() == TRIES


def test_each_door_is_counted_apart(app: Flask, visit: Callable, reader: User) -> None:
    stranger = Visitor(app)
    typed = [reader.email, f"{Door.RESET} {reader.email}", f"{Door.AGAIN} {reader.id}"]
    for email in (*typed, f"{Door.RESET}\n{reader.email}", f"{Door.OWN_ACCOUNT}\n{reader.id}"):
        for _ in range(TRIES + 1):
            stranger.sign_in(email, "not it at all")
    assert stranger.sign_in(reader.email).status_code == 429
    assert reauthenticate(reader.viewer, PASSWORD)
    browser = visit(reader)
    for number in range(TRIES + 1):
        browser.post("/account", {"present_password": f"guess {number}", "password": NEW})
    assert reauthenticate(reader.viewer, PASSWORD)
    for _ in range(TRIES + 1):
        with pytest.raises(InvalidInput):
            reauthenticate(reader.viewer, "not it at all")
    assert may_request_link(reader.email)


def test_the_owner_gets_in_by_a_mailed_link_while_strangers_guess(app: Flask, reader: User) -> None:
    stranger, owner = Visitor(app), Visitor(app)
    for email in (reader.email, f"link {reader.email}", f"link\n{reader.email}"):
        for _ in range(TRIES + 1):
            stranger.sign_in(email, "not it at all")
    assert owner.sign_in(reader.email).status_code == 429
    for _ in range(RESETS):
        ask_for_link(app, reader.email)
    assert OutboxMessage.select().count() == RESETS, "what a stranger asks for is mailed to the owner"
    path = re.search(r"/password/\S+", OutboxMessage.get().body).group()  # type: ignore[union-attr]
    owner.client.post(path, data={"csrf_token": owner.token(path), "password": NEW})
    for _ in range(TRIES + 1):
        stranger.sign_in(reader.email, "not it at all")
    assert owner.sign_in(reader.email, NEW).status_code == 302 and owner.is_in()
    assert owner.client.get(path).status_code == 404, "a link works once"


def work(email: str) -> list[str]:
    """Return what the database is asked for when this address wants a new password."""
    with counted() as count:
        send_reset(email, "KSCB", "https://tracker.example")
    return [sql for sql in count.queries if not sql.startswith(("SAVEPOINT", "ROLLBACK TO", "RELEASE"))]


def test_a_reset_does_the_same_work_whoever_asks(world: World, reader: User) -> None:
    off = world.person("off", Role.READER)
    edit_person(SYSTEM, off, facts_of(off), off.version, is_active=False)
    first = User.select().order_by(User.id).first()
    known = work(reader.email)
    kept = [model.select().count() for model in (OutboxMessage, PasswordLink, AuditEvent)]
    assert work("nobody@board.example") == work(off.email) == known
    assert sum(sql.startswith("INSERT") for sql in known) == 4
    assert kept == [model.select().count() for model in (OutboxMessage, PasswordLink, AuditEvent)]
    assert kept[:2] == [1, 1] and OutboxMessage.get().to_user == reader != first
    assert SignInAttempt.select().count() == 3
