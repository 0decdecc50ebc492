"""An issued report as text that is kept: what is read back is what was written, to the last cell."""

import json
from collections.abc import Callable
from dataclasses import fields
from datetime import date
from typing import Any

from kscb_actions.figures.disclosure.axes import Axis, Holds
from kscb_actions.figures.disclosure.publish import Published
from kscb_actions.figures.disclosure.tables import CountTable, Row
from kscb_actions.reports.content import (
    Bullets,
    Cell,
    Chart,
    Column,
    Facts,
    Group,
    Numbered,
    Paragraph,
    Report,
    Section,
    Series,
    Table,
)

_KINDS: dict[str, Callable[..., Any]] = {
    kind.__name__: kind
    for kind in (
        Bullets,
        Cell,
        Chart,
        Column,
        Facts,
        Group,
        Numbered,
        Paragraph,
        Report,
        Section,
        Series,
        Table,
        CountTable,
        Row,
    )
}


def write_report(report: Report) -> str:
    """The report as text; rows that come as they are asked for are read now."""
    return json.dumps(_plain(report), ensure_ascii=False)


def read_report(text: str) -> Report:
    """The report that was written."""
    return _object(json.loads(text))


def write_counts(tables: list[Published]) -> str:
    """Tables with their numbers, each beside what was printed."""
    return json.dumps([_plain(pair) for pair in tables], ensure_ascii=False)


def read_counts(text: str) -> list[Published]:
    """The tables that were written. Their axes know their rows, but no longer how to find a record's."""
    return [(pair[0], pair[1]) for pair in map(_object, json.loads(text))]


def _plain(value: Any) -> Any:
    if isinstance(value, str | int | float | None):
        return value
    if isinstance(value, date):
        return {"is": "date", "day": value.isoformat()}
    if isinstance(value, Axis):
        labels = [list(pair) for pair in value.labels.items()]
        return {
            "is": "Axis",
            "code": value.code,
            "title": value.title,
            "labels": labels,
            "holds": value.holds.value,
        }
    if isinstance(value, frozenset):
        return {"is": "set", "of": sorted(map(list, value))}
    name = type(value).__name__
    if name in _KINDS:
        return {"is": name} | {field.name: _plain(getattr(value, field.name)) for field in fields(value)}
    return [_plain(each) for each in value]


def _object(value: Any) -> Any:
    if isinstance(value, list):
        return tuple(map(_object, value))
    if not isinstance(value, dict):
        return value
    kind = value.pop("is")
    if kind == "date":
        return date.fromisoformat(value["day"])
    if kind == "set":
        return frozenset(map(tuple, value["of"]))
    if kind == "Axis":
        labels = dict(map(tuple, value["labels"]))
        return Axis(value["code"], value["title"], labels, _nothing, Holds(value["holds"]))
    return _KINDS[kind](**{name: _object(each) for name, each in value.items()})


def _nothing(record: Any) -> Any:
    raise LookupError("An issued table counts no more records.")
