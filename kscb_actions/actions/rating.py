"""Timeliness and rating (BRAG), each one table of rules, each with its reason in words.

Three facts are kept apart: progress (the agency's word), timeliness (computed), assurance (the Board's
word). The rating is derived from them and is never typed in. Blue is accepted by the Board; green means
on course, not done.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from enum import IntEnum, StrEnum
from functools import lru_cache

from kscb_actions.settings.rules import Thresholds
from kscb_actions.terms import say, say_all
from kscb_actions.wording import lower_first, plural, times

from . import turn
from .conditions import (
    ALWAYS,
    NEVER,
    All,
    AtLeast,
    Before,
    Condition,
    Either,
    Has,
    Is,
    Later,
    Missing,
    Not,
    Rule,
    SilentFor,
    first_match,
    has_result,
)
from .turn import ACCEPTED, CANNOT_BE_DONE, RETURNED, STOPPED, SUBMITTED, WAITS_FOR, RatingFacts


class Colour(StrEnum):
    """The five ratings, worst first."""

    RED = "red"
    AMBER = "amber"
    GREEN = "green"
    BLUE = "blue"
    GREY = "grey"


COLOUR_NAMES = say_all(
    {
        Colour.RED: "Red: overdue or cannot be done",
        Colour.AMBER: "Amber: at risk",
        Colour.GREEN: "Green: on course, not done",
        Colour.BLUE: "Blue: accepted by the Board",
        Colour.GREY: "Grey: stopped",
    }
)


class Timeliness(StrEnum):
    """Where an action stands against a due date."""

    OVERDUE = "overdue"
    DUE_SOON = "due_soon"
    NOT_DUE = "not_due"
    NO_DATE = "no_date"
    DONE_ON_TIME = "done_on_time"
    DONE_LATE = "done_late"
    DONE_NO_DATE = "done_no_date"
    STOPPED = "stopped"


TIMELINESS_NAMES = {
    Timeliness.OVERDUE: "Overdue",
    Timeliness.DUE_SOON: "Due soon",
    Timeliness.NOT_DUE: "Not due yet",
    Timeliness.NO_DATE: "No date set",
    Timeliness.DONE_ON_TIME: "Done on time",
    Timeliness.DONE_LATE: "Done late",
    Timeliness.DONE_NO_DATE: "Done, no date to judge it by",
    Timeliness.STOPPED: "On hold, superseded or withdrawn",
}


@dataclass(frozen=True)
class Rating:
    """A colour, the code of the rule that gave it, and the reason in words."""

    colour: Colour
    code: str
    reason: str


class Urgency(IntEnum):
    """How pressing an action is for the agency that owns it, the most pressing first."""

    PRESSING = 0
    SOON = 1
    REST = 2
    CLOSED = 3


URGENCY_NAMES = {
    Urgency.PRESSING: "Returned, reopened, overdue or cannot be done",
    Urgency.SOON: "Due soon",
    Urgency.REST: "The rest",
    Urgency.CLOSED: "Not open any more",
}

FINISHED = Is("assurance", ("submitted", "accepted"))
UNFINISHED = Not(FINISHED)
# The agency has not reported it done.
OPEN = All((Not(STOPPED), UNFINISHED))
# Nothing is to be done about it any more. What is on hold is not closed: it goes on one day.
CLOSED = Either((Is("standing", ("withdrawn", "superseded")), All((Not(STOPPED), ACCEPTED))))
_ANY_THRESHOLDS = Thresholds()


@lru_cache(16)
def timeliness_rules(thresholds: Thresholds, due: str = "current_due_on") -> tuple[Rule, ...]:
    """Return the table of timeliness against the `due` date (current_due_on or original_due_on)."""
    undated = Either((Missing(due), Missing("reported_done_on")))
    return (
        Rule(Timeliness.STOPPED, "stopped", STOPPED),
        Rule(Timeliness.DONE_NO_DATE, "done_no_date", All((FINISHED, undated))),
        Rule(Timeliness.DONE_LATE, "done_late", All((FINISHED, Later("reported_done_on", due)))),
        Rule(Timeliness.DONE_ON_TIME, "done_on_time", FINISHED),
        Rule(Timeliness.NO_DATE, "no_date", Missing(due)),
        Rule(Timeliness.OVERDUE, "overdue", Before(due, 0)),
        Rule(Timeliness.DUE_SOON, "due_soon", Before(due, thresholds.due_soon_days + 1)),
        Rule(Timeliness.NOT_DUE, "not_due", ALWAYS),
    )


def overdue(thresholds: Thresholds) -> Condition:
    """Return the condition of being overdue: the one definition, by which every count of it is made."""
    return has_result(timeliness_rules(thresholds), Timeliness.OVERDUE) or NEVER


def silent(thresholds: Thresholds) -> Condition:
    """Return the condition of no update for long, on days on which the agency had the next move.

    While its review is on hold nobody is reminded of it, so nobody is called silent.
    """
    # The first part says no more than the last, and spares most actions what that costs to find out.
    long_ago = Before("updated_on", 1 - thresholds.silent_days)
    return All((long_ago, WAITS_FOR["agency"], Not(Has("is_held")), SilentFor(thresholds.silent_days)))


@lru_cache(16)
def rating_rules(thresholds: Thresholds) -> tuple[Rule, ...]:
    """Return the table of ratings. First match wins; within amber the most pressing reason is named."""
    due = "current_due_on"
    soon: Condition = All((UNFINISHED, Before(due, thresholds.due_soon_days + 1)))
    return (
        Rule(Colour.GREY, "superseded", Is("standing", ("superseded",))),
        Rule(Colour.GREY, "withdrawn", Is("standing", ("withdrawn",))),
        Rule(Colour.GREY, "on_hold", Is("standing", ("on_hold",))),
        Rule(Colour.BLUE, "accepted", ACCEPTED),
        Rule(Colour.RED, "cannot_be_done", CANNOT_BE_DONE),
        Rule(Colour.RED, "overdue", All((UNFINISHED, Before(due, 0)))),
        Rule(Colour.AMBER, "returned", turn.SENT_BACK),
        Rule(Colour.AMBER, "reopened", turn.REOPENED),
        Rule(Colour.AMBER, "due_soon", soon),
        Rule(Colour.AMBER, "no_date", Missing(due)),
        Rule(Colour.AMBER, "silent", silent(thresholds)),
        Rule(Colour.AMBER, "extended", AtLeast("extension_count", thresholds.many_extensions)),
        Rule(Colour.GREEN, "submitted", SUBMITTED),
        Rule(Colour.GREEN, "on_course", ALWAYS),
    )


def rate(facts: RatingFacts, today: date, thresholds: Thresholds) -> Rating:
    """Return the rating of an action on `today`, with its reason."""
    rule = first_match(rating_rules(thresholds), facts, today)
    return Rating(Colour(rule.result), rule.code, reason_of(rule.code, facts, today))


def timeliness(
    facts: RatingFacts, today: date, thresholds: Thresholds, due: str = "current_due_on"
) -> Timeliness:
    """Return where the action stands against the `due` date (current_due_on or original_due_on)."""
    return Timeliness(first_match(timeliness_rules(thresholds, due), facts, today).result)


def timeliness_words(facts: RatingFacts, today: date, due: str = "current_due_on") -> str:
    """Return where the action stands against the `due` date, in words, like "Overdue by 3 days"."""
    # How many days are left is told whether or not they are few: any thresholds give the same words.
    return words_of_timeliness(timeliness(facts, today, _ANY_THRESHOLDS, due), facts, today, due)


def words_of_timeliness(
    when: Timeliness, facts: RatingFacts, today: date, due: str = "current_due_on"
) -> str:
    """Return in words where an action stands that stands so against the `due` date."""
    due_on: date | None = getattr(facts, due)
    if when is Timeliness.STOPPED:
        return "Not counted"
    if due_on is not None:
        left = (due_on - today).days
        match when:
            case Timeliness.OVERDUE:
                return f"{TIMELINESS_NAMES[when]} by {plural(-left, 'day')}"
            case Timeliness.DUE_SOON | Timeliness.NOT_DUE:
                return "Due today" if left == 0 else f"Due in {plural(left, 'day')}"
            case Timeliness.DONE_LATE if facts.reported_done_on:
                return f"Done {plural((facts.reported_done_on - due_on).days, 'day')} late"
    return TIMELINESS_NAMES[when]


def slippage(facts: RatingFacts) -> int:
    """Return by how many days the due date is later than the first; 0 where it is not, or one is missing."""
    if facts.original_due_on is None or facts.current_due_on is None:
        return 0
    return max(0, (facts.current_due_on - facts.original_due_on).days)


def slippage_words(days: int) -> str:
    """Return how far a due date has moved, like "31 days later than first set"; "" where it has not."""
    return f"{plural(days, 'day')} later than first set" if days else ""


@lru_cache(16)
def urgency_rules(thresholds: Thresholds) -> tuple[Rule, ...]:
    """Return the table of urgency, by which a lead's work is ordered and put under headings."""
    due = "current_due_on"
    return (
        Rule(Urgency.CLOSED.name, "closed", Not(OPEN)),
        Rule(Urgency.PRESSING.name, "late", Either((RETURNED, Before(due, 0)))),
        Rule(Urgency.PRESSING.name, "stuck", CANNOT_BE_DONE),
        Rule(Urgency.SOON.name, "soon", Before(due, thresholds.due_soon_days + 1)),
        Rule(Urgency.REST.name, "rest", ALWAYS),
    )


def urgency(facts: RatingFacts, today: date, thresholds: Thresholds) -> Urgency:
    """Return how pressing the action is for its agency on `today`."""
    return Urgency[first_match(urgency_rules(thresholds), facts, today).result]


def reason_of(code: str, facts: RatingFacts, today: date) -> str:
    """Return the reason of the rule with this code: its name, with the days or times it counts."""
    match code:
        case "overdue" | "due_soon":
            return words_of_timeliness(Timeliness(code), facts, today)
        case "silent":
            days = plural((today - facts.silent_since).days, "day")
            own = "" if facts.silent_since == facts.updated_on else " of the agency’s turn"
            return f"No update for {days}{own}"
        case "submitted" if facts.is_asked:
            return say("Reported done, and asked about by the Board")
        case "extended":
            return f"Due date extended {times(facts.extension_count)}"
    return RULE_NAMES[code]


# The words of each rule of rating: the name of what it rates, and what the rule says. Every page, legend
# and paper takes them from here.
RULE_NAMES = say_all(
    {
        "superseded": "Superseded",
        "withdrawn": "Withdrawn",
        "on_hold": "On hold",
        "accepted": "Accepted by the Board",
        "cannot_be_done": "The agency says it cannot be done",
        "overdue": "Overdue",
        "returned": "Returned by the Board",
        "reopened": "Reopened by the Board",
        "due_soon": "Due soon",
        "no_date": "No due date set",
        "silent": "No update for long",
        "extended": "Extended again and again",
        "submitted": "Reported done, waiting for the Board’s check",
        "on_course": "On course",
    }
)
# What is to be known of a colour besides the rules that give it.
COLOUR_NOTES = {Colour.GREEN: "Green does not mean done.", Colour.GREY: "Not counted as late."}


def rule_meanings(thresholds: Thresholds) -> dict[str, str]:
    """Return {code of a rule of rating: what it says of an action, as part of a sentence}."""
    counted = {
        "accepted": say("done, and accepted by the Board on evidence"),
        "overdue": "past its due date and not reported done",
        "returned": say("returned by the Board and not yet put right"),
        "reopened": say("accepted once, reopened by the Board and not yet done again"),
        "due_soon": f"due within {plural(thresholds.due_soon_days, 'day')} and not reported done",
        "silent": f"no update for {plural(thresholds.silent_days, 'day')} or more of the agency’s own turn",
        "extended": f"due date extended {times(thresholds.many_extensions)} or more",
    }
    return {code: counted.get(code) or lower_first(name) for code, name in RULE_NAMES.items()}


def legend(thresholds: Thresholds) -> tuple[tuple[Colour, str], ...]:
    """Return what each colour means, for pages and papers that show one: its rules, first match first."""
    meanings = rule_meanings(thresholds)
    told: dict[Colour, list[str]] = {colour: [] for colour in Colour}
    for rule in rating_rules(thresholds):
        told[Colour(rule.result)].append(meanings[rule.code])
    return tuple((colour, _sentence(rules, COLOUR_NOTES.get(colour))) for colour, rules in told.items())


def _sentence(rules: list[str], note: str | None) -> str:
    joined = "; or ".join(rules)
    said = f"{joined[:1].upper()}{joined[1:]}."
    return f"{said} {note}" if note else said


def count_by(ratings: Iterable[Colour]) -> dict[Colour, int]:
    """Return how many of each colour, every colour present."""
    counts = dict.fromkeys(Colour, 0)
    for colour in ratings:
        counts[colour] += 1
    return counts
