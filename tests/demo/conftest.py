"""The demonstration, loaded once for the tests of a process."""

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from kscb_actions import clock, database
from kscb_actions.demo.content import AS_AT
from kscb_actions.demo.loader import Account, load
from kscb_actions.files.store import EvidenceStore

PASSWORD = "orchard kettle nine"
BASE_URL = "http://127.0.0.1:5000"


class Loaded:
    """The loaded board: its accounts, what the loader said, its instance and evidence folders."""

    def __init__(self, accounts: list[Account], said: list[str], instance: Path) -> None:
        self.accounts, self.said, self.instance = accounts, said, instance
        self.folder = instance / "evidence"


@pytest.fixture(scope="session")
def demonstration(migrated: Path, tmp_path_factory: pytest.TempPathFactory) -> Loaded:
    """The demonstration in an instance of its own."""
    instance = tmp_path_factory.mktemp("demonstration")
    shutil.copy(migrated, instance / "kscb.db")
    database.connect_to(f"sqlite:///{instance / 'kscb.db'}")
    said: list[str] = []
    with database.db.connection_context():
        accounts = load(PASSWORD, said.append, EvidenceStore(instance / "evidence"), BASE_URL)
    return Loaded(accounts, said, instance)


@pytest.fixture(scope="module")
def loaded(demonstration: Loaded) -> Iterator[Loaded]:
    """The demonstration, its database open, on its day. To be read only."""
    database.connect_to(f"sqlite:///{demonstration.instance / 'kscb.db'}")
    with database.db.connection_context(), clock.at(AS_AT):
        yield demonstration
