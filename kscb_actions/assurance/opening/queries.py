"""Finding the submission whose files are asked for, and the file whose page is."""

from dataclasses import dataclass
from typing import Any

from kscb_actions.access.policy import Permission, Viewer, may
from kscb_actions.actions.models import Action
from kscb_actions.actions.narrowing import visible_action
from kscb_actions.assurance.models import EvidenceFile, Submission
from kscb_actions.assurance.queries import get_file
from kscb_actions.people.models import Agency, User
from kscb_actions.reviews.models import Review


def get_submission(viewer: Viewer, reference: str, number: int, submission_id: int) -> Submission | None:
    """Return a submission by its whole address, or None for who may not open evidence files there."""
    found = (
        Submission.select(Submission, User, Action, Review, Agency)
        .join_from(Submission, User)
        .join_from(Submission, Action)
        .join_from(Action, Review)
        .join_from(Action, Agency)
        .where(
            Submission.id == submission_id,
            Action.number == number,
            Review.reference == reference,
            visible_action(viewer),
        )
        .first()
    )
    return found if found and may(viewer, Permission.READ_EVIDENCE, found.owners) else None


@dataclass(frozen=True)
class PageAsked:
    """A file, and the number of the page that somebody asks for, which may not exist."""

    file: EvidenceFile
    page: int

    @property
    def owners(self) -> Any:
        """Return whose file it is."""
        return self.file.owners


def get_page(
    viewer: Viewer, reference: str, number: int, evidence_id: int, file_id: int, page: int
) -> PageAsked | None:
    """Return what is asked for by the address of a page, or None for who may not open the file."""
    file = get_file(viewer, reference, number, evidence_id, file_id)
    return PageAsked(file, page) if file else None
