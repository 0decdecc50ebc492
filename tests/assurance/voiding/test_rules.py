"""When something may be marked, brought back or put right, and what becomes of a message's text."""

import pytest

from kscb_actions.assurance.voiding.rules import (
    IN_MAIL,
    RECORDING,
    SAY_WHY,
    SAY_WHY_BACK,
    acts,
    acts_in_words,
    acts_of_agency,
    problems_with_restoring,
    problems_with_voiding,
    why_agency_stays,
    without,
)
from kscb_actions.audit.words import EVENT_NAMES
from kscb_actions.text import LONGEST_REASON

ADDED = "action.added"
ABOVE = "Its review is marked as recorded in error. Bring that back first."
TOO_LONG = "x" * (LONGEST_REASON + 1)


@pytest.mark.parametrize(
    ("events", "reason", "expected"),
    [
        (set(), "", None),
        ({ADDED, "action.changed", "action.standing-changed", "review.stage-reached"}, "", None),
        ({ADDED, "joint-owner.added", "action.carried-forward"}, "", None),
        ({ADDED, "joint-owner.added", "joint-owner.took-part"}, "", SAY_WHY),
        ({ADDED, "milestone.added"}, "", SAY_WHY),
        ({ADDED, "action.updated"}, "", SAY_WHY),
        ({ADDED, "action.updated"}, "A double.", None),
        ({ADDED, "action.chased"}, "", SAY_WHY),
        ({ADDED, "mail.item-named"}, "", SAY_WHY),
        ({ADDED, "extension.asked"}, "", SAY_WHY),
        ({ADDED, "evidence.added"}, "", SAY_WHY),
        ({ADDED, "submission.made"}, "", SAY_WHY),
        ({ADDED, "challenge.opened"}, "", SAY_WHY),
        ({ADDED, "recommendation.answered"}, "", SAY_WHY),
        ({ADDED, "report.exported"}, "", SAY_WHY),
        ({ADDED, "something.unheard-of"}, "", SAY_WHY),
    ],
)
def test_a_reason_is_needed_once_somebody_has_acted(
    events: set[str], reason: str, expected: str | None
) -> None:
    assert problems_with_voiding(reason, events).get("reason") == expected


@pytest.mark.parametrize(
    ("events", "words"),
    [
        ({ADDED}, []),
        ({"action.updated", "action.progress-told"}, ["An agency has reported progress."]),
        ({"action.extended"}, ["More time was asked for, or the due date was changed."]),
        ({"action.chased", "mail.item-named"}, ["Somebody was sent a message about it."]),
        ({"challenge.chased"}, ["Somebody was sent a message about it."]),
        (
            {"action.returned", "challenge.opened"},
            [
                "The Board or the agency has acted on what was reported.",
                "An agency was challenged.",
            ],
        ),
        ({"acknowledgement.taken-back"}, ["An agency has said by when it does it."]),
        ({"something.unheard-of"}, ["Something else has happened to it."]),
    ],
)
def test_what_has_happened_since_is_said_in_words(events: set[str], words: list[str]) -> None:
    assert acts_in_words(events) == words


@pytest.mark.parametrize("events", [set(), {"action.updated"}])
def test_a_reason_is_not_too_long(events: set[str]) -> None:
    assert problems_with_voiding("x" * LONGEST_REASON, events) == {}
    assert "reason" in problems_with_voiding(TOO_LONG, events)


@pytest.mark.parametrize(
    ("reason", "above", "expected"),
    [
        ("It is none.", "", {}),
        ("", "", {"reason": SAY_WHY_BACK}),
        (
            "It is none.",
            "review",
            {"above": "Its review is marked as recorded in error. Bring that back first."},
        ),
    ],
)
def test_what_is_void_is_brought_back_with_a_reason(
    reason: str, above: str, expected: dict[str, str]
) -> None:
    assert problems_with_restoring(reason, above) == expected
    assert "reason" in problems_with_restoring(TOO_LONG, "")


@pytest.mark.parametrize(
    ("events", "stays"),
    [
        ({ADDED, "action.changed", "action.agency-corrected"}, False),
        ({ADDED, "action.chased", "mail.item-named", "extension.made", "action.extended"}, False),
        ({ADDED, "action.updated"}, True),
        ({ADDED, "evidence.added"}, True),
        ({ADDED, "extension.asked"}, True),
        ({ADDED, "challenge.opened"}, True),
    ],
)
def test_the_agency_can_be_changed_until_it_acts(events: set[str], stays: bool) -> None:
    told = why_agency_stays(events)
    assert bool(told) is stays
    assert not stays or "recorded in error and record it anew" in str(told)
    assert "Bring the recommendation back" in str(why_agency_stays({ADDED}, is_accepting=False))


def test_what_counts_as_recording_has_a_name_in_the_trail() -> None:
    assert set(EVENT_NAMES) >= RECORDING
    assert acts(EVENT_NAMES.keys()) == sorted(set(EVENT_NAMES) - RECORDING)
    assert set(acts_of_agency(EVENT_NAMES.keys())) < set(acts(EVENT_NAMES.keys()))


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("SCR-2011-01/A3 first", f"{IN_MAIL} first"),
        ("SCR-2011-01/A31 first", "SCR-2011-01/A31 first"),
        ("RCA-SCR-2011-01/A3", "RCA-SCR-2011-01/A3"),
        ("challenge C7.", f"challenge {IN_MAIL}."),
        ("challenge C71.", "challenge C71."),
        ("go to http://h/reviews/SCR-2011-01/actions/3 now", "go to  now"),
        ("http://h/reviews/SCR-2011-01/actions/3/check?a=1", ""),
        ("http://h/reviews/SCR-2011-01/actions/31", "http://h/reviews/SCR-2011-01/actions/31"),
        ("http://h/challenges/7", ""),
        ("http://h/challenges/70", "http://h/challenges/70"),
    ],
)
def test_what_is_void_is_taken_out_of_a_message(text: str, expected: str) -> None:
    names, links = ["SCR-2011-01/A3", "C7"], ["/reviews/SCR-2011-01/actions/3", "/challenges/7"]
    assert without(text, names, links) == expected


def test_a_review_goes_out_of_a_message_with_all_that_is_in_it() -> None:
    text = "SCR-2011-01/A3 of SCR-2011-01, not SCR-2011-012: http://h/reviews/SCR-2011-01#plan"
    names, links = ["SCR-2011-01", "SCR-2011-01/A3"], ["/reviews/SCR-2011-01"]
    assert without(text, names, links) == f"{IN_MAIL} of {IN_MAIL}, not SCR-2011-012: "
