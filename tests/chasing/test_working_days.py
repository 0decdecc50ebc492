"""Working days in England and Wales: the published years, and Easter against a second calculation."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kscb_actions.chasing.working_days import bank_holidays, easter_sunday, is_working_day, why_not_working

# As published at www.gov.uk/bank-holidays and, before 2012, in the London Gazette: month and day.
PUBLISHED = {
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


@given(st.integers(1583, 4099))
def test_easter_is_the_sunday_after_the_paschal_full_moon(year: int) -> None:
    assert easter_sunday(year) == _by_epact(year)


@given(st.integers(1978, 2300))
def test_every_year_has_eight_weekdays_off_or_more(year: int) -> None:
    holidays = bank_holidays(year)
    assert len(holidays) >= 8
    assert all(day.year == year and day.weekday() < 5 for day in holidays)


def _by_epact(year: int) -> date:
    """Easter by the epact and the full moon (Knuth, The Art of Computer Programming, 1.3.2, exercise 14)."""
    golden = year % 19 + 1
    century = year // 100 + 1
    left_out = 3 * century // 4 - 12
    moon = (8 * century + 5) // 25 - 5
    epact = (11 * golden + 20 + moon - left_out) % 30
    if epact == 24 or (epact == 25 and golden > 11):
        epact += 1
    full_moon = 44 - epact
    if full_moon < 21:
        full_moon += 30
    day = date(year, 3, 1) + timedelta(days=full_moon - 1)
    return day + timedelta(days=7 - (day.weekday() + 1) % 7)
