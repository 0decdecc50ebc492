"""No suppressed number can be deduced: thousands of random documents against a solver.

A few hundred in the usual run, thousands with KSCB_LONG=1.
"""

import random
from collections.abc import Callable
from dataclasses import replace

import pytest

from kscb_actions.figures.disclosure.tables import CountTable
from tests.figures.disclosure.alone import publish, publish_all

from ...long import amount
from . import random_tables
from .random_tables import Document

MANY = amount(40, 1_500)
BATCHES = 4


def primary_suppression_only(table: CountTable) -> CountTable:
    """Return a table as it is often published: 1 to 4 suppressed, and nothing else."""

    def hide(line: tuple) -> tuple:
        return tuple("<5" if 0 < cell < 5 else cell for cell in line)

    rows = tuple(replace(row, cells=hide(row.cells)) for row in table.rows)
    return replace(table, rows=rows, totals=hide(table.totals))


def as_much_as_can_be(table: CountTable) -> CountTable:
    """Return a table with everything hidden that may be: each number but 0."""

    def hide(line: tuple) -> tuple:
        return tuple(0 if cell == 0 else "<5" if cell < 5 else "*" for cell in line)

    rows = tuple(replace(row, cells=hide(row.cells)) for row in table.rows)
    return replace(table, rows=rows, totals=hide(table.totals))


def deduced(document: Document) -> list:
    """Return what the attacker deduces from the published document.

    Where tables are left out, assert that hiding everything in them would not have been enough.
    """
    earlier = publish_all([document.issued])[1].get(0) if document.issued else None
    known = [(document.issued, earlier)] if document.issued and earlier else []
    left_out, published = publish_all(document.tables, known)
    if left_out:
        hidden = [as_much_as_can_be(table) for table in document.tables]
        assert document.attacker(hidden, earlier).deduce(), "Left out without need."
    for place, paper in published.items():
        assert_follows_the_rule(document.tables[place], paper)
    return document.attacker(list(published.values()), earlier).deduce()


def assert_follows_the_rule(table: CountTable, paper: CountTable) -> None:
    """Assert that every cell is printed with its number or a mark that admits it."""
    for numbers, texts in zip(table.lines(), paper.lines(), strict=True):
        for number, text in zip(numbers, texts, strict=True):
            assert text in (("<5",) if 0 < number < 5 else (0,) if number == 0 else (number, "*"))


@pytest.mark.parametrize("batch", range(BATCHES))
@pytest.mark.parametrize("kind", [random_tables.plain, random_tables.linked, random_tables.issued])
def test_no_suppressed_number_can_be_deduced(kind: Callable[[random.Random], Document], batch: int) -> None:
    for number in range(MANY // BATCHES):
        seed = f"{kind.__name__} {batch} {number}"
        assert deduced(kind(random.Random(seed))) == [], seed


@pytest.mark.parametrize("kind", [random_tables.plain, random_tables.linked])
def test_primary_suppression_alone_is_disclosed(kind: Callable[[random.Random], Document]) -> None:
    caught = 0
    for number in range(25):
        document = kind(random.Random(f"naive {number}"))
        caught += bool(
            document.attacker([primary_suppression_only(table) for table in document.tables]).deduce()
        )
    assert caught > 5


def test_tables_protected_one_by_one_disclose_each_other() -> None:
    caught = 0
    for number in range(30):
        document = random_tables.linked(random.Random(f"apart {number}"))
        caught += bool(document.attacker([publish(table) for table in document.tables]).deduce())
    assert caught > 1
