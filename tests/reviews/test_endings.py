"""How a recommendation comes to an end: withdrawn, noted, or not for this Board."""

from datetime import date

import pytest

from kscb_actions.reviews.endings import (
    ENDED_BY_BOARD,
    ENDING_CHOICES,
    ENDING_NAMES,
    EVENTS,
    Ending,
    count_words,
    ending_of,
    ending_words,
    problems_with_bringing_back,
    problems_with_ending,
    why_nothing_asked,
    why_unfinished,
)

TODAY = date(2012, 3, 30)
A1 = ["SCR-2011-02/A1"]
WITHDRAWN, NOTED, NOT_FOR_US = Ending


@pytest.mark.parametrize("words", [ENDING_NAMES, ENDING_CHOICES, EVENTS, ENDED_BY_BOARD])
def test_every_ending_has_its_words(words: dict[Ending, object]) -> None:
    assert set(words) == set(Ending)


@pytest.mark.parametrize(
    ("ended_on", "ending", "expected"),
    [
        (None, "", None),
        (None, None, None),
        (None, "noted", None),
        (TODAY, "", WITHDRAWN),
        ("2012-03-30", None, WITHDRAWN),
        (TODAY, "withdrawn", WITHDRAWN),
        (TODAY, "noted", NOTED),
        ("2012-03-30", "not_for_us", NOT_FOR_US),
    ],
)
def test_what_ended_before_there_were_several_ways_was_withdrawn(
    ended_on: date | str | None, ending: str | None, expected: Ending | None
) -> None:
    assert ending_of(ended_on, ending) is expected


@pytest.mark.parametrize(
    ("ending", "reason", "ended", "unfinished", "fields"),
    [
        ("withdrawn", "Why.", None, [], set()),
        ("withdrawn", "x" * 2_000, None, [], set()),
        ("withdrawn", "x" * 2_001, None, [], {"reason"}),
        ("withdrawn", "", None, [], {"reason"}),
        ("withdrawn", "Why.", None, A1, {"standing"}),
        ("withdrawn", "", None, A1, {"reason", "standing"}),
        ("withdrawn", "Why.", WITHDRAWN, [], {"standing"}),
        ("withdrawn", "", NOTED, A1, {"reason", "standing"}),
        ("not_for_us", "Why.", None, [], set()),
        ("not_for_us", "", None, [], {"reason"}),
        ("not_for_us", "Why.", NOTED, [], {"standing"}),
        ("not_for_us", "Why.", None, A1, {"standing"}),
        ("noted", "", None, [], set()),
        ("noted", "Why.", None, [], set()),
        ("noted", "x" * 2_001, None, [], {"reason"}),
        ("noted", "", None, A1, {"standing"}),
        ("noted", "", NOTED, [], {"standing"}),
        ("", "Why.", None, [], {"ending"}),
        ("finished", "", None, [], {"ending", "reason"}),
    ],
)
def test_it_ends_once_without_unfinished_actions_and_with_a_reason_unless_it_is_noted(
    ending: str, reason: str, ended: Ending | None, unfinished: list[str], fields: set[str]
) -> None:
    assert set(problems_with_ending(ending, reason, ended, unfinished)) == fields


@pytest.mark.parametrize(
    ("reason", "ended", "fields"),
    [
        ("Why.", WITHDRAWN, set()),
        ("Why.", NOTED, set()),
        ("Why.", NOT_FOR_US, set()),
        ("", NOTED, {"reason"}),
        ("x" * 2_001, WITHDRAWN, {"reason"}),
        ("Why.", None, {"standing"}),
        ("", None, {"reason", "standing"}),
    ],
)
def test_only_what_has_ended_is_brought_back_and_with_a_reason(
    reason: str, ended: Ending | None, fields: set[str]
) -> None:
    assert set(problems_with_bringing_back(reason, ended)) == fields


@pytest.mark.parametrize(
    ("count", "named"),
    [(1, "A1."), (2, "A1, A2."), (10, "A9, A10."), (11, "A9, A10 and 1 more."), (40, "A10 and 30 more.")],
)
def test_the_actions_in_the_way_are_named_and_what_to_do(count: int, named: str) -> None:
    told = why_unfinished([f"A{number}" for number in range(1, count + 1)])
    first, then = told.split(". ", 1)
    assert f"{first}.".endswith(named) and then.startswith("Withdraw or supersede each action first")


@pytest.mark.parametrize(
    ("ended", "words"),
    [(None, ""), (WITHDRAWN, "7 is withdrawn"), (NOTED, "7 is noted"), (NOT_FOR_US, "not for us")],
)
def test_nothing_more_is_asked_for_what_has_ended(ended: Ending | None, words: str) -> None:
    told = why_nothing_asked("7", ended) or ""
    assert words in told and bool(told) is (ended is not None)


@pytest.mark.parametrize(
    ("endings", "words"),
    [
        ([], ""),
        ([None, None], ""),
        ([None, WITHDRAWN], "1 withdrawn"),
        ([NOTED, WITHDRAWN, NOTED, None, NOT_FOR_US], "1 withdrawn, 2 noted, 1 not for us"),
    ],
)
def test_each_way_is_counted_apart(endings: list[Ending | None], words: str) -> None:
    assert count_words(endings) == words


def test_how_and_when_it_ended_is_said_in_its_own_words() -> None:
    assert [ending_words(each, TODAY) for each in Ending] == [
        "Withdrawn on 30 March 2012",
        "Noted on 30 March 2012",
        "Not for us on 30 March 2012",
    ]
