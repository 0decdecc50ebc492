"""Who is given a picture, and when: who holds a post and wants it, or who stands in for them; once."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date

from kscb_actions import clock
from kscb_actions.audit.models import AuditEvent
from kscb_actions.chasing.news.queries import without_pictures
from kscb_actions.chasing.queries import has_happened
from kscb_actions.people.absences.queries import people_away
from kscb_actions.people.absences.rules import StandIn
from kscb_actions.people.models import Agency, User

from .queries import View


def is_due(event: str, day: date) -> bool:
    """Return whether the picture of the week or the month that begins on a day is still to be given.

    Of what was before the board was in use there is none.
    """
    first = AuditEvent.select(AuditEvent.at).order_by(AuditEvent.id).limit(1).scalar()
    return first is not None and first < clock.start_of(day) and not has_happened(event, day)


@dataclass(frozen=True)
class Given:
    """A person, what they may count, and for whom they are told; None where they are told for themselves."""

    to: User
    view: View
    absent: StandIn | None = None

    def with_reason(self, text: str) -> str:
        """Return the text, and for whom the person is told it."""
        return f"{text}\n\nYou are told {self.absent.for_words}." if self.absent else text


def given_to(
    holders: Iterable[tuple[User, Agency | None]], on: date, named: Mapping[int, frozenset[int]]
) -> list[Given]:
    """Return who is told of whose actions, each person once: in place of who is away, who stands in.

    holders  who holds the post, and of which agency; None for all
    named    {person: the restricted reviews on which they are named}
    """
    away, without = people_away(on), without_pictures()
    people = {person.id: person for person in User.select().where(User.is_active)}
    own: dict[int, Given] = {}
    instead: dict[int, Given] = {}
    for person, agency in holders:
        absent = away.of(person.id)
        other = people.get(absent.person.id) if absent and absent.person and absent.person.id else None
        told, found = other or person, instead if other else own
        view = View.of(told.viewer, agency, named)
        if view and told.id not in without:
            found.setdefault(told.id, Given(told, view, absent if other else None))
    return list((instead | own).values())
