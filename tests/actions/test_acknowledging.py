"""Acknowledging: reminders of a due date wait until the day that was said, once, and nothing else changes."""

from collections.abc import Callable
from dataclasses import replace
from datetime import date, timedelta
from html import unescape

import peewee
import pytest

from kscb_actions import clock, database
from kscb_actions.access.policy import SYSTEM, Refused, Role
from kscb_actions.actions.acknowledging.models import Acknowledgement
from kscb_actions.actions.acknowledging.rules import (
    Said,
    is_put_off,
    latest_day,
    problem_with_day,
    standing,
    why_not_acknowledged,
    why_not_taken_back,
)
from kscb_actions.actions.acknowledging.service import acknowledge, take_back
from kscb_actions.actions.extensions import ask_extension, change_due_date
from kscb_actions.actions.listing import list_one
from kscb_actions.actions.models import Action
from kscb_actions.actions.turn import Moves, RatingFacts
from kscb_actions.audit.models import AuditEvent
from kscb_actions.chasing.actions.models import Chase
from kscb_actions.chasing.actions.provider import OPEN_ACTIONS
from kscb_actions.chasing.news.board_week import BOARD_WEEK
from kscb_actions.chasing.preview import preview
from kscb_actions.chasing.service import chase
from kscb_actions.reviews.service import name_person
from kscb_actions.settings.rules import Thresholds
from kscb_actions.text import InvalidInput

from ..factories import TODAY, World

DUE = TODAY - timedelta(days=5)
FACTS = RatingFacts("active", "in_progress", "none", date(2012, 3, 1), DUE, DUE, None, 0)
# A Friday; the ladder reminds on the seventh day after the due date.
UNTIL = date(2012, 4, 13)
SAID = Said(DUE, UNTIL, TODAY)
MISTAKE = replace(SAID, is_taken_back=True)


@pytest.mark.parametrize(
    ("until_on", "on", "expected"),
    [
        (None, UNTIL, False),
        (UNTIL, UNTIL - timedelta(days=1), True),
        (UNTIL, UNTIL, True),
        (UNTIL, UNTIL + timedelta(days=1), False),
    ],
)
def test_nobody_is_reminded_up_to_and_on_the_day(until_on: date | None, on: date, expected: bool) -> None:
    assert is_put_off(until_on, on) is expected


@pytest.mark.parametrize(
    ("facts", "said", "words"),
    [
        (FACTS, [], ""),
        (FACTS, [replace(SAID, due_on=DUE - timedelta(days=30))], ""),
        (FACTS, [SAID, MISTAKE], ""),
        (FACTS, [SAID], "said already that it is done by 13 April 2012. Ask for more time"),
        (FACTS, [SAID, MISTAKE, SAID], "said already"),
        (FACTS, [replace(SAID, until_on=TODAY - timedelta(days=9))], "said already"),
        (FACTS, [replace(MISTAKE, said_on=TODAY - timedelta(days=29))], "more than 28 days ago"),
        (replace(FACTS, current_due_on=None), [], "has no due date"),
        (replace(FACTS, standing="on_hold"), [], "on hold"),
        (replace(FACTS, assurance="submitted"), [], "waits for the Board"),
        (replace(FACTS, moves=Moves(more_time_on=TODAY)), [], "waits for the Board"),
    ],
)
def test_an_action_is_acknowledged_once_for_each_due_date(
    facts: RatingFacts, said: list[Said], words: str
) -> None:
    assert words in (why_not_acknowledged(facts, said, TODAY) or "")
    assert bool(words) == bool(why_not_acknowledged(facts, said, TODAY))


@pytest.mark.parametrize(
    ("days", "words"),
    [(-1, "today or a later day"), (0, ""), (1, ""), (27, ""), (28, ""), (29, "up to 27 April 2012")],
)
def test_the_day_is_from_today_to_four_weeks_ahead(days: int, words: str) -> None:
    problem = problem_with_day(TODAY + timedelta(days=days), latest_day([], DUE, TODAY), TODAY) or ""
    assert words in problem and bool(problem) == bool(words)
    assert problem_with_day(None, TODAY, TODAY) == "Enter the day by which you do it."


def test_taking_back_and_saying_again_puts_nothing_off_any_further() -> None:
    assert latest_day([SAID, MISTAKE], DUE, TODAY + timedelta(days=10)) == TODAY + timedelta(days=28)


@pytest.mark.parametrize(
    ("said", "today", "words"),
    [
        ([], TODAY, "Nobody has said"),
        ([SAID, MISTAKE], TODAY, "Nobody has said"),
        ([SAID], UNTIL - timedelta(days=1), ""),
        ([SAID], UNTIL, ""),
        ([SAID], UNTIL + timedelta(days=1), "reminders go on already"),
    ],
)
def test_it_is_taken_back_until_its_day_is_over(said: list[Said], today: date, words: str) -> None:
    refusal = why_not_taken_back(said, DUE, today) or ""
    assert words in refusal and bool(refusal) == bool(words)
    assert (standing(said, DUE) is None) == (words == "Nobody has said")


def reminded_on(first: date, last: date) -> list[date]:
    """Run the reminders of each day, and return the days on which somebody was reminded."""
    for number in range((last - first).days + 1):
        day = first + timedelta(days=number)
        with clock.at(day):
            chase(OPEN_ACTIONS, day, "https://board.example")
    return [row.chased_on for row in Chase.select().order_by(Chase.id) if row.chased_on >= first]


@pytest.mark.parametrize(
    ("until_on", "reminded"),
    [
        # A Thursday: reminders go on on Friday. The rung of the seventh day fell due meanwhile.
        (date(2012, 4, 12), [date(2012, 4, 13)]),
        # A Friday, a Saturday and a Sunday: on Monday.
        (UNTIL, [date(2012, 4, 16)]),
        (date(2012, 4, 14), [date(2012, 4, 16)]),
        (date(2012, 4, 15), [date(2012, 4, 16)]),
        # Before the rung falls due: on its own day.
        (date(2012, 3, 31), [date(2012, 4, 2)]),
    ],
)
def test_the_ladder_goes_on_after_the_day_with_the_rung_that_is_reached(
    world: World, until_on: date, reminded: list[date]
) -> None:
    world.action(due_on=DUE)
    chase(OPEN_ACTIONS, TODAY, "https://board.example")
    acknowledge(world.police_lead.viewer, Action.get(), until_on)
    foreseen = [day.on for day in preview(world.manager.viewer, TODAY + timedelta(days=1), {})][:1]
    assert foreseen == reminded
    assert reminded_on(TODAY + timedelta(days=1), date(2012, 4, 19)) == reminded


def test_it_changes_neither_date_nor_rating_nor_turn_and_is_told_in_the_trail(world: World) -> None:
    action = world.action(due_on=DUE)
    before = list_one(action, TODAY, Thresholds())
    row = acknowledge(world.police_lead.viewer, action, UNTIL)
    kept = Action.get_by_id(action.id)
    assert (kept.version, kept.current_due_on, kept.updated_on) == (1, DUE, action.updated_on)
    after = list_one(kept, TODAY, Thresholds())
    assert (after.rating, after.turn_words) == (before.rating, before.turn_words)
    assert (row.due_on, row.until_on, row.said_by) == (DUE, UNTIL, world.police_lead)
    event = AuditEvent.get(AuditEvent.event == "acknowledgement.said")
    assert (event.action_id, event.actor_name) == (action.id, "Police lead")
    with pytest.raises(peewee.DatabaseError, match="append-only"), database.writing():
        Acknowledgement.delete().execute()


def test_a_second_time_is_refused_and_a_new_due_date_may_be_acknowledged(world: World) -> None:
    action, lead = world.action(due_on=DUE), world.police_lead.viewer
    acknowledge(lead, action, UNTIL)
    with pytest.raises(InvalidInput) as wrong:
        acknowledge(lead, action, UNTIL + timedelta(days=7))
    assert "Ask for more time instead" in wrong.value.errors["until_on"]
    change_due_date(world.second_chair.viewer, action, TODAY + timedelta(days=3), "The trainer was ill.")
    assert acknowledge(lead, Action.get(), UNTIL).due_on == TODAY + timedelta(days=3)
    assert Acknowledgement.select().count() == 2


def test_what_was_a_mistake_is_taken_back_and_reminders_go_on(world: World) -> None:
    action, lead = world.action(due_on=DUE), world.police_lead.viewer
    acknowledge(lead, action, UNTIL)
    take_back(lead, action)
    with pytest.raises(InvalidInput):
        take_back(lead, action)
    assert reminded_on(TODAY, TODAY) == [TODAY]
    assert acknowledge(lead, action, UNTIL).until_on == UNTIL
    assert [row.is_taken_back for row in Acknowledgement.select().order_by(Acknowledgement.id)] == [
        False,
        True,
        False,
    ]


def test_whoever_may_update_the_action_may_and_nobody_else(world: World) -> None:
    action = world.action(due_on=DUE)
    for person in (world.health_lead, world.police_member, world.manager, world.second_chair, world.reader):
        with pytest.raises(Refused):
            acknowledge(person.viewer, action, UNTIL)
        with pytest.raises(Refused):
            take_back(person.viewer, action)
    second = world.person("second-lead", Role.AGENCY_LEAD, agency=world.police)
    assert acknowledge(second.viewer, action, UNTIL).said_by == second


def test_what_waits_for_the_board_is_not_acknowledged(world: World) -> None:
    action, lead = world.action(due_on=DUE), world.police_lead.viewer
    ask_extension(lead, action, UNTIL, "The trainer is ill.")
    with pytest.raises(InvalidInput):
        acknowledge(lead, action, UNTIL)


def test_a_lead_says_it_on_the_page_that_the_mail_leads_to(
    world: World, sign_in: Callable, csrf_token: str
) -> None:
    action = world.action(due_on=DUE)
    address = f"/reviews/{action.review.reference}/actions/1"
    client = sign_in(world.police_lead)
    assert f'href="{address}/acknowledge"' in client.get(address).text
    assert "Up to 27 April 2012" in client.get(f"{address}/acknowledge").text

    def post(page: str, *boxes: str) -> str:
        data = {"csrf_token": csrf_token, "until_on": list(boxes)}
        answer = client.post(page, data=data, follow_redirects=True)
        return unescape(answer.text)

    assert "Enter the day by which you do it" in post(f"{address}/acknowledge")
    assert "Enter a day up to 27 April 2012" in post(f"{address}/acknowledge", "1", "6", "2012")
    told = post(f"{address}/acknowledge", "13", "4", "2012")
    assert "Nobody is reminded of SCR-2011-01/A1 until 13 April 2012" in told
    assert "Seen, and to be done by 13 April 2012, its agency says" in told
    assert f"{address}/acknowledge/take-back" in told and f'{address}/acknowledge"' not in told
    assert client.get(f"{address}/acknowledge").status_code == 403
    assert "You said that it is done by 13 April 2012" in client.get(f"{address}/acknowledge/take-back").text
    told = post(f"{address}/acknowledge/take-back")
    assert "Acknowledgement taken back: reminders go on" in told and "its agency says" not in told
    assert "acknowledge" not in sign_in(world.manager).get(address).text


def test_the_chair_hears_in_the_week_by_when_it_is_done(world: World) -> None:
    lead = world.police_lead.viewer
    action, mistaken = world.action(due_on=DUE), world.action(due_on=DUE)
    review = world.review("SCR-2011-66", is_restricted=True)
    for person in (world.police_lead, world.second_chair):
        name_person(SYSTEM, review, person)
    hidden = world.action(due_on=DUE, recommendation=world.recommendation(review))
    for each in (action, mistaken, hidden):
        acknowledge(lead, each, UNTIL)
    take_back(lead, mistaken)
    part = BOARD_WEEK.parts(TODAY, "https://board.example")[world.second_chair.id]
    said = f"Of 1 action the agency has said by when it is done: {action.reference} by 13 April 2012."
    assert said in part.body
    assert "SCR-2011-66" not in part.body and mistaken.reference not in part.body
