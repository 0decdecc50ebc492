"""Loading the demonstration is refused or fails: then nothing has changed. Its mail has its own address."""

import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from kscb_actions import database
from kscb_actions.audit.models import AuditEvent
from kscb_actions.demo.loader import NotEmpty, load
from kscb_actions.files.store import EvidenceStore
from kscb_actions.models import ALL
from kscb_actions.text import InvalidInput

from ..factories import World

PASSWORD = "orchard kettle nine"
BASE_URL = "http://127.0.0.1:5000"


def test_a_database_that_holds_something_is_refused_and_left_alone(world: World) -> None:
    before = AuditEvent.select().count()
    with pytest.raises(NotEmpty, match="not empty"):
        load(PASSWORD, lambda _: None, world.store, BASE_URL)
    assert AuditEvent.select().count() == before


@pytest.fixture
def empty(migrated: Path, tmp_path: Path) -> Iterator[Path]:
    """Open an empty database; give the evidence folder to use."""
    shutil.copy(migrated, tmp_path / "kscb.db")
    database.connect_to(f"sqlite:///{tmp_path / 'kscb.db'}")
    with database.db.connection_context():
        yield tmp_path / "evidence"


def rows() -> dict[str, int]:
    """Return {table: rows} of the tables that hold any."""
    counts = {table.__name__: table.select().count() for table in ALL}
    return {name: count for name, count in counts.items() if count}


def test_a_failure_on_the_way_leaves_nothing_behind(empty: Path) -> None:
    before = rows()
    with pytest.raises(InvalidInput):
        load(PASSWORD, lambda _: None, EvidenceStore(empty, limit_bytes=1_500), BASE_URL)
    assert rows() == before == {"District": 12}
    assert [path for path in empty.rglob("*") if path.is_file()] == []


def test_a_weak_password_is_refused_and_nothing_is_loaded(empty: Path) -> None:
    before = rows()
    with pytest.raises(InvalidInput, match="at least 12 characters"):
        load("short", lambda _: None, EvidenceStore(empty), BASE_URL)
    assert rows() == before == {"District": 12}


def test_what_a_demonstration_has_mailed_leads_to_where_it_is_served() -> None:
    root = Path(__file__).parents[2]
    steps = subprocess.run(
        ["make", "--dry-run", "run", "PORT=5001"], cwd=root, capture_output=True, text=True, check=True
    )
    (loads,) = (line for line in steps.stdout.splitlines() if "flask demo" in line)
    assert "http://127.0.0.1:5001" in loads
