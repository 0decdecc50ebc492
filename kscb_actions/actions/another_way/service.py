"""The Board deciding what takes the place of what cannot be done."""

from kscb_actions import clock
from kscb_actions.access.policy import Permission, Refused, Viewer
from kscb_actions.audit.service import change
from kscb_actions.reviews.queries import require_on
from kscb_actions.text import InvalidInput, clean_text

from ..models import Action, facts_of
from ..moves import moves_of_one
from ..queries import last_update
from ..rules import problem_with_reason
from ..service import standing_within
from .models import AnotherWay
from .rules import NOTHING_TO_DECIDE, OUTCOME_NAMES, Outcome, awaits_decision


def decide_impossible(
    viewer: Viewer, action: Action, outcome: str, reason: str, expected: int | None = None
) -> Action:
    """Send an action back to its agency for another way, or supersede or withdraw it, with the reason.

    By somebody outside the agency, while its word that it cannot be done waits for the Board.
    Raises InvalidInput, Refused, StaleEdit.
    """
    require_on(viewer, Permission.DECIDE_EXTENSION, action.review, action.owners)
    reason = clean_text(reason)
    problems = problem_with_reason(reason)
    if outcome not in OUTCOME_NAMES:
        problems["outcome"] = "Choose what takes its place."
    if problems:
        raise InvalidInput(problems)
    with change(viewer) as tx:
        # Asked inside the change: the agency may have found a way since the page was opened.
        if not awaits_decision(facts_of(Action.get_by_id(action.id), moves_of_one(action.id))):
            raise Refused(NOTHING_TO_DECIDE)
        if outcome != Outcome.ANOTHER_WAY:
            return standing_within(tx, action, outcome, reason, expected)
        tx.update(action, "action.sent-back", expected)
        asked = AnotherWay(
            review=action.review_id,
            action=action,
            answers=last_update(action),
            reason=reason,
            by=viewer.id,
            at=clock.now(),
        )
        tx.add(asked, "another-way.asked")
    return action
