"""Settings from the environment, read once when the application is made."""

import os
import re
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum, auto
from pathlib import Path
from urllib.parse import urlsplit

import click

ROOT = Path(__file__).resolve().parent.parent


# A host by name or number, a port, and a path whose parts mean the same however a proxy writes them.
_ADDRESS = re.compile(r"https?://([a-zA-Z0-9.-]+|\[[0-9a-fA-F:.]+\])(:[0-9]{1,5})?(/(?!\.)[a-zA-Z0-9._-]+)*")
# Where a request says that its body was not read, and why.
UNREAD = "kscb.unread"


class Unread(Enum):
    """Why the body of a request was not read, or not to its end."""

    TOO_LARGE = auto()
    TOO_SLOW = auto()
    NO_ROOM = auto()
    DISK_FULL = auto()


@dataclass(frozen=True)
class Room:
    """How many bodies may be held at once until they are whole, and how many bytes of them together."""

    bodies: int
    bytes: int


@dataclass(frozen=True)
class BodyLimits:
    """How long what a browser sends may take, and how much of it is held meanwhile, in each web worker.

    A telephone at the edge of a village sends 20 KB a second, stops for half a minute in a tunnel, and needs
    21 minutes for a file of 25 MB. So a body must come, over all, five times slower than that at worst,
    after a grace in which a connection may find its speed. Who sends a byte a second is let go at its end.

    header_seconds   for the first line and the headers; also how long a connection may lie idle
    grace_seconds    what a body has whatever its size
    least_bytes_a_second  what it must have had on the average after that
    idle_seconds     how long nothing may come
    longest_seconds  for any body; 250 MB come in it at 70 KB a second
    in_memory_bytes  what is kept in memory of each body; the rest lies on the disk
    lingering_seconds  how long nothing may come of a body that was refused
    discarded_bytes  what is read of a body that was refused, so that its sender comes to see why
    known_browsers   for browsers in which somebody has signed in: twenty people who attach files
    strangers        for all others, who can send little that is of use
    """

    header_seconds: int = 10
    grace_seconds: float = 20
    least_bytes_a_second: int = 4 * 1024
    idle_seconds: float = 30
    longest_seconds: float = 3600
    in_memory_bytes: int = 64 * 1024
    lingering_seconds: float = 5
    discarded_bytes: int = 512 * 1024**2
    known_browsers: Room = Room(bodies=128, bytes=2 * 1024**3)
    strangers: Room = Room(bodies=256, bytes=64 * 1024**2)


class BadSetting(click.ClickException):
    """A KSCB_… variable holds something that cannot be used; the text says which and why."""


@dataclass(frozen=True)
class Settings:
    """Where this installation keeps things and how it is reached.

    instance  folder for the database, the evidence and the secret
    database  peewee URL (sqlite:/// or psycopg3://)
    evidence  folder of the evidence files
    mail      smtp:// or smtps:// URL, or None: mail then stays in the outbox
    mail_from address that mail comes from
    base_url  address people type, without a final slash, a path in it too; https makes cookies Secure
    secret    signs cookies; kept in the instance folder when not given
    mail_without_tls  whether a mail server that offers no TLS may be used
    birth_key encrypts the dates of birth of children who died; None: they are not kept
    """

    instance: Path
    database: str
    evidence: Path
    mail: str | None
    mail_from: str
    base_url: str
    secret: str
    mail_without_tls: bool = False
    birth_key: str | None = None

    @property
    def is_https(self) -> bool:
        """Return whether people reach the application over TLS."""
        return self.base_url.startswith("https://")

    @property
    def path(self) -> str:
        """Return the path below which everything is reached, like "/tracker"; "" at the root of a host."""
        return urlsplit(self.base_url).path

    @property
    def origin(self) -> str:
        """Return the base URL's scheme and host, all that browsers say of where a form is (RFC 6454)."""
        return self.base_url.removesuffix(self.path)


def read_settings(environ: Mapping[str, str] | None = None) -> Settings:
    """Read Settings from `environ` (default: the process's own).

    Raises BadSetting when a value cannot be used.
    """
    env = os.environ if environ is None else environ
    instance = Path(env.get("KSCB_INSTANCE") or ROOT / "instance").resolve()
    try:
        return _read(env, instance)
    except OSError as error:
        raise BadSetting(
            f"The folder {instance} cannot be used: {error.strerror}. Set KSCB_INSTANCE to a folder that "
            "this account may write to."
        ) from None


def _read(env: Mapping[str, str], instance: Path) -> Settings:
    instance.mkdir(parents=True, exist_ok=True, mode=0o700)
    base_url = _base_url(env.get("KSCB_BASE_URL") or "http://127.0.0.1:5000")
    evidence = env.get("KSCB_EVIDENCE") or str(instance / "evidence")
    if "://" in evidence:
        raise BadSetting("KSCB_EVIDENCE must be a folder on this machine.")
    return Settings(
        instance=instance,
        database=env.get("KSCB_DATABASE") or f"sqlite:///{instance / 'kscb.db'}",
        evidence=Path(evidence).resolve(),
        mail=_mail_server(env.get("KSCB_MAIL") or None),
        mail_without_tls=_yes_or_no(env, "KSCB_MAIL_WITHOUT_TLS"),
        mail_from=_sender(env.get("KSCB_MAIL_FROM") or None, base_url),
        base_url=base_url,
        secret=env.get("KSCB_SECRET_KEY") or _kept_secret(instance / "secret"),
        birth_key=_birth_key(env.get("KSCB_BIRTH_KEY") or None),
    )


def _base_url(url: str) -> str:
    url = url.strip().rstrip("/")
    if not url.startswith(("http://", "https://")):
        raise BadSetting("KSCB_BASE_URL must start with http:// or https://.")
    if not _ADDRESS.fullmatch(url):
        raise BadSetting(
            "KSCB_BASE_URL must be a host, with a port and a path if there are any, and nothing else, like "
            "https://council.example/tracker. A path has letters, digits and - . _ between its slashes."
        )
    return url


def _mail_server(url: str | None) -> str | None:
    if url is None:
        return None
    try:
        parts = urlsplit(url)
        usable = parts.scheme in ("smtp", "smtps") and parts.hostname and parts.port != 0
    except ValueError:
        usable = False
    if not usable:
        raise BadSetting("KSCB_MAIL must look like smtp://user:password@host:587 or smtps://host:465.")
    return url


def _yes_or_no(env: Mapping[str, str], name: str) -> bool:
    value = env.get(name) or "no"
    if value not in ("yes", "no"):
        raise BadSetting(f"{name} must be yes or no.")
    return value == "yes"


def _sender(address: str | None, base_url: str) -> str:
    if address is None:
        host = urlsplit(base_url).hostname or "localhost"
        is_number = ":" in host or host.replace(".", "").isdigit()
        return f"tracker@{'localhost' if is_number else host}"
    if not re.fullmatch(r"[A-Za-z0-9.!#$%&'*+/=?^_`{|}~-]+@[A-Za-z0-9.-]+", address):
        raise BadSetting("KSCB_MAIL_FROM must be one email address, like tracker@board.example.")
    return address


def _birth_key(key: str | None) -> str | None:
    if key is None:
        return None
    from cryptography.fernet import Fernet

    try:
        Fernet(key)
    except ValueError:
        raise BadSetting(
            "KSCB_BIRTH_KEY must be a Fernet key: 32 random bytes in URL-safe base64. Make one with "
            "python -c 'from cryptography.fernet import Fernet; print(Fernet.generate_key().decode())'"
        ) from None
    return key


def _kept_secret(path: Path) -> str:
    try:
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        return path.read_text(encoding="ascii").strip()
    with os.fdopen(descriptor, "w", encoding="ascii") as out:
        secret = secrets.token_hex(32)
        out.write(secret)
    return secret
