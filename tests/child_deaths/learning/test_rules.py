"""What in a recommendation would identify the child is refused, however it is written."""

from datetime import date

import pytest

from kscb_actions.child_deaths.learning import rules
from kscb_actions.child_deaths.learning.rules import LatestReferral, why_identifies_case

DIED, TODAY = date(2011, 11, 3), date(2012, 3, 30)
LONG = "x" * 10_001


def refused(text: str, number: str = "11/042", beside: tuple[str, ...] = ()) -> bool:
    return why_identifies_case(text, number, DIED, ("Thanet", "the isle"), (5, "months"), beside) is not None


@pytest.mark.parametrize(
    "text",
    [
        "See 11/042.",
        "See 11 042",
        "See 11-042.",
        "case (11042)",
        "On 3 November 2011 a child died.",
        "On 3rd of November 2011",
        "3/11/2011",
        "03.11.11",
        "2011-11-03",
        "November 3, 2011",
        "3 Nov",
        "the 3rd of November",
        "Nov 3",
        "A 5-month-old in Thanet",
        "In thanet, aged 5 months",
        "On the Isle, aged 5 months",
        "Dr Smith should write",
        "Send it to CT10 1AA",
    ],
)
def test_what_leads_back_is_refused(text: str) -> None:
    assert refused(text)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "Tell parents about safe sleeping.",
        "Visit again after 5 months.",
        "Thanet District Council should gate the steps.",
        "By 3 November 2012",
        "By 4 November 2011",
        "Report to the Board on 13 November.",
        "Fund 111042 places",
        "Every 15 months in Thanet",
        "Form 11/0421",
    ],
)
def test_what_does_not_is_taken(text: str) -> None:
    assert not refused(text)


def test_a_short_number_is_refused_only_as_it_is_written() -> None:
    assert refused("case C7 shows", "C7")
    assert not refused("Give each of the C70 forms a C 7.", "C7")


def test_the_district_in_one_text_and_the_age_in_another_are_found_together() -> None:
    assert refused("Children of 5 months", beside=("Thanet District Council",))
    assert not refused("Children of 5 months", beside=("Dover District Council",))


def not_referred(decision_number: int = 0, was_suspected: bool = False) -> LatestReferral:
    return LatestReferral(False, decision_number, was_suspected)


def referred(outcome: str = "", decision_number: int = 0, was_suspected: bool = False) -> LatestReferral:
    return LatestReferral(True, decision_number, was_suspected, outcome)


@pytest.mark.parametrize(
    ("number", "is_abuse", "is_suspected", "latest", "asks"),
    [
        # Nothing recorded yet: each reason asks.
        (0, False, False, None, False),
        (0, False, True, None, True),
        (1, True, False, None, True),
        (1, False, False, None, False),
        # Not referred: what was known then asks no more.
        (1, True, False, not_referred(1), False),
        (0, False, True, not_referred(0, True), False),
        (1, True, True, not_referred(1, True), False),
        # A new decision, or a new suspicion, asks anew.
        (1, True, False, not_referred(0), True),
        (2, True, False, not_referred(1), True),
        (2, False, False, not_referred(1), False),
        (1, True, True, not_referred(1, False), True),
        (0, False, True, not_referred(0, False), True),
        (1, True, True, not_referred(0, True), True),
        # A decision without category 1 asks nothing, nor does a suspicion that was withdrawn.
        (2, False, True, not_referred(1, True), False),
        (0, False, False, not_referred(0, True), False),
        # Before the subgroup, or under review: nothing asks.
        (2, True, True, referred(), False),
        (2, True, True, referred("scr"), False),
        (2, True, True, referred("other"), False),
        # The subgroup chose no review: what is new asks again.
        (1, True, True, referred("none", 1, True), False),
        (2, True, True, referred("none", 1, True), True),
        (1, True, True, referred("none", 1, False), True),
    ],
)
def test_what_asks_for_a_referral(
    number: int, is_abuse: bool, is_suspected: bool, latest: LatestReferral | None, asks: bool
) -> None:
    assert rules.asks_for_referral(number, is_abuse, is_suspected, latest) is asks


@pytest.mark.parametrize(
    ("is_referred", "reason", "decided_on", "is_open", "wrong"),
    [
        (True, "Why.", TODAY, False, set()),
        (False, "Why.", DIED, False, set()),
        (None, "Why.", TODAY, False, {"is_referred"}),
        (True, "", TODAY, False, {"reason"}),
        (True, LONG, TODAY, False, {"reason"}),
        (True, "Why.", None, False, {"decided_on"}),
        (True, "Why.", date(2012, 3, 31), False, {"decided_on"}),
        (True, "Why.", date(2011, 11, 2), False, {"decided_on"}),
        (False, "Why.", TODAY, True, {"is_referred"}),
    ],
)
def test_a_referral_decision_has_its_reason_and_day(
    is_referred: bool | None, reason: str, decided_on: date | None, is_open: bool, wrong: set[str]
) -> None:
    assert set(rules.problems_with_referral(is_referred, reason, decided_on, DIED, TODAY, is_open)) == wrong


@pytest.mark.parametrize(
    ("outcome", "reason", "answered_on", "has_review", "wrong"),
    [
        ("scr", "Why.", TODAY, True, set()),
        ("other", "Why.", DIED, False, set()),
        ("none", "Why.", TODAY, False, set()),
        ("none", "Why.", TODAY, True, {"review"}),
        ("perhaps", "Why.", TODAY, False, {"outcome"}),
        ("", "", None, False, {"outcome", "reason", "answered_on"}),
        ("scr", "Why.", date(2011, 11, 2), False, {"answered_on"}),
        ("scr", "Why.", date(2012, 3, 31), False, {"answered_on"}),
    ],
)
def test_an_answer_has_its_reason_and_day(
    outcome: str, reason: str, answered_on: date | None, has_review: bool, wrong: set[str]
) -> None:
    found = rules.problems_with_outcome(outcome, reason, answered_on, DIED, TODAY, has_review)
    assert set(found) == wrong


SAYS_WHO = "Mrs Example knows the family."


@pytest.mark.parametrize(
    "problems",
    [
        rules.problems_with_referral(True, SAYS_WHO, DIED, DIED, TODAY, False),
        rules.problems_with_outcome("no_review", SAYS_WHO, TODAY, TODAY, TODAY, False),
    ],
)
def test_no_reason_names_anybody(problems: dict[str, str]) -> None:
    assert "looks like a name" in problems["reason"]
