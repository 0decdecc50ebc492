"""Periods, numbers, what is asked for and which way a measure moves: plain rules, case by case."""

from datetime import date
from decimal import Decimal

import pytest

from kscb_actions.access.policy import Role, Viewer
from kscb_actions.measures.pasting import MOST_LINES, read_pasted
from kscb_actions.measures.periods import Period, read_period
from kscb_actions.measures.rules import (
    Direction,
    MeasureFacts,
    Moving,
    Read,
    Unit,
    can_give,
    in_words,
    movement,
    next_asked,
    problems_with_measure,
    problems_with_reading,
    read_number,
    written,
)

YEAR = Period(date(2012, 3, 31), 12)
TODAY = date(2012, 4, 20)


@pytest.mark.parametrize(
    ("text", "ends_on", "months", "words"),
    [
        ("2011-12", date(2012, 3, 31), 12, "2011-12"),
        ("2011/2012", date(2012, 3, 31), 12, "2011-12"),
        ("2011–12", date(2012, 3, 31), 12, "2011-12"),
        ("1999-00", date(2000, 3, 31), 12, "1999-00"),
        ("2011", date(2011, 12, 31), 12, "2011"),
        ("Q1 2011-12", date(2011, 6, 30), 3, "Q1 2011-12"),
        ("2011/12 q4", date(2012, 3, 31), 3, "Q4 2011-12"),
        ("quarter 3 of 2011-12", date(2011, 12, 31), 3, "Q3 2011-12"),
        ("H2 2011-12", date(2012, 3, 31), 6, "H2 2011-12"),
        ("April 2011", date(2011, 4, 30), 1, "April 2011"),
        ("Feb 2012", date(2012, 2, 29), 1, "February 2012"),
        ("year to August 2011", date(2011, 8, 31), 12, "year to August 2011"),
        ("quarter to May 2011", date(2011, 5, 31), 3, "quarter to May 2011"),
    ],
)
def test_a_period_is_read_as_people_write_it_and_read_again_as_it_is_printed(
    text: str, ends_on: date, months: int, words: str
) -> None:
    period = read_period(text)
    assert period == Period(ends_on, months) and period.words == words
    assert read_period(period.words) == period


@pytest.mark.parametrize(
    "text", ["", "2011-13", "Q5 2011-12", "H3 2011-12", "Aprilis 2011", "1850", "2011-12-01", "last year"]
)
def test_what_names_no_period_is_none(text: str) -> None:
    assert read_period(text) is None


def test_a_period_knows_its_first_day_the_next_and_who_is_in_step() -> None:
    quarter = Period(date(2012, 6, 30), 3)
    assert (quarter.begins_on, quarter.next) == (date(2012, 4, 1), Period(date(2012, 9, 30), 3))
    assert quarter.is_in_step(Period(date(2011, 12, 31), 3)) and not quarter.is_in_step(YEAR)
    assert not quarter.is_in_step(Period(date(2012, 5, 31), 3))


@pytest.mark.parametrize(
    ("text", "unit", "value", "words"),
    [
        ("19.2", Unit.PERCENT, "19.2", "19.2%"),
        ("19.20 %", Unit.PERCENT, "19.2", "19.2%"),
        ("100 per cent", Unit.PERCENT, "100", "100%"),
        ("1,804", Unit.COUNT, "1804", "1,804"),
        ("0", Unit.COUNT, "0", "0"),
        ("30.6 per 10,000", Unit.RATE, "30.6", "30.6 per 10,000"),
        ("28 days", Unit.DAYS, "28", "28 days"),
        ("20.6", Unit.AVERAGE, "20.6", "20.6"),
    ],
)
def test_a_number_is_read_in_its_unit_and_kept_as_it_is_written(
    text: str, unit: Unit, value: str, words: str
) -> None:
    read, problem = read_number(text, unit)
    assert read is not None and not problem
    assert (written(read), in_words(read, unit)) == (value, words)


@pytest.mark.parametrize(
    ("text", "unit", "part"),
    [
        ("", Unit.PERCENT, "Enter a number, like 19.2"),
        ("many", Unit.COUNT, "Enter a number"),
        ("-1", Unit.COUNT, "Enter a number"),
        ("1e3", Unit.COUNT, "Enter a number"),
        ("١٢", Unit.COUNT, "Enter a number"),
        ("100.1", Unit.PERCENT, "between 0 and 100"),
        ("10001", Unit.RATE, "between 0 and 10,000"),
        ("2.5", Unit.COUNT, "whole number"),
        ("1.234", Unit.AVERAGE, "at most 2 decimal places"),
        ("12345678901", Unit.COUNT, "too long"),
        ("19.2 days", Unit.PERCENT, "Enter a number"),
    ],
)
def test_a_number_outside_its_unit_is_refused_with_what_would_do(text: str, unit: Unit, part: str) -> None:
    read, problem = read_number(text, unit)
    assert read is None and part in problem


def moved(*values: str, direction: Direction = Direction.LOWER, target: str = "13.7") -> tuple[str, str]:
    """Return which way a measure with these readings of following years moves, and the sentence."""
    read = [Read(Period(date(2008 + place, 3, 31), 12), Decimal(each)) for place, each in enumerate(values)]
    found = movement(read, Decimal(target), direction, Unit.PERCENT)
    return found.kind, found.words


@pytest.mark.parametrize(
    ("values", "direction", "target", "kind"),
    [
        ((), Direction.LOWER, "13.7", Moving.UNKNOWN),
        (("19.2",), Direction.LOWER, "13.7", Moving.UNKNOWN),
        (("13.7",), Direction.LOWER, "13.7", Moving.MET),
        (("19.2", "15.1"), Direction.LOWER, "13.7", Moving.RIGHT),
        (("15.1", "16.4"), Direction.LOWER, "13.7", Moving.WRONG),
        (("15.1", "15.1"), Direction.LOWER, "13.7", Moving.STILL),
        (("10", "13.7"), Direction.LOWER, "13.7", Moving.MET),
        (("84", "81.2"), Direction.HIGHER, "85", Moving.WRONG),
        (("81.2", "84"), Direction.HIGHER, "85", Moving.RIGHT),
        (("81.2", "85"), Direction.HIGHER, "85", Moving.MET),
    ],
)
def test_which_way_a_measure_moves(
    values: tuple[str, ...], direction: Direction, target: str, kind: Moving
) -> None:
    assert moved(*values, direction=direction, target=target)[0] == kind


def test_the_sentence_says_what_the_rule_saw() -> None:
    assert moved("14.2", "15.1", "16.4")[1] == (
        "Moves the wrong way, twice running: 16.4% in 2009-10 after 15.1% in 2008-09; the target is 13.7%, "
        "and lower is better."
    )
    assert moved("15.1", "14.9", "16.4")[1].startswith("Moves the wrong way: 16.4%")


@pytest.mark.parametrize(
    ("newest", "period", "due_on"),
    [
        (None, "2011-12", date(2012, 4, 20)),
        (date(2009, 3, 31), "2011-12", date(2012, 4, 20)),
        (date(2012, 3, 31), "2012-13", date(2013, 4, 20)),
        (date(2014, 3, 31), "2014-15", date(2015, 4, 20)),
    ],
)
def test_the_next_reading_is_asked_for_a_period_later(newest: date | None, period: str, due_on: date) -> None:
    asked = next_asked(YEAR, date(2012, 4, 20), newest)
    assert (asked.period.words, asked.due_on) == (period, due_on)


def test_months_that_have_no_such_day_ask_on_their_last() -> None:
    asked = next_asked(Period(date(2011, 12, 31), 1), date(2012, 1, 31), date(2011, 12, 31))
    assert (asked.period.words, asked.due_on) == ("January 2012", date(2012, 2, 29))


@pytest.mark.parametrize(
    ("period", "value", "problems"),
    [
        ("2011-12", "16.4", {}),
        ("2012-13", "16.4", {"period": "has not ended yet"}),
        ("2007-08", "16.4", {"period": "has a reading already: 19.2%"}),
        ("Q1 2011-12", "16.4", {"period": "read every year, by periods like 2011-12"}),
        ("soon", "160", {"period": "Write it like", "value": "between 0 and 100"}),
    ],
)
def test_each_wrong_reading_is_answered_at_its_field(
    period: str, value: str, problems: dict[str, str]
) -> None:
    given = {date(2008, 3, 31): "19.2%"}
    found = problems_with_reading(period, value, YEAR, Unit.PERCENT, given, TODAY)
    assert found.keys() == problems.keys()
    assert all(part in found[name] for name, part in problems.items())


def test_a_pasted_table_is_judged_cell_by_cell() -> None:
    text = "Year\tPer cent\n2005/06\t14.2%\n\n2006-07\t197\n2006-07\t19.7\nlater\t1\n2012-13\t5\t6\n"
    pasted = read_pasted(text, YEAR, Unit.PERCENT, {}, TODAY)
    good, wrong_number, twice, no_period, future = pasted.lines
    assert good.is_good and (good.ends_on, good.value) == (date(2006, 3, 31), "14.2")
    assert "between 0 and 100" in wrong_number.number.problem and not wrong_number.period.problem
    assert "already: in this table" in twice.period.problem and not twice.number.problem
    assert "Write it like" in no_period.period.problem
    assert "not ended" in future.period.problem and "third cell" in future.number.problem
    assert not pasted.is_good


@pytest.mark.parametrize("text", ["2005-06, 14.2\n2006-07, 19.7", "2005-06;14.2\r\n2006-07;19.7"])
def test_a_pasted_table_is_taken_with_commas_and_semicolons(text: str) -> None:
    pasted = read_pasted(text, YEAR, Unit.PERCENT, {}, TODAY)
    assert pasted.is_good and [line.value for line in pasted.lines] == ["14.2", "19.7"]


def test_a_paste_of_nothing_or_of_too_much_says_so() -> None:
    assert "Paste a line" in read_pasted(" \n", YEAR, Unit.PERCENT, {}, TODAY).problem
    many = "2005-06, 1\n" * (MOST_LINES + 1)
    assert "at most 120" in read_pasted(many, YEAR, Unit.PERCENT, {}, TODAY).problem


def test_each_thing_missing_from_a_measure_is_answered_at_its_field() -> None:
    facts = MeasureFacts("", "", "", "", "", "", None, None)
    assert problems_with_measure(facts).keys() == {
        "name",
        "unit",
        "source",
        "direction",
        "owner",
        "first_period",
        "first_due_on",
        "target",
    }
    full = MeasureFacts("N", "percent", "S", "lower", "", "2011-12", date(2012, 3, 30), 1, "x", "", "c", "p")
    found = problems_with_measure(full)
    assert found.keys() == {"target", "baseline", "baseline_period", "first_due_on"}
    assert "without one" in found["target"]


@pytest.mark.parametrize(
    ("roles", "agency_id", "of", "may"),
    [
        ({Role.MANAGER}, None, 1, True),
        ({Role.MANAGER}, None, None, True),
        ({Role.AGENCY_LEAD}, 1, 1, True),
        ({Role.AGENCY_LEAD}, 1, 2, False),
        ({Role.AGENCY_LEAD}, 1, None, False),
        ({Role.BOARD_MEMBER}, 1, 1, False),
        ({Role.CHAIR}, 1, 1, False),
        ({Role.READER}, None, None, False),
    ],
)
def test_who_gives_readings(roles: set[Role], agency_id: int | None, of: int | None, may: bool) -> None:
    assert can_give(Viewer(1, "Somebody", roles=frozenset(roles), agency_id=agency_id), of) is may
