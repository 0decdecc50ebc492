"""The papers that a review of the demonstration keeps, added and opened to readers on their days."""

import io
from collections.abc import Iterator
from functools import partial

from kscb_actions.assurance.erasing import refuse_erased
from kscb_actions.reviews.models import Review
from kscb_actions.reviews.papers.rules import PAPER_KIND_NAMES, PaperFacts, PaperKind
from kscb_actions.reviews.papers.service import keep_paper, name_reader

from .content import FOLDER, Table, parse_file
from .files import NOTICE, pdf_of
from .schedule import ScheduledEvent
from .story_runner import LoadedBoard

PAPER_HOUR = 14


def review_paper_events(loaded: LoadedBoard, base_url: str) -> Iterator[ScheduledEvent]:
    """Yield each paper; links in the messages to its readers begin with `base_url`."""
    for planned in parse_file(FOLDER / "review_papers.toml")["paper"]:
        yield ScheduledEvent(planned["on"], PAPER_HOUR, partial(_add, loaded, planned, base_url))


def _add(loaded: LoadedBoard, planned: Table, base_url: str) -> None:
    review = Review.get(Review.reference == planned["review"])
    viewer, kind = loaded.viewer(planned["by"]), PaperKind(planned["kind"])
    facts = PaperFacts(kind, planned["dated_on"], planned["description"])
    file = io.BytesIO(pdf_of(f"{review.reference}: {PAPER_KIND_NAMES[kind]}", [*planned["text"], NOTICE]))
    paper = keep_paper(viewer, review, loaded.store, facts, file, f"{kind}.pdf", refuse_erased)
    for email in planned["readers"]:
        name_reader(viewer, paper, loaded.people[email].id, f"{base_url}/reviews/{review.reference}/papers")
