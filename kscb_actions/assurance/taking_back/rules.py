"""When a decision of the Board may be taken back, and what stood before it. Plain values in, reasons out."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from kscb_actions.actions.turn import MOVES
from kscb_actions.terms import say, say_all, say_later

from ..timeline.rules import TrailEvent

HOW_LONG = say_later(
    "A decision or a question of the Board can be taken back, with a reason, on the day on which it was "
    "made, while its agency has not acted on the action since."
)
NOTHING = say_later("The Board has decided or asked nothing of this action that could be taken back.")
# What the Board does, by the event of the action that tells of it.
DECIDED = {
    "action.returned": "returned",
    "action.accepted": "accepted",
    "action.reopened": "reopened",
    "action.asked-about": "asked",
}
# (what it is called, what is done instead once it cannot be taken back) of each.
WORDS = say_all(
    {
        "returned": ("return", "The Board can accept it when its agency reports it done again."),
        "accepted": ("acceptance", "The Board can reopen the action."),
        "reopened": ("reopening", "The Board can accept it when its agency reports it done again."),
        "asked": ("question", "Its agency can answer, and the Board can decide without an answer."),
    }
)
# The rows that tell of a decision or a question, by their tables.
ROWS = ("assurance_decision", "check_question")
# What a decision says of its action, and what a reopening does besides.
FIELDS = ("assurance", "current_due_on", "original_due_on")
# Whoever only reads or keeps a file has not acted.
READING = frozenset({"evidence.opened", "evidence.found-damaged"})


@dataclass(frozen=True)
class Decided:
    """What the Board did last to an action, as the trail tells of it.

    what    a key of WORDS
    event   the event of the action; `changes` in it are what the action said before and after
    row_id  the id of the decision, or of the question
    after   what has happened to the action since
    """

    what: str
    event: TrailEvent
    row_id: int
    after: Sequence[TrailEvent]

    @property
    def called(self) -> str:
        """Return what it is called, such as "return"."""
        return WORDS[self.what][0]

    def actors_since(self) -> set[int]:
        """Return who has done anything since but reading, by their ids."""
        return {each.actor for each in self.after if each.actor is not None and each.code not in READING}


def last_decided(steps: Sequence[TrailEvent]) -> Decided | None:
    """Return what the Board did last of what stands, of an action's events (oldest first), if anything."""
    undone = {each.detail["undone"] for each in steps if "undone" in each.detail}
    made = [place for place, each in enumerate(steps) if each.code in DECIDED and each.id not in undone]
    if not made:
        return None
    event, after = steps[made[-1]], steps[made[-1] + 1 :]
    place = next(place for place, each in enumerate(after) if each.kind in ROWS)
    return Decided(DECIDED[event.code], event, after[place].object_id or 0, after[place + 1 :])


def why_not_undone(
    last: Decided | None,
    made_on: date | None,
    today: date,
    of_agency: Collection[int],
    state: Mapping[str, Any],
) -> str | None:
    """Return why what the Board did last cannot be taken back, and what is done instead; None when it can.

    made_on    the day on which it was done
    of_agency  ids of those who have acted since and belong to an agency that owns the action
    state      the action's FIELDS as they are now, as the trail keeps values
    """
    if last is None or made_on is None:
        return say(NOTHING)
    instead = WORDS[last.what][1]
    if made_on != today:
        return f"{HOW_LONG} That day is over. {instead}"
    undone = {each.detail["undone"] for each in last.after if "undone" in each.detail}
    moved = any(each.code in MOVES and each.kind == "action" and each.id not in undone for each in last.after)
    if moved or last.actors_since() & set(of_agency):
        return f"{HOW_LONG} Its agency has acted on it, or it has moved on. {instead}"
    if any(state[name] != after for name, (_, after) in changes_of(last).items()):
        return f"The due date has been changed since, so the {last.called} stays. {instead}"
    return None


def changes_of(last: Decided) -> dict[str, tuple[Any, Any]]:
    """Return {field: (before, after)} of what was changed in the action, as the trail keeps values."""
    return {name: tuple(last.event.changes[name]) for name in FIELDS if name in last.event.changes}
