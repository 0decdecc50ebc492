"""Dates as people write them: every form read back, every boundary, and nothing invented."""

import calendar
from datetime import date, datetime, time, timedelta

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from kscb_actions.dates_written import read_cell, read_date, read_parts, read_serial
from kscb_actions.dates_written.rules import EARLIEST_SERIAL
from kscb_actions.wording import date_short, date_uk

TODAY = date(2012, 3, 12)
pieces = st.sampled_from(
    [*"0123456789./-'–Qq\u00a0: ", "Oct", "may ", "30th", "20", "end of ", " to ", "was "]
)
any_text = st.text(st.characters(exclude_categories=())) | st.lists(pieces).map("".join)


@pytest.mark.parametrize(
    "text",
    [
        "30/09/2011",
        "30.9.11",
        "30-9-11",
        "30 9 2011",
        "30. 9. 2011.",
        "30 – 9 – 2011",
        "30‑9‑11",
        "30/9/'11",
        "2011-09-30",
        "2011-09-30 00:00:00",
        "2011-09-30T14:00:00+01:00",
        "30092011",
        "20110930",
        "30 September 2011",
        "30\u00a0Sept.\u00a02011",
        "30th Sept 2011",
        "30ᵗʰ September 2011",
        "the 30th of September, 2011",
        "30-Sep-11",
        "30SEP2011",
        "September 30, 2011",
        "Sept 30th 2011",
        "2011 September 30",
        "Friday 30 September 2011",
        "Fri, 30/9/11",
        "30/9/2011 at 2.30pm",
        "by 5pm on 30 September 2011",
        "12 noon 30/9/2011",
        "by 30 September 2011",
        "30 September 2011: 312 staff briefed",
        "3\n30/09/11",
        "30/9/11 (30 September 2011)",
    ],
)
def test_one_day_is_read_however_it_is_written(text: str) -> None:
    written = read_date(text, TODAY)
    assert (written.on, written.shown) == (date(2011, 9, 30), "30 September 2011"), written
    assert written.is_exact and not written.problem and not written.doubt


@pytest.mark.parametrize(
    ("text", "on", "shown"),
    [
        ("November 2009", date(2009, 11, 30), "November 2009"),
        ("Implementation of pilot by October 2009", date(2009, 10, 31), "October 2009"),
        ("by end of September 2011", date(2011, 9, 30), "end of September 2011"),
        ("end-Sept 2011", date(2011, 9, 30), "end of September 2011"),
        ("February 2012", date(2012, 2, 29), "February 2012"),
        ("Feb 2100", date(2100, 2, 28), "February 2100"),
        ("Dec-17", date(2017, 12, 31), "December 2017"),
        ("Oct ’12", date(2012, 10, 31), "October 2012"),
        ("Oct 2012", date(2012, 10, 31), "October 2012"),
        ("2012 Oct", date(2012, 10, 31), "October 2012"),
        ("10/2012", date(2012, 10, 31), "October 2012"),
        ("2012-10", date(2012, 10, 31), "October 2012"),
        ("start of September 2011", date(2011, 9, 1), "start of September 2011"),
        ("Q1 2011/12", date(2011, 6, 30), "Q1 2011/12"),
        ("Q2 2011-12", date(2011, 9, 30), "Q2 2011/12"),
        ("End of Q3 2011/12", date(2011, 12, 31), "Q3 2011/12"),
        ("Q4 2011/2012", date(2012, 3, 31), "Q4 2011/12"),
        ("Q4 99/00", date(2000, 3, 31), "Q4 1999/00"),
        ("2011/12 Q3", date(2011, 12, 31), "Q3 2011/12"),
        ("third quarter of 2011-12", date(2011, 12, 31), "Q3 2011/12"),
        ("Quarter 3 (2011/12)", date(2011, 12, 31), "Q3 2011/12"),
        ("by end of financial year 2011/12", date(2012, 3, 31), "2011/12"),
        ("March 2011/12", date(2012, 3, 31), "March 2012"),
        ("April 2011/12", date(2011, 4, 30), "April 2011"),
    ],
)
def test_a_period_is_read_as_its_last_day_and_keeps_its_words(text: str, on: date, shown: str) -> None:
    written = read_date(text)
    assert (written.on, written.shown, written.words) == (on, shown, text), written
    assert not written.is_exact and not written.is_plain and not written.problem


@pytest.mark.parametrize(
    "text",
    "Ongoing|On-going, reviewed quarterly|Immediate|immediately|TBC|T.B.C.|tba|asap|A.S.A.P.|"
    "As soon as possible|n/a|None|To be agreed|Continuous| |\u00a0|-|–|?|".split("|"),
)
def test_where_the_words_say_that_there_is_no_date_none_is_invented(text: str) -> None:
    written = read_date(text, TODAY)
    assert (written.on, written.problem, written.doubt) == (None, "", "")


@pytest.mark.parametrize(
    ("text", "problem", "parts"),
    [
        ("31/02/2011", "There is no 31 February 2011. That month has 28 days.", ("day",)),
        ("29 February 2100", "There is no 29 February 2100. That month has 28 days.", ("day",)),
        ("31 April 2012", "There is no 31 April 2012", ("day",)),
        ("13/25/2011", "“25” is not a month.", ("month",)),
        ("32/1/2011", "“32” is not a day.", ("day",)),
        ("0/1/2011", "“0” is not a day.", ("day",)),
        ("45/13/2011", "“45” is not a day and “13” is not a month.", ("day", "month")),
        (
            "12/31/2011",
            "“12/31/2011” has the month first. Write the day first: 31/12/2011.",
            ("day", "month"),
        ),
        ("27/3/1812", "The year 1812 is out of range. Use a year from 1900 to 2100.", ("year",)),
        ("27/3/2101", "The year 2101 is out of range.", ("year",)),
        ("31/7/201", "“201” is not a year. Write it in full, like 2012.", ("year",)),
        ("31/7/20111", "“20111” is not a year.", ("year",)),
        ("2011-02-30", "There is no 30 February 2011", ("day",)),
        ("Q3 2011/13", "“2011/13” is not a year from April to March.", ("year",)),
        ("13/2012", "“13” is not a month.", ("month",)),
        ("3 June", "“3 June” has no year.", ()),
        ("17-Dec", "“17-Dec” has no year.", ()),
        ("by end of June", "has no year.", ()),
        ("6/12", "“6/12” has no year.", ()),
        ("2012", "“2012” says no day or month that can be read.", ()),
        ("Spring 2010", "“Spring 2010” says no day or month that can be read.", ()),
        ("Q3 2011", "“Q3 2011” says no day or month that can be read.", ()),
        ("within 3 months", "No date can be read in “within 3 months”.", ()),
        ("This may take until the launch", "No date can be read in", ()),
        ("300911", "No date can be read in “300911”.", ()),
        ("٣٠/٩/٢٠١١", "No date can be read in", ()),
        ("30/9/11 and 1/1/12", "There is more than one date: 30 September 2011 and 1 January 2012.", ()),
        ("Completed September 2011 – audit Dec 2011", "There is more than one date:", ()),
        ("x" * 10_001, "No date can be read in a text of 10,001 characters.", ()),
    ],
)
def test_what_is_meant_as_a_date_and_is_none_is_a_problem(
    text: str, problem: str, parts: tuple[str, ...]
) -> None:
    written = read_date(text, TODAY)
    assert written.on is None and problem in written.problem, written
    assert written.wrong_parts == parts


@pytest.mark.parametrize(
    ("text", "on", "doubt"),
    [
        ("Monday 30 Sept 2011", date(2011, 9, 30), "30 September 2011 is a Friday, not a Monday."),
        ("Dec 17", date(2017, 12, 31), "“17” is read as the year 2017, not as a day."),
        ("mid-October 2011", date(2011, 10, 15), "“mid October 2011” is read as 15 October 2011."),
        ("early October 2011", date(2011, 10, 31), "is read as 31 October 2011."),
        ("2011-12", date(2012, 3, 31), "It could be December 2011 as well."),
        ("by end of 2012", date(2012, 12, 31), "The financial year 2011/12 ends on 31 March 2012."),
        ("April – June 2011", date(2011, 6, 30), "A span is read as its last day, 30 June 2011."),
        ("1–30 September 2011", date(2011, 9, 30), "A span is read as its last day"),
        (
            "1/4/11 to 31/3/12",
            date(2012, 3, 31),
            "The time from 1 April 2011 to 31 March 2012 is read as its last",
        ),
    ],
)
def test_what_can_be_meant_otherwise_is_read_and_doubted(text: str, on: date, doubt: str) -> None:
    written = read_date(text, TODAY)
    assert written.on == on and doubt in written.doubt and not written.problem, written


@pytest.mark.parametrize(
    ("text", "on", "was"),
    [
        ("30/9/11 revised to 31/12/11", date(2011, 12, 31), date(2011, 9, 30)),
        ("31/12/11 (revised from 30/9/11)", date(2011, 12, 31), date(2011, 9, 30)),
        ("31/12/11 (was 30/9/11)", date(2011, 12, 31), date(2011, 9, 30)),
        ("Sept 2011\n(extended to Dec 2011)", date(2011, 12, 31), date(2011, 9, 30)),
        ("1/1/11, 1/2/11, now 1/3/11", date(2011, 3, 1), date(2011, 2, 1)),
    ],
)
def test_of_two_dates_the_one_it_was_moved_to_is_taken_and_asked_about(
    text: str, on: date, was: date
) -> None:
    written = read_date(text, TODAY)
    assert (written.on, written.was) == (on, was)
    assert "as what it was before" in written.doubt


@pytest.mark.parametrize(
    ("on", "doubt"),
    [
        (date(1992, 3, 12), ""),
        (date(1992, 3, 11), "1992 is more than 20 years ago."),
        (date(2022, 3, 12), ""),
        (date(2022, 3, 13), "2022 is more than 10 years away."),
    ],
)
def test_a_year_far_off_is_doubted(on: date, doubt: str) -> None:
    assert read_date(date_uk(on), TODAY) == read_cell(on, TODAY)
    assert read_date(date_uk(on), TODAY).doubt == doubt
    assert read_date(date_uk(on)).doubt == ""
    assert read_date("1 January 1992", date(2012, 2, 29)).doubt


@pytest.mark.parametrize(
    ("text", "year"), [("1/1/68", 2068), ("1/1/69", 1969), ("1/1/00", 2000), ("1/1/99", 1999)]
)
def test_a_year_of_two_digits_is_1969_to_2068(text: str, year: int) -> None:
    written = read_date(text)
    assert written.on == date(year, 1, 1)
    assert written.is_exact and not written.is_plain


@pytest.mark.parametrize(
    ("parts", "on", "is_plain", "wrong"),
    [
        (("27", "3", "2012"), date(2012, 3, 27), True, ()),
        ((" 27th ", "March", "2012"), date(2012, 3, 27), True, ()),
        (("27", "mar.", "12"), date(2012, 3, 27), False, ()),
        (("27", "13", "2012"), None, False, ("month",)),
        (("27", "Mai", "2012"), None, False, ("month",)),
        (("3", "27", "2012"), None, False, ("day", "month")),
        (("31", "2", "2012"), None, False, ("day",)),
        (("x", "2", "1812"), None, False, ("day", "year")),
        (("27", "3", "1812"), None, False, ("year",)),
        (("27", "3", "9" * 5000), None, False, ("year",)),
    ],
)
def test_three_parts_are_read_and_the_wrong_ones_named(
    parts: tuple[str, str, str], on: date | None, is_plain: bool, wrong: tuple[str, ...]
) -> None:
    written = read_parts(*parts, TODAY)
    assert (written.on, written.is_plain, written.wrong_parts) == (on, is_plain, wrong)
    assert bool(written.problem) == bool(wrong)
    assert len(written.problem) < 200


@pytest.mark.parametrize(
    ("value", "is_1904", "on"),
    [
        (40816, False, date(2011, 9, 30)),
        (40816.75, False, date(2011, 9, 30)),
        (39354, True, date(2011, 9, 30)),
        ("40816", False, date(2011, 9, 30)),
        ((EARLIEST_SERIAL - date(1899, 12, 30)).days, False, EARLIEST_SERIAL),
        ((EARLIEST_SERIAL - date(1899, 12, 30)).days - 1, False, None),
        (73415.9, False, date(2100, 12, 31)),
        (73416, False, None),
        (2012, False, None),
        (30.9, False, None),
        (-1, False, None),
        (10**400, False, None),
        (float("nan"), False, None),
        (float("inf"), True, None),
        (True, False, None),
        (time(9, 30), False, None),
        (datetime(2011, 9, 30, 17, 5), False, date(2011, 9, 30)),  # noqa: DTZ001
        (date(2011, 9, 30), False, date(2011, 9, 30)),
        (date(1899, 12, 31), False, None),
        ("30.9.11", False, date(2011, 9, 30)),
    ],
)
def test_a_cell_holds_a_date_a_serial_number_or_a_text(value: object, is_1904: bool, on: date | None) -> None:
    written = read_cell(value, is_1904=is_1904)
    assert written.on == on, written
    assert written.is_exact is (on is not None)
    assert bool(written.problem) == (on is None) or value == time(9, 30)


def test_a_cell_without_anything_has_no_date_and_a_text_of_five_digits_is_doubted() -> None:
    assert read_cell(None).on is None and not read_cell(None).problem
    assert read_cell("40816").doubt == "“40816” is read as a spreadsheet’s number of 30 September 2011."


FORMS = [
    "%d/%m/%Y",
    "%d.%m.%Y",
    "%d %m %Y",
    "%Y-%m-%d",
    "%Y-%m-%d 00:00:00",
    "%d %B %Y",
    "%d-%b-%Y",
    "%B %d, %Y",
    "%A, %d %B %Y",
    "%d%m%Y",
    "%Y%m%d",
    "Leaflet to be printed by %d/%m/%Y, then sent",
]


@given(st.dates(date(1900, 1, 1), date(2100, 12, 31)), st.sampled_from(FORMS))
def test_every_day_written_in_every_form_reads_back(day: date, form: str) -> None:
    written = read_date(day.strftime(form))
    assert (written.on, written.problem, written.doubt) == (day, "", "")
    assert read_date(f"{day.day}/{day.month}/{day.year}").on == day
    assert read_date(date_uk(day)).on == read_date(date_short(day)).on == day


@given(st.dates(date(1969, 1, 1), date(2068, 12, 31)), st.sampled_from(["%d/%m/%y", "%d.%m.%y", "%d %b %y"]))
def test_every_day_with_a_year_of_two_digits_reads_back(day: date, form: str) -> None:
    assert read_date(day.strftime(form)).on == day


@given(st.dates(date(1900, 1, 1), date(2099, 12, 31)), st.sampled_from(["%B %Y", "by end of %b %Y", "%m/%Y"]))
def test_every_month_reads_back_as_its_last_day(day: date, form: str) -> None:
    last = day.replace(day=calendar.monthrange(day.year, day.month)[1])
    assert read_date(day.strftime(form)).on == last


@given(st.dates(EARLIEST_SERIAL, date(2100, 12, 31)), st.booleans())
def test_every_serial_number_reads_back(day: date, is_1904: bool) -> None:
    # The anchor: 30 September 2011 is 40816, or 39354 where the count begins in 1904.
    serial = (day - date(2011, 9, 30)) // timedelta(days=1) + (39354 if is_1904 else 40816)
    assert read_serial(serial, is_1904=is_1904).on == day


@given(any_text, any_text, any_text)
@example("30/9/11 - 1/1/12 - ", "0" * 400, "٢٠١٢")
def test_no_text_ever_raises_or_is_read_as_two_things(day: str, month: str, year: str) -> None:
    for written in (read_date(day, TODAY), read_cell(month, TODAY), read_parts(day, month, year, TODAY)):
        assert not (written.on and written.problem)
        assert not written.is_exact or written.on
        assert "\n" not in written.words
