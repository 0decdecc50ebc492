"""Which wrong dates can be put right, to what, and when a reason is needed."""

from datetime import date

import pytest

from kscb_actions.assurance.correcting.rules import (
    SAY_WHY,
    ActionDates,
    Which,
    corrected,
    instead_of,
    needs_reason,
    problems_with_correction,
    problems_with_evidence_date,
)

TODAY = date(2012, 3, 30)
MARCH, JUNE, DONE = date(2012, 3, 1), date(2012, 6, 1), date(2012, 3, 20)
NEVER_MOVED = ActionDates(MARCH, MARCH, None)
EXTENDED = ActionDates(MARCH, JUNE, DONE)
UNDATED = ActionDates(None, None, None)
RECORDED = {"action.added", "action.changed", "action.date-corrected"}
ACTED = {*RECORDED, "action.progress-told"}


@pytest.mark.parametrize(
    ("dates", "which"),
    [
        (NEVER_MOVED, {Which.DUE: MARCH}),
        (EXTENDED, {Which.FIRST_DUE: MARCH, Which.DUE: JUNE, Which.DONE: DONE}),
        (UNDATED, {}),
        (ActionDates(None, JUNE, None), {Which.DUE: JUNE}),
    ],
)
def test_a_due_date_that_never_moved_is_one_entry(dates: ActionDates, which: dict[Which, date]) -> None:
    assert dates.dates_to_correct() == which


def test_one_entry_is_written_to_both_due_dates() -> None:
    assert corrected(NEVER_MOVED, Which.DUE, JUNE) == {"original_due_on": JUNE, "current_due_on": JUNE}
    assert corrected(EXTENDED, Which.DUE, JUNE) == {"current_due_on": JUNE}
    assert corrected(EXTENDED, Which.FIRST_DUE, JUNE) == {"original_due_on": JUNE}


@pytest.mark.parametrize(
    ("dates", "which", "to", "field"),
    [
        (NEVER_MOVED, "current_due_on", date(2002, 3, 1), None),
        (NEVER_MOVED, "current_due_on", date(2022, 3, 1), None),
        (NEVER_MOVED, "current_due_on", MARCH, "to"),
        (NEVER_MOVED, "current_due_on", None, "to"),
        (NEVER_MOVED, "original_due_on", JUNE, "which"),
        (NEVER_MOVED, "reported_done_on", JUNE, "which"),
        (NEVER_MOVED, "", JUNE, "which"),
        (NEVER_MOVED, "text", JUNE, "which"),
        (UNDATED, "current_due_on", JUNE, "which"),
        (EXTENDED, "original_due_on", date(2012, 5, 31), None),
        (EXTENDED, "original_due_on", JUNE, "to"),
        (EXTENDED, "current_due_on", date(2012, 3, 2), None),
        (EXTENDED, "current_due_on", MARCH, "to"),
        (EXTENDED, "reported_done_on", TODAY, None),
        (EXTENDED, "reported_done_on", date(2012, 3, 31), "to"),
    ],
)
def test_what_a_date_can_be_put_right_to(
    dates: ActionDates, which: str, to: date | None, field: str | None
) -> None:
    assert set(problems_with_correction(dates, which, to, "", RECORDED, TODAY)) == (
        {field} if field else set()
    )


@pytest.mark.parametrize(
    ("events", "reason", "expected"),
    [
        (RECORDED, "", {}),
        (RECORDED, "The year was wrong.", {}),
        (ACTED, "", {"reason": SAY_WHY}),
        (ACTED, "The year was wrong.", {}),
        ({"action.added", "action.chased"}, "", {"reason": SAY_WHY}),
    ],
)
def test_a_reason_is_needed_once_somebody_has_acted(
    events: set[str], reason: str, expected: dict[str, str]
) -> None:
    assert problems_with_correction(NEVER_MOVED, "current_due_on", JUNE, reason, events, TODAY) == expected
    assert needs_reason(events) is (events != RECORDED)


@pytest.mark.parametrize(
    ("to", "reason", "checked", "fields"),
    [
        (MARCH, "", False, set()),
        (TODAY, "", False, set()),
        (date(2012, 3, 31), "", False, {"to"}),
        (DONE, "", False, {"to"}),
        (None, "", True, {"to", "reason"}),
        (MARCH, "", True, {"reason"}),
        (MARCH, "Typed wrongly.", True, set()),
    ],
)
def test_the_date_of_evidence(to: date | None, reason: str, checked: bool, fields: set[str]) -> None:
    assert set(problems_with_evidence_date(DONE, to, reason, checked, TODAY)) == fields


def test_a_second_correction_takes_the_place_of_all_before_it() -> None:
    other = date(2011, 1, 1)
    first = (JUNE, frozenset({MARCH}))
    assert instead_of([], MARCH) == {MARCH}
    assert instead_of([first], JUNE) == {MARCH, JUNE}
    assert instead_of([first], other) == {other}
