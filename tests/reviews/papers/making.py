"""A paper of a review, for tests."""

import io
from typing import Any

from kscb_actions.assurance.erasing import refuse_erased
from kscb_actions.people.models import User
from kscb_actions.reviews.papers.models import ReviewPaper
from kscb_actions.reviews.papers.rules import PaperFacts
from kscb_actions.reviews.papers.service import keep_paper, name_reader

from ...factories import PDF, World

ADDRESS = "https://tracker.example/reviews/SCR-2011-02/papers"


def review_paper(
    world: World, review: Any, by: User | None = None, reader: User | None = None, **facts: Any
) -> ReviewPaper:
    """Return a paper that somebody (the board manager) added to a review, open to one reader where asked."""
    said = {"kind": "chronology", "description": "Health", **facts}
    viewer = (by or world.manager).viewer
    paper = keep_paper(
        viewer, review, world.store, PaperFacts(**said), io.BytesIO(PDF), "chronology.pdf", refuse_erased
    )
    if reader is not None:
        name_reader(viewer, paper, reader.id, ADDRESS)
    return paper
