"""The form by section: what can be saved, what is missing, what goes onto the case."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kscb_actions.child_deaths.requests.rules import (
    BY_CODE,
    KNOWS,
    MOST_FILES,
    SECTIONS,
    Answer,
    Answers,
    in_words,
    missing_in,
    problems_with_part,
    problems_with_verdict,
    read_answers,
    why_not_attached,
    write_answers,
)

TODAY, LATER = date(2012, 3, 30), date(2012, 3, 31)


@pytest.mark.parametrize(
    ("section", "answer", "fields"),
    [
        ("knows", Answer(), []),
        ("knows", Answer(choice="yes"), []),
        ("knows", Answer(choice="perhaps"), ["choice"]),
        ("child", Answer("Healthy."), []),
        ("child", Answer("Healthy.", "yes"), ["choice"]),
        ("child", Answer("x" * 10_001), ["text"]),
        ("family", Answer("Mrs Smith said so."), ["text"]),
        ("family", Answer("They lived at CT1 2AB."), ["text"]),
        ("services", Answer("His NHS number is 943 476 5919."), ["text"]),
        ("learning", Answer("He was born on 3 November 2011."), ["text"]),
    ],
)
def test_half_a_section_is_saved_and_nobody_is_named_in_it(
    section: str, answer: Answer, fields: list[str]
) -> None:
    assert list(problems_with_part(BY_CODE[section], answer)) == fields


@pytest.mark.parametrize(
    ("knows", "is_enough"),
    [
        (Answer(), False),
        (Answer("Somebody wrote before choosing."), False),
        (Answer(choice="no"), True),
        (Answer(choice="yes"), False),
        (Answer("Since birth.", "yes"), True),
        (Answer(choice="not_known"), False),
        (Answer("The records were lost.", "not_known"), True),
    ],
)
def test_an_answer_says_whether_the_child_is_known_and_then_what_is(knows: Answer, is_enough: bool) -> None:
    assert bool(missing_in(Answers({KNOWS.code: knows}))) is not is_enough


def test_what_goes_onto_the_case_is_every_section_after_its_title() -> None:
    told = Answers({"learning": Answer("Tell parents."), "knows": Answer("Since birth.", "yes")})
    assert in_words(told) == (
        "What your agency knows of the child: Since birth.\n\nIssues for the panel: Tell parents."
    )
    assert in_words(Answers({"knows": Answer("Since birth.", "yes")})) == "Since birth."
    assert in_words(Answers({"knows": Answer("", "no")})) == ""


@given(
    st.dictionaries(
        st.sampled_from([each.code for each in SECTIONS]),
        st.builds(Answer, st.text(min_size=1), st.sampled_from(["", "yes", "no"])),
    ),
    st.lists(st.integers(1, 99), unique=True),
)
def test_what_is_kept_reads_back_and_is_the_same_text_for_the_same_answer(
    parts: dict[str, Answer], files: list[int]
) -> None:
    whole = Answers(parts, tuple(sorted(files)))
    assert read_answers(write_answers(whole)) == whole
    again = Answers(dict(reversed(parts.items())), tuple(reversed(files)))
    assert write_answers(again) == write_answers(whole)


@pytest.mark.parametrize(
    ("outcome", "reason", "due_on", "standing", "fields"),
    [
        ("accepted", "", None, "", []),
        ("accepted", "", None, "returned", []),
        ("accepted", "", None, "accepted", ["outcome"]),
        ("returned", "Say when.", LATER, "", []),
        ("returned", "Say when.", LATER, "accepted", []),
        ("returned", "Say when.", LATER, "returned", ["outcome"]),
        ("returned", "", LATER, "", ["reason"]),
        ("returned", "Say when.", None, "", ["due_on"]),
        ("returned", "Say when.", TODAY, "", ["due_on"]),
        ("returned", "", None, "", ["reason", "due_on"]),
        ("returned", "Ask Mrs Smith.", LATER, "", ["reason"]),
        ("", "", None, "", ["outcome"]),
        ("burnt", "", None, "", ["outcome"]),
    ],
)
def test_an_answer_is_returned_with_what_is_missing_and_a_day(
    outcome: str, reason: str, due_on: date | None, standing: str, fields: list[str]
) -> None:
    assert list(problems_with_verdict(outcome, reason, due_on, TODAY, standing)) == fields


@pytest.mark.parametrize(
    ("kept", "sent", "is_fit"),
    [(0, 0, False), (0, 1, True), (0, MOST_FILES, True), (1, MOST_FILES, False), (MOST_FILES, 1, False)],
)
def test_so_many_files_go_with_an_answer(kept: int, sent: int, is_fit: bool) -> None:
    assert (why_not_attached(range(kept), range(sent)) is None) is is_fit
