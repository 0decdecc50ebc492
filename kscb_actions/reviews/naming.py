"""Who is named on a restricted review: those named already are told, and a new address is named anew."""

from kscb_actions.audit.service import Change
from kscb_actions.mail.rules import About
from kscb_actions.mail.service import queue
from kscb_actions.people.models import User
from kscb_actions.text import InvalidInput

from .models import NamedPerson, Review
from .queries import is_named

NAMED = """{actor} has named {name} ({address}) on the restricted review {reference}, as you are.

If that should not be, take them off: the review's page says who is named."""
NEW_ADDRESS = (
    "{actor} has changed the address of {name} to {address}.\n\n"
    "Whoever reads mail there can set the password, so {name} is no longer named on the restricted review "
    "{reference}, as you are. Ask {name} in person whether it is so, and name them again."
)
NOBODY_ELSE = "This address cannot be changed before somebody else can agree to it. Ask {name} first."


def add_name(tx: Change, review: Review, user: User) -> None:
    """Name a person on a review in the open change, and tell the others who are named on it."""
    tx.add(NamedPerson(review=review, user=user), "review.person-named")
    if review.is_restricted:
        _tell(tx, review, user, f"Named on {review.reference}: {user.name}", NAMED)


def unname_at_new_address(tx: Change, person: User) -> None:
    """Take a person whose address changes off the reviews that are closed to who changes it.

    Somebody named on each names them again, and is told. Raises InvalidInput where nobody else is named.
    """
    if tx.actor.is_system or tx.actor.id == person.id:
        return
    for named in list(NamedPerson.select(NamedPerson, Review).join(Review).where(NamedPerson.user == person)):
        review = named.review
        if is_named(review, tx.actor.id):
            continue
        if review.is_restricted and not _others(tx, review, person):
            raise InvalidInput({"email": NOBODY_ELSE.format(name=person.name)})
        tx.remove(named, "review.person-unnamed")
        if review.is_restricted:
            _tell(tx, review, person, f"No longer named on {review.reference}: {person.name}", NEW_ADDRESS)


def _tell(tx: Change, review: Review, person: User, subject: str, text: str) -> None:
    told = {"actor": tx.actor.name, "name": person.name, "address": person.email}
    for each in _others(tx, review, person):
        body = text.format(reference=review.reference, **told)
        queue(tx, each, subject, body, [About(review_id=review.id)])


def _others(tx: Change, review: Review, person: User) -> list[User]:
    """Return who else is named and signs in, without who makes the change."""
    named = NamedPerson.select(NamedPerson.user).where(NamedPerson.review == review)
    people = User.select().where(User.id.in_(named), User.is_active, User.id != person.id)
    return list(people.where(User.id != (tx.actor.id or 0)).order_by(User.name))
