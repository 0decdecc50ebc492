"""Until when the Board takes back what it decided, by whom it is acted on, and what stands afterwards."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from kscb_actions.assurance.taking_back.rules import (
    DECIDED,
    FIELDS,
    HOW_LONG,
    NOTHING,
    WORDS,
    Decided,
    changes_of,
    last_decided,
    why_not_undone,
)
from kscb_actions.assurance.timeline.rules import TrailEvent

DAY = date(2012, 3, 30)
AT = datetime(2012, 3, 30, 12, tzinfo=UTC)
LEAD, CHAIR = 7, 8
NOW = dict(zip(FIELDS, ("returned", "2012-06-01", "2012-05-01"), strict=True))


def event(number: int, code: str, kind: str = "action", actor: int | None = CHAIR, **more: Any) -> TrailEvent:
    return TrailEvent(code, kind, more.pop("row", 1), AT, "Somebody", id=number, actor=actor, **more)


def returned(*after: TrailEvent) -> list[TrailEvent]:
    """Return the trail of a report that was returned, and what happened since."""
    return [
        event(1, "action.reported-done", actor=LEAD),
        event(2, "submission.made", "submission", LEAD),
        event(3, "action.returned", changes={"assurance": ["submitted", "returned"], "version": [2, 3]}),
        event(4, "submission.returned", "assurance_decision", row=40),
        *after,
    ]


def why(steps: list[TrailEvent], today: date = DAY, **now: str) -> str | None:
    return why_not_undone(last_decided(steps), DAY, today, {LEAD}, {**NOW, **now})


def test_what_was_just_returned_can_be_taken_back_and_goes_back_to_what_it_was() -> None:
    last = last_decided(returned())
    assert last is not None
    assert (last.what, last.called, last.row_id, last.actors_since()) == ("returned", "return", 40, set())
    assert changes_of(last) == {"assurance": ("submitted", "returned")}
    assert why(returned()) is None


@pytest.mark.parametrize("days", [-1, 1, 2, 365])
def test_on_another_day_it_stays_and_what_is_done_instead_is_said(days: int) -> None:
    for what, (_, instead) in WORDS.items():
        last = last_decided(returned())
        assert last is not None
        told = why_not_undone(replace(last, what=what), DAY, DAY + timedelta(days=days), (), NOW)
        assert told == f"{HOW_LONG} That day is over. {instead}"


@pytest.mark.parametrize(
    ("since", "stays"),
    [
        (event(5, "action.updated", actor=LEAD), True),
        (event(5, "evidence.added", "evidence", LEAD), True),
        (event(5, "acknowledgement.said", "acknowledgement", LEAD), True),
        (event(5, "something.invented-later", "thing", LEAD), True),
        # Whoever reads has not acted, nor has the Board, the clock or the post.
        (event(5, "evidence.opened", "evidence_file", LEAD), False),
        (event(5, "action.changed"), False),
        (event(5, "action.chased", actor=None), False),
        (event(5, "mail.item-named", "outbox_item", None), False),
        # It has moved on.
        (event(5, "action.standing-changed"), True),
        (event(5, "action.transferred"), True),
    ],
)
def test_once_its_agency_has_acted_or_it_has_moved_on_it_stays(since: TrailEvent, stays: bool) -> None:
    told = why(returned(since))
    assert (told is not None) is stays
    assert not stays or f"{HOW_LONG} Its agency has acted on it, or it has moved on." in str(told)


def test_a_date_that_was_changed_since_is_not_overwritten() -> None:
    steps = returned()
    dates = {"assurance": ["accepted", "returned"], "current_due_on": ["2012-04-01", "2012-06-01"]}
    steps[2] = event(3, "action.reopened", changes=dates)
    assert why(steps) is None
    assert "The due date has been changed since, so the reopening stays." in str(
        why(steps, current_due_on="2012-07-01")
    )


def test_where_nothing_was_decided_or_all_is_taken_back_nothing_can_be() -> None:
    undone = event(5, "action.decision-taken-back", detail={"undone": 3})
    assert last_decided([]) is None and last_decided(returned(undone)) is None
    assert why_not_undone(None, None, DAY, (), NOW) == str(NOTHING)


def test_what_was_decided_before_can_be_taken_back_after_what_came_later() -> None:
    asked = [
        event(5, "action.asked-about"),
        event(6, "question.asked", "check_question", row=60),
        event(7, "action.decision-taken-back", detail={"undone": 5}),
    ]
    assert why(returned(*asked[:2])) is None
    first, last = last_decided(returned(*asked)), last_decided(returned(*asked[:2]))
    assert isinstance(first, Decided) and isinstance(last, Decided)
    assert (last.what, last.row_id) == ("asked", 60) and (first.what, first.row_id) == ("returned", 40)
    assert why(returned(*asked)) is None


def test_each_decision_has_its_words() -> None:
    assert set(DECIDED.values()) == set(WORDS)
