"""Finding the submission whose files are asked for."""

from kscb_actions.access.policy import Permission, Viewer, may
from kscb_actions.actions.models import Action
from kscb_actions.actions.narrowing import visible_action
from kscb_actions.assurance.models import Submission
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
