"""Who hears of a challenge on the page “New for you”, and what the page says after each of its steps."""

from collections.abc import Callable
from typing import Any

import pytest

from kscb_actions.assurance.challenges.service import answer_challenge
from kscb_actions.chasing.news.models import News
from kscb_actions.mail.models import OutboxMessage
from kscb_actions.people.models import User

from ...assurance.challenges.asking import NEXT_REPLY_BY, answered, closed, escalated, kept, raised
from ...factories import World
from ...pages import Visitor
from .test_changes import said
from .test_handing_over import heard, quiet

REASON = {"reason": "No plan."}
HIGHER = {**REASON, "due_on": [str(NEXT_REPLY_BY.day), str(NEXT_REPLY_BY.month), str(NEXT_REPLY_BY.year)]}
CLOSING = {**REASON, "outcome": "changed"}


def test_what_is_news_by_a_letter_has_a_letter(world: World) -> None:
    """Each who is told already by a message of its own has had that message; who has none, has the digest."""
    challenge = raised(world)
    for _ in range(3):
        challenge = escalated(world, answered(world, challenge))
    closed(world, challenge)
    rows = News.select(News, User).join(User, on=(News.person == User.id)).where(News.challenge == challenge)
    told = sorted(row.person.email for row in rows if row.told_at)
    assert told == sorted(row.to_address for row in OutboxMessage.select())
    assert {row.person.email for row in rows if not row.told_at} == {"second-chair@board.example"}


def test_the_independent_chair_hears_what_has_come_to_their_level(world: World) -> None:
    challenge = escalated(world, answered(world, raised(world)))
    quiet()
    challenge = escalated(world, answered(world, challenge))
    assert ("independent-chair", "challenge_at_level") in heard()
    quiet()
    closed(world, challenge)
    kind = "challenge_closed"
    assert heard() == [("police-lead", kind), ("police-member", kind), ("second-chair", kind)]


def test_who_answered_by_letter_for_the_agency_hears_of_the_closing(world: World) -> None:
    """The board manager, who recorded it."""
    challenge = raised(world)
    answer_challenge(world.manager.viewer, challenge, "By letter.", challenge.version, "http://127.0.0.1")
    quiet()
    closed(world, kept(challenge))
    assert [name for name, _ in heard()] == ["manager", "police-lead"]


STEPS: list[tuple[int, str, str, dict[str, Any], str]] = [
    (
        0,
        "second_chair",
        "escalate",
        HIGHER,
        "C1 is taken a level higher. Its letter can be made here. "
        "Police member, of Kent Police, is told at once.",
    ),
    (
        1,
        "second_chair",
        "escalate",
        HIGHER,
        "C1 is taken a level higher. Its letter can be made here. "
        "Police member, of Kent Police, is told at once. Independent chair is told at once.",
    ),
    (
        1,
        "second_chair",
        "close",
        CLOSING,
        "C1 is closed. Police lead and Police member, of Kent Police, are told at once.",
    ),
    (
        2,
        "independent_chair",
        "escalate",
        HIGHER,
        "Its letter can be made here. Police member, of Kent Police, is told at once.",
    ),
    (
        2,
        "independent_chair",
        "close",
        CLOSING,
        "C1 is closed. Police lead and Police member, of Kent Police, are told at once. "
        "Second chair is told at once.",
    ),
]


@pytest.mark.parametrize(("higher", "who", "step", "typed", "words"), STEPS)
def test_after_each_step_the_page_says_who_hears_of_it(
    world: World,
    visit: Callable[[User], Visitor],
    higher: int,
    who: str,
    step: str,
    typed: dict[str, Any],
    words: str,
) -> None:
    challenge = answered(world, raised(world))
    for _ in range(higher):
        challenge = answered(world, escalated(world, challenge))
    visitor = visit(getattr(world, who))
    sent = visitor.send(f"/challenges/{challenge.id}/{step}", typed)
    assert sent.status == 302, sent.errors
    assert said(visitor).endswith(words)
