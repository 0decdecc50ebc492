"""Who drafts and comments, and what a decision changed of its draft: rules alone."""

from dataclasses import replace
from datetime import UTC, date, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kscb_actions.child_deaths import terms
from kscb_actions.child_deaths.drafting import rules
from kscb_actions.child_deaths.judging.rules import FactorFacts, Judgement
from kscb_actions.child_deaths.meetings.rules import WAY_NAMES, Way, why_not_change_way

from ...factories_deaths import JUDGED

HELD = date(2012, 4, 12)
CLOSED_AT = datetime(2012, 4, 12, 15, tzinfo=UTC)
TEXTS = st.sampled_from(["", "The sofa.", "No interpreter"])
FACTORS = st.builds(
    lambda domain, code, level, text, marked: FactorFacts(domain, code, level, text, marked),
    st.sampled_from(list(terms.DOMAINS)),
    st.just(""),
    st.sampled_from(list(terms.INFLUENCES)),
    TEXTS,
    st.booleans(),
) | st.sampled_from(
    [FactorFacts(domain, code, "2", "A word") for domain in terms.DOMAINS for code in terms.FACTORS[domain]]
)
JUDGEMENTS = st.builds(
    Judgement,
    st.frozensets(st.sampled_from(list(terms.CATEGORIES)), min_size=1, max_size=3),
    st.sampled_from(list(terms.MODIFIABLE_NAMES)),
    TEXTS,
    st.lists(FACTORS, max_size=4, unique_by=lambda factor: factor.code or id(factor)).map(tuple),
    TEXTS,
)


@pytest.mark.parametrize(
    ("way", "closed_at", "is_decided", "why"),
    [
        ("draft", None, False, None),
        ("draft", None, True, rules.DECIDED),
        ("draft", CLOSED_AT, False, rules.CLOSED),
        ("draft", CLOSED_AT, True, rules.DECIDED),
        ("blind", None, False, rules.NOT_BY_DRAFT),
        ("blind", CLOSED_AT, True, rules.NOT_BY_DRAFT),
    ],
)
def test_until_when_one_drafts_and_comments(
    way: str, closed_at: datetime | None, is_decided: bool, why: str | None
) -> None:
    assert rules.why_closed(way, closed_at, is_decided) == why


@pytest.mark.parametrize(
    ("keeps", "is_named", "has_seat", "may"),
    [
        (True, False, False, True),
        (False, True, True, True),
        (False, True, False, False),
        (False, False, True, False),
    ],
)
def test_who_may_draft(keeps: bool, is_named: bool, has_seat: bool, may: bool) -> None:
    assert rules.may_draft(keeps, is_named, has_seat) is may


@pytest.mark.parametrize(
    ("on", "when"),
    [(date(2012, 4, 11), rules.BEFORE), (HELD, rules.AT_MEETING), (date(2012, 4, 13), rules.AT_MEETING)],
)
def test_before_the_meeting_or_at_it(on: date, when: str) -> None:
    assert rules.when_said(on, HELD) == when


@pytest.mark.parametrize(
    ("text", "has_nothing", "latest", "wrong"),
    [
        ("A word.", False, None, {}),
        ("", True, None, {}),
        ("", True, "A word.", {}),
        ("", False, None, {"text": rules.NOTHING}),
        ("A word.", False, "A word.", {"text": rules.SAME}),
        ("", True, "", {"text": rules.SAME}),
    ],
)
def test_what_is_a_comment(text: str, has_nothing: bool, latest: str | None, wrong: dict[str, str]) -> None:
    assert rules.problems_with_comment(text, has_nothing, latest) == wrong


def test_a_comment_that_is_too_long_is_refused() -> None:
    assert set(rules.problems_with_comment("x" * 10_001, False, None)) == {"text"}


def test_who_has_yet_to_say_something() -> None:
    assert rules.who_owes_comment([1, 2, 3, 4, 5], 2, [3], [4]) == {1, 5}


def test_the_way_stays_once_somebody_has_prepared() -> None:
    assert why_not_change_way("blind", "draft", 0) == {} == why_not_change_way("draft", "draft", 3)
    assert set(why_not_change_way("blind", "draft", 1)) == {"way"}
    assert set(WAY_NAMES) == set(Way)


def test_what_the_panel_changed_of_a_draft() -> None:
    factor = replace(JUDGED.factors[0], influence="3", is_modifiable=False)
    decided = replace(JUDGED, categories=frozenset({3}), factors=(factor,), learning="")
    found = {each.question: (each.draft, each.decision) for each in rules.changes(JUDGED, decided)}
    assert list(found) == [
        "All categories",
        "Parenting capacity: Sleeping in the same bed or on a sofa",
        "Learning",
    ]
    assert found["Learning"] == ("Tell parents before the birth.", rules.NONE)
    left_out = rules.changes(JUDGED, replace(JUDGED, factors=()))
    assert [each.decision for each in left_out] == [rules.NOT_FOUND]


@given(JUDGEMENTS, JUDGEMENTS)
def test_nothing_is_changed_unseen(draft: Judgement, decision: Judgement) -> None:
    def unordered(judgement: Judgement) -> tuple[object, ...]:
        return replace(judgement, factors=()), sorted(map(str, judgement.factors))

    assert rules.changes(draft, draft) == ()
    shuffled = replace(draft, factors=draft.factors[::-1])
    assert rules.changes(draft, shuffled) == ()
    assert bool(rules.changes(draft, decision)) is (unordered(draft) != unordered(decision))
