"""Recording what was shared, putting it right, and marking what was recorded by mistake."""

from dataclasses import replace

from kscb_actions import clock
from kscb_actions.access.policy import Permission, Viewer
from kscb_actions.audit.service import change
from kscb_actions.reviews.models import Recommendation, Review
from kscb_actions.reviews.queries import require_on
from kscb_actions.text import InvalidInput, clean_text, one_line

from .models import Dissemination
from .rules import Shared, problems_with_sharing


def record_sharing(
    viewer: Viewer, review: Review, recommendation: Recommendation | None, facts: Shared
) -> Dissemination:
    """Record that learning of a review, or of one recommendation, was shared.

    Raises InvalidInput, Refused.
    """
    require_on(viewer, Permission.EDIT_REVIEW, review)
    row = Dissemination(review=review, recommendation=recommendation)
    _apply(row, facts)
    with change(viewer) as tx:
        return tx.add(row, "learning.shared")


def correct_sharing(viewer: Viewer, row: Dissemination, facts: Shared, expected: int) -> Dissemination:
    """Put a record right. Raises InvalidInput, Refused, StaleEdit."""
    require_on(viewer, Permission.EDIT_REVIEW, row.review)
    _apply(row, facts)
    with change(viewer) as tx:
        return tx.update(row, "learning.put-right", expected)


def void_sharing(viewer: Viewer, row: Dissemination, reason: str, expected: int) -> Dissemination:
    """Mark a record as made by mistake: it is gone from every page, count and paper.

    Raises InvalidInput, Refused, StaleEdit.
    """
    require_on(viewer, Permission.EDIT_REVIEW, row.review)
    reason = clean_text(reason)
    if not reason:
        raise InvalidInput({"reason": "Say why it was recorded by mistake."})
    row.is_void = True
    with change(viewer) as tx:
        return tx.update(row, "learning.voided", expected, {"reason": reason})


def _apply(row: Dissemination, facts: Shared) -> None:
    facts = replace(facts, with_whom=one_line(facts.with_whom), what=clean_text(facts.what))
    if problems := problems_with_sharing(facts, clock.today()):
        raise InvalidInput(problems)
    for name in ("shared_on", "how", "with_whom", "what", "reached"):
        setattr(row, name, getattr(facts, name))
