"""Fixtures for the tests of first pages."""

import pytest
from flask.testing import FlaskClient

from ...factories import World
from .sheet import SignIn


@pytest.fixture
def lead(world: World, sign_in: SignIn) -> FlaskClient:
    return sign_in(world.police_lead)
