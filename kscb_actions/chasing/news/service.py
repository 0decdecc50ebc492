"""Telling people what is new: beside the reminders of a morning, or at once; and what they say of it."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from typing import Any

import peewee

from kscb_actions import clock
from kscb_actions.access.policy import SYSTEM, Viewer
from kscb_actions.actions.models import Action
from kscb_actions.audit.service import Change, change
from kscb_actions.chasing.providers import Part
from kscb_actions.database import writing
from kscb_actions.mail.service import queue
from kscb_actions.reviews.models import Review
from kscb_actions.settings.queries import get_board
from kscb_actions.text import InvalidInput

from ..rules import heading_of
from . import rules
from .models import News, NewsPace
from .queries import get_pace, list_untold
from .rules import PACE_NAMES, is_due

# How many rows are marked by one statement.
AT_ONCE_MARKED = 1000


class NewsOfTheDay:
    """What is new for each person, put in the digest of the morning."""

    def parts(self, on: date, base_url: str) -> Mapping[int, Part]:
        """Return {person id: what is new for them}."""
        return _parts(on, base_url, is_morning=True)

    def record(self, tx: Change, told: Iterable[Part]) -> None:
        """Note, in the open change, that messages tell of it."""
        _mark_told(told)


NEWS_OF_THE_DAY = NewsOfTheDay()


def tell_at_once(base_url: str) -> int:
    """Queue what does not wait for the morning, one message a person; returns how many messages."""
    on = clock.today()
    # Almost always there is nothing, and then nobody is kept from saving.
    if not _parts(on, base_url, is_morning=False):
        return 0
    board = get_board()
    with writing():
        parts = _parts(on, base_url, is_morning=False)
        if parts:
            with change(SYSTEM) as tx:
                for part in parts.values():
                    text = f"{heading_of(board.name, on)}\n\n{part.body}"
                    queue(tx, part.to, part.subject, text, part.about)
                _mark_told(parts.values())
    return len(parts)


def count_as_told() -> None:
    """Send no message of what is new by now; it stays new on its page."""
    with writing(News):
        News.update(told_at=clock.now()).where(News.told_at.is_null()).execute()


def see(viewer: Viewer, ids: Sequence[int]) -> None:
    """Mark these pieces of a person's news as seen. Raises Busy at once where somebody else saves."""
    _see((News.person == viewer.id) & News.id.in_(list(ids)), wait=False)


def see_all(viewer: Viewer) -> None:
    """Mark all of a person's news as seen."""
    _see(News.person == viewer.id)


def see_action(viewer: Viewer, reference: str, number: int) -> None:
    """Mark what is new of an action as seen by a person, who has its page before them."""
    opened = (
        Action.select(Action.id).join(Review).where(Review.reference == reference, Action.number == number)
    )
    _see((News.person == viewer.id) & News.action.in_(opened), wait=False)


def see_challenge(viewer: Viewer, challenge_id: int) -> None:
    """Mark what is new of a challenge as seen by a person, who has its page before them."""
    _see((News.person == viewer.id) & (News.challenge == challenge_id), wait=False)


def choose_pace(
    viewer: Viewer, pace: str, expected: int | None = None, has_pictures: bool | None = None
) -> NewsPace:
    """Keep how often a person wants to hear of what they need not answer. Raises InvalidInput, StaleEdit.

    has_pictures  whether they want the pictures of a week and of a month; None leaves that as it is
    """
    if pace not in PACE_NAMES:
        raise InvalidInput({"pace": "Choose how often you want to hear."})
    with change(viewer) as tx:
        row = get_pace(viewer)
        if row is None:
            row = NewsPace(person=viewer.id, pace=pace, has_pictures=has_pictures is not False)
            return tx.add(row, "person.pace-chosen")
        row.pace = pace
        if has_pictures is not None:
            row.has_pictures = has_pictures
        return tx.update(row, "person.pace-chosen", expected)


def _parts(on: date, base_url: str, is_morning: bool) -> dict[int, Part]:
    found = {}
    for person, pace, untold in list_untold():
        items = [each for each in untold if is_due(each.kind, pace, each.happened_on, on, is_morning)]
        if items:
            ids = tuple(item.id for item in items)
            text = rules.body(items, base_url)
            found[person.id] = Part(person, rules.subject(len(items)), text, rules.about(items), ids)
    return found


def _mark_told(told: Iterable[Part]) -> None:
    now, ids = clock.now(), [each for part in told for each in part.ids]
    for first in range(0, len(ids), AT_ONCE_MARKED):
        # Numbers of rows, never what was typed; as values they would cost more than the statement.
        some = peewee.SQL(f"({','.join(map(str, ids[first : first + AT_ONCE_MARKED]))})")
        News.update(told_at=now).where(peewee.Expression(News.id, peewee.OP.IN, some)).execute()


def _see(condition: Any, wait: bool = True) -> None:
    with writing(News, wait=wait):
        News.update(seen_at=clock.now()).where(condition, News.seen_at.is_null()).execute()
