"""The tables of a report as they are printed, protected together with all that has been issued."""

from collections.abc import Hashable, Sequence
from dataclasses import replace

from .ground import Statement, axes_of, codes_in_print, statements_of, years_of_death
from .marks import Printed
from .solver import Answer, GoesOn, Search
from .tables import CountTable, conditions_of

NO_LIMIT = 1e9


def publish(
    tables: Sequence[CountTable],
    known: Sequence[tuple[CountTable, CountTable]] = (),
    weights: Sequence[float] = (),
    goes_on: GoesOn = lambda *_: NO_LIMIT,
) -> tuple[Answer, list[CountTable]]:
    """Return the answer for these tables beside what has been issued, and the tables as printed.

    known    tables in print: each with its true counts, and as it was printed
    weights  how much a person hidden in each table counts; 1 where nothing is said
    goes_on  as solver.Search has it

    Raise OutOfTime, and ValueError where two tables count the same deaths differently.
    """
    every = [*tables, *(counts for counts, _ in known)]
    listed = codes_in_print(axes_of(every))
    mine: dict[Hashable, Statement] = {}
    for place, (table, weight) in enumerate(zip(tables, weights or [1.0] * len(tables), strict=True)):
        for each in statements_of(table, None, place, listed):
            same = mine.get(each.key, replace(each, weight=weight))
            if same.count != each.count:
                raise ValueError("Two tables count the same deaths differently.")
            mine[each.key] = replace(same, tables=same.tables | each.tables, weight=max(same.weight, weight))
    earlier = [each for pair in known for each in statements_of(*pair, None, listed)]
    answer = Search([*mine.values(), *earlier], years_of_death(every), goes_on).run()
    texts = dict(zip(mine, answer.texts, strict=False))
    return answer, [_with_texts(table, texts) for table in tables]


def _with_texts(table: CountTable, texts: dict[Hashable, Printed]) -> CountTable:
    lines = [tuple(texts[key] for key in keys) for keys in conditions_of(table)]
    rows = tuple(replace(row, cells=line) for row, line in zip(table.rows, lines, strict=False))
    return replace(table, rows=rows, totals=lines[-1] if table.totals else ())
