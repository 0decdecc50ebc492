"""Due dates: asked for by the agency, decided by somebody outside it; no extension changes the original."""

from collections.abc import Sequence
from datetime import date
from itertools import pairwise
from typing import Any

from kscb_actions import clock
from kscb_actions.access.policy import Permission, Refused, Viewer
from kscb_actions.audit.service import Change, change
from kscb_actions.prepared import prepared
from kscb_actions.reviews.queries import require_on
from kscb_actions.text import InvalidInput, clean_text

from .models import Action, Extension, facts_of
from .rules import is_open, problem_with_reason, why_no_extension, why_not_granted, why_not_new_date

OWN_REQUEST = "Somebody else has to decide what you asked for."


def ask_extension(viewer: Viewer, action: Action, due_on: date, reason: str) -> Extension:
    """Ask for more time. Raises InvalidInput."""
    require_on(viewer, Permission.ASK_EXTENSION, action.review, action.owners)
    reason = clean_text(reason)
    problems = problem_with_reason(reason, "Say why more time is needed and what will be different by then.")
    with change(viewer) as tx:
        waits = open_request(action) is not None
        # As it is now: somebody may have marked it as recorded in error since it was read.
        refusal = why_no_extension(facts_of(Action.get_by_id(action.id)), due_on, waits, clock.today())
        if refusal:
            problems["due_on"] = refusal
        if problems:
            raise InvalidInput(problems)
        return tx.add(_request(viewer, action, due_on, reason), "extension.asked")


def decide_extension(
    viewer: Viewer, extension: Extension, agreed: bool, reason: str, expected: int | None = None
) -> Extension:
    """Agree or refuse more time. Nobody decides for their own agency.

    Raises InvalidInput, Refused, StaleEdit.
    """
    action = extension.action
    _require_deciding(viewer, extension)
    refusal = why_not_granted(facts_of(action), extension.asked_due_on, clock.today()) if agreed else None
    if refusal:
        raise Refused(refusal)
    reason = clean_text(reason)
    problems = problem_with_reason(reason)
    if problems:
        raise InvalidInput(problems)
    with change(viewer) as tx:
        _decide(tx, viewer, extension, agreed, reason, expected)
        if agreed:
            _move(tx, action, extension.asked_due_on)
    return extension


def change_due_date(
    viewer: Viewer,
    action: Action,
    due_on: date,
    reason: str,
    expected: int | None = None,
    answering: Extension | None = None,
    seen: int | None = None,
) -> Action:
    """Give an action a new due date from outside the agency, with the reason; counted as an extension.

    An open request of the agency is answered by it: `answering`, where the person has it before them in the
    version `seen`. Raises InvalidInput, Refused, StaleEdit.
    """
    require_on(viewer, Permission.DECIDE_EXTENSION, action.review, action.owners)
    reason = clean_text(reason)
    problems = problem_with_reason(reason)
    refusal = why_not_new_date(facts_of(action), due_on, clock.today())
    if not is_open(facts_of(action)):
        refusal = "Only an action that is still open can be given a new due date."
    if refusal:
        problems["due_on"] = refusal
    if problems:
        raise InvalidInput(problems)
    waiting = answering or open_request(action)
    if waiting and waiting.asked_by_id == viewer.id:
        raise Refused(OWN_REQUEST)
    with change(viewer) as tx:
        # Another date than the one asked for refuses the request, beside a change of the Board's own.
        if waiting:
            _decide(tx, viewer, waiting, due_on == waiting.asked_due_on, reason, seen)
        if not waiting or waiting.state == "refused":
            extension = _request(viewer, action, due_on, reason)
            extension.state, extension.decided_by = "agreed", viewer.id
            extension.decided_at, extension.decision_reason = clock.now(), reason
            tx.add(extension, "extension.made")
        _move(tx, action, due_on, expected)
    return action


def give_another_date(
    viewer: Viewer, extension: Extension, due_on: date, reason: str, expected: int | None = None
) -> Action:
    """Answer a request for more time with another date than the one asked for; both stay readable.

    Raises InvalidInput, Refused, StaleEdit.
    """
    _require_deciding(viewer, extension)
    return change_due_date(viewer, extension.action, due_on, reason, None, extension, expected)


def given_instead(extensions: Sequence[Extension]) -> dict[int, date]:
    """Return {id of a refused request: the date that was given instead}, from all of one action in order.

    The Board's own change follows the request that it answers, by the same person with the same reason.
    """
    return {
        asked.id: given.asked_due_on
        for asked, given in pairwise(extensions)
        if asked.state == "refused"
        and (given.asked_by_id, given.reason) == (asked.decided_by_id, asked.decision_reason)
    }


def open_request(action: Action) -> Extension | None:
    """Return the request that waits for a decision, if there is one."""
    return _open_request.first(action=action.id)


@prepared
def _open_request(*, action: Any) -> Any:
    return Extension.select().where(Extension.action == action, Extension.state == "asked")


def _require_deciding(viewer: Viewer, extension: Extension) -> None:
    action = extension.action
    require_on(viewer, Permission.DECIDE_EXTENSION, action.review, action.owners)
    if extension.asked_by_id == viewer.id:
        raise Refused(OWN_REQUEST)
    if extension.state != "asked":
        raise Refused("This request has been decided already.")


def _request(viewer: Viewer, action: Action, due_on: date, reason: str) -> Extension:
    return Extension(
        review=action.review_id,
        action=action,
        old_due_on=action.current_due_on,
        asked_due_on=due_on,
        reason=reason,
        asked_by=viewer.id,
        asked_at=clock.now(),
    )


def _decide(
    tx: Change, viewer: Viewer, extension: Extension, agreed: bool, reason: str, expected: int | None
) -> None:
    if Extension.get_or_none(Extension.id == extension.id) is None:
        raise Refused("This request was marked as recorded in error meanwhile.")
    extension.state = "agreed" if agreed else "refused"
    extension.decided_by, extension.decided_at = viewer.id, clock.now()
    extension.decision_reason = reason
    tx.update(extension, f"extension.{extension.state}", expected)


def _move(tx: Change, action: Action, due_on: date, expected: int | None = None) -> None:
    # A first date is no extension: where there was none, nothing has been put off.
    if action.original_due_on is None:
        action.original_due_on = due_on
    elif action.current_due_on is not None:
        action.extension_count += 1
    action.current_due_on = due_on
    tx.update(action, "action.extended", expected)
