"""Stacked charts: where the bars stand, and the figures that follow them."""

import pytest

from kscb_actions.reports.content import Series
from kscb_actions.web.shared.charts import Figure, figure_rows, stacked_bars

LONG = "Eastern and Coastal Kent Community Health Services"
SERIES = (Series("Red", "red", (3, 0, 1)), Series("Green", "green", (1, 0, 399)))


def test_the_parts_of_a_bar_follow_one_another_as_shares_of_the_longest() -> None:
    bars = stacked_bars(
        ("Police", "Health"), (Series("Red", "red", (3, 10)), Series("Blue", "blue", (1, 10)))
    )
    assert [(bar.start, bar.width, bar.value) for bar in bars.bars] == [
        (0, 15, 3),
        (15, 5, 1),
        (0, 50, 10),
        (50, 50, 10),
    ]
    assert [label.total for label in bars.labels] == [4, 20]
    assert bars.bars[0].title == "Police, Red: 3"


def test_a_part_too_short_for_its_figure_is_drawn_without_it() -> None:
    short, long = stacked_bars(("Police", "None", LONG), SERIES).bars[2:]
    assert (short.value, short.middle) == (1, None)
    assert (long.value, long.middle) == (399, 50.12)


def test_a_part_with_room_says_in_a_letter_what_it_counts() -> None:
    names = (("Red", 30), ("Grey", 30), ("Other", 38), ("Blue", 2))
    bars = stacked_bars(("Police",), [Series(name, "red", (number,)) for name, number in names]).bars
    assert [bar.letter for bar in bars] == ["R", "S", "", ""]


def test_a_long_name_takes_a_line_more_and_what_is_nothing_takes_its_room() -> None:
    found = stacked_bars(("Police", "None", LONG), SERIES)
    assert [len(label.lines) for label in found.labels] == [1, 1, 2]
    assert [label.top for label in found.labels] == [16, 72, 128]
    assert {bar.top for bar in found.bars} == {22, 22 + 2 * 56 + 18}
    assert found.height == 3 * 56 + 18


@pytest.mark.parametrize(("categories", "series"), [((), ()), (("Police",), ()), ((), SERIES)])
def test_nothing_is_drawn_of_nothing(categories: tuple[str, ...], series: tuple[Series, ...]) -> None:
    assert stacked_bars(categories, series).bars == []


def test_each_figure_and_each_total_leads_to_what_it_counts_where_an_address_is_given() -> None:
    with_totals = figure_rows(("Police",), SERIES, [["/red", "/green", "/all"]])
    names = ("Red", "Green", "Total")
    assert with_totals == [("Police", list(map(Figure, names, (3, 1, 4), ("/red", "/green", "/all"))))]
    without = figure_rows(("Police",), SERIES, [["/red", "/green"]])
    assert [each.href for each in without[0][1]] == ["/red", "/green", None]
    ((_, figures),) = figure_rows(("Police",), SERIES, None)
    assert [(each.number, each.href) for each in figures] == [(3, None), (1, None), (4, None)]
