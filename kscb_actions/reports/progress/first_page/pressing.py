"""What of the open actions presses, gathered in one pass: how many, and the worst of each kind and agency."""

from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any, NamedTuple

import peewee

from kscb_actions.actions.conditions import All
from kscb_actions.actions.narrowing import A_YEAR, as_sql
from kscb_actions.actions.rating import Colour, rating_rules, silent
from kscb_actions.actions.turn import GOES_ON, WAITS_FOR

from ..actions import EXCEPTIONS
from ..past import as_day, day_of, read
from ..queries import actions_then, columns_of, conditions_counted, rules_place
from ..scope import Scope, of_agency

# Named of each kind on the first page: more would make it a list, and the appendix is one.
MOST_NAMED = 10
MOST_OF_AGENCY = 10
# What is asked for on the first page, of conditions that are counted everywhere by the same names.
KINDS = ("overdue", "overdue_agency", "silent", "to_replace", "more_time", "check", "no_date")


class Item(NamedTuple):
    """An action that presses. They are ordered as they are named: the worst, or the oldest, first."""

    order: tuple[int, ...]
    review_id: int
    number: int
    id: int
    agency_id: int
    days: int


@dataclass
class Worst:
    """The first of many in their order, and how many there were: the others are not kept."""

    most: int
    count: int = 0
    _kept: list[Item] = field(default_factory=list)

    def add(self, item: Item) -> None:
        """Take one more into account."""
        self.count += 1
        self._kept.append(item)
        if len(self._kept) > 20 * self.most:
            self._cut()

    @property
    def items(self) -> list[Item]:
        """Return the first of them, in order."""
        self._cut()
        return list(self._kept)

    def _cut(self) -> None:
        self._kept.sort()
        del self._kept[self.most :]


@dataclass
class OfAgency:
    """What presses of one agency: its exceptions by colour, the worst of them, and of each kind the worst."""

    colours: dict[Colour, int] = field(default_factory=lambda: dict.fromkeys(Colour, 0))
    exceptions: Worst = field(default_factory=lambda: Worst(MOST_OF_AGENCY))
    kinds: dict[str, Worst] = field(default_factory=lambda: {kind: Worst(1) for kind in KINDS})


@dataclass
class Pressing:
    """What presses of everything that a paper covers.

    kinds     {kind: the worst of all agencies}
    agencies  {agency id: what presses of it}; its exceptions are those on which the next move is its own
    by_years  how many are overdue by more than a year
    """

    kinds: dict[str, Worst] = field(default_factory=lambda: {kind: Worst(MOST_NAMED) for kind in KINDS})
    agencies: dict[int, OfAgency] = field(default_factory=lambda: defaultdict(OfAgency))
    by_years: int = 0

    def agencies_with(self, kind: str) -> list[tuple[int, int, Item]]:
        """Return (agency id, count, its worst) of those that have any of this kind, most first."""
        found = [
            (key, each.kinds[kind].count, each.kinds[kind].items[0])
            for key, each in self.agencies.items()
            if each.kinds[kind].count
        ]
        return sorted(found, key=lambda told: (-told[1], told[2]))

    def worst_agencies(self) -> list[tuple[int, OfAgency]]:
        """Return the agencies that have exceptions, most red first, then most amber, then the oldest."""
        found = [(key, each) for key, each in self.agencies.items() if each.exceptions.count]
        return sorted(
            found,
            key=lambda pair: (
                -pair[1].colours[Colour.RED],
                -pair[1].colours[Colour.AMBER],
                pair[1].exceptions.items[0],
            ),
        )


def gather(scope: Scope) -> Pressing:
    """Return what presses. One query; of its rows only the worst are kept."""
    pressing = Pressing()
    rules = rating_rules(scope.board.thresholds)
    for row in _rows(scope):
        own = pressing.agencies[row["agency_id"]]
        rule = rules[row["place"]]
        for kind in KINDS:
            if row[f"is_{kind}"]:
                item = _item(scope, row, kind)
                pressing.kinds[kind].add(item)
                own.kinds[kind].add(item)
        if row["is_overdue"] and _days_late(scope, row) > A_YEAR:
            pressing.by_years += 1
        # What the Board owes is charged to no agency.
        if rule.code in EXCEPTIONS and row["is_agency"]:
            own.colours[Colour(rule.result)] += 1
            own.exceptions.add(_item(scope, row, rule.code, EXCEPTIONS.index(rule.code)))
    return pressing


def _rows(scope: Scope) -> Iterator[Mapping[str, Any]]:
    then = actions_then(scope)
    columns = columns_of(scope)
    conditions = conditions_counted(scope)
    holds = {kind: as_sql(conditions[kind], scope.as_at, columns) for kind in KINDS}
    holds["agency"] = as_sql(All((GOES_ON, WAITS_FOR["agency"])), scope.as_at, columns)
    quiet = as_sql(silent(scope.board.thresholds), scope.as_at, columns)
    waits = as_sql(WAITS_FOR["board"], scope.as_at, columns)
    query = peewee.Select(
        [then],
        [
            *(then.c.id, then.c.review_id, then.c.number, then.c.agency_id, then.c.current_due_on),
            then.c.updated_on,
            rules_place(scope, then).alias("place"),
            peewee.Case(None, [(quiet, columns.silent_since)], None).alias("silent_since"),
            peewee.Case(None, [(waits, columns.board_at)], None).alias("board_at"),
            *(peewee.Case(None, [(each, 1)], 0).alias(f"is_{name}") for name, each in holds.items()),
        ],
    )
    goes_on = as_sql(GOES_ON, scope.as_at, columns)
    return read(query.where(of_agency(scope, then.c), goes_on))


def _days_late(scope: Scope, row: Mapping[str, Any]) -> int:
    due_on = as_day(row["current_due_on"])
    return (scope.as_at - due_on).days if due_on else 0


def _item(scope: Scope, row: Mapping[str, Any], kind: str, *rank: int) -> Item:
    """Return an action as one of a kind: for how many days it is so, and its place among the others."""
    order, days = _order(scope, row, kind)
    return Item((*rank, order), row["review_id"], row["number"], row["id"], row["agency_id"], days)


def _order(scope: Scope, row: Mapping[str, Any], kind: str) -> tuple[int, int]:
    if kind in ("more_time", "check", "to_replace") and row["board_at"]:
        since = day_of(row["board_at"])
    elif kind == "silent":
        since = date.fromordinal(row["silent_since"])
    elif kind in ("to_replace", "no_date"):
        since = as_day(row["updated_on"]) or scope.as_at
    else:
        since = as_day(row["current_due_on"]) or date.max
    return since.toordinal(), max((scope.as_at - since).days, 0)
