"""What is done at a certain hour of the demonstration."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date


@dataclass(frozen=True)
class ScheduledEvent:
    """Hold something to be done at a certain hour of a certain day, in the order of time."""

    on: date
    hour: int
    run: Callable[[], object]
