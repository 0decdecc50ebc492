"""Headings of real plans are understood, and those that are not can be given a meaning."""

import pytest

from kscb_actions.plans_in.headings import Part, meaning_of, parts_of
from kscb_actions.plans_in.tables import NotRead
from kscb_actions.plans_in.words import (
    DONE,
    IN_PROGRESS,
    NOT_STARTED,
    is_like_number,
    number_of,
    numbered,
    status_of,
)

from .made import word
from .test_layouts import read


@pytest.mark.parametrize(
    ("heading", "part"),
    [
        ("Recommendation", Part.RECOMMENDATION),
        ("SCR Recommendations (2011)", Part.RECOMMENDATION),
        ("Ofsted Area for Improvement", Part.RECOMMENDATION),
        ("Scope of recommendation", Part.OTHER),
        ("Agency response to recommendations", Part.RESPONSE),
        ("ACTION TO BE TAKEN", Part.ACTION),
        ("How?", Part.ACTION),
        ("Agreed action(s)", Part.ACTION),
        ("Actions taken", Part.PROGRESS),
        ("Lead Agency", Part.AGENCY),
        ("Who?", Part.AGENCY),
        ("Officer responsible", Part.PERSON),
        ("Lead officer and agency", Part.PERSON),
        ("Timescale/Target", Part.DUE),
        ("Date for delivery", Part.DUE),
        ("Proposed completion date", Part.DUE),
        ("Revised target date", Part.REVISED),
        ("Give expected new achievement date", Part.REVISED),
        ("R/A/G", Part.STATUS),
        ("RAG rating (see key)", Part.STATUS),
        ("Progress indicator", Part.STATUS),
        ("Update on progress", Part.PROGRESS),
        ("Progress presented to Committee", Part.PROGRESS),
        ("Update June 2012", Part.PROGRESS),
        ("Date of completion and outcome", Part.DONE),
        ("On Target to Achieve", Part.TICKED),
        ("Output/Outcome measurement", Part.SUCCESS),
        ("Evidence of completion", Part.EVIDENCE),
        ("Key milestones to enact recommendation", Part.MILESTONES),
        ("Rec. No.", Part.NUMBER),
        ("Nos", Part.NUMBER),
        ("Multi-agency action plan", None),
        ("Version", None),
        ("Kent Police", None),
        ("Recommendation " * 12, None),
    ],
)
def test_a_heading_is_understood(heading: str, part: Part | None) -> None:
    meaning = meaning_of(heading)
    assert (meaning.part if meaning else None) == part


def test_the_surer_of_two_headings_has_the_part() -> None:
    assert parts_of({1: "Finding", 2: "Recommendation"}) == {1: Part.OTHER, 2: Part.RECOMMENDATION}
    assert parts_of({1: "Completion date", 2: "Action"})[1] == Part.DUE
    assert parts_of({1: "Target date", 2: "Completion date"}) == {1: Part.DUE, 2: Part.DONE}


def test_a_heading_is_given_a_meaning_by_hand() -> None:
    table = [["Way forward", "Champion", "Finish line"], ["Share minutes.", "Kent Police", "1 May 2012"]]
    with pytest.raises(NotRead, match="No table has the headings of a plan"):
        read(word(table), "docx")
    by_hand = {"way forward": Part.ACTION, "champion": Part.AGENCY, "finish line": Part.DUE}
    [action] = read(word(table), "docx", by_hand=by_hand).actions
    assert (action.text, action.agencies, str(action.due.on)) == ("Share minutes.", ("KPOL",), "2012-05-01")


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("1. Share", ("1", "Share")),
        ("1.Share", ("1", "Share")),
        ("4.2 Share", ("4.2", "Share")),
        ("(iv) share", ("(iv)", "share")),
        ("R3: Share", ("R3", "Share")),
        ("Recommendation 3: Share", ("3", "Share")),
        ("Rec 4 The Board", ("4", "The Board")),
        ("A referral is made", ("", "A referral is made")),
        ("2 of the agencies", ("", "2 of the agencies")),
        ("U.K. law", ("", "U.K. law")),
        ("Recommendations 1 and 2", ("", "Recommendations 1 and 2")),
        ("7.", ("", "7.")),
    ],
)
def test_a_number_before_a_text_is_taken_off(text: str, expected: tuple[str, str]) -> None:
    assert numbered(text) == expected


def test_numbers_stay_texts() -> None:
    given = ["2.", "4.10", "Recommendation 3", "R3", "(iv)", "1a)"]
    assert [number_of(each) for each in given] == ["2", "4.10", "3", "R3", "(iv)", "1a"]
    assert is_like_number("Rec 12") and not is_like_number("Training")


@pytest.mark.parametrize(
    ("text", "status"),
    [
        ("Green", IN_PROGRESS),
        ("A", IN_PROGRESS),
        ("Blue", DONE),
        ("Completed 28/10/2011", DONE),
        ("Complete - all staff told", DONE),
        ("Not started", NOT_STARTED),
        ("Waiting for the moon", ""),
    ],
)
def test_status_words_have_a_usual_meaning(text: str, status: str) -> None:
    assert status_of(text) == status
