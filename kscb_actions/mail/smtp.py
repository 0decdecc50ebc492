"""One SMTP connection, and what its answers mean. Standard library only."""

import smtplib
import ssl
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime
from urllib.parse import unquote, urlsplit

from kscb_actions.config import Settings
from kscb_actions.text import why_no_address

from .faces import html_of, text_of
from .models import OutboxMessage

TIMEOUT_SECONDS = 20
DEFAULT_PORTS = {"smtp": 25, "smtps": 465}
SUBMISSION_PORT = 587


class PermanentFailure(Exception):
    """The server, or the message itself, says that this message can never be delivered."""


class TransientFailure(Exception):
    """This message was not taken now; the others may still be.

    may_have_gone  the server was being told the message, and has not said what became of it
    """

    def __init__(self, words: str, may_have_gone: bool = False) -> None:
        super().__init__(words)
        self.may_have_gone = may_have_gone


class ServerUnavailable(TransientFailure):
    """The server cannot be used at all now."""


class MailServer:
    """The mail server of the settings, connected when the first message is sent. Close it after use."""

    def __init__(self, settings: Settings, reply_to: str = "") -> None:
        if settings.mail is None:
            raise ValueError("no mail server is set")
        self._url = urlsplit(settings.mail)
        self._from = settings.mail_from
        self._reply_to, self._base_url = reply_to, settings.base_url
        self._without_tls = settings.mail_without_tls
        self._connection: smtplib.SMTP | None = None

    def send(self, message: OutboxMessage) -> None:
        """Hand the message over. Returning means that the server has taken it.

        Raises PermanentFailure or TransientFailure, by the server's reply code (RFC 5321, 4.2.1), or
        ServerUnavailable when it makes no sense to go on with others.
        """
        try:
            written = compose(message, self._from, self._reply_to, self._base_url).as_bytes()
        except ValueError as wrong:
            raise PermanentFailure(_why_not_written(message, wrong)) from wrong
        try:
            connection = self._connect()
        except smtplib.SMTPException as answer:
            raise _failure_of(answer) from answer
        except OSError as trouble:
            raise _unreachable(trouble) from trouble
        try:
            connection.sendmail(self._from, [message.to_address], written)
        except smtplib.SMTPException as answer:
            raise _failure_of(answer, is_being_told=True) from answer
        except OSError as trouble:
            raise _unreachable(trouble, is_being_told=True) from trouble

    def close(self) -> None:
        """End the connection, politely where the server still listens."""
        if self._connection is None:
            return
        try:
            self._connection.quit()
        except (smtplib.SMTPException, OSError):
            self._connection.close()
        self._connection = None

    def _connect(self) -> smtplib.SMTP:
        if self._connection is not None:
            return self._connection
        host = self._url.hostname or ""
        port = self._url.port or (SUBMISSION_PORT if self._login else DEFAULT_PORTS[self._url.scheme])
        name = self._from.rpartition("@")[2]
        if self._url.scheme == "smtps":
            context = ssl.create_default_context()
            opened: smtplib.SMTP = smtplib.SMTP_SSL(
                host, port, local_hostname=name, timeout=TIMEOUT_SECONDS, context=context
            )
        else:
            opened = smtplib.SMTP(host, port, local_hostname=name, timeout=TIMEOUT_SECONDS)
        try:
            self._secure(opened)
        except BaseException:
            opened.close()
            raise
        self._connection = opened
        return opened

    @property
    def _login(self) -> bool:
        return bool(self._url.username)

    def _secure(self, opened: smtplib.SMTP) -> None:
        opened.ehlo_or_helo_if_needed()
        if self._url.scheme == "smtp" and opened.has_extn("starttls"):
            opened.starttls(context=ssl.create_default_context())
        elif self._url.scheme == "smtp" and self._login:
            raise ServerUnavailable("The mail server offers no TLS, so the password was not sent.")
        elif self._url.scheme == "smtp" and not self._without_tls:
            raise ServerUnavailable(
                "The mail server offers no TLS, so nothing was sent. Use one that does, or allow this one "
                "with KSCB_MAIL_WITHOUT_TLS=yes."
            )
        if self._login:
            opened.login(unquote(self._url.username or ""), unquote(self._url.password or ""))


def compose(message: OutboxMessage, sender: str, reply_to: str = "", base_url: str = "") -> EmailMessage:
    """Return the message as it travels: one text, plain and as HTML; the same Message-ID and Date each try.

    reply_to  the mailbox that replies go to; "" for none
    base_url  how the addresses begin that are made links

    Raises ValueError where a header would hold a line break or the address is not one plain address.
    """
    if why_no_address(message.to_address):
        raise ValueError("not an address")
    written = EmailMessage(policy=SMTP)
    written["From"] = Address("Review and action tracker", addr_spec=sender)
    written["To"] = Address(addr_spec=message.to_address)
    if reply_to:
        written["Reply-To"] = Address(addr_spec=reply_to)
    written["Subject"] = message.subject
    written["Date"] = format_datetime(message.queued_at)
    written["Message-ID"] = message.message_id
    written["Auto-Submitted"] = "auto-generated"
    text = text_of(message.body, reply_to)
    written.set_content(text, charset="utf-8", cte="quoted-printable")
    page = html_of(text, message.subject, base_url)
    written.add_alternative(page, subtype="html", charset="utf-8", cte="quoted-printable")
    return written


def _why_not_written(message: OutboxMessage, wrong: Exception) -> str:
    no_address = why_no_address(message.to_address)
    if no_address:
        return f"{no_address} Put it right under People and agencies."
    return f"This message cannot be sent: {wrong}"


def _unreachable(trouble: OSError, is_being_told: bool = False) -> ServerUnavailable:
    return ServerUnavailable(f"The mail server cannot be reached: {trouble}", may_have_gone=is_being_told)


def _failure_of(answer: smtplib.SMTPException, is_being_told: bool = False) -> Exception:
    """Return the server's answer as one of the three things it can mean.

    is_being_told  whether the server was being told a message: without an answer it may have taken it
    """
    if isinstance(answer, smtplib.SMTPRecipientsRefused):
        code, text = next(iter(answer.recipients.values()))
        return _failure_by_code(code, text)
    if isinstance(answer, smtplib.SMTPDataError):
        return _failure_by_code(answer.smtp_code, answer.smtp_error)
    if isinstance(answer, smtplib.SMTPResponseException):
        return ServerUnavailable(_answer_text(answer.smtp_code, answer.smtp_error))
    return ServerUnavailable(f"The mail server went away: {answer}", may_have_gone=is_being_told)


def _failure_by_code(code: int, text: bytes | str) -> Exception:
    # 421: the service is closing the connection; other codes of 400 and above are about this message.
    if code == 421:
        return ServerUnavailable(_answer_text(code, text))
    return (
        PermanentFailure(_answer_text(code, text))
        if 500 <= code < 600
        else TransientFailure(_answer_text(code, text))
    )


def _answer_text(code: int, text: bytes | str) -> str:
    words = text.decode("utf-8", "replace") if isinstance(text, bytes) else text
    return f"The mail server said: {code} {words}"
