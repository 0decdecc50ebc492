"""Taking back what the Board decided or asked by mistake: the action is as if it had not."""

from datetime import date

from kscb_actions import clock
from kscb_actions.access.policy import Permission, Refused, Viewer
from kscb_actions.actions.models import Action
from kscb_actions.actions.rules import DECISION_TAKEN_BACK, problem_with_reason
from kscb_actions.audit.service import change
from kscb_actions.reviews.queries import require_on
from kscb_actions.terms import say
from kscb_actions.text import InvalidInput, clean_text

from ..models import DecisionTakenBack
from ..voiding.entries.queries import steps_of
from .queries import why_decision_stays
from .rules import NOTHING, Decided, changes_of, last_decided


def take_decision_back(
    viewer: Viewer, action: Action, reason: str, expected: int | None = None
) -> DecisionTakenBack:
    """Take back what the Board did last to an action, by somebody outside the agency, with the reason.

    The decision stays in the trail, and counts nowhere: the action is with whom it was, and since then.
    `expected` is the version of the action that was looked at. Raises InvalidInput, Refused, StaleEdit.
    """
    require_on(viewer, Permission.TAKE_DECISION_BACK, action.review, action.owners)
    reason = clean_text(reason)
    with change(viewer) as tx:
        last = last_decided(steps_of(action))
        refusal = why_decision_stays(action, last)
        if refusal or last is None:
            raise Refused(refusal or say(NOTHING))
        if wrong := problem_with_reason(reason, "Say why it is taken back."):
            raise InvalidInput(wrong)
        _put_back(action, last)
        told = {"undone": last.event.id, "what": last.what}
        tx.update(action, DECISION_TAKEN_BACK, expected, told)
        is_question = last.what == "asked"
        taken_back = DecisionTakenBack(
            review=action.review_id,
            action=action,
            decision=None if is_question else last.row_id,
            question=last.row_id if is_question else None,
            reason=reason,
            by=viewer.id,
            at=clock.now(),
        )
        return tx.add(taken_back, "submission.decision-taken-back", {"what": last.what})


def _put_back(action: Action, last: Decided) -> None:
    for name, (before, _) in changes_of(last).items():
        is_day = name.endswith("_on") and before is not None
        setattr(action, name, date.fromisoformat(before) if is_day else before)
