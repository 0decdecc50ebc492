"""Which agency returns on a child's death fall due for whom, and what the digest says. Plain values.

They climb the same ladder as actions. A mail about a death names no case: it carries the agency, the day and
the link, and goes to nobody who may not see the case.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from kscb_actions.access.policy import Permission, Reach, Role, Viewer, reach
from kscb_actions.chasing.rules import Chased, Digest, due_words

SUBJECT = "Child death reviews: returns waiting"


@dataclass(frozen=True)
class OutstandingReturn:
    """Hold a return that has not come, on a case that is not decided.

    seats      who sits on a panel that has the case on its agenda, by id
    closed_to  to whom a declared interest closes the case, by id
    """

    return_id: int
    death_id: int
    agency_id: int
    agency: str
    due_on: date
    seats: frozenset[int] = frozenset()
    closed_to: frozenset[int] = frozenset()
    chased: tuple[Chased, ...] = ()

    @property
    def place(self) -> int:
        """Return its place among those due on one day."""
        return self.return_id

    @property
    def label(self) -> str:
        """Return what an operator calls it: the agency, and the address of the case."""
        return f"{self.agency}, /deaths/{self.death_id}"


def may_see(person: Viewer, waiting: OutstandingReturn) -> bool:
    """Return whether this person may see the case.

    It answers the same as child_deaths.visibility.visible_death, for plain values.
    """
    if person.id in waiting.closed_to:
        return False
    width = reach(person, Permission.READ_DEATH)
    return width is Reach.ALL or (width is Reach.OWN_PANELS and person.id in waiting.seats)


def recipients_of(waiting: OutstandingReturn, people: Iterable[Viewer]) -> list[Viewer]:
    """Return who of the active `people` is told: co-ordinators, and the asked agency's panel members."""
    return [
        person
        for person in people
        if may_see(person, waiting)
        and (Role.CDOP_COORDINATOR in person.roles or person.agency_id == waiting.agency_id)
    ]


def body(digest: Digest[OutstandingReturn], on: date, base_url: str) -> str:
    """Return the text: for each return its agency, when it was or is due, and the link to the case."""
    keeps = Role.CDOP_COORDINATOR in digest.to.roles
    asks = "These agencies have not answered yet:" if keeps else "Please see that your agency answers:"
    return "\n\n".join([asks, *(_paragraph(item.waiting, on, base_url) for item in digest.items)])


def _paragraph(waiting: OutstandingReturn, on: date, base_url: str) -> str:
    return f"{waiting.agency}\n{due_words(waiting.due_on, on)}\n{base_url}/deaths/{waiting.death_id}#returns"
