"""Digests of several days that wait for one person go as one, with all that still holds of them."""

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from datetime import date, timedelta

import pytest
from flask import Flask
from flask.testing import FlaskClient

from kscb_actions import clock
from kscb_actions.access.policy import SYSTEM, Role
from kscb_actions.actions.models import Action
from kscb_actions.audit.service import change
from kscb_actions.chasing.actions.models import Chase
from kscb_actions.chasing.anew import give_again
from kscb_actions.chasing.gathering import gather
from kscb_actions.chasing.log.models import Reminder
from kscb_actions.chasing.models import TakenOut
from kscb_actions.chasing.news.service import count_as_told
from kscb_actions.config import Settings
from kscb_actions.database import writing
from kscb_actions.mail.delivery import deliver_due
from kscb_actions.mail.models import OutboxItem, OutboxMessage
from kscb_actions.mail.queries import address_troubles
from kscb_actions.mail.rules import About
from kscb_actions.mail.service import queue
from kscb_actions.mail.smtp import MailServer
from kscb_actions.people.models import User
from kscb_actions.people.service import edit_person, facts_of

from ..audit.test_chain import run_check
from ..factories import World
from ..mail.peers import Peer, free_port
from ..mail.sending import LEAD, OTHER, deliver_to, plain, via
from .test_anew import NEW, moved, run, text

MONDAY, TUESDAY, WEDNESDAY = (date(2012, 4, day) for day in (2, 3, 4))
DAYS = (MONDAY, TUESDAY, WEDNESDAY)
OnDay = Callable[..., AbstractContextManager[None]]
SignIn = Callable[[User | None], FlaskClient]
Found = tuple[Action, Action, Action]
pytestmark = pytest.mark.usefixtures("app")


@pytest.fixture
def on_day(monkeypatch: pytest.MonkeyPatch) -> OnDay:
    """Hold every clock at noon of a day, and some minutes."""

    @contextmanager
    def hold(day: date, minutes: int = 0) -> Iterator[None]:
        at = clock.start_of(day) + timedelta(hours=12, minutes=minutes)
        with clock.at(at), monkeypatch.context() as held:
            held.setattr(clock, "real_now", lambda: at)
            yield

    return hold


@pytest.fixture
def found(world: World) -> Found:
    """Return three actions, due on each of three days on which no mail server answers."""
    actions = [world.action(due_on=day) for day in DAYS]
    count_as_told()
    first, second, third = actions
    return first, second, third


def without_server(settings: Settings, on_day: OnDay, days: tuple[date, ...] = DAYS) -> None:
    """Live through days on which reminders are written and nothing can be sent."""
    for day in days:
        with on_day(day):
            run(day)
            deliver_due(via(settings, free_port()))


def save(action: Action, **fields: object) -> None:
    """Change an action as its pages would."""
    row = Action.get_by_id(action.id)
    for name, value in fields.items():
        setattr(row, name, value)
    with change(SYSTEM) as tx:
        tx.update(row, "action.changed")


def told_of(said: str, action: Action) -> int:
    return said.splitlines().count(action.reference) + said.count(f"{action.reference}, ")


def given_not() -> set[int]:
    """Return the chases that were taken out of their messages."""
    return {row.chase_id for row in TakenOut.select().where(TakenOut.kind == "chase")}


def digests() -> list[OutboxMessage]:
    return list(OutboxMessage.select().order_by(OutboxMessage.id))


def states() -> list[str]:
    return [message.state for message in digests()]


def test_after_three_days_without_a_server_one_digest_tells_what_was_missed(
    world: World, settings: Settings, on_day: OnDay, found: Found
) -> None:
    with on_day(TUESDAY):
        new = world.action(due_on=WEDNESDAY + timedelta(days=60))
    without_server(settings, on_day)
    assert len(digests()) == 3 and states() == ["taken_in", "taken_in", "queued"]
    with on_day(WEDNESDAY, 30):
        peer = deliver_to(settings, Peer())
        said = text(peer)
    assert peer.received[0]["Message-ID"] == digests()[-1].message_id
    assert [told_of(said, each) for each in (*found, new)] == [1, 1, 1, 1]
    assert "Overdue by 2 days" in said and "New for you:" in said and "4 April 2012" in said
    assert peer.subjects() == [
        f"3 actions need you: 2 overdue, 1 due today ({found[0].reference} first); 1 thing is new for you"
    ]
    assert states() == ["taken_in", "taken_in", "sent"]
    assert {message.last_error for message in digests()[:2]} == {"Taken into the digest of 4 April 2012."}
    for day in (WEDNESDAY, WEDNESDAY + timedelta(days=1)):
        with on_day(day, 60):
            assert run(day) == [] and deliver_to(settings, Peer()).received == []
    assert TakenOut.select().count() == 0


def test_what_has_ended_meanwhile_is_not_in_the_one_that_goes(
    world: World, settings: Settings, on_day: OnDay, found: Found, app: Flask
) -> None:
    ended, *others = found
    without_server(settings, on_day)
    with on_day(WEDNESDAY, 30):
        save(ended, standing="withdrawn")
        said = text(deliver_to(settings, Peer()))
    assert [told_of(said, each) for each in (ended, *others)] == [0, 1, 1]
    recorded = Chase.select().where(Chase.action == ended)
    assert given_not() == {row.id for row in recorded}
    with on_day(WEDNESDAY, 60):
        save(ended, standing="active")
    with on_day(WEDNESDAY + timedelta(days=1)):
        assert run(clock.today()) == [LEAD]
        assert told_of(text(deliver_to(settings, Peer())), ended) == 1
        assert run_check(app).exit_code == 0


@pytest.mark.parametrize("goes_before", [True, False])
def test_what_was_taken_out_and_waits_again_comes_with_the_next_run_and_not_twice(
    world: World, settings: Settings, on_day: OnDay, found: Found, goes_before: bool
) -> None:
    first, told = found[0], []
    without_server(settings, on_day, (MONDAY,))
    with on_day(MONDAY, 30):
        save(first, standing="withdrawn")
        deliver_due(via(settings, free_port()))
        assert len(given_not()) == 1
        save(first, standing="active")
    with on_day(TUESDAY, -300):
        if goes_before:
            told += deliver_to(settings, Peer()).received
    for day in (TUESDAY, WEDNESDAY):
        with on_day(day):
            run(day)
            told += deliver_to(settings, Peer()).received
    assert [told_of(plain(each), first) for each in told] == [0] * goes_before + [1, 0]


def test_where_the_one_that_goes_is_refused_nothing_of_all_of_them_was_given(
    world: World, settings: Settings, on_day: OnDay, found: Found
) -> None:
    with on_day(MONDAY):
        new = world.action(due_on=WEDNESDAY + timedelta(days=60))
    without_server(settings, on_day)
    with on_day(WEDNESDAY, 30):
        deliver_to(settings, Peer(rcpt={LEAD: "550 No such person"}))
        assert states() == ["taken_in", "taken_in", "failed"]
        assert list(address_troubles()) == [world.police_lead.id]
        moved(world, world.police_lead)
        assert (give_again("http://127.0.0.1:5000"), give_again("http://127.0.0.1:5000")) == (1, 0)
        peer = deliver_to(settings, Peer())
    (message,) = peer.received
    assert message["To"] == NEW
    assert [told_of(plain(message), each) for each in (*found, new)] == [1, 1, 1, 1]
    with on_day(WEDNESDAY + timedelta(days=1)):
        assert run(clock.today()) == []


def test_while_the_address_waits_to_be_put_right_nothing_is_written_to_it_again(
    world: World, settings: Settings, on_day: OnDay, found: Found
) -> None:
    without_server(settings, on_day)
    with on_day(WEDNESDAY, 30):
        deliver_to(settings, Peer(rcpt={LEAD: "550 No such person"}))
    with on_day(WEDNESDAY + timedelta(days=1)):
        assert run(clock.today()) == []


def test_what_a_server_may_have_goes_by_itself_under_its_own_message_id(
    world: World, settings: Settings, on_day: OnDay, found: Found
) -> None:
    with on_day(MONDAY):
        run(MONDAY)
        had = deliver_to(settings, Peer(drops=(LEAD,))).received
        assert OutboxMessage.get().may_have_gone
    without_server(settings, on_day, (TUESDAY, WEDNESDAY))
    with on_day(WEDNESDAY, 30):
        went = deliver_to(settings, Peer()).received
    assert states() == ["sent", "taken_in", "sent"]
    first, *_ = ids = [message["Message-ID"] for message in (*had, *went)]
    assert len(ids) == 3 and ids.count(first) == 2
    assert [told_of(plain(message), found[0]) for message in (*had, *went)].count(1) == 2


def test_a_try_that_was_broken_off_may_have_gone_and_one_that_was_answered_has_not(
    world: World, settings: Settings, on_day: OnDay, found: Found
) -> None:
    with on_day(MONDAY):
        run(MONDAY)
        for minutes, manners in enumerate(({"rcpt": {LEAD: "451 Later"}}, {"data": {LEAD: "421 Down"}})):
            with on_day(MONDAY, 60 * minutes):
                deliver_to(settings, Peer(**manners))  # type: ignore[arg-type]
            assert not OutboxMessage.get().may_have_gone
        with on_day(MONDAY, 120):
            deliver_to(settings, Peer(drops=(LEAD,)))
        with on_day(MONDAY, 240):
            deliver_to(settings, Peer(rcpt={LEAD: "451 Later"}))
        assert OutboxMessage.get().may_have_gone


def test_what_is_being_sent_is_left_to_whoever_sends_it(
    world: World, settings: Settings, on_day: OnDay, found: Found, monkeypatch: pytest.MonkeyPatch
) -> None:
    with on_day(MONDAY):
        run(MONDAY)
        with monkeypatch.context() as dying, pytest.raises(KeyboardInterrupt):
            dying.setattr(MailServer, "send", lambda *_: (_ for _ in ()).throw(KeyboardInterrupt))
            deliver_due(via(settings, free_port()))
        run(TUESDAY)
    with on_day(TUESDAY):
        assert deliver_due(via(settings, free_port())).put_off == 1
        assert states() == ["queued", "queued"]


def test_an_address_that_takes_nothing_for_days_is_seen_though_each_morning_begins_anew(
    world: World, settings: Settings, on_day: OnDay
) -> None:
    days = [MONDAY + timedelta(days=number) for number in range(9)]
    for day in days:
        world.action(due_on=day)
    count_as_told()
    seen = []
    for day in days:
        for minutes in (0, 2, 10, 60, 240, 400):
            with on_day(day, minutes):
                run(day)
                deliver_to(settings, Peer(rcpt={LEAD: "452 The mailbox is full"}))
        seen.append(bool(address_troubles()))
    # There is no run from Good Friday to Easter Monday.
    assert seen == [False] * 4 + [True] * 5
    with on_day(days[-1], 900):
        assert sorted(set(states())) == ["failed", "queued", "taken_in"]


def test_a_digest_for_a_day_that_has_not_come_and_one_of_child_deaths_stay_by_themselves(
    world: World, settings: Settings, on_day: OnDay, found: Found
) -> None:
    with on_day(MONDAY), writing():
        run(MONDAY)
        run(WEDNESDAY)
        with change(SYSTEM) as tx:
            other = queue(tx, world.police_lead, "S", "B", [About(death_id=1)], digest_on=MONDAY)
        for message in digests():
            assert gather(message) == message
    assert states() == ["queued"] * 3 and other.about == "child_deaths"


def test_what_another_had_with_a_later_digest_is_not_given_again_for_who_was_switched_off(
    world: World, settings: Settings, on_day: OnDay, found: Found
) -> None:
    world.person("second-lead", Role.AGENCY_LEAD, agency=world.police)
    for action in found:
        save(action, lead=None)
    count_as_told()
    without_server(settings, on_day)
    person = User.get_by_id(world.police_lead.id)
    edit_person(world.manager.viewer, person, facts_of(person), person.version, is_active=False)
    with on_day(WEDNESDAY, 30):
        (message,) = deliver_to(settings, Peer()).received
    assert [told_of(plain(message), each) for each in found] == [1, 1, 1]
    with on_day(WEDNESDAY + timedelta(days=1)):
        assert run(clock.today()) == []


def test_two_people_have_their_own(world: World, settings: Settings, on_day: OnDay, found: Found) -> None:
    theirs = [world.action(due_on=day, agency=world.health) for day in DAYS]
    count_as_told()
    without_server(settings, on_day)
    with on_day(WEDNESDAY, 30):
        peer = deliver_to(settings, Peer())
    told = {message["To"]: plain(message) for message in peer.received}
    assert sorted(told) == [OTHER, LEAD] and len(peer.received) == 2
    assert [told_of(told[LEAD], each) for each in (*found, *theirs)] == [1, 1, 1, 0, 0, 0]
    assert [told_of(told[OTHER], each) for each in (*found, *theirs)] == [0, 0, 0, 1, 1, 1]


def test_the_manager_reads_where_each_reminder_went(
    world: World, settings: Settings, on_day: OnDay, found: Found, sign_in: SignIn
) -> None:
    without_server(settings, on_day)
    with on_day(WEDNESDAY, 30):
        deliver_to(settings, Peer())
    client = sign_in(world.manager)
    page = client.get("/outbox/1").text
    assert "In a later digest" in page and "Taken into the digest of 4 April 2012." in page
    log = client.get("/reminders/log").text
    assert "In a later digest" in log and "Taken into the digest of 4 April 2012." in log
    first = client.get(f"/reviews/{found[0].review.reference}/actions/1").text
    assert "taken into the digest of 4 April 2012" in first and "sent 4 April 2012" in first
    # Of each action the reminders of its days, and one row in the digest that went.
    sent = Reminder.select().join(OutboxMessage).where(OutboxMessage.state == "sent")
    assert sorted(row.action_id for row in sent) == [each.id for each in found]
    assert sorted(OutboxItem.select(OutboxItem.action_id).where(OutboxItem.message == 3).tuples()) == [
        (each.id,) for each in found
    ]
