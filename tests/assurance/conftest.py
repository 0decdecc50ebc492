"""Fixtures for the tests of evidence."""

import pytest
from flask.testing import FlaskClient

from ..factories import World
from .filing import SignIn


@pytest.fixture
def lead(world: World, sign_in: SignIn) -> FlaskClient:
    return sign_in(world.police_lead)
