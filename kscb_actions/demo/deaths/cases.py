"""The demonstration's deaths, made from the rules in content/deaths.toml. They are the same every time.

How they are spread is told at the head of that file.
"""

import re
import tomllib
from calendar import monthrange
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from functools import cache
from itertools import count
from typing import Any

from kscb_actions.child_deaths.cases.rules import DeathFacts, days_of
from kscb_actions.child_deaths.cases.rules import KeptAge as Age
from kscb_actions.child_deaths.years import year_of
from kscb_actions.demo.content import FOLDER, Table

IDENTIFIED, NONE, INSUFFICIENT = "identified", "none", "insufficient"


@dataclass(frozen=True)
class PlannedDeath:
    """Hold a case as it is to be: Form A's facts and what the panel is to conclude.

    place     its place in the whole demonstration, from 0, which chooses among words
    category  the primary category; of a case that waits, what it looks like
    status    what the panel concludes on modifiable factors, "" of a case that waits
    reviewed_on, meeting  the day of review and the number of that meeting, None of a case that waits
    """

    place: int
    facts: DeathFacts
    category: int
    status: str
    kind: Table
    reviewed_on: date | None = None
    meeting: int | None = None

    @property
    def number(self) -> str:
        """Return the case's number."""
        return self.facts.case_number

    @property
    def died_on(self) -> date:
        """Return the day of the death."""
        return _known(self.facts.died_on)

    @property
    def notified_on(self) -> date:
        """Return the day on which the panel was notified."""
        return _known(self.facts.notified_on)

    @property
    def noun(self) -> str:
        """Return the noun that a return uses for the child."""
        years = (self.facts.age_days or 0) // 365
        return "baby" if years < 1 else "child" if years < 13 else "young person"

    @property
    def categories(self) -> frozenset[int]:
        """Return all categories that apply."""
        return frozenset({self.category, *self.kind.get("also", ())})


@dataclass
class _Draft:
    """Hold a death before it has its number."""

    category: int
    is_unexpected: bool
    status: str
    died_on: date = date.min
    prefix: str = ""
    reviewed: bool = True
    more: dict[str, Any] = field(default_factory=dict)


@cache
def read_rules() -> Table:
    """Return the rules, and the counts they are to give."""
    found: dict[str, Any] = {}
    for name in ("deaths_counts.toml", "deaths.toml"):
        parsed = tomllib.loads((FOLDER / name).read_text(encoding="utf-8"))
        years = zip(found.pop("year", parsed["year"]), parsed.pop("year"), strict=True)
        found |= {**parsed, "year": [{**counts, **spread} for counts, spread in years]}
    return found


@cache
def planned_deaths() -> tuple[PlannedDeath, ...]:
    """Return all deaths, in the order of their numbers."""
    rules = read_rules()
    drafts = [draft for year in rules["year"] for draft in _reviewed(year)]
    drafts += _waiting(rules)
    drafts.sort(key=lambda draft: (year_of(draft.died_on), draft.died_on, draft.category))
    numbers: dict[str, Iterator[int]] = {}
    kinds = _Kinds(rules["kind"])
    deaths = []
    for place, draft in enumerate(drafts):
        number = f"{draft.prefix}{next(numbers.setdefault(draft.prefix, count(1))):03}"
        deaths.append(_death(place, number, draft, kinds.next_for(draft)))
    return tuple(sorted(_with_reviews(deaths, rules), key=lambda death: death.number))


def _reviewed(year: Table) -> list[_Draft]:
    drafts = _drafts(year["categories"], year["unexpected"])
    for category in {draft.category for draft in drafts}:
        same = [draft for draft in drafts if draft.category == category]
        for status in (INSUFFICIENT, IDENTIFIED):
            free = [draft for draft in same if draft.status == NONE]
            for draft, chosen in zip(free, _evenly(year[status][category - 1], len(free)), strict=True):
                draft.status = status if chosen else NONE
    return _dated(drafts, year["first"], year["last"], year["prefix"])


def _waiting(rules: Table) -> list[_Draft]:
    waiting = rules["waiting"]
    drafts = _drafts(waiting["categories"], waiting["unexpected"])
    for draft in drafts:
        draft.status, draft.reviewed = "", False
    return _dated(drafts, waiting["first"], waiting["last"], rules["year"][-1]["prefix"])


def _drafts(categories: Sequence[int], unexpected: Sequence[int]) -> list[_Draft]:
    """Return the deaths of a year in order: each category's stand evenly among all."""
    found = []
    for category, (total, sudden) in enumerate(zip(categories, unexpected, strict=True), start=1):
        for at, is_unexpected in enumerate(_evenly(sudden, total)):
            found.append(((at + 0.5) / total, category, _Draft(category, is_unexpected, NONE)))
    return [draft for *_, draft in sorted(found, key=lambda each: each[:2])]


def _evenly(chosen: int, total: int) -> list[bool]:
    """Return which of `total` are chosen when `chosen` of them stand evenly among the rest."""
    return [(at + 1) * chosen // total > at * chosen // total for at in range(total)]


def _dated(drafts: list[_Draft], first: date, last: date, prefix: str) -> list[_Draft]:
    for at, draft in enumerate(drafts):
        draft.died_on = first + (last - first) * at // max(len(drafts) - 1, 1)
        draft.prefix = prefix
    return drafts


class _Kinds:
    """Choose kinds of death in turn; one with modifiable factors where the panel found such factors."""

    def __init__(self, kinds: Sequence[Table]) -> None:
        self._kinds = kinds
        self._turns: dict[tuple[int, ...], Iterator[int]] = {}

    def next_for(self, draft: _Draft) -> tuple[Table, int]:
        """Return a kind that fits, and how often it or its like was taken before."""
        fits = [
            each
            for each in self._kinds
            if each["category"] == draft.category and each["unexpected"] == draft.is_unexpected
        ]
        wanted = draft.status == IDENTIFIED
        fits = [each for each in fits if not draft.status or can_be_modified(each) == wanted] or fits
        turn = next(self._turns.setdefault(tuple(map(id, fits)), count()))
        return fits[turn % len(fits)], turn // len(fits)


def can_be_modified(kind: Table) -> bool:
    """Return whether any of its factors is modifiable."""
    return any(each.endswith("| modifiable") for each in kind["factors"])


def _death(place: int, number: str, draft: _Draft, chosen: tuple[Table, int]) -> PlannedDeath:
    kind, turn = chosen
    died_on = draft.died_on
    spread = {
        name: walk["of"][place * walk["step"] % len(walk["of"])]
        for name, walk in read_rules()["spread"].items()
    }
    inquest, told = kind.get("inquest", False), spread.pop("notified_after")
    facts = DeathFacts(
        case_number=number,
        died_on=died_on,
        notified_on=died_on + timedelta(days=told),
        age_days=_days(kind["ages"][turn % len(kind["ages"])], died_on),
        place=kind["place"][turn % len(kind["place"])],
        expected="unexpected" if draft.is_unexpected else "expected",
        event=kind["event"],
        rapid_response="yes" if draft.is_unexpected else "no",
        rapid_response_on=died_on + timedelta(days=min(place % 2, told)) if draft.is_unexpected else None,
        inquest=("concluded" if draft.reviewed else "opened") if inquest else "none",
        criminal=_criminal(kind, draft.reviewed),
        is_abuse_suspected=kind.get("suspected", False),
        circumstances=kind["told"],
        **spread,
    )
    return PlannedDeath(place, facts, draft.category, draft.status, kind)


def _criminal(kind: Table, is_over: bool) -> str:
    """Return the criminal proceedings: what has ended in a reviewed case is still open while a case waits."""
    kept: str = kind.get("criminal", "none")
    return kept if is_over or kept == "none" else "investigation"


def _days(age: str, died_on: date) -> int:
    """Return the days of an age like "4 months", a little past it.

    So not all are born on the same day of the month.
    """
    number, unit = re.fullmatch(r"(\d+) (\w+?)s?", age).groups()  # type: ignore[union-attr]
    if unit in ("day", "week"):
        return int(number) * (7 if unit == "week" else 1)
    return days_of(Age(int(number), f"{unit}s"), died_on) + died_on.day % 20


def _with_reviews(deaths: Sequence[PlannedDeath], rules: Table) -> Iterator[PlannedDeath]:
    """Give each reviewed death its meeting: in the order of being ready, the same number at each."""
    meetings = rules["meetings"]
    reviewed = sorted(
        (each for each in deaths if each.status), key=lambda each: (_ready(each, rules), each.number)
    )
    for at, each in enumerate(reviewed):
        meeting = at * len(meetings) // len(reviewed)
        yield PlannedDeath(
            each.place, each.facts, each.category, each.status, each.kind, meetings[meeting], meeting
        )
    yield from (each for each in deaths if not each.status)


def _ready(death: PlannedDeath, rules: Table) -> date:
    after = rules["ready_after"][death.place % len(rules["ready_after"])]
    months = after + (rules["inquest_takes"] if death.facts.inquest != "none" else 0)
    year, month = divmod(death.died_on.year * 12 + death.died_on.month - 1 + months, 12)
    return date(year, month + 1, min(death.died_on.day, monthrange(year, month + 1)[1]))


def _known(day: date | None) -> date:
    if day is None:
        raise ValueError("there is no such day")
    return day
