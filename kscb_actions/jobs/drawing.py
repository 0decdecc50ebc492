"""Long papers, drawn one after the other as somebody asks for them."""

from collections.abc import Callable
from functools import partial

from kscb_actions import database
from kscb_actions.reports.drawing.queries import papers_to_draw
from kscb_actions.reports.drawing.service import draw, forget_drawings

__all__ = ["draw_papers", "forget_drawings"]
# Does a piece of work by its name, if this process leads, and returns whether nothing went wrong.
AsLeader = Callable[[str, Callable[[], object]], bool]
# The step that made the table: jobs may run before it.
MADE_BY = "0100_paper_drawings"


def draw_papers(as_leader: AsLeader) -> None:
    """Draw what was asked for; one that fails stops no other. Where nothing was, nothing is written."""
    with database.db.connection_context():
        # Asked every second, so the lease is not renewed for it.
        due = papers_to_draw() if MADE_BY in database.applied_migrations() else []
    for drawing_id in due:
        as_leader(f"drawing {drawing_id}", partial(draw, drawing_id))
