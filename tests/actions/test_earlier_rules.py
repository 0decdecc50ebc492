"""What earlier records make of an action: a table of the rules."""

from datetime import date
from typing import Any

import pytest

from kscb_actions.actions.earlier.rules import (
    Past,
    Reading,
    days_of,
    in_sentences,
    in_words,
    joined,
    problems_with_past,
    state_after,
    why_no_past,
    why_not_examined,
)
from kscb_actions.actions.rating import timeliness_words
from kscb_actions.actions.turn import RatingFacts

TODAY, AS_OF = date(2012, 3, 30), date(2011, 12, 31)
FIRST, LATER = date(2011, 6, 30), date(2011, 9, 30)
BEFORE, AFTER = date(2011, 6, 29), date(2011, 7, 14)
OPEN = {
    "standing": "active",
    "progress": "not_started",
    "assurance": "none",
    "updated_on": TODAY,
    "extension_count": 0,
    "original_due_on": FIRST,
    "current_due_on": FIRST,
    "reported_done_on": None,
}


def past(read_as: str, **facts: Any) -> Past:
    """Return what records of the end of 2011 say."""
    return Past(read_as, AS_OF, **facts)


@pytest.mark.parametrize(
    ("said", "assurance", "words"),
    [
        (past(Reading.DONE, done_on=BEFORE), "submitted", "Done on time"),
        (past(Reading.DONE, done_on=FIRST), "submitted", "Done on time"),
        (past(Reading.DONE, done_on=AFTER), "submitted", "Done 14 days late"),
        (past(Reading.ACCEPTED, done_on=AFTER), "accepted", "Done 14 days late"),
        (past(Reading.DONE, done_on=AFTER, moved_to=(LATER,)), "submitted", "Done on time"),
        (past(Reading.DONE), "submitted", "Done, no date to judge it by"),
        (past(Reading.IN_PROGRESS), "none", "Overdue by 274 days"),
        (past(Reading.IN_PROGRESS, moved_to=(LATER,)), "none", "Overdue by 182 days"),
        (past(Reading.NOTHING), "none", "Overdue by 274 days"),
        (past(Reading.WITHDRAWN), "none", "Not counted"),
    ],
)
def test_an_action_is_judged_by_the_dates_of_its_records(said: Past, assurance: str, words: str) -> None:
    changed = state_after(said, FIRST, FIRST)
    changed.pop("standing_reason", None)
    facts = RatingFacts(**{**OPEN, **changed})
    assert (facts.assurance, timeliness_words(facts, TODAY)) == (assurance, words)
    assert facts.extension_count == 0


@pytest.mark.parametrize(
    ("said", "original", "current", "expected"),
    [
        (past(Reading.NOTHING, moved_to=(LATER,)), FIRST, FIRST, (FIRST, LATER)),
        (past(Reading.NOTHING, moved_to=(LATER, AS_OF)), FIRST, FIRST, (FIRST, AS_OF)),
        (past(Reading.NOTHING, moved_to=(LATER,)), None, None, (LATER, LATER)),
        (past(Reading.NOTHING, first_due_on=BEFORE), FIRST, FIRST, (BEFORE, FIRST)),
        (past(Reading.NOTHING, first_due_on=BEFORE), None, None, (BEFORE, BEFORE)),
        (past(Reading.NOTHING), FIRST, LATER, (FIRST, LATER)),
    ],
)
def test_first_and_moved_dates_are_kept(
    said: Past, original: date | None, current: date | None, expected: tuple[date, date]
) -> None:
    changed = state_after(said, original, current)
    kept = changed.get("original_due_on", original), changed.get("current_due_on", current)
    assert kept == expected


@pytest.mark.parametrize(
    ("said", "field"),
    [
        (past("perhaps"), "read_as"),
        (Past(Reading.DONE, date(2012, 3, 31)), "as_of"),
        (past(Reading.DONE, done_on=date(2012, 1, 1)), "done_on"),
        (past(Reading.IN_PROGRESS, done_on=FIRST), "done_on"),
        (past(Reading.DONE, first_due_on=LATER), "first_due_on"),
        (past(Reading.DONE, told="x" * 100_000), "told"),
        (past(Reading.DONE, source="x" * 201), "source"),
        (past(Reading.ACCEPTED, accepted_on=LATER), "accepted_by"),
        (past(Reading.ACCEPTED, accepted_by="x" * 201, accepted_on=LATER), "accepted_by"),
        (past(Reading.ACCEPTED, accepted_by="SCR subgroup"), "accepted_on"),
        (past(Reading.ACCEPTED, accepted_by="SCR subgroup", accepted_on=TODAY), "accepted_on"),
        (past(Reading.ACCEPTED, done_on=LATER, accepted_by="Us", accepted_on=FIRST), "accepted_on"),
    ],
)
def test_what_cannot_have_happened_is_refused_beside_its_field(said: Past, field: str) -> None:
    assert list(problems_with_past(said, TODAY, FIRST)) == [field]


def test_what_can_have_happened_is_no_problem() -> None:
    accepted = past(Reading.ACCEPTED, done_on=FIRST, accepted_on=LATER, accepted_by="SCR subgroup")
    assert problems_with_past(accepted, TODAY, FIRST) == {}
    assert problems_with_past(past(Reading.NOT_STARTED, first_due_on=BEFORE), TODAY, FIRST) == {}


def test_the_past_is_entered_while_nobody_here_has_worked_on_it() -> None:
    assert why_no_past(False, "none", "active", False) is None
    assert why_no_past(False, "none", "on_hold", False) is None
    for case in (
        (True, "none", "active", False),
        (False, "submitted", "active", False),
        (False, "accepted", "active", False),
        (False, "none", "withdrawn", False),
        (False, "none", "active", True),
    ):
        assert why_no_past(*case)


def test_only_an_acceptance_of_records_that_stands_is_examined_again() -> None:
    assert why_not_examined(True, "accepted", "active") is None
    for case in ((False, "accepted", "active"), (True, "returned", "active"), (True, "accepted", "void")):
        assert why_not_examined(*case)


def test_the_words_of_records_name_their_day_and_source() -> None:
    assert in_words(AS_OF, "plan.xlsx") == "From earlier records, as of 31 December 2011, plan.xlsx"
    said = past(
        Reading.ACCEPTED, status_text="Blue", done_on=FIRST, moved_to=(LATER,), accepted_on=LATER,
        accepted_by="SCR subgroup",
    )  # fmt: skip
    assert in_sentences(said) == (
        "“Blue”, read as: Done, and accepted by the Board then. Done on 30 June 2011. The due date was moved "
        "then to 30 September 2011, which is not counted as an extension. Accepted on 30 September 2011 by "
        "SCR subgroup."
    )
    assert days_of(joined((FIRST, LATER))) == (FIRST, LATER) and days_of("") == ()
