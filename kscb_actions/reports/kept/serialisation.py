"""A report's content as lines and back: JSON, one for the report and one for so many rows; and compressed.

Rows are written as they are read and unpacked as they are drawn, so that a long paper needs little memory.
"""

import json
import zlib
from collections.abc import Iterator
from dataclasses import dataclass, fields, replace
from datetime import date
from itertools import count, islice
from typing import Any

from kscb_actions.reports.content import (
    Block,
    Bullets,
    Cell,
    Chart,
    Column,
    Count,
    Counted,
    Facts,
    Group,
    LineChart,
    Numbered,
    Paragraph,
    Report,
    Row,
    Section,
    Series,
    Table,
)

# The second keeps what the counts of a text count. Papers in the first are read as they are.
VERSION = 2
_READ = (1, VERSION)
_ROWS_AT_ONCE = 200
_BLOCKS = {
    each.__name__.lower(): each for each in (Table, Paragraph, Bullets, Numbered, Facts, Chart, LineChart)
}


class UnknownVersion(Exception):
    """A paper is kept in a form that this program does not read."""


@dataclass(frozen=True, slots=True)
class KeptRows:
    """The rows of a table as lines of JSON, read anew each time."""

    lines: tuple[str, ...]

    def __iter__(self) -> Iterator[Row | Group]:
        for line in self.lines:
            for row in _read(line):
                yield Group(*row["group"]) if isinstance(row, dict) else tuple(map(_cell, row))

    def __len__(self) -> int:
        # All lines but the last are full.
        return _ROWS_AT_ONCE * len(self.lines[:-1]) + sum(len(json.loads(line)) for line in self.lines[-1:])


def write_content(report: Report) -> bytes:
    """Return the paper as bytes, reading its rows once."""
    packer = zlib.compressobj(6)
    return b"".join([*map(packer.compress, _lines(report)), packer.flush()])


def write_text(report: Report) -> str:
    """Return the report as text, reading its rows once: the same lines, not compressed."""
    return b"".join(_lines(report)).decode()


def read_content(content: bytes, version: int) -> Report:
    """Return the paper that `write_content` wrote. Raises UnknownVersion."""
    if version not in _READ:
        raise UnknownVersion(f"This paper is kept in form {version}; this program reads form {VERSION}.")
    return read_text(zlib.decompress(content).decode())


def read_text(text: str) -> Report:
    """Return the report that `write_text` wrote."""
    first, *lines = text.rstrip("\n").split("\n")
    rows: dict[int, list[str]] = {}
    for line in lines:
        number, _, some = line.partition(" ")
        rows.setdefault(int(number), []).append(some)
    tables = count()
    plain = _read(first)
    sections = tuple(
        Section(**{**section, "blocks": tuple(_block(each, tables, rows) for each in section["blocks"])})
        for section in plain["sections"]
    )
    texts = {"header": tuple(map(tuple, plain["header"])), "sections": sections}
    texts |= {name: tuple(plain[name]) for name in ("asked", "restricted", "reviews")}
    days = {name: date.fromisoformat(plain[name]) if plain[name] else None for name in ("as_at", "since")}
    return Report(**{**plain, **texts, **days})


def _lines(report: Report) -> Iterator[bytes]:
    tables = [block for section in report.sections for block in section.blocks if isinstance(block, Table)]
    yield _line(_with_counts(_plain(report)))
    for number, table in enumerate(tables):
        rows_left = iter(table.rows)
        while rows := list(islice(rows_left, _ROWS_AT_ONCE)):
            yield f"{number} ".encode() + _line([_plain_row(row) for row in rows])


def _line(value: Any) -> bytes:
    return json.dumps(value, ensure_ascii=True, separators=(",", ":")).encode() + b"\n"


def _with_counts(value: Any) -> Any:
    """Return the value with every text that counts written as its parts: {"counted": [text or count]}."""
    if isinstance(value, Counted):
        parts = value.parts
        return {"counted": [each if isinstance(each, str) else [*_fields(each).values()] for each in parts]}
    if isinstance(value, dict):
        return {name: _with_counts(each) for name, each in value.items()}
    if isinstance(value, list | tuple):
        return [*map(_with_counts, value)]
    return value


def _read(line: str) -> Any:
    return json.loads(line, object_hook=_counted)


def _counted(plain: dict[str, Any]) -> Any:
    if plain.keys() != {"counted"}:
        return plain
    return Counted(*(each if isinstance(each, str) else _count(*each) for each in plain["counted"]))


def _count(words: str, of: Any, by: list[list[str]]) -> Count:
    return Count(words, of, _tuple(by))


def _plain(report: Report) -> dict[str, Any]:
    plain = {each.name: getattr(report, each.name) for each in fields(report)}
    plain["as_at"] = report.as_at.isoformat()
    plain["since"] = report.since.isoformat() if report.since else None
    plain["sections"] = [
        {**_fields(section), "blocks": [_plain_block(block) for block in section.blocks]}
        for section in report.sections
    ]
    return plain


def _fields(thing: Any) -> dict[str, Any]:
    return {each.name: getattr(thing, each.name) for each in fields(thing)}


def _plain_block(block: Block) -> dict[str, Any]:
    plain = _fields(replace(block, rows=())) if isinstance(block, Table) else _fields(block)
    for name in ("columns", "series"):
        if name in plain:
            plain[name] = [_fields(each) for each in plain[name]]
    return {"block": type(block).__name__.lower(), **plain}


def _plain_row(row: Row | Group) -> Any:
    if isinstance(row, Group):
        return {"group": [row.heading, row.level]}
    return [
        [_with_counts(cell.text), cell.colour] if isinstance(cell, Cell) else _with_counts(cell)
        for cell in row
    ]


def _cell(plain: Any) -> Cell | str:
    return plain if isinstance(plain, str) else Cell(*plain)


def _block(plain: dict[str, Any], tables: Iterator[int], rows: dict[int, list[str]]) -> Block:
    values = {name: _tuple(value) for name, value in plain.items() if name != "block"}
    kind: Any = _BLOCKS[plain["block"]]
    if kind is Table:
        columns = tuple(Column(**each) for each in plain["columns"])
        values |= {"columns": columns, "rows": KeptRows(tuple(rows.get(next(tables), ())))}
    elif kind is Chart:
        series = ({**each, "values": tuple(each["values"])} for each in plain["series"])
        values["series"] = tuple(Series(**each) for each in series)
    made: Block = kind(**values)
    return made


def _tuple(value: Any) -> Any:
    return tuple(map(_tuple, value)) if isinstance(value, list) else value
