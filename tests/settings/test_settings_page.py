"""The board's settings: typed by a manager, checked, in force on the next page."""

import re
from collections.abc import Callable
from datetime import date
from html import unescape

import pytest
from flask import Flask
from flask.testing import FlaskClient

from kscb_actions.access.policy import SYSTEM
from kscb_actions.settings.models import Setting
from kscb_actions.settings.queries import get_board, settings_version
from kscb_actions.settings.rules import Board, contrast_with_white
from kscb_actions.settings.service import change_settings

from ..factories import World

GOOD = {
    "name": "Kent Safeguarding Children Board",
    "short_name": "KSCB",
    "colour": "#5d0039",
    "marking": "PROTECT",
    "reply_to": " mailto:Board@Kent.example ",
    "post": "Business manager",
    "telephone": "01622 694 856",
    "due_soon_days": "21",
    "silent_days": "60",
    "many_extensions": "3",
    "impact_months": "9",
    "forms_2018_since": ["1", "9", "2018"],
    "guidance": "practice",
}


@pytest.fixture
def send(world: World, sign_in: Callable, csrf_token: str) -> Callable:
    """Send the settings form as the manager."""
    client: FlaskClient = sign_in(world.manager)

    def post(**changes: object) -> tuple[int, str]:
        data = {"csrf_token": csrf_token, "version": settings_version(), **GOOD, **changes}
        answer = client.post("/settings", data=data)
        return answer.status_code, unescape(answer.text)

    return post


def test_settings_are_in_force_on_the_next_page(app: Flask, send: Callable) -> None:
    assert send()[0] == 302
    board = get_board()
    assert (board.name, board.short_name, board.marking) == (GOOD["name"], "KSCB", "PROTECT")
    assert board.reply_to == "board@kent.example"
    assert (board.post, board.telephone) == ("Business manager", "01622 694 856")
    limits = board.thresholds
    assert (limits.due_soon_days, limits.silent_days, limits.many_extensions) == (21, 60, 3)
    assert (board.impact_months, board.forms_2018_since) == (9, date(2018, 9, 1))
    client = app.test_client()
    assert "Kent Safeguarding Children Board" in client.get("/sign-in").text
    css = client.get("/board.css")
    assert css.mimetype == "text/css"
    assert css.text == ":root { --board-colour: #5d0039; --board-text: #ffffff; }\n"


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"name": ""}, "Enter some text."),
        ({"name": " \x00 "}, "Enter some text."),
        ({"name": "x" * 121}, "at most 120"),
        ({"short_name": "x" * 31}, "at most 30"),
        ({"marking": ""}, "Enter some text."),
        ({"marking": "x" * 61}, "at most 60"),
        ({"reply_to": "board@kent.example; chair@kent.example"}, "There is a ‘;’ in the address"),
        ({"reply_to": "nobody"}, "Enter an email address"),
        ({"post": ""}, "Enter some text."),
        ({"telephone": "x" * 31}, "at most 30"),
        ({"colour": ""}, "six hexadecimal digits"),
        ({"colour": "red"}, "six hexadecimal digits"),
        ({"colour": "#12345"}, "six hexadecimal digits"),
        ({"colour": "#003a5d; } body { display: none"}, "six hexadecimal digits"),
        ({"colour": "#777777"}, "Choose a darker one"),
        ({"colour": "#ffffff"}, "Choose a darker one"),
        ({"due_soon_days": ""}, "whole number from 1 to 999"),
        ({"due_soon_days": "0"}, "whole number from 1 to 999"),
        ({"due_soon_days": "1000"}, "whole number from 1 to 999"),
        ({"silent_days": "-1"}, "whole number from 1 to 999"),
        ({"silent_days": "1.5"}, "whole number from 1 to 999"),
        ({"silent_days": "9" * 5000}, "whole number from 1 to 999"),
        ({"many_extensions": "٣"}, "whole number from 1 to 999"),
        ({"impact_months": "0"}, "whole number from 1 to 60"),
        ({"impact_months": "61"}, "whole number from 1 to 60"),
    ],
)
def test_a_setting_typed_wrongly_is_told_why_and_nothing_changes(
    send: Callable, changes: dict[str, str], message: str
) -> None:
    status, page = send(**changes)
    assert (status, message in page) == (200, True)
    assert not Setting.select().exists()
    assert get_board() == Board()
    (typed,) = changes.values()
    if typed.isprintable() and typed:
        assert typed in page


@pytest.mark.parametrize("colour", ["#767676", "#003a5d", "#000000", "#5D0039"])
def test_a_colour_that_white_can_be_read_on_is_taken(send: Callable, colour: str) -> None:
    assert contrast_with_white(colour) >= 4.5
    assert send(colour=colour)[0] == 302


def test_saving_the_same_again_changes_nothing(send: Callable) -> None:
    send()
    version = settings_version()
    assert send()[0] == 302
    assert settings_version() == version


def test_the_second_of_two_editors_sees_both_texts(send: Callable) -> None:
    seen = settings_version()
    change_settings(SYSTEM, {"name": "The first name"})
    status, page = send(version=str(seen), name="The second name")
    assert status == 409
    assert "The first name" in page and "The second name" in page and "The system" in page
    assert get_board().name == "The first name"
    version = re.search(r'name="version"[^>]*value="(\d+)"', page).group(1)  # type: ignore[union-attr]
    assert send(version=version, name="The second name")[0] == 302
    assert get_board().name == "The second name"


@pytest.mark.parametrize("role", ["chair", "police_lead", "reader", "cdop_member", "cdop_coordinator"])
def test_settings_are_changed_by_managers_alone(
    world: World, sign_in: Callable, csrf_token: str, role: str
) -> None:
    client = sign_in(getattr(world, role))
    assert client.get("/settings").status_code == 403
    assert client.post("/settings", data={"csrf_token": csrf_token, **GOOD}).status_code == 403
    assert not Setting.select().exists()


@pytest.mark.parametrize("typed", [["31", "3", "2018"], ["", "", ""], ["1", "x", "2019"]])
def test_the_forms_of_2018_are_not_used_before_they_were(send: Callable, typed: list[str]) -> None:
    before = get_board()
    status, text = send(forms_2018_since=typed)
    assert status == 200 and ("from 1 April 2018 on" in text or "is not a month" in text)
    assert get_board() == before
