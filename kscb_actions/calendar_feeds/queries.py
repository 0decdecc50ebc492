"""Finding feeds."""

from kscb_actions.access.policy import Viewer
from kscb_actions.people.models import User
from kscb_actions.people.passwords import token_hash

from .models import CalendarFeed


def own_feed(viewer: Viewer) -> CalendarFeed | None:
    """Return the feed of this person; None where they have none."""
    return CalendarFeed.get_or_none(CalendarFeed.user == viewer.id)


def person_of_feed(token: str) -> User | None:
    """Return whose feed has this token; None for one that was never given, has ended, or is switched off."""
    query = CalendarFeed.select(CalendarFeed, User).join(User)
    feed = query.where(CalendarFeed.token_hash == token_hash(token), User.is_active).first()
    return feed.user if feed else None
