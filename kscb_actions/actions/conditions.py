"""A small language of conditions on an action's facts, so that a rule is written once.

The same condition is judged here on plain values and turned into SQL in `narrowing.py`: a page and the list
behind its count cannot disagree. Dates are compared with `today` plus a number of days.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any


@dataclass(frozen=True)
class Is:
    """The field holds one of these values."""

    field: str
    values: tuple[str, ...]


@dataclass(frozen=True)
class Missing:
    """The field holds nothing."""

    field: str


@dataclass(frozen=True)
class Before:
    """The field holds a date before today plus `days`."""

    field: str
    days: int


@dataclass(frozen=True)
class Has:
    """The field is true. In SQL it is asked of what is kept beside the action (`moves.py`)."""

    field: str


@dataclass(frozen=True)
class SilentFor:
    """So many days of the agency's own turn have passed since the last update."""

    days: int


@dataclass(frozen=True)
class Later:
    """The first field's date is after the second's; false where either is missing."""

    field: str
    than: str


@dataclass(frozen=True)
class AtLeast:
    """The field holds a number of at least `count`."""

    field: str
    count: int


@dataclass(frozen=True)
class All:
    """Every one of the conditions holds."""

    conditions: tuple["Condition", ...]


@dataclass(frozen=True)
class Either:
    """At least one of the conditions holds."""

    conditions: tuple["Condition", ...]


@dataclass(frozen=True)
class Not:
    """The condition does not hold."""

    condition: "Condition"


Condition = Is | Missing | Before | Has | SilentFor | Later | AtLeast | All | Either | Not
ALWAYS = All(())
NEVER = Either(())


@dataclass(frozen=True)
class Rule:
    """What follows, and under which code, when the condition holds. The first rule that holds wins."""

    result: str
    code: str
    when: Condition


def holds(condition: Condition, facts: Any, today: date) -> bool:
    """Return whether the condition holds for these facts on this day."""
    return bool(_HOLDS[type(condition)](condition, facts, today))


def _is_before(condition: Before, facts: Any, today: date) -> bool:
    value = getattr(facts, condition.field)
    return value is not None and value < today + timedelta(days=condition.days)


def _is_later(condition: Later, facts: Any, _: date) -> bool:
    first, second = getattr(facts, condition.field), getattr(facts, condition.than)
    return first is not None and second is not None and first > second


def _is_silent(condition: SilentFor, facts: Any, today: date) -> bool:
    return bool(facts.silent_since <= today - timedelta(days=condition.days))


def _all_hold(condition: All, facts: Any, today: date) -> bool:
    for each in condition.conditions:
        if not _HOLDS[type(each)](each, facts, today):
            return False
    return True


def _any_holds(condition: Either, facts: Any, today: date) -> bool:
    for each in condition.conditions:
        if _HOLDS[type(each)](each, facts, today):
            return True
    return False


# Looked up by the kind of condition: a paper asks hundreds of thousands, one after the other.
_HOLDS: Mapping[type, Callable[[Any, Any, date], Any]] = {
    Is: lambda condition, facts, _: getattr(facts, condition.field) in condition.values,
    Missing: lambda condition, facts, _: getattr(facts, condition.field) is None,
    Before: _is_before,
    Has: lambda condition, facts, _: getattr(facts, condition.field),
    SilentFor: _is_silent,
    Later: _is_later,
    AtLeast: lambda condition, facts, _: getattr(facts, condition.field) >= condition.count,
    All: _all_hold,
    Either: _any_holds,
    Not: lambda condition, facts, today: not holds(condition.condition, facts, today),
}


def has_result(rules: Sequence[Rule], result: str) -> Condition | None:
    """Return the condition under which a table gives `result`; None when no rule of it does.

    No rule before those of this result holds, and one of them does: in a table they stand side by side.
    """
    places = [place for place, rule in enumerate(rules) if rule.result == result]
    if not places:
        return None
    first, last = places[0], places[-1] + 1
    if last - first != len(places):
        raise ValueError(f"the rules of {result} do not stand side by side")
    before = (Not(rule.when) for rule in rules[:first])
    return All((*before, Either(tuple(rule.when for rule in rules[first:last]))))


def conjuncts(condition: Condition, values: Mapping[str, Iterable[str]]) -> list[Condition]:
    """Return the parts that must all hold for the condition to, each as plain as it can be said.

    `values` is {field: every value it may hold}: what such a field may not be becomes what it may be, and
    all that is said of one field becomes one `Is`. A database can look up what is said so. What is said of
    such a field once more, within the other parts, is left out of them: every row would be asked it twice.
    """
    allowed: dict[str, list[str]] = {}
    others: list[Condition] = []
    for part in _parts(condition):
        match part:
            case Is(field, among) | Not(Is(field, among)) if field in values:
                wanted = isinstance(part, Is)
                known = allowed.get(field, list(values[field]))
                allowed[field] = [value for value in known if (value in among) is wanted]
            case _:
                others.append(part)
    known_parts = (Is(field, tuple(known)) for field, known in allowed.items())
    return [*known_parts, *(part for other in others if (part := _among(other, allowed)) != ALWAYS)]


def _among(condition: Condition, allowed: Mapping[str, list[str]]) -> Condition:
    """Return what the condition asks of facts that are known to hold only what is `allowed`."""
    match condition:
        case Is(field, values) if field in allowed:
            left = tuple(value for value in allowed[field] if value in values)
            return ALWAYS if len(left) == len(allowed[field]) else Is(field, left) if left else NEVER
        case Not(inner):
            asked = _among(inner, allowed)
            return NEVER if asked == ALWAYS else ALWAYS if asked == NEVER else Not(asked)
        case All(conditions):
            parts = _left(conditions, allowed, ALWAYS)
            return NEVER if NEVER in parts else parts[0] if len(parts) == 1 else All(parts)
        case Either(conditions):
            parts = _left(conditions, allowed, NEVER)
            return ALWAYS if ALWAYS in parts else parts[0] if len(parts) == 1 else Either(parts)
        case _:
            return condition


def _left(
    conditions: Iterable[Condition], allowed: Mapping[str, list[str]], without: Condition
) -> tuple[Condition, ...]:
    return tuple(part for each in conditions if (part := _among(each, allowed)) != without)


def _parts(condition: Condition) -> Iterator[Condition]:
    match condition:
        case All(conditions):
            for each in conditions:
                yield from _parts(each)
        case Not(Not(inner)) | Either((inner,)):
            yield from _parts(inner)
        case Not(Either(conditions)):
            for each in conditions:
                yield from _parts(Not(each))
        case _:
            yield condition


def first_match(rules: Iterable[Rule], facts: Any, today: date) -> Rule:
    """Return the first rule that holds. The last rule of a table is ALWAYS, so there is one."""
    for rule in rules:
        if _HOLDS[type(rule.when)](rule.when, facts, today):
            return rule
    raise ValueError("The last rule of a table holds always")
