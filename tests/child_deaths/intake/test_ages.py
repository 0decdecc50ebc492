"""Ages at death as people write them, in days."""

from datetime import date

import pytest

from kscb_actions.child_deaths.intake.ages import days_of_age

DAY = date(2012, 1, 31)


@pytest.mark.parametrize(
    ("written", "days"),
    [
        ("0", 0),
        ("400", 400),
        ("3 days", 3),
        ("1 day", 1),
        ("3d", 3),
        ("2 weeks", 14),
        ("2 wks 3 d", 17),
        ("1 month", 31),
        ("1 month old", 31),
        ("5 months", 153),
        ("1 year", 365),
        ("4 years", 1461),
        ("14 years 2 months", 5175),
        ("14y2m", 5175),
        ("14 Years, 2 months and 1 day", 5176),
        ("23 hours", 0),
        ("36 hrs", 1),
        ("3/52", 21),
        ("5/12", 153),
        ("2/7", 2),
        ("newborn", 0),
    ],
)
def test_an_age_is_read(written: str, days: int) -> None:
    assert days_of_age(written, DAY) == days


@pytest.mark.parametrize(
    "written",
    [
        "",
        "old",
        "-3",
        "3.5 years",
        "2 1/2 years",
        "three weeks",
        "3 fortnights",
        "3000 years",
        "3/13",
        "3 weeks?",
        "2-3 days",
    ],
)
def test_anything_else_is_not(written: str) -> None:
    assert days_of_age(written, DAY) is None


def test_a_birthday_counts_by_the_calendar() -> None:
    """A child of exactly so many years is in the band of that year, leap years or not."""
    for year in range(2008, 2018):
        for age in range(1, 18):
            died_on = date(year, 3, 1)
            assert days_of_age(f"{age} years", died_on) == (died_on - died_on.replace(year=year - age)).days
