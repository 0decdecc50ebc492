"""The preview of the coming four weeks is what the runs then send, day by day, whatever has happened."""

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta

import pytest

from kscb_actions import clock
from kscb_actions.access.policy import SYSTEM, Role
from kscb_actions.actions.acknowledging.service import acknowledge
from kscb_actions.actions.extensions import ask_extension
from kscb_actions.actions.handover import hand_over
from kscb_actions.actions.models import Action
from kscb_actions.actions.owners.service import share
from kscb_actions.assurance.acknowledging.service import acknowledge as acknowledge_answer
from kscb_actions.assurance.challenges.models import Challenge
from kscb_actions.assurance.challenges.service import Subject, raise_challenge
from kscb_actions.audit.service import change
from kscb_actions.chasing.anew import give_again
from kscb_actions.chasing.ladder.service import pause_reminders
from kscb_actions.chasing.models import TakenOut
from kscb_actions.chasing.preview import DAYS, preview
from kscb_actions.chasing.providers import Run, runs
from kscb_actions.chasing.service import Message, chase_together
from kscb_actions.config import Settings
from kscb_actions.mail.models import OutboxMessage
from kscb_actions.people.absences.service import enter
from kscb_actions.people.models import User
from kscb_actions.people.service import edit_person, facts_of
from kscb_actions.reviews.answers.service import ask_for_answers
from kscb_actions.reviews.models import AgencyResponse
from kscb_actions.reviews.rules import ReviewFacts
from kscb_actions.reviews.service import name_person, record_review

from ...factories import TODAY, World
from ...keeping import Keeper
from ...long import LONG
from ..log.test_reminders import become
from ..test_anew import moved

URL = "https://tracker.example"
MONDAY = date(2012, 4, 2)
# (day, to whom, (label, stage) of each thing).
Sent = list[tuple[date, str, list[tuple[str, int]]]]


def run(day: date) -> list[Message]:
    """Run the reminders of a morning."""
    with clock.at(datetime(day.year, day.month, day.day, 7, 30, tzinfo=UTC)):
        return [
            message for each in runs() for message in chase_together(Run(each.providers), day, URL).messages
        ]


@pytest.fixture
def board(world: World, settings: Settings, keeper: Keeper) -> World:
    """Return the board with something of every subject, of which people were reminded on Friday."""
    keeper.board("every subject", world, settings, lambda: fill(world))
    return world


def fill(world: World) -> None:
    """Record something of every subject, and remind of it."""
    world.person("other-lead", Role.AGENCY_LEAD, agency=world.police)
    with clock.at(TODAY - timedelta(days=70)):
        for due in (-60, -28, -3, 0, 5, 20, 40, None):
            world.action(due_on=None if due is None else TODAY + timedelta(days=due))
        share(world.manager.viewer, Action.get(Action.id == 2), world.health)
        world.progress(world.action(due_on=TODAY), "cannot_be_done", "It cannot.")
        world.submission(world.action(due_on=TODAY, agency=world.health))
        asked = world.action(due_on=TODAY + timedelta(days=30))
        ask_extension(world.police_lead.viewer, asked, TODAY + timedelta(days=90), "Snow.")
        due = TODAY - timedelta(days=20)
        raise_challenge(world.second_chair.viewer, Subject(world.police), "lead", "Why?", due, URL)
        ask_for_answers(world.manager.viewer, asked.review, ["KPOL"], due, URL)
        facts = ReviewFacts("SCR-2012-77", "scr", "A case")
        record_review(world.manager.viewer, facts, "notified", TODAY - timedelta(days=72))
    run(TODAY)
    become("sent", state="queued")


def nothing(world: World) -> None:
    """Let nothing happen."""


def not_arrived(world: World) -> None:
    become("failed", to_user=world.police_lead.id)


def of_who_left(world: World) -> None:
    become("failed", to_user=world.police_lead.id)
    person = User.get_by_id(world.police_lead.id)
    edit_person(world.manager.viewer, person, facts_of(person), person.version, is_active=False)


def withheld(world: World) -> None:
    become("dropped", to_user=world.police_lead.id)


def of_who_handed_over(world: World) -> None:
    become("failed", to_user=world.police_lead.id)
    other = User.get(User.email == "other-lead@board.example")
    hand_over(world.manager.viewer, User.get_by_id(world.police_lead.id), other)


def not_arrived_and_put_right(world: World) -> None:
    become("failed", to_user=world.police_lead.id)
    moved(world, world.police_lead)


def not_arrived_with_the_chair(world: World) -> None:
    become("failed", to_user=world.second_chair.id)


def taken_out(world: World) -> None:
    message = OutboxMessage.get(OutboxMessage.to_user == world.police_lead)
    with change(SYSTEM) as tx:
        for row_id in (1, 2):
            tx.add(TakenOut(message=message, kind="chase", chase_id=row_id), "chase.taken-out")


def goes_away(world: World) -> None:
    other = User.get(User.email == "other-lead@board.example")
    person = world.police_lead
    enter(person.viewer, person, other, MONDAY + timedelta(days=3), MONDAY + timedelta(days=16))


def not_arrived_and_goes_away(world: World) -> None:
    not_arrived(world)
    goes_away(world)


def comes_back(world: World) -> None:
    other = User.get(User.email == "other-lead@board.example")
    person = world.police_lead
    with clock.at(TODAY):
        enter(person.viewer, person, other, TODAY, MONDAY + timedelta(days=10))


def acknowledged(world: World) -> None:
    for each in Action.select().where(Action.current_due_on < TODAY):
        acknowledge(world.police_lead.viewer, each, MONDAY + timedelta(days=2))
    for asked in (Challenge.get(), AgencyResponse.get(AgencyResponse.due_on.is_null(False))):
        acknowledge_answer(world.police_lead.viewer, asked, MONDAY + timedelta(days=3))


def paused(world: World) -> None:
    until = MONDAY + timedelta(days=9)
    pause_reminders(world.manager.viewer, None, world.police, "It moves.", until)


def already_run(world: World) -> None:
    run(MONDAY)


STATES: tuple[Callable[[World], None], ...] = (
    *(nothing, not_arrived, of_who_left, withheld, of_who_handed_over, not_arrived_and_put_right),
    *(not_arrived_with_the_chair, taken_out, goes_away, not_arrived_and_goes_away, comes_back),
    *(acknowledged, paused, already_run),
)


# Of most states the days until all that was begun is over; in a long run of each all days.
OVER = 18
TO_THE_END = STATES if LONG else (nothing, acknowledged)


@pytest.mark.parametrize("state", STATES)
def test_the_preview_says_what_the_runs_then_send(board: World, state: Callable[[World], None]) -> None:
    last = DAYS if state in TO_THE_END else OVER
    with clock.at(datetime(2012, 4, 2, 6, 0, tzinfo=UTC)):
        state(board)
        counts = OutboxMessage.select().count()
        foreseen: Sent = [
            (day.on, message.to.email, [(item.waiting.label, item.stage) for item in message.items])
            for day in preview(board.manager.viewer, MONDAY, {})
            for message in day.messages
            if day.on <= MONDAY + timedelta(days=last)
        ]
        assert OutboxMessage.select().count() == counts
        again = give_again(URL)
    sent = again_sent(again)
    for number in range(last + 1):
        day = MONDAY + timedelta(days=number)
        sent += [
            (day, message.to, [(item.waiting.label, item.stage) for item in message.items])
            for message in run(day)
        ]
    by_day = sorted(sent, key=lambda each: each[:2])
    assert sorted(foreseen, key=lambda each: each[:2]) == by_day
    assert len(by_day) > 8


def again_sent(count: int) -> Sent:
    """Return the newest messages, so many, by what they remind of."""
    newest = OutboxMessage.select().order_by(OutboxMessage.id.desc()).limit(count)
    return [
        (MONDAY, row.to_address, [(each.label, each.stage) for each in row.reminders.order_by("id")])
        for row in newest
    ]


def test_of_what_is_given_again_nothing_is_shown_that_the_viewer_may_not_know(world: World) -> None:
    review = world.review()
    action = world.action(due_on=TODAY, recommendation=world.recommendation(review))
    run(TODAY)
    not_arrived_and_put_right(world)
    [day] = [each for each in preview(world.manager.viewer, TODAY, {}) if each.on == TODAY]
    assert [item.waiting.label for item in day.messages[0].items] == [action.reference]
    with change(SYSTEM) as tx:
        review.is_restricted = True
        tx.update(review, "review.changed")
    name_person(SYSTEM, review, world.police_lead)
    assert preview(world.manager.viewer, TODAY, {}) == []
