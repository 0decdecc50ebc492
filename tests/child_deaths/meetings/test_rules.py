"""What must be true of meetings, people, cases and interests, at each boundary."""

from datetime import UTC, date, datetime

import pytest

from kscb_actions.child_deaths.meetings import rules

MEETING, DUE, TODAY = date(2012, 4, 12), date(2012, 4, 5), date(2012, 3, 30)
LONG = "x" * 10_001


@pytest.mark.parametrize(
    ("held_on", "due_on", "note", "wrong"),
    [
        (MEETING, DUE, "", set()),
        (MEETING, date(2012, 4, 11), "x" * 10_000, set()),
        (MEETING, MEETING, "", {"proposals_due_on"}),
        (MEETING, date(2012, 4, 13), "", {"proposals_due_on"}),
        (None, DUE, "", {"held_on"}),
        (MEETING, None, "", {"proposals_due_on"}),
        (None, None, LONG, {"held_on", "proposals_due_on", "note"}),
    ],
)
def test_proposals_are_due_before_the_meeting(
    held_on: date | None, due_on: date | None, note: str, wrong: set[str]
) -> None:
    assert set(rules.problems_with_meeting(held_on, due_on, note)) == wrong


@pytest.mark.parametrize(
    ("held_on", "due_on", "are_open", "decisions", "wrong"),
    [
        (date(2012, 4, 19), date(2012, 4, 6), True, 0, set()),
        (date(2012, 4, 19), DUE, False, 0, set()),
        (MEETING, date(2012, 4, 6), False, 0, {"proposals_due_on"}),
        (date(2012, 4, 19), DUE, False, 1, {"held_on"}),
        (None, None, False, 1, {"held_on", "proposals_due_on"}),
        (MEETING, DUE, False, 1, set()),
    ],
)
def test_days_stay_once_something_rests_on_them(
    held_on: date | None, due_on: date | None, are_open: bool, decisions: int, wrong: set[str]
) -> None:
    found = rules.problems_with_moving(held_on, due_on, (MEETING, DUE), are_open, decisions)
    assert set(found) == wrong


def test_proposals_are_open_until_they_are_closed() -> None:
    assert rules.are_proposals_open(None)
    assert not rules.are_proposals_open(datetime(2012, 4, 12, tzinfo=UTC))


@pytest.mark.parametrize(
    ("is_active", "is_member", "is_seated", "why"),
    [
        (True, True, False, None),
        (False, True, False, "no longer sign in"),
        (True, False, False, "not a CDOP panel member"),
        (True, True, True, "sits on this panel already"),
    ],
)
def test_only_active_members_are_seated_once(
    is_active: bool, is_member: bool, is_seated: bool, why: str | None
) -> None:
    found = rules.why_not_seat("Post", is_active, is_member, is_seated)
    assert found is None if why is None else why in (found or "")


@pytest.mark.parametrize(("proposals", "is_refused"), [(0, False), (1, True)])
def test_a_seat_from_which_something_was_proposed_stays(proposals: int, is_refused: bool) -> None:
    assert bool(rules.why_not_unseat("Post", proposals)) == is_refused


@pytest.mark.parametrize(
    ("are_open", "is_here", "is_elsewhere", "is_decided", "for_correction", "why"),
    [
        (True, False, False, False, False, None),
        (True, False, False, True, True, None),
        (False, False, False, False, False, "closed"),
        (False, False, False, True, True, "closed"),
        (True, True, False, False, False, "already"),
        (True, False, True, False, False, "another meeting"),
        (True, False, False, True, False, "only come back for a correction"),
        (True, False, False, False, True, "nothing to correct"),
        (True, False, True, True, True, "another meeting"),
    ],
)
def test_a_case_is_on_one_open_agenda_and_comes_back_only_for_a_correction(
    are_open: bool,
    is_here: bool,
    is_elsewhere: bool,
    is_decided: bool,
    for_correction: bool,
    why: str | None,
) -> None:
    found = rules.why_not_add_case(are_open, is_here, is_elsewhere, is_decided, for_correction)
    assert found is None if why is None else why in (found or "")


@pytest.mark.parametrize(
    ("proposals", "is_decided_here", "is_refused"),
    [(0, False, False), (1, False, True), (0, True, True), (1, True, True)],
)
def test_a_case_stays_once_something_was_said_of_it(
    proposals: int, is_decided_here: bool, is_refused: bool
) -> None:
    assert bool(rules.why_not_remove_case(proposals, is_decided_here)) == is_refused


@pytest.mark.parametrize(
    ("post", "is_known", "held_on", "wrong"),
    [
        ("Designated doctor", True, TODAY, set()),
        ("x" * 120, True, TODAY, set()),
        ("x" * 121, True, TODAY, {"post"}),
        ("", True, TODAY, {"post"}),
        ("Designated doctor", False, TODAY, {"agency"}),
        ("Designated doctor", True, date(2012, 3, 31), {"post"}),
    ],
)
def test_attendance_is_of_a_meeting_that_has_begun(
    post: str, is_known: bool, held_on: date, wrong: set[str]
) -> None:
    assert set(rules.problems_with_attendance(post, is_known, held_on, TODAY)) == wrong


@pytest.mark.parametrize(
    ("nature", "is_declared", "is_wrong"),
    [("A neighbour.", False, False), ("", False, True), (LONG, False, True), ("A neighbour.", True, True)],
)
def test_an_interest_is_named_and_declared_once(nature: str, is_declared: bool, is_wrong: bool) -> None:
    assert bool(rules.problems_with_interest(nature, is_declared)) == is_wrong


@pytest.mark.parametrize(
    ("is_self", "may_keep", "is_active", "is_open_to_them", "is_coordinator", "is_refused"),
    [
        (True, False, True, True, False, False),
        (True, True, True, True, True, False),
        (False, False, True, True, False, True),
        (False, True, True, True, False, False),
        (False, True, False, True, False, True),
        (False, True, True, False, False, True),
        (False, True, True, True, True, True),
    ],
)
def test_everybody_declares_personally_and_a_coordinator_records_what_a_member_said(
    is_self: bool,
    may_keep: bool,
    is_active: bool,
    is_open_to_them: bool,
    is_coordinator: bool,
    is_refused: bool,
) -> None:
    why = rules.why_not_declare_for(is_self, may_keep, is_active, is_open_to_them, is_coordinator)
    assert bool(why) == is_refused


@pytest.mark.parametrize(
    ("is_coordinator", "others", "is_refused"),
    [(False, 0, False), (True, 0, True), (True, 1, False)],
)
def test_some_coordinator_always_sees_a_case(is_coordinator: bool, others: int, is_refused: bool) -> None:
    why = rules.why_not_close_to(is_coordinator, others)
    assert bool(why) == is_refused
    assert why is None or "Ask the board manager" in why


@pytest.mark.parametrize(
    ("is_own", "is_lifted", "is_refused"),
    [(False, False, False), (True, False, True), (False, True, True), (True, True, True)],
)
def test_nobody_opens_a_case_to_themself_again(is_own: bool, is_lifted: bool, is_refused: bool) -> None:
    assert bool(rules.why_not_lift(is_own, is_lifted)) == is_refused


@pytest.mark.parametrize(("reason", "is_wrong"), [("A mistake.", False), ("", True), (LONG, True)])
def test_lifting_an_interest_needs_a_reason(reason: str, is_wrong: bool) -> None:
    assert bool(rules.problems_with_lifting(reason)) == is_wrong


SAYS_WHO = "Mrs Example knows the family."


@pytest.mark.parametrize(
    ("field", "problems"),
    [
        ("note", rules.problems_with_meeting(MEETING, DUE, SAYS_WHO)),
        ("post", rules.problems_with_attendance("Dr Example", True, TODAY, TODAY)),
        ("nature", rules.problems_with_interest(SAYS_WHO, False)),
        ("reason", rules.problems_with_lifting(SAYS_WHO)),
    ],
)
def test_no_text_of_the_panel_names_anybody(field: str, problems: dict[str, str]) -> None:
    assert "looks like a name" in problems[field]
