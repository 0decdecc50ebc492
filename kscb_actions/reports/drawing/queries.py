"""Reading how far the file of a paper is. Who may see the paper is asked where it is fetched."""

import hashlib

from kscb_actions import clock
from kscb_actions.reports.kept.models import KeptPaper
from kscb_actions.reports.template.queries import template_in_use

from .models import PaperDrawing
from .rules import GOES_ON, SILENT, Drawing, State

_FIELDS = [field for field in PaperDrawing._meta.sorted_fields if field.name != "file"]


def drawing_of(paper: KeptPaper) -> Drawing | None:
    """Return how it stands with the file of a paper; None where it is not asked for. At most two queries."""
    row = PaperDrawing.select(*_FIELDS).where(PaperDrawing.paper == paper).first()
    if row is None:
        return None
    earlier = (
        PaperDrawing.select()
        .where(PaperDrawing.state.in_(GOES_ON), PaperDrawing.asked_at < row.asked_at)
        .count()
        if row.state == State.WAITING
        else 0
    )
    return Drawing(
        State(row.state), row.asked_at, row.told_at, row.sections_done, row.sections, row.rows_done, row.rows,
        row.problem, earlier,
    )  # fmt: skip


def drawn_file(paper: KeptPaper) -> bytes | None:
    """Return the file of a paper that is drawn in the look of today; None where there is none."""
    row = PaperDrawing.get_or_none(PaperDrawing.paper == paper, PaperDrawing.state == State.DRAWN)
    return bytes(row.file) if row and row.look == look_of(template_in_use()) else None


def look_of(template: bytes | None) -> str:
    """Return by what it is known whether a file was drawn in a template."""
    return hashlib.sha256(template).hexdigest() if template else ""


def papers_to_draw() -> list[int]:
    """Return the ids of the drawings to begin, the oldest first; also those whose process has gone."""
    gone = (PaperDrawing.state == State.DRAWING) & (PaperDrawing.told_at < clock.real_now() - SILENT)
    due = PaperDrawing.select(PaperDrawing.id).where((PaperDrawing.state == State.WAITING) | gone)
    return [row_id for (row_id,) in due.order_by(PaperDrawing.asked_at, PaperDrawing.id).tuples()]
