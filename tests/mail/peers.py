"""SMTP servers that really listen, each with manners of its own."""

import socket
import ssl
from collections.abc import Iterator
from contextlib import closing, contextmanager
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from pathlib import Path
from typing import Any

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import AuthResult, LoginPassword

CERTIFICATE = Path(__file__).parent / "peer.pem"


class Peer:
    """Keeps what it is sent. `rcpt` and `data` are answers, by recipient, in place of taking the mail.

    `drops` recipients' mail is kept and the connection cut before the answer.
    """

    def __init__(
        self, rcpt: dict[str, str] | None = None, data: dict[str, str] | None = None, drops: tuple = ()
    ) -> None:
        self.rcpt, self.data, self.drops = rcpt or {}, data or {}, drops
        self.received: list[EmailMessage] = []
        self.senders: list[str] = []
        self.sessions: set[int] = set()
        self.was_tls: list[bool] = []
        self.port = 0

    async def handle_RCPT(self, server: Any, session: Any, envelope: Any, address: str, _: Any) -> str:
        """Answer RCPT TO."""
        if address not in self.rcpt:
            envelope.rcpt_tos.append(address)
        return self.rcpt.get(address, "250 OK")

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:
        """Answer the end of a message."""
        (recipient,) = envelope.rcpt_tos
        if recipient in self.data:
            return self.data[recipient]
        self.received.append(message_from_bytes(envelope.content, policy=default))  # type: ignore[arg-type]
        self.senders.append(envelope.mail_from)
        self.sessions.add(id(session))
        self.was_tls.append(session.ssl is not None)
        if recipient in self.drops:
            server.transport.abort()
        return "250 OK"

    def subjects(self) -> list[str]:
        """Return the subjects received, in order."""
        return [message["Subject"] for message in self.received]


@contextmanager
def listening(peer: Peer, **options: Any) -> Iterator[Peer]:
    """Yield the peer, listening at peer.port."""
    peer.port = free_port()
    controller = Controller(peer, hostname="127.0.0.1", port=peer.port, **options)
    controller.start()
    try:
        yield peer
    finally:
        controller.stop()


def with_tls() -> dict[str, Any]:
    """Return options of a peer that offers STARTTLS under a certificate for localhost."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(CERTIFICATE)
    return {"tls_context": context}


def with_password(user: str, password: str) -> dict[str, Any]:
    """Return options of a peer that wants this password."""

    def check(_: Any, __: Any, ___: Any, mechanism: str, data: Any) -> AuthResult:
        right = isinstance(data, LoginPassword) and data == LoginPassword(user.encode(), password.encode())
        return AuthResult(success=right, handled=right)

    return {"authenticator": check, "auth_required": True}


@contextmanager
def silent() -> Iterator[int]:
    """Yield the port of a server that accepts and never says a word."""
    with closing(socket.socket()) as server:
        server.bind(("127.0.0.1", 0))
        server.listen()
        yield server.getsockname()[1]


def free_port() -> int:
    """Return a port nobody listens at."""
    with closing(socket.socket()) as trial:
        trial.bind(("127.0.0.1", 0))
        return int(trial.getsockname()[1])
