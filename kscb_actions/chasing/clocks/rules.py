"""Who is reminded of a statutory date that a review has not met. Plain values in, plain values out."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from kscb_actions.access.policy import Permission, Viewer
from kscb_actions.chasing.ladder.rules import OF_BOARD, Recipient, Subject, climbing
from kscb_actions.chasing.rules import Chased, OfNoAgency, holders_of
from kscb_actions.people.absences.rules import NOBODY_AWAY, Away
from kscb_actions.reviews.rules import CLOCK_NAMES

CLOCKS = Subject(
    code="clocks",
    name="Statutory dates of reviews",
    counted="the statutory date",
    may_tell=OF_BOARD,
    first=climbing(OF_BOARD, (), (-28, -7, 0)),
    keeps_days=False,
    # It is the Board that is waited for, and no agency.
    fields=("reference", "due_on", "days", "count", "link"),
    is_agencys=False,
)
READS = Permission.READ_REVIEW
# The board manager sees to every stage; where none may know of the review, whoever chairs does.
IN_TURN = (Recipient.MANAGER, Recipient.CHAIR, Recipient.INDEPENDENT_CHAIR)


@dataclass(frozen=True)
class UnmetClock(OfNoAgency):
    """A statutory date of a review that has not reached the stage by which it is met, as chasing knows it.

    kind   of the clock
    named  who may know of a restricted review, by id; None when it is not restricted
    away   who is away on the day of the run
    """

    review_id: int
    reference: str
    kind: str
    due_on: date
    named: frozenset[int] | None = None
    chased: tuple[Chased, ...] = ()
    away: Away = NOBODY_AWAY

    @property
    def lead_id(self) -> None:
        """Return that nobody leads it."""

    @property
    def place(self) -> tuple[str, str]:
        """Return its place among those due on one day: by review."""
        return self.reference, self.kind

    @property
    def label(self) -> str:
        """Return the reference people use, with what the page calls the clock: SCR-2012-01, decision."""
        return f"{self.reference}, {CLOCK_NAMES[self.kind].lower()}"

    @property
    def path(self) -> str:
        """Return the address of the review's page, from the root."""
        return f"/reviews/{self.reference}"


def whom_to_ask(waiting: UnmetClock, people: Sequence[Viewer]) -> tuple[tuple[Viewer, ...], bool]:
    """Return who of the active `people` is told where no rung says who, and that they are asked to do it."""
    for recipient in IN_TURN:
        found = holders_of(recipient, people, None, None, waiting.named, READS, waiting.away)
        if found:
            return found, True
    return (), True
