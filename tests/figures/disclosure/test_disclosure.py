"""Cell suppression: worked examples and the parts around them."""

import subprocess
import sys
from dataclasses import replace

import pytest

from kscb_actions.figures.disclosure import marks
from kscb_actions.figures.disclosure.refused import OutOfTime
from kscb_actions.figures.disclosure.solver import publish as publish_named
from tests.figures.disclosure.alone import publish, publish_all

from .random_tables import as_table


def lines(counts: list[list[int]], has_sum: bool = True, has_totals: bool = True) -> list[tuple]:
    return list(publish(as_table(counts, "a", has_sum, has_totals)).lines())


def test_a_lone_small_number_takes_the_next_larger_one_with_it() -> None:
    assert lines([[2], [7], [9], [30]], has_sum=False) == [("<5",), ("*",), (9,), (30,), (48,)]


def test_nothing_is_written_where_a_command_prints_a_table() -> None:
    """The library writes at most once in a process, so this needs one of its own."""
    work = f"from {__name__} import lines; lines([[2], [7], [9]])"
    done = subprocess.run([sys.executable, "-c", work], check=True, capture_output=True)
    assert (done.stdout, done.stderr) == (b"", b"")


def test_two_small_numbers_protect_each_other() -> None:
    assert lines([[2], [0], [3], [7]], has_sum=False) == [("<5",), (0,), ("<5",), (7,), (12,)]


@pytest.mark.parametrize(("small", "larger"), [([1, 1], 7), ([4, 4], 7), ([1, 1, 1], 9)])
def test_small_numbers_whose_sum_leaves_no_choice_take_a_larger_one_with_them(
    small: list[int], larger: int
) -> None:
    found = lines([[number] for number in [*small, larger, 50]], has_sum=False)
    assert found[len(small)] == ("*",)
    assert found[-2:] == [(50,), (57 + sum(small) if larger == 7 else 59 + sum(small),)]


def test_a_five_is_not_enough_beside_a_one() -> None:
    """Of a sum of six, "5 or more" leaves one for the other."""
    assert lines([[1], [5], [9]], has_sum=False) == [("<5",), (5,), ("*",), (15,)]


def test_a_total_is_suppressed_where_it_loses_the_fewest_people() -> None:
    assert lines([[2, 0, 6]], has_totals=False) == [("<5", 0, "*", 8)]
    assert lines([[1, 0, 5]], has_totals=False) == [("<5", 0, 5, "*")]


def test_in_both_directions_a_rectangle_is_suppressed() -> None:
    found = lines([[2, 10, 20], [8, 9, 30], [40, 50, 60]])
    assert found == [("<5", "*", 20, 32), ("*", "*", 30, 47), (40, 50, 60, 150), (50, 69, 110, 229)]


def test_zeros_and_numbers_of_five_or_more_stay_where_nothing_is_small() -> None:
    assert lines([[0, 5], [6, 0]]) == [(0, 5, 5), (6, 0, 6), (6, 5, 11)]


def test_without_totals_only_the_small_numbers_are_suppressed() -> None:
    assert lines([[4, 5], [0, 1]], False, False) == [("<5", 5), (0, "<5")]


def test_what_was_suppressed_earlier_stays_suppressed_though_it_is_no_longer_small_by_itself() -> None:
    first = as_table([[2], [7], [9]], "a", False, True)
    paper = publish(first)
    assert list(paper.lines()) == [("<5",), ("*",), (9,), (18,)]
    again = as_table([[2], [7], [9]], "a", False, False)
    assert list(publish(again).lines()) == [("<5",), (7,), (9,)]
    assert list(publish(again, [(first, paper)]).lines()) == [("<5",), ("*",), (9,)]


def test_a_correction_since_contradicts_nothing_and_the_attacker_is_taken_to_know_of_it() -> None:
    first = as_table([[2], [7], [9]], "a", False, True)
    changed = as_table([[2], [7], [10]], "a", False, False)
    assert list(publish(changed, [(first, publish(first))]).lines()) == [("<5",), ("*",), (10,)]


def test_the_fewest_tables_are_left_out_where_nothing_else_helps() -> None:
    """One and five make six: with the six in print, nobody can hide the one but by leaving its table out."""
    total = as_table([[6]], "a", False, False)
    total = replace(total, rows=(), totals=(6,), rows_by=None)
    assert publish_all([as_table([[1], [5]], "a", False, False)], [(total, total)]) == ({0}, {})


def test_a_number_is_absent_only_where_all_its_tables_are_left_out() -> None:
    total = as_table([[6]], "a", False, False)
    total = replace(total, rows=(), totals=(6,), rows_by=None)
    table = as_table([[1], [5]], "a", False, False)
    assert publish_all([table, table], [(total, total)]) == ({0, 1}, {})


def test_what_was_given_away_before_is_not_held_against_a_table() -> None:
    printed = as_table([[3], [9]], "a", False, True)
    again = as_table([[3], [9]], "a", False, False)
    assert list(publish(again, [(printed, printed)]).lines()) == [("<5",), (9,)]


def test_no_answer_is_given_when_the_time_is_over() -> None:
    with pytest.raises(OutOfTime):
        publish_named({"a": as_table([[2], [7], [9]], "a", False, True)}, goes_on=lambda *_: 0)


def test_tables_that_contradict_each_other_or_themselves_are_refused() -> None:
    one, other = as_table([[2], [7]], "a", False, True), as_table([[3], [7]], "a", False, True)
    with pytest.raises(ValueError, match="differently"):
        publish_all([one, other])
    with pytest.raises(ValueError, match="differently"):
        publish(replace(one, totals=(10,)))
    with pytest.raises(ValueError, match="invalid literal"):
        publish(publish(one))


@pytest.mark.parametrize(
    ("part", "base", "expected"),
    [(14, 106, 13.2), (0, 106, 0), (3, 0, None), ("<5", 106, None), (7, "*", None), ("[c]", "<5", None)],
)
def test_there_is_no_percentage_of_or_on_something_suppressed(
    part: int | str, base: int | str, expected: float | None
) -> None:
    found = marks.percentage(part, base)
    assert found == (None if expected is None else pytest.approx(expected, abs=0.05))


def test_a_chart_draws_what_the_table_shows() -> None:
    assert marks.chart_values([0, "<5", 7, "*", "[c]"]) == (0, None, 7, None, None)
    assert list(marks.legend_for([0, "*", 7, "<5", "*"])) == ["<5", "*"]
    assert marks.legend_for([0, 7]) == {}
    assert marks.is_suppressed("*")
    assert not marks.is_suppressed(0)


@pytest.mark.parametrize(
    ("printed", "possible"),
    [("<5", {1, 4}), ("*", {5, 6}), ("[c]", {0, 1, 4, 5, 6}), (0, {0}), (6, {6})],
)
def test_the_values_that_a_mark_admits(printed: int | str, possible: set[int]) -> None:
    assert {value for value in (0, 1, 4, 5, 6) if marks.is_feasible(printed, value)} == possible
