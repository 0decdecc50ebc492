"""The days of a cycle, and who may do what, as tables."""

from datetime import date, timedelta

import pytest

from kscb_actions.access.policy import Role, Viewer
from kscb_actions.meetings.rules import (
    Days,
    When,
    may_minute,
    problems_with_body,
    problems_with_days,
    problems_with_seat,
    propose_days,
    when,
    why_not_changed,
)
from kscb_actions.reports.freezing.rules import is_due, problems_with_reason, why_not_frozen
from kscb_actions.working_days.england import is_working_day

DAY = date(2012, 3, 30)
MARCH = Days(date(2012, 2, 6), date(2012, 2, 20), date(2012, 2, 27), date(2012, 3, 5))
JANUARY = Days(date(2011, 12, 5), date(2011, 12, 19), date(2011, 12, 28), date(2012, 1, 9))


@pytest.mark.parametrize(
    ("past", "expected"),
    [
        # 91 days after 5 March is 4 June 2012, a bank holiday as the 5th is: the meeting moves on to the 6th.
        # The call, 28 days before the 4th, is 7 May: a bank holiday, so it moves back to Friday the 4th.
        ([MARCH], Days(date(2012, 5, 4), date(2012, 5, 21), date(2012, 5, 28), date(2012, 6, 6))),
        # The gap of the last two meetings, 56 days: 30 April.
        ([JANUARY, MARCH], Days(date(2012, 4, 2), date(2012, 4, 16), date(2012, 4, 23), date(2012, 4, 30))),
        # No meeting yet: six weeks on, 11 May; the papers a week before, 4 May.
        ([], Days(date(2012, 4, 13), date(2012, 4, 27), date(2012, 5, 4), date(2012, 5, 11))),
    ],
)
def test_days_are_proposed_with_the_gaps_of_the_last_cycle(past: list[Days], expected: Days) -> None:
    assert propose_days(past, DAY, is_working_day) == expected


@pytest.mark.parametrize("offset", range(370))
def test_a_proposal_is_in_order_and_on_working_days(offset: int) -> None:
    days = propose_days([], DAY + timedelta(days=offset), is_working_day)
    assert problems_with_days(days.call_on, days.closes_on, days.papers_on, days.held_on) == {}
    assert all(is_working_day(day) for day in vars(days).values())


@pytest.mark.parametrize(
    ("days", "fields"),
    [
        ((1, 2, 2, 3), set()),
        ((1, 1, 2, 3), {"closes_on"}),
        ((2, 1, 2, 3), {"closes_on"}),
        ((1, 3, 2, 4), {"papers_on"}),
        ((1, 2, 3, 3), {"held_on"}),
        ((9, 8, 7, 6), {"closes_on", "papers_on", "held_on"}),
        ((None, 2, 3, 4), {"call_on"}),
        ((None, None, None, None), {"call_on", "closes_on", "papers_on", "held_on"}),
    ],
)
def test_days_out_of_order_are_answered_at_the_field(days: tuple[int | None, ...], fields: set[str]) -> None:
    given = [each and date(2012, 3, each) for each in days]
    assert set(problems_with_days(*given)) == fields


def test_a_body_has_one_chair_one_deputy_and_each_person_once() -> None:
    others = [("chair", 1), ("member", None)]
    assert problems_with_seat("Lay member", "member", others, None) == {}
    assert set(problems_with_seat("Lay member", "chair", others, 2)) == {"duty"}
    assert set(problems_with_seat("", "deputy", others, 1)) == {"post", "user"}
    assert set(problems_with_seat("x" * 200, "", [], None)) == {"post", "duty"}


def test_what_is_wrong_with_a_body_is_said_at_the_field() -> None:
    assert problems_with_body("Board", "board", False) == {}
    assert set(problems_with_body("", "", False)) == {"name", "kind"}
    assert set(problems_with_body("Board", "board", True)) == {"name"}
    assert set(problems_with_body("x" * 200, "board", False)) == {"name"}


@pytest.mark.parametrize(
    ("roles", "duty", "allowed"),
    [
        ({Role.MANAGER}, None, True),
        ({Role.CHAIR}, "chair", True),
        ({Role.CHAIR}, "deputy", True),
        ({Role.CHAIR}, "member", False),
        ({Role.CHAIR}, None, False),
        ({Role.SUBGROUP_MEMBER}, "member", False),
    ],
)
def test_the_bodys_chair_and_deputy_and_the_manager_minute(
    roles: set[Role], duty: str | None, allowed: bool
) -> None:
    verdict = may_minute(Viewer(1, "Somebody", roles=frozenset(roles)), duty)
    assert bool(verdict) is allowed
    assert allowed or verdict.reason


def test_where_a_meeting_stands() -> None:
    assert when(DAY, False, DAY) is When.TO_COME
    assert when(DAY, False, DAY + timedelta(days=1)) is When.HELD
    assert when(DAY, True, DAY) is When.CANCELLED
    assert why_not_changed(False, False) is None
    assert why_not_changed(True, False)
    assert why_not_changed(False, True)


@pytest.mark.parametrize(
    ("today", "due"),
    [(DAY, False), (DAY + timedelta(1), True), (DAY + timedelta(5), True), (DAY + timedelta(6), False)],
)
def test_a_paper_is_due_from_the_day_after_closing_until_the_meeting(today: date, due: bool) -> None:
    assert is_due(DAY, DAY + timedelta(days=5), today) is due


def test_why_a_paper_is_not_frozen_by_hand() -> None:
    assert why_not_frozen(False, False, DAY, DAY) is None
    assert why_not_frozen(True, False, DAY, DAY)
    assert why_not_frozen(False, True, DAY, DAY)
    assert why_not_frozen(False, False, DAY, DAY + timedelta(days=1))
    assert set(problems_with_reason("")) == {"reason"}
    assert problems_with_reason("The chair is away.") == {}
