"""The stories: in order, on working days, always the same, and never too long for their dates."""

from dataclasses import replace
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kscb_actions.demo.content import AS_AT, MANAGER, read_content
from kscb_actions.demo.schedule import (
    meeting_on_or_after,
    meeting_on_or_before,
    on_or_after,
    on_or_before,
)
from kscb_actions.demo.stories import STORIES, expand
from kscb_actions.demo.story_builder import Deciders, DoesNotFit, Operation, Plot
from kscb_actions.working_days.england import is_working_day

CONTENT = read_content()
PLOTS = [plot for review in CONTENT.reviews for plot in review.plots()]
A_PLOT = Plot(
    key="SCR-2011-09/A1",
    story="accepted_on_time",
    thing="the checklist",
    work="policy",
    lead="lead@agency.example",
    deciders=Deciders("chair@board.example"),
    manager="manager@board.example",
    added_on=date(2011, 3, 1),
    due_on=date(2011, 9, 30),
)


@pytest.mark.parametrize("plot", PLOTS, ids=lambda plot: plot.key)
def test_a_story_runs_in_order_on_working_days_up_to_the_day(plot: Plot) -> None:
    steps = expand(plot, CONTENT.phrases, AS_AT)
    moments = [(step.on, step.hour) for step in steps]
    assert moments == sorted(moments)
    assert all(plot.added_on <= step.on <= AS_AT for step in steps)
    assert all(is_working_day(step.on) for step in steps)
    assert all(9 <= step.hour <= 16 for step in steps)


@pytest.mark.parametrize("plot", PLOTS, ids=lambda plot: plot.key)
def test_each_step_is_taken_by_whoever_may_take_it(plot: Plot) -> None:
    deciding = {Operation.DECIDE, Operation.DECIDE_EXTENSION, Operation.CHANGE_DUE_DATE}
    deciding |= {Operation.REOPEN}
    for step in expand(plot, CONTENT.phrases, AS_AT):
        if step.operation in deciding:
            assert step.by == plot.deciders.on(step.on)
        elif step.operation is Operation.SET_STANDING:
            assert step.by == MANAGER
        else:
            assert step.by == plot.lead


def test_evidence_speaks_of_no_day_after_it_was_attached() -> None:
    for plot in PLOTS:
        for step in expand(plot, CONTENT.phrases, AS_AT):
            if step.operation is Operation.ADD_EVIDENCE:
                assert plot.added_on <= step.payload["dated_on"] <= step.on, plot.key


def test_no_text_is_left_with_a_gap() -> None:
    for plot in PLOTS:
        for step in expand(plot, CONTENT.phrases, AS_AT):
            for value in step.payload.values():
                if isinstance(value, str):
                    assert value.strip() and "{" not in value and " | " not in value, f"{plot.key}: {value}"


def test_every_story_is_told_and_every_told_story_exists() -> None:
    assert {plot.story for plot in PLOTS} == set(STORIES)


def test_a_story_is_always_told_the_same_way() -> None:
    for plot in PLOTS[:40]:
        assert expand(plot, CONTENT.phrases, AS_AT) == expand(plot, CONTENT.phrases, AS_AT)


def test_three_years_are_told_of() -> None:
    years = {step.on.year for plot in PLOTS for step in expand(plot, CONTENT.phrases, AS_AT)}
    assert years == {2009, 2010, 2011, 2012}


def test_some_are_overdue_by_a_day_and_some_by_more_than_a_year() -> None:
    late = {
        (AS_AT - plot.due_on).days
        for plot in PLOTS
        if plot.due_on and plot.story in ("overdue_silent", "overdue_with_updates")
    }
    assert 1 in late
    assert max(late) > 365


def test_the_words_of_two_actions_about_the_same_kind_of_work_differ() -> None:
    told = [
        [step.payload.get("narrative") for step in expand(replace(A_PLOT, key=key), CONTENT.phrases, AS_AT)]
        for key in ("SCR-2011-09/A1", "SCR-2011-09/A2", "SCR-2011-09/A3")
    ]
    assert told[0] != told[1] or told[1] != told[2]


@pytest.mark.parametrize(
    ("plot", "message"),
    [
        (replace(A_PLOT, story="no_such_story"), "no story called no_such_story"),
        (replace(A_PLOT, due_on=None), "needs a due date"),
        (replace(A_PLOT, story="accepted_very_late", due_on=date(2012, 3, 1)), "would reach"),
    ],
)
def test_a_story_that_does_not_fit_says_which_and_why(plot: Plot, message: str) -> None:
    with pytest.raises(DoesNotFit, match=message) as told:
        expand(plot, CONTENT.phrases, AS_AT)
    assert plot.key in str(told.value)


@given(st.dates(date(2009, 4, 1), date(2012, 3, 1)))
def test_the_nearest_working_days_and_meetings_are_near(day: date) -> None:
    assert is_working_day(on_or_after(day)) and is_working_day(on_or_before(day))
    assert timedelta(0) <= on_or_after(day) - day <= timedelta(days=5)
    assert timedelta(0) <= day - on_or_before(day) <= timedelta(days=5)
    before, after = meeting_on_or_before(day), meeting_on_or_after(day)
    assert before <= day <= after and after - before in (timedelta(0), timedelta(days=28), timedelta(days=35))
    assert after.weekday() == before.weekday() == 2 and 15 <= after.day <= 21
