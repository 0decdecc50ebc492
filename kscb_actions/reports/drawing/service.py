"""Asking for the file of a long paper, drawing it apart, and stopping that."""

import logging
import time

from kscb_actions import clock
from kscb_actions.apart import Unfinished
from kscb_actions.database import Busy, writing
from kscb_actions.reports.kept.models import KeptPaper
from kscb_actions.reports.kept.serialisation import read_content
from kscb_actions.reports.template.queries import template_in_use
from kscb_actions.reports.word.file import word_file_telling

from .models import PaperDrawing
from .queries import look_of
from .rules import GOES_ON, INTERRUPTED, KEPT_FOR, MOST_TRIES, State

TELLS_SECONDS = 0.5
_NOTHING_DONE = {"sections_done": 0, "sections": 0, "rows_done": 0, "rows": 0}
BROKE = "Drawing ended with an error, which is in the server’s log."
log = logging.getLogger(__name__)


class _Stopped(Exception):
    """Somebody has stopped the drawing, or another process draws it by now."""


def ask_for_drawing(paper: KeptPaper) -> None:
    """Let the jobs draw the file of a kept paper, whatever was drawn before; one on its way goes on."""
    now = clock.real_now()
    with writing(PaperDrawing):
        row = PaperDrawing.get_or_none(PaperDrawing.paper == paper)
        if row is None:
            PaperDrawing.create(paper=paper, state=State.WAITING, asked_at=now, told_at=now)
        elif row.state not in GOES_ON:
            PaperDrawing.update(
                **_NOTHING_DONE,
                state=State.WAITING,
                asked_at=now,
                told_at=now,
                tries=0,
                problem="",
                file=None,
            ).where(PaperDrawing.id == row.id).execute()


def stop_drawing(paper: KeptPaper) -> None:
    """Stop a drawing that waits or goes on. Whoever draws it hears of it within a second or two."""
    with writing(PaperDrawing):
        own = (PaperDrawing.paper == paper) & PaperDrawing.state.in_(GOES_ON)
        PaperDrawing.update(state=State.STOPPED, told_at=clock.real_now()).where(own).execute()


def draw(drawing_id: int) -> None:
    """Draw a file that was asked for, and keep it for some hours. Does nothing where it need not be drawn.

    What goes wrong is kept as a sentence for whoever waits.
    """
    row = _begun(drawing_id)
    if row is None:
        return
    template = template_in_use()
    telling = _Telling(row)
    try:
        content, version = bytes(row.paper.content), row.paper.version
        file = word_file_telling(telling, template, read_content, content, version)
        telling.end(state=State.DRAWN, file=file, look=look_of(template))
    except _Stopped:
        return
    except Unfinished as unfinished:
        log.error("drawing %s: %s", row.paper.reference, unfinished)
        _fail(telling, str(unfinished))
    except Exception:
        log.exception("drawing %s has failed", row.paper.reference)
        _fail(telling, BROKE)


def forget_drawings() -> None:
    """Remove the files of papers that were drawn a day ago; they are drawn again when asked for."""
    old = PaperDrawing.state.not_in(GOES_ON) & (PaperDrawing.told_at < clock.real_now() - KEPT_FOR)
    if PaperDrawing.select().where(old).exists():
        with writing(PaperDrawing):
            PaperDrawing.delete().where(old).execute()


def _begun(drawing_id: int) -> PaperDrawing | None:
    """Return the row of a drawing, taken up by this process; None where it is not to be drawn any more."""
    with writing(PaperDrawing):
        row = PaperDrawing.get_or_none(PaperDrawing.id == drawing_id, PaperDrawing.state.in_(GOES_ON))
        if row is None:
            return None
        failed = row.tries >= MOST_TRIES
        row.state, row.problem = (State.FAILED, INTERRUPTED) if failed else (State.DRAWING, "")
        row.tries, row.told_at = row.tries + 1, clock.real_now()
        for name, value in _NOTHING_DONE.items():
            setattr(row, name, value)
        row.save()
    return None if failed else row


def _fail(telling: "_Telling", problem: str) -> None:
    try:
        telling.end(state=State.FAILED, problem=problem)
    except _Stopped:
        return


class _Telling:
    """Writes down how far a drawing is, about twice a second, and hears whether it goes on."""

    def __init__(self, row: PaperDrawing) -> None:
        self._own = (PaperDrawing.id == row.id) & (PaperDrawing.tries == row.tries)
        self._next = 0.0

    def __call__(self, sections_done: int, sections: int, rows_done: int, rows: int) -> None:
        """Take in how far it is. Raises _Stopped where it is not to go on."""
        if time.monotonic() < self._next:
            return
        self._next = time.monotonic() + TELLS_SECONDS
        try:
            self.end(sections_done=sections_done, sections=sections, rows_done=rows_done, rows=rows)
        except Busy:
            # Whoever saves something goes first; the next time will do.
            return

    def end(self, **values: object) -> None:
        """Write these columns down. Raises _Stopped where it is drawn no more, or by another process."""
        with writing(PaperDrawing, wait=bool(values.get("state"))):
            goes_on = self._own & (PaperDrawing.state == State.DRAWING)
            kept = PaperDrawing.update(**values, told_at=clock.real_now()).where(goes_on).execute()
        if not kept:
            raise _Stopped
