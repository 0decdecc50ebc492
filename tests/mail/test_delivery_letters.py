"""What goes into a letter and to whom: addresses, secrets, no header that anybody wrote."""

import pytest

from kscb_actions.access.policy import SYSTEM
from kscb_actions.audit.service import change
from kscb_actions.chasing.actions.provider import OPEN_ACTIONS
from kscb_actions.chasing.service import chase
from kscb_actions.config import Settings
from kscb_actions.mail.delivery import Delivered, deliver_due
from kscb_actions.mail.models import OutboxMessage
from kscb_actions.mail.smtp import MailServer

from ..factories import TODAY, World
from .peers import Peer, listening
from .sending import LEAD, OTHER, READER, events, logged, plain, readdress, via, write


def test_somebody_whose_access_was_taken_away_is_sent_nothing(world: World, settings: Settings) -> None:
    write(world.police_lead)
    write(world.reader)
    world.police_lead.is_active = False
    with change(SYSTEM) as tx:
        tx.update(world.police_lead, "person.changed")
    with listening(Peer()) as peer:
        assert deliver_due(via(settings, peer.port)) == Delivered(sent=1, dropped=1)
    assert [message["To"] for message in peer.received] == [READER]
    row = OutboxMessage.get_by_id(1)
    assert (row.state, row.last_error) == ("dropped", "This person’s access has been taken away.")
    assert "mail.dropped" in events()


def test_a_corrected_address_is_used(world: World, settings: Settings) -> None:
    write(world.police_lead)
    world.police_lead.email = "right@board.example"
    with change(SYSTEM) as tx:
        tx.update(world.police_lead, "person.changed")
    with listening(Peer()) as peer:
        deliver_due(via(settings, peer.port))
    assert [message["To"] for message in peer.received] == ["right@board.example"]


def test_the_text_of_a_secret_is_forgotten_once_sent(world: World, settings: Settings) -> None:
    write(world.reader, "Your account", "https://tracker.example/password/once", secret=True)
    write(world.reader, "1 action needs you", "Plain.")
    with listening(Peer()) as peer:
        deliver_due(via(settings, peer.port))
    assert "/password/once" in plain(peer.received[0])
    assert [row.body for row in OutboxMessage.select().order_by(OutboxMessage.id)] == ["", "Plain."]


@pytest.mark.parametrize(
    ("address", "subject"),
    [
        ("a@b.example\r\nBcc: evil@x.example", "Subject"),
        ("a@b.example, c@d.example", "Subject"),
        ("a,c@d.example", "Subject"),
        ("a@b.example>\r\nRCPT TO:<evil@x.example", "Subject"),
        ("reader@board.example", "Subject\r\nBcc: evil@x.example"),
        ("reader@board.example", "Subject\nX-Evil: 1\n\nBody"),
    ],
)
def test_a_line_break_never_becomes_a_header_nor_one_address_two(
    world: World, settings: Settings, address: str, subject: str
) -> None:
    """Entry refuses such values; here they are put into the rows behind its back."""
    write(world.reader)
    row = OutboxMessage.get()
    row.subject = subject
    world.reader.email = address
    with change(SYSTEM) as tx:
        tx.update(row, "mail.queued")
        tx.update(world.reader, "person.changed")
    write(world.police_lead)
    with listening(Peer()) as peer:
        assert deliver_due(via(settings, peer.port)) == Delivered(sent=1, failed=1)
    assert [message["To"] for message in peer.received] == [LEAD]
    assert OutboxMessage.get_by_id(1).state == "failed"


@pytest.mark.parametrize(
    ("address", "named"),
    [
        ("police-lead@board.example.", "Enter an email address"),
        ("(police-lead@board.example", "There is a ‘(’ in the address"),
        ("police-lead@[board.example", "There is a ‘[’ in the address"),
        (";police-lead@board.example", "There is a ‘;’ in the address"),
        ("police lead@board.example", "There is a space in the address"),
    ],
)
def test_a_stray_character_in_an_address_fails_in_words_and_the_others_are_asked(
    world: World, settings: Settings, address: str, named: str
) -> None:
    world.action(due_on=TODAY)
    world.action(due_on=TODAY, agency=world.health)
    readdress(world.police_lead, address)
    assert len(chase(OPEN_ACTIONS, TODAY, "https://tracker.example").messages) == 2
    with listening(Peer()) as peer:
        assert deliver_due(via(settings, peer.port)) == Delivered(sent=1, failed=1)
    assert [message["To"] for message in peer.received] == [OTHER]
    row = OutboxMessage.get(OutboxMessage.to_address == address)
    assert row.state == "failed"
    assert row.last_error.startswith(named) and row.last_error.endswith("under People and agencies.")


def test_a_message_that_breaks_the_sending_itself_waits_and_the_others_go(
    world: World, settings: Settings, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    write(world.police_lead, body="https://tracker.example/password/once", secret=True)
    write(world.reader)
    send = MailServer.send

    def broken(server: MailServer, message: OutboxMessage) -> None:
        if message.to_address == LEAD:
            raise RuntimeError(message.body)
        send(server, message)

    monkeypatch.setattr(MailServer, "send", broken)
    with listening(Peer()) as peer:
        assert deliver_due(via(settings, peer.port)) == Delivered(sent=1, put_off=1)
    row = OutboxMessage.get_by_id(1)
    assert (row.state, row.last_error) == ("queued", "This message could not be sent (RuntimeError).")
    assert "could not be sent: RuntimeError" in caplog.text and "/once" not in logged(caplog)


def test_an_address_the_server_cannot_take_fails_alone(world: World, settings: Settings) -> None:
    world.reader.email = "zoë@board.example"
    with change(SYSTEM) as tx:
        tx.update(world.reader, "person.changed")
    write(world.reader)
    write(world.police_lead)
    with listening(Peer()) as peer:
        assert deliver_due(via(settings, peer.port)) == Delivered(sent=1, failed=1)
