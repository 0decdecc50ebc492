"""What a recommendation is called, and the order in which a report has its recommendations."""

import pytest

from kscb_actions.reviews.numbering import Numbered, in_reading_order, label_of


@pytest.mark.parametrize(
    ("number", "published", "label"),
    [
        (3, "", "3"),
        (3, None, "3"),
        (3, "4.3.1", "4.3.1 (R3)"),
        (12, "2 (i)", "2 (i) (R12)"),
        (3, "3", "3 (R3)"),
    ],
)
def test_the_number_of_the_report_comes_first_and_its_own_stays_beside_it(
    number: int, published: str | None, label: str
) -> None:
    assert label_of(number, published) == label


@pytest.mark.parametrize(
    "numbers",
    [
        ["4.3.1", "4.3.2", "4.3.10", "4.10", "5"],
        ["2", "2 (i)", "2 (ii)", "2 (iv)", "2 (v)", "2 (ix)", "2 (x)", "3"],
        ["1(a)", "1(b)", "1(h)", "1(i)", "1(j)", "1(v)"],
        ["1(i)", "1(ii)", "1(ix)", "2(a)", "2(i)", "2(v)"],
        ["A1", "A2", "A10", "B1"],
        ["Rec 2", "Rec 10"],
        ["I", "II", "III", "IV", "V", "IX", "X", "XIV", "XIX"],
        ["7", "", ""],
        ["", "", ""],
        ["1", "--", "()"],
        ["1", "99999999999999999999"],
    ],
)
def test_numbers_stand_as_people_count(numbers: list[str]) -> None:
    rows = [Numbered(place, place, number, "") for place, number in enumerate(numbers)]
    for mixed in (rows[::-1], rows[1:] + rows[:1], rows):
        assert [row.published_number for row in in_reading_order(mixed)] == numbers


def test_those_under_one_heading_stay_together_where_the_first_of_them_stands() -> None:
    rows = [
        Numbered(1, 1, "3", "Phase two"),
        Numbered(2, 2, "1", "Phase one"),
        Numbered(3, 3, "9", "Phase one"),
        Numbered(4, 4, "4", ""),
        Numbered(5, 5, "", "Phase two"),
        Numbered(6, 6, "2", "Phase one"),
    ]
    assert [row.id for row in in_reading_order(rows)] == [4, 2, 6, 3, 1, 5]


def test_without_numbers_they_stand_as_they_were_recorded() -> None:
    rows = [Numbered(number, number, "", "") for number in (3, 1, 2)]
    assert [row.number for row in in_reading_order(rows)] == [1, 2, 3]
    assert in_reading_order([]) == []
