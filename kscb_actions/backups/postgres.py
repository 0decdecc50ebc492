"""A PostgreSQL database written out and read in by the server's own programs, in their custom format."""

import os
import subprocess
from pathlib import Path

from psycopg.conninfo import conninfo_to_dict

from kscb_actions import database

from .archive import BackupRefused

# The variables of libpq: a password among a program's arguments could be read by everybody on the machine.
VARIABLES = {
    "host": "PGHOST",
    "port": "PGPORT",
    "user": "PGUSER",
    "password": "PGPASSWORD",
    "dbname": "PGDATABASE",
    "sslmode": "PGSSLMODE",
    "sslrootcert": "PGSSLROOTCERT",
    "options": "PGOPTIONS",
}


def dump(url: str, target: Path) -> None:
    """Write the database as the transaction that is open now sees it."""
    (snapshot,) = database.db.execute_sql("SELECT pg_export_snapshot()").fetchone()
    _run(url, "pg_dump", "--format=custom", "--no-owner", "--no-privileges", f"--snapshot={snapshot}",
         f"--file={target}")  # fmt: skip


def load(url: str, source: Path) -> None:
    """Read the database in, wholly or not at all."""
    name = str(conninfo_to_dict(_plain(url)).get("dbname", ""))
    _run(url, "pg_restore", "--single-transaction", "--exit-on-error", "--no-owner", "--no-privileges",
         f"--dbname={name}", str(source))  # fmt: skip


def _plain(url: str) -> str:
    return "postgresql://" + url.split("://", 1)[1]


def _run(url: str, program: str, *arguments: str) -> None:
    told = {name: str(value) for name, value in conninfo_to_dict(_plain(url)).items() if value is not None}
    unknown = told.keys() - VARIABLES.keys()
    if unknown:
        raise BackupRefused(f"KSCB_DATABASE sets {', '.join(sorted(unknown))}, unknown to {program}.")
    own = {VARIABLES[name]: value for name, value in told.items()}
    try:
        done = subprocess.run(  # nosec B603 # noqa: S603
            [program, "--no-password", *arguments], env={**os.environ, **own}, capture_output=True, text=True
        )
    except FileNotFoundError:
        raise BackupRefused(
            f"{program} is not installed. It comes with PostgreSQL (Debian: postgresql-client)."
        ) from None
    if done.returncode:
        raise BackupRefused(f"{program} failed: {done.stderr.strip()}")
