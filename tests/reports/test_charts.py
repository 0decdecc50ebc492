"""Charts on paper and page: bars from nought, a number that is not shown has none, lengths are true."""

import io
from datetime import date

import pytest

from kscb_actions.reports.content import Chart, Report, Section, Series
from kscb_actions.reports.word.paper import write_docx
from kscb_actions.web.reports.chart_layout import layout_of

from ..factories import World
from .chart_parts import ChartPart, begins_at_zero, charts_in
from .stories import report as progress

STACKED = Chart(
    "C", "A.", ("Police", "Health"), (Series("Red", "red", (48, 46)), Series("Blue", "blue", (0, 0)))
)
BESIDE = Chart(
    "C", "A.", ("Infection", "Trauma"),
    (
        Series("2010-11", "blue", ("<5", 11)),
        Series("2011-12", "amber", (9, 0)),
        Series("All", "grey", ("*", "*")),
    ),
    note="Not drawn: something.", is_stacked=False,
)  # fmt: skip
ONE = Chart("C", "A.", ("Home", "Ward"), (Series("Deaths", "blue", ("*", 1234)),), is_stacked=False)


def paper_of(chart: Chart) -> bytes:
    out = io.BytesIO()
    section = Section("S", (chart,))
    write_docx(Report("T", "M", "O", (), (), date(2012, 3, 31), None, (section,)), out)
    return out.getvalue()


def drawn(chart: Chart) -> ChartPart:
    [part] = charts_in(paper_of(chart))
    return part


@pytest.mark.parametrize("chart", [STACKED, BESIDE, ONE])
def test_every_axis_begins_at_nought_and_goes_up_in_whole_numbers(chart: Chart) -> None:
    assert begins_at_zero(drawn(chart))


def test_the_axis_is_tested_for_what_was_wrong_with_it() -> None:
    part = drawn(STACKED)
    [least] = part.xml.iter("{*}min")
    least.set("val", "40")
    assert not begins_at_zero(part)
    least.getparent().remove(least)
    assert not begins_at_zero(part)


def test_the_progress_reports_chart_begins_at_nought_and_names_the_ratings_it_draws(world: World) -> None:
    world.action(date(2012, 3, 1))
    report = progress(world.manager)
    out = io.BytesIO()
    write_docx(report, out)
    [part] = charts_in(out.getvalue())
    assert begins_at_zero(part)
    assert part.cells[0] == ["", "R Red"]
    [chart] = [block for each in report.sections for block in each.blocks if isinstance(block, Chart)]
    assert chart.note == ("Not in the key, because no action is rated so: amber, green, blue and grey.")


def test_a_number_not_shown_is_an_empty_point_in_chart_and_workbook() -> None:
    part = drawn(BESIDE)
    assert part.bars == part.in_workbook == {
        ("2010-11", "Trauma"): 11, ("2011-12", "Infection"): 9, ("2011-12", "Trauma"): 0,
    }  # fmt: skip
    assert part.categories == ["Infection", "Trauma"]
    assert [each.get("val") for each in part.xml.iter("{*}grouping")] == ["clustered"]
    assert [each.get("val") for each in part.xml.iter("{*}dispBlanksAs")] == ["gap"]


def test_a_category_of_one_number_not_shown_says_its_mark() -> None:
    part = drawn(ONE)
    assert part.categories == ["Home: *", "Ward"]
    assert part.bars == part.in_workbook == {("Deaths", "Ward"): 1234}


def test_the_key_has_only_what_is_drawn_and_the_note_stands_below() -> None:
    assert [each.name for each in BESIDE.with_bars] == ["2010-11", "2011-12"]
    assert drawn(STACKED).cells == [["", "R Red"], ["Police", 48], ["Health", 46]]


def test_a_bar_in_parts_of_which_one_is_not_shown_is_refused() -> None:
    with pytest.raises(ValueError, match="“Red” has a part of a bar that is not shown"):
        Chart("C", "A.", ("Police",), (Series("Red", "red", ("<5",)),))


def test_the_page_has_a_bar_for_each_number_and_a_text_for_each_mark() -> None:
    picture = layout_of(BESIDE)
    assert [(bar.title, bar.figure) for bar in picture.bars] == [
        ("Infection, 2011-12: 9", "9"),
        ("Trauma, 2010-11: 11", "11"),
    ]
    short, long = (bar.share for bar in picture.bars)
    assert short / long == pytest.approx(9 / 11, abs=0.001)
    assert long < 100
    assert [each.lines for each in picture.marks] == [
        ("2010-11: <5",), ("All: *",), ("2011-12: 0",), ("All: *",),
    ]  # fmt: skip
    tops = sorted([each.top for each in (*picture.labels, *picture.marks, *picture.bars)])
    assert len(set(tops)) == len(tops)
    assert tops[-1] < picture.height


def test_one_series_has_its_figure_or_mark_before_the_name() -> None:
    picture = layout_of(ONE)
    assert [(each.figure, each.lines) for each in picture.labels] == [("*", ("Home",)), ("1,234", ("Ward",))]
    assert [bar.title for bar in picture.bars] == ["Ward, Deaths: 1,234"]
    assert picture.marks == ()
