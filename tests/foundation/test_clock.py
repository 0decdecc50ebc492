"""One clock: UTC instants, London days, and the demonstration's fixed day."""

from datetime import UTC, date, datetime

import pytest

from kscb_actions import clock


@pytest.mark.parametrize(
    ("instant", "day"),
    [
        (datetime(2012, 3, 24, 23, 59, tzinfo=UTC), date(2012, 3, 24)),
        (datetime(2012, 3, 25, 0, 59, tzinfo=UTC), date(2012, 3, 25)),
        (datetime(2012, 3, 25, 22, 59, tzinfo=UTC), date(2012, 3, 25)),
        (datetime(2012, 3, 25, 23, 0, tzinfo=UTC), date(2012, 3, 26)),
        (datetime(2012, 10, 27, 22, 59, tzinfo=UTC), date(2012, 10, 27)),
        (datetime(2012, 10, 27, 23, 0, tzinfo=UTC), date(2012, 10, 28)),
        (datetime(2012, 10, 28, 23, 59, tzinfo=UTC), date(2012, 10, 28)),
        (datetime(2012, 2, 29, 12, 0, tzinfo=UTC), date(2012, 2, 29)),
        (datetime(2011, 12, 31, 23, 59, tzinfo=UTC), date(2011, 12, 31)),
    ],
)
def test_the_day_is_londons_on_both_sides_of_the_clock_changes(instant: datetime, day: date) -> None:
    with clock.at(instant):
        assert clock.now() == instant
        assert clock.today() == day


@pytest.mark.parametrize(
    ("day", "hours"), [(date(2012, 3, 24), 24), (date(2012, 3, 25), 23), (date(2012, 10, 28), 25)]
)
def test_a_day_is_as_long_as_its_clock_change_makes_it(day: date, hours: int) -> None:
    length = clock.start_of(date.fromordinal(day.toordinal() + 1)) - clock.start_of(day)
    assert length.total_seconds() == hours * 3600


def test_the_fixed_day_holds_the_date_and_lets_the_time_run() -> None:
    clock.fix_day(date(2012, 3, 31))
    try:
        assert clock.today() == date(2012, 3, 31)
        first, second = clock.now(), clock.now()
        assert first < second
        assert abs(clock.real_now().timestamp() - first.timestamp()) > 86400
    finally:
        clock.fix_day(None)
    assert clock.today() != date(2012, 3, 31)


def test_a_held_clock_stands_still_and_is_let_go() -> None:
    with clock.at(date(2012, 3, 31)):
        assert clock.now() == clock.now() == datetime(2012, 3, 31, 11, tzinfo=UTC)
        with clock.at(date(2012, 4, 1)):
            assert clock.today() == date(2012, 4, 1)
        assert clock.today() == date(2012, 3, 31)
    assert clock.today() != date(2012, 3, 31)
