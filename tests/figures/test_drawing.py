"""A table's chart draws every number that is printed and nothing else, and says what it leaves out."""

import io
from collections.abc import Callable
from dataclasses import replace
from datetime import date
from itertools import pairwise

import pytest
from flask import Flask

from kscb_actions.figures.annual.serialisation import read_report
from kscb_actions.figures.disclosure.axes import AGE, Membership
from kscb_actions.figures.disclosure.tables import CountTable, TableRow
from kscb_actions.figures.printing.blocks import blocks_of
from kscb_actions.reports.content import Chart, Report, Section, Table
from kscb_actions.reports.word.paper import write_docx
from kscb_actions.settings.rules import Board
from tests.figures.annual.issuing import issue_year

from ..factories import World
from ..pages import Visitor
from ..reports.chart_parts import ChartPart, begins_at_zero, charts_in
from .annual.year_rows import put
from .counting import kent

YEARS = ("2010-11", "2011-12")
ROWS = {
    "Infection": (0, 0),
    "Malignancy": ("<5", 9),
    "Perinatal": (34, 20),
    "Suicide": ("<5", "*"),
}


def table_of(rows: dict, columns: tuple[str, ...] = YEARS, has_sum: bool = False) -> CountTable:
    made = tuple(TableRow(label, cells) for label, cells in rows.items())
    codes = columns[:-1] if has_sum else columns
    return CountTable(
        columns, made, (), rows_by=AGE, column_codes=codes if len(codes) > 1 else (), has_sum=has_sum
    )


def chart_of(table: CountTable) -> Chart:
    [chart] = [block for block in blocks_of("By cause", table) if isinstance(block, Chart)]
    return chart


def wrongly_drawn(chart: ChartPart, table: Table) -> list[tuple[str, str]]:
    """Return (series, category) of each bar or figure of the workbook that the table does not print so."""
    titles = [column.title for column in table.columns]
    printed = {
        (title, row[0]): cell for row in table.rows for title, cell in zip(titles[1:], row[1:], strict=True)
    }
    found = {**chart.bars, **chart.in_workbook}
    return [place for place, number in found.items() if printed.get(place) != f"{number:,.0f}"]


def left_out(chart: ChartPart, table: Table) -> list[tuple[str, str]]:
    """Return (series, category) of each printed number above 0, in a column drawn, that has no bar."""
    titles = [column.title for column in table.columns]
    return [
        (title, row[0])
        for row in table.rows
        for title, cell in zip(titles[1:], row[1:], strict=True)
        if row[0] != "All" and title in chart.cells[0] and cell != "0" and cell.replace(",", "").isdigit()
        if (title, row[0]) not in chart.bars
    ]


def drawn(report: Report, paper: bytes) -> list[tuple[ChartPart, Table]]:
    """Return each chart of the paper, and the table of the same figures that follows it."""
    pairs = []
    parts = iter(charts_in(paper))
    for section in report.sections:
        for block, after in pairwise(section.blocks):
            if isinstance(block, Chart):
                assert isinstance(after, Table)
                pairs.append((next(parts), after))
    assert next(parts, None) is None
    return pairs


def paper_of(report: Report) -> bytes:
    out = io.BytesIO()
    write_docx(report, out)
    return out.getvalue()


def test_a_row_with_a_suppressed_number_keeps_its_place_and_its_other_bars() -> None:
    chart = chart_of(table_of(ROWS))
    assert not chart.is_stacked
    assert chart.categories == ("Malignancy", "Perinatal", "Suicide")
    assert [each.values for each in chart.series] == [("<5", 34, "<5"), (9, 20, "*")]
    assert chart.note == (
        "Not drawn, because the number is not shown: Malignancy (in part); Suicide. "
        "Not drawn, because every number is 0: Infection."
    )
    assert (
        chart.alt
        == "3 bars, one for each number above 0 that is shown. The longest is Perinatal, 2010-11: 34."
    )


def test_bars_in_parts_only_where_nothing_is_suppressed() -> None:
    chart = chart_of(table_of({"Infection": (1, 2), "Malignancy": (0, 9)}))
    assert chart.is_stacked
    assert chart.note == ""
    assert chart.alt.endswith("The longest is Malignancy: 9.")


def test_one_column_names_its_marks_and_many_rows_are_counted() -> None:
    few = {"Home": ("*",), "Ward": (61,), "Street": (5,), "School": (0,)}
    assert chart_of(table_of(few, ("Deaths",))).note == (
        "Not drawn, because the number is not shown: Home (*). Not drawn, because every number is 0: School."
    )
    many = few | {f"Place {number}": ("<5",) for number in range(7)}
    assert "not shown: 8 rows of the table." in chart_of(table_of(many, ("Deaths",))).note


def test_a_series_without_a_bar_is_named_and_the_sum_is_drawn_beside_its_parts() -> None:
    rows = {"Perinatal": ("<5", "*", 54), "Sudden": ("<5", 6, "*")}
    chart = chart_of(table_of(rows, ("Found", "None", "All"), has_sum=True))
    assert [each.name for each in chart.with_bars] == ["None", "All"]
    assert chart.note.endswith("Not in the key, because there is no bar: Found.")
    repeated = table_of({"Home": (5, "<5", 9), "Ward": (6, 3, 9)}, ("Found", "None", "All"), has_sum=True)
    every = replace(repeated, rows_by=replace(AGE, membership=Membership.EVERY))
    assert [each.name for each in chart_of(every).series] == ["Found", "None"]


@pytest.mark.parametrize("cells", [("*",), ("<5",), (0,)])
def test_a_single_bar_is_no_chart(cells: tuple) -> None:
    blocks = blocks_of("By place", table_of({"Ward": (61,), "Home": cells}, ("Deaths",)))
    assert not [block for block in blocks if isinstance(block, Chart)]


def test_every_chart_of_the_report_draws_what_its_table_prints_and_no_more(
    app: Flask, world: World, visit: Callable[..., Visitor]
) -> None:
    put(kent.deaths())
    issued = issue_year("2011-12", Board(name="Kent"))
    report = read_report(issued.report_json)
    pairs = drawn(report, bytes(issued.paper))
    assert len(pairs) > 3
    assert all(begins_at_zero(part) for part, _ in pairs)
    assert [wrong for part, table in pairs if (wrong := wrongly_drawn(part, table))] == []
    assert [missing for part, table in pairs if (missing := left_out(part, table))] == []
    by_category = next(part for part, table in pairs if "by category of death" in table.caption)
    assert len(by_category.categories) == 8
    page = visit(world.reader).get(f"/published/{issued.id}")
    notes = [each.text_content() for each in page.tree.xpath("//figure/p")]
    charts = [block for each in report.sections for block in each.blocks if isinstance(block, Chart)]
    assert notes == [chart.note for chart in charts if chart.note]
    titles = set(page.tree.xpath("//figure//*[local-name()='rect']/*[local-name()='title']/text()"))
    assert "Perinatal/neonatal event, 2010-11: 34" in titles
    assert not [each for each in titles if each.startswith("Suicide")]
    assert "2010-11: <5" in [
        each.strip() for each in page.tree.xpath("//figure//*[local-name()='text']/text()")
    ]


def test_a_suppressed_number_in_a_chart_would_be_found() -> None:
    blocks = blocks_of("By cause", table_of(ROWS))
    chart, table = blocks[0], blocks[1]
    assert isinstance(chart, Chart)
    told = replace(chart, series=(replace(chart.series[0], values=(3, 34, "<5")), chart.series[1]))
    report = Report("T", "M", "O", (), (), date(2012, 3, 31), None, (Section("S", (told, table)),))
    [(part, beside)] = drawn(report, paper_of(report))
    assert wrongly_drawn(part, beside) == [("2010-11", "Malignancy")]
    less = replace(chart, series=(replace(chart.series[0], values=("<5", 34, "<5")),
                                  replace(chart.series[1], values=("*", 20, "*"))))  # fmt: skip
    [(part, beside)] = drawn(report, paper_of(replace(report, sections=(Section("S", (less, table)),))))
    assert wrongly_drawn(part, beside) == []
    assert left_out(part, beside) == [("2011-12", "Malignancy")]
