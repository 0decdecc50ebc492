"""When a paper is long, and how far its drawing is, in words."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from kscb_actions.wording import plural

# About a second of drawing; what is shorter is drawn at once.
LONG_ROWS = 3_000
# Whoever draws tells of it about every second. One that was silent for so long has ended.
SILENT = timedelta(seconds=60)
# A drawing that ends whoever draws it is not begun for ever.
MOST_TRIES = 3
# Jobs that run begin within seconds.
LATE = timedelta(seconds=60)
KEPT_FOR = timedelta(hours=24)


class State(StrEnum):
    """How it stands with the file of a paper."""

    WAITING = "waiting"
    DRAWING = "drawing"
    DRAWN = "drawn"
    FAILED = "failed"
    STOPPED = "stopped"


GOES_ON = (State.WAITING, State.DRAWING)
INTERRUPTED = (
    f"Drawing was interrupted {MOST_TRIES} times, as if the server was short of memory or was stopped."
)


@dataclass(frozen=True)
class Drawing:
    """How far a drawing is; fields as in models.PaperDrawing. `before`: how many others are drawn first."""

    state: State
    asked_at: datetime
    told_at: datetime
    sections_done: int = 0
    sections: int = 0
    rows_done: int = 0
    rows: int = 0
    problem: str = ""
    before: int = 0


def is_long(rows: int) -> bool:
    """Return whether a paper whose tables have so many rows is drawn while somebody sees how far it is."""
    return rows >= LONG_ROWS


def goes_on(drawing: Drawing) -> bool:
    """Return whether there is something to wait for."""
    return drawing.state in GOES_ON


def is_late(drawing: Drawing, now: datetime) -> bool:
    """Return whether nobody has begun, or gone on with, a drawing for longer than jobs that run take."""
    if drawing.state == State.WAITING:
        return not drawing.before and now - drawing.asked_at > LATE
    return drawing.state == State.DRAWING and now - drawing.told_at > SILENT + LATE


def in_words(drawing: Drawing) -> str:
    """Return how far a drawing that goes on is, as a sentence."""
    if drawing.state == State.WAITING:
        if drawing.before:
            others = plural(drawing.before, "other paper")
            return f"It waits until {others} {'is' if drawing.before == 1 else 'are'} drawn."
        return "It is about to be drawn."
    if not drawing.sections:
        return "Drawing has begun."
    sections = "section is" if drawing.sections_done == 1 else "sections are"
    told = f"{drawing.sections_done} of {drawing.sections} {sections} drawn"
    rows = f", with {drawing.rows_done:,} of {plural(drawing.rows, 'row')} of its tables"
    return f"{told}{rows if drawing.rows else ''}."


STATE_WORDS: Mapping[State, str] = {
    State.WAITING: "The Word file is being drawn",
    State.DRAWING: "The Word file is being drawn",
    State.DRAWN: "The Word file is ready",
    State.FAILED: "The Word file could not be drawn",
    State.STOPPED: "Drawing was stopped",
}
