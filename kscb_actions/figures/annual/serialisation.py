"""The tables of issued reports as stored text (JSON), and reports as they were stored at first.

A report is written as every paper is, in reports.kept.serialisation.
"""

import json
from collections.abc import Callable, Mapping
from dataclasses import fields
from datetime import date
from typing import Any

from kscb_actions.figures.counting.tally import Basis
from kscb_actions.figures.disclosure.axes import Axis, Membership
from kscb_actions.figures.disclosure.tables import CountTable, Published, TableRow
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
from kscb_actions.reports.kept.serialisation import read_text

# The names under which issued reports are stored. They are data: a class that is renamed keeps its name here.
_KINDS: dict[str, Callable[..., Any]] = {
    "Bullets": Bullets,
    "Cell": Cell,
    "Chart": Chart,
    "Column": Column,
    "Facts": Facts,
    "Group": Group,
    "Numbered": Numbered,
    "Paragraph": Paragraph,
    "Report": Report,
    "Section": Section,
    "Series": Series,
    "Table": Table,
    "CountTable": CountTable,
    "Row": TableRow,
}
_NAME_OF = {kind: name for name, kind in _KINDS.items()}


def read_report(text: str) -> Report:
    """Return an issued report, from its lines or from the one object of those that were issued first."""
    return _object(json.loads(text)) if text.startswith('{"is"') else read_text(text)


def write_counts(tables: list[Published]) -> str:
    """Return tables with their true counts as text, each beside what was printed."""
    return json.dumps([_plain(pair) for pair in tables], ensure_ascii=False)


def read_counts(text: str) -> list[Published]:
    """Return the tables that were written.

    Their axes know their rows, but no longer how to find a record's code.
    """
    return [(pair[0], pair[1]) for pair in map(_object, json.loads(text))]


def write_cases(cases: Mapping[Basis, frozenset[int]]) -> str:
    """Return which cases are counted as text."""
    return json.dumps({basis.value: sorted(ids) for basis, ids in cases.items()})


def read_cases(text: str) -> dict[Basis, frozenset[int]]:
    """Return the cases that were written."""
    return {basis: frozenset(json.loads(text)[basis.value]) for basis in Basis}


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
            "holds": value.membership.value,
        }
    if isinstance(value, frozenset):
        return {"is": "set", "of": sorted(map(list, value))}
    if name := _NAME_OF.get(type(value)):
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
        return Axis(value["code"], value["title"], labels, _find_nothing, Membership(value["holds"]))
    return _KINDS[kind](**{name: _object(each) for name, each in value.items()})


def _find_nothing(record: Any) -> Any:
    raise LookupError("An issued table counts no more records.")
