"""What a meeting has given somebody to do and is not done, and who is reminded of it. Plain values."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from kscb_actions.access.policy import Viewer
from kscb_actions.chasing.ladder.rules import OF_BOARD, Recipient, Subject, climbing
from kscb_actions.chasing.rules import Chased, OfNoAgency, asked_or_managers
from kscb_actions.people.absences.rules import NOBODY_AWAY, Away

TASKS = Subject(
    code="meeting_tasks",
    name="Tasks that meetings have given",
    counted="the day by which it is to be done",
    may_tell=(Recipient.LEAD, *OF_BOARD),
    first=climbing((Recipient.LEAD,), (Recipient.MANAGER,), (-7, 0)),
    keeps_days=False,
    # It is one person that is waited for, and no agency.
    fields=("reference", "due_on", "days", "count", "link"),
    is_agencys=False,
)


@dataclass(frozen=True)
class OpenTask(OfNoAgency):
    """A decision of a meeting that somebody is to carry out, as chasing knows it.

    lead_id  who is to do it
    named    who may know of the restricted reviews in its paper, by id; None when it has none
    """

    id: int
    due_on: date
    lead_id: int
    reviews: tuple[int, ...] = ()
    named: frozenset[int] | None = None
    chased: tuple[Chased, ...] = ()
    away: Away = NOBODY_AWAY

    @property
    def review_id(self) -> int | None:
        """Return the review it is about, where there is one alone."""
        return self.reviews[0] if len(self.reviews) == 1 else None

    @property
    def place(self) -> int:
        """Return its place among those due on one day."""
        return self.id

    @property
    def label(self) -> str:
        """Return the reference people use, like D7."""
        return f"D{self.id}"

    @property
    def path(self) -> str:
        """Return the address of its page, from the root."""
        return f"/meetings/tasks/{self.id}"


def does(waiting: OpenTask, person: Viewer) -> bool:
    """Return whether it is this person's to do, who is there and may know of it."""
    is_there = waiting.away.of(person.id) is None
    return person.id == waiting.lead_id and is_there and (waiting.named is None or person.id in waiting.named)


def whom_to_ask(waiting: OpenTask, people: Sequence[Viewer]) -> tuple[tuple[Viewer, ...], bool]:
    """Return who of the active `people` is asked to do it; where that is nobody, the managers are told."""
    return asked_or_managers(tuple(each for each in people if does(waiting, each)), waiting.named, people)
