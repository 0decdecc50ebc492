"""Who is reminded of an unanswered challenge, and what a digest calls it. Plain values."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from kscb_actions.access.policy import Viewer
from kscb_actions.assurance.challenges import rules
from kscb_actions.assurance.challenges.rules import LEVEL_NAMES, Level
from kscb_actions.chasing.ladder.rules import OF_AGENCY, OF_BOARD, Recipient, Subject, climbing
from kscb_actions.chasing.rules import Chased, asked_or_managers
from kscb_actions.people.absences.rules import NOBODY_AWAY, Away

CHALLENGES = Subject(
    code="challenges",
    name="Challenges",
    counted="the day to reply by",
    may_tell=(*OF_AGENCY, *OF_BOARD),
    first=climbing((Recipient.LEAD,), (Recipient.CHAIR,)),
)


@dataclass(frozen=True)
class Unanswered:
    """A challenge that waits for its agency's answer, as chasing knows it.

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

    Where the agency has nobody any more, the board managers are told.
    """
    asked = rules.whom_to_ask(
        people, waiting.agency_id, waiting.level, waiting.lead_id, waiting.named, waiting.away
    )
    return asked_or_managers(asked, waiting.named, people)


def recipient_at(recipient: Recipient, level: Level) -> Recipient:
    """Return whom a ladder means at a level: by the chair the independent chair, where they decide."""
    is_instead = recipient is Recipient.CHAIR and rules.is_above_subgroup(level)
    return Recipient.INDEPENDENT_CHAIR if is_instead else recipient


def called(waiting: Unanswered) -> str:
    """Return what a digest calls a challenge: its reference, for whom it is answered, and its level."""
    stood_in = waiting.away.of(waiting.lead_id) if waiting.level == Level.LEAD else None
    of_whom = f", {stood_in.for_words}" if stood_in else ""
    return f"{waiting.label}{of_whom}, level: {LEVEL_NAMES[waiting.level]}"
