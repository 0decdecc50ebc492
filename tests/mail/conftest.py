"""Fixtures for the tests of mail."""

from datetime import timedelta

import pytest

from kscb_actions import clock

from .sending import Wait


@pytest.fixture
def wait(monkeypatch: pytest.MonkeyPatch) -> Wait:
    """Let real time pass."""

    def move(length: timedelta) -> None:
        later = clock.real_now() + length
        monkeypatch.setattr(clock, "real_now", lambda: later)

    return move
