"""Who is reminded of a referred case that waits for the subgroup's answer. Plain values."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from kscb_actions.access.policy import Permission, Viewer
from kscb_actions.chasing.ladder.rules import OF_BOARD, Recipient, Subject, climbing
from kscb_actions.chasing.rules import Chased, OfNoAgency, holders_of
from kscb_actions.people.absences.rules import NOBODY_AWAY, Away
from kscb_actions.terms import say_later

REFERRALS = Subject(
    code="case_referrals",
    name="Cases that agencies referred",
    counted=say_later("the day by which the subgroup answers"),
    may_tell=OF_BOARD,
    first=climbing((Recipient.CHAIR,), (Recipient.MANAGER,), (-7, 0)),
    keeps_days=False,
    # It is the Board that is waited for, and no agency.
    fields=("reference", "due_on", "days", "count", "link"),
    is_agencys=False,
)
READS = Permission.READ_CASE_REFERRAL
IN_TURN = (Recipient.CHAIR, Recipient.INDEPENDENT_CHAIR, Recipient.MANAGER)


@dataclass(frozen=True)
class UnansweredReferral(OfNoAgency):
    """A referral that waits, as chasing knows it. It is about no review; who is away is so on the run's day.

    from_agency  the id of the agency that referred it: nobody of it answers
    """

    id: int
    from_agency: int
    due_on: date
    chased: tuple[Chased, ...] = ()
    away: Away = NOBODY_AWAY
    named: frozenset[int] | None = None

    @property
    def review_id(self) -> None:
        """Return that it is about no review."""

    @property
    def lead_id(self) -> None:
        """Return that nobody leads it."""

    @property
    def reference(self) -> str:
        """Return what people call it."""
        return f"R{self.id}"

    @property
    def place(self) -> tuple[str, str]:
        """Return its place among those due on one day."""
        return self.reference, ""

    @property
    def label(self) -> str:
        """Return what a digest calls it."""
        return f"Referral {self.reference}"

    @property
    def path(self) -> str:
        """Return the address of its page, from the root."""
        return f"/case-referrals/{self.id}"


def may_answer(waiting: UnansweredReferral, person: Viewer) -> bool:
    """Return whether somebody is of another agency than the one that referred it."""
    return person.agency_id is None or person.agency_id != waiting.from_agency


def whom_to_ask(waiting: UnansweredReferral, people: Sequence[Viewer]) -> tuple[tuple[Viewer, ...], bool]:
    """Return who of the active `people` is told where no rung says who, and that they are asked to do it."""
    others = [person for person in people if may_answer(waiting, person)]
    for recipient in IN_TURN:
        found = holders_of(recipient, others, None, None, waiting.named, READS, waiting.away)
        if found:
            return found, True
    return (), True
