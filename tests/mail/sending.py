"""What the tests of delivery share."""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from email.message import EmailMessage

import pytest

from kscb_actions.access.policy import SYSTEM
from kscb_actions.audit.models import AuditEvent
from kscb_actions.audit.service import change
from kscb_actions.config import Settings
from kscb_actions.database import writing
from kscb_actions.mail.delivery import deliver_due
from kscb_actions.mail.models import OutboxMessage
from kscb_actions.mail.rules import NOTHING
from kscb_actions.mail.service import queue
from kscb_actions.people.models import User

from .peers import Peer, listening

LEAD, OTHER, READER = "police-lead@board.example", "health-lead@board.example", "reader@board.example"


Wait = Callable[[timedelta], None]


def write(to: User, subject: str = "1 action needs you", body: str = "Text.", secret: bool = False) -> int:
    with change(SYSTEM) as tx:
        return int(queue(tx, to, subject, body, NOTHING, is_secret=secret).id)


def readdress(person: User, address: str) -> None:
    """Put an address into a person's row behind the back of the pages, which would not take it."""
    with writing(User):
        User.update(email=address).where(User.id == person.id).execute()


def via(
    settings: Settings, port: int, login: str = "", scheme: str = "smtp", host: str = "127.0.0.1"
) -> Settings:
    address = f"{scheme}://{login}{host}:{port}"
    return replace(settings, mail=address, mail_from="tracker@board.example", mail_without_tls=True)


def deliver_to(settings: Settings, peer: Peer) -> Peer:
    """Deliver what waits to a peer that listens meanwhile; returns it."""
    with listening(peer):
        deliver_due(via(settings, peer.port))
    return peer


def plain(message: EmailMessage) -> str:
    """Return the plain text of a message that a peer was sent."""
    part = message.get_body(("plain",))
    assert part is not None
    return str(part.get_content()).replace("\r\n", "\n").rstrip()


def logged(caplog: pytest.LogCaptureFixture) -> str:
    """Return what our own log says, without the statements that the database's debugging shows."""
    return " ".join(record.getMessage() for record in caplog.records if record.name.startswith("kscb"))


def states() -> list[str]:
    return [row.state for row in OutboxMessage.select().order_by(OutboxMessage.id)]


def events() -> list[str]:
    query = AuditEvent.select().where(AuditEvent.event.startswith("mail.")).order_by(AuditEvent.id)
    return [row.event for row in query]
