"""Closing a case that was recorded in error, and bringing it back. What was issued stays as it was."""

from dataclasses import dataclass

from kscb_actions import clock
from kscb_actions.access.policy import Permission, Refused, Viewer, require
from kscb_actions.audit.service import change
from kscb_actions.child_deaths import terms
from kscb_actions.child_deaths.identity import problems_with_reason
from kscb_actions.child_deaths.visibility import get_death, get_death_in_error, visible_death
from kscb_actions.mail.models import OutboxItem, OutboxMessage
from kscb_actions.text import InvalidInput, clean_text, one_line

from .models import ChildDeath

DUPLICATE = "duplicate"
NOTHING_TO_TELL = "The case it was about has been closed as recorded in error."
NO_SUCH_CASE = "There is no such case."


@dataclass(frozen=True)
class ErrorFacts:
    """Hold why what was recorded is no case of this panel (a code of terms.VOID_NAMES), as somebody says it.

    duplicate_of  the number of the case that it is the double of
    """

    void_as: str
    reason: str
    duplicate_of: str = ""


def close_in_error(
    viewer: Viewer, death: ChildDeath, facts: ErrorFacts, expected: int | None = None
) -> ChildDeath:
    """Close a case as recorded in error: from then on it counts nowhere and nobody is asked about it.

    It is kept with all that was recorded, and can be brought back. Raise InvalidInput, Refused, StaleEdit.
    """
    require(viewer, Permission.RECORD_DEATH)
    reason, number = clean_text(facts.reason), one_line(facts.duplicate_of).upper()
    with change(viewer) as tx:
        now = get_death(viewer, death.id)
        if now is None:
            raise Refused(NO_SUCH_CASE)
        problems = problems_with_reason(reason)
        if facts.void_as not in terms.VOID_NAMES:
            problems["void_as"] = "Select why it is no case of this panel."
        # Where it is not said why, a number that is given is looked at too, so that all is said at once.
        is_double = facts.void_as == DUPLICATE or (facts.void_as not in terms.VOID_NAMES and bool(number))
        original = _original(viewer, now, number) if is_double else None
        if is_double and original is None:
            problems["duplicate_of"] = _why_no_original(now, number)
        if problems:
            raise InvalidInput(problems)
        now.void_as, now.void_reason, now.void_on = facts.void_as, reason, clock.today()
        now.duplicate_of = original
        detail = {"as": terms.VOID_NAMES[facts.void_as], "reason": reason}
        if original:
            detail["note"] = f"Duplicate of {original.case_number}."
        return tx.update(now, "death.closed-in-error", expected, detail)


def bring_back(viewer: Viewer, death: ChildDeath, reason: str, expected: int | None = None) -> ChildDeath:
    """Bring a case back that was closed by mistake: it counts again, and stands again where it stood.

    Raise InvalidInput, Refused, StaleEdit.
    """
    require(viewer, Permission.RECORD_DEATH)
    reason = clean_text(reason)
    with change(viewer) as tx:
        now = get_death_in_error(viewer, death.id)
        if now is None:
            raise Refused(NO_SUCH_CASE)
        if problems := problems_with_reason(reason):
            raise InvalidInput(problems)
        now.void_as, now.void_reason, now.void_on, now.duplicate_of = "", "", None, None
        return tx.update(now, "death.brought-back", expected, {"reason": reason})


def why_not_told(message: OutboxMessage) -> str:
    """Return why a message that waits must not go: all that it is about is recorded in error. One query."""
    if message.about != "child_deaths":
        return ""
    items = OutboxItem.select(ChildDeath.id, ChildDeath.void_as).left_outer_join(
        ChildDeath, on=OutboxItem.death_id == ChildDeath.id
    )
    found = list(items.where(OutboxItem.message == message).tuples())
    is_over = bool(found) and all(death is not None and void_as for death, void_as in found)
    return NOTHING_TO_TELL if is_over else ""


def _original(viewer: Viewer, death: ChildDeath, number: str) -> ChildDeath | None:
    others = ChildDeath.select().where(visible_death(viewer), ChildDeath.id != death.id)
    return others.where(ChildDeath.case_number == number).first()


def _why_no_original(death: ChildDeath, number: str) -> str:
    if not number:
        return "Enter the number of the case that it is a duplicate of."
    if number == death.case_number:
        return "This is the number of the case itself. Enter that of the other one, which stays."
    return "No case that counts has this number. If it was closed itself, bring it back first."
