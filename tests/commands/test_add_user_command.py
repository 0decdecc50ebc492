"""flask add-user: the way in for the first board manager."""

import re
from urllib.parse import urlsplit

import pytest
from flask import Flask
from lxml import html

from kscb_actions.config import Settings
from kscb_actions.people.models import PasswordLink, User

from ..factories import World
from .running import flask

FIRST = ("add-user", "First@Board.example", "--name", "Board manager", "--role", "manager")


def test_the_printed_link_sets_the_password_once(app: Flask, settings: Settings) -> None:
    done = flask(settings, *FIRST, KSCB_BASE_URL="https://tracker.example")
    assert done.returncode == 0, done.stderr
    (link,) = re.findall(r"^https://tracker\.example/password/\S+$", done.stdout, re.MULTILINE)
    person = User.get()
    assert (person.email, person.name, person.roles) == ("first@board.example", "Board manager", "manager")
    client, path = app.test_client(), urlsplit(link).path
    page = html.fromstring(client.get(path).text)
    (form,) = page.xpath("//main//form")
    fields = dict(form.fields)
    fields.update({box.name: "orchard-lantern-ferry" for box in form.xpath(".//input[@type='password']")})
    assert client.post(path, data=fields).status_code == 302
    assert User.get().password_hash
    again = app.test_client().get(path)
    assert again.status_code == 404
    assert not html.fromstring(again.text).xpath("//input[@type='password']")


def test_several_roles_and_an_agency_are_taken(world: World, settings: Settings) -> None:
    roles = ("--role", "agency-lead", "--role", "chair", "--agency", "kpol")
    done = flask(settings, "add-user", "two@board.example", "--name", "Two roles", *roles)
    assert done.returncode == 0, done.stderr
    person = User.get(User.email == "two@board.example")
    assert (person.roles, person.agency) == ("agency_lead,chair", world.police)


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("no-address", "--name", "N", "--role", "manager"), "Enter an email address"),
        (("manager@board.example", "--name", "N", "--role", "manager"), "recorded already"),
        (("new@board.example", "--name", " ", "--role", "manager"), "post or name"),
        (
            ("new@board.example", "--name", "N", "--role", "king"),
            "There is no role “king”. Choose from manager",
        ),
        (("new@board.example", "--name", "N", "--role", "agency-lead"), "belongs to an agency"),
        (
            ("new@board.example", "--name", "N", "--role", "agency_lead", "--agency", "NONE"),
            "There is no agency “NONE”. Agencies recorded: KPOL, KPRO, NHSK.",
        ),
        (("new@board.example", "--name", "N"), "Missing option '--role'"),
        (("new@board.example", "--role", "manager"), "Missing option '--name'"),
    ],
)
def test_bad_input_is_explained_and_adds_nobody(
    world: World, settings: Settings, arguments: tuple[str, ...], words: str
) -> None:
    people, links = User.select().count(), PasswordLink.select().count()
    done = flask(settings, "add-user", *arguments)
    assert done.returncode != 0
    assert words in done.stderr.replace("\n", " ")
    assert "Traceback" not in done.stderr
    assert (done.stdout, User.select().count(), PasswordLink.select().count()) == ("", people, links)
