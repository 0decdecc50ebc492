"""Who is away and who stands in: each boundary of the days, each pair of roles, who is asked meanwhile."""

from dataclasses import replace
from datetime import date

import pytest

from kscb_actions.access.policy import Role, Viewer
from kscb_actions.actions.turn import WaitsForBoard
from kscb_actions.assurance.challenges.rules import Level
from kscb_actions.assurance.challenges.rules import whom_to_ask as who_answers
from kscb_actions.chasing.actions.rules import Open, body, whom_to_ask
from kscb_actions.chasing.news.rules import Happening, Kind, in_their_place, who_is_told
from kscb_actions.chasing.rules import Digest, Item
from kscb_actions.people.absences.rules import (
    NOBODY_AWAY,
    AbsenceFacts,
    Away,
    StandIn,
    When,
    away_on,
    can_be_away,
    can_stand_in,
    may_keep,
    problems_with,
    to_tell,
    when,
    why_not_changed,
    why_not_ended,
)
from kscb_actions.reviews.answers.rules import whom_to_ask as who_answers_recommendation

FIRST, LAST = date(2012, 4, 2), date(2012, 4, 14)
BEFORE, AFTER = date(2012, 4, 1), date(2012, 4, 15)
POLICE, HEALTH = 1, 2


def person(number: int, *roles: Role, agency: int | None = POLICE) -> Viewer:
    """Return somebody as the policy sees them."""
    return Viewer(number, f"Person {number}", roles=frozenset(roles), agency_id=agency)


LEAD, SECOND, THIRD = (person(number, Role.AGENCY_LEAD) for number in (1, 2, 3))
ELSEWHERE = person(4, Role.AGENCY_LEAD, agency=HEALTH)
MANAGER = person(5, Role.MANAGER, agency=None)
MEMBER = person(6, Role.BOARD_MEMBER)
CHAIR, OTHER_CHAIR = (person(number, Role.CHAIR, agency=None) for number in (7, 8))
DEPUTY = person(9, Role.DEPUTY, agency=None)
PEOPLE = [LEAD, SECOND, THIRD, ELSEWHERE, MANAGER, MEMBER, CHAIR, OTHER_CHAIR, DEPUTY]
ABSENCE = AbsenceFacts(1, 2, FIRST, LAST, id=1)
ACTION = Open(1, 1, "SCR-2011-02", 7, agency_id=POLICE, lead_id=1, due_on=FIRST)
STOOD_IN = Away((StandIn(LEAD, LAST, SECOND),))


CONTACT, CONTACT_THERE = (person(number, Role.DEATH_CONTACT) for number in (10, 11))
CONTACT_ELSEWHERE = person(12, Role.DEATH_CONTACT, agency=HEALTH)
LEAD_AND_CONTACT = person(13, Role.AGENCY_LEAD, Role.DEATH_CONTACT)


@pytest.mark.parametrize(
    ("absent", "others"),
    [
        (CONTACT, {11, 13}),
        # As a contact they are asked for by the other contacts: a stand-in need not know of deaths.
        (LEAD_AND_CONTACT, {1, 2, 3}),
    ],
)
def test_who_may_stand_in_for_a_child_death_contact(absent: Viewer, others: set[int]) -> None:
    everybody = [*PEOPLE, CONTACT, CONTACT_THERE, CONTACT_ELSEWHERE, LEAD_AND_CONTACT]
    assert {each.id for each in everybody if can_stand_in(absent, each)} == others
    assert can_be_away(absent)


@pytest.mark.parametrize(
    ("on", "expected"),
    [(BEFORE, When.TO_COME), (FIRST, When.NOW), (LAST, When.NOW), (AFTER, When.OVER)],
)
def test_it_begins_on_its_first_day_and_ends_by_itself_after_its_last(on: date, expected: When) -> None:
    assert when(ABSENCE, on) is expected
    assert when(replace(ABSENCE, is_cancelled=True), on) is When.CANCELLED
    of_one_day = replace(ABSENCE, until_on=FIRST)
    assert (when(of_one_day, on) is When.NOW) == (on == FIRST)
    asked = away_on([ABSENCE], PEOPLE, on).asked(LEAD.id)
    assert asked == (SECOND.id if expected is When.NOW else LEAD.id)


@pytest.mark.parametrize(
    ("on", "is_changed", "is_ended"),
    [(BEFORE, True, False), (FIRST, True, True), (LAST, True, True), (AFTER, False, False)],
)
def test_what_is_over_stays_and_what_has_not_begun_is_cancelled(
    on: date, is_changed: bool, is_ended: bool
) -> None:
    assert (why_not_changed(ABSENCE, on) is None) == is_changed
    assert (why_not_ended(ABSENCE, on) is None) == is_ended
    cancelled = replace(ABSENCE, is_cancelled=True)
    assert why_not_changed(cancelled, on) == why_not_ended(cancelled, on) or on == BEFORE
    assert "cancelled" in str(why_not_changed(cancelled, on))


@pytest.mark.parametrize(
    ("absent", "others"),
    [
        (LEAD, {2, 3}),
        (ELSEWHERE, set()),
        (CHAIR, {8, 9}),
        (DEPUTY, {7, 8}),
        (person(20, Role.INDEPENDENT_CHAIR), set()),
        # Somebody of two roles needs one who can do both.
        (person(21, Role.AGENCY_LEAD, Role.CHAIR), set()),
    ],
)
def test_who_may_stand_in(absent: Viewer, others: set[int]) -> None:
    assert {each.id for each in PEOPLE if can_stand_in(absent, each)} == others


def test_who_is_stood_in_for_and_who_keeps_it() -> None:
    able = {role for role in Role if can_be_away(person(30, role))}
    chairs = {Role.CHAIR, Role.DEPUTY, Role.INDEPENDENT_CHAIR}
    assert able == {Role.AGENCY_LEAD, Role.DEATH_CONTACT, *chairs}
    assert {each.id for each in PEOPLE if may_keep(each, 1)} == {1, 5}
    assert "stands in for themselves" in can_stand_in(LEAD, LEAD).reason
    assert "of another agency" in can_stand_in(LEAD, ELSEWHERE).reason
    assert "deputy" in can_stand_in(CHAIR, MANAGER).reason


@pytest.mark.parametrize(
    ("from_on", "until_on", "field"),
    [
        (date(2012, 3, 20), date(2012, 4, 1), None),
        (date(2012, 3, 20), date(2012, 4, 2), "from_on"),
        (date(2012, 4, 5), date(2012, 4, 6), "from_on"),
        (date(2012, 4, 14), date(2012, 4, 20), "from_on"),
        (date(2012, 4, 15), date(2012, 4, 20), None),
        (date(2012, 4, 20), date(2012, 4, 19), "until_on"),
        (date(2012, 3, 1), date(2012, 3, 29), "until_on"),
        (date(2012, 3, 1), date(2012, 3, 30), None),
        (date(2012, 5, 1), date(2013, 5, 1), None),
        (date(2012, 5, 1), date(2013, 5, 2), "until_on"),
    ],
)
def test_days_that_overlap_or_are_wrong_are_refused(from_on: date, until_on: date, field: str | None) -> None:
    today, new = date(2012, 3, 30), AbsenceFacts(1, 3, from_on, until_on)
    problems = problems_with(new, LEAD, THIRD, [ABSENCE], today)
    assert list(problems) == ([field] if field else [])
    if field == "from_on":
        assert problems[field].startswith("Person 1 is away already from 2 April 2012 to 14 April 2012.")
    # What is cancelled overlaps nothing, and neither does the absence itself, when its days are put right.
    assert "from_on" not in problems_with(replace(new, id=1), LEAD, THIRD, [ABSENCE], today)
    assert "from_on" not in problems_with(new, LEAD, THIRD, [replace(ABSENCE, is_cancelled=True)], today)


@pytest.mark.parametrize(("until_on", "is_refused"), [(BEFORE, False), (FIRST, True)])
def test_a_stand_in_who_is_away_themselves_is_refused(until_on: date, is_refused: bool) -> None:
    theirs = AbsenceFacts(2, 3, date(2012, 3, 20), until_on, id=9)
    problems = problems_with(replace(ABSENCE, id=0), LEAD, SECOND, [theirs], date(2012, 3, 1))
    assert ("stand_in" in problems) == is_refused
    assert not is_refused or problems["stand_in"].startswith("Person 2 is away from 20 March 2012 to 2 April")


def test_no_chain_is_followed_and_nobody_switched_off_stands_in() -> None:
    theirs = AbsenceFacts(2, 3, FIRST, FIRST, id=9)
    away = away_on([ABSENCE, theirs], PEOPLE, FIRST)
    assert away.asked(1) is None and away.asked(2) == 3
    assert away_on([ABSENCE, theirs], PEOPLE, date(2012, 4, 3)).asked(1) == 2
    assert away_on([ABSENCE], [LEAD, THIRD], FIRST).asked(1) is None
    assert away_on([ABSENCE], [SECOND, THIRD], FIRST) == NOBODY_AWAY
    moved = replace(SECOND, agency_id=HEALTH)
    assert away_on([ABSENCE], [LEAD, moved], FIRST).asked(1) is None


@pytest.mark.parametrize(
    ("on", "begun", "ended", "expected"),
    [
        (BEFORE, [], [], None),
        (FIRST, [], [], When.NOW),
        (LAST, [], [], When.NOW),
        (FIRST, [FIRST], [], None),
        # Its first day was put right after that had been told.
        (FIRST, [BEFORE], [], When.NOW),
        (AFTER, [FIRST], [], When.OVER),
        (AFTER, [], [], When.OVER),
        (AFTER, [FIRST], [LAST], None),
    ],
)
def test_both_are_told_once_that_it_begins_and_that_it_is_over(
    on: date, begun: list[date], ended: list[date], expected: When | None
) -> None:
    assert to_tell(ABSENCE, on, begun, ended) is expected
    assert to_tell(replace(ABSENCE, is_cancelled=True), on, [], []) is None


NOBODY_CAN = Away((StandIn(LEAD, LAST),))


@pytest.mark.parametrize(
    ("away", "named", "asked", "is_asked"),
    [
        (NOBODY_AWAY, None, {1}, True),
        (STOOD_IN, None, {2}, True),
        (STOOD_IN, {1, 2, 5}, {2}, True),
        # Nothing of a restricted review for whoever is not named on it: another lead is, or the manager.
        (STOOD_IN, {1, 3, 5}, {3}, True),
        (STOOD_IN, {1, 5}, {5}, False),
        (STOOD_IN, {1}, set(), False),
        (NOBODY_CAN, None, {2, 3}, True),
        (NOBODY_CAN, {1, 5}, {5}, False),
    ],
)
def test_who_is_reminded_while_a_lead_is_away(
    away: Away, named: set[int] | None, asked: set[int], is_asked: bool
) -> None:
    only = None if named is None else frozenset(named)
    found = whom_to_ask(replace(ACTION, away=away, named=only), PEOPLE)
    assert ({each.id for each in found[0]}, found[1]) == (asked, is_asked)
    # An action that nobody leads goes to the leads who are there.
    others = whom_to_ask(replace(ACTION, away=away, named=only, lead_id=None), PEOPLE)[0]
    assert LEAD not in others or away == NOBODY_AWAY


@pytest.mark.parametrize(
    ("level", "away", "named", "asked"),
    [
        (Level.LEAD, STOOD_IN, None, {2}),
        (Level.LEAD, STOOD_IN, {1, 3}, {3}),
        (Level.LEAD, STOOD_IN, {1, 6}, {6}),
        (Level.LEAD, STOOD_IN, {1}, set()),
        (Level.LEAD, NOBODY_CAN, None, {2, 3}),
        (Level.BOARD_MEMBER, STOOD_IN, None, {6}),
    ],
)
def test_who_answers_a_challenge_while_a_lead_is_away(
    level: Level, away: Away, named: set[int] | None, asked: set[int]
) -> None:
    only = None if named is None else frozenset(named)
    assert {each.id for each in who_answers(PEOPLE, POLICE, level, 1, only, away)} == asked


@pytest.mark.parametrize(("named", "asked"), [(None, {2, 3}), ({1, 3}, {3}), ({1, 6}, {6}), ({1}, set())])
def test_who_answers_a_recommendation_while_a_lead_is_away(named: set[int] | None, asked: set[int]) -> None:
    only = None if named is None else frozenset(named)
    assert {each.id for each in who_answers_recommendation(PEOPLE, POLICE, only, STOOD_IN)} == asked


@pytest.mark.parametrize(
    ("actor", "named", "instead"),
    [(7, None, [2]), (7, {1, 2}, [2]), (7, {1}, []), (2, None, [])],
)
def test_who_hears_in_the_place_of_a_lead_who_is_away(
    actor: int, named: set[int] | None, instead: list[int]
) -> None:
    only = None if named is None else frozenset(named)
    happening = Happening(Kind.RETURNED, POLICE, actor_id=actor, lead_id=1, named=only)
    told = who_is_told(happening, PEOPLE)
    # Whoever is away hears of it too: it stays new on their page.
    assert [each.id for each in told] == [1]
    found = in_their_place(told, happening, STOOD_IN)
    assert [each.person.id for each in found if each.person] == instead
    assert in_their_place(told, happening, NOBODY_CAN) == in_their_place(told, happening) == ()
    assert in_their_place((LEAD, SECOND), happening, STOOD_IN) == ()


def test_the_reminder_says_for_whom() -> None:
    for action, words in (
        (replace(ACTION, away=STOOD_IN), "SCR-2011-02/A7, for Person 1, away until 14 April 2012\n"),
        (replace(ACTION, away=STOOD_IN, lead_id=2), "SCR-2011-02/A7\n"),
        (ACTION, "SCR-2011-02/A7\n"),
    ):
        text = body(Digest(SECOND, (Item(action, 0),)), FIRST, "", WaitsForBoard(0, None))
        assert words in text
