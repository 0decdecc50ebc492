"""Who is told of an event, and when: each kind of event, each part that a person plays."""

from dataclasses import replace
from datetime import date

import pytest

from kscb_actions.access.policy import Role, Viewer
from kscb_actions.assurance.challenges.rules import Level
from kscb_actions.chasing.news.rules import (
    AT_ONCE,
    HAS_LETTER,
    KIND_NAMES,
    MOST_LISTED,
    OF_STANDING,
    Happening,
    Heard,
    Item,
    Kind,
    Pace,
    body,
    has_letter,
    heard_words,
    is_due,
    subject,
    told_words,
    who_is_told,
)

POLICE, HEALTH = 1, 2


def person(number: int, name: str, *roles: Role, agency: int | None = None) -> Viewer:
    """Return somebody as the policy sees them."""
    return Viewer(number, name, f"{name}@board.example", frozenset(roles), agency)


PEOPLE = {
    each.name: each
    for each in (
        person(1, "manager", Role.MANAGER),
        person(2, "chair", Role.CHAIR),
        person(3, "police-chair", Role.CHAIR, agency=POLICE),
        person(4, "independent", Role.INDEPENDENT_CHAIR),
        person(5, "lead", Role.AGENCY_LEAD, agency=POLICE),
        person(6, "second-lead", Role.AGENCY_LEAD, agency=POLICE),
        person(7, "member", Role.BOARD_MEMBER, agency=POLICE),
        person(8, "health-lead", Role.AGENCY_LEAD, agency=HEALTH),
        person(9, "reader", Role.READER),
        person(10, "panel", Role.CDOP_MEMBER),
        person(11, "subgroup", Role.SUBGROUP_MEMBER),
        person(12, "both", Role.AGENCY_LEAD, Role.CHAIR, agency=HEALTH),
    )
}
TO_LEAD = [
    *(Kind.NEW_ACTION, Kind.HANDED_OVER, Kind.RETURNED, Kind.ACCEPTED, Kind.REOPENED, Kind.MORE_TIME),
    *(Kind.DATE_PUT_RIGHT, *OF_STANDING.values()),
]


def told(kind: Kind, *, lead: str = "", by: str = "", **facts: object) -> set[str]:
    """Return the names of who is told of something about the police."""
    concerned = frozenset(PEOPLE[name].id for name in facts.pop("concerned", ()))  # type: ignore[attr-defined]
    named = facts.pop("named", None)
    happening = Happening(
        kind,
        POLICE,
        actor_id=PEOPLE[by].id if by else None,
        lead_id=PEOPLE[lead].id if lead else None,
        concerned=frozenset(each for each in concerned if each is not None),
        named=None if named is None else frozenset(PEOPLE[name].id or 0 for name in named),  # type: ignore[attr-defined]
        **facts,  # type: ignore[arg-type]
    )
    return {each.name for each in who_is_told(happening, list(PEOPLE.values()))}


@pytest.mark.parametrize("kind", TO_LEAD)
def test_what_happens_to_an_action_is_told_to_its_lead_or_to_every_lead_of_its_agency(kind: Kind) -> None:
    assert told(kind, lead="lead", by="chair") == {"lead"}
    assert told(kind, by="chair") == {"lead", "second-lead"}
    # Who leads it on paper has left the agency, or was never a lead.
    assert told(kind, lead="health-lead", by="chair") == {"lead", "second-lead"}
    assert told(kind, lead="lead", by="chair", concerned=["second-lead"]) == {"lead", "second-lead"}


@pytest.mark.parametrize("kind", list(Kind))
def test_nobody_is_told_of_what_they_did(kind: Kind) -> None:
    for name in PEOPLE:
        assert name not in told(kind, lead="lead", by=name, concerned=list(PEOPLE))


@pytest.mark.parametrize("kind", list(Kind))
@pytest.mark.parametrize("level", list(Level))
def test_of_a_restricted_review_only_those_named_are_told(kind: Kind, level: Level) -> None:
    everybody = {"concerned": list(PEOPLE), "lead": "lead", "level": level}
    assert told(kind, named=[], **everybody) == set()  # type: ignore[arg-type]
    assert told(kind, named=["second-lead", "panel"], **everybody) == {"second-lead"}  # type: ignore[arg-type]


@pytest.mark.parametrize("kind", list(Kind))
def test_who_may_not_see_it_is_not_told_even_if_concerned(kind: Kind) -> None:
    found = told(kind, concerned=list(PEOPLE))
    assert not found & {"panel", "health-lead"}
    assert "reader" in found


@pytest.mark.parametrize("kind", [Kind.ASKED, Kind.ANSWERED])
def test_a_question_and_its_answer_are_between_two(kind: Kind) -> None:
    assert told(kind, lead="lead", concerned=["second-lead"]) == {"second-lead"}


@pytest.mark.parametrize(
    ("level", "asked", "decides"),
    [
        (Level.LEAD, {"lead"}, {"chair", "both"}),
        (Level.BOARD_MEMBER, {"member"}, {"chair", "both"}),
        (Level.INDEPENDENT_CHAIR, {"member"}, {"independent"}),
        (Level.FULL_BOARD, {"member"}, {"independent"}),
    ],
)
def test_a_challenge_is_told_to_who_answers_and_its_answer_to_who_decides(
    level: Level, asked: set[str], decides: set[str]
) -> None:
    assert told(Kind.CHALLENGED, lead="lead", level=level, by="manager") == asked
    told_of_end = told(Kind.CHALLENGE_CLOSED, lead="lead", level=level, by="chair", concerned=["manager"])
    assert told_of_end == asked | {"manager"}
    # Never the agency's own chair, who may not decide on it.
    assert told(Kind.CHALLENGE_ANSWERED, level=level, by="member") == decides
    assert told(Kind.CHALLENGE_ANSWERED, level=level, by="member", concerned=["manager"]) == decides | {
        "manager"
    }


def test_who_led_an_action_hears_that_it_is_theirs_no_longer_and_who_did_not_does_not() -> None:
    assert told(Kind.HANDED_AWAY, lead="lead", by="manager") == {"lead"}
    assert told(Kind.HANDED_AWAY, by="manager") == {"lead", "second-lead"}
    # They have left the agency, or lost their account, since: the others never led it.
    assert told(Kind.HANDED_AWAY, lead="health-lead", by="manager") == set()


@pytest.mark.parametrize(
    ("level", "decides"),
    [
        (Level.INDEPENDENT_CHAIR, {"independent"}),
        (Level.FULL_BOARD, {"independent"}),
    ],
)
def test_a_challenge_at_their_level_is_told_to_who_decides_there(level: Level, decides: set[str]) -> None:
    assert told(Kind.CHALLENGE_AT_LEVEL, level=level, by="chair") == decides
    assert told(Kind.CHALLENGE_AT_LEVEL, level=level, by="independent") == set()


def test_of_a_closing_everybody_hears_who_was_asked_at_any_level_or_answered() -> None:
    levels = frozenset({Level.LEAD, Level.BOARD_MEMBER})
    facts = {"lead": "lead", "level": Level.BOARD_MEMBER, "asked_at": levels, "by": "chair"}
    assert told(Kind.CHALLENGE_CLOSED, **facts) == {"lead", "member"}  # type: ignore[arg-type]
    more = told(Kind.CHALLENGE_CLOSED, concerned=["second-lead", "manager", "panel"], **facts)  # type: ignore[arg-type]
    assert more == {"lead", "member", "second-lead", "manager"}


def test_who_is_told_of_a_closing_outside_the_agency_has_no_letter_of_it() -> None:
    closing = Happening(Kind.CHALLENGE_CLOSED, POLICE)
    assert has_letter(closing, PEOPLE["lead"]) and not has_letter(closing, PEOPLE["manager"])
    assert has_letter(Happening(Kind.CHALLENGE_AT_LEVEL, POLICE), PEOPLE["independent"])
    assert not has_letter(Happening(Kind.WITHDRAWN, POLICE), PEOPLE["lead"])


NAMES = {POLICE: "Kent Police", HEALTH: "NHS Kent"}
HEARS = "hears of it on the next working morning, unless they chose otherwise."


@pytest.mark.parametrize(
    ("kind", "direct", "shared", "words"),
    [
        (Kind.WITHDRAWN, ["lead"], [], f"lead, of Kent Police, {HEARS}"),
        (
            Kind.DATE_PUT_RIGHT,
            ["lead"],
            ["health-lead"],
            f"lead, of Kent Police, {HEARS} health-lead, of NHS Kent, {HEARS}",
        ),
        (Kind.HANDED_OVER, [], [], "Nobody else can be told: Kent Police has no active lead who may see it."),
        (Kind.HANDED_AWAY, ["lead"], [], f"lead, of Kent Police, {HEARS}"),
        (Kind.HANDED_AWAY, [], [], ""),
        (Kind.LED_BY_ANOTHER, [], ["health-lead"], f"health-lead, of NHS Kent, {HEARS}"),
        (Kind.CHALLENGED, ["member"], [], "member, of Kent Police, is told at once."),
        (Kind.CHALLENGE_AT_LEVEL, ["independent"], [], "independent is told at once."),
        (Kind.CHALLENGE_AT_LEVEL, [], [], ""),
        (
            Kind.CHALLENGE_ANSWERED,
            [],
            [],
            "Nobody else can be told: nobody who may decide on it has an account.",
        ),
        (
            Kind.CHALLENGE_CLOSED,
            ["lead", "manager", "member"],
            [],
            "lead and member, of Kent Police, are told at once. manager is told at once.",
        ),
    ],
)
def test_who_hears_is_said_for_each_part_they_have(
    kind: Kind, direct: list[str], shared: list[str], words: str
) -> None:
    people = [tuple(PEOPLE[name] for name in names) for names in (direct, shared)]
    assert heard_words(Heard(Happening(kind, POLICE), *people), NAMES) == words


MONDAY, FRIDAY = date(2012, 3, 26), date(2012, 3, 30)


@pytest.mark.parametrize(
    ("pace", "happened_on", "on", "is_morning", "is_told"),
    [
        (Pace.AT_ONCE, FRIDAY, FRIDAY, False, True),
        (Pace.AT_ONCE, MONDAY, FRIDAY, True, True),
        (Pace.DAILY, FRIDAY, FRIDAY, False, False),
        (Pace.DAILY, FRIDAY, FRIDAY, True, True),
        (Pace.DAILY, MONDAY, FRIDAY, True, True),
        # By a clock that was ahead.
        (Pace.DAILY, FRIDAY, MONDAY, True, True),
        (Pace.WEEKLY, MONDAY, FRIDAY, True, False),
        (Pace.WEEKLY, FRIDAY, FRIDAY, True, False),
        (Pace.WEEKLY, date(2012, 3, 25), MONDAY, True, True),
        (Pace.WEEKLY, date(2012, 3, 25), MONDAY, False, False),
        # The machine was off on Monday.
        (Pace.WEEKLY, date(2012, 3, 25), FRIDAY, True, True),
        (Pace.WEEKLY, FRIDAY, MONDAY, True, True),
        (Pace.WEEKLY, FRIDAY, date(2012, 4, 2), True, True),
    ],
)
def test_each_pace_has_its_day(
    pace: Pace, happened_on: date, on: date, is_morning: bool, is_told: bool
) -> None:
    assert is_due(Kind.ACCEPTED, pace, happened_on, on, is_morning) is is_told


@pytest.mark.parametrize("pace", list(Pace))
@pytest.mark.parametrize("kind", [Kind.RETURNED, Kind.ASKED, Kind.CHALLENGED])
def test_what_has_to_be_answered_is_told_at_once_whatever_was_chosen(kind: Kind, pace: Pace) -> None:
    assert is_due(kind, pace, FRIDAY, FRIDAY, is_morning=False)


def test_every_kind_has_its_words() -> None:
    assert set(KIND_NAMES) == set(Kind) and HAS_LETTER < AT_ONCE


def item(number: int, kind: Kind = Kind.NEW_ACTION, review: str = "SCR-2011-01") -> Item:
    """Return one piece of news."""
    reference = f"{review}/A{number}"
    return Item(number, kind, reference, review, "Kent Police", FRIDAY, f"/reviews/{review}/actions/{number}")


def test_a_message_lists_by_kind_and_counts_what_is_many() -> None:
    some = [item(1), item(2, Kind.RETURNED), *[item(n, Kind.ACCEPTED) for n in range(3, 3 + MOST_LISTED + 1)]]
    some[-1] = replace(some[-1], review="SCR-2011-02")
    assert subject(len(some)) == "13 things are new for you"
    assert body(some, "https://tracker.example") == (
        "New for you:\n\n"
        "1 report returned by the Board\nSCR-2011-01/A2, Kent Police, 30 March 2012\n"
        "https://tracker.example/reviews/SCR-2011-01/actions/2\n\n"
        "1 new action\nSCR-2011-01/A1, Kent Police, 30 March 2012\n"
        "https://tracker.example/reviews/SCR-2011-01/actions/1\n\n"
        "11 actions accepted by the Board\nSCR-2011-01: 10\nSCR-2011-02: 1\n\n"
        "All that is new for you:\nhttps://tracker.example/new"
    )


def test_of_what_is_no_longer_theirs_a_message_has_the_reference_and_no_link() -> None:
    gone = replace(item(7, Kind.HANDED_AWAY), agency="", path="")
    text = body([gone], "https://tracker.example")
    assert "1 action no longer yours\nSCR-2011-01/A7, 30 March 2012\n\n" in text
    assert "/actions/" not in text


def test_who_is_told_is_said_in_one_sentence() -> None:
    lead, second, member = PEOPLE["lead"], PEOPLE["second-lead"], PEOPLE["member"]
    assert told_words(Kind.RETURNED, [lead], "Kent Police") == "lead, of Kent Police, is told at once."
    assert told_words(Kind.ACCEPTED, [lead, second], "Kent Police") == (
        "lead and second-lead, of Kent Police, hear of it on the next working morning, "
        "unless they chose otherwise."
    )
    many = told_words(Kind.RETURNED, [lead, second, member, lead], "Kent Police")
    assert many == "lead, second-lead and 2 others, of Kent Police, are told at once."
    assert told_words(Kind.CHALLENGE_ANSWERED, [lead], "") == "lead is told at once."
    assert "nobody who may decide" in told_words(Kind.CHALLENGE_ANSWERED, [], "")
    assert told_words(Kind.RETURNED, [], "Kent Police") == (
        "Nobody else can be told: Kent Police has no active lead who may see it."
    )


def test_who_shares_the_action_or_had_it_is_not_told_to_decide() -> None:
    """Whoever decides nothing of a challenge is not asked to."""
    answered = {"level": Level.LEAD, "by": "member"}
    assert "both" in told(Kind.CHALLENGE_ANSWERED, **answered)  # type: ignore[arg-type]
    told_now = told(Kind.CHALLENGE_ANSWERED, others=frozenset({HEALTH}), **answered)  # type: ignore[arg-type]
    assert told_now == {"chair"}
