"""Which recommendations have come back, and who is reminded of them. Plain values."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from kscb_actions.access.policy import Permission, Viewer, may
from kscb_actions.chasing.ladder.rules import OF_BOARD, Recipient, Subject, climbing
from kscb_actions.chasing.rules import Chased, OfNoAgency, asked_or_managers
from kscb_actions.people.absences.rules import NOBODY_AWAY, Away
from kscb_actions.reviews.inspections.rules import RECOMMENDATION

from .rules import can_judge

IMPACT = Subject(
    code="impact",
    name="What difference recommendations made",
    counted="the day on which a recommendation comes back, and the last agency’s word once all have said it",
    may_tell=(Recipient.LEAD, *OF_BOARD),
    first=climbing((Recipient.LEAD,), (Recipient.MANAGER,)),
    keeps_days=False,
    # Several agencies are waited for at once, or nobody of them.
    fields=("reference", "due_on", "days", "count", "link"),
    is_agencys=False,
)


@dataclass(frozen=True)
class CameBack(OfNoAgency):
    """A recommendation of which it is asked what difference it made, as chasing knows it.

    silent  the agencies that have not said it, by id; none where it waits to be judged
    bodies  the agencies of which nobody judges, by id
    named   who may know of a restricted review, by id; None when it is about none
    """

    recommendation_id: int
    reference: str
    number: int
    due_on: date
    review_id: int
    silent: frozenset[int] = frozenset()
    bodies: frozenset[int] = frozenset()
    named: frozenset[int] | None = None
    chased: tuple[Chased, ...] = ()
    away: Away = NOBODY_AWAY
    called: str = RECOMMENDATION.one

    @property
    def lead_id(self) -> None:
        """Return that nobody leads it."""

    @property
    def place(self) -> tuple[str, int]:
        """Return its place among those of one day."""
        return self.reference, self.number

    @property
    def label(self) -> str:
        """Return what a digest calls it."""
        return f"{self.reference}, {self.called} {self.number}"

    @property
    def path(self) -> str:
        """Return the address of its page, from the root."""
        return f"/reviews/{self.reference}/recommendations/{self.number}/impact"


def says_or_judges(waiting: CameBack, person: Viewer) -> bool:
    """Return whether it is for this person to say, or to judge where every agency has said it."""
    if waiting.named is not None and person.id not in waiting.named:
        return False
    if not waiting.silent:
        return bool(can_judge(person, waiting.bodies))
    return person.agency_id in waiting.silent and bool(may(person, Permission.WRITE_IMPACT, person.agency_id))


def whom_to_ask(waiting: CameBack, people: Sequence[Viewer]) -> tuple[tuple[Viewer, ...], bool]:
    """Return who of the active `people` is asked; where that is nobody, the managers are told."""
    able = waiting.away.in_place_of([each for each in people if says_or_judges(waiting, each)])
    found = tuple(each for each in able if says_or_judges(waiting, each))
    return asked_or_managers(found, waiting.named, people)
