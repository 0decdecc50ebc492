"""The messages that a challenge sends at once: its reference and its link, nothing of a case."""

from collections.abc import Iterable

from kscb_actions.access.policy import Permission, Viewer, may
from kscb_actions.audit.service import Change
from kscb_actions.mail.rules import About
from kscb_actions.mail.service import queue
from kscb_actions.people.models import User
from kscb_actions.settings.queries import get_board
from kscb_actions.terms import LazyText, say, say_later
from kscb_actions.wording import date_uk

from .models import Challenge
from .queries import facts_of, named_on
from .rules import (
    DECIDES,
    LEVEL_NAMES,
    OUTCOME_NAMES,
    ChallengeFacts,
    Level,
    Outcome,
    can_decide,
    is_above_subgroup,
)

TO_ANSWER = """The {board} asks your agency a question: challenge {reference}.

Level: {level}
Reply by: {due}

Read it and answer here:
{link}"""
CORRECTED = """The {board} has put right what it asks your agency: challenge {reference}.

Level: {level}
Reply by: {due}

Read it and answer here:
{link}"""
AT_LEVEL = """Challenge {reference} is at this level now: {level}.

The agency is asked to reply by {due}. At this level it is for you to decide what comes of it.

Read it here:
{link}"""
TO_DECIDE = say_later("""Challenge {reference} has been answered.

It waits for the Board to close it, or to take it a level higher.

Read the answer here:
{link}""")
CLOSED = """Challenge {reference} to your agency is closed.

What came of it: {outcome}. Nothing more is asked of you about it.

Read why here:
{link}"""


def tell_who_answers(tx: Change, challenge: Challenge, people: Iterable[Viewer], base_url: str) -> None:
    """Queue word of the question to who is asked to answer it, in the open change."""
    subject = f"A question to your agency: challenge {challenge.reference}"
    _queue(tx, challenge, people, subject, TO_ANSWER, base_url)


def tell_who_is_asked_otherwise(
    tx: Change, challenge: Challenge, people: Iterable[Viewer], base_url: str
) -> None:
    """Queue word that the question or its date was put right, in the open change, to who is to answer it."""
    _queue(tx, challenge, people, f"Challenge {challenge.reference} was put right", CORRECTED, base_url)


def tell_who_decides_there(tx: Change, challenge: Challenge, base_url: str) -> None:
    """Queue word of a challenge that is above the subgroup's levels now, in the open change, to who decides.

    Of one at the subgroup's own levels its chairs hear once it is answered.
    """
    if is_above_subgroup(Level(challenge.level)):
        subject = f"Challenge {challenge.reference} is for you to decide on"
        _queue(tx, challenge, _deciding(challenge), subject, AT_LEVEL, base_url)


def tell_who_decides(tx: Change, challenge: Challenge, base_url: str) -> None:
    """Queue word of an answer, in the open change, to who raised the challenge and who decides on it."""
    # A manager may decide at every level, and is told where the question was their own.
    told = _deciding(challenge, challenge.raised_by_id)
    _queue(tx, challenge, told, f"Challenge {challenge.reference} has been answered", TO_DECIDE, base_url)


def tell_of_closing(tx: Change, challenge: Challenge, people: Iterable[Viewer], base_url: str) -> None:
    """Queue word of what came of a challenge, in the open change, to who had a part in it there."""
    _queue(tx, challenge, people, f"Challenge {challenge.reference} is closed", CLOSED, base_url)


def about(challenge: Challenge) -> tuple[About, ...]:
    """Return what a message that tells of a challenge is about."""
    return (
        About(
            review_id=challenge.review_id,
            action_id=challenge.action_id,
            recommendation_id=challenge.recommendation_id,
            challenge_id=challenge.id,
        ),
    )


def address_of(challenge_id: int, base_url: str) -> str:
    """Return the address of a challenge's page, as a message has it."""
    return f"{base_url}/challenges/{challenge_id}"


def _deciding(challenge: Challenge, also: int | None = None) -> list[Viewer]:
    """Return who decides on a challenge at its level, and one more, of those who may know of it."""
    named, facts = named_on(challenge.review), facts_of(challenge)
    people = [person.viewer for person in User.select().where(User.is_active).order_by(User.id)]
    return [
        person
        for person in people
        if (named is None or person.id in named)
        and may(person, Permission.READ_CHALLENGE, challenge.owners)
        and (person.id == also or _decides_on_it(person, facts))
    ]


def _decides_on_it(person: Viewer, facts: ChallengeFacts) -> bool:
    return bool(person.roles & DECIDES[facts.level]) and bool(can_decide(person, facts))


def _queue(
    tx: Change,
    challenge: Challenge,
    people: Iterable[Viewer],
    subject: str,
    text: str | LazyText,
    base_url: str,
) -> None:
    body = say(
        text,
        board=get_board().name,
        reference=challenge.reference,
        level=LEVEL_NAMES[Level(challenge.level)],
        due=date_uk(challenge.due_on),
        outcome=OUTCOME_NAMES[Outcome(challenge.outcome)] if challenge.outcome else "",
        link=address_of(challenge.id, base_url),
    )
    for person in people:
        # Nobody is told of what they did themselves.
        if person.id != tx.actor.id:
            queue(tx, User.get_by_id(person.id), subject, body, about(challenge))
