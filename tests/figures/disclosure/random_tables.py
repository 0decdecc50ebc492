"""Random documents of one to three tables that share rows, with or without their totals."""

import random
from collections.abc import Sequence
from dataclasses import dataclass

from kscb_actions.figures.disclosure.axes import Axis
from kscb_actions.figures.disclosure.tables import CountTable, TableRow

from .attacker import Attacker


@dataclass
class Document:
    """Hold tables to publish, what is in print elsewhere, and how an attacker reads both."""

    tables: list[CountTable]
    issued: CountTable | None = None

    def attacker(self, published: Sequence[CountTable], issued: CountTable | None = None) -> Attacker:
        """Return an attacker who has read the published tables and what is in print elsewhere."""
        reader = Attacker()
        for table in (*published, *([issued] if issued else [])):
            reader.read_table([row.label for row in table.rows], table.column_codes, list(table.lines()))
        return reader


def grid(rng: random.Random, rows: int, columns: int) -> list[list[int]]:
    """Return random counts: some 0, many small, a few larger."""
    nought, mean = rng.choice(((0.1, 2), (0.3, 3), (0.5, 6), (0.7, 2), (0.2, 12), (0.05, 1)))
    return [
        [0 if rng.random() < nought else 1 + int(rng.expovariate(1 / mean)) for _ in range(columns)]
        for _ in range(rows)
    ]


def as_table(counts: list[list[int]], name: str, has_sum: bool, has_totals: bool) -> CountTable:
    """Return the true table of these counts; its columns are called after `name`."""
    codes = tuple(f"{name}{number}" for number in range(len(counts[0])))
    lines = [tuple(line) + ((sum(line),) if has_sum else ()) for line in counts]
    totals = tuple(map(sum, zip(*lines, strict=True))) if has_totals else ()
    names = [f"r{number}" for number in range(len(lines))]
    rows = tuple(TableRow(label, line, label) for label, line in zip(names, lines, strict=True))
    return CountTable(
        (*codes, "All")[: len(lines[0])],
        rows,
        totals,
        rows_by=Axis("row", "Row", dict(zip(names, names, strict=True)), str),
        columns_by=Axis(name, name, dict(zip(codes, codes, strict=True)), str),
        column_codes=codes,
        has_sum=has_sum,
    )


def split(rng: random.Random, totals: Sequence[int], columns: int) -> list[list[int]]:
    """Return the same people, of whom each row has so many, over other columns."""
    lines = []
    for total in totals:
        line = [0] * columns
        for _ in range(total):
            line[rng.randrange(columns)] += 1
        lines.append(line)
    return lines


def plain(rng: random.Random) -> Document:
    """Return a document of one table."""
    counts = grid(rng, rng.randint(1, 5), rng.randint(1, 4))
    return Document([as_table(counts, "a", rng.random() < 0.7, rng.random() < 0.8)])


def linked(rng: random.Random) -> Document:
    """Return two or three tables of the same people by the same rows."""
    counts = grid(rng, rng.randint(1, 4), rng.randint(1, 3))
    totals = [sum(line) for line in counts]
    documents = [counts] + [split(rng, totals, rng.randint(1, 3)) for _ in range(rng.randint(1, 2))]
    return Document(
        [
            as_table(one, name, rng.random() < 0.7, rng.random() < 0.8)
            for name, one in zip("abc", documents, strict=False)
        ]
    )


def issued(rng: random.Random) -> Document:
    """Return a document that repeats the rows of an earlier one."""
    document = linked(rng)
    document.issued = document.tables.pop(0)
    return document
