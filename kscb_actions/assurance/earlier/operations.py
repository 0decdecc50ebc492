"""What a person can do about the past of an action: enter it, or examine again what was accepted."""

from kscb_actions.access.policy import Owners, Permission, Viewer, may
from kscb_actions.actions.earlier.models import EarlierRecord
from kscb_actions.actions.earlier.rules import Reading, why_no_past, why_not_examined
from kscb_actions.actions.turn import RatingFacts

from ..operations import AvailableOperation


def of_the_past(
    viewer: Viewer, owners: Owners, facts: RatingFacts, record: EarlierRecord | None, has_updates: bool
) -> list[AvailableOperation]:
    """Return what this person can do about the past of an action, by the rules that the services hold to."""
    found = []
    is_accepted = record is not None and record.read_as == Reading.ACCEPTED
    if may(viewer, Permission.DECIDE_ASSURANCE, owners):
        if why_not_examined(is_accepted, facts.assurance, facts.standing) is None:
            found.append(AvailableOperation("assurance.examine_again", "Examine it again"))
    if may(viewer, Permission.EDIT_ACTION):
        if why_no_past(record is not None, facts.assurance, facts.standing, has_updates) is None:
            found.append(AvailableOperation("assurance.enter_past", "Enter what happened before"))
    return found
