"""Which agency returns on a child's death fall due for whom, and what the digest says. Plain values.

A mail about a death names no case: it carries the request, the agency, the day and the link, and goes to
nobody who may not see it. An agency's contacts are reminded first; then the panel's co-ordinator hears of it,
and the agency's own panel members. What an agency has sent waits for the co-ordinator.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from kscb_actions.access.policy import Permission, Reach, Role, Viewer, reach
from kscb_actions.chasing.ladder.rules import REPEATS_EVERY, Ladder, Recipient, Rung, Subject, climbing
from kscb_actions.chasing.rules import Chased, Digest, Item, due_words, paragraph_of
from kscb_actions.people.absences.rules import NOBODY_AWAY, Away

SUBJECT = "Child death reviews: returns waiting"
_CONTACT, _KEEPER, _MEMBERS = Recipient.LEAD, Recipient.COORDINATOR, Recipient.PANEL_MEMBERS
# No message about a death names it.
_FIELDS = ("agency", "due_on", "days", "count", "link")
RETURNS = Subject(
    code="returns",
    name="Agencies’ returns on child deaths",
    counted="the day by which the return is due",
    may_tell=(_CONTACT, _KEEPER, _MEMBERS),
    first=Ladder(
        (
            Rung(-14, (_CONTACT,)),
            Rung(0, (_CONTACT,)),
            Rung(7, (_CONTACT,), (_KEEPER,)),
            Rung(28, (_CONTACT, _KEEPER), (_MEMBERS,)),
            Rung(28 + REPEATS_EVERY, (_CONTACT, _KEEPER), (_MEMBERS,), every=REPEATS_EVERY),
        )
    ),
    keeps_days=False,
    fields=_FIELDS,
    note="An agency without a child-death contact has nobody to remind: the co-ordinator is told instead.",
)
SENT_RETURNS = Subject(
    code="returns_sent",
    name="Agencies’ answers on child deaths that the panel has not looked at",
    counted="the day by which the co-ordinator looks at the answer",
    may_tell=(_KEEPER,),
    first=climbing((_KEEPER,), (), (0,)),
    keeps_days=False,
    has_before=False,
    fields=_FIELDS,
    # It is the panel that is waited for, and no agency.
    is_agencys=False,
)


@dataclass(frozen=True)
class OutstandingReturn:
    """Hold a return that has not come, on a case that is not decided; or one that waits for the panel.

    due_on     for who is waited for: the agency, or where `is_sent` the panel's co-ordinator
    seats      who sits on a panel that has the case on its agenda, by id
    closed_to  to whom a declared interest closes the case, by id
    away       who is away on the day of the run
    """

    return_id: int
    death_id: int
    agency_id: int
    agency: str
    due_on: date
    seats: frozenset[int] = frozenset()
    closed_to: frozenset[int] = frozenset()
    chased: tuple[Chased, ...] = ()
    is_sent: bool = False
    away: Away = NOBODY_AWAY

    @property
    def place(self) -> int:
        """Return its place among those due on one day."""
        return self.return_id

    @property
    def label(self) -> str:
        """Return what an operator calls it: the request and the agency."""
        return f"B{self.return_id}, {self.agency}"


def may_see(person: Viewer, waiting: OutstandingReturn) -> bool:
    """Return whether this person may see the request: who may see the case, and the agency's contacts.

    It answers the same as child_deaths.visibility.visible_death, and as queries.own_return, for plain values.
    """
    if person.id in waiting.closed_to:
        return False
    width = reach(person, Permission.READ_DEATH)
    if width is Reach.ALL or (width is Reach.OWN_PANELS and person.id in waiting.seats):
        return True
    return is_contact(person, waiting)


def is_contact(person: Viewer, waiting: OutstandingReturn) -> bool:
    """Return whether this person answers requests for the agency, and this one is not closed to them."""
    answers = reach(person, Permission.ANSWER_RETURN) is Reach.OWN_AGENCY
    return answers and person.agency_id == waiting.agency_id and person.id not in waiting.closed_to


def contacts_of(waiting: OutstandingReturn, people: Iterable[Viewer]) -> list[Viewer]:
    """Return the agency's contacts who are not away; in the place of one who is, a contact who stands in."""
    found = waiting.away.in_place_of(person for person in people if is_contact(person, waiting))
    return [person for person in found if is_contact(person, waiting)]


def recipients_of(waiting: OutstandingReturn, people: Iterable[Viewer]) -> list[Viewer]:
    """Return who of the active `people` is told besides contacts: co-ordinators, the agency's members."""
    return [
        person
        for person in people
        if may_see(person, waiting)
        and (
            Role.CDOP_COORDINATOR in person.roles
            or (Role.CDOP_MEMBER in person.roles and person.agency_id == waiting.agency_id)
        )
    ]


def coordinators(waiting: OutstandingReturn, people: Iterable[Viewer]) -> list[Viewer]:
    """Return the co-ordinators who may see the case."""
    return [each for each in recipients_of(waiting, people) if Role.CDOP_COORDINATOR in each.roles]


def holders(waiting: OutstandingReturn, recipient: Recipient, people: Iterable[Viewer]) -> tuple[Viewer, ...]:
    """Return who of the active `people` holds a post for a return and may see it."""
    if recipient is Recipient.LEAD:
        return tuple(contacts_of(waiting, people))
    if recipient is Recipient.COORDINATOR:
        return tuple(coordinators(waiting, people))
    found = recipients_of(waiting, people)
    # Whoever keeps the cases hears of it as that.
    return tuple(each for each in found if Role.CDOP_COORDINATOR not in each.roles and _sits(each, waiting))


def _sits(person: Viewer, waiting: OutstandingReturn) -> bool:
    return Role.CDOP_MEMBER in person.roles and person.id in waiting.seats


def whom_to_ask(waiting: OutstandingReturn, people: Iterable[Viewer]) -> tuple[list[Viewer], bool]:
    """Return who is told of a return where no rung says who, and whether they are asked to do it."""
    if waiting.is_sent:
        return coordinators(waiting, people), True
    people = list(people)
    contacts = contacts_of(waiting, people)
    return (contacts, True) if contacts else (coordinators(waiting, people), False)


def link(waiting: OutstandingReturn, base_url: str) -> str:
    """Return the address of the request: its form for the agency, what the panel sees of it for others."""
    return address_of(waiting.return_id, base_url)


def address_of(return_id: int, base_url: str) -> str:
    """Return the address of a request. It names no case."""
    return f"{base_url}/death-requests/{return_id}"


def body(digest: Digest[OutstandingReturn], on: date, base_url: str) -> str:
    """Return the text: what waits for an answer, what waits to be looked at, each with day and link."""
    keeps = Role.CDOP_COORDINATOR in digest.to.roles
    parts: list[str] = []
    groups = (
        (_asks(digest, keeps), [item for item in digest.items if not item.waiting.is_sent]),
        ("These agencies have answered. Please look at what they sent:",
         [item for item in digest.items if item.waiting.is_sent]),
    )  # fmt: skip
    for asks, items in groups:
        parts += [asks, *(paragraph(item, on, base_url) for item in items)] if items else []
    return "\n\n".join(parts)


def _asks(digest: Digest[OutstandingReturn], keeps: bool) -> str:
    if keeps:
        return "These agencies have not answered yet:"
    if any(is_contact(digest.to, item.waiting) for item in digest.items):
        return "The child death overview panel waits for your agency’s answer:"
    return "Please see that your agency answers:"


def paragraph(item: Item[OutstandingReturn], on: date, base_url: str) -> str:
    """Return one return as a digest tells of it."""
    each = item.waiting
    label = f"Request B{each.return_id}, {each.agency}"
    return paragraph_of(label, due_words(each.due_on, on), item.said, link(each, base_url))
