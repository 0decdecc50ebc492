"""What a printed number is about, in years and in codes, and the sums that link the finest counts."""

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from kscb_actions.figures.disclosure.axes import AGE, SEX, Axis, died_in, district_axis
from kscb_actions.figures.disclosure.ground import codes_in_print, lay_ground, statements_of
from kscb_actions.figures.disclosure.tables import CountTable, build_table

REVIEWED, DIED = ("reviewed", "2011-12"), ("died", "2011-12")


def total_of(*conditions: tuple[str, str]) -> CountTable:
    return CountTable(("Deaths",), (), (9,), frozenset(conditions))


def codes_by(axis: str, table: CountTable, tables: Sequence[CountTable]) -> list[set[str]]:
    """Return the codes by this axis that each statement of a table is about."""
    stated = [dict(each.where) for each in statements_of(table, None, codes_in_print(tables))]
    return [set(where[axis]) for where in stated if axis in where]


def test_no_review_precedes_its_death_and_any_other_year_is_one() -> None:
    tables = [total_of(DIED), total_of(("reviewed", "2010-11")), total_of(REVIEWED)]
    assert codes_by("years", tables[0], tables) == [{"2011-12 2011-12", "2011-12 "}]
    assert codes_by("years", tables[1], tables) == [{" 2010-11"}]
    assert codes_by("years", tables[2], tables) == [{"2011-12 2011-12", " 2011-12"}]


def test_what_is_not_known_holds_whoever_no_other_row_of_its_table_does() -> None:
    new = build_table({}, district_axis({"thanet": "Thanet", "medway": "Medway"}))
    old = build_table(
        {}, replace(SEX, code="district", labels={"thanet": "Thanet", "not_known": "Not known"})
    )
    assert codes_by("district", old, [old, new]) == [{"thanet"}, {"not_known", "medway", "outside-area", ""}]
    assert codes_by("district", new, [old, new])[2:] == [{"outside-area"}, {"not_known", ""}]


def test_everybody_knows_that_nobody_is_in_no_row_and_in_no_column() -> None:
    table = build_table({}, SEX, died_in(["2011-12"]), of=frozenset({REVIEWED}))
    more = build_table({}, Axis("sex", "Sex", {"other": "Other"}, str))
    nobody = list(statements_of(table, None, codes_in_print([table, more])))[-2:]
    assert [(each.number, each.texts) for each in nobody] == [(0, (0, 0, 0))] * 2
    assert codes_by("sex", table, [table, more])[-1] == {"other", ""}
    assert codes_by("years", table, [table, more])[-1] == {" 2011-12"}


def test_sums_by_two_axes_are_linked_by_the_years_that_they_share() -> None:
    """Girls and boys are as many as infants and older children: so the one table gives the other's total."""
    by_sex, by_age = (build_table({}, axis, of=frozenset({DIED})) for axis in (SEX, AGE))
    codes = codes_in_print([by_sex, by_age])
    stated = [each for table in (by_sex, by_age) for each in statements_of(table, None, codes)]
    rows = lay_ground(stated)
    sexes, ages = range(len(SEX.labels)), range(len(SEX.labels) + 2, len(SEX.labels) + 2 + len(AGE.labels))
    difference = rows[list(sexes)].sum(axis=0) - rows[list(ages)].sum(axis=0)
    always = rows[
        [n for n, each in enumerate(stated) if each.texts == (0, 0, 0)] + [*range(len(stated), len(rows))]
    ]
    assert np.linalg.matrix_rank(np.vstack([always, difference])) == np.linalg.matrix_rank(always)
