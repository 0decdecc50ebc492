"""Which readings are asked for and have not come, and who is reminded of them. Plain values."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from kscb_actions.access.policy import Permission, Viewer, may
from kscb_actions.chasing.ladder.rules import OF_BOARD, Recipient, Subject, climbing
from kscb_actions.chasing.rules import Chased, asked_or_managers
from kscb_actions.people.absences.rules import NOBODY_AWAY, Away

from .rules import can_give

READINGS = Subject(
    code="readings",
    name="Readings of measures",
    counted="the day on which a reading is asked for",
    may_tell=(Recipient.LEAD, Recipient.OTHER_LEADS, Recipient.BOARD_MEMBER, *OF_BOARD),
    first=climbing((Recipient.LEAD,), (Recipient.MANAGER,)),
    keeps_days=False,
)


@dataclass(frozen=True)
class AwaitedReading:
    """A reading that is asked for, as chasing knows it.

    due_on     the day on which it is asked for
    agency_id  whose reading it is; None where the Board's own people give it
    lead_id    who owns the measure
    named      who may know of a restricted review, by id; None when it is about none
    """

    measure_id: int
    due_on: date
    agency_id: int | None
    lead_id: int | None
    review_id: int | None = None
    recommendation_id: int | None = None
    named: frozenset[int] | None = None
    chased: tuple[Chased, ...] = ()
    away: Away = NOBODY_AWAY
    until_on: date | None = None

    @property
    def place(self) -> int:
        """Return its place among those asked for on one day."""
        return self.measure_id

    @property
    def label(self) -> str:
        """Return the reference people use, like M7."""
        return f"M{self.measure_id}"

    @property
    def path(self) -> str:
        """Return the address on which the reading is given, from the root."""
        return f"/measures/{self.measure_id}/readings"


def gives(waiting: AwaitedReading, person: Viewer) -> bool:
    """Return whether somebody may give the reading."""
    is_allowed = waiting.named is None or person.id in waiting.named
    reads = may(person, Permission.READ_MEASURE, waiting.agency_id)
    return is_allowed and can_give(person, waiting.agency_id) and bool(reads)


def whom_to_ask(waiting: AwaitedReading, people: Sequence[Viewer]) -> tuple[tuple[Viewer, ...], bool]:
    """Return who of the active `people` is asked for a reading, and whether they can give it.

    The owner, or who stands in; else who gives readings for its agency; where that is nobody, the managers.
    """
    able = [person for person in people if gives(waiting, person)]
    owner = waiting.away.in_place_of(each for each in able if each.id == waiting.lead_id)
    own = [each for each in able if each.agency_id == waiting.agency_id or waiting.agency_id is None]
    others = waiting.away.in_place_of(own)
    found = tuple(each for each in (owner or others) if gives(waiting, each))
    return asked_or_managers(found, waiting.named, people)
