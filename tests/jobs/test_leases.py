"""One process does the jobs; when it is killed or clocks were wrong, another goes on in time."""

from datetime import UTC, date, datetime, timedelta

import pytest

from kscb_actions import clock
from kscb_actions.chasing.actions.models import Chase
from kscb_actions.chasing.actions.provider import OPEN_ACTIONS
from kscb_actions.chasing.queries import has_run
from kscb_actions.config import Settings
from kscb_actions.jobs.leases import LEASE_TIME
from kscb_actions.jobs.scheduler import RENEWS_SECONDS, WAKES_SECONDS, Jobs

from ..factories import World

MORNING = datetime(2012, 4, 2, 6, 59, tzinfo=UTC)
SECOND, MINUTE = timedelta(seconds=1), timedelta(minutes=1)


class Machines:
    """Processes whose jobs wake at their paces, by one machine's clock, which can be wrong."""

    def __init__(self, settings: Settings, patch: pytest.MonkeyPatch, count: int = 3) -> None:
        self.true, self.wrong = MORNING, timedelta()
        self.processes = [Jobs(settings) for _ in range(count)]
        self.worked: list[tuple[datetime, str]] = []
        patch.setattr(clock, "real_now", lambda: self.true + self.wrong)
        for each in self.processes:
            patch.setattr(each, "_deliver", lambda each=each: self.worked.append((self.true, each.holder)))

    def live(self, length: timedelta, jobs: bool = True) -> None:
        """Let time pass, second by second; the processes do not wake at the same ones."""
        end = self.true + length
        while self.true < end:
            self.true += SECOND
            second = int((self.true - MORNING).total_seconds())
            with clock.at(clock.real_now()):
                for number, each in enumerate(self.processes):
                    if (second + 3 * number) % RENEWS_SECONDS == 0:
                        each.lead()
                    if jobs and (second + 17 * number) % WAKES_SECONDS == 0:
                        each.deliver()
                        each.chase()

    def kill(self, holder: str) -> None:
        """Let a process wake no more; it gives nothing back."""
        self.processes = [each for each in self.processes if each.holder != holder]


@pytest.fixture
def machines(world: World, settings: Settings, monkeypatch: pytest.MonkeyPatch) -> Machines:
    return Machines(settings, monkeypatch)


def test_of_a_killed_process_the_lease_is_taken_within_a_minute(machines: Machines) -> None:
    machines.live(2 * MINUTE)
    ((_, first), *_) = machines.worked
    assert {holder for _, holder in machines.worked} == {first}
    machines.kill(first)
    killed, machines.worked = machines.true, []
    machines.live(MINUTE, jobs=False)
    # Whoever has it now does not share it.
    for each in machines.processes:
        each.deliver()
    assert len({holder for _, holder in machines.worked}) == 1
    assert LEASE_TIME + timedelta(seconds=RENEWS_SECONDS) < MINUTE and machines.true == killed + MINUTE


def test_a_job_that_takes_long_keeps_the_lease(machines: Machines) -> None:
    machines.live(MINUTE)
    (holder,) = {holder for _, holder in machines.worked}
    machines.live(30 * MINUTE, jobs=False)
    for each in machines.processes:
        each.deliver()
    assert {each for _, each in machines.worked} == {holder}


@pytest.mark.parametrize("is_killed", [True, False])
@pytest.mark.parametrize("days", [1, 366, -1, -366])
def test_after_a_clock_that_was_wrong_chasing_goes_on_within_two_minutes(
    world: World, machines: Machines, days: int, is_killed: bool
) -> None:
    """The holder was killed by the wrong clock, or goes on with the right one."""
    with clock.at(date(2012, 3, 1)):
        first, second = world.action(date(2012, 4, 2)), world.action(date(2012, 4, 3))
    machines.wrong = timedelta(days=days)
    machines.live(3 * MINUTE)
    if is_killed:
        machines.kill(machines.worked[-1][1])
    machines.wrong = timedelta()
    machines.true = datetime(2012, 4, 3, 7, 30, tzinfo=UTC)
    machines.worked.clear()
    machines.live(2 * MINUTE)
    assert machines.worked
    given = Chase.select().where(Chase.stage == 0).order_by(Chase.action)
    assert [row.action_id for row in given] == [first.id, second.id]
    # A clock that was ahead by a day had said it the evening before.
    assert has_run(OPEN_ACTIONS, date(2012, 4, 3))
