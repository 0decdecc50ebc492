"""Who is reminded of an unanswered challenge, and what a digest calls it. Plain values."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from kscb_actions.access.policy import Viewer
from kscb_actions.assurance.challenges import rules
from kscb_actions.assurance.challenges.rules import DECIDES, LEVEL_NAMES, ChallengeFacts, Level
from kscb_actions.chasing.ladder.rules import (
    OF_AGENCY,
    OF_BOARD,
    RECIPIENT_NAMES,
    Ladder,
    Recipient,
    Rung,
    Subject,
    climbing,
)
from kscb_actions.chasing.rules import Chased, asked_or_managers
from kscb_actions.people.absences.rules import NOBODY_AWAY, Away
from kscb_actions.terms import say_later

ABOVE = [LEVEL_NAMES[level] for level in Level if rules.is_above_subgroup(level)]
CHAIR_MEANS = say_later(
    f"Of a challenge at the level {' or '.join(ABOVE)}, “{RECIPIENT_NAMES[Recipient.CHAIR]}” means the "
    "independent chair, who decides there; where there is none, the subgroup’s chair."
)
CHALLENGES = Subject(
    code="challenges",
    name="Challenges",
    counted="the day to reply by",
    may_tell=(*OF_AGENCY, *OF_BOARD),
    first=climbing((Recipient.LEAD,), (Recipient.CHAIR,)),
    note=CHAIR_MEANS,
)
# Answered, the Board has to decide: the chair, or at the highest levels the independent chair.
DECISIONS = Subject(
    code="decisions",
    name=say_later("Answered challenges that wait for the subgroup’s chair"),
    counted="the day of the answer",
    may_tell=OF_BOARD,
    first=Ladder((Rung(7, (Recipient.CHAIR,)), Rung(28, (Recipient.CHAIR,), (Recipient.MANAGER,), every=28))),
    keeps_days=False,
    has_before=False,
    is_agencys=False,
)
HIGH_DECISIONS = Subject(
    code="high_decisions",
    name=say_later("Answered challenges that wait for the independent chair"),
    counted="the day of the answer",
    may_tell=OF_BOARD,
    first=Ladder(
        (
            Rung(7, (Recipient.INDEPENDENT_CHAIR,)),
            Rung(28, (Recipient.INDEPENDENT_CHAIR,), (Recipient.MANAGER,), every=28),
        )
    ),
    keeps_days=False,
    has_before=False,
    is_agencys=False,
)
FOR_BOARD = (DECISIONS.code, HIGH_DECISIONS.code)


@dataclass(frozen=True)
class Unanswered:
    """A challenge that waits for its agency's answer, or answered for the Board, as chasing knows it.

    due_on   the day to reply by; of an answered one the day of the answer
    kind     the code of its subject
    facts    where an answered one stands, by which it is judged who decides on it
    lead_id  who leads the action it is about
    named    who may know of a restricted review, by id; None when it is about none
    away     who is away on the day of the run
    until_on  the last day on which nobody is reminded, as the agency has said; or None
    """

    challenge_id: int
    agency_id: int
    level: Level
    due_on: date
    review_id: int | None = None
    action_id: int | None = None
    lead_id: int | None = None
    named: frozenset[int] | None = None
    chased: tuple[Chased, ...] = ()
    recommendation_id: int | None = None
    away: Away = NOBODY_AWAY
    until_on: date | None = None
    kind: str = CHALLENGES.code
    facts: ChallengeFacts | None = None

    @property
    def place(self) -> int:
        """Return its place among those due on one day."""
        return self.challenge_id

    @property
    def label(self) -> str:
        """Return the reference people use, like C7."""
        return f"C{self.challenge_id}"

    @property
    def path(self) -> str:
        """Return the address of its page, from the root."""
        return f"/challenges/{self.challenge_id}"


def whom_to_ask(waiting: Unanswered, people: Sequence[Viewer]) -> tuple[tuple[Viewer, ...], bool]:
    """Return who of the active `people` is asked to answer, and whether they can.

    Where the agency has nobody any more, the board managers are told; so are they where nobody decides.
    """
    if waiting.kind in FOR_BOARD:
        allowed = [person for person in people if waiting.named is None or person.id in waiting.named]
        deciding = (each for each in allowed if each.roles & DECIDES[waiting.level])
        present = waiting.away.in_place_of(deciding)
        may_know = frozenset(person.id for person in allowed)
        found = tuple(each for each in present if each.id in may_know and decides(waiting, each))
        return asked_or_managers(found, waiting.named, people)
    asked = rules.whom_to_ask(
        people, waiting.agency_id, waiting.level, waiting.lead_id, waiting.named, waiting.away
    )
    return asked_or_managers(asked, waiting.named, people)


def decides(waiting: Unanswered, person: Viewer) -> bool:
    """Return whether somebody may decide on an answered challenge at its level."""
    return waiting.facts is not None and bool(rules.can_decide(person, waiting.facts))


def recipient_at(recipient: Recipient, level: Level) -> Recipient:
    """Return whom a ladder means at a level: by the chair the independent chair, where they decide."""
    is_instead = recipient is Recipient.CHAIR and rules.is_above_subgroup(level)
    return Recipient.INDEPENDENT_CHAIR if is_instead else recipient


def called(waiting: Unanswered) -> str:
    """Return what a digest calls a challenge: its reference, for whom it is answered, and its level."""
    is_theirs = waiting.kind == CHALLENGES.code and waiting.level == Level.LEAD
    stood_in = waiting.away.of(waiting.lead_id) if is_theirs else None
    of_whom = f", {stood_in.for_words}" if stood_in else ""
    return f"{waiting.label}{of_whom}, level: {LEVEL_NAMES[waiting.level]}"
