"""The demonstration, open to be read."""

from collections.abc import Iterator

import pytest

from kscb_actions import clock, database
from kscb_actions.demo.content import AS_AT

from ..demonstration import Demonstration
from ..reading import Seen


@pytest.fixture(scope="session")
def walked() -> dict[str, dict[str, Seen]]:
    """Keep {email: {address: page}} of who has walked the demonstration. The pages are not to be changed."""
    return {}


@pytest.fixture(scope="module")
def loaded(demonstration: Demonstration) -> Iterator[Demonstration]:
    """Give the demonstration, its database open, on its day. To be read only."""
    database.connect_to(f"sqlite:///{demonstration.instance / 'kscb.db'}")
    with database.db.connection_context(), clock.at(AS_AT):
        yield demonstration
