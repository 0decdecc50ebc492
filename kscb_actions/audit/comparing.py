"""Compare every row of the tables that have a history with what the trail says of it."""

import json
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from operator import itemgetter
from typing import Any

from kscb_actions.database import Model, reading

from .models import AuditEvent
from .queries import in_pieces
from .rules import canonical
from .standing import Standing, Table, differing

Progress = Callable[[int], None]


@dataclass(frozen=True)
class Difference:
    """A row that is not what the trail says.

    columns  in which it differs; none where the whole row is missing, or no event tells of it
    event    the event that says otherwise; None where there is none
    before   for what was changed and then kept by an ordinary change: the event before that change
    state    the row as it is, or was
    """

    model: type[Model]
    row_id: int
    columns: tuple[str, ...] = ()
    event: int | None = None
    before: int | None = None
    state: dict[str, Any] = field(default_factory=dict)


class Comparison:
    """The tables with a history beside what the events add up to, once these have been `heard`."""

    def __init__(self, models: Iterable[type[Model]]) -> None:
        self.models = {each._meta.table_name: each for each in models if not each.keeps_no_history}
        self._tables = {name: _table_of(each) for name, each in self.models.items()}
        self._standing = Standing(self._tables)

    def adding_up(self, events: Iterable[Any]) -> Iterator[Any]:
        """Pass the events on, in their order, and add them up."""
        return self._standing.adding_up(events)

    def count(self) -> int:
        """Return how many rows there are to compare."""
        return sum(each.select().count() for each in self.models.values())

    def differences(self, progress: Progress = lambda done: None) -> Iterator[Difference]:
        """Yield what is not as the trail says; `progress` gets the number of rows that each step compared.

        The board may be at work meanwhile, so what seems to differ is looked at again, in one snapshot.
        """
        for name, model in self.models.items():
            for row_id in self._suspects(name, model, progress):
                yield from self._looked_at_again(name, row_id)
        for jump in self._standing.jumps:
            state = self._state(jump.kind, jump.object_id)
            model = self.models[jump.kind]
            yield Difference(model, jump.object_id, jump.columns, jump.event, jump.before, state)

    def _suspects(self, name: str, model: type[Model], progress: Progress) -> Iterator[int]:
        recorded = dict(self._standing.rows[name])
        columns = [each.column_name for each in model.fields_in_events()]
        # In the order in which they are written: what is in order is sorted fastest.
        in_order = itemgetter(*sorted(range(len(columns)), key=columns.__getitem__))
        names = in_order(columns)
        for rows in in_pieces(model):
            for values in rows:
                expected = recorded.pop(values[0], None)
                state = dict(zip(names, in_order(values), strict=True))
                if expected is None or expected.state != canonical(state):
                    yield values[0]
            progress(len(rows))
        yield from recorded

    def _looked_at_again(self, name: str, row_id: int) -> Iterator[Difference]:
        model, again = self.models[name], Standing({name: self._tables[name]})
        with reading():
            row = model.get_or_none(model.id == row_id)
            own = (AuditEvent.kind == name) & (AuditEvent.object_id == row_id)
            for event in AuditEvent.select().where(own).order_by(AuditEvent.id).dicts():
                again.add(event)
            is_accounted_for = row is None or row.is_from_before_events()
        expected = again.rows[name].get(row_id)
        if row is None:
            if expected is not None:
                yield Difference(model, row_id, (), expected.event, state=json.loads(expected.state))
        elif expected is None:
            if not is_accounted_for:
                yield Difference(model, row_id, state=_plain(row))
        elif columns := differing(_plain(row), expected.state, self._tables[name].defaults):
            yield Difference(model, row_id, columns, expected.event, state=json.loads(expected.state))

    def _state(self, name: str, row_id: int) -> dict[str, Any]:
        expected = self._standing.rows[name].get(row_id)
        return json.loads(expected.state) if expected else {}


def _table_of(model: type[Model]) -> Table:
    defaults = {each.column_name: each.default for each in model.fields_in_events() if each.name != "id"}
    return Table(model.removed_by, json.loads(canonical(defaults)), model.first_rows)


def _plain(row: Model) -> dict[str, Any]:
    plain: dict[str, Any] = json.loads(canonical(row.state_of_event()))
    return plain
