"""Settings from the environment, read once when the application is made."""

import os
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

ROOT = Path(__file__).resolve().parent.parent


class BadSetting(Exception):
    """A KSCB_… variable holds something that cannot be used; the text says which and why."""


@dataclass(frozen=True)
class Settings:
    """Where this installation keeps things and how it is reached.

    instance  folder for the database, the evidence and the secret
    database  peewee URL (sqlite:/// or psycopg3://)
    evidence  folder of the evidence files
    mail      smtp:// or smtps:// URL, or None: mail then stays in the outbox
    base_url  address people type, without a final slash; https makes cookies Secure
    secret    signs cookies; kept in the instance folder when not given
    """

    instance: Path
    database: str
    evidence: Path
    mail: str | None
    base_url: str
    secret: str

    @property
    def is_https(self) -> bool:
        """True when people reach the application over TLS."""
        return self.base_url.startswith("https://")


def read_settings(environ: Mapping[str, str] | None = None) -> Settings:
    """Read Settings from `environ` (default: the process's own).

    Raises BadSetting when a value cannot be used.
    """
    env = os.environ if environ is None else environ
    instance = Path(env.get("KSCB_INSTANCE") or ROOT / "instance").resolve()
    instance.mkdir(parents=True, exist_ok=True, mode=0o700)
    mail = env.get("KSCB_MAIL") or None
    if mail and urlsplit(mail).scheme not in ("smtp", "smtps"):
        raise BadSetting("KSCB_MAIL must look like smtp://user:password@host:587 or smtps://host:465.")
    base_url = (env.get("KSCB_BASE_URL") or "http://127.0.0.1:5000").rstrip("/")
    if urlsplit(base_url).scheme not in ("http", "https"):
        raise BadSetting("KSCB_BASE_URL must start with http:// or https://.")
    evidence = env.get("KSCB_EVIDENCE") or str(instance / "evidence")
    if "://" in evidence:
        raise BadSetting("KSCB_EVIDENCE must be a folder on this machine.")
    return Settings(
        instance=instance,
        database=env.get("KSCB_DATABASE") or f"sqlite:///{instance / 'kscb.db'}",
        evidence=Path(evidence).resolve(),
        mail=mail,
        base_url=base_url,
        secret=env.get("KSCB_SECRET_KEY") or _kept_secret(instance / "secret"),
    )


def _kept_secret(path: Path) -> str:
    try:
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        return path.read_text(encoding="ascii").strip()
    with os.fdopen(descriptor, "w", encoding="ascii") as out:
        secret = secrets.token_hex(32)
        out.write(secret)
    return secret
