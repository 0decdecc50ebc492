"""Reading absences: who is away on a day, and the absences of one person."""

import json
from datetime import date, timedelta
from typing import Any

import peewee

from kscb_actions.access.policy import Viewer
from kscb_actions.audit.models import AuditEvent
from kscb_actions.people.models import User
from kscb_actions.prepared import prepared

from .models import Absence
from .rules import NOBODY_AWAY, AbsenceFacts, Away, When, away_on, can_stand_in, may_keep, to_tell

BEGAN, ENDED, ENDED_EARLY = "absence.began", "absence.ended", "absence.ended-early"
# An end that nobody could be told of for so long is told no more.
TOLD_WITHIN = timedelta(days=60)


def people_away(on: date) -> Away:
    """Return everybody who is away on a day. One query."""
    rows = _current(on=on)
    if not rows:
        return NOBODY_AWAY
    people = [_person(row[at : at + _COLUMNS]) for row in rows for at in (5, 5 + _COLUMNS)]
    return away_on([AbsenceFacts(*row[:5]) for row in rows], filter(None, people), on)


@prepared
def _current(*, on: Any) -> Any:
    absent, other = User.alias(), User.alias()
    columns = (Absence.person, Absence.stand_in, Absence.from_on, Absence.until_on, Absence.id)
    current = (Absence.until_on >= on) & (Absence.from_on <= on) & _stands()
    return (
        Absence.select(*columns, *_of_person(absent), *_of_person(other))
        .join_from(Absence, absent, on=(Absence.person == absent.id))
        .join_from(Absence, other, on=(Absence.stand_in == other.id))
        .where(current)
        .tuples()
    )


_COLUMNS = 6


def _of_person(person: Any) -> tuple[Any, ...]:
    """Return the columns of which `_person` makes somebody, _COLUMNS in number."""
    return person.id, person.name, person.email, person.roles, person.agency, person.is_active


def _person(row: tuple[Any, ...]) -> Viewer | None:
    """Return a person as the policy sees them; None for one who is switched off."""
    id, name, email, roles, agency_id, is_active = row
    return User(id=id, name=name, email=email, roles=roles, agency=agency_id).viewer if is_active else None


def known_of(*people: int) -> list[AbsenceFacts]:
    """Return the absences of some people that are not cancelled."""
    return [each.facts for each in Absence.select().where(Absence.person.in_(people), _stands())]


def list_absences(person: User, today: date) -> list[Absence]:
    """Return the absences of a person that are to come or now, the first one first."""
    own = Absence.select().where(Absence.person == person, Absence.until_on >= today, _stands())
    return list(own.order_by(Absence.from_on, Absence.id))


def list_stood_in_for(person: User, today: date) -> list[Absence]:
    """Return the absences, to come or now, in which a person stands in, the first one first."""
    query = Absence.select(Absence, User).join(User, on=Absence.person)
    theirs = query.where(Absence.stand_in == person, Absence.until_on >= today, _stands())
    return list(theirs.order_by(Absence.from_on, Absence.id))


def get_absence(viewer: Viewer, absence_id: int) -> Absence | None:
    """Return one absence for whom it is about, for who stands in, and for who keeps people; or None."""
    other = User.alias()
    found = (
        Absence.select(Absence, User, other)
        .join_from(Absence, User, on=Absence.person)
        .join_from(Absence, other, on=(Absence.stand_in == other.id))
        .where(Absence.id == absence_id)
        .first()
    )
    if found and (viewer.id == found.stand_in_id or may_keep(viewer, found.person_id)):
        return found
    return None


def who_can_stand_in(person: User) -> list[User]:
    """Return the active people who may stand in for somebody, by name."""
    people = User.select().where(User.is_active, User.id != person.id).order_by(User.name)
    return [each for each in people if can_stand_in(person.viewer, each.viewer)]


def list_to_tell(on: date) -> list[tuple[Absence, When]]:
    """Return the absences of which both are to be told that it has begun or ended. At most two queries."""
    recent = (Absence.from_on <= on) & (Absence.until_on >= on - TOLD_WITHIN) & _stands()
    other = User.alias()
    query = (
        Absence.select(Absence, User, other)
        .join_from(Absence, User, on=Absence.person)
        .join_from(Absence, other, on=(Absence.stand_in == other.id))
        .where(recent)
        .order_by(Absence.id)
    )
    absences = list(query)
    told = _told([each.id for each in absences]) if absences else []
    found = []
    for absence in absences:
        begun, ended = (
            {
                date.fromisoformat(state[column])
                for id, event, state in told
                if id == absence.id and event in of
            }
            for column, of in (("from_on", (BEGAN,)), ("until_on", (ENDED, ENDED_EARLY)))
        )
        if what := to_tell(absence.facts, on, begun, ended):
            found.append((absence, what))
    return found


def _told(ids: list[int]) -> list[tuple[int, str, dict[str, Any]]]:
    columns = (AuditEvent.object_id, AuditEvent.event, AuditEvent.state)
    told = AuditEvent.event.in_((BEGAN, ENDED, ENDED_EARLY)) & AuditEvent.object_id.in_(ids)
    rows = AuditEvent.select(*columns).where(AuditEvent.kind == "absence", told).tuples()
    return [(id, event, json.loads(state)) for id, event, state in rows]


def _stands() -> peewee.Expression:
    return Absence.cancelled_at.is_null()
