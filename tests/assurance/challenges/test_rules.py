"""Challenges: who raises, answers, closes and escalates at each level, and when; a table for each rule."""

from datetime import date, timedelta
from itertools import combinations

import pytest

from kscb_actions.access.policy import Permission, Role, Viewer, may
from kscb_actions.assurance.challenges.rules import (
    ChallengeFacts,
    InTime,
    Level,
    Question,
    State,
    can_answer,
    can_decide,
    in_time,
    next_level,
    problems_with_question,
    whom_to_ask,
    why_not_answered,
    why_not_escalated,
)

OWN, OTHER = 1, 2
DUE = date(2012, 4, 20)
EVERY_SET_OF_ROLES = [
    frozenset(roles) for count in range(len(Role) + 1) for roles in combinations(Role, count)
]
L = Level


def person(*roles: Role, agency_id: int | None = None, id: int = 7) -> Viewer:
    return Viewer(id=id, name="Somebody", roles=frozenset(roles), agency_id=agency_id)


def facts(level: Level = L.LEAD, state: State = State.OPEN, answered_by: int | None = None) -> ChallengeFacts:
    return ChallengeFacts(OWN, level, state, DUE, answered_by)


def test_each_level_is_escalated_to_the_next_and_the_full_board_to_none() -> None:
    assert [next_level(level) for level in Level] == [
        L.BOARD_MEMBER,
        L.INDEPENDENT_CHAIR,
        L.FULL_BOARD,
        None,
    ]


RAISES = {Role.MANAGER, Role.CHAIR, Role.DEPUTY}
ANSWERS = {
    L.LEAD: {Role.MANAGER, Role.AGENCY_LEAD, Role.BOARD_MEMBER},
    L.BOARD_MEMBER: {Role.MANAGER, Role.BOARD_MEMBER},
    L.INDEPENDENT_CHAIR: {Role.MANAGER, Role.BOARD_MEMBER},
    L.FULL_BOARD: {Role.MANAGER, Role.BOARD_MEMBER},
}
DECIDES = {
    L.LEAD: {Role.MANAGER, Role.CHAIR, Role.DEPUTY},
    L.BOARD_MEMBER: {Role.MANAGER, Role.CHAIR, Role.DEPUTY},
    L.INDEPENDENT_CHAIR: {Role.MANAGER, Role.INDEPENDENT_CHAIR},
    L.FULL_BOARD: {Role.MANAGER, Role.INDEPENDENT_CHAIR},
}


@pytest.mark.parametrize("role", list(Role))
def test_who_raises_is_outside_the_agency(role: Role) -> None:
    outside, inside = person(role, agency_id=OTHER), person(role, agency_id=OWN)
    assert bool(may(outside, Permission.RAISE_CHALLENGE, OWN)) == (role in RAISES)
    assert not may(inside, Permission.RAISE_CHALLENGE, OWN)


@pytest.mark.parametrize("level", list(Level))
@pytest.mark.parametrize("role", list(Role))
def test_who_answers_and_who_decides_at_each_level(role: Role, level: Level) -> None:
    assert bool(can_answer(person(role, agency_id=OWN), OWN, level)) == (role in ANSWERS[level])
    # Only the manager, who records what came by letter, answers for an agency that is not their own.
    assert bool(can_answer(person(role, agency_id=OTHER), OWN, level)) == (role is Role.MANAGER)
    assert bool(can_decide(person(role), facts(level))) == (role in DECIDES[level])


@pytest.mark.parametrize("level", list(Level))
def test_nobody_decides_for_their_own_agency_whatever_roles_they_hold(level: Level) -> None:
    allowed = [
        roles for roles in EVERY_SET_OF_ROLES if can_decide(person(*roles, agency_id=OWN), facts(level))
    ]
    assert allowed == []
    assert any(can_decide(person(*roles, agency_id=OTHER), facts(level)) for roles in EVERY_SET_OF_ROLES)


def test_nobody_raises_for_their_own_agency_whatever_roles_they_hold() -> None:
    for roles in EVERY_SET_OF_ROLES:
        assert not may(person(*roles, agency_id=OWN), Permission.RAISE_CHALLENGE, OWN)


def test_nobody_decides_on_the_answer_that_they_recorded() -> None:
    manager = person(Role.MANAGER)
    assert can_decide(manager, facts(state=State.ANSWERED, answered_by=8))
    verdict = can_decide(manager, facts(state=State.ANSWERED, answered_by=7))
    assert not verdict and "recorded" in verdict.reason


@pytest.mark.parametrize(
    ("state", "level", "days", "may_escalate"),
    [
        (State.OPEN, L.LEAD, 0, False),
        (State.OPEN, L.LEAD, 1, True),
        (State.ANSWERED, L.LEAD, -9, True),
        (State.ANSWERED, L.INDEPENDENT_CHAIR, 0, True),
        (State.ANSWERED, L.FULL_BOARD, 9, False),
        (State.OPEN, L.FULL_BOARD, 9, False),
        (State.CLOSED, L.LEAD, 9, False),
    ],
)
def test_when_it_is_taken_higher(state: State, level: Level, days: int, may_escalate: bool) -> None:
    why = why_not_escalated(facts(level, state), DUE + timedelta(days=days))
    assert (why is None) == may_escalate


def test_it_is_answered_once() -> None:
    assert why_not_answered(facts()) is None
    assert "waits for the Board" in str(why_not_answered(facts(state=State.ANSWERED)))
    assert "closed" in str(why_not_answered(facts(state=State.CLOSED)))


@pytest.mark.parametrize(
    ("answered", "today", "expected"),
    [
        (DUE, DUE, InTime.YES),
        (DUE - timedelta(days=1), DUE + timedelta(days=90), InTime.YES),
        (DUE + timedelta(days=1), DUE + timedelta(days=1), InTime.NO),
        (None, DUE, InTime.NOT_YET_DUE),
        (None, DUE + timedelta(days=1), InTime.NO),
    ],
)
def test_answered_in_time(answered: date | None, today: date, expected: InTime) -> None:
    assert in_time([Question(Level.LEAD, DUE, answered)], today) is expected


LEAD = person(Role.AGENCY_LEAD, agency_id=OWN, id=1)
SECOND_LEAD = person(Role.AGENCY_LEAD, agency_id=OWN, id=2)
MEMBER = person(Role.BOARD_MEMBER, agency_id=OWN, id=3)
STRANGERS = [
    person(Role.AGENCY_LEAD, Role.BOARD_MEMBER, agency_id=OTHER, id=4),
    person(Role.CHAIR, Role.MANAGER, agency_id=OWN, id=5),
]


@pytest.mark.parametrize(
    ("people", "level", "lead_id", "named", "expected"),
    [
        ([LEAD, SECOND_LEAD, MEMBER], L.LEAD, 2, None, [2]),
        ([LEAD, SECOND_LEAD, MEMBER], L.LEAD, None, None, [1, 2]),
        ([LEAD, SECOND_LEAD, MEMBER], L.LEAD, 9, None, [1, 2]),
        ([MEMBER], L.LEAD, 1, None, [3]),
        ([LEAD, MEMBER], L.BOARD_MEMBER, 1, None, [3]),
        ([LEAD, MEMBER], L.INDEPENDENT_CHAIR, 1, None, [3]),
        ([LEAD, MEMBER], L.FULL_BOARD, 1, None, [3]),
        ([LEAD], L.BOARD_MEMBER, 1, None, []),
        ([LEAD, SECOND_LEAD], L.LEAD, 1, frozenset({2}), [2]),
        ([LEAD, MEMBER], L.LEAD, 1, frozenset({9}), []),
        ([], L.LEAD, 1, None, []),
    ],
)
def test_whom_a_question_goes_to(
    people: list[Viewer],
    level: Level,
    lead_id: int | None,
    named: frozenset[int] | None,
    expected: list[int],
) -> None:
    asked = whom_to_ask([*people, *STRANGERS], OWN, level, lead_id, named)
    assert [each.id for each in asked] == expected


@pytest.mark.parametrize(
    ("text", "level", "due_on", "fields"),
    [
        ("Why?", "lead", DUE, set()),
        ("", "lead", DUE, {"question"}),
        ("x" * 10_001, "lead", DUE, {"question"}),
        ("Why?", "parish", DUE, {"level"}),
        ("Why?", "lead", None, {"due_on"}),
        ("Why?", "lead", DUE - timedelta(days=1), {"due_on"}),
        ("", "", None, {"question", "level", "due_on"}),
    ],
)
def test_what_is_wrong_with_a_question(text: str, level: str, due_on: date | None, fields: set[str]) -> None:
    assert set(problems_with_question(text, level, due_on, DUE - timedelta(days=1))) == fields


def test_late_at_one_level_stays_not_in_time_and_an_escalated_question_counts() -> None:
    first = Question(Level.LEAD, DUE, DUE)
    waits = Question(Level.BOARD_MEMBER, DUE + timedelta(days=20))
    assert in_time([first, waits], waits.due_on) is InTime.NOT_YET_DUE
    assert in_time([first, waits], waits.due_on + timedelta(days=1)) is InTime.NO
    late = Question(Level.LEAD, DUE, DUE + timedelta(days=1))
    assert in_time([late, Question(Level.BOARD_MEMBER, DUE, DUE)], DUE) is InTime.NO
    assert in_time([first, Question(Level.BOARD_MEMBER, DUE, DUE)], DUE) is InTime.YES
