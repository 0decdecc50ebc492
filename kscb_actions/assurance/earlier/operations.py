"""What a person can do about the past of an action: enter it, or examine again what was accepted."""

from collections.abc import Sequence

from kscb_actions.access.policy import Owners, Permission, Viewer, may
from kscb_actions.actions.earlier.models import EarlierRecord
from kscb_actions.actions.earlier.rules import (
    Reading,
    has_acted,
    why_no_past,
    why_not_examined,
    why_past_stays,
)
from kscb_actions.actions.turn import RatingFacts

from ..operations import AvailableOperation


def of_the_past(
    viewer: Viewer,
    owners: Owners,
    facts: RatingFacts,
    record: EarlierRecord | None,
    has_updates: bool,
    since: Sequence[str],
) -> list[AvailableOperation]:
    """Return what this person can do about the past of an action, by the rules that the services hold to.

    since  the codes of the events since that past was entered
    """
    found = []
    is_accepted = record is not None and record.read_as == Reading.ACCEPTED
    if may(viewer, Permission.DECIDE_ASSURANCE, owners):
        if why_not_examined(is_accepted, facts.assurance, facts.standing) is None:
            found.append(AvailableOperation("assurance.examine_again", "Examine it again"))
    if may(viewer, Permission.EDIT_ACTION):
        if why_no_past(record is not None, facts.assurance, facts.standing, has_updates) is None:
            found.append(AvailableOperation("assurance.enter_past", "Enter what happened before"))
        is_acted_on = has_acted(since)
        if record and why_past_stays(True, facts.standing, record.read_as, is_acted_on) is None:
            found.append(AvailableOperation("assurance.put_past_right", "Put right what happened before"))
    return found
