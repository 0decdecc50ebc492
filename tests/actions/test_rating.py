"""Rating and timeliness at every boundary, in words, and the same in SQL."""

import re
import shutil
from collections.abc import Iterator
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from kscb_actions import clock, database
from kscb_actions.access.policy import SYSTEM
from kscb_actions.actions.models import Action
from kscb_actions.actions.narrowing import Filter, matching, rule_place, with_result
from kscb_actions.actions.rating import (
    COLOUR_NAMES,
    RULE_NAMES,
    TIMELINESS_NAMES,
    URGENCY_NAMES,
    Colour,
    Timeliness,
    Urgency,
    legend,
    rate,
    rating_rules,
    reason_of,
    rule_meanings,
    timeliness,
    timeliness_rules,
    timeliness_words,
    urgency,
)
from kscb_actions.actions.rules import ASSURANCE_NAMES, PROGRESS_NAMES, STANDING_NAMES
from kscb_actions.actions.turn import Moves, RatingFacts
from kscb_actions.settings.rules import Thresholds

from ..factories import TODAY, World
from ..long import amount
from .rows import put

THRESHOLDS = Thresholds()
LEAP = date(2012, 2, 29)


def facts(today: date = TODAY, **changes: Any) -> RatingFacts:
    """Return an action on course: updated yesterday, due in a hundred days."""
    due = today + timedelta(days=100)
    plain = RatingFacts("active", "in_progress", "none", today - timedelta(days=1), due, due, None, 0)
    return replace(plain, **changes)


def due(days: int, today: date = TODAY, **changes: Any) -> RatingFacts:
    """Return an action due so many days from today."""
    return facts(today, current_due_on=today + timedelta(days=days), **changes)


def quiet(days: int, **changes: Any) -> RatingFacts:
    """Return an action last updated so many days ago."""
    return facts(updated_on=TODAY - timedelta(days=days), **changes)


def done(days_late: int, assurance: str = "submitted", **changes: Any) -> RatingFacts:
    """Return an action whose due date has passed, reported done so many days after it."""
    due_on = TODAY - timedelta(days=40)
    reported = due_on + timedelta(days=days_late)
    return facts(
        progress="done",
        assurance=assurance,
        current_due_on=due_on,
        reported_done_on=reported,
        updated_on=reported,
        **changes,
    )


@pytest.mark.parametrize(
    ("case", "colour", "reason"),
    [
        (facts(), Colour.GREEN, "On course"),
        (facts(progress="not_started"), Colour.GREEN, "On course"),
        (due(-1), Colour.RED, "Overdue by 1 day"),
        (due(-2), Colour.RED, "Overdue by 2 days"),
        (due(-400), Colour.RED, "Overdue by 400 days"),
        (due(0), Colour.AMBER, "Due today"),
        (due(1), Colour.AMBER, "Due in 1 day"),
        (due(2), Colour.AMBER, "Due in 2 days"),
        (due(14), Colour.AMBER, "Due in 14 days"),
        (due(15), Colour.GREEN, "On course"),
        (quiet(89), Colour.GREEN, "On course"),
        (quiet(90), Colour.AMBER, "No update for 90 days"),
        (quiet(91), Colour.AMBER, "No update for 91 days"),
        (facts(extension_count=1), Colour.GREEN, "On course"),
        (facts(extension_count=2), Colour.AMBER, "Due date extended twice"),
        (facts(extension_count=3), Colour.AMBER, "Due date extended 3 times"),
        (facts(current_due_on=None), Colour.AMBER, "No due date set"),
        (facts(assurance="returned"), Colour.AMBER, "Returned by the Board"),
        (due(-1, assurance="returned"), Colour.RED, "Overdue by 1 day"),
        (facts(progress="cannot_be_done"), Colour.RED, "The agency says it cannot be done"),
        (due(-1, progress="cannot_be_done"), Colour.RED, "The agency says it cannot be done"),
        (done(0), Colour.GREEN, "Reported done, waiting for the Board’s check"),
        (done(1), Colour.GREEN, "Reported done, waiting for the Board’s check"),
        (
            due(3, progress="done", assurance="submitted"),
            Colour.GREEN,
            "Reported done, waiting for the Board’s check",
        ),
        (
            quiet(90, progress="done", assurance="submitted"),
            Colour.GREEN,
            "Reported done, waiting for the Board’s check",
        ),
        (
            quiet(90, progress="done", assurance="submitted", moves=Moves(is_asked=True)),
            Colour.AMBER,
            "No update for 90 days",
        ),
        (
            quiet(89, progress="done", assurance="submitted", moves=Moves(is_asked=True)),
            Colour.GREEN,
            "Reported done, and asked about by the Board",
        ),
        (quiet(400, moves=Moves(more_time_on=TODAY)), Colour.GREEN, "On course"),
        (quiet(100, moves=Moves(waited_days=11)), Colour.GREEN, "On course"),
        (
            quiet(100, moves=Moves(waited_days=10)),
            Colour.AMBER,
            "No update for 90 days of the agency’s turn",
        ),
        (quiet(400, moves=Moves(moved_on=TODAY - timedelta(days=89))), Colour.GREEN, "On course"),
        (
            quiet(400, moves=Moves(moved_on=TODAY - timedelta(days=90))),
            Colour.AMBER,
            "No update for 90 days of the agency’s turn",
        ),
        (done(0, "accepted"), Colour.BLUE, "Accepted by the Board"),
        (quiet(400, moves=Moves(is_held=True)), Colour.GREEN, "On course"),
        (quiet(400, moves=Moves(lifted_on=TODAY - timedelta(days=89))), Colour.GREEN, "On course"),
        (
            quiet(400, moves=Moves(lifted_on=TODAY - timedelta(days=90))),
            Colour.AMBER,
            "No update for 90 days of the agency’s turn",
        ),
        # A hold that ended before the last update has put nothing off.
        (quiet(90, moves=Moves(lifted_on=TODAY - timedelta(days=91))), Colour.AMBER, "No update for 90 days"),
        (due(-1, moves=Moves(is_held=True)), Colour.RED, "Overdue by 1 day"),
        (due(14, moves=Moves(is_held=True)), Colour.AMBER, "Due in 14 days"),
        (facts(current_due_on=None, moves=Moves(is_held=True)), Colour.AMBER, "No due date set"),
        (done(30, "accepted", extension_count=5), Colour.BLUE, "Accepted by the Board"),
        (due(-1, standing="on_hold"), Colour.GREY, "On hold"),
        (due(-1, standing="superseded"), Colour.GREY, "Superseded"),
        (due(-1, standing="withdrawn", progress="cannot_be_done"), Colour.GREY, "Withdrawn"),
        (facts(standing="on_hold", current_due_on=None), Colour.GREY, "On hold"),
    ],
)
def test_the_rating_and_its_reason_at_each_boundary(case: RatingFacts, colour: Colour, reason: str) -> None:
    rating = rate(case, TODAY, THRESHOLDS)
    assert (rating.colour, rating.reason) == (colour, reason)


@pytest.mark.parametrize(
    ("case", "words", "result"),
    [
        (due(-1), "Overdue by 1 day", Timeliness.OVERDUE),
        (due(0), "Due today", Timeliness.DUE_SOON),
        (due(1), "Due in 1 day", Timeliness.DUE_SOON),
        (due(14), "Due in 14 days", Timeliness.DUE_SOON),
        (due(15), "Due in 15 days", Timeliness.NOT_DUE),
        (facts(current_due_on=None), "No date set", Timeliness.NO_DATE),
        (done(-1), "Done on time", Timeliness.DONE_ON_TIME),
        (done(0), "Done on time", Timeliness.DONE_ON_TIME),
        (done(1), "Done 1 day late", Timeliness.DONE_LATE),
        (done(2, "accepted"), "Done 2 days late", Timeliness.DONE_LATE),
        (done(2, "returned"), "Overdue by 40 days", Timeliness.OVERDUE),
        (
            facts(assurance="submitted", current_due_on=None, reported_done_on=TODAY),
            "Done, no date to judge it by",
            Timeliness.DONE_NO_DATE,
        ),
        (due(9, assurance="submitted"), "Done, no date to judge it by", Timeliness.DONE_NO_DATE),
        (due(-9, progress="cannot_be_done"), "Overdue by 9 days", Timeliness.OVERDUE),
        (due(-9, standing="on_hold"), "Not counted", Timeliness.STOPPED),
        (done(3, standing="superseded"), "Not counted", Timeliness.STOPPED),
    ],
)
def test_timeliness_at_each_boundary(case: RatingFacts, words: str, result: Timeliness) -> None:
    assert timeliness_words(case, TODAY) == words
    assert timeliness(case, TODAY, THRESHOLDS) is result


@pytest.mark.parametrize(
    ("today", "due_on", "words"),
    [
        (date(2012, 2, 28), LEAP, "Due in 1 day"),
        (LEAP, LEAP, "Due today"),
        (date(2012, 3, 1), LEAP, "Overdue by 1 day"),
        (date(2012, 3, 1), date(2012, 2, 28), "Overdue by 2 days"),
        (date(2011, 3, 1), date(2011, 2, 28), "Overdue by 1 day"),
        (date(2012, 1, 31), date(2012, 1, 31), "Due today"),
        (date(2012, 2, 1), date(2012, 1, 31), "Overdue by 1 day"),
        (date(2012, 4, 30), date(2012, 5, 1), "Due in 1 day"),
        (date(2011, 12, 31), date(2012, 1, 1), "Due in 1 day"),
        (date(2012, 1, 1), date(2011, 12, 31), "Overdue by 1 day"),
        (date(2012, 3, 24), date(2012, 3, 25), "Due in 1 day"),
        (date(2012, 3, 26), date(2012, 3, 25), "Overdue by 1 day"),
        (date(2012, 10, 29), date(2012, 10, 28), "Overdue by 1 day"),
    ],
)
def test_days_are_counted_right_over_month_ends_leap_days_and_clock_changes(
    today: date, due_on: date, words: str
) -> None:
    assert timeliness_words(facts(today, current_due_on=due_on), today) == words


@pytest.mark.parametrize(
    ("today", "colour"),
    [(date(2012, 2, 14), Colour.GREEN), (date(2012, 2, 15), Colour.AMBER), (date(2012, 3, 1), Colour.RED)],
)
def test_fourteen_days_before_a_leap_day(today: date, colour: Colour) -> None:
    assert rate(facts(today, current_due_on=LEAP), today, THRESHOLDS).colour is colour


def test_thresholds_are_the_boards_to_set() -> None:
    own = Thresholds(due_soon_days=7, silent_days=30, many_extensions=1)
    assert rate(due(8), TODAY, own).colour is Colour.GREEN
    assert rate(due(7), TODAY, own).code == "due_soon"
    assert rate(quiet(29), TODAY, own).colour is Colour.GREEN
    assert rate(quiet(30), TODAY, own).code == "silent"
    assert rate(facts(extension_count=1), TODAY, own).reason == "Due date extended once"
    assert "7 days" in dict(legend(own))[Colour.AMBER]
    assert "30 days" in dict(legend(own))[Colour.AMBER]


def test_every_colour_timeliness_and_rule_has_words() -> None:
    assert {colour for colour, _ in legend(THRESHOLDS)} == set(Colour) == set(COLOUR_NAMES)
    assert set(TIMELINESS_NAMES) == set(SAID) == set(Timeliness)
    assert {rule.code for rule in rating_rules(THRESHOLDS)} == set(RULE_NAMES)


def test_a_colour_is_explained_by_the_words_of_its_rules() -> None:
    """The legend, the method of a paper and the reason on a page cannot tell a rule differently."""
    thresholds = Thresholds(due_soon_days=7, silent_days=30, many_extensions=3)
    meanings = rule_meanings(thresholds)
    told = dict(legend(thresholds))
    for rule in rating_rules(thresholds):
        assert meanings[rule.code].lower() in told[Colour(rule.result)].lower(), rule.code
    assert told[Colour.AMBER].count("; or ") == 5
    assert told[Colour.GREEN].endswith("on course. Green does not mean done.")


def test_a_reason_without_a_figure_is_the_name_of_its_rule() -> None:
    for code in set(RULE_NAMES) - {"overdue", "due_soon", "silent", "extended"}:
        assert reason_of(code, facts(), TODAY) == RULE_NAMES[code]


@pytest.mark.parametrize(
    ("case", "expected"),
    [
        (due(-1), Urgency.PRESSING),
        (due(90, assurance="returned"), Urgency.PRESSING),
        (due(90, progress="cannot_be_done"), Urgency.PRESSING),
        (due(0), Urgency.SOON),
        (due(14), Urgency.SOON),
        (due(15), Urgency.REST),
        (facts(current_due_on=None), Urgency.REST),
        (done(0), Urgency.CLOSED),
        (due(-1, standing="on_hold"), Urgency.CLOSED),
    ],
)
def test_how_pressing_an_action_is_for_its_agency(case: RatingFacts, expected: Urgency) -> None:
    assert urgency(case, TODAY, THRESHOLDS) is expected
    assert URGENCY_NAMES[expected]


DAYS = st.dates(date(2011, 6, 1), date(2012, 12, 31))
NEAR = st.integers(-120, 120).map(lambda days: TODAY + timedelta(days=days))
ANY_FACTS = st.builds(
    RatingFacts,
    standing=st.sampled_from([str(each) for each in STANDING_NAMES]),
    progress=st.sampled_from([str(each) for each in PROGRESS_NAMES]),
    assurance=st.sampled_from([str(each) for each in ASSURANCE_NAMES]),
    updated_on=NEAR,
    original_due_on=st.none() | NEAR,
    current_due_on=st.none() | NEAR,
    reported_done_on=st.none() | NEAR,
    extension_count=st.integers(0, 4),
)
ANY_THRESHOLDS = st.builds(
    Thresholds,
    due_soon_days=st.integers(1, 40),
    silent_days=st.integers(1, 120),
    many_extensions=st.integers(1, 4),
)


@given(ANY_FACTS, DAYS, ANY_THRESHOLDS)
def test_one_colour_and_never_red_or_late_when_stopped(
    case: RatingFacts, today: date, thresholds: Thresholds
) -> None:
    rating = rate(case, today, thresholds)
    assert rating.reason and rating.colour in Colour
    stopped = case.standing != "active"
    assert (rating.colour is Colour.GREY) is stopped
    assert (timeliness(case, today, thresholds) is Timeliness.STOPPED) is stopped
    assert not (stopped and timeliness_words(case, today).startswith("Overdue"))
    if timeliness(case, today, thresholds) is Timeliness.OVERDUE:
        assert rating.colour is Colour.RED
        assert timeliness_words(case, today).startswith("Overdue by ")
    if not stopped and case.assurance == "accepted":
        assert rating.colour is Colour.BLUE
    if rating.colour is Colour.BLUE:
        assert case.assurance == "accepted"


SAID = {
    Timeliness.OVERDUE: r"Overdue by ([1-9]\d*) days?",
    Timeliness.DUE_SOON: r"Due today|Due in ([1-9]\d*) days?",
    Timeliness.NOT_DUE: r"Due in ([1-9]\d*) days?",
    Timeliness.NO_DATE: "No date set",
    Timeliness.DONE_ON_TIME: "Done on time",
    Timeliness.DONE_LATE: r"Done ([1-9]\d*) days? late",
    Timeliness.DONE_NO_DATE: "Done, no date to judge it by",
    Timeliness.STOPPED: "Not counted",
}


@given(ANY_FACTS, DAYS, ANY_THRESHOLDS, st.sampled_from(["current_due_on", "original_due_on"]))
@example(due(0), TODAY, THRESHOLDS, "current_due_on")
@example(done(1), TODAY, THRESHOLDS, "current_due_on")
def test_timeliness_is_said_as_the_table_has_it(
    case: RatingFacts, today: date, thresholds: Thresholds, against: str
) -> None:
    when, due_on = timeliness(case, today, thresholds, against), getattr(case, against)
    found = re.fullmatch(SAID[when], timeliness_words(case, today, against))
    assert found, when
    if any(found.groups()):
        there = case.reported_done_on if when is Timeliness.DONE_LATE else today
        assert there is not None and int(found[1]) == abs((there - due_on).days)


@pytest.fixture(scope="module")
def row(tmp_path_factory: pytest.TempPathFactory, migrated: Path) -> Iterator[Action]:
    """Yield one action in a database of its own, for many examples."""
    folder = tmp_path_factory.mktemp("rating")
    shutil.copy(migrated, folder / "kscb.db")
    # Long before all that the examples say of it, so that its history says nothing later.
    recorded = clock.at(date(2010, 1, 1))
    with database.connect_to(f"sqlite:///{folder / 'kscb.db'}").connection_context(), recorded:
        database.db.execute_sql("PRAGMA synchronous = OFF")
        yield World(folder / "evidence").action(due_on=TODAY)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None, max_examples=amount(80))
@given(ANY_FACTS, DAYS, ANY_THRESHOLDS)
@example(due(0), TODAY, THRESHOLDS)
@example(due(14), TODAY, THRESHOLDS)
@example(due(15), TODAY, THRESHOLDS)
@example(quiet(89), TODAY, THRESHOLDS)
@example(quiet(90), TODAY, THRESHOLDS)
@example(facts(LEAP, current_due_on=LEAP), LEAP, THRESHOLDS)
def test_the_database_rates_a_row_as_the_rules_rate_its_facts(
    row: Action, case: RatingFacts, today: date, thresholds: Thresholds
) -> None:
    put(row, case)
    ratings, times = rating_rules(thresholds), timeliness_rules(thresholds)
    ((rating_at, timeliness_at),) = (
        Action.select(rule_place(ratings, today), rule_place(times, today))
        .where(Action.id == row.id)
        .tuples()
    )
    rating, when = rate(case, today, thresholds), timeliness(case, today, thresholds)
    assert ratings[rating_at].code == rating.code
    assert times[timeliness_at].result == when
    found = matching(SYSTEM, Filter(rating=rating.colour, timeliness=when), today, thresholds)
    assert Action.select().where(found).count() == 1
    for other in set(Colour) - {rating.colour} | {"purple"}:
        assert not Action.select().where(with_result(ratings, other, today)).exists()
