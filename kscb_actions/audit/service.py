"""The one write path: a change is a transaction that records its audit events, or is rolled back."""

import secrets
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from typing import Any, NamedTuple

from kscb_actions import clock, prepared
from kscb_actions.access.policy import Viewer
from kscb_actions.database import Model, Versioned, writing

from .models import AuditEvent
from .rules import GENESIS, ROOMS, canonical, chain_hashes, difference


class Rehearsed(Exception):
    """A change could have been saved; it was a rehearsal, and has been rolled back."""


class ChangeWithoutEvent(Exception):
    """A change closed without recording an event; it has been rolled back."""


class BrokenStep(Exception):
    """A change that was part of a step has failed; the whole has been rolled back."""


class UnknownRoom(Exception):
    """An event belongs to no room of the list, so nobody has said who may be told of it."""


class StaleEdit(Exception):
    """Somebody else changed the row after it was read. `current` is the row as it is now."""

    def __init__(self, current: Versioned) -> None:
        super().__init__("This has been changed since you opened it.")
        self.current = current


@prepared.prepared
def _newest_hash() -> Any:
    return AuditEvent.select(AuditEvent.hash).order_by(AuditEvent.id.desc()).limit(1).tuples()


class Told(NamedTuple):
    """An event about a row, as listeners hear of it. `before`: the row's columns before it; empty if new."""

    event: str
    event_id: int
    row: Any
    before: Mapping[str, Any]


# Told of each event about a row, in its transaction; given by rooms that stand above.
_listeners: list[Callable[["Change", Sequence[Told]], object]] = []


def hear_by(listener: Callable[["Change", Sequence[Told]], object]) -> None:
    """Let `listener` be told, in the open change, of every event about a row; once, however often asked.

    Of events that are written together, of rows of one table, it is told together, in their order.
    """
    if listener not in _listeners:
        _listeners.append(listener)


# What an event tells that is about no row.
_OF_NO_ROW = {"object_id": None, "review_id": None, "action_id": None, "changes": "{}", "state": "{}"}


class Change:
    """An open change. Made by `change`; not by hand."""

    def __init__(self, actor: Viewer) -> None:
        self.actor = actor
        self.count = 0
        # What its events are known by to belong together: the hash before the first of them.
        self._save = ""

    def add(self, row: Model, event: str, detail: Mapping[str, Any] | None = None) -> Any:
        """Insert `row` and its event; returns the row."""
        prepared.insert(row)
        self._append(row, event, {}, detail or {})
        return row

    def add_all(self, rows: Sequence[Model], event: str, detail: Mapping[str, Any] | None = None) -> None:
        """Insert new rows of one table, and the event of each; the same as `add` of one after another."""
        if rows:
            prepared.insert_rows(rows)
            self._append_all(rows, event, {}, detail or {})

    def update(
        self,
        row: Versioned,
        event: str,
        expected: int | None = None,
        detail: Mapping[str, Any] | None = None,
    ) -> Any:
        """Save the changed fields of `row` and the event; returns the row with its new version.

        `expected` is the version the person had in front of them (default: the one that was read).
        Raises StaleEdit when the row has moved on, and then nothing is saved.
        """
        seen = row.version if expected is None else expected
        current = prepared.state(type(row), row.id)
        if current.get("version") != seen:
            raise StaleEdit(prepared.get(type(row), row.id))
        row.version = seen + 1
        prepared.update(row)
        self._append(row, event, current, detail or {})
        return row

    def remove(self, row: Model, event: str, detail: Mapping[str, Any] | None = None) -> None:
        """Delete a link row (a theme of a review, a named person); its last state stays in the trail.

        Raises ValueError where the table does not say that this event removes its rows.
        """
        if event not in row.removed_by:
            raise ValueError(f"{type(row).__name__}.removed_by does not name {event}")
        self._append(row, event, {}, detail or {})
        row.delete_instance()

    def note(self, event: str, row: Model, detail: Mapping[str, Any] | None = None) -> None:
        """Record something that happened to `row` and changed no field of it, such as a download."""
        self._append(row, event, row.state_of_event(), detail or {})

    def record(self, event: str, room: str, detail: Mapping[str, Any]) -> None:
        """Record something that is about no row, such as a report being exported."""
        same = {"event": event, "kind": room, "detail": _marked(detail)}
        self._write_all(same, [{"room": room, **_OF_NO_ROW}])

    def _append(self, row: Model, event: str, before: Mapping[str, Any], detail: Mapping[str, Any]) -> None:
        self._append_all([row], event, before, detail)

    def _append_all(
        self, rows: Sequence[Model], event: str, before: Mapping[str, Any], detail: Mapping[str, Any]
    ) -> None:
        same = {"event": event, "kind": rows[0]._meta.table_name, "detail": _marked(detail)}
        event_ids = self._write_all(same, [_told_of(row, before) for row in rows])
        heard = [Told(event, event_id, row, before) for event_id, row in zip(event_ids, rows, strict=True)]
        for listener in _listeners:
            listener(self, heard)

    def _write_all(self, same: Mapping[str, Any], events: Sequence[dict[str, Any]]) -> list[int]:
        """Write events, chained in their order; `same`: what is told of all alike. Returns their ids."""
        step = _step.get()
        head = step.head if step and step.head else _newest()
        self._save = self._save or (step and step.save) or head
        same = {**same, "at": clock.now(), "actor_id": self.actor.id, "actor_name": self.actor.name}
        if unknown := {each["room"] for each in events}.difference(ROOMS):
            raise UnknownRoom(f"{same['event']} is of the rooms {unknown}, not all one of {ROOMS}")
        for fields, made in zip(events, chain_hashes(head, same, events), strict=True):
            fields["previous_hash"], fields["hash"] = head, made
            head = made
        event_ids = prepared.insert_all(AuditEvent, events, {**same, "save": self._save})
        if step:
            step.head, step.save = head, self._save
        self.count += len(events)
        return event_ids


def _told_of(row: Model, before: Mapping[str, Any]) -> dict[str, Any]:
    """Return what an event tells of a row, beside what is told of all that are written with it."""
    table, state = row._meta.table_name, row.state_of_event()
    return {
        "room": row.room_of_event,
        "object_id": row.id,
        "review_id": state.get("review_id", row.id if table == "review" else None),
        "action_id": state.get("action_id", row.id if table == "action" else None),
        "changes": canonical(difference(before, state)) if before else "{}",
        "state": canonical(state),
    }


def _newest() -> str:
    newest = _newest_hash.first()
    return newest[0] if newest else GENESIS


# What a page asks to be done in the transaction of every change, before it: to use up the token of its form.
_is_rehearsed: ContextVar[bool] = ContextVar("is_rehearsed", default=False)
_step_before: ContextVar[Callable[[], None] | None] = ContextVar("step_before", default=None)


@dataclass
class _Step:
    """Many changes that are one step.

    mark       what its events bear in their details, by which they are known to belong together
    head       the hash of the newest event, which nobody else can add to meanwhile; "" where it is to be read
    save       what its events are saved by; "" before the first of them
    is_broken  a change of it has failed, and may have left half of what it writes
    """

    mark: str
    head: str = ""
    save: str = ""
    is_broken: bool = False


_step: ContextVar[_Step | None] = ContextVar("step", default=None)


def _marked(detail: Mapping[str, Any]) -> str:
    step = _step.get()
    return canonical({**detail, "batch": step.mark} if step else detail)


@contextmanager
def before_each_change(step: Callable[[], None]) -> Iterator[None]:
    """Run `step` in the transaction of each change opened within the block; what it raises ends that."""
    token = _step_before.set(step)
    try:
        yield
    finally:
        _step_before.reset(token)


@contextmanager
def rehearsal() -> Iterator[None]:
    """Let every change within the block end in Rehearsed: what refuses it is found out, and none is kept."""
    with _rehearsed(True):
        yield


@contextmanager
def in_earnest() -> Iterator[None]:
    """Keep what is changed within the block, also while all around it is a rehearsal."""
    with _rehearsed(False):
        yield


@contextmanager
def _rehearsed(is_rehearsed: bool) -> Iterator[None]:
    token = _is_rehearsed.set(is_rehearsed)
    try:
        yield
    finally:
        _is_rehearsed.reset(token)


@contextmanager
def change(actor: Viewer) -> Iterator[Change]:
    """Open the one write path for `actor`: one transaction, with its events in it.

    Raises ChangeWithoutEvent, and saves nothing, when the block tells of nothing.
    """
    step = _step.get()
    with _part_of(step) if step else writing():
        if before := _step_before.get():
            before()
        opened = Change(actor)
        yield opened
        if opened.count == 0:
            raise ChangeWithoutEvent("a change must record an audit event")
        if _is_rehearsed.get():
            raise Rehearsed


@contextmanager
def _part_of(step: _Step) -> Iterator[None]:
    """Let a change be part of a step, whose transaction is its own: one that fails breaks the whole."""
    try:
        yield
    except BaseException:
        step.is_broken = True
        raise


@contextmanager
def one_step(actor: Viewer, event: str, room: str, told: Callable[[], str]) -> Iterator[None]:
    """Make all the changes opened within the block one step: one transaction, its events marked as a batch.

    At its end one more event tells of the whole in the sentence that `told` returns. What the block raises
    takes every change back, and so does a change in it that failed: BrokenStep, where the block goes on.
    """
    with writing():
        if first := _step_before.get():
            first()
        # Asked once for the whole, not before each of its changes.
        step = _Step(secrets.token_hex(8))
        before, token = _step_before.set(None), _step.set(step)
        try:
            yield
            if step.is_broken:
                raise BrokenStep("a change within the step has failed")
            Change(actor).record(event, room, {"note": told()})
        finally:
            _step.reset(token)
            _step_before.reset(before)
