"""Whose turn it is: who has the next move on an open action, and since when. One table of rules.

Every open action is the agency's turn or the Board's, and what is stopped or accepted is nobody's. It is the
Board's while something waits for it: a check, a request for more time, or a decision on what cannot be done.
A further reason for a turn is a rule here, a fact in `Moves`, and its SQL in `moves.py`.
"""

from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

from kscb_actions.terms import say, say_all
from kscb_actions.wording import date_short, date_uk, plural

from .conditions import ALWAYS, All, Condition, Has, Is, Not, Rule, first_match, has_result


class Side(StrEnum):
    """Who has the next move."""

    AGENCY = "agency"
    BOARD = "board"
    NOBODY = "nobody"


@dataclass(frozen=True)
class Moves:
    """What the history of an action says of whose turn it is, beside the action's own row.

    moved_on      the day of the last move that brought it to the side it is on (see MOVES)
    more_time_on  the day on which more time was asked for, while that waits
    decided_on    the day on which a request for more time was last decided
    is_asked      whether a question of the Board about what was submitted waits for its answer
    waited_days   for how many days requests for more time, decided since, have waited for the Board since
                  the last update, or since the last move where that came later
    cannot_on     the day on which its agency said that it cannot be done, and has said nothing else since,
                  nor has the Board sent it back since
    is_sent_back  whether the Board has sent it back for another way since the agency's last word
    is_reopened   whether the Board, where it has returned it, had accepted it and reopened that
    possible_on   the day on which its agency said something else again, after it could not be done
    is_held       whether its review is on hold
    lifted_on     the day on which a hold of its review was last lifted
    """

    moved_on: date | None = None
    more_time_on: date | None = None
    decided_on: date | None = None
    is_asked: bool = False
    waited_days: int = 0
    cannot_on: date | None = None
    is_sent_back: bool = False
    possible_on: date | None = None
    is_reopened: bool = False
    is_held: bool = False
    lifted_on: date | None = None


NO_MOVES = Moves()


@dataclass(frozen=True)
class RatingFacts:
    """What rating, and whose turn it is, need to know of an action on the day that is asked about."""

    standing: str
    progress: str
    assurance: str
    updated_on: date
    original_due_on: date | None
    current_due_on: date | None
    reported_done_on: date | None
    extension_count: int
    moves: Moves = NO_MOVES

    @property
    def asks_for_time(self) -> bool:
        """Return whether a request for more time waits."""
        return self.moves.more_time_on is not None

    @property
    def is_asked(self) -> bool:
        """Return whether a question of the Board waits for its answer."""
        return self.moves.is_asked

    @property
    def is_sent_back(self) -> bool:
        """Return whether the Board has asked for another way since the agency said that it cannot be done."""
        return self.moves.is_sent_back

    @property
    def is_reopened(self) -> bool:
        """Return whether the Board reopened what it had accepted, and nothing was returned since."""
        return self.moves.is_reopened

    @property
    def is_held(self) -> bool:
        """Return whether its review is on hold, so that nobody is reminded of it."""
        return self.moves.is_held

    @property
    def silent_since(self) -> date:
        """Return the day from which silence is counted: days on which the Board had it are left out.

        It is the last update, or the day on which the action last came to the agency or a hold of its review
        was lifted if that was later, put off by the days that requests for more time have waited since.
        """
        moves = self.moves
        began_on = max(filter(None, (self.updated_on, moves.moved_on, moves.lifted_on)))
        return began_on + timedelta(days=self.moves.waited_days)


@dataclass(frozen=True)
class Turn:
    """Who has the next move, by which rule, and since when; the day is None where nothing tells it."""

    side: Side
    code: str
    since: date | None

    def days(self, today: date) -> int:
        """Return for how many days it has been so; 0 where a clock that was ahead says a later day."""
        return max((today - self.since).days, 0) if self.since else 0


STOPPED = Not(Is("standing", ("active",)))
ACCEPTED = Is("assurance", ("accepted",))
SUBMITTED = Is("assurance", ("submitted",))
RETURNED = Is("assurance", ("returned",))
# Returned, and what the Board had accepted and reopened, are told apart where one is named.
REOPENED = All((RETURNED, Has("is_reopened")))
SENT_BACK = All((RETURNED, Not(Has("is_reopened"))))
CANNOT_BE_DONE = Is("progress", ("cannot_be_done",))
# The agency has said so, and the Board has not answered.
TO_REPLACE = All((CANNOT_BE_DONE, Not(SUBMITTED), Not(Has("is_sent_back"))))

TURN_RULES = (
    Rule(Side.NOBODY, "stopped", STOPPED),
    Rule(Side.NOBODY, "accepted", ACCEPTED),
    Rule(Side.BOARD, "more_time", Has("asks_for_time")),
    Rule(Side.BOARD, "check", All((SUBMITTED, Not(Has("is_asked"))))),
    Rule(Side.BOARD, "cannot_be_done", TO_REPLACE),
    Rule(Side.AGENCY, "question", SUBMITTED),
    Rule(Side.AGENCY, "another_way", CANNOT_BE_DONE),
    Rule(Side.AGENCY, "reopened", REOPENED),
    Rule(Side.AGENCY, "returned", RETURNED),
    Rule(Side.AGENCY, "to_do", ALWAYS),
)
# What is to be done by who has the next move, as part of a sentence.
TURN_NAMES = say_all(
    {
        "more_time": "decide on the request for more time",
        "check": "check what was reported done",
        "cannot_be_done": "decide what takes its place, as its agency says that it cannot be done",
        "another_way": "find another way",
        "question": "answer the Board’s question",
        "reopened": "do again what the Board reopened",
        "returned": "put right what the Board returned",
        "to_do": "report progress",
    }
)
# The events of an action that bring it to a side, or tell that it is nobody's turn. Asking for more time
# and deciding on it are events of the request; that it cannot be done, or can, is told by an update. One that
# the Board took back moved nothing: the action is with whom it was, and since then.
MOVES = (
    "action.added",
    "action.past-entered",
    "action.standing-changed",
    "action.reported-done",
    "action.taken-back",
    "action.asked-about",
    "action.answered-about",
    "action.returned",
    "action.sent-back",
    "action.accepted",
    "action.reopened",
    "action.lead-agency-changed",
    "action.agency-corrected",
    "action.transferred",
)
# Those after which a question of the Board about a submission does not wait any more.
ENDS_QUESTION = frozenset(MOVES) - {
    "action.added",
    "action.standing-changed",
    "action.asked-about",
    "action.sent-back",
    "action.lead-agency-changed",
    "action.agency-corrected",
    "action.transferred",
}
GOES_ON = All((Not(STOPPED), Not(ACCEPTED)))
# What a list can be narrowed to: a side, or one thing that the Board has to do.
WAITS_FOR: dict[str, Condition] = {
    "agency": has_result(TURN_RULES, Side.AGENCY) or ALWAYS,
    "board": has_result(TURN_RULES, Side.BOARD) or ALWAYS,
    "check": All((GOES_ON, SUBMITTED, Not(Has("is_asked")))),
    "more_time": All((GOES_ON, Has("asks_for_time"))),
    "cannot_be_done": All((GOES_ON, TO_REPLACE)),
}
# Reported done, and the agency owes an answer before the Board goes on.
TO_ANSWER = All((WAITS_FOR["agency"], SUBMITTED))
WAITS_FOR_NAMES = say_all(
    {
        "agency": "The agency",
        "board": "The Board",
        "check": "The Board: to check",
        "more_time": "The Board: to decide on more time",
        "cannot_be_done": "The Board: to decide what takes the place of what cannot be done",
    }
)


@dataclass(frozen=True)
class WaitsForBoard:
    """How many actions wait for the Board, and since when the oldest does; None where nothing tells it."""

    count: int
    since: date | None

    def days(self, today: date) -> int:
        """Return for how many days the oldest has waited."""
        return Turn(Side.BOARD, "", self.since).days(today)

    def words(self, today: date) -> str:
        """Return both in words, such as "13 actions wait for the Board, the oldest for 250 days"."""
        told = plural(self.count, "action waits", "actions wait")
        days = self.days(today)
        how_long = f"for {plural(days, 'day')}" if days else "since today"
        return say(
            "{told} for the Board{value}", told=told, value=f", the oldest {how_long}" if self.since else ""
        )


NONE_WAITS = WaitsForBoard(0, None)


def whose_turn(facts: RatingFacts, today: date) -> Turn:
    """Return who has the next move on an action, why, and since when."""
    return turn_by(first_match(TURN_RULES, facts, today), facts)


def turn_by(rule: Rule, facts: RatingFacts) -> Turn:
    """Return who has the next move, and since when, by the rule of TURN_RULES that is the first to hold."""
    return Turn(Side(rule.result), rule.code, _since(rule.code, facts))


def _since(code: str, facts: RatingFacts) -> date | None:
    moves = facts.moves
    match code:
        case "stopped" | "accepted":
            return None
        case "more_time":
            return moves.more_time_on
        case "check":
            return moves.moved_on
        case "cannot_be_done":
            return max(filter(None, (moves.moved_on, moves.cannot_on)), default=None)
    return max(filter(None, (moves.moved_on, moves.decided_on, moves.possible_on)), default=None)


def turn_words(turn: Turn, today: date) -> str:
    """Return a sentence, such as "Waits for the Board since 3 March 2012: 12 days."; "" for nobody's turn."""
    if turn.side is Side.NOBODY:
        return ""
    since = f" since {date_uk(turn.since)}" if turn.since else ""
    if turn.side is Side.BOARD:
        return say(
            "Waits for the Board{since}{how_long}. The Board has to {turn_names}.",
            since=since,
            how_long=_how_long(turn, today),
            turn_names=TURN_NAMES[turn.code],
        )
    return f"The agency has the next move{since}: to {TURN_NAMES[turn.code]}."


def turn_in_short(turn: Turn, today: date) -> str:
    """Return the same for a row of a list, such as "Board’s turn since 3 Mar 2012: 12 days"."""
    if turn.side is Side.NOBODY:
        return ""
    since = f" since {date_short(turn.since)}" if turn.since else ""
    if turn.side is Side.AGENCY:
        return f"Agency’s turn{since}"
    return say("Board’s turn{since}{how_long}", since=since, how_long=_how_long(turn, today))


def _how_long(turn: Turn, today: date) -> str:
    days = turn.days(today)
    return f": {plural(days, 'day')}" if days else ""
