"""Who is asked to answer, who may say what the Board thinks, and how an answer stands by its date."""

from datetime import date
from itertools import chain, combinations

import pytest

from kscb_actions.access.policy import CHAIRING, Permission, Role, Viewer, may
from kscb_actions.reviews.answers.rules import (
    Asked,
    Given,
    Standing,
    Tally,
    can_note_view,
    problems_with_asking,
    problems_with_given,
    standing,
    tally,
    whom_to_ask,
)

POLICE, HEALTH = 1, 2
DUE, TODAY = date(2012, 5, 1), date(2012, 5, 10)
ROLES = [*chain.from_iterable(combinations(Role, size) for size in range(len(Role) + 1))]


def person(number: int, agency: int | None, *roles: Role) -> Viewer:
    """Return a person of an agency with these roles."""
    return Viewer(number, f"Person {number}", roles=frozenset(roles), agency_id=agency)


@pytest.mark.parametrize(
    ("answered", "on", "expected"),
    [
        (None, date(2012, 5, 1), Standing.NOT_YET_DUE),
        (None, date(2012, 5, 2), Standing.UNANSWERED),
        (date(2012, 5, 1), TODAY, Standing.IN_TIME),
        (date(2012, 5, 2), TODAY, Standing.LATE),
        (date(2012, 5, 5), date(2012, 5, 4), Standing.UNANSWERED),
        (date(2012, 4, 30), date(2012, 4, 29), Standing.NOT_YET_DUE),
    ],
)
def test_an_answer_stands_by_the_first_date_on_the_day_that_is_asked_about(
    answered: date | None, on: date, expected: Standing
) -> None:
    assert standing(DUE, answered, on) is expected


def test_each_question_is_counted_once_for_its_agency() -> None:
    asked = [
        Asked(POLICE, DUE, DUE),
        Asked(POLICE, DUE, TODAY),
        Asked(POLICE, DUE, None),
        Asked(HEALTH, date(2012, 6, 1), None),
    ]
    found = tally(asked, TODAY)
    assert found == {POLICE: Tally(1, 1, 1, 0), HEALTH: Tally(not_yet_due=1)}
    assert [each.asked for each in found.values()] == [3, 1]


def test_the_leads_are_asked_then_the_board_members_and_nobody_who_may_not_know() -> None:
    lead, member = person(1, POLICE, Role.AGENCY_LEAD), person(2, POLICE, Role.BOARD_MEMBER)
    other, reader = person(3, HEALTH, Role.AGENCY_LEAD), person(4, POLICE, Role.READER)
    people = [lead, member, other, reader]
    assert whom_to_ask(people, POLICE) == (lead,)
    assert whom_to_ask([member, other, reader], POLICE) == (member,)
    assert whom_to_ask([other, reader], POLICE) == ()
    assert whom_to_ask(people, POLICE, frozenset({2, 3})) == (member,)
    assert whom_to_ask(people, POLICE, frozenset({4})) == ()


def test_nobody_views_their_own_agencys_answer_whatever_roles_they_hold() -> None:
    views = 0
    for roles in ROLES:
        views += bool(can_note_view(person(1, HEALTH, *roles), POLICE, None))
        assert not can_note_view(person(1, POLICE, *roles), POLICE, None), roles
    assert views == sum(bool({*CHAIRING, Role.INDEPENDENT_CHAIR} & set(roles)) for roles in ROLES) > 0


def test_nobody_views_an_answer_that_they_recorded() -> None:
    both = person(1, None, Role.MANAGER, Role.CHAIR)
    assert can_note_view(both, POLICE, 2)
    assert "that you recorded" in can_note_view(both, POLICE, 1).reason


def test_nobody_answers_for_another_agency_but_a_board_manager() -> None:
    for roles in ROLES:
        allowed = bool(may(person(1, HEALTH, *roles), Permission.ANSWER_RECOMMENDATION, POLICE))
        assert allowed == (Role.MANAGER in roles), roles


@pytest.mark.parametrize(
    ("given", "before", "wrong"),
    [
        (Given("accepted"), "awaited", set()),
        (Given("accepted", given_on=TODAY), "awaited", set()),
        (Given("accepted", given_on=date(2012, 5, 11)), "awaited", {"given_on"}),
        (Given("partly"), "awaited", {"reason"}),
        (Given("not_accepted"), "awaited", {"reason"}),
        (Given("not_accepted", "No budget."), "awaited", set()),
        (Given("accepted"), "partly", {"why_changed"}),
        (Given("accepted", why_changed="Money was found."), "partly", set()),
        (Given("perhaps"), "awaited", {"answer"}),
        (Given("accepted", will_do="x" * 10_001), "awaited", {"will_do"}),
        (Given("accepted", why_changed="x" * 10_001), "partly", {"why_changed"}),
    ],
)
def test_an_answer_needs_its_reason_and_so_does_a_change(given: Given, before: str, wrong: set[str]) -> None:
    assert set(problems_with_given(given, before, TODAY)) == wrong


@pytest.mark.parametrize(
    ("agencies", "due_on", "wrong"),
    [
        (1, date(2012, 5, 11), set()),
        (0, date(2012, 5, 11), {"agencies"}),
        (1, TODAY, {"due_on"}),
        (1, None, {"due_on"}),
    ],
)
def test_asking_needs_somebody_and_a_date_to_come(
    agencies: int, due_on: date | None, wrong: set[str]
) -> None:
    assert set(problems_with_asking(agencies, due_on, TODAY)) == wrong
