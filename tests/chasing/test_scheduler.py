"""The scheduler: when it fires, what it makes up for, and that one process does the work."""

import logging
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

import pytest

from kscb_actions import clock
from kscb_actions.audit.service import ChangeWithoutEvent
from kscb_actions.chasing.actions.provider import OPEN_ACTIONS
from kscb_actions.chasing.queries import has_run
from kscb_actions.config import Settings
from kscb_actions.jobs import scheduler
from kscb_actions.jobs.models import Lease
from kscb_actions.jobs.scheduler import Jobs, paces
from kscb_actions.mail.models import OutboxMessage
from kscb_actions.people.models import SignInSession

from ..factories import TODAY, World
from ..mail.peers import Peer, listening
from ..mail.sending import states, via, write

MORNING = datetime(2012, 3, 30, 7, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("day", "hour"),
    [
        # The clocks go forward on Sunday 25 March 2012, and back on Sunday 28 October.
        (date(2012, 3, 23), 8),
        (date(2012, 3, 26), 7),
        (date(2012, 10, 26), 7),
        (date(2012, 10, 29), 8),
    ],
)
def test_the_chase_is_due_from_eight_in_london_whatever_the_clocks_do(
    world: World, settings: Settings, day: date, hour: int
) -> None:
    eight, jobs = datetime.combine(day, time(hour), UTC), Jobs(settings)
    for instant, is_done in ((eight - timedelta(seconds=1), False), (eight, True)):
        with clock.at(instant):
            jobs.chase()
        assert has_run(OPEN_ACTIONS, day) is is_done


def test_every_job_wakes_at_its_pace(settings: Settings) -> None:
    jobs = Jobs(settings)
    assert paces(jobs) == (
        (jobs.lead, 10, 0),
        (jobs.chase, 60, 0),
        (jobs.deliver, 60, 0),
        (jobs.freeze, 60, 0),
        (jobs.call, 60, 0),
        (jobs.draw, 1, 0),
        (jobs.forget, 3600, 0),
        (jobs.sweep, 21600, 600),
    )


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
        Jobs(settings).chase()
    assert OutboxMessage.select().count() == is_sent
    assert has_run(OPEN_ACTIONS, TODAY) is is_sent


def test_a_day_is_left_alone_that_has_had_its_chase(world: World, settings: Settings) -> None:
    jobs = Jobs(settings)
    with clock.at(MORNING):
        jobs.chase()
        world.action(due_on=TODAY)
        jobs.chase()
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
        broken.setattr(
            scheduler, "chase_together", lambda *_: (_ for _ in ()).throw(ChangeWithoutEvent("broken"))
        )
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


def test_a_process_that_ends_sends_what_is_on_its_way_and_leaves_the_rest_to_another(
    world: World, settings: Settings, caplog: pytest.LogCaptureFixture
) -> None:
    for person in (world.police_lead, world.health_lead, world.reader):
        write(person)

    class Ending(Peer):
        """A server in whose hearing the process is told to end."""

        async def handle_DATA(self, *heard: Any) -> str:
            first.ending.set()
            return await super().handle_DATA(*heard)

    with listening(Ending()) as peer, caplog.at_level(logging.INFO):
        first, second = (Jobs(via(settings, peer.port)) for _ in range(2))
        first.deliver()
        assert states() == ["sent", "queued", "queued"]
        assert "mail: 1 sent, 0 put off, 0 failed, 0 withheld, 2 left" in caplog.text
        first.release()
        second.deliver()
    assert states() == ["sent"] * 3 and len(peer.received) == 3
