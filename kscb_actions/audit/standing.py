"""What the events of the trail add up to: which rows there are, and what is in each. Plain values."""

import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from json.encoder import encode_basestring
from typing import Any, NamedTuple

from .rules import canonical


@dataclass(frozen=True)
class Table:
    """What has to be known of a table to add its events up.

    removed_by  the events that take a row away; a row that any other event names is there
    defaults    {column: plain value} that a row has in a column which came after its event was written
    first_rows  the rows a migration put in, as plain values with their ids; no event tells of these
    """

    removed_by: frozenset[str] = frozenset()
    defaults: Mapping[str, Any] = field(default_factory=dict)
    first_rows: tuple[Mapping[str, Any], ...] = ()


class Recorded(NamedTuple):
    """What a row is by the trail: its columns as JSON, and the event that says so (0: a migration)."""

    event: int
    state: str


class Jump(NamedTuple):
    """Columns of a row that were something else when an event was written than the one before had left."""

    kind: str
    object_id: int
    columns: tuple[str, ...]
    before: int
    event: int


class Standing:
    """The rows by the trail: `rows[table][id]`, from events told in their order; and the `jumps` between."""

    def __init__(self, tables: Mapping[str, Table]) -> None:
        self._tables = tables
        self.jumps: list[Jump] = []
        self.rows: dict[str, dict[int, Recorded]] = {
            name: {row["id"]: Recorded(0, canonical(row)) for row in table.first_rows}
            for name, table in tables.items()
        }

    def adding_up(self, events: Iterable[Mapping[str, Any]]) -> Iterator[Mapping[str, Any]]:
        """Pass the events on, and add each up on its way."""
        for event in events:
            self.add(event)
            yield event

    def add(self, event: Mapping[str, Any]) -> None:
        """Add one event up. One that changes nothing of a row that is there may hold an older state of it."""
        kind, row = event["kind"], event["object_id"]
        if row is None or kind not in self._tables:
            return
        rows = self.rows[kind]
        if event["event"] in self._tables[kind].removed_by:
            rows.pop(row, None)
            return
        is_there = row in rows
        if is_there and event["changes"] == "{}":
            return
        if is_there:
            self._compare(event, rows[row])
        rows[row] = Recorded(event["id"], event["state"])

    def _compare(self, event: Mapping[str, Any], before: Recorded) -> None:
        changes = json.loads(event["changes"])
        if _replaced(before.state, changes) == event["state"]:
            return
        kept = {**self._tables[event["kind"]].defaults, **json.loads(before.state)}
        expected = {**kept, **{name: new for name, (_, new) in changes.items()}}
        after = json.loads(event["state"])
        strange = {name for name, (old, _) in changes.items() if name in kept and kept[name] != old}
        strange |= {name for name, value in after.items() if name in expected and expected[name] != value}
        if strange:
            jump = Jump(event["kind"], event["object_id"], tuple(sorted(strange)), before.event, event["id"])
            self.jumps.append(jump)


def _replaced(state: str, changes: Mapping[str, Any]) -> str:
    """Return a state with the new values put in the place of the old ones where those stand in it.

    As text, which is quicker than reading it: a name in quotes and its colon stand nowhere inside a value.
    """
    text = f"{state[:-1]},"
    for name, (old, new) in changes.items():
        text = text.replace(f'"{name}":{_as_json(old)},', f'"{name}":{_as_json(new)},', 1)
    return f"{text[:-1]}}}"


def _as_json(value: Any) -> str:
    if isinstance(value, str):
        return encode_basestring(value)
    return str(value) if type(value) is int else canonical(value)


def differing(now: Mapping[str, Any], state: str, defaults: Mapping[str, Any]) -> tuple[str, ...]:
    """Return the columns in which a row, as plain values, is not what an event's `state` says."""
    recorded = {**defaults, **json.loads(state)}
    return tuple(sorted(name for name, value in now.items() if name in recorded and recorded[name] != value))
