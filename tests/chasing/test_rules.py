"""The ladder of stages and the digest: each boundary, and what must hold after any sequence of runs."""

from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kscb_actions.access.policy import Role, Viewer
from kscb_actions.actions.turn import WaitsForBoard
from kscb_actions.chasing.actions.provider import OPEN_ACTIONS
from kscb_actions.chasing.actions.rules import ACTIONS, Open, body, subject, whom_to_ask
from kscb_actions.chasing.ladder.rules import Ladder, Rung
from kscb_actions.chasing.rules import (
    BESIDE_HEADINGS,
    Ahead,
    Chased,
    Digest,
    Item,
    Told,
    beside_of,
    beside_subject,
    plan,
    stage_to_chase,
)

NOTHING_WAITS = WaitsForBoard(0, None)
LADDER = ACTIONS.first
OFFSETS = (-14, 0, 7, 28, 56)
DUE = date(2012, 3, 30)
ACTION = Open(1, 1, "SCR-2011-02", 7, agency_id=10, lead_id=1, due_on=DUE)
LEAD = Viewer(1, "Lead", "lead@agency.example", frozenset({Role.AGENCY_LEAD}), 10)
SECOND = Viewer(2, "Second", "second@agency.example", frozenset({Role.AGENCY_LEAD}), 10)
ELSEWHERE = Viewer(3, "Elsewhere", "lead@other.example", frozenset({Role.AGENCY_LEAD}), 11)
MANAGER = Viewer(4, "Manager", "manager@board.example", frozenset({Role.MANAGER}))
BOTH = Viewer(5, "Both", "both@board.example", frozenset({Role.MANAGER, Role.AGENCY_LEAD}), 10)
READER = Viewer(6, "Reader", "reader@agency.example", frozenset({Role.READER}), 10)


@pytest.mark.parametrize(
    ("due_on", "on", "stage"),
    [
        (DUE, date(2012, 3, 15), None),
        (DUE, date(2012, 3, 16), -14),
        (DUE, date(2012, 3, 29), -14),
        (DUE, date(2012, 3, 30), 0),
        (DUE, date(2012, 4, 5), 0),
        (DUE, date(2012, 4, 6), 7),
        (DUE, date(2012, 4, 26), 7),
        (DUE, date(2012, 4, 27), 28),
        (DUE, date(2012, 5, 24), 28),
        (DUE, date(2012, 5, 25), 56),
        (DUE, date(2012, 6, 21), 56),
        (DUE, date(2012, 6, 22), 84),
        (DUE, date(2014, 4, 27), 756),
        # Over the end of February in a leap year and in another.
        (date(2012, 3, 14), date(2012, 2, 28), None),
        (date(2012, 3, 14), date(2012, 2, 29), -14),
        (date(2011, 3, 14), date(2011, 2, 28), -14),
        (date(2012, 2, 29), date(2012, 2, 29), 0),
        (date(2012, 2, 29), date(2012, 3, 7), 7),
        (date(2012, 1, 31), date(2012, 2, 28), 28),
        # Over both clock changes of 2012 (25 March, 28 October) and the end of a year.
        (date(2012, 3, 25), date(2012, 3, 25), 0),
        (date(2012, 3, 18), date(2012, 3, 25), 7),
        (date(2012, 10, 28), date(2012, 11, 4), 7),
        (date(2012, 10, 28), date(2012, 11, 3), 0),
        (date(2012, 1, 7), date(2011, 12, 24), -14),
    ],
)
def test_a_stage_begins_on_its_day_and_not_before(due_on: date, on: date, stage: int | None) -> None:
    assert LADDER.stage_on(due_on, on) == stage


@pytest.mark.parametrize(
    ("chased", "on", "stage"),
    [
        ((), date(2012, 3, 30), 0),
        ((Chased(-14, DUE, date(2012, 3, 16)),), date(2012, 3, 29), None),
        ((Chased(-14, DUE, date(2012, 3, 16)),), date(2012, 3, 30), 0),
        ((Chased(0, DUE, date(2012, 3, 30)),), date(2012, 3, 30), None),
        # Days were missed: the latest stage once, those before it never.
        ((Chased(-14, DUE, date(2012, 3, 16)),), date(2012, 5, 1), 28),
        ((Chased(28, DUE, date(2012, 5, 1)),), date(2012, 5, 2), None),
        # A run for an earlier day after a later one has nothing to add.
        ((Chased(28, DUE, date(2012, 5, 1)),), date(2012, 4, 10), None),
        # A new due date begins anew, but not on the same day.
        ((Chased(28, date(2012, 1, 31), date(2012, 3, 1)),), date(2012, 3, 16), -14),
        ((Chased(28, date(2012, 1, 31), date(2012, 3, 16)),), date(2012, 3, 16), None),
    ],
)
def test_what_has_been_chased_is_not_chased_again(
    chased: tuple[Chased, ...], on: date, stage: int | None
) -> None:
    assert stage_to_chase(replace(ACTION, chased=chased), on, LADDER) == stage


DAYS = st.dates(date(2012, 1, 1), date(2012, 7, 1))


@given(st.lists(st.tuples(DAYS, st.none() | DAYS), max_size=40), st.permutations(OFFSETS))
def test_after_any_days_nothing_went_twice_and_no_two_stages_on_one_day(
    runs: list[tuple[date, date | None]], offsets: list[int]
) -> None:
    rungs = [Rung(days, LADDER.rungs[0].to) for days in sorted(offsets[:3])]
    ladder, action = Ladder((*rungs[:-1], replace(rungs[-1], every=offsets[3] % 50 + 1))), ACTION
    for on, new_due_on in runs:
        action = replace(action, due_on=new_due_on or action.due_on)
        stage = stage_to_chase(action, on, ladder)
        if stage is not None:
            action = replace(action, chased=(*action.chased, Chased(stage, action.due_on, on)))
    sent = [(one.stage, one.due_on) for one in action.chased]
    days = [one.chased_on for one in action.chased]
    assert len(set(sent)) == len(sent)
    assert len(set(days)) == len(days)


@given(DAYS, st.integers(0, 200))
def test_a_run_every_day_chases_every_stage_on_its_day(due_on: date, length: int) -> None:
    action, first = replace(ACTION, due_on=due_on), due_on - timedelta(days=30)
    for on in (first + timedelta(days=number) for number in range(length)):
        stage = stage_to_chase(action, on, LADDER)
        if stage is not None:
            action = replace(action, chased=(*action.chased, Chased(stage, due_on, on)))
    last = first + timedelta(days=length - 1)
    begun = [
        offset
        for offset in (*OFFSETS, 84, 112, 140, 168)
        if length and due_on + timedelta(days=offset) <= last
    ]
    assert [(one.stage, one.chased_on) for one in action.chased] == [
        (offset, due_on + timedelta(days=offset)) for offset in begun
    ]


@pytest.mark.parametrize(
    ("lead_id", "named", "people", "asked", "can_do"),
    [
        (1, None, (LEAD, SECOND, MANAGER), (LEAD,), True),
        (None, None, (LEAD, SECOND, MANAGER), (LEAD, SECOND), True),
        # The lead has gone, or works for another agency now, or only reads.
        (1, None, (SECOND, ELSEWHERE, MANAGER), (SECOND,), True),
        (3, None, (SECOND, ELSEWHERE, MANAGER), (SECOND,), True),
        (6, None, (READER, MANAGER), (MANAGER,), False),
        (1, None, (ELSEWHERE, READER, MANAGER), (MANAGER,), False),
        (1, None, (ELSEWHERE, READER), (), False),
        # Restricted: only those named.
        (1, frozenset({1, 4}), (LEAD, SECOND, MANAGER), (LEAD,), True),
        (1, frozenset({4}), (LEAD, SECOND, MANAGER), (MANAGER,), False),
        (1, frozenset({2, 4}), (LEAD, SECOND, MANAGER), (SECOND,), True),
        (1, frozenset(), (LEAD, SECOND, MANAGER), (), False),
    ],
)
def test_the_lead_is_asked_else_the_agency_else_the_managers(
    lead_id: int | None,
    named: frozenset[int] | None,
    people: tuple[Viewer, ...],
    asked: tuple[Viewer, ...],
    can_do: bool,
) -> None:
    assert whom_to_ask(replace(ACTION, lead_id=lead_id, named=named), people) == (asked, can_do)


def test_a_reminder_that_was_lost_is_not_counted() -> None:
    lost, had = Chased(0, DUE, DUE, is_lost=True), Chased(-14, DUE, DUE - timedelta(days=14))
    item = Item(replace(ACTION, chased=(had, lost)), 0)
    assert (item.count, item.repeat) == (2, 1)


def test_each_person_gets_one_digest_with_the_longest_overdue_first() -> None:
    late = replace(ACTION, action_id=2, number=8, due_on=date(2011, 1, 31))
    other = replace(ACTION, action_id=3, number=9, agency_id=11, lead_id=3)
    nobodys = replace(ACTION, action_id=4, number=10, agency_id=12, lead_id=None)
    secret = replace(nobodys, action_id=5, number=11, named=frozenset())
    planned = plan(
        [ACTION, late, other, nobodys, secret],
        OPEN_ACTIONS,
        [MANAGER, LEAD, ELSEWHERE],
        DUE,
        {ACTIONS.code: LADDER},
    )
    assert [(digest.to, [item.waiting.number for item in digest.items]) for digest in planned.digests] == [
        (LEAD, [8, 7]),
        (ELSEWHERE, [9]),
        (MANAGER, [10]),
    ]
    assert planned.without_recipient == (secret,)


@pytest.mark.parametrize(
    ("dues", "words"),
    [
        ([-1], "1 action needs you: 1 overdue"),
        ([0], "1 action needs you: 1 due today"),
        ([14], "1 action needs you: 1 due soon"),
        ([-7, 3, 5], "3 actions need you: 1 overdue, 2 due soon"),
        ([-1, 0, 1], "3 actions need you: 1 overdue, 1 due today, 1 due soon"),
    ],
)
def test_the_subject_counts_what_needs_the_person(dues: list[int], words: str) -> None:
    items = tuple(Item(replace(ACTION, due_on=DUE + timedelta(days=days)), 0) for days in dues)
    which = "SCR-2011-02/A7" if len(dues) == 1 else "SCR-2011-02/A7 first"
    assert subject(Digest(LEAD, items), DUE) == f"{words} ({which})"


def test_the_text_gives_reference_date_and_link_for_each_action() -> None:
    late = replace(ACTION, number=8, due_on=date(2012, 3, 29))
    items = (Item(late, 0), Item(ACTION, 0), Item(replace(ACTION, number=9), 0, Told.ORPHANED))
    assert body(Digest(BOTH, items), DUE, "https://tracker.example", NOTHING_WAITS) == (
        "Please say how far these are, or report them done:\n\n"
        "SCR-2011-02/A8\nOverdue by 1 day: it was due on 29 March 2012\n"
        "https://tracker.example/reviews/SCR-2011-02/actions/8\n\n"
        "SCR-2011-02/A7\nDue today: 30 March 2012\nhttps://tracker.example/reviews/SCR-2011-02/actions/7\n\n"
        "Nobody in the agency can be asked about these: no agency lead is active there who may see the "
        "review. Name a lead, or ask the agency yourself:\n\n"
        "SCR-2011-02/A9\nDue today: 30 March 2012\nhttps://tracker.example/reviews/SCR-2011-02/actions/9\n\n"
        "All your actions:\nhttps://tracker.example/my-actions"
    )


NOT_ASKED = ". Nothing is asked of your agency about"


@pytest.mark.parametrize(
    ("to", "count", "told"),
    [
        (LEAD, 0, None),
        (LEAD, 1, f"1 action waits for the Board, the oldest for 12 days{NOT_ASKED} it:"),
        (LEAD, 3, f"3 actions wait for the Board, the oldest for 12 days{NOT_ASKED} them:"),
        (MANAGER, 3, "3 actions wait for the Board, the oldest for 12 days:"),
    ],
)
def test_what_waits_for_the_board_is_told_apart(to: Viewer, count: int, told: str | None) -> None:
    waits = WaitsForBoard(count, DUE - timedelta(days=12) if count else None)
    text = body(Digest(to, (Item(ACTION, 0),)), DUE, "https://tracker.example", waits)
    address = "https://tracker.example/actions?turn=board&restricted=0"
    assert (f"{told}\n{address}" in text) if told else (address not in text)


def test_a_manager_is_led_to_a_page_that_opens_to_managers() -> None:
    text = body(
        Digest(MANAGER, (Item(ACTION, 0, Told.ORPHANED),)), DUE, "https://tracker.example", NOTHING_WAITS
    )
    assert text.endswith("\nhttps://tracker.example/attention")
    assert "/my-actions" not in text


@pytest.mark.parametrize(("early", "stage"), [(1, None), (3, None), (4, 7)])
def test_a_later_rung_that_a_clock_ahead_gave_days_early_stands_for_those_before_it(
    early: int, stage: int | None
) -> None:
    later = DUE + timedelta(days=28)
    given = replace(ACTION, chased=(Chased(28, DUE, later, message_id=1),))
    today = later - timedelta(days=early)
    assert stage_to_chase(given, today, LADDER, [Ahead(later, today, 1)]) == stage


def test_copies_of_several_kinds_are_counted_and_introduced_once() -> None:
    def digest(*items: tuple[str, Told]) -> Digest[Any]:
        return Digest(LEAD, tuple(Item(waiting, 0, told) for waiting, told in items))

    actions = digest(("A1", Told.COPIED), ("A2", Told.ASKED), ("A3", Told.RAISED))
    challenges = digest(("C1", Told.COPIED), ("C2", Told.RAISED))
    assert beside_subject([actions, challenges]) == "2 things brought to you; 2 reminders in copy"
    said = beside_of([(each, lambda item: item.waiting) for each in (actions, challenges)])
    raised, copied = BESIDE_HEADINGS.values()
    assert said.split("\n\n") == [raised, "A3", "C2", copied, "A1", "C1"]
