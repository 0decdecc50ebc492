"""What may be released, on which days a release stands, and where a wording gives a pseudonym away."""

from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest

from kscb_actions.reviews.publishing.rules import (
    LONGEST,
    NamesLeftOut,
    ReleaseFacts,
    gives_away,
    names_in,
    problems_with_release,
    problems_with_withdrawing,
    public_title,
    stands_at,
    why_not_released,
)
from kscb_actions.reviews.rules import CLASSIFICATIONS

from ...factories import TODAY

DAY = timedelta(days=1)
RELEASE = ReleaseFacts(TODAY, "Overview report", "full", "https://board.example/scr", "Agreed.", "The Board")


@pytest.mark.parametrize(
    ("pseudonym", "names"),
    [
        ("", ()),
        ("A", ()),
        ("Child", ()),
        ("Child A", ("Child A",)),
        ("Rebecca", ("Rebecca",)),
        ("Child LG", ("Child LG", "LG")),
        ("A99", ("A99",)),
        ("Ashley and Antonio", ("Ashley and Antonio", "Antonio", "Ashley")),
        ("Baby P & Child B", ("Baby P Child B", "Child B", "Baby P")),
    ],
)
def test_a_pseudonym_is_known_by_its_names(pseudonym: str, names: tuple[str, ...]) -> None:
    assert names_in(pseudonym) == names


@pytest.mark.parametrize(
    ("wording", "pseudonym", "is_given_away"),
    [
        ("Review of a case", "Child A", False),
        ("Serious case review: Child A", "Child A", True),
        ("SERIOUS CASE REVIEW CHILD-A", "Child A", True),
        ("A child in Ashford", "Child A", False),
        ("Ashley: overview report", "Ashley and Antonio", True),
        ("Antonio’s death", "Ashley and Antonio", True),
        ("The LG review", "Child LG", True),
        ("The LGA review", "Child LG", False),
        # The reverse: the wording is a part of the pseudonym.
        ("Rose", "Rose Cottage", True),
        ("Cottage", "Rose Cottage", True),
        ("Child", "Child A", False),
        ("https://board.example/scr-rebecca.pdf", "Rebecca", True),
        ("Rebeccas", "Rebecca", False),
        ("Review of a case", "", False),
        ("", "Child A", False),
    ],
)
def test_a_wording_that_has_the_pseudonym_or_is_a_part_of_it_gives_it_away(
    wording: str, pseudonym: str, is_given_away: bool
) -> None:
    assert gives_away(wording, pseudonym) is is_given_away
    assert public_title(wording, pseudonym, "Otherwise") == ("Otherwise" if is_given_away else wording)


LEFT_OUT = NamesLeftOut(
    {"Child A": "SCR-1", "Ashley": "SCR-2", "LG": "SCR-3", "ella": "SCR-4", "SCR-2011-02": "another review"}
)


@pytest.mark.parametrize(
    ("text", "left_out"),
    [
        ("What Child A’s mother said of child A.", "What SCR-1’s mother said of SCR-1."),
        ("For each child a plan, and for each child. A plan.", None),
        ("ASHLEY (Ashley)", "SCR-2 (SCR-2)"),
        ("Ella and ella", "SCR-4 and SCR-4"),
        ("SCR-2011-02/A3, SCR-2011-021, XSCR-2011-02", "another review/A3, SCR-2011-021, XSCR-2011-02"),
        ("lg LG\nLG", "lg SCR-3\nSCR-3"),
        ("Nothing of them, nor of 2011-02.", None),
        ("", None),
        ("Child", None),
    ],
)
def test_names_are_left_out_as_whole_words(text: str, left_out: str | None) -> None:
    assert LEFT_OUT(text) == (text if left_out is None else left_out)


def test_without_names_a_text_stays_as_it_is() -> None:
    assert NamesLeftOut({})("Child A") == "Child A"


@pytest.mark.parametrize(
    ("decisions", "stands"),
    [
        ([], (False, False, False)),
        ([("released", TODAY)], (False, True, True)),
        ([("released", TODAY - DAY), ("withdrawn", TODAY)], (True, False, False)),
        ([("released", TODAY), ("withdrawn", TODAY)], (False, False, False)),
        ([("released", TODAY - DAY), ("withdrawn", TODAY), ("released", TODAY + DAY)], (True, False, True)),
    ],
)
def test_a_release_stands_from_its_day_until_it_is_withdrawn(
    decisions: list[tuple[str, date]], stands: tuple[bool, ...]
) -> None:
    assert tuple(stands_at(decisions, TODAY + offset * DAY) for offset in (-1, 0, 1)) == stands


@pytest.mark.parametrize("classification", CLASSIFICATIONS)
@pytest.mark.parametrize("is_restricted", [True, False])
@pytest.mark.parametrize("is_released", [True, False])
def test_what_is_restricted_released_or_marked_as_more_than_public_cannot_be_released(
    classification: str, is_restricted: bool, is_released: bool
) -> None:
    can = classification in ("OFFICIAL", "UNRESTRICTED") and not is_restricted and not is_released
    assert (why_not_released(is_restricted, classification, is_released) is None) == can


@pytest.mark.parametrize(
    ("change", "wrong"),
    [
        ({}, set()),
        ({"link": ""}, set()),
        ({"decided_on": None}, {"decided_on"}),
        ({"decided_on": TODAY + DAY}, {"decided_on"}),
        ({"decided_on": TODAY - 2 * DAY}, {"decided_on"}),
        ({"decided_on": TODAY - DAY}, set()),
        ({"edition": ""}, {"edition"}),
        ({"edition": "Rebecca: overview report"}, {"edition"}),
        ({"edition": "x" * (LONGEST["edition"] + 1)}, {"edition"}),
        ({"published_as": "leaflet"}, {"published_as"}),
        ({"link": "board.example/scr"}, {"link"}),
        ({"link": "javascript:alert(1)"}, {"link"}),
        ({"link": "https://board.example/scr_rebecca.pdf"}, {"link"}),
        ({"link": "https://board.example/" + "x" * LONGEST["link"]}, {"link"}),
        ({"reason": ""}, {"reason"}),
        ({"reason": "x" * 100_000}, {"reason"}),
        ({"authority": ""}, {"authority"}),
        ({"authority": "x" * (LONGEST["authority"] + 1)}, {"authority"}),
    ],
)
def test_a_release_says_when_what_where_why_and_whose_decision_it_is(
    change: dict[str, Any], wrong: set[str]
) -> None:
    facts = replace(RELEASE, **change)
    assert set(problems_with_release(facts, "Rebecca", False, TODAY - DAY, TODAY)) == wrong
    own = problems_with_release(facts, "Rebecca", True, TODAY - DAY, TODAY)
    assert set(own) == wrong - ({"authority"} if change == {"authority": ""} else set())


@pytest.mark.parametrize(
    ("day", "reason", "wrong"),
    [
        (TODAY, "A name.", set()),
        (TODAY - DAY, "A name.", set()),
        (TODAY - 2 * DAY, "A name.", {"decided_on"}),
        (TODAY + DAY, "A name.", {"decided_on"}),
        (None, "", {"decided_on", "reason"}),
    ],
)
def test_the_end_of_a_release_has_a_day_and_a_reason(day: date | None, reason: str, wrong: set[str]) -> None:
    assert set(problems_with_withdrawing(day, reason, TODAY - DAY, TODAY)) == wrong
