"""Who is reminded of an awaited answer. Plain values in, plain values out."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from kscb_actions.access.policy import Viewer
from kscb_actions.chasing.ladder.rules import OF_AGENCY, OF_BOARD, Recipient, Subject, climbing
from kscb_actions.chasing.rules import Chased, asked_or_managers
from kscb_actions.people.absences.rules import NOBODY_AWAY, Away
from kscb_actions.reviews.answers import rules

ANSWERS = Subject(
    code="answers",
    name="Answers of agencies to recommendations",
    counted="the day to answer by",
    may_tell=(*OF_AGENCY, *OF_BOARD),
    first=climbing((Recipient.LEAD,), (Recipient.BOARD_MEMBER,)),
)


@dataclass(frozen=True)
class Awaited:
    """A recommendation that waits for an agency's answer, as chasing knows it.

    due_on  the date by which the agency was asked to answer
    named   who may know of a restricted review, by id; None when it is not restricted
    away    who is away on the day of the run
    until_on  the last day on which nobody is reminded, as the agency has said; or None
    """

    response_id: int
    agency_id: int
    agency_code: str
    reference: str
    number: int
    due_on: date
    review_id: int
    recommendation_id: int
    named: frozenset[int] | None = None
    chased: tuple[Chased, ...] = ()
    away: Away = NOBODY_AWAY
    until_on: date | None = None

    @property
    def lead_id(self) -> None:
        """Return that nobody leads it: it is for the whole agency to answer."""

    @property
    def place(self) -> int:
        """Return its place among those due on one day."""
        return self.response_id

    @property
    def label(self) -> str:
        """Return the reference people use, like SCR-2011-02, recommendation 3."""
        return label_of(self.reference, self.number)

    @property
    def path(self) -> str:
        """Return the address of the page on which it is answered, from the root."""
        return f"/reviews/{self.reference}/recommendations/{self.number}/answers/{self.agency_code}"


def label_of(reference: str, number: int) -> str:
    """Return what people call a recommendation of a review."""
    return f"{reference}, recommendation {number}"


def whom_to_ask(waiting: Awaited, people: Sequence[Viewer]) -> tuple[tuple[Viewer, ...], bool]:
    """Return who of the active `people` is asked to answer, and whether they can.

    Where the agency has nobody any more, the board managers are told.
    """
    asked = rules.whom_to_ask(people, waiting.agency_id, waiting.named, waiting.away)
    return asked_or_managers(asked, waiting.named, people)
