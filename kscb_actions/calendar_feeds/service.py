"""Making, renewing and ending one's own feed. The trail tells that it was done, and no address."""

from kscb_actions import clock
from kscb_actions.access.policy import Refused, Viewer
from kscb_actions.audit.service import change
from kscb_actions.people.models import User
from kscb_actions.people.passwords import new_token, token_hash

from .models import CalendarFeed


def make_feed(viewer: Viewer) -> str:
    """Make this person's feed, or give it a new address so that the old one ends; returns the new token.

    It is kept nowhere. Raises Refused for nobody's account.
    """
    person, token = _person(viewer), new_token()
    with change(viewer) as tx:
        had = CalendarFeed.delete().where(CalendarFeed.user == person).execute()
        CalendarFeed.create(user=person, token_hash=token_hash(token), made_at=clock.real_now())
        tx.note("person.calendar-renewed" if had else "person.calendar-made", person)
    return token


def end_feed(viewer: Viewer) -> bool:
    """End this person's feed; returns whether there was one."""
    person = _person(viewer)
    if not CalendarFeed.select().where(CalendarFeed.user == person).exists():
        return False
    with change(viewer) as tx:
        CalendarFeed.delete().where(CalendarFeed.user == person).execute()
        tx.note("person.calendar-ended", person)
    return True


def _person(viewer: Viewer) -> User:
    if viewer.id is None:
        raise Refused("Only a person has a calendar.")
    return User.get_by_id(viewer.id)
