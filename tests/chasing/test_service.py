"""Chasing on a real database: who is sent what, once."""

from datetime import date, timedelta

import pytest
from peewee import IntegrityError

from kscb_actions import clock, prepared
from kscb_actions.access.policy import SYSTEM, Role
from kscb_actions.actions.extensions import change_due_date
from kscb_actions.actions.service import set_standing
from kscb_actions.audit.models import AuditEvent
from kscb_actions.audit.service import change
from kscb_actions.chasing.actions.models import Chase
from kscb_actions.chasing.actions.provider import OPEN_ACTIONS
from kscb_actions.chasing.actions.queries import list_open
from kscb_actions.chasing.queries import has_run
from kscb_actions.chasing.service import chase
from kscb_actions.database import writing
from kscb_actions.jobs import leases
from kscb_actions.jobs.leases import acquire_lease, release_lease
from kscb_actions.mail.models import OutboxMessage
from kscb_actions.people.models import User
from kscb_actions.reviews.service import name_person
from kscb_actions.settings.models import Setting

from ..factories import TODAY, World
from ..queries import counted

URL = "https://tracker.example"
BEGINS = {subject.code: subject.first.first for subject in OPEN_ACTIONS.subjects}


def sent() -> list[tuple[str, str]]:
    return [(row.to_address, row.subject) for row in OutboxMessage.select().order_by(OutboxMessage.id)]


def switch_off(user: User) -> None:
    user.is_active = False
    with change(SYSTEM) as tx:
        tx.update(user, "person.changed")


def test_a_lead_is_sent_one_digest_of_all_that_fell_due(world: World) -> None:
    world.action(due_on=TODAY)
    world.action(due_on=TODAY + timedelta(days=14))
    world.action(due_on=TODAY + timedelta(days=15))
    world.action(due_on=TODAY, agency=world.health)
    run = chase(OPEN_ACTIONS, TODAY, URL)
    assert sent() == [
        ("health-lead@board.example", "1 action needs you: 1 due today (SCR-2011-04/A1)"),
        ("police-lead@board.example", "2 actions need you: 1 due today, 1 due soon (SCR-2011-01/A1 first)"),
    ]
    assert [(message.to, message.subject) for message in run.messages] == sent()
    assert sorted(Chase.select(Chase.stage, Chase.due_on, Chase.chased_on).tuples()) == [
        (-14, TODAY + timedelta(days=14), TODAY),
        (0, TODAY, TODAY),
        (0, TODAY, TODAY),
    ]


def test_the_same_day_again_sends_nothing_and_leaves_no_trace(world: World) -> None:
    world.action(due_on=TODAY)
    chase(OPEN_ACTIONS, TODAY, URL)
    before = (OutboxMessage.select().count(), Chase.select().count(), AuditEvent.select().count())
    assert chase(OPEN_ACTIONS, TODAY, URL).messages == ()
    assert before == (OutboxMessage.select().count(), Chase.select().count(), AuditEvent.select().count())


def test_a_dry_run_says_the_same_and_changes_nothing(world: World) -> None:
    world.action(due_on=TODAY)
    events = AuditEvent.select().count()
    said = chase(OPEN_ACTIONS, TODAY, URL, dry_run=True)
    assert (sent(), Chase.select().count(), AuditEvent.select().count()) == ([], 0, events)
    assert not has_run(OPEN_ACTIONS, TODAY)
    assert chase(OPEN_ACTIONS, TODAY, URL) == said


def test_a_day_with_nothing_due_sends_nothing_and_is_known_to_have_run(world: World) -> None:
    world.action(due_on=TODAY + timedelta(days=15))
    assert chase(OPEN_ACTIONS, TODAY, URL).messages == ()
    assert sent() == []
    assert has_run(OPEN_ACTIONS, TODAY)
    assert not has_run(OPEN_ACTIONS, TODAY + timedelta(days=1))


@pytest.mark.parametrize(
    ("day", "why"),
    [(date(2012, 3, 31), "a Saturday"), (date(2012, 4, 1), "a Sunday"), (date(2012, 4, 6), "a bank holiday")],
)
def test_nobody_is_chased_on_a_day_off(world: World, day: date, why: str) -> None:
    world.action(due_on=day)
    run = chase(OPEN_ACTIONS, day, URL)
    assert (run.on, run.messages, run.day_off) == (day, (), why)
    assert sent() == []


def test_what_falls_due_on_a_weekend_goes_on_the_next_working_day(world: World) -> None:
    world.action(due_on=date(2012, 4, 6))
    chase(OPEN_ACTIONS, date(2012, 4, 5), URL)
    for day in (6, 7, 8, 9):
        chase(OPEN_ACTIONS, date(2012, 4, day), URL)
    run = chase(OPEN_ACTIONS, date(2012, 4, 10), URL)
    assert [message.subject for message in run.messages] == ["1 action needs you: 1 overdue (SCR-2011-01/A1)"]
    assert [(row.stage, row.chased_on) for row in Chase.select().order_by(Chase.id)] == [
        (-14, date(2012, 4, 5)),
        (0, date(2012, 4, 10)),
    ]


def test_missed_days_are_caught_up_once_and_not_in_a_heap(world: World) -> None:
    world.action(due_on=TODAY)
    with clock.at(date(2012, 5, 2)):
        for day in (date(2012, 5, 1), date(2012, 5, 2), date(2012, 4, 10)):
            chase(OPEN_ACTIONS, day, URL)
    assert [(row.stage, row.chased_on) for row in Chase.select()] == [(28, date(2012, 5, 1))]


def test_a_new_due_date_begins_a_new_ladder(world: World) -> None:
    action = world.action(due_on=TODAY)
    chase(OPEN_ACTIONS, TODAY, URL)
    change_due_date(world.as_viewer(world.chair), action, date(2012, 4, 13), "The post was vacant.")
    chase(OPEN_ACTIONS, TODAY, URL)
    assert [row.stage for row in Chase.select()] == [0]
    chase(OPEN_ACTIONS, date(2012, 4, 2), URL)
    assert [(row.stage, row.due_on) for row in Chase.select().order_by(Chase.id)] == [
        (0, TODAY),
        (-14, date(2012, 4, 13)),
    ]


def test_only_open_actions_with_a_date_are_chased(world: World) -> None:
    still_open, returned = world.action(due_on=TODAY), world.action(due_on=TODAY)
    world.progress(still_open)
    world.decision(returned, accepted=False)
    world.action(due_on=None)
    world.submission(world.action(due_on=TODAY))
    world.decision(world.action(due_on=TODAY), accepted=True)
    world.progress(world.action(due_on=TODAY), "cannot_be_done", "The law does not let us.")
    for standing in ("on_hold", "superseded", "withdrawn"):
        set_standing(world.as_viewer(world.manager), world.action(due_on=TODAY), standing, "Decided.")
    chase(OPEN_ACTIONS, TODAY, URL)
    assert [row.action_id for row in Chase.select().order_by(Chase.id)] == [still_open.id, returned.id]


def test_every_lead_of_the_agency_is_asked_when_the_lead_has_gone(world: World) -> None:
    second = world.person("second-lead", Role.AGENCY_LEAD, agency=world.police)
    third = world.person("third-lead", Role.AGENCY_LEAD, agency=world.police)
    world.action(due_on=TODAY)
    switch_off(world.police_lead)
    chase(OPEN_ACTIONS, TODAY, URL)
    assert [to for to, _ in sent()] == [second.email, third.email]
    assert Chase.select().count() == 1


def test_the_managers_are_told_why_when_nobody_can_be_asked(world: World) -> None:
    world.action(due_on=TODAY)
    switch_off(world.police_lead)
    chase(OPEN_ACTIONS, TODAY, URL)
    message = OutboxMessage.get()
    assert message.to_user == world.manager
    assert "Nobody in the agency can be asked" in message.body


def test_a_message_holds_no_word_of_the_case(world: World) -> None:
    review = world.review(pseudonym="Child Zebra", title="Secret title", summary="A long story")
    world.action(due_on=TODAY, recommendation=world.recommendation(review), text="Tell the secret story")
    chase(OPEN_ACTIONS, TODAY, URL)
    message = OutboxMessage.get()
    for word in ("Zebra", "ecret", "story", "Share what is known"):
        assert word not in message.subject + message.body
    assert f"{review.reference}/A1" in message.body
    assert f"{URL}/reviews/{review.reference}/actions/1" in message.body


def test_of_a_restricted_review_only_named_people_hear(world: World) -> None:
    review = world.review()
    recommendation = world.recommendation(review)
    world.action(due_on=TODAY, recommendation=recommendation)
    review.is_restricted = True
    with change(SYSTEM) as tx:
        tx.update(review, "review.changed")
    run = chase(OPEN_ACTIONS, TODAY, URL)
    assert run.messages == ()
    assert [each.label for each in run.without_recipient] == [f"{review.reference}/A1"]
    other_manager = world.person("second-manager", Role.MANAGER)
    name_person(SYSTEM, review, other_manager)
    run = chase(OPEN_ACTIONS, TODAY, URL)
    assert [message.to for message in run.messages] == [other_manager.email]
    assert run.without_recipient == ()


def test_everything_of_a_run_is_in_the_trail(world: World) -> None:
    action = world.action(due_on=TODAY)
    newest = AuditEvent.select().count()
    chase(OPEN_ACTIONS, TODAY, URL)
    events = list(AuditEvent.select().where(AuditEvent.id > newest).order_by(AuditEvent.id))
    assert [event.event for event in events] == [
        "mail.queued",
        "mail.item-named",
        "action.chased",
        "chase.ran",
    ]
    assert events[1].action_id == events[2].action_id == action.id
    assert "Please say" not in events[0].state


def test_a_run_that_breaks_leaves_nothing_behind(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    world.action(due_on=TODAY)
    world.action(due_on=TODAY, agency=world.health)
    insert = prepared.insert_rows
    with monkeypatch.context() as broken:
        broken.setattr(
            prepared, "insert_rows", lambda rows: 1 / 0 if isinstance(rows[0], Chase) else insert(rows)
        )
        with pytest.raises(ZeroDivisionError):
            chase(OPEN_ACTIONS, TODAY, URL)
    assert (sent(), Chase.select().count(), has_run(OPEN_ACTIONS, TODAY)) == ([], 0, False)
    assert len(chase(OPEN_ACTIONS, TODAY, URL).messages) == 2


def test_the_database_itself_refuses_a_second_row(world: World) -> None:
    world.action(due_on=TODAY)
    chase(OPEN_ACTIONS, TODAY, URL)
    row = Chase.get()
    with pytest.raises(IntegrityError), change(SYSTEM) as tx:
        tx.add(
            Chase(
                review=row.review,
                action=row.action,
                stage=row.stage,
                due_on=row.due_on,
                chased_on=TODAY + timedelta(days=1),
                message=row.message,
            ),
            "action.chased",
        )


def test_the_number_of_queries_does_not_grow_with_the_actions(world: World) -> None:
    recommendation = world.recommendation()
    world.action(due_on=TODAY, recommendation=recommendation)
    with counted() as few:
        assert len(list_open(TODAY, BEGINS)) == 1
    for _ in range(9):
        world.action(due_on=TODAY, recommendation=recommendation)
    with counted() as many:
        assert len(list_open(TODAY, BEGINS)) == 10
    assert int(few) == int(many) == 14


def test_one_process_holds_the_lease_until_it_ends_or_gives_it_back(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    length = timedelta(minutes=5)
    assert acquire_lease("jobs", "a", length)
    assert acquire_lease("jobs", "a", length)
    assert not acquire_lease("jobs", "b", length)
    assert acquire_lease("other", "b", length)
    release_lease("jobs", "b")
    assert not acquire_lease("jobs", "b", length)
    later = clock.real_now() + timedelta(minutes=6)
    monkeypatch.setattr(leases.clock, "real_now", lambda: later)
    assert acquire_lease("jobs", "b", length)
    assert not acquire_lease("jobs", "a", length)
    release_lease("jobs", "b")
    assert acquire_lease("jobs", "a", length)


def test_the_days_that_a_board_had_set_are_carried_over(world: World) -> None:
    with writing():
        Setting.create(key="chase_offsets", value="[-30, 1]")
    world.action(due_on=TODAY + timedelta(days=30))
    world.action(due_on=TODAY)
    chase(OPEN_ACTIONS, TODAY, URL)
    assert sorted(row.stage for row in Chase.select()) == [-30, -30]
    chase(OPEN_ACTIONS, TODAY + timedelta(days=60), URL)
    # The last of them is day 1: then every 28 days.
    assert sorted(row.stage for row in Chase.select())[2:] == [29, 57]
