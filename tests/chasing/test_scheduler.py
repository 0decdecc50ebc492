"""The scheduler: when it fires, what it makes up for, and that one process does the work."""

from datetime import UTC, date, datetime, timedelta

import pytest
from apscheduler.triggers.cron import CronTrigger

from kscb_actions import clock
from kscb_actions.audit.service import ChangeWithoutEvent
from kscb_actions.chasing.actions.provider import OPEN_ACTIONS
from kscb_actions.chasing.queries import has_run
from kscb_actions.config import Settings
from kscb_actions.jobs import scheduler
from kscb_actions.jobs.models import Lease
from kscb_actions.jobs.scheduler import Jobs, build, chase_trigger
from kscb_actions.mail.models import OutboxMessage
from kscb_actions.people.models import SignInSession

from ..factories import TODAY, World

MORNING = datetime(2012, 3, 30, 7, 0, tzinfo=UTC)


def firings(trigger: CronTrigger, start: datetime, count: int) -> list[datetime]:
    found: list[datetime] = []
    for _ in range(count):
        previous = found[-1] if found else None
        now = found[-1] + timedelta(microseconds=1) if found else start
        found.append(trigger.get_next_fire_time(previous, now))
    return found


@pytest.mark.parametrize(
    ("start", "instants"),
    [
        # The clocks go forward on Sunday 25 March 2012.
        (datetime(2012, 3, 23, 0, tzinfo=UTC), ["2012-03-23T08:00", "2012-03-26T07:00", "2012-03-27T07:00"]),
        # The clocks go back on Sunday 28 October 2012.
        (datetime(2012, 10, 26, 0, tzinfo=UTC), ["2012-10-26T07:00", "2012-10-29T08:00", "2012-10-30T08:00"]),
        # Over a weekend, the end of a month and the end of a year.
        (
            datetime(2012, 12, 31, 8, 1, tzinfo=UTC),
            ["2013-01-01T08:00", "2013-01-02T08:00", "2013-01-03T08:00"],
        ),
        (datetime(2012, 2, 28, 9, tzinfo=UTC), ["2012-02-29T08:00", "2012-03-01T08:00", "2012-03-02T08:00"]),
    ],
)
def test_the_chase_fires_at_eight_in_london_whatever_the_clocks_do(
    start: datetime, instants: list[str]
) -> None:
    fired = firings(chase_trigger(), start, len(instants))
    assert [f"{instant.astimezone(UTC):%Y-%m-%dT%H:%M}" for instant in fired] == instants
    assert {(instant.astimezone(clock.LONDON).hour, instant.weekday() < 5) for instant in fired} == {
        (8, True)
    }


def test_a_year_has_one_firing_for_each_weekday() -> None:
    fired = firings(chase_trigger(), datetime(2012, 1, 1, tzinfo=UTC), 261)
    days = [instant.astimezone(clock.LONDON).date() for instant in fired]
    assert len(set(days)) == 261
    assert days[-1] == date(2012, 12, 31)


def test_late_jobs_run_late_and_once(settings: Settings) -> None:
    built = build(Jobs(settings))
    assert built._job_defaults == {"coalesce": True, "max_instances": 1, "misfire_grace_time": None}
    jobs = {"chase", "catch-up", "delivery", "sessions", "leftovers"}
    assert {job.id for job, *_ in built._pending_jobs} == jobs


@pytest.mark.parametrize(
    ("instant", "is_sent"),
    [
        (MORNING - timedelta(minutes=1), False),
        (MORNING, True),
        (MORNING + timedelta(hours=15, minutes=59), True),
        # Just after midnight, and on a Saturday.
        (MORNING + timedelta(hours=16), False),
        (MORNING + timedelta(days=1), False),
    ],
)
def test_a_missed_chase_is_made_up_for_on_the_same_working_day(
    world: World, settings: Settings, instant: datetime, is_sent: bool
) -> None:
    world.action(due_on=TODAY)
    with clock.at(instant):
        Jobs(settings).catch_up()
    assert OutboxMessage.select().count() == is_sent
    assert has_run(OPEN_ACTIONS, TODAY) is is_sent


def test_catching_up_leaves_a_day_alone_that_has_had_its_chase(world: World, settings: Settings) -> None:
    jobs = Jobs(settings)
    with clock.at(MORNING):
        jobs.chase()
        world.action(due_on=TODAY)
        jobs.catch_up()
    assert OutboxMessage.select().count() == 0


def test_one_process_works_and_another_takes_over_when_it_stops(world: World, settings: Settings) -> None:
    first, second = Jobs(settings), Jobs(settings)
    first.forget()
    world.action(due_on=TODAY)
    second.chase()
    assert OutboxMessage.select().count() == 0
    first.release()
    second.chase()
    assert OutboxMessage.select().count() == 1
    first.chase()
    assert Lease.get().holder == second.holder


def test_an_error_in_a_job_is_logged_and_survived(
    world: World, settings: Settings, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    world.action(due_on=TODAY)
    jobs = Jobs(settings)
    with monkeypatch.context() as broken:
        broken.setattr(scheduler, "chase", lambda *_: (_ for _ in ()).throw(ChangeWithoutEvent("broken")))
        jobs.chase()
    assert "job chase failed" in caplog.text
    jobs.chase()
    assert OutboxMessage.select().count() == 1


def test_old_sessions_are_forgotten(world: World, settings: Settings, sign_in) -> None:
    sign_in(world.manager)
    jobs = Jobs(settings)
    jobs.forget()
    assert SignInSession.select().count() == 1
    later = clock.real_now() + timedelta(hours=9)
    with pytest.MonkeyPatch.context() as moved:
        moved.setattr(clock, "real_now", lambda: later)
        jobs.forget()
    assert SignInSession.select().count() == 0
