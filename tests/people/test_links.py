"""Passwords and the single-use links that set them."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from flask import Flask

from kscb_actions import clock, database
from kscb_actions.access.policy import SYSTEM
from kscb_actions.people.models import PasswordLink, User
from kscb_actions.people.passwords import matches, token_hash
from kscb_actions.people.rules import INVITATION_DAYS, RESET_HOURS
from kscb_actions.people.service import (
    change_password,
    edit_person,
    facts_of,
    invite,
    set_password_by_link,
)
from kscb_actions.text import InvalidInput

from ..factories import World
from .visitor import PASSWORD, Visitor, with_password

NEW = "ferry lantern orchard"


def use(app: Flask, token: str, password: str = NEW) -> int:
    """Set a password at the link's page; the status of the answer (404: the link is dead)."""
    visitor = Visitor(app)
    data = {"csrf_token": visitor.token("/sign-in"), "password": password}
    return visitor.client.post(f"/password/{token}", data=data).status_code


def test_a_link_sets_a_password_once(app: Flask, world: World) -> None:
    token = invite(world.reader)
    assert use(app, token) == 302
    assert use(app, token, "another long password") == 404
    assert Visitor(app).sign_in(world.reader.email, NEW).status_code == 302


def test_two_who_use_one_link_at_once_do_not_both_set_a_password(app: Flask, world: World) -> None:
    token = invite(world.reader)

    def attempt(number: int) -> User | None:
        with database.db.connection_context():
            return set_password_by_link(token, f"ferry lantern {number} orchard")

    with ThreadPoolExecutor(6) as pool:
        used = [person for person in pool.map(attempt, range(6)) if person]
    assert len(used) == 1
    assert User.get_by_id(world.reader.id).password_hash == used[0].password_hash


def test_a_weak_password_does_not_use_the_link_up(app: Flask, world: World) -> None:
    token = invite(world.reader)
    assert use(app, token, "short") == 200
    assert use(app, token) == 302


@pytest.mark.parametrize(
    ("passed", "status"),
    [(timedelta(days=INVITATION_DAYS, seconds=-5), 302), (timedelta(days=INVITATION_DAYS, seconds=1), 404)],
)
def test_an_invitation_works_for_seven_days(app: Flask, world: World, passed: timedelta, status: int) -> None:
    token = invite(world.reader)
    with database.writing(PasswordLink):
        PasswordLink.update(expires_at=PasswordLink.get().expires_at - passed).execute()
    assert use(app, token) == status


def test_a_link_somebody_asked_for_works_for_two_hours(world: World) -> None:
    invite(world.reader, timedelta(hours=RESET_HOURS))
    left = PasswordLink.get().expires_at - clock.real_now()
    assert timedelta(hours=1, minutes=59) < left <= timedelta(hours=2)


def test_a_newer_invitation_ends_the_earlier_one(app: Flask, world: World) -> None:
    first, second = invite(world.reader), invite(world.reader)
    assert use(app, first) == 404
    assert use(app, second) == 302


def test_a_link_dies_with_the_account_and_stays_dead(app: Flask, world: World) -> None:
    token = invite(world.reader)
    person = edit_person(SYSTEM, world.reader, facts_of(world.reader), 1, is_active=False)
    assert use(app, token) == 404
    edit_person(SYSTEM, person, facts_of(person), person.version, is_active=True)
    assert use(app, token) == 404


def test_a_link_dies_with_a_new_address_or_password(app: Flask, world: World) -> None:
    token = invite(world.reader)
    with_password(world.reader)
    assert use(app, token) == 404


@pytest.mark.parametrize("token", ["x", "..", "%00", "é", "a" * 2000, "%ED%A0%80"])
def test_an_invented_link_is_a_dead_one(app: Flask, token: str) -> None:
    answer = app.test_client().get(f"/password/{token}")
    assert answer.status_code == 404


def test_the_row_does_not_hold_the_link(world: World) -> None:
    token = invite(world.reader)
    assert PasswordLink.get().token_hash == token_hash(token) != token


def test_changing_a_password_needs_the_present_one(world: World) -> None:
    person = with_password(world.reader)
    with pytest.raises(InvalidInput) as wrong:
        change_password(person, "not it at all", NEW)
    assert set(wrong.value.errors) == {"present_password"}
    assert matches(User.get_by_id(person.id).password_hash, PASSWORD)
