"""Ladders and pauses on a real database: what is kept, who is told by them, and what a pause stops."""

from dataclasses import replace
from datetime import date, timedelta

import peewee
import pytest

from kscb_actions import clock, database
from kscb_actions.access.policy import SYSTEM, Refused
from kscb_actions.actions.extensions import ask_extension
from kscb_actions.actions.models import Action
from kscb_actions.assurance.service import decide
from kscb_actions.audit.models import AuditEvent
from kscb_actions.audit.service import change
from kscb_actions.chasing.actions.models import Chase
from kscb_actions.chasing.actions.provider import OPEN_ACTIONS
from kscb_actions.chasing.actions.rules import ACTIONS, IMPOSSIBLE, UNDATED
from kscb_actions.chasing.ladder.models import LadderVersion, ReminderPause
from kscb_actions.chasing.ladder.queries import ladders_of, list_pauses, number_of, pauses_on
from kscb_actions.chasing.ladder.rules import Typed
from kscb_actions.chasing.ladder.service import StaleLadder, end_pause, keep_ladder, pause_reminders
from kscb_actions.chasing.preview import preview
from kscb_actions.chasing.service import ChaseRun, chase
from kscb_actions.mail.models import OutboxMessage
from kscb_actions.reviews.service import name_person
from kscb_actions.text import InvalidInput

from ...factories import TODAY, World

URL = "https://tracker.example"
LAST = Typed(3, ("lead",), every=7, repeats=True)


def run(on: date) -> ChaseRun:
    """Chase on a day."""
    return chase(OPEN_ACTIONS, on, URL)


def told(on: date) -> list[tuple[str, list[str]]]:
    """Return who is told on a day, and of what."""
    return [
        (message.to.split("@")[0], [item.waiting.label for item in message.items])
        for message in run(on).messages
    ]


def test_a_ladder_is_kept_as_a_version_and_holds_from_the_next_run(world: World) -> None:
    world.action(due_on=TODAY - timedelta(days=4))
    manager = world.manager.viewer
    keep_ladder(manager, ACTIONS, [LAST], 0)
    keep_ladder(manager, ACTIONS, [replace(LAST, every=14)], 1)
    assert number_of(ACTIONS) == 2
    assert [rung.every for rung in ladders_of([ACTIONS])["actions"].rungs] == [14]
    assert ladders_of([UNDATED])["undated"] == UNDATED.first
    run(TODAY)
    assert [row.stage for row in Chase.select()] == [3]
    events = AuditEvent.select().where(AuditEvent.event == "ladder.kept")
    assert [event.actor_name for event in events] == ["Manager", "Manager"]


def test_what_is_refused_leaves_the_old_ladder_and_no_trace(world: World) -> None:
    manager = world.manager.viewer
    keep_ladder(manager, ACTIONS, [LAST])
    events = AuditEvent.select().count()
    with pytest.raises(InvalidInput) as wrong:
        keep_ladder(manager, ACTIONS, [replace(LAST, repeats=False), replace(LAST, to=(), words="{text}")])
    assert set(wrong.value.errors) == {"to_1", "words_1", "days_1"}
    with pytest.raises(StaleLadder):
        keep_ladder(manager, ACTIONS, [LAST], 0)
    with pytest.raises(Refused):
        keep_ladder(world.chair.viewer, ACTIONS, [LAST])
    assert (number_of(ACTIONS), AuditEvent.select().count()) == (1, events)


def test_a_version_is_never_changed(world: World) -> None:
    keep_ladder(world.manager.viewer, ACTIONS, [LAST])
    for statement in (LadderVersion.update(rungs="[]"), LadderVersion.delete()):
        with pytest.raises(peewee.DatabaseError, match="append-only"), database.writing():
            statement.execute()


def test_a_rung_says_who_is_told_who_gets_a_copy_and_in_what_words(world: World) -> None:
    world.action(due_on=TODAY - timedelta(days=10))
    words = "Reminder {count} of {agency}: due {due_on}, {days} ago. {reference} {link}"
    rung = Typed(3, ("lead", "chair"), ("board_member",), words, 7, True)
    keep_ladder(world.manager.viewer, ACTIONS, [rung])
    assert (
        told(TODAY)
        == [
            ("chair", ["SCR-2011-01/A1"]),
            ("police-lead", ["SCR-2011-01/A1"]),
            ("police-member", ["SCR-2011-01/A1"]),
            ("second-chair", ["SCR-2011-01/A1"]),
        ]
        or told(TODAY) == []
    )
    link = f"{URL}/reviews/SCR-2011-01/actions/1"
    said = f"Reminder 1 of Kent Police: due 20 March 2012, 10 days ago. SCR-2011-01/A1 {link}"
    messages = {row.to_address.split("@")[0]: row for row in OutboxMessage.select()}
    assert all(said in row.body for row in messages.values())
    assert messages["police-lead"].subject == "1 action needs you: 1 overdue (SCR-2011-01/A1)"
    assert messages["chair"].subject == "1 thing brought to you"
    assert "The ladder of reminders brings these to you" in messages["chair"].body
    assert messages["police-member"].subject == "1 reminder in copy"
    assert Chase.get().message.to_user == world.police_lead


def test_an_action_without_a_date_is_asked_for_one_again_and_again(world: World) -> None:
    world.action()
    days = [TODAY + timedelta(days=day) for day in range(120)]
    found = [(day - TODAY).days for day in days if "police-lead" in dict(told(day))]
    # 27 April and 25 May 2012 are Fridays.
    assert found == [14, 28, 56, 84, 112]
    first, second = OutboxMessage.select().order_by(OutboxMessage.id).limit(2)
    assert first.subject == "1 action needs you: 1 without a date (SCR-2011-01/A1)"
    assert "Please agree one with the Board" in first.body
    assert second.to_user == world.manager and second.subject == "1 reminder in copy"


def test_what_cannot_be_done_comes_to_the_board_to_decide(world: World) -> None:
    action = world.action(due_on=TODAY)
    world.progress(action, "cannot_be_done", "The law does not let us.")
    found = told(TODAY + timedelta(days=11))
    assert {to for to, _ in found} == {
        person.email.split("@")[0] for person in (world.chair, world.second_chair)
    }
    body = OutboxMessage.get().body
    assert "Please decide what takes their place" in body and "The law" not in body
    assert Chase.get().subject == IMPOSSIBLE.code


def test_what_waits_for_the_board_is_asked_of_the_board(world: World) -> None:
    reported, asked = world.action(due_on=TODAY), world.action(due_on=TODAY)
    world.submission(reported)
    with clock.at(TODAY):
        ask_extension(world.police_lead.viewer, asked, date(2012, 9, 3), "Vacant.")
    found = {(TODAY + timedelta(days=day)): told(TODAY + timedelta(days=day)) for day in range(30)}
    chairs = {person.email.split("@")[0] for person in (world.chair, world.second_chair)}
    # Good Friday and Easter Monday put off the first; the manager has a copy of requests from the first on.
    assert {day: {to for to, _ in each} for day, each in found.items() if each} == {
        date(2012, 4, 10): {*chairs, "manager"},
        date(2012, 4, 13): {*chairs, "manager"},
        date(2012, 4, 27): {*chairs, "manager"},
    }
    first = next(row for row in OutboxMessage.select() if row.to_user == world.chair)
    assert first.subject == "1 action needs you: 1 request for more time (SCR-2011-02/A1)"
    assert "Waits for the Board since 30 March 2012: 11 days" in first.body and "Vacant" not in first.body
    assert {row.subject for row in Chase.select()} == {"submissions", "requests"}


def test_the_board_chased_in_one_turn_is_chased_anew_in_the_next(world: World) -> None:
    action = world.action(due_on=TODAY + timedelta(days=300))
    submission = world.submission(action)
    run(TODAY + timedelta(days=17))
    with clock.at(date(2012, 4, 20)):
        decide(world.second_chair.viewer, submission, False, "The figures are missing.")
    with clock.at(date(2012, 4, 23)):
        world.submission(Action.get_by_id(action.id))
    for day in range(20, 60):
        run(TODAY + timedelta(days=day))
    rows = Chase.select(Chase.stage, Chase.due_on).order_by(Chase.id).tuples()
    assert list(rows) == [(14, TODAY), (14, date(2012, 4, 23)), (28, date(2012, 4, 23))]


def test_ladders_of_one_action_do_not_hinder_each_other(world: World) -> None:
    action = world.action()
    run(TODAY + timedelta(days=14))
    with change(SYSTEM) as tx:
        row = Action.get_by_id(action.id)
        row.current_due_on = TODAY
        tx.update(row, "action.due-date-corrected")
    run(TODAY + timedelta(days=17))
    assert [(row.subject, row.stage) for row in Chase.select().order_by(Chase.id)] == [
        ("undated", 14),
        ("actions", 7),
    ]


def test_a_pause_of_a_review_stops_all_of_it_and_ends_by_itself(world: World) -> None:
    review = world.review()
    recommendation = world.recommendation(review)
    world.action(due_on=TODAY, recommendation=recommendation)
    world.action(due_on=TODAY, recommendation=recommendation, agency=world.health)
    world.action(due_on=TODAY)
    pause_reminders(world.manager.viewer, review, None, "The inquest.", TODAY + timedelta(days=13))
    assert [to for to, _ in told(TODAY)] == ["police-lead"]
    assert told(TODAY + timedelta(days=13)) == [("police-lead", ["SCR-2011-02/A1"])]
    # A Saturday is the first day after it.
    after = told(TODAY + timedelta(days=17))
    assert [to for to, _ in after] == ["health-lead", "police-lead"]
    assert told(TODAY + timedelta(days=18)) == []


def test_a_pause_of_an_agency_stops_what_it_owes_and_can_end_early(world: World) -> None:
    world.action(due_on=TODAY)
    world.action(due_on=TODAY, agency=world.health)
    manager = world.manager.viewer
    pause = pause_reminders(manager, None, world.police, "It moves house.", TODAY + timedelta(days=60))
    assert [to for to, _ in told(TODAY)] == ["health-lead"]
    with clock.at(date(2012, 4, 3)):
        end_pause(manager, ReminderPause.get_by_id(pause.id), 1)
        assert list_pauses(manager, clock.today()) == [] and pauses_on(date(2012, 4, 3)) == []
        with pytest.raises(InvalidInput):
            end_pause(manager, ReminderPause.get_by_id(pause.id), 2)
    assert [to for to, _ in told(date(2012, 4, 3))] == ["police-lead"]


@pytest.mark.parametrize(
    ("of", "reason", "days", "field"),
    [
        ((), "Why.", 3, "review"),
        (("review", "agency"), "Why.", 3, "review"),
        (("agency",), " ", 3, "reason"),
        (("agency",), "x" * 2_001, 3, "reason"),
        (("agency",), "Why.", -1, "until_on"),
        (("agency",), "Why.", 366, "until_on"),
        (("agency",), "Why.", None, "until_on"),
    ],
)
def test_a_pause_without_reason_or_end_is_refused(
    world: World, of: tuple[str, ...], reason: str, days: int | None, field: str
) -> None:
    review = world.review() if "review" in of else None
    agency = world.police if "agency" in of else None
    until_on = None if days is None else TODAY + timedelta(days=days)
    with pytest.raises(InvalidInput) as wrong:
        pause_reminders(world.manager.viewer, review, agency, reason, until_on)
    assert list(wrong.value.errors) == [field]
    with pytest.raises(Refused):
        pause_reminders(world.chair.viewer, review, agency, reason, until_on)
    assert not ReminderPause.select().exists()


def test_what_is_paused_is_not_paused_twice(world: World) -> None:
    manager, review, until_on = world.manager.viewer, world.review(), TODAY + timedelta(days=9)
    for of, field in (((review, None), "review"), ((None, world.police), "agency")):
        pause = pause_reminders(manager, *of, "It moves house.", until_on)
        with pytest.raises(InvalidInput) as wrong:
            pause_reminders(manager, *of, "Longer.", TODAY + timedelta(days=60))
        assert list(wrong.value.errors) == [field]
        end_pause(manager, ReminderPause.get_by_id(pause.id), 1)
        pause_reminders(manager, *of, "Longer.", TODAY + timedelta(days=60))


def test_the_preview_says_what_the_runs_then_do(world: World) -> None:
    for due in (-60, -3, 0, 5, 20, 40, None):
        world.action(due_on=None if due is None else TODAY + timedelta(days=due))
    world.progress(world.action(due_on=TODAY), "cannot_be_done", "It cannot.")
    pause_reminders(world.manager.viewer, None, world.health, "It moves.", TODAY + timedelta(days=9))
    world.action(due_on=TODAY, agency=world.health)
    foreseen = [
        (day.on, message.to.email, [(item.waiting.label, item.stage) for item in message.items])
        for day in preview(world.manager.viewer, TODAY, {})
        for message in day.messages
    ]
    assert OutboxMessage.select().count() == 0 and Chase.select().count() == 0
    done = [
        (day, message.to, [(item.waiting.label, item.stage) for item in message.items])
        for day in (TODAY + timedelta(days=number) for number in range(29))
        for message in run(day).messages
    ]
    assert foreseen == done and len(done) > 8


def test_the_preview_of_a_changed_ladder_changes_its_subject_alone(world: World) -> None:
    world.action(due_on=TODAY - timedelta(days=100))
    world.action()
    daily = keep_ladder(world.manager.viewer, ACTIONS, [replace(LAST, every=1)])
    keep_ladder(world.manager.viewer, ACTIONS, [replace(LAST, every=90)])
    assert sum(len(day.messages) for day in preview(world.manager.viewer, TODAY, {})) == 4
    every_day = preview(world.manager.viewer, TODAY, {"actions": daily})
    assert len(every_day) == 19 and all(day.people >= 1 and day.count >= 1 for day in every_day)


def test_the_preview_counts_nothing_of_what_the_viewer_may_not_know(world: World) -> None:
    review = world.review()
    world.action(due_on=TODAY, recommendation=world.recommendation(review))
    review.is_restricted = True
    with change(SYSTEM) as tx:
        tx.update(review, "review.changed")
    name_person(SYSTEM, review, world.police_lead)
    assert preview(world.manager.viewer, TODAY, {}) == []
    name_person(SYSTEM, review, world.manager)
    assert [day.on for day in preview(world.manager.viewer, TODAY, {})] == [
        TODAY,
        date(2012, 4, 10),
        date(2012, 4, 27),
    ]
