"""What each guidance asks: the kinds it offers, the stages of each, and its clocks on every boundary."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kscb_actions.reviews.guidance.rules import (
    CLOCKS,
    PROFILES,
    ClockDates,
    all_stages,
    clocks_of,
    kinds_offered,
    problems_with_course,
    problems_with_guidance,
    stages_offered,
    working_days_after,
)
from kscb_actions.reviews.rules import KIND_NAMES, STAGE_NAMES
from kscb_actions.settings.rules import GUIDANCE_NAMES, Board, Guidance, usual_guidance
from kscb_actions.working_days.england import is_working_day

KNOWN = date(2025, 12, 18)


@pytest.mark.parametrize(
    ("day", "count", "later"),
    [
        (date(2026, 6, 1), 0, date(2026, 6, 1)),
        (date(2026, 6, 1), 1, date(2026, 6, 2)),
        (date(2026, 6, 1), 5, date(2026, 6, 8)),
        (date(2026, 6, 1), 15, date(2026, 6, 22)),
        # A day on which nobody works counts as the day before the next working day.
        (date(2026, 6, 5), 5, date(2026, 6, 12)),
        (date(2026, 6, 6), 5, date(2026, 6, 12)),
        (date(2026, 6, 7), 5, date(2026, 6, 12)),
        # Good Friday and Easter Monday; the two holidays of May; August.
        (date(2026, 4, 1), 5, date(2026, 4, 10)),
        (date(2026, 4, 3), 1, date(2026, 4, 7)),
        (date(2026, 4, 30), 5, date(2026, 5, 8)),
        (date(2026, 5, 21), 5, date(2026, 5, 29)),
        (date(2026, 8, 27), 5, date(2026, 9, 4)),
        # Christmas and New Year; a holiday in place of Boxing Day on a Saturday.
        (KNOWN, 5, date(2025, 12, 29)),
        (KNOWN, 15, date(2026, 1, 13)),
        (date(2025, 12, 24), 1, date(2025, 12, 29)),
        (date(2025, 12, 31), 1, date(2026, 1, 2)),
        (date(2026, 12, 24), 1, date(2026, 12, 29)),
        # A holiday of one year alone.
        (date(2022, 9, 16), 1, date(2022, 9, 20)),
        (date(2023, 9, 15), 1, date(2023, 9, 18)),
        # Of a year without a table only the weekends are known.
        (date(2101, 12, 23), 5, date(2101, 12, 30)),
        (date(1700, 12, 24), 1, date(1700, 12, 27)),
    ],
)
def test_working_days_are_counted_from_the_day_after(day: date, count: int, later: date) -> None:
    assert working_days_after(day, count, is_working_day) == later


@given(st.dates(date(1990, 1, 1), date(2099, 1, 1)), st.integers(1, 30))
def test_exactly_so_many_working_days_lie_between(day: date, count: int) -> None:
    later = working_days_after(day, count, is_working_day)
    between = [day + timedelta(days=number) for number in range(1, (later - day).days + 1)]
    assert sum(map(is_working_day, between)) == count and is_working_day(later)


@pytest.mark.parametrize(
    ("clock", "started_on", "due_on"),
    [
        ("decision", date(2012, 1, 31), date(2012, 2, 29)),
        ("decision", date(2011, 1, 31), date(2011, 2, 28)),
        ("decision", date(2009, 12, 1), date(2010, 1, 1)),
        ("completion", date(2009, 12, 17), date(2010, 4, 17)),
        ("completion", date(2009, 12, 18), date(2010, 6, 18)),
        ("completion", date(2009, 10, 31), date(2010, 2, 28)),
        ("completion", date(2011, 8, 31), date(2012, 2, 29)),
        ("completion", date(2011, 8, 29), date(2012, 2, 29)),
        ("completion", date(2012, 8, 31), date(2013, 2, 28)),
    ],
)
def test_a_statutory_clock_runs_out_when_the_guidance_of_its_day_says(
    clock: str, started_on: date, due_on: date
) -> None:
    assert CLOCKS[clock].due_on(started_on, is_working_day) == due_on


NOTIFIED, DECIDED, REPORT = date(2011, 1, 31), date(2011, 3, 1), date(2011, 9, 2)


@pytest.mark.parametrize(
    ("kind", "reached", "clocks"),
    [
        ("scr", [], {}),
        ("scr", [("notified", NOTIFIED)], {"decision": ClockDates(date(2011, 2, 28), None)}),
        (
            "scr",
            [("notified", NOTIFIED), ("decided", DECIDED)],
            {
                "decision": ClockDates(date(2011, 2, 28), DECIDED),
                "completion": ClockDates(date(2011, 9, 1), None),
            },
        ),
        ("scr", [("decided", DECIDED)], {"completion": ClockDates(date(2011, 9, 1), None)}),
        (
            "scr",
            [("decided", DECIDED), ("not_published", REPORT)],
            {"completion": ClockDates(date(2011, 9, 1), REPORT)},
        ),
        (
            "scr",
            [("decided", DECIDED), ("published", date(2012, 1, 9)), ("report_to_board", REPORT)],
            {"completion": ClockDates(date(2011, 9, 1), REPORT)},
        ),
        (
            "lcspr",
            [("notified", NOTIFIED), ("decided", DECIDED)],
            {"completion": ClockDates(date(2011, 9, 1), None)},
        ),
        ("inspection", [("notified", NOTIFIED), ("decided", DECIDED)], {}),
        ("strategy", [("notified", NOTIFIED), ("decided", DECIDED)], {}),
        ("complaint", [("notified", NOTIFIED), ("decided", DECIDED)], {}),
        ("scr", [("monitoring", REPORT)], {}),
    ],
)
def test_clocks_follow_from_the_stages(
    kind: str, reached: list[tuple[str, date]], clocks: dict[str, ClockDates]
) -> None:
    assert clocks_of("serious_case", kind, reached, is_working_day) == clocks
    assert clocks_of("serious_case", kind, reversed(reached), is_working_day) == clocks


NOTIFIED_ON, REVIEWED, REPLIED = date(2025, 12, 24), date(2026, 1, 21), date(2026, 2, 4)
HELD, PUBLISHED = date(2026, 2, 6), date(2026, 8, 6)


@pytest.mark.parametrize(
    ("reached", "clocks"),
    [
        ([], {}),
        ([("incident_known", KNOWN)], {"notification": (date(2025, 12, 29), None)}),
        (
            [("incident_known", KNOWN), ("notified", NOTIFIED_ON)],
            {"notification": (date(2025, 12, 29), NOTIFIED_ON), "rapid_review": (date(2026, 1, 19), None)},
        ),
        ([("notified", NOTIFIED_ON)], {"rapid_review": (date(2026, 1, 19), None)}),
        (
            [("notified", NOTIFIED_ON), ("rapid_review", REVIEWED)],
            {"rapid_review": (date(2026, 1, 19), REVIEWED), "panel_reply": (date(2026, 2, 4), None)},
        ),
        (
            [("rapid_review", REVIEWED), ("panel_reply", REPLIED)],
            {"panel_reply": (date(2026, 2, 4), REPLIED)},
        ),
        ([("rapid_review", REVIEWED), ("not_held", HELD)], {"panel_reply": (date(2026, 2, 4), None)}),
        ([("decided", HELD)], {"publication": (PUBLISHED, None)}),
        ([("decided", HELD), ("report_to_board", PUBLISHED)], {"publication": (PUBLISHED, None)}),
        ([("decided", HELD), ("published", PUBLISHED)], {"publication": (PUBLISHED, PUBLISHED)}),
        ([("decided", HELD), ("not_published", PUBLISHED)], {"publication": (PUBLISHED, PUBLISHED)}),
        # The first day of a stage counts, also where it is entered twice.
        (
            [("notified", NOTIFIED_ON), ("notified", REVIEWED)],
            {"rapid_review": (date(2026, 1, 19), None)},
        ),
    ],
)
def test_the_clocks_of_today_follow_from_the_stages(
    reached: list[tuple[str, date]], clocks: dict[str, tuple[date, date | None]]
) -> None:
    wanted = {code: ClockDates(*dates) for code, dates in clocks.items()}
    assert clocks_of("practice", "lcspr", reached, is_working_day) == wanted
    assert clocks_of("practice", "lcspr", reversed(reached), is_working_day) == wanted


def test_every_guidance_has_its_kinds_and_stages_and_no_others() -> None:
    then, today = (kinds_offered(each, True) for each in Guidance)
    assert set(then) ^ set(today) == {"scr", "lcspr"} and "scr" in then and "lcspr" in today
    assert {*then, *today} == set(KIND_NAMES)
    assert "child_death" not in kinds_offered("practice", False)
    assert {*all_stages("serious_case"), *all_stages("practice")} == set(STAGE_NAMES)
    assert not {"incident_known", "rapid_review", "panel_reply"} & {*all_stages("serious_case")}
    assert list(stages_offered("practice", "lcspr"))[:5] == [
        *("incident_known", "notified", "rapid_review", "panel_reply", "decided")
    ]
    assert stages_offered("practice", "audit") == stages_offered("serious_case", "audit")


def test_every_clock_starts_and_ends_at_a_stage_of_its_own_course_and_tells_its_rule_in_words() -> None:
    used = set()
    for profile in PROFILES.values():
        for course in profile.courses.values():
            assert set(course.awaits_decision) <= set(course.stages)
            for clock in course.clocks:
                assert {*clock.starts, *clock.met_by} <= set(course.stages)
                assert str(clock.rule).endswith(".") and len(clock.code) <= 20
                used.add(clock.code)
    assert used == set(CLOCKS)


@pytest.mark.parametrize(
    ("guidance", "kind", "stage", "fields"),
    [
        ("serious_case", "scr", "notified", set()),
        ("practice", "lcspr", "rapid_review", set()),
        ("practice", "inspection", "monitoring", set()),
        ("serious_case", "lcspr", "under_consideration", set()),
        ("practice", "scr", "notified", {"kind"}),
        ("practice", "lcspr", "under_consideration", {"stage"}),
        ("practice", "audit", "rapid_review", {"stage"}),
        ("serious_case", "scr", "panel_reply", {"stage"}),
        ("", "scr", "notified", {"guidance"}),
        ("other", "scr", "notified", {"guidance"}),
        ("practice", "no such kind", "notified", set()),
        ("practice", "lcspr", "no such stage", set()),
    ],
)
def test_what_is_wrong_with_a_course_is_said_at_its_field(
    guidance: str, kind: str, stage: str, fields: set[str]
) -> None:
    found = problems_with_guidance(guidance, kind) | problems_with_course(guidance, kind, stage)
    assert set(found) == fields


def test_a_board_that_has_chosen_nothing_goes_by_the_guidance_of_the_day() -> None:
    assert usual_guidance(date(2019, 9, 28)) == "serious_case" == Board().guidance_on(date(2012, 3, 30))
    assert usual_guidance(date(2019, 9, 29)) == "practice" == Board().guidance_on(date(2026, 1, 1))
    assert Board(guidance="practice").guidance_on(date(2012, 3, 30)) == "practice"
    assert set(GUIDANCE_NAMES) == set(Guidance)
