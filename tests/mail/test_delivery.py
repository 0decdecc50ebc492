"""Messages from the outbox reach a mail server once, and none is lost."""

from datetime import UTC, date, datetime, timedelta

import pytest

from kscb_actions import clock
from kscb_actions.chasing.actions.provider import OPEN_ACTIONS
from kscb_actions.chasing.service import chase
from kscb_actions.config import Settings
from kscb_actions.mail import delivery, smtp
from kscb_actions.mail.delivery import Delivered, deliver_due
from kscb_actions.mail.models import OutboxMessage
from kscb_actions.mail.rules import MAX_TRIES, WAITS, next_try

from ..factories import TODAY, World
from .peers import Peer, free_port, listening, silent
from .sending import LEAD, OTHER, READER, Wait, events, plain, states, via, write


def test_a_chase_arrives_whole(world: World, settings: Settings) -> None:
    action = world.action(due_on=TODAY)
    chase(OPEN_ACTIONS, TODAY, "https://tracker.example")
    with listening(Peer()) as peer:
        assert deliver_due(via(settings, peer.port)) == Delivered(sent=1)
    (message,) = peer.received
    kept = OutboxMessage.get()
    assert message["To"] == LEAD
    assert message["From"].addresses[0].addr_spec == "tracker@board.example"
    assert peer.senders == ["tracker@board.example"]
    assert message["Subject"] == "1 action needs you: 1 due today (SCR-2011-01/A1)"
    assert message["Message-ID"] == kept.message_id
    assert message["Date"].datetime == datetime(2012, 3, 30, 11, tzinfo=UTC)
    assert message.get_content_type() == "multipart/alternative"
    text = plain(message)
    assert f"https://tracker.example/reviews/{action.review.reference}/actions/{action.number}" in text
    assert text == f"{kept.body}\n\nNobody reads replies to this message."
    assert (kept.state, kept.sent_at, kept.attempts) == ("sent", clock.now(), 1)
    assert events() == ["mail.queued", "mail.item-named", "mail.tried", "mail.sent"]


def test_many_messages_go_over_one_connection_and_none_goes_again(world: World, settings: Settings) -> None:
    for person in (world.police_lead, world.health_lead, world.reader):
        write(person)
    with listening(Peer()) as peer:
        assert deliver_due(via(settings, peer.port)).sent == 3
        assert deliver_due(via(settings, peer.port)) == Delivered()
    assert [message["To"] for message in peer.received] == [LEAD, OTHER, READER]
    assert len(peer.sessions) == 1


def test_any_text_survives(world: World, settings: Settings) -> None:
    body = "Zoë’s – 👩‍👧\n.\n..dots\nFrom here\n" + "long " * 300
    write(world.reader, "Übersicht – 👩‍👧 " + "word " * 30, body)
    with listening(Peer()) as peer:
        deliver_due(via(settings, peer.port))
    (message,) = peer.received
    assert plain(message).startswith(OutboxMessage.get().body)
    assert message["Subject"] == OutboxMessage.get().subject


def test_nothing_is_sent_where_no_server_is_set(world: World, settings: Settings) -> None:
    write(world.reader)
    assert deliver_due(settings) == Delivered()
    assert (states(), events()) == (["queued"], ["mail.queued"])


def test_a_refused_recipient_fails_alone(world: World, settings: Settings) -> None:
    write(world.police_lead)
    write(world.health_lead)
    write(world.reader)
    with listening(Peer(rcpt={LEAD: "550 No such person"}, data={OTHER: "554 Not wanted"})) as peer:
        done = deliver_due(via(settings, peer.port))
    assert (done.sent, done.failed) == (1, 2)
    assert states() == ["failed", "failed", "sent"]
    assert OutboxMessage.get_by_id(1).last_error == "The mail server said: 550 No such person"
    assert events().count("mail.failed") == 2


def test_a_message_put_off_is_tried_again_later_and_the_others_now(
    world: World, settings: Settings, wait: Wait
) -> None:
    write(world.police_lead)
    write(world.health_lead)
    write(world.reader)
    peer = Peer(rcpt={LEAD: "451 Later"}, data={OTHER: "452 Full"})
    with listening(peer):
        assert deliver_due(via(settings, peer.port)) == Delivered(sent=1, put_off=2)
        peer.rcpt, peer.data = {}, {}
        assert deliver_due(via(settings, peer.port)) == Delivered()
        wait(timedelta(seconds=61))
        assert deliver_due(via(settings, peer.port)).sent == 2
    assert sorted(message["To"] for message in peer.received) == sorted([LEAD, OTHER, READER])
    assert [
        (row.state, row.attempts, row.last_error) for row in OutboxMessage.select().order_by(OutboxMessage.id)
    ] == [
        ("sent", 2, ""),
        ("sent", 2, ""),
        ("sent", 1, ""),
    ]


@pytest.mark.parametrize("answer", ["421 Going down", "421-Going\r\n421 down"])
def test_a_server_going_down_ends_the_run_and_nothing_is_lost(
    world: World, settings: Settings, wait: Wait, answer: str
) -> None:
    write(world.police_lead)
    write(world.reader)
    peer = Peer(rcpt={LEAD: answer})
    with listening(peer):
        done = deliver_due(via(settings, peer.port))
        assert (done.sent, done.put_off) == (0, 1)
        assert "421" in done.trouble
        peer.rcpt = {}
        wait(timedelta(minutes=2))
        assert deliver_due(via(settings, peer.port)).sent == 2
    assert len(peer.received) == 2


def test_a_connection_cut_after_the_last_dot_repeats_under_the_same_message_id(
    world: World, settings: Settings, wait: Wait
) -> None:
    write(world.police_lead)
    peer = Peer(drops=(LEAD,))
    with listening(peer):
        assert deliver_due(via(settings, peer.port)).put_off == 1
        peer.drops = ()
        wait(timedelta(minutes=2))
        assert deliver_due(via(settings, peer.port)).sent == 1
    first, second = peer.received
    assert first["Message-ID"] == second["Message-ID"] == OutboxMessage.get().message_id
    assert first["Date"] == second["Date"]


def test_a_process_that_dies_while_sending_leaves_the_message_to_another(
    world: World, settings: Settings, wait: Wait, monkeypatch: pytest.MonkeyPatch
) -> None:
    write(world.police_lead)
    with listening(Peer()) as peer:
        with monkeypatch.context() as dying:
            dying.setattr(delivery, "_settle", lambda *_: (_ for _ in ()).throw(KeyboardInterrupt))
            with pytest.raises(KeyboardInterrupt):
                deliver_due(via(settings, peer.port))
        assert deliver_due(via(settings, peer.port)) == Delivered()
        wait(timedelta(minutes=11))
        assert deliver_due(via(settings, peer.port)).sent == 1
    assert len({message["Message-ID"] for message in peer.received}) == 1
    assert states() == ["sent"]


def test_a_server_that_says_nothing_is_given_up_on(
    world: World, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert smtp.TIMEOUT_SECONDS == 20
    monkeypatch.setattr(smtp, "TIMEOUT_SECONDS", 0.3)
    write(world.police_lead)
    write(world.reader)
    with silent() as port:
        done = deliver_due(via(settings, port))
    assert (done.put_off, states()) == (1, ["queued", "queued"])
    assert "timed out" in done.trouble
    assert [row.attempts for row in OutboxMessage.select().order_by(OutboxMessage.id)] == [1, 0]


def test_nobody_listening_loses_nothing(world: World, settings: Settings) -> None:
    write(world.police_lead)
    assert deliver_due(via(settings, free_port())).put_off == 1
    row = OutboxMessage.get()
    assert (row.state, row.attempts) == ("queued", 1)
    assert "cannot be reached" in row.last_error


def test_after_nine_tries_a_message_is_given_up_and_says_why(
    world: World, settings: Settings, wait: Wait
) -> None:
    write(world.police_lead)
    with listening(Peer(rcpt={LEAD: "451 Never now"})) as peer:
        for tries in range(1, MAX_TRIES + 1):
            deliver_due(via(settings, peer.port))
            assert OutboxMessage.get().attempts == tries
            wait(timedelta(hours=39))
        assert deliver_due(via(settings, peer.port)) == Delivered()
    row = OutboxMessage.get()
    assert (row.state, row.attempts) == ("failed", 9)
    assert row.last_error == "The mail server said: 451 Never now"
    assert events() == ["mail.queued", *["mail.tried", "mail.put-off"] * 8, "mail.tried", "mail.failed"]


def test_the_waits_grow_and_outlast_four_days() -> None:
    now = datetime(2012, 4, 5, 17, tzinfo=UTC)
    waits = [next_try(tries, now) - now for tries in range(1, MAX_TRIES)]  # type: ignore[operator]
    assert waits == sorted(waits) == list(WAITS)
    assert sum(waits, timedelta()) > timedelta(days=4)
    assert next_try(MAX_TRIES, now) is None


def test_on_a_board_with_a_fixed_day_retries_still_come_round(
    world: World, settings: Settings, wait: Wait
) -> None:
    with clock.at(datetime(2012, 3, 30, 22, 59, tzinfo=UTC)):
        write(world.police_lead)
        with listening(Peer(rcpt={LEAD: "451 Later"})) as peer:
            deliver_due(via(settings, peer.port))
            peer.rcpt = {}
            wait(timedelta(minutes=2))
            with clock.at(date(2012, 3, 30)):
                assert deliver_due(via(settings, peer.port)).sent == 1
