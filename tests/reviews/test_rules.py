"""Rules of reviews: fields, stages, holds and answers on every boundary."""

import calendar
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kscb_actions.reviews.rules import (
    KIND_NAMES,
    RecommendationFacts,
    ReviewFacts,
    add_months,
    clock_words,
    problems_with_answer,
    problems_with_hold,
    problems_with_recommendation,
    problems_with_review,
    problems_with_stage,
)

TODAY = date(2012, 3, 30)
GOOD = ReviewFacts("SCR-2011-02", "scr", "A title")
DAYS = st.dates(date(1950, 1, 1), date(2090, 12, 31))


@pytest.mark.parametrize(
    ("day", "months", "later"),
    [
        (date(2011, 1, 31), 1, date(2011, 2, 28)),
        (date(2012, 1, 31), 1, date(2012, 2, 29)),
        (date(2012, 1, 29), 1, date(2012, 2, 29)),
        (date(2011, 1, 29), 1, date(2011, 2, 28)),
        (date(2012, 2, 29), 1, date(2012, 3, 29)),
        (date(2011, 8, 31), 6, date(2012, 2, 29)),
        (date(2011, 8, 31), 1, date(2011, 9, 30)),
        (date(2011, 12, 31), 1, date(2012, 1, 31)),
        (date(2011, 7, 15), 6, date(2012, 1, 15)),
        (date(2012, 2, 29), 12, date(2013, 2, 28)),
        (date(2100, 1, 31), 1, date(2100, 2, 28)),
    ],
)
def test_months_are_added_to_the_same_day_or_the_months_last(day: date, months: int, later: date) -> None:
    assert add_months(day, months) == later


@given(DAYS, st.integers(0, 48))
def test_adding_months_reaches_that_month_and_never_leaves_it(day: date, months: int) -> None:
    later = add_months(day, months)
    assert (later.year * 12 + later.month) - (day.year * 12 + day.month) == months
    assert later.day == min(day.day, calendar.monthrange(later.year, later.month)[1])


@pytest.mark.parametrize(
    ("due_on", "met_on", "words"),
    [
        (TODAY, None, "Due today"),
        (TODAY + timedelta(days=1), None, "Due in 1 day"),
        (TODAY + timedelta(days=14), None, "Due in 14 days"),
        (TODAY - timedelta(days=1), None, "Overdue by 1 day"),
        (TODAY - timedelta(days=40), None, "Overdue by 40 days"),
        (date(2011, 9, 1), date(2011, 9, 1), "Met on time"),
        (date(2011, 9, 1), date(2011, 8, 1), "Met on time"),
        (date(2011, 9, 1), date(2011, 9, 2), "Met 1 day late"),
        (date(2011, 9, 1), date(2011, 9, 18), "Met 17 days late"),
    ],
)
def test_a_clock_says_how_it_stands(due_on: date, met_on: date | None, words: str) -> None:
    assert clock_words(due_on, met_on, TODAY) == words


@pytest.mark.parametrize("kind", KIND_NAMES)
def test_a_review_of_any_kind_is_good(kind: str) -> None:
    assert problems_with_review(ReviewFacts("A-1", kind, "T", "p" * 80, "s" * 10_000, "PROTECT")) == {}


@pytest.mark.parametrize(
    ("changed", "field"),
    [
        ({"reference": ""}, "reference"),
        ({"reference": "AB"}, "reference"),
        ({"reference": "A" * 31}, "reference"),
        ({"reference": "scr-1"}, "reference"),
        ({"reference": "-SCR-1"}, "reference"),
        ({"reference": "SCR-1-"}, "reference"),
        ({"reference": "SCR/1"}, "reference"),
        ({"reference": "SCR 1"}, "reference"),
        ({"kind": ""}, "kind"),
        ({"kind": "no such kind"}, "kind"),
        ({"title": ""}, "title"),
        ({"title": "t" * 201}, "title"),
        ({"pseudonym": "p" * 81}, "pseudonym"),
        ({"summary": "s" * 10_001}, "summary"),
        ({"classification": "SECRET SAUCE"}, "classification"),
    ],
)
def test_what_is_wrong_with_a_review_is_said_at_its_field(changed: dict[str, str], field: str) -> None:
    assert list(problems_with_review(ReviewFacts(**{**vars(GOOD), **changed}))) == [field]


@pytest.mark.parametrize(
    ("stage", "reached_on", "note", "fields"),
    [
        ("notified", TODAY, "", []),
        ("notified", TODAY + timedelta(days=1), "", ["reached_on"]),
        ("notified", None, "", ["reached_on"]),
        ("", TODAY, "", ["stage"]),
        ("elsewhere", TODAY, "", ["stage"]),
        ("decided", TODAY, "", ["note"]),
        ("decided", TODAY, "The criteria are met.", []),
        ("not_published", TODAY, "", ["note"]),
        ("published", TODAY, "", []),
        ("published", TODAY, "n" * 10_001, ["note"]),
    ],
)
def test_what_is_wrong_with_a_stage_is_said_at_its_field(
    stage: str, reached_on: date | None, note: str, fields: list[str]
) -> None:
    assert list(problems_with_stage(stage, reached_on, note, TODAY)) == fields


@pytest.mark.parametrize(
    ("kind", "reason", "now", "fields"),
    [
        ("inquest", "Until June.", "", []),
        ("", "It is over.", "inquest", []),
        ("criminal_proceedings", "Charges.", "inquest", []),
        ("inquest", "Again.", "inquest", ["kind"]),
        ("", "Nothing to lift.", "", ["kind"]),
        ("weather", "Rain.", "", ["kind"]),
        ("inquest", "", "", ["reason"]),
        ("inquest", "r" * 10_001, "", ["reason"]),
    ],
)
def test_a_hold_needs_its_kind_and_reason(kind: str, reason: str, now: str, fields: list[str]) -> None:
    assert list(problems_with_hold(kind, reason, now)) == fields


@pytest.mark.parametrize(
    ("answer", "reason", "fields"),
    [
        ("awaited", "", []),
        ("accepted", "", []),
        ("partly", "", ["reason"]),
        ("partly", "Not all records.", []),
        ("not_accepted", "", ["reason"]),
        ("not_accepted", "r" * 10_001, ["reason"]),
        ("perhaps", "", ["answer"]),
        ("", "", ["answer"]),
    ],
)
def test_an_answer_short_of_acceptance_needs_its_reason(answer: str, reason: str, fields: list[str]) -> None:
    assert list(problems_with_answer(answer, reason)) == fields


@pytest.mark.parametrize(
    ("facts", "fields"),
    [
        (RecommendationFacts("To note."), []),
        (RecommendationFacts("t" * 10_000, "o" * 10_000, "a" * 200), []),
        (RecommendationFacts(""), ["text"]),
        (RecommendationFacts("t" * 10_001), ["text"]),
        (RecommendationFacts("t", "o" * 10_001), ["intended_outcome"]),
        (RecommendationFacts("t", "", "a" * 201), ["addressed_to"]),
        (RecommendationFacts("t", published_number="4" * 20, heading="h" * 200), []),
        (RecommendationFacts("t", published_number="4" * 21), ["published_number"]),
        (RecommendationFacts("t", heading="h" * 201), ["heading"]),
    ],
)
def test_a_recommendation_needs_its_text_only(facts: RecommendationFacts, fields: list[str]) -> None:
    assert list(problems_with_recommendation(facts)) == fields
