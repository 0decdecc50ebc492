"""Which clock was wrong, by the days of the trail; and that nobody is reminded by one that is behind."""

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from datetime import UTC, date, datetime, timedelta

import pytest

from kscb_actions import clock
from kscb_actions.access.policy import SYSTEM
from kscb_actions.audit.service import change
from kscb_actions.chasing.actions.models import Chase
from kscb_actions.chasing.actions.provider import OPEN_ACTIONS
from kscb_actions.chasing.ladder.service import pause_reminders
from kscb_actions.chasing.lived.queries import is_clock_behind
from kscb_actions.chasing.lived.rules import is_behind, set_back
from kscb_actions.chasing.news.service import count_as_told
from kscb_actions.chasing.queries import has_happened, has_run
from kscb_actions.config import Settings
from kscb_actions.jobs.lateness import late
from kscb_actions.jobs.scheduler import Jobs
from kscb_actions.mail.models import OutboxMessage

from ...factories import World
from ...mail.peers import Peer, free_port, listening
from ...mail.sending import plain, via

DAY = date(2012, 4, 19)
EVENT = "board-week.told"
OnDay = Callable[..., AbstractContextManager[None]]


def days(*numbers: int) -> list[tuple[date, int]]:
    """Return days of a trail, counted from one of them, each with the event that was the first then."""
    return [(DAY + timedelta(days=number), at) for at, number in enumerate(numbers)]


@pytest.fixture
def on_day(monkeypatch: pytest.MonkeyPatch) -> OnDay:
    """Hold every clock in the morning of a day."""

    @contextmanager
    def hold(day: date, hour: int = 9) -> Iterator[None]:
        at = datetime(day.year, day.month, day.day, hour, tzinfo=UTC)
        with clock.at(at), monkeypatch.context() as held:
            held.setattr(clock, "real_now", lambda: at)
            yield

    return hold


@pytest.fixture
def lived(world: World, on_day: OnDay) -> World:
    """Return a board at which something happened on each of fifty days, before its first run of reminders."""
    for number in range(-50, 0):
        with on_day(DAY + timedelta(days=number)):
            happen()
    count_as_told()
    return world


def happen(event: str = "settings.looked-at", **detail: object) -> None:
    with change(SYSTEM) as tx:
        tx.record(event, "chasing", detail)


@pytest.mark.parametrize(
    ("shown", "today", "behind"),
    [
        (range(31), 30, False),
        (range(31), 31, False),
        # An hour or a day behind reads like a day ahead and put right.
        (range(31), 29, False),
        (range(31), 27, True),
        (range(31), -9000, True),
        # Days without anything before it: it may have been ahead for as long.
        ((0, 1, 2, 9, 10), 4, False),
        ((*range(31), 70), 31, False),
        ((*range(31), 70, 71, 72), 33, False),
        ((*range(31), 70, 71, 72, 73), 31, True),
        # Ahead time and again: none of it stays lived through.
        ((0, 40, 1, 41, 2, 42, 3, 43), 4, False),
        # Begun by a clock that was ahead: believed when the days go on.
        ((300, 301, 0, 1), 2, False),
        ((300, 301, 302, 0), 1, True),
        # It has hardly begun.
        ((300, 301), 0, False),
    ],
)
def test_a_clock_is_behind_where_more_days_were_lived_through_than_had_passed(
    shown: tuple[int, ...], today: int, behind: bool
) -> None:
    first = days(*shown)[0][0]
    assert is_behind(days(*shown), DAY + timedelta(days=today), first) is behind


def test_days_without_a_run_tell_that_it_is_the_later_clock_that_was_wrong() -> None:
    later, earlier = DAY + timedelta(days=30), DAY + timedelta(days=3)
    runs, first = [(later, later, 30), (earlier, earlier, 31)], DAY - timedelta(days=400)
    assert [each.day for each in set_back(runs, later, first)] == [later]
    assert set_back(runs, later, first, days(*range(31))) == []


def test_what_was_told_on_the_day_before_its_own_counts_where_no_run_was_made_since() -> None:
    # On a Sunday by a clock a day ahead; on a later day it is ahead once more.
    monday, later = DAY + timedelta(days=4), DAY + timedelta(days=50)
    tuesday, wednesday = monday + timedelta(days=1), monday + timedelta(days=2)
    runs = [(monday, monday, 10), (monday, monday, 12), (tuesday, tuesday, 13), (later, later, 14)]
    lived = [(DAY, 1), (monday, 9), (monday - timedelta(days=1), 11), (tuesday, 13), (later, 14)]
    found = {each.message: each.since for each in set_back(runs, wednesday, DAY, lived)}
    assert found == {14: wednesday, 10: monday}


def test_what_was_told_stays_told_when_a_clock_was_behind_and_not_when_it_had_been_ahead(
    lived: World, on_day: OnDay
) -> None:
    with on_day(DAY):
        happen(EVENT, on=DAY)
    for behind in (9, 15_000):
        with on_day(DAY - timedelta(days=behind)):
            happen()
    assert has_happened(EVENT, DAY)
    ahead = DAY + timedelta(days=40)
    with on_day(ahead):
        happen(EVENT, on=ahead)
        assert has_happened(EVENT, ahead)
    with on_day(DAY + timedelta(days=1)):
        happen()
    assert not has_happened(EVENT, ahead) and has_happened(EVENT, DAY)


def test_what_was_asked_for_by_name_for_a_day_to_come_is_not_told_again(lived: World, on_day: OnDay) -> None:
    to_come = DAY + timedelta(days=4)
    with on_day(DAY):
        happen(EVENT, on=to_come)
        happen()
        assert has_happened(EVENT, to_come)
    with on_day(to_come):
        assert not has_happened(EVENT, to_come)


@pytest.mark.parametrize("behind", [6, 45, 400, 15_000])
def test_by_a_clock_that_is_behind_nobody_is_reminded_and_it_is_said(
    lived: World, settings: Settings, on_day: OnDay, behind: int
) -> None:
    lived.action(due_on=DAY)
    unreachable = Jobs(via(settings, free_port()))
    with on_day(DAY):
        unreachable.chase()
        unreachable.deliver()
        assert Chase.select().count() == 1 and late(True) == []
    wrong = DAY - timedelta(days=behind)
    with listening(Peer()) as peer:
        jobs = Jobs(via(settings, peer.port))
        with on_day(wrong):
            assert is_clock_behind(wrong)
            jobs.chase()
            jobs.deliver()
            (said,) = late(True)
            assert "days up to 19 April 2012 have been lived through" in said
        assert peer.received == [] and not has_run(OPEN_ACTIONS, wrong)
        for hour in (9, 10):
            with on_day(DAY, hour):
                jobs.chase()
                jobs.deliver()
                assert late(True) == []
    assert len(peer.received) == 1 and OutboxMessage.get().state == "sent"
    assert Chase.select().count() == 1


def test_in_the_morning_after_a_clock_that_was_behind_no_run_is_late(
    lived: World, settings: Settings, on_day: OnDay
) -> None:
    lived.action(due_on=DAY)
    with on_day(DAY):
        Jobs(settings).chase()
    with on_day(DAY - timedelta(days=15_000)):
        happen()
    with on_day(DAY + timedelta(days=1), hour=5):
        assert late(False) == [] and has_run(OPEN_ACTIONS, DAY)
    with on_day(DAY + timedelta(days=1), hour=10):
        assert "The reminders of 20 April 2012" in late(False)[0]


def test_a_digest_that_a_clock_ahead_has_left_waiting_goes_in_that_of_the_day(
    lived: World, settings: Settings, on_day: OnDay
) -> None:
    lived.action(due_on=DAY)
    lived.action(due_on=DAY + timedelta(days=200))
    with on_day(DAY + timedelta(days=366)):
        unreachable = Jobs(via(settings, free_port()))
        unreachable.chase()
        unreachable.deliver()
    with listening(Peer()) as peer, on_day(DAY):
        jobs = Jobs(via(settings, peer.port))
        jobs.chase()
        jobs.deliver()
    (told,) = peer.received
    assert "1 due today" in told["Subject"] and "2013" not in str(told)


def test_what_a_clock_ahead_had_sent_of_a_day_does_not_stand_for_what_was_taken_back_of_it(
    lived: World, settings: Settings, on_day: OnDay
) -> None:
    ahead, paused_until = DAY + timedelta(days=5), DAY + timedelta(days=8)
    action = lived.action(due_on=DAY - timedelta(days=2))
    lived.action(due_on=DAY + timedelta(days=200))
    with listening(Peer()) as peer:
        jobs = Jobs(via(settings, peer.port))
        for day in (ahead, DAY):
            with on_day(day):
                jobs.chase()
                jobs.deliver()
        with on_day(ahead):
            Jobs(via(settings, free_port())).chase()
        with on_day(ahead, hour=12):
            pause_reminders(lived.manager.viewer, action.review, None, "They meet.", paused_until)
            jobs.deliver()
        early = len(peer.received)
        for day in (paused_until, paused_until + timedelta(days=3)):
            with on_day(day):
                jobs.chase()
                jobs.deliver()
    assert Chase.select().where(Chase.stage == 7).count() == 3
    assert [action.reference in plain(message) for message in peer.received[early:]] == [True]


@pytest.mark.parametrize(("days", "count"), [(1, 1), (3, 1), (4, 2)])
def test_what_came_some_days_too_early_is_not_given_again_and_what_came_long_before_is(
    lived: World, settings: Settings, on_day: OnDay, days: int, count: int
) -> None:
    monday = DAY + timedelta(days=4)
    first = monday + timedelta(days=days)
    action = lived.action(due_on=first + timedelta(days=14))
    jobs = Jobs(settings)
    for day in (first, monday, first, first + timedelta(days=1)):
        with on_day(day):
            jobs.chase()
    assert Chase.select().where(Chase.action == action).count() == count


def test_a_digest_of_tomorrow_waits_for_its_day_where_the_clock_went_back_by_one(
    lived: World, settings: Settings, on_day: OnDay
) -> None:
    tomorrow = DAY + timedelta(days=1)
    action = lived.action(due_on=tomorrow + timedelta(days=14))
    count_as_told()
    with listening(Peer()) as peer:
        jobs = Jobs(via(settings, peer.port))
        with on_day(DAY):
            jobs.chase()
        with on_day(tomorrow):
            unreachable = Jobs(via(settings, free_port()))
            unreachable.chase()
            unreachable.deliver()
        for day, count in ((DAY, 0), (tomorrow, 1), (tomorrow + timedelta(days=3), 1)):
            with on_day(day, hour=10):
                jobs.chase()
                jobs.deliver()
            assert len(peer.received) == count
    assert action.reference in plain(peer.received[0])
    assert [row.state for row in OutboxMessage.select()] == ["sent"]
