"""Which agency returns on a child's death fall due for whom, and what the digest says. Plain values.

They climb the same ladder as actions. A mail about a death names no case: it carries the agency, the day and
the link, and goes to nobody who may not see the case.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from kscb_actions.access.policy import Permission, Reach, Role, Viewer, reach
from kscb_actions.chasing.ladder.rules import Recipient, Subject, climbing
from kscb_actions.chasing.rules import Chased, Digest, Item, due_words, paragraph_of

SUBJECT = "Child death reviews: returns waiting"
BOTH = (Recipient.COORDINATOR, Recipient.PANEL_MEMBERS)
RETURNS = Subject(
    code="returns",
    name="Agencies’ returns on child deaths",
    counted="the day by which the return is due",
    may_tell=BOTH,
    first=climbing(BOTH, ()),
    # No message about a death names it.
    fields=("agency", "due_on", "days", "count", "link"),
)


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


def holders(waiting: OutstandingReturn, recipient: Recipient, people: Iterable[Viewer]) -> tuple[Viewer, ...]:
    """Return who of the active `people` holds a post for a return and may see its case."""
    keeps = recipient is Recipient.COORDINATOR
    return tuple(
        person
        for person in recipients_of(waiting, people)
        if keeps == (Role.CDOP_COORDINATOR in person.roles)
    )


def link(waiting: OutstandingReturn, base_url: str) -> str:
    """Return the address of the returns of its case."""
    return f"{base_url}/deaths/{waiting.death_id}#returns"


def body(digest: Digest[OutstandingReturn], on: date, base_url: str) -> str:
    """Return the text: for each return its agency, when it was or is due, and the link to the case."""
    keeps = Role.CDOP_COORDINATOR in digest.to.roles
    asks = "These agencies have not answered yet:" if keeps else "Please see that your agency answers:"
    return "\n\n".join([asks, *(paragraph(item, on, base_url) for item in digest.items)])


def paragraph(item: Item[OutstandingReturn], on: date, base_url: str) -> str:
    """Return one return as a digest tells of it."""
    each = item.waiting
    return paragraph_of(each.agency, due_words(each.due_on, on), item.said, link(each, base_url))
