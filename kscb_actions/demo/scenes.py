"""What is done at a certain hour of the demonstration."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date


@dataclass(frozen=True)
class Scene:
    """Something to be done at a certain hour of a certain day."""

    on: date
    hour: int
    play: Callable[[], object]
