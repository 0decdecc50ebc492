"""Working days in England: the published years, and the days that were holidays once."""

import subprocess
import sys
from datetime import date

import pytest

from kscb_actions.working_days.england import bank_holidays, is_working_day, why_not_working

# As published at www.gov.uk/bank-holidays and, before 2012, in the London Gazette: month and day.
PUBLISHED = {
    1981: "0101 0417 0420 0504 0525 0729 0831 1225 1228",
    1999: "0101 0402 0405 0503 0531 0830 1227 1228 1231",
    2002: "0101 0329 0401 0506 0603 0604 0826 1225 1226",
    2008: "0101 0321 0324 0505 0526 0825 1225 1226",
    2009: "0101 0410 0413 0504 0525 0831 1225 1228",
    2010: "0101 0402 0405 0503 0531 0830 1227 1228",
    2011: "0103 0422 0425 0429 0502 0530 0829 1226 1227",
    2012: "0102 0406 0409 0507 0604 0605 0827 1225 1226",
    2013: "0101 0329 0401 0506 0527 0826 1225 1226",
    2016: "0101 0325 0328 0502 0530 0829 1226 1227",
    2020: "0101 0410 0413 0508 0525 0831 1225 1228",
    2021: "0101 0402 0405 0503 0531 0830 1227 1228",
    2022: "0103 0415 0418 0502 0602 0603 0829 0919 1226 1227",
    2023: "0102 0407 0410 0501 0508 0529 0828 1225 1226",
    2024: "0101 0329 0401 0506 0527 0826 1225 1226",
    2025: "0101 0418 0421 0505 0526 0825 1225 1226",
    2026: "0101 0403 0406 0504 0525 0831 1225 1228",
}


@pytest.mark.parametrize("year", PUBLISHED)
def test_the_bank_holidays_of_a_year_are_the_published_ones(year: int) -> None:
    assert sorted(f"{day:%m%d}" for day in bank_holidays(year)) == PUBLISHED[year].split()


@pytest.mark.parametrize(
    ("day", "why"),
    [
        (date(2012, 3, 30), None),
        (date(2012, 3, 31), "a Saturday"),
        (date(2012, 4, 1), "a Sunday"),
        (date(2012, 4, 5), None),
        (date(2012, 4, 6), "a bank holiday"),
        (date(2012, 4, 9), "a bank holiday"),
        (date(2012, 4, 10), None),
        (date(2012, 5, 28), None),
        (date(2012, 6, 4), "a bank holiday"),
        (date(2012, 6, 5), "a bank holiday"),
        (date(2012, 6, 6), None),
        (date(2011, 4, 29), "a bank holiday"),
        (date(2012, 2, 29), None),
        (date(2012, 12, 24), None),
        (date(2012, 12, 31), None),
        (date(2022, 9, 19), "a bank holiday"),
    ],
)
def test_a_day_says_why_nobody_works_on_it(day: date, why: str | None) -> None:
    assert why_not_working(day) == why
    assert is_working_day(day) is (why is None)


@pytest.mark.parametrize(
    ("day", "occasion"),
    [
        (date(1981, 7, 29), "the wedding of the Prince of Wales"),
        (date(1999, 12, 31), "the millennium"),
        (date(2022, 9, 19), "the funeral of Elizabeth II"),
        (date(2023, 5, 8), "the coronation of Charles III"),
    ],
)
def test_a_day_that_was_a_holiday_once_is_none_a_year_later(day: date, occasion: str) -> None:
    assert why_not_working(day) == "a bank holiday", occasion
    later = next(d for d in (day.replace(year=day.year + n) for n in (1, 2, 3)) if d.weekday() < 5)
    assert is_working_day(later)


@pytest.mark.parametrize("day", [date(2012, 3, 19), date(2012, 7, 12), date(2012, 8, 6), date(2012, 11, 30)])
def test_a_holiday_of_another_part_of_the_kingdom_is_a_working_day(day: date) -> None:
    assert is_working_day(day)


def test_every_year_has_eight_weekdays_off_or_more() -> None:
    for year in range(1978, 2101):
        assert len(bank_holidays(year)) >= 8
        assert all(day.year == year and day.weekday() < 5 for day in bank_holidays(year))


ASKED_ON_A_SATURDAY = """
import sys
from datetime import date
from kscb_actions.working_days.england import why_not_working
why_not_working(date(2012, 3, 31))
print("holidays" in sys.modules)
"""


def test_the_calendars_are_not_loaded_before_a_weekday_is_asked_for() -> None:
    command = [sys.executable, "-c", ASKED_ON_A_SATURDAY]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "False"
