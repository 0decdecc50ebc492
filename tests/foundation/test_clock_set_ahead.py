"""A machine's clock that was ahead, a day or a year, is put right: all goes on within two minutes.

Each kind that is kept with an instant is set while the clock is ahead, and tried when it is right again. What
went wrong without the rule (`kscb_actions.ahead`) is shown by taking it away.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime, timedelta

import pytest
from flask import Flask

from kscb_actions import clock
from kscb_actions.ahead import TOLERANCE, furthest
from kscb_actions.chasing.actions.models import Chase
from kscb_actions.chasing.actions.provider import OPEN_ACTIONS
from kscb_actions.chasing.news.service import see_all
from kscb_actions.chasing.queries import has_run
from kscb_actions.commands.check_clock import set_ahead
from kscb_actions.config import Settings
from kscb_actions.database import writing
from kscb_actions.jobs.leases import acquire_lease
from kscb_actions.jobs.scheduler import Jobs
from kscb_actions.mail.delivery import deliver_due
from kscb_actions.mail.models import OutboxMessage
from kscb_actions.mail.rules import CLAIM, MAX_TRIES, WAITS, is_due, next_try
from kscb_actions.people.live_sessions import forget_old_sessions, live_session
from kscb_actions.people.models import SignInAttempt, SignInSession
from kscb_actions.people.queries import invited_people
from kscb_actions.people.service import invite, person_of_link
from kscb_actions.people.sign_in import Door, TooManyTries, count_attempt, may_request_link

from ..conftest import signed_in_token
from ..factories import World
from ..mail.peers import Peer, free_port, listening
from ..mail.sending import via, write

# A Thursday in the morning, before the day's chase; the board has begun three weeks before.
NOW = datetime(2012, 4, 19, 6, 30, tzinfo=UTC)
AHEAD = [timedelta(days=1), timedelta(days=365)]
URL = "https://tracker.example"


class Machine:
    """The machine's clock, which can be ahead, and the true time, which goes on."""

    def __init__(self, patch: pytest.MonkeyPatch) -> None:
        self.true, self.ahead = NOW, timedelta()
        patch.setattr(clock, "real_now", lambda: self.true + self.ahead)

    @contextmanager
    def set_ahead(self, by: timedelta) -> Iterator[None]:
        """Set the clock ahead inside the block, and put it right after a minute of true time."""
        self.ahead = by
        with clock.at(clock.real_now()):
            yield
        self.ahead = timedelta()
        self.true += timedelta(minutes=1)

    @contextmanager
    def later(self, by: timedelta) -> Iterator[None]:
        """Let true time go on, the clock being right."""
        self.true += by
        with clock.at(clock.real_now()):
            yield


@pytest.fixture
def machine(monkeypatch: pytest.MonkeyPatch) -> Machine:
    """Return a machine whose clock can be set."""
    return Machine(monkeypatch)


def messages() -> list[str]:
    return [row.subject for row in OutboxMessage.select().order_by(OutboxMessage.id)]


def test_nothing_true_lies_further_ahead_than_its_length() -> None:
    assert furthest(NOW) == NOW + TOLERANCE
    assert furthest(NOW, CLAIM) == NOW + CLAIM + TOLERANCE
    assert timedelta() < TOLERANCE <= timedelta(minutes=1)


@pytest.mark.parametrize("ahead", AHEAD)
def test_a_lease_in_the_future_holds_nobody(app: Flask, machine: Machine, ahead: timedelta) -> None:
    with machine.set_ahead(ahead):
        assert acquire_lease("jobs", "gone")
    assert any("lease" in note for note in set_ahead())
    assert acquire_lease("jobs", "here")
    assert not acquire_lease("jobs", "a third")
    assert list(set_ahead()) == []


@pytest.mark.parametrize("ahead", AHEAD)
def test_wrong_passwords_of_the_future_lock_nobody_out(
    app: Flask, machine: Machine, ahead: timedelta
) -> None:
    with machine.set_ahead(ahead):
        for _ in range(10):
            count_attempt(Door.SIGN_IN, "reader@board.example")
        for _ in range(5):
            assert may_request_link("reader@board.example")
    assert any("15 wrong passwords" in note for note in set_ahead())
    for _ in range(10):
        count_attempt(Door.SIGN_IN, "reader@board.example")
    with pytest.raises(TooManyTries):
        count_attempt(Door.SIGN_IN, "reader@board.example")
    assert may_request_link("reader@board.example")
    assert SignInAttempt.select().where(SignInAttempt.at > furthest(clock.real_now())).count() == 0


@pytest.mark.parametrize("ahead", AHEAD)
def test_a_session_of_the_future_has_ended(world: World, machine: Machine, ahead: timedelta) -> None:
    with machine.set_ahead(ahead):
        token = signed_in_token(world.reader)
        assert live_session(token)
    assert live_session(token) is None
    assert any("1 session was" in note for note in set_ahead())
    right = signed_in_token(world.reader)
    assert forget_old_sessions() == 1
    assert live_session(right) and SignInSession.select().count() == 1


@pytest.mark.parametrize("column", ["seen_at", "started_at"])
def test_a_session_is_judged_by_both_its_instants(world: World, machine: Machine, column: str) -> None:
    token = signed_in_token(world.reader)
    row = live_session(token)
    assert row
    setattr(row, column, clock.real_now() + TOLERANCE + timedelta(seconds=1))
    with writing(SignInSession):
        row.save()
    assert live_session(token) is None


@pytest.mark.parametrize("ahead", AHEAD)
@pytest.mark.parametrize("lasts", [timedelta(hours=2), timedelta(days=7)])
def test_a_link_issued_in_the_future_is_void_and_a_new_one_works(
    world: World, settings: Settings, machine: Machine, ahead: timedelta, lasts: timedelta
) -> None:
    with machine.set_ahead(ahead):
        void = invite(world.reader, lasts, ends_earlier=False)
        assert person_of_link(void) == world.reader
    assert person_of_link(void) is None and invited_people() == frozenset()
    assert any("1 password link was" in note for note in set_ahead())
    assert person_of_link(invite(world.reader, lasts, ends_earlier=False)) == world.reader
    Jobs(settings).forget()
    with machine.later(ahead):
        assert person_of_link(void) is None, "a link once void must not come to life when its time comes"


@pytest.mark.parametrize("ahead", AHEAD)
@pytest.mark.parametrize("tries", range(1, MAX_TRIES))
def test_a_message_put_off_by_a_clock_ahead_is_tried_now(ahead: timedelta, tries: int) -> None:
    put_off = next_try(tries, NOW + ahead)
    assert is_due(put_off, tries, NOW + timedelta(minutes=2))
    claimed = NOW + ahead + CLAIM
    assert is_due(claimed, tries, NOW) == (claimed > furthest(NOW, max(CLAIM, WAITS[tries - 1])))
    right = next_try(tries, NOW)
    assert right and not is_due(right, tries, NOW) and is_due(right, tries, right)
    assert not is_due(NOW + CLAIM, tries, NOW), "another process is sending it"


@pytest.mark.parametrize("ahead", AHEAD)
def test_mail_goes_on_and_nothing_goes_twice(
    world: World, settings: Settings, machine: Machine, ahead: timedelta
) -> None:
    write(world.reader)
    unreachable = via(settings, free_port())
    with machine.set_ahead(ahead):
        assert deliver_due(unreachable).put_off == 1
    assert any("1 message was" in note for note in set_ahead())
    with listening(Peer()) as peer, machine.later(timedelta(minutes=1)):
        Jobs(via(settings, peer.port)).deliver()
        Jobs(via(settings, peer.port)).deliver()
        assert len(peer.received) == 1
    assert OutboxMessage.get().state == "sent"


@pytest.mark.parametrize("ahead", [timedelta(days=1), timedelta(days=364)])
def test_chasing_goes_on_day_by_day_with_nothing_twice_and_nothing_lost(
    world: World, settings: Settings, machine: Machine, ahead: timedelta
) -> None:
    world.action(due_on=date(2012, 4, 20))
    world.action(due_on=date(2012, 5, 11), agency=world.health)
    for lead in (world.police_lead, world.health_lead):
        see_all(lead.viewer)
    gone, here = Jobs(settings), Jobs(settings)
    with machine.set_ahead(ahead + timedelta(hours=2)):
        gone.chase()
        day_ahead = clock.today()
    too_early = Chase.select().count()
    assert too_early > 0
    with machine.later(timedelta(hours=2)):
        assert any("chase was done in the future" in note for note in set_ahead())
        here.chase()
        assert has_run(OPEN_ACTIONS, date(2012, 4, 19)) and not has_run(OPEN_ACTIONS, day_ahead)
    for _ in range(60):
        with machine.later(timedelta(days=1)):
            here.chase()
    rows = Chase.select().where(Chase.id > too_early).order_by(Chase.id)
    told = {(row.action.agency.code, row.stage): row.chased_on for row in rows}
    expected = dict(CHASED)
    if ahead.days == 1:
        # Told on the day before of its last stage: it has been read, and does not come a second time.
        del expected["KPOL", -14], expected["KPOL", 0]
        assert not Chase.select().where(Chase.repeat > 0).exists()
    assert told == expected and rows.count() == len(expected)
    assert sum("need" in subject for subject in messages()) == too_early + rows.count()


CHASED = {
    ("KPOL", -14): date(2012, 4, 19),
    ("KPOL", 0): date(2012, 4, 20),
    ("KPOL", 7): date(2012, 4, 27),
    ("KPOL", 28): date(2012, 5, 18),
    ("KPOL", 56): date(2012, 6, 15),
    ("NHSK", -14): date(2012, 4, 27),
    ("NHSK", 0): date(2012, 5, 11),
    ("NHSK", 7): date(2012, 5, 18),
    ("NHSK", 28): date(2012, 6, 8),
}


def test_without_the_rule_each_kind_would_wait(
    world: World, machine: Machine, monkeypatch: pytest.MonkeyPatch
) -> None:
    never: Callable = lambda now, length=timedelta(): datetime(9999, 1, 1, tzinfo=UTC)  # noqa: E731
    for module in ("jobs.leases", "people.live_sessions", "people.sign_in", "people.queries", "mail.rules"):
        monkeypatch.setattr(f"kscb_actions.{module}.furthest", never)
    with machine.set_ahead(timedelta(days=1)):
        acquire_lease("jobs", "gone")
        for _ in range(10):
            count_attempt(Door.SIGN_IN, "reader@board.example")
        token, link = signed_in_token(world.reader), invite(world.reader)
    assert not acquire_lease("jobs", "here")
    with pytest.raises(TooManyTries):
        count_attempt(Door.SIGN_IN, "reader@board.example")
    assert live_session(token) and person_of_link(link)
    assert not is_due(next_try(1, NOW + timedelta(days=1)), 1, NOW)
