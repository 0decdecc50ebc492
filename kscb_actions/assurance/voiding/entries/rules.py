"""When one entry of an action's history may be marked as recorded in error, and what stood without it.

Plain values in, reasons and values out.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from kscb_actions.actions.rules import ENTRY_VOIDED
from kscb_actions.terms import say_later
from kscb_actions.text import LONGEST_REASON, why_too_long

from ...timeline.rules import TrailEvent
from ..rules import RECORDING, SAY_WHY

# What an update says of its action, and what a change of the due date does.
OF_UPDATE = ("progress", "updated_on")
OF_DATE = ("current_due_on", "original_due_on", "extension_count")
# Which kind of entry each field is of, in the event that marks one.
ENTRY_OF_FIELD = dict.fromkeys(OF_UPDATE, "update") | dict.fromkeys(OF_DATE, "date")
# The events of an action that an update follows.
TELLING = frozenset({"action.updated", "action.reported-done", "action.taken-back"})
# What takes an entry away, by its table.
REMOVED = {"progress_update": "progress.voided", "extension": "extension.voided"}
# What a taking back by the Board names, by its table.
UNDONE = {"assurance_decision": "decision_id", "check_question": "question_id"}
OF_REPORT = "This update belongs to a report that the action is done, or to taking one back, and stays."
SENT_BACK = say_later("The Board has answered this update by asking for another way, so it stays.")
MOVED_SINCE = (
    "The due date has been changed or put right since, so this change stays. Mark the later change first, "
    "or put the due date right on its own page."
)


@dataclass(frozen=True)
class Without:
    """What an action said without an entry: `values` from the event `since` to before `until`, 0 for ever."""

    since: int
    until: int
    values: Mapping[str, Any]


def acted_since(steps: Sequence[TrailEvent], kind: str, object_id: int, writer: int) -> bool:
    """Return whether anybody but its writer has acted on the action since an entry was made."""
    made = _made(steps, kind, object_id)
    return any(each.id > made.id and each.actor != writer and each.code not in RECORDING for each in steps)


def problems_with_voiding_entry(reason: str, is_free: bool) -> dict[str, str]:
    """Return {field: message} for what prevents an entry from being marked; `is_free`: it needs no reason."""
    if not reason:
        return {} if is_free else {"reason": SAY_WHY}
    too_long = why_too_long(reason, LONGEST_REASON)
    return {"reason": too_long} if too_long else {}


def is_of_report(steps: Sequence[TrailEvent], update_id: int) -> bool:
    """Return whether an update came with a report that the action is done, or with its being taken back."""
    return _told_by(steps, update_id).code != "action.updated"


def without_update(steps: Sequence[TrailEvent], update_id: int) -> Without:
    """Return what the action said without an update, until the next that stands."""
    start = _told_by(steps, update_id).id
    voided = _starts_of_voided(steps, "update")
    later = (each.id for each in steps if each.id > start and each.code in TELLING and each.id not in voided)
    return Without(start, next(later, 0), _values_before(steps, start))


def without_change(steps: Sequence[TrailEvent], extension_id: int) -> Without | None:
    """Return what the action said before its due date was changed; None where it was changed again since."""
    decided = [each for each in steps if each.kind == "extension" and each.object_id == extension_id]
    moved_by = {"extension.agreed", "extension.made"}
    decision = next(each for each in decided if each.code in moved_by)
    moved = next(each for each in steps if each.id > decision.id and each.code == "action.extended")
    voided = _starts_of_voided(steps, "date")
    for each in steps:
        is_later = each.kind == "action" and each.id > moved.id and each.id not in voided
        if is_later and each.code != ENTRY_VOIDED and set(OF_DATE) & set(each.changes):
            return None
    before = {name: moved.changes.get(name, [moved.state[name]])[0] for name in OF_DATE}
    return Without(moved.id, 0, before)


def standing(events: Iterable[TrailEvent]) -> list[TrailEvent]:
    """Return the events of a trail, oldest first, without all that tell of entries which were marked.

    The number of an entry that is gone may be another's later. Challenges which are marked go too; what one
    asked is told as it was put right since. So does what the Board decided or asked and took back.
    """
    found: list[TrailEvent] = []
    for each in _of_challenges_that_stand(list(events)):
        if is_removal(each):
            found = [one for one in found if (one.kind, one.object_id) != (each.kind, each.object_id)]
            continue
        if each.kind == "decision_taken_back":
            undone = {(kind, each.state[column]) for kind, column in UNDONE.items()}
            found = [one for one in found if (one.kind, one.object_id) not in undone]
        found.append(each)
    return found


def is_removal(event: TrailEvent) -> bool:
    """Return whether an event takes an entry away."""
    return bool(REMOVED.get(event.kind) == event.code)


def _of_challenges_that_stand(events: Sequence[TrailEvent]) -> Iterator[TrailEvent]:
    """Yield events without those of challenges which are marked; the others ask what they ask now."""
    rows = {each.object_id: each.state for each in events if each.kind == "challenge" and each.state}
    for each in events:
        challenge = each.object_id if each.kind == "challenge" else each.state.get("challenge_id")
        row = rows.get(challenge, {}) if challenge is not None else {}
        if row.get("is_void"):
            continue
        if each.code == "challenge.raised" and row:
            asked = {"text": row["question"], "due_on": row["first_due_on"]}
            yield replace(each, state={**each.state, **asked})
        else:
            yield each


def _made(steps: Sequence[TrailEvent], kind: str, object_id: int) -> TrailEvent:
    return next(each for each in steps if each.kind == kind and each.object_id == object_id)


def _told_by(steps: Sequence[TrailEvent], update_id: int) -> TrailEvent:
    """Return the event of the action with which an update was made: the last before the update's own."""
    told = _made(steps, "progress_update", update_id)
    return [each for each in steps if each.kind == "action" and each.id < told.id][-1]


def _starts_of_voided(steps: Sequence[TrailEvent], group: str) -> set[int]:
    marked = (each.detail for each in steps if each.code == ENTRY_VOIDED)
    return {detail["since"] for detail in marked if detail["entry"] == group}


def _values_before(steps: Sequence[TrailEvent], start: int) -> dict[str, Any]:
    """Return what the action's update said before an event, as it is right."""
    last = [each for each in steps if each.kind == "action" and each.id < start][-1]
    values = {name: last.state[name] for name in OF_UPDATE}
    for each in steps:
        if each.code != ENTRY_VOIDED or each.detail["entry"] != "update" or each.id < last.id:
            continue
        if each.detail["since"] <= last.id and (each.detail["until"] or each.id) > last.id:
            values = {name: each.detail[name] for name in OF_UPDATE}
    return values
