"""What a measure counts in, how its numbers are read, when a reading is asked for, and which way it moves.

Plain values in, plain values out. Numbers are decimals, kept as they are written, so that no digit is lost.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import StrEnum

from kscb_actions.access.policy import Permission, Reach, Viewer, reach
from kscb_actions.reviews.rules import add_months
from kscb_actions.text import why_too_long
from kscb_actions.wording import times

from .periods import EVERY, HOW_TO_WRITE, Period, months_on, read_period

LONGEST_LINE = 200
_NUMBER = re.compile(r"\d{1,3}(?:,\d{3})+(?:\.\d+)?|\d+(?:\.\d+)?", re.ASCII)
_MOST_DIGITS = 9
_MOST_PLACES = 2


class Unit(StrEnum):
    """What a measure counts in."""

    PERCENT = "percent"
    COUNT = "count"
    RATE = "rate"
    DAYS = "days"
    AVERAGE = "average"


class Direction(StrEnum):
    """Which way is better."""

    LOWER = "lower"
    HIGHER = "higher"


UNIT_NAMES = {
    Unit.PERCENT: "Per cent",
    Unit.COUNT: "A number",
    Unit.RATE: "A rate per 10,000 children",
    Unit.DAYS: "Days",
    Unit.AVERAGE: "An average",
}
DIRECTION_NAMES = {Direction.LOWER: "Lower is better", Direction.HIGHER: "Higher is better"}
# What may stand after a number, and how it is written after one.
_AFTER = {
    Unit.PERCENT: ("%", "per cent", "percent"),
    Unit.RATE: ("per 10,000", "per 10000"),
    Unit.DAYS: ("days", "day"),
}
_WRITTEN_AFTER = {Unit.PERCENT: "%", Unit.RATE: " per 10,000", Unit.DAYS: " days"}
_MOST = {Unit.PERCENT: Decimal(100), Unit.RATE: Decimal(10_000)}
_OUTSIDE = {
    Unit.PERCENT: "A per cent lies between 0 and 100.",
    Unit.RATE: "A rate per 10,000 lies between 0 and 10,000.",
}


class Moving(StrEnum):
    """Which way a measure moves; those that need somebody come first."""

    WRONG = "wrong"
    STILL = "still"
    UNKNOWN = "unknown"
    RIGHT = "right"
    MET = "met"


MOVING_NAMES = {
    Moving.WRONG: "Moves the wrong way",
    Moving.STILL: "Does not move",
    Moving.UNKNOWN: "Not known yet",
    Moving.RIGHT: "Moves the right way",
    Moving.MET: "Meets its target",
}
MOVING_RULE = (
    "A measure moves the wrong way when its last reading is further from the better side than the one before "
    "it, and does not meet the target. One that meets its target says so, whichever way it moved; with fewer "
    "than two readings nothing is known yet."
)


@dataclass(frozen=True)
class Movement:
    """Which way a measure moves, and why in a sentence."""

    kind: Moving
    words: str


@dataclass(frozen=True)
class Read:
    """A reading: of which period, and its number."""

    period: Period
    value: Decimal


@dataclass(frozen=True)
class MeasureFacts:
    """What is said of a measure, as it was typed."""

    name: str
    unit: str
    source: str
    direction: str
    target: str
    first_period: str
    first_due_on: date | None
    owner_id: int | None
    baseline: str = ""
    baseline_period: str = ""
    caveat: str = ""
    priority: str = ""


def read_number(text: str, unit: Unit) -> tuple[Decimal | None, str]:
    """Return the number that a text is in a unit, and why it is none, for the reader; "" where it is one."""
    words = " ".join(text.split()).lower()
    for after in _AFTER.get(unit, ()):
        words = words.removesuffix(after).rstrip()
    if not _NUMBER.fullmatch(words):
        return None, f"Enter a number, like {_EXAMPLES[unit]}."
    value = Decimal(words.replace(",", ""))
    whole, _, places = written(value).partition(".")
    if len(whole) > _MOST_DIGITS:
        return None, "This number is too long."
    if unit is Unit.COUNT and places:
        return None, "This counts whole things: enter a whole number."
    if len(places) > _MOST_PLACES:
        return None, f"Use at most {_MOST_PLACES} decimal places."
    if value > _MOST.get(unit, value):
        return None, _OUTSIDE[unit]
    return value, ""


_EXAMPLES = {
    Unit.PERCENT: "19.2",
    Unit.COUNT: "1,804",
    Unit.RATE: "30.6",
    Unit.DAYS: "28",
    Unit.AVERAGE: "20.6",
}


def written(value: Decimal) -> str:
    """Return a number as it is kept: plain digits, without noughts at the end."""
    text = format(value, "f")
    return text.rstrip("0").rstrip(".") if "." in text else text


def in_words(value: Decimal | str, unit: Unit) -> str:
    """Return a number as people read it in its unit, such as "19.2%"; "" for none."""
    if value == "":
        return ""
    whole, point, places = written(Decimal(value)).partition(".")
    return f"{int(whole):,}{point}{places}{_WRITTEN_AFTER.get(unit, '')}"


def unit_after(unit: Unit) -> str:
    """Return what is written after a number of this unit, like "%"; "" for nothing."""
    return _WRITTEN_AFTER.get(unit, "")


def is_met(value: Decimal, target: Decimal, direction: Direction) -> bool:
    """Return whether a reading meets the target: the target itself does."""
    return value <= target if direction is Direction.LOWER else value >= target


def is_worse(value: Decimal, before: Decimal, direction: Direction) -> bool:
    """Return whether a reading is further from the better side than another."""
    return value > before if direction is Direction.LOWER else value < before


def movement(readings: Sequence[Read], target: Decimal, direction: Direction, unit: Unit) -> Movement:
    """Return which way a measure moves by its readings, the oldest first (`MOVING_RULE`)."""
    aim = f"the target is {in_words(target, unit)}, and {DIRECTION_NAMES[direction].lower()}"
    if not readings:
        return Movement(Moving.UNKNOWN, f"There is no reading yet: {aim}.")
    last = readings[-1]
    now = f"{in_words(last.value, unit)} in {last.period.words}"
    if len(readings) < 2:
        if is_met(last.value, target, direction):
            return Movement(Moving.MET, f"Meets its target: {now}; {aim}.")
        return Movement(Moving.UNKNOWN, f"Its only reading is {now}: two show which way it moves; {aim}.")
    before = readings[-2]
    told = f"{now} after {in_words(before.value, unit)} in {before.period.words}"
    if is_met(last.value, target, direction):
        return Movement(Moving.MET, f"Meets its target: {told}; {aim}.")
    if last.value == before.value:
        return Movement(Moving.STILL, f"Does not move, short of its target: {told}; {aim}.")
    if is_worse(last.value, before.value, direction):
        running = _running([each.value for each in readings], direction)
        again = f", {times(running)} running" if running > 1 else ""
        return Movement(Moving.WRONG, f"Moves the wrong way{again}: {told}; {aim}.")
    return Movement(Moving.RIGHT, f"Moves the right way, short of its target: {told}; {aim}.")


def _running(values: Sequence[Decimal], direction: Direction) -> int:
    """Return how many of the last steps in a row went the wrong way."""
    count = 0
    for before, value in reversed(list(zip(values, values[1:], strict=False))):
        if not is_worse(value, before, direction):
            break
        count += 1
    return count


@dataclass(frozen=True)
class AskedFor:
    """A reading that is asked for: of which period, and on which day."""

    period: Period
    due_on: date


def next_asked(first: Period, first_due_on: date, newest: date | None) -> AskedFor:
    """Return which reading is asked for next: of the first period that ends after the newest reading's.

    first, first_due_on  the first period that was asked for, and on which day; each later one is asked for
                         as much later
    newest               the last day of the newest period of which there is a reading; None without any
    """
    steps = 0
    if newest is not None and newest >= first.ends_on:
        apart = (newest.year - first.ends_on.year) * 12 + newest.month - first.ends_on.month
        steps = apart // first.months + 1
    later = Period(months_on(first.ends_on, steps * first.months), first.months)
    return AskedFor(later, add_months(first_due_on, steps * first.months))


def can_give(viewer: Viewer, agency_id: int | None) -> bool:
    """Return whether somebody gives readings of a measure of this agency, or of the Board's own (None)."""
    width = reach(viewer, Permission.GIVE_READING)
    own = agency_id is not None and viewer.agency_id == agency_id
    return width is Reach.ALL or (width is Reach.OWN_AGENCY and own)


def problems_with_measure(facts: MeasureFacts) -> dict[str, str]:
    """Return {field: message} for what cannot be taken. Who may own it is for the service to say."""
    problems = _required(facts)
    for name in ("name", "source", "priority"):
        if too_long := why_too_long(getattr(facts, name), LONGEST_LINE):
            problems[name] = too_long
    if too_long := why_too_long(facts.caveat):
        problems["caveat"] = too_long
    units = [Unit(facts.unit)] if facts.unit in list(Unit) else list(Unit)
    # Of an unknown unit, what is wrong in every one.
    found = [_wrong_numbers(facts, unit) for unit in units]
    problems |= {name: told for name, told in found[0].items() if all(name in each for each in found)}
    if facts.baseline_period and read_period(facts.baseline_period) is None:
        problems["baseline_period"] = HOW_TO_WRITE
    if facts.baseline and not facts.baseline_period:
        problems["baseline_period"] = f"Say of which period the baseline is. {HOW_TO_WRITE}"
    return problems | _wrong_dates(facts)


def _required(facts: MeasureFacts) -> dict[str, str]:
    needed = {
        "name": (facts.name, "Say what is measured."),
        "unit": (facts.unit in list(Unit), "Choose what it counts in."),
        "source": (facts.source, "Say where the figures come from."),
        "direction": (facts.direction in list(Direction), "Choose which way is better."),
        "owner": (facts.owner_id, "Choose who gives the readings."),
    }
    return {name: message for name, (there, message) in needed.items() if not there}


def _wrong_numbers(facts: MeasureFacts, unit: Unit) -> dict[str, str]:
    problems = {}
    if not facts.target:
        problems["target"] = "Enter the target: without one nobody can say which way the measure should move."
    for name in ("baseline", "target"):
        if text := getattr(facts, name):
            _, problem = read_number(text, unit)
            if problem:
                problems[name] = problem
    return problems


def _wrong_dates(facts: MeasureFacts) -> dict[str, str]:
    problems, period = {}, read_period(facts.first_period)
    if period is None:
        problems["first_period"] = f"Enter the first period that is asked for. {HOW_TO_WRITE}"
    if facts.first_due_on is None:
        problems["first_due_on"] = "Enter the day on which the first reading is asked for."
    elif period is not None and facts.first_due_on < period.ends_on:
        problems["first_due_on"] = "Ask for it after the period has ended."
    return problems


def problem_with_period(period: Period | None, first: Period, today: date) -> str:
    """Return why no reading of a period can be taken, for the reader; "" where it can.

    first  the first period that the measure asks for, with which its others are in step
    """
    if period is None:
        return HOW_TO_WRITE
    if not first.is_in_step(period):
        return f"This measure is read {EVERY[first.months]}, by periods like {first.words}."
    if period.ends_on > today:
        return f"{period.words} has not ended yet. Enter its reading when it has."
    return ""


def problems_with_reading(
    period_text: str, value_text: str, first: Period, unit: Unit, given: Mapping[date, str], today: date
) -> dict[str, str]:
    """Return {field: message} for what of a new reading cannot be taken.

    given  {last day of a period: its reading in words}
    """
    period, (_, wrong) = read_period(period_text), read_number(value_text, unit)
    problems = {"value": wrong} if wrong else {}
    problem = problem_with_period(period, first, today)
    if period is not None and not problem and period.ends_on in given:
        problem = f"{period.words} has a reading already: {given[period.ends_on]}. Put that right instead."
    return {"period": problem, **problems} if problem else problems
