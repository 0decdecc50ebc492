"""How the state of a recommendation follows from its actions, and when a plan is signed off. Plain values."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum

from kscb_actions.terms import say_all, say_later
from kscb_actions.wording import plural

from ..rules import Assurance, Progress, Standing

# So many of the actions that are still open are named; of the others is told how many they are.
_NAMED = 5
_CLOSED = frozenset({Standing.SUPERSEDED, Standing.WITHDRAWN})
_COUNTS = frozenset(Standing)


class State(StrEnum):
    """How far a recommendation is, by its actions."""

    ENDED = "ended"
    NO_ACTIONS = "no_actions"
    DONE = "done"
    CLOSED = "closed"
    STUCK = "stuck"
    WITH_BOARD = "with_board"
    NOT_BEGUN = "not_begun"
    UNDER_WAY = "under_way"


STATE_NAMES = say_all(
    {
        State.ENDED: "Ended",
        State.NO_ACTIONS: "No actions",
        State.DONE: "Done",
        State.CLOSED: "Closed",
        State.STUCK: "Stuck",
        State.WITH_BOARD: "Waits for the Board",
        State.NOT_BEGUN: "Not begun",
        State.UNDER_WAY: "Under way",
    }
)
ROLL_UP_RULE = say_later(
    "A recommendation is done when each of its actions is accepted by the Board or closed with a reason, and "
    "at least one is accepted; closed when all are closed and none is accepted; stuck when an action cannot "
    "be done; it waits for the Board when all that is open is reported done; not begun when nothing has "
    "begun; under way otherwise. One that was withdrawn or noted has ended."
)


@dataclass(frozen=True)
class ActionFacts:
    """What the state of a recommendation hangs on, of one of its actions. One recorded in error is none."""

    standing: str
    assurance: str
    progress: str

    @property
    def is_accepted(self) -> bool:
        """Return whether the Board has accepted it."""
        return self.assurance == Assurance.ACCEPTED

    @property
    def is_finished(self) -> bool:
        """Return whether it is accepted, or closed with a reason."""
        return self.is_accepted or self.standing in _CLOSED


@dataclass(frozen=True)
class RollUp:
    """The state of a recommendation, and why in words, which begin with `open_words` where any is open."""

    state: State
    words: str
    open_words: str = ""

    @property
    def name(self) -> str:
        """Return what the state is called."""
        return STATE_NAMES[self.state]


def roll_up(actions: Iterable[ActionFacts], has_ended: bool = False) -> RollUp:
    """Return the state of a recommendation by its actions (`ROLL_UP_RULE`)."""
    kept = [each for each in actions if each.standing in _COUNTS]
    accepted = sum(each.is_accepted for each in kept)
    left = [each for each in kept if not each.is_finished]
    count = plural(len(kept), "action")
    if has_ended:
        return RollUp(State.ENDED, "It has ended.")
    if not kept:
        return RollUp(State.NO_ACTIONS, "Nobody has an action for it.")
    if not left:
        closed = len(kept) - accepted
        words = f"{count}: {accepted} accepted, {closed} closed with a reason."
        return RollUp(State.DONE if accepted else State.CLOSED, words)
    number = f"{len(left)} of {count}"
    words = f"{number} {'is' if len(left) == 1 else 'are'} open"
    state, more = _of_open(left, accepted)
    return RollUp(state, f"{words}{more}.", number)


def _of_open(left: Sequence[ActionFacts], accepted: int) -> tuple[State, str]:
    """Return the state that open actions make, and what is said of them beside their number."""
    if stuck := sum(each.progress == Progress.CANNOT_BE_DONE for each in left):
        return State.STUCK, f", and {stuck} cannot be done"
    if all(each.assurance == Assurance.SUBMITTED for each in left):
        return State.WITH_BOARD, ", all reported done"
    if not accepted and all(_has_not_begun(each) for each in left):
        return State.NOT_BEGUN, ", and none has begun"
    return State.UNDER_WAY, ""


def _has_not_begun(each: ActionFacts) -> bool:
    return each.progress == Progress.NOT_STARTED and each.assurance == Assurance.NONE


def why_not_signed_off(open_references: Sequence[str]) -> str:
    """Return why a plan cannot be signed off, by the actions that are still open; "" where it can."""
    if not open_references:
        return ""
    named = ", ".join(open_references[:_NAMED])
    more = f" and {len(open_references) - _NAMED} more" if len(open_references) > _NAMED else ""
    verb = "is" if len(open_references) == 1 else "are"
    return (
        "A plan is signed off when every action is accepted or closed with a reason. "
        f"{named}{more} {verb} still open."
    )
