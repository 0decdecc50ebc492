"""When a recommendation comes back, what is said of that, and what a judgement needs."""

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kscb_actions.access.policy import Role, Viewer
from kscb_actions.impact.rules import (
    ENDED,
    Facts,
    JudgementFacts,
    Standing,
    State,
    can_judge,
    count_words,
    impact_due,
    impact_rule,
    problems_with_account,
    problems_with_judgement,
    standing,
    state_words,
    why_not_judged,
)
from kscb_actions.text import LONGEST

DAY = date(2011, 8, 31)
ACCEPTED = datetime(2011, 8, 31, 9, tzinfo=UTC)
BEFORE, AFTER = ACCEPTED - timedelta(days=9), ACCEPTED + timedelta(days=200)
DUE = date(2012, 2, 29)


@pytest.mark.parametrize(
    ("accepted_on", "months", "due"),
    [
        (date(2011, 8, 31), 6, date(2012, 2, 29)),
        (date(2010, 8, 31), 6, date(2011, 2, 28)),
        (date(2011, 9, 15), 6, date(2012, 3, 15)),
        (date(2011, 12, 1), 1, date(2012, 1, 1)),
        (date(2012, 2, 29), 12, date(2013, 2, 28)),
    ],
)
def test_it_comes_back_so_many_months_after_the_last_acceptance(
    accepted_on: date, months: int, due: date
) -> None:
    assert impact_due(accepted_on, months) == due


@pytest.mark.parametrize(
    ("facts", "today", "found"),
    [
        (Facts(None), DUE, None),
        (Facts(None, AFTER), DUE, Standing(State.JUDGED)),
        (Facts(ACCEPTED), DUE - timedelta(days=1), Standing(State.LATER, DUE)),
        (Facts(ACCEPTED), DUE, Standing(State.ASKED, DUE)),
        (Facts(ACCEPTED, None, 2, 1), DUE, Standing(State.ASKED, DUE)),
        (Facts(ACCEPTED, None, 2, 2), DUE, Standing(State.TO_JUDGE, DUE)),
        (Facts(ACCEPTED, None, 2, 2), DUE - timedelta(days=1), Standing(State.LATER, DUE)),
        (Facts(ACCEPTED, AFTER), DUE, Standing(State.JUDGED)),
        (Facts(ACCEPTED, ACCEPTED), DUE, Standing(State.JUDGED)),
        # What is accepted after a judgement brings it back once more.
        (Facts(ACCEPTED, BEFORE), DUE, Standing(State.ASKED, DUE)),
    ],
)
def test_where_the_question_stands(facts: Facts, today: date, found: Standing | None) -> None:
    assert standing(facts, DAY if facts.accepted_at else None, 6, today) == found


def test_each_state_is_told_in_a_sentence() -> None:
    asked, facts = Standing(State.ASKED, DUE), Facts(ACCEPTED, None, 2, 1)
    assert state_words(asked, facts, DUE) == (
        "It came back on 29 February 2012. Agencies asked what difference it made: 2; that have said it: 1."
    )
    told = state_words(Standing(State.TO_JUDGE, DUE), facts, DUE + timedelta(days=1))
    assert told.startswith("It came back on 29 February 2012, 1 day ago. Every agency has said")
    assert state_words(Standing(State.LATER, DUE), facts, DAY) == "It comes back on 29 February 2012."
    assert state_words(Standing(State.JUDGED), facts, DUE) == "It has been judged."
    assert "6 months after" in impact_rule(6) and "1 month after" in impact_rule(1)


def test_it_is_judged_from_its_day_or_once_all_have_said_it() -> None:
    half, whole = Facts(ACCEPTED, None, 2, 1), Facts(ACCEPTED, None, 2, 2)
    later = Standing(State.LATER, DUE)
    assert why_not_judged(later, half).startswith("It comes back on 29 February 2012.")
    assert why_not_judged(later, whole) == "" == why_not_judged(Standing(State.ASKED, DUE), half)
    assert why_not_judged(Standing(State.JUDGED), whole) == ENDED == why_not_judged(None, whole)


@given(st.frozensets(st.sampled_from(list(Role))), st.integers(1, 3))
def test_nobody_of_an_agency_with_a_part_in_it_judges(roles: frozenset[Role], agency_id: int) -> None:
    person = Viewer(1, "Somebody", roles=roles, agency_id=agency_id)
    judging = {Role.CHAIR, Role.DEPUTY, Role.SUBGROUP_MEMBER, Role.MANAGER}
    assert not can_judge(person, frozenset({1, 2, 3}))
    assert bool(can_judge(person, frozenset({9}))) == bool(roles & judging)


@pytest.mark.parametrize(
    ("facts", "fields"),
    [
        (JudgementFacts("difference", "Seen."), set()),
        (JudgementFacts("", ""), {"outcome", "reason"}),
        (JudgementFacts("much", "Seen."), {"outcome"}),
        (JudgementFacts("partly", "x" * (LONGEST + 1)), {"reason"}),
        (JudgementFacts("none", "Seen."), {"work", "agency", "due_on"}),
        (JudgementFacts("none", "Seen.", "Train.", 1, date(2012, 4, 1)), set()),
        (JudgementFacts("none", "Seen.", "Train.", 1, DUE), {"due_on"}),
        (JudgementFacts("partly", "Seen.", "Train."), {"agency", "due_on"}),
        (JudgementFacts("partly", "Seen.", "Train.", 1, date(2012, 4, 1)), set()),
    ],
)
def test_no_difference_needs_new_work_and_others_may_have_it(facts: JudgementFacts, fields: set[str]) -> None:
    assert problems_with_judgement(facts, DUE).keys() == fields


def test_an_account_says_what_and_by_what() -> None:
    assert problems_with_account("Seen.", "Files.") == {}
    assert problems_with_account("", "").keys() == {"text", "shown_by"}
    assert problems_with_account("x" * (LONGEST + 1), "Files.").keys() == {"text"}


def test_judgements_are_counted_by_outcome() -> None:
    assert count_words([]) == "None judged"
    told = count_words(["none", "difference", "difference"])
    assert told == "3 judged: made a difference 2; no difference 1"
