"""The board's own words: typed by a manager, tried before they are saved, in force on the next page."""

import re
from collections.abc import Callable
from dataclasses import asdict
from html import unescape

import pytest
from flask import Flask
from flask.testing import FlaskClient

from kscb_actions import terms
from kscb_actions.access.policy import SYSTEM
from kscb_actions.audit.models import AuditEvent
from kscb_actions.commands.cli import board_open
from kscb_actions.config import Settings
from kscb_actions.jobs.scheduler import Jobs
from kscb_actions.settings.models import Setting
from kscb_actions.settings.queries import get_board, settings_version
from kscb_actions.settings.service import change_settings
from kscb_actions.settings.words import WORD, problems_with_words
from kscb_actions.terms import Terms

from ..factories import World
from ..terms.renamed import OWN

TYPED = {f"{WORD}{name}": word for name, word in asdict(OWN).items()}
NONE = dict.fromkeys(TYPED, "")


@pytest.fixture
def send(world: World, sign_in: Callable, csrf_token: str) -> Callable:
    """Send the form of words as the manager."""
    client: FlaskClient = sign_in(world.manager)

    def post(**changes: str) -> tuple[int, str]:
        data = {"csrf_token": csrf_token, "version": settings_version(), **NONE, **changes}
        answer = client.post("/settings/words", data=data)
        return answer.status_code, unescape(answer.text)

    return post


def test_words_are_in_force_on_the_next_page_until_they_are_taken_back(
    app: Flask, world: World, sign_in: Callable, send: Callable
) -> None:
    manager = sign_in(world.manager)
    assert "Board manager" in manager.get("/people").text
    assert send(**TYPED)[0] == 302
    assert get_board().terms == OWN and get_board().post == "Partnership manager"
    people = manager.get("/people").text
    assert "Partnership manager" in people and "Board manager" not in people
    assert "Instead of “Board”" in (page := unescape(manager.get("/settings/words").text))
    assert 'value="learning and review group"' in page
    assert AuditEvent.select().where(AuditEvent.event == "setting.changed").count() == len(TYPED)
    assert send()[0] == 302
    assert get_board().terms == Terms() and "Board manager" in manager.get("/people").text


def test_how_texts_read_is_shown_and_nothing_is_saved(send: Callable) -> None:
    status, page = send(**TYPED, show="1")
    assert status == 200
    assert "The Partnership has asked the learning and review group. The group’s convenor answers." in page
    assert "A Partnership member asked a partnership manager, and an independent scrutineer decides." in page
    assert "Enter" not in page and not Setting.select().exists()
    status, page = send(word_board="x" * 41, show="1")
    assert (status, "at most 40 characters" in page) == (200, True)


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"word_board": "x" * 41}, "at most 40 characters"),
        ({"word_board": "<b>Board</b>"}, "letters, digits"),
        ({"word_board": "{name}"}, "letters, digits"),
        ({"word_board": "’s"}, "begin with a letter"),
        ({"word_board": "A_B"}, "letters, digits"),
        ({"word_board": "the Partnership"}, "Leave out “the”"),
        ({"word_board": "An assembly"}, "Leave out “An”"),
        ({"word_board": "Chair"}, "“Chair” is the word for “chair” already"),
        ({"word_chair": "lead", "word_independent_chair": "Lead"}, "“Lead” is the word for “chair” already"),
        ({"word_board": "group", "word_subgroup_short": "group"}, "is the word for “Board” already"),
    ],
)
def test_a_word_that_cannot_be_used_is_told_why_and_nothing_changes(
    send: Callable, changes: dict[str, str], message: str
) -> None:
    status, page = send(**changes)
    assert (status, message in page) == (200, True)
    assert not Setting.select().exists()
    assert f'value="{next(iter(changes.values()))}"'[:20] in page


def test_the_short_word_may_be_the_whole_one() -> None:
    assert problems_with_words(Terms(subgroup="learning group", subgroup_short="learning group")) == {}
    assert problems_with_words(OWN) == {}


def test_the_second_of_two_editors_sees_both_words(send: Callable) -> None:
    seen = settings_version()
    change_settings(SYSTEM, {"word_board": "Assembly"})
    status, page = send(version=str(seen), word_board="Partnership")
    assert status == 409 and "Assembly" in page and "Partnership" in page
    assert get_board().terms.board == "Assembly"
    version = re.search(r'name="version"[^>]*value="(\d+)"', page).group(1)  # type: ignore[union-attr]
    assert send(version=version, word_board="Partnership")[0] == 302


def test_a_post_that_the_board_has_named_stays(world: World) -> None:
    change_settings(SYSTEM, {"word_board": "Partnership", "post": "Business manager"})
    assert get_board().post == "Business manager"
    change_settings(SYSTEM, {"post": "Board manager"})
    assert get_board().post == "Partnership manager"


def test_commands_and_jobs_speak_in_the_boards_words(world: World, settings: Settings) -> None:
    change_settings(SYSTEM, {"word_board": "Partnership"})
    heard = []
    with board_open():
        heard.append(terms.say("The Board"))
    Jobs(settings)._as_leader("said", lambda: heard.append(terms.say("The Board")))
    assert heard == ["The Partnership"] * 2 and terms.say("The Board") == "The Board"


@pytest.mark.parametrize("role", ["chair", "police_lead", "reader", "cdop_coordinator"])
def test_words_are_given_by_managers_alone(world: World, sign_in: Callable, role: str) -> None:
    assert sign_in(getattr(world, role)).get("/settings/words").status_code == 403
