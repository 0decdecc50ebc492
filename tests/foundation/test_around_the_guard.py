"""A route that is registered around the guard is open to nobody."""

from collections.abc import Callable

import pytest
from flask import Flask

from ..factories import World


@pytest.fixture
def app(own_app: Flask) -> Flask:
    """Return an application of its own, to register an offender in."""
    return own_app


def test_a_route_registered_around_the_guard_answers_403(app: Flask, sign_in: Callable, world: World) -> None:
    app.add_url_rule("/around", "around", lambda: "anybody")
    assert sign_in(world.manager).get("/around").status_code == 403
