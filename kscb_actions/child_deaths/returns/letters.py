"""What agencies' contacts and the panel's co-ordinators are told at each turn: the request, a day, a link."""

from datetime import date

from kscb_actions import clock
from kscb_actions.audit.service import Change
from kscb_actions.child_deaths.meetings.models import Interest
from kscb_actions.child_deaths.visibility import OPEN_INTEREST
from kscb_actions.mail.rules import About
from kscb_actions.mail.service import queue
from kscb_actions.people.absences.queries import people_away
from kscb_actions.people.models import User
from kscb_actions.wording import date_uk

from .models import AgencyReturn
from .queries import agency_contacts, list_coordinators
from .rules import address_of

ABOUT = "Child death reviews: "
ASKED = """The child death overview panel asks what your agency knows. The answer is due on {due_on}.

Request {label}:
{address}"""
SENT = """{agency} has answered request {label}. Please look at the answer, and accept or return it.

{address}"""
RETURNED = """The panel’s co-ordinator has returned your agency’s answer to request {label}.
What is missing stands on its page. Please send it again by {due_on}.

{address}"""
ACCEPTED = """Your agency’s answer to request {label} is accepted. Nothing more is waited for.

{address}"""
TAKEN_BACK = """Request {label} to your agency is withdrawn. Nothing is waited for.

{address}"""


def tell_asked(tx: Change, row: AgencyReturn, base_url: str) -> None:
    """Tell the agency's contacts that it is asked."""
    _tell_contacts(tx, row, "a request to your agency", ASKED, base_url, row.due_on)


def tell_returned(tx: Change, row: AgencyReturn, base_url: str) -> None:
    """Tell the agency's contacts that its answer is to be put right; not how."""
    _tell_contacts(tx, row, "an answer returned to your agency", RETURNED, base_url, row.due_on)


def tell_accepted(tx: Change, row: AgencyReturn, base_url: str) -> None:
    """Tell the agency's contacts that its answer is accepted."""
    _tell_contacts(tx, row, "your agency’s answer accepted", ACCEPTED, base_url)


def tell_taken_back(tx: Change, row: AgencyReturn, base_url: str) -> None:
    """Tell the agency's contacts that it is asked no longer."""
    _tell_contacts(tx, row, "a request to your agency withdrawn", TAKEN_BACK, base_url)


def tell_sent(tx: Change, row: AgencyReturn, base_url: str) -> None:
    """Tell the panel's co-ordinators that an agency has answered; not those to whom the case is closed."""
    tell(tx, coordinators_told(row), row, "an answer to look at", SENT, base_url)


def coordinators_told(row: AgencyReturn) -> list[User]:
    """Return the panel's co-ordinators to whom the case is open, by name."""
    return [each for each in list_coordinators() if _is_open_to(row, each)]


def contacts_told(row: AgencyReturn) -> list[User]:
    """Return the agency's contacts to whom the case is open: those who are not away, or else all of them."""
    contacts = agency_contacts([row.agency_id]).get(row.agency_id, [])
    contacts = [each for each in contacts if _is_open_to(row, each)]
    away = people_away(clock.today())
    return [each for each in contacts if away.of(each.id) is None] or contacts


def _is_open_to(row: AgencyReturn, person: User) -> bool:
    closed = Interest.select().where(OPEN_INTEREST, Interest.death == row.death_id, Interest.user == person)
    return not closed.exists()


def _tell_contacts(
    tx: Change, row: AgencyReturn, about: str, text: str, base_url: str, due_on: date | None = None
) -> None:
    tell(tx, contacts_told(row), row, about, text, base_url, due_on)


def tell(
    tx: Change,
    people: list[User],
    row: AgencyReturn,
    about: str,
    text: str,
    base_url: str,
    due_on: date | None = None,
    path: str = "",
) -> None:
    """Tell people of a request, but not who does it. `path`: of the page of the link, below the request's."""
    body = text.format(
        agency=row.agency.name,
        label=row.label,
        due_on=date_uk(due_on),
        address=f"{address_of(row.id, base_url)}{path}",
        who=tx.actor.name,
    )
    for person in people:
        # Whoever did it knows.
        if person.id != tx.actor.id:
            queue(tx, person, f"{ABOUT}{about}", body, [About(death_id=row.death_id)])
