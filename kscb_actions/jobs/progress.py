"""How far a long run is, said now and then."""

import time
from collections.abc import Callable

Progress = Callable[[int, int], None]


def now_and_then(say: Callable[[str], object], label: str, seconds: float) -> Progress:
    """Return what is told how many of how many are done, and says it when so many seconds have passed."""
    said_at = time.monotonic()

    def tell(done: int, all: int) -> None:
        nonlocal said_at
        if time.monotonic() - said_at >= seconds:
            said_at = time.monotonic()
            say(f"{label}: {done} of {all}")

    return tell
