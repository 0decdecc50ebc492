"""Frequency tables: each axis, what is in a table, and how tables of one document are linked."""

import tomllib
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from kscb_actions import demo
from kscb_actions.figures.disclosure import axes, tables
from kscb_actions.figures.disclosure.tables import CountTable

from ...factories_deaths import DISTRICTS
from .alone import publish, publish_all
from .records import tabulate, tabulate_factors

REVIEWED = frozenset({("reviewed", "2011-12")})
YEARS = axes.died_in(["2010-11", "2011-12"])
# As printed in the annual report for 2011-12, put back into their rows.
KENT = {
    "2010-11": [0, "<5", "<5", "<5", 0, 0, 5, 34, "<5", 11],
    "2011-12": [0, "<5", 5, 9, 0, "<5", 7, 20, "<5", "<5"],
}


@dataclass(frozen=True)
class Death:
    """Hold a record with the fields that the axes read."""

    died_on: date = date(2011, 4, 1)
    reviewed_on: date = date(2012, 3, 31)
    categories: frozenset[int] = frozenset({8})
    modifiable: str = "none"
    age_band: str = "under_28_days"
    sex: str = "female"
    ethnicity: str = "white_british"
    district: str = "thanet"
    place: str = "hospital"
    expected: str = "expected"
    looked_after: str = "no"
    protection_plan: str = "never"
    statutory_order: str = "never"
    asylum_seeking: str = "no"
    factors: tuple[tuple[str, str], ...] = ()
    themes: frozenset[str] = field(default_factory=frozenset)


def kent() -> Iterator[Death]:
    """Yield the deaths whose reviews were completed in 2011-12, by category, as published."""
    content = Path(demo.__file__).parent / "content" / "deaths_counts.toml"
    for year in tomllib.loads(content.read_text(encoding="utf-8"))["year"]:
        died_on = date(int(year["died"][:4]), 6, 1)
        for category, number in enumerate(year["categories"], 1):
            yield from [Death(died_on=died_on, categories=frozenset({category}))] * number


def cells(shown: CountTable) -> dict[str, tuple]:
    """Return {label: cells} of a table's rows."""
    return {row.label: row.cells for row in shown.rows}


def column(shown: CountTable, number: int) -> list[Any]:
    """Return the cells of one column."""
    return [row.cells[number] for row in shown.rows]


def test_the_published_table_of_2011_12_is_reproduced_cell_by_cell() -> None:
    counts = tabulate(kent(), axes.CATEGORY, YEARS, of=REVIEWED)
    paper = publish(counts)
    assert counts.totals == paper.totals == (58, 48)
    assert [column(paper, 0), column(paper, 1)] == [KENT["2010-11"], KENT["2011-12"]]


def test_the_inferred_counts_are_those_that_were_printed_as_less_than_five() -> None:
    content = Path(demo.__file__).parent / "content" / "deaths_counts.toml"
    facts = tomllib.loads(content.read_text(encoding="utf-8"))
    for year in facts["year"]:
        assert year["inferred"] == [at for at, text in enumerate(KENT[year["died"]], 1) if text == "<5"]
        assert sum(year["categories"]) == year["reviewed"]
    assert sum(year["reviewed"] for year in facts["year"]) == 106
    assert [year["unexpected"] for year in facts["year"]] == [19, 13]
    assert (facts["modifiable"], facts["deaths_in_year"], facts["unexpected_in_year"]) == (14, 94, 40)


def test_a_second_table_that_sums_the_years_up_must_not_undo_the_first() -> None:
    """Trauma is printed "<5" and 5 by year; its sum of 8 in another table would tell the first."""
    deaths = list(kent())
    by_year = tabulate(deaths, axes.CATEGORY, YEARS, of=REVIEWED)
    by_modifiable = tabulate(deaths, axes.CATEGORY, axes.MODIFIABLE, of=REVIEWED, has_sum=True)
    label = "Trauma and other external factors"
    assert cells(publish(by_modifiable))[label][-1] == 8
    after = publish(by_modifiable, [(by_year, publish(by_year))])
    assert cells(after)[label][-1] == "*"
    _, together = publish_all([by_year, by_modifiable])
    assert not {cells(together[0])[label][1], cells(together[1])[label][-1]} <= {5, 8}


def test_a_number_in_the_text_of_the_document_counts_too() -> None:
    deaths = [Death(sex="male")] * 3 + [Death()] * 8 + [Death(sex="not_known")] * 9
    by_sex = tabulate(deaths, axes.SEX)
    assert cells(publish(by_sex)) == {"Female": ("*",), "Male": ("<5",), "Not known": (9,)}
    said = CountTable(("Deaths",), (), (8,), frozenset({("sex", "female")}))
    assert cells(publish(by_sex, [(said, said)])) == {
        "Female": (8,),
        "Male": ("<5",),
        "Not known": ("*",),
    }


def test_what_subtraction_would_give_is_protected_though_it_is_printed_nowhere() -> None:
    girls = CountTable(("Deaths",), (), (10,), frozenset({("sex", "female")}))
    reviewed = CountTable(("Deaths",), (), (8,), girls.of | REVIEWED)
    assert publish(reviewed).totals == (8,)
    assert publish(reviewed, [(girls, girls)]).totals == ("*",)


def test_a_table_is_written_as_columns_rows_and_totals() -> None:
    deaths = [Death(sex="male")] * 6 + [Death(sex="female", died_on=date(2010, 4, 1))] * 5
    assert tabulate(deaths, axes.SEX, YEARS).as_dict() == {
        "columns": ["2010-11", "2011-12"],
        "rows": [
            {"label": "Female", "cells": [5, 0]},
            {"label": "Male", "cells": [0, 6]},
            {"label": "Not known", "cells": [0, 0]},
        ],
        "totals": [5, 6],
    }


@pytest.mark.parametrize(
    ("axis", "change", "code"),
    [
        (axes.CATEGORY, {"categories": {10, 2}}, "2"),
        (axes.MODIFIABLE, {"modifiable": "insufficient"}, "insufficient"),
        (axes.PREVENTABLE, {"modifiable": "not_preventable"}, "not_preventable"),
        (axes.AGE, {"age_band": "15_to_17"}, "15_to_17"),
        (axes.SEX, {"sex": ""}, "not_known"),
        (axes.ETHNICITY, {"ethnicity": None}, "not_stated"),
        (axes.district_axis(DISTRICTS), {"district": "dover"}, "dover"),
        (axes.district_axis(DISTRICTS), {"district": "medway"}, "not_known"),
        (axes.district_axis(DISTRICTS), {"district": "outside-area"}, "outside-area"),
        (axes.PLACE, {"place": "home"}, "home"),
        (axes.EXPECTED, {"expected": "unexpected"}, "unexpected"),
        (axes.LOOKED_AFTER, {"looked_after": "yes"}, "yes"),
        (axes.PLAN, {"protection_plan": "previously"}, "previously"),
        (axes.ORDER, {"statutory_order": "at_death"}, "at_death"),
        (axes.ASYLUM, {"asylum_seeking": None}, "not_known"),
        (axes.MONTHS, {"reviewed_on": date(2011, 9, 30)}, "under_6"),
        (axes.MONTHS, {"reviewed_on": date(2011, 10, 1)}, "6_to_7"),
        (YEARS, {"died_on": date(2011, 3, 31)}, "2010-11"),
        (axes.reviewed_in(["2011-12", "2012-13"]), {"reviewed_on": date(2012, 4, 1)}, "2012-13"),
    ],
)
def test_each_way_to_count(axis: axes.Axis, change: dict, code: str) -> None:
    record = {**vars(Death()), **change}
    counts = tabulate([record], axis)
    assert [row.code for row in counts.rows if row.cells == (1,)] == [code]
    assert counts.totals == (1,)
    assert list(counts.columns) == ["Deaths"]


def test_every_axis_is_found_by_its_code() -> None:
    assert set(axes.AXES) >= {"category", "age", "sex", "ethnicity", "place", "expected", "months"}
    assert all(axis.code == code for code, axis in axes.AXES.items())


def test_a_death_that_has_no_place_in_a_table_is_an_error() -> None:
    for deaths, axis in (
        ([Death(categories=frozenset())], axes.CATEGORY),
        ([Death(modifiable="preventable")], axes.MODIFIABLE),
        ([Death(died_on=date(2009, 6, 1))], YEARS),
    ):
        with pytest.raises(ValueError, match="no place"):
            tabulate(deaths, axis)
    with pytest.raises(ValueError, match="no place"):
        tables.build_table({(None, None): 1}, axes.SEX)


def test_percentages_say_their_denominators() -> None:
    deaths = (
        [Death(modifiable="identified")] * 6
        + [Death(modifiable="none")] * 14
        + [Death(modifiable="insufficient")] * 5
        + [Death(categories=frozenset({4}), modifiable="none")] * 10
    )
    by_modifiable = tabulate(deaths, axes.CATEGORY, axes.MODIFIABLE, has_sum=True)
    assert cells(by_modifiable)["Perinatal/neonatal event"] == (6, 14, 5, 25)
    by_category = {
        label: rest for label, *rest in tables.percentages(by_modifiable, "identified", ("insufficient",))
    }
    assert by_category["Perinatal/neonatal event"] == [20, 30.0]
    assert by_category["Malignancy"] == [10, 0.0]
    assert by_category["Infection"] == [0, None]
    headline = tables.percentages(by_modifiable, "identified")[-1]
    assert headline == ("All", 35, pytest.approx(17.14, abs=0.01))


def test_there_is_no_percentage_where_a_number_is_suppressed() -> None:
    deaths = [Death(modifiable="identified")] * 2 + [Death()] * 30 + [Death(modifiable="insufficient")] * 7
    paper = publish(tabulate(deaths, axes.CATEGORY, axes.MODIFIABLE, has_sum=True))
    assert all(share is None for _, _, share in tables.percentages(paper, "identified", ("insufficient",)))


def test_a_theme_counts_in_as_many_rows_as_it_has() -> None:
    themes = axes.theme_axis({"sleep": "Safe sleeping", "smoke": "Smoking", "heat": "Overheating"})
    deaths = (
        [Death(themes=frozenset({"sleep", "smoke"}))] * 5
        + [Death(themes=frozenset({"sleep"}))]
        + [Death()] * 5
    )
    counts = tabulate(deaths, themes, YEARS, has_sum=True)
    assert cells(counts) == {"Safe sleeping": (0, 6, 6), "Smoking": (0, 5, 5), "Overheating": (0, 0, 0)}
    assert counts.totals == (0, 11, 11)
    assert publish(counts) == counts


def test_factors_are_counted_by_the_strongest_in_each_domain() -> None:
    one = Death(factors=(("child", "1*"), ("child", "2"), ("family", "1"), ("family", "1*")))
    other = Death(factors=(("services", "3"),))
    counts = tabulate_factors([one] * 6 + [other] * 2, REVIEWED)
    assert cells(counts) == {
        "The child’s own needs": (2, 0, 0, 6, 0, 8),
        "Family and environment": (2, 0, 6, 0, 0, 8),
        "Parenting capacity": (8, 0, 0, 0, 0, 8),
        "Service provision": (6, 0, 0, 0, 2, 8),
    }
    assert counts.totals == ()
    assert cells(publish(counts)) == {
        "The child’s own needs": ("<5", 0, 0, 6, 0, "*"),
        "Family and environment": ("<5", 0, 6, 0, 0, "*"),
        "Parenting capacity": ("*", 0, 0, 0, 0, "*"),
        "Service provision": (6, 0, 0, 0, "<5", "*"),
    }
