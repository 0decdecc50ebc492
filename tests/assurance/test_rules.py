"""When something may be submitted again, taken back, decided, asked about and reopened: every boundary."""

from datetime import date

import pytest

from kscb_actions.actions.rules import Assurance
from kscb_actions.actions.turn import RatingFacts
from kscb_actions.assurance.rules import (
    BEGUN,
    SAY_WHAT_IS_NEW,
    Judged,
    why_not_again,
    why_not_answered,
    why_not_asked,
    why_not_decided,
    why_not_reopened,
    why_not_taken_back,
)

FIRST = Judged("The policy is out.", frozenset({"aa", "bb"}))
SECOND = Judged("Staff are trained.", frozenset({"cc"}))


@pytest.mark.parametrize(
    ("statement", "files", "judged", "is_refused"),
    [
        ("The policy is out.", {"aa"}, [], False),
        ("The policy is out.", {"aa", "bb"}, [FIRST], True),
        ("the POLICY\n is  out", {"aa", "bb"}, [FIRST], True),
        ("The policy is out.", {"bb"}, [FIRST], True),
        ("The policy is out.", {"aa", "cc"}, [FIRST], False),
        ("The policy is out.", {"aa", "cc"}, [FIRST, SECOND], True),
        ("The policy is out now.", {"aa", "bb"}, [FIRST], False),
        ("Staff are trained.", {"aa"}, [FIRST, SECOND], True),
        ("Staff are trained.", {"aa", "dd"}, [FIRST, SECOND], False),
    ],
)
def test_what_the_board_has_judged_comes_back_with_something_new(
    statement: str, files: set[str], judged: list[Judged], is_refused: bool
) -> None:
    assert why_not_again(statement, files, judged) == (str(SAY_WHAT_IS_NEW) if is_refused else None)


@pytest.mark.parametrize(
    ("is_waiting", "is_begun", "told"),
    [(True, False, None), (True, True, str(BEGUN)), (False, False, "Nothing"), (False, True, "Nothing")],
)
def test_a_report_is_taken_back_until_the_check_is_begun(
    is_waiting: bool, is_begun: bool, told: str | None
) -> None:
    refusal = why_not_taken_back(is_waiting, is_begun)
    assert refusal is None if told is None else str(refusal).startswith(told)


@pytest.mark.parametrize(
    ("is_waiting", "is_open", "may_be_asked", "told"),
    [
        (True, False, True, None),
        (True, False, False, "Choose who"),
        (True, True, True, "A question"),
        (True, True, False, "A question"),
        (False, False, True, "This submission"),
        (False, True, False, "This submission"),
    ],
)
def test_one_question_at_a_time_goes_to_somebody(
    is_waiting: bool, is_open: bool, may_be_asked: bool, told: str | None
) -> None:
    refusal = why_not_asked(is_waiting, is_open, may_be_asked)
    assert refusal is None if told is None else str(refusal).startswith(told)


@pytest.mark.parametrize(
    ("is_waiting", "is_answered", "may_answer"),
    [(True, False, True), (True, True, False), (False, False, False), (False, True, False)],
)
def test_a_question_is_answered_once_and_before_the_decision(
    is_waiting: bool, is_answered: bool, may_answer: bool
) -> None:
    assert (why_not_answered(is_waiting, is_answered) is None) is may_answer


def test_what_waits_is_decided_and_what_is_accepted_is_reopened() -> None:
    assert why_not_decided(True) is None and why_not_decided(False) is not None
    day = date(2012, 3, 1)
    for word in Assurance:
        facts = RatingFacts("active", "done", word, day, None, None, day, 0)
        assert (why_not_reopened(facts) is None) is (word == "accepted")
