"""What the tests of keeping the plan in order share."""

import pytest

from ..factories import World
from .nhs import Nhs


@pytest.fixture
def nhs(world: World) -> Nhs:
    """Return the agencies of the NHS and their leads."""
    return Nhs(world)
