"""Recording what an inspection found, putting it right, and marking what was recorded by mistake."""

from dataclasses import replace

from kscb_actions.access.policy import Permission, Refused, Viewer
from kscb_actions.audit.service import change
from kscb_actions.reviews.models import Review
from kscb_actions.reviews.queries import require_on
from kscb_actions.text import InvalidInput, clean_text, one_line

from .models import InspectionFinding
from .queries import is_earlier_area, is_earlier_judgement
from .rules import FindingFacts, FindingKind, problems_with_finding

NOT_ONE = "Only an inspection has judgements and strengths."


def record_finding(viewer: Viewer, review: Review, facts: FindingFacts) -> InspectionFinding:
    """Record a judgement or a strength of an inspection. Raises InvalidInput, Refused."""
    require_on(viewer, Permission.EDIT_REVIEW, review)
    if not review.is_inspection:
        raise Refused(NOT_ONE)
    row = InspectionFinding(review=review, kind=FindingKind(facts.kind))
    _apply(viewer, row, facts)
    with change(viewer) as tx:
        return tx.add(row, "inspection.finding-recorded")


def correct_finding(
    viewer: Viewer, row: InspectionFinding, facts: FindingFacts, expected: int
) -> InspectionFinding:
    """Put a finding right; its kind stays. Raises InvalidInput, Refused, StaleEdit."""
    require_on(viewer, Permission.EDIT_REVIEW, row.review)
    _apply(viewer, row, replace(facts, kind=row.kind))
    with change(viewer) as tx:
        return tx.update(row, "inspection.finding-put-right", expected)


def void_finding(viewer: Viewer, row: InspectionFinding, reason: str, expected: int) -> InspectionFinding:
    """Mark a finding as recorded by mistake: it is gone from every page and paper.

    Raises InvalidInput, Refused, StaleEdit.
    """
    require_on(viewer, Permission.EDIT_REVIEW, row.review)
    reason = clean_text(reason)
    if not reason:
        raise InvalidInput({"reason": "Say why it was recorded by mistake."})
    row.is_void = True
    with change(viewer) as tx:
        return tx.update(row, "inspection.finding-voided", expected, {"reason": reason})


def _apply(viewer: Viewer, row: InspectionFinding, facts: FindingFacts) -> None:
    is_judgement = facts.kind == FindingKind.JUDGEMENT
    tidy = one_line if is_judgement else clean_text
    facts = replace(facts, text=tidy(facts.text), grade=one_line(facts.grade))
    problems = problems_with_finding(facts)
    is_earlier = is_earlier_judgement if is_judgement else is_earlier_area
    if facts.earlier_id is not None and not is_earlier(viewer, row.review, facts.earlier_id):
        problems["earlier"] = "Choose from the list."
    if problems:
        raise InvalidInput(problems)
    row.text, row.grade = facts.text, facts.grade if is_judgement else ""
    row.earlier_judgement = facts.earlier_id if is_judgement else None
    row.earlier_area = None if is_judgement else facts.earlier_id
    row.became = "" if is_judgement else facts.became
