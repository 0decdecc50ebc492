"""Reminders without an answer in the progress paper: one rule counts them, the same words everywhere."""

from collections.abc import Callable
from datetime import date, timedelta

import pytest

from kscb_actions import clock
from kscb_actions.actions.extensions import ask_extension, change_due_date
from kscb_actions.actions.models import Action
from kscb_actions.chasing.actions.provider import OPEN_ACTIONS
from kscb_actions.chasing.log.rules import Given, unanswered, unanswered_words
from kscb_actions.chasing.service import chase

from ..chasing.log.test_reminders import become
from ..factories import TODAY, World
from .stories import everything

DUE = date(2012, 3, 1)
# The days on which the ladder reminds of it, each a working day.
DAYS = (DUE, DUE + timedelta(days=7), DUE + timedelta(days=28))


@pytest.mark.parametrize(
    ("heard_on", "count"),
    [
        (DUE - timedelta(days=1), 3),
        (DUE, 2),
        (DUE + timedelta(days=1), 2),
        (DUE + timedelta(days=28), 0),
    ],
)
def test_those_after_the_last_word_are_counted_and_those_of_its_day_are_not(
    heard_on: date, count: int
) -> None:
    given = [Given(DUE, day) for day in (*DAYS, DAYS[0])]
    assert unanswered([*given, Given(DUE - timedelta(days=90), DAYS[1])], DUE, heard_on) == count
    assert unanswered(given, None, heard_on) == 0


@pytest.mark.parametrize(
    ("count", "words"),
    [
        (0, ""),
        (1, ""),
        (2, "reminded twice, no answer"),
        (5, "reminded five times, no answer"),
        (8, "reminded 8 times, no answer"),
    ],
)
def test_one_reminder_is_not_worth_telling(count: int, words: str) -> None:
    assert unanswered_words(count) == words


@pytest.fixture
def reminded(world: World) -> Action:
    """Return an action of which its lead was reminded three times and has said nothing since."""
    with clock.at(DUE - timedelta(days=30)):
        action = world.action(due_on=DUE)
    for day in DAYS:
        with clock.at(day):
            chase(OPEN_ACTIONS, day, "https://board.example")
            become("sent", state="queued")
    return action


def test_the_paper_says_how_often_and_as_at_a_past_day_how_often_by_then(
    world: World, reminded: Action
) -> None:
    assert "reminded three times, no answer" in everything(world.reader)
    assert "reminded twice, no answer" in everything(world.reader, as_at=DAYS[2] - timedelta(days=1))
    assert "no answer" not in everything(world.reader, as_at=DAYS[1] - timedelta(days=1))
    assert "no answer" not in everything(world.reader, publication=True)


def says_how_far(world: World, action: Action) -> None:
    world.progress(Action.get_by_id(action.id))


def asks_for_time(world: World, action: Action) -> None:
    ask_extension(world.police_lead.viewer, Action.get_by_id(action.id), TODAY + timedelta(days=9), "Snow.")


def gets_another_date(world: World, action: Action) -> None:
    chair = world.second_chair.viewer
    change_due_date(chair, Action.get_by_id(action.id), TODAY + timedelta(days=9), "Snow.")


def was_never_reached(world: World, action: Action) -> None:
    become("failed")


@pytest.mark.parametrize("happens", [says_how_far, asks_for_time, gets_another_date, was_never_reached])
def test_nobody_is_said_to_have_been_silent_who_was_heard_or_never_reached(
    world: World, reminded: Action, happens: Callable[[World, Action], None]
) -> None:
    happens(world, reminded)
    assert "no answer" not in everything(world.reader)
