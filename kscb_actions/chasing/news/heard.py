"""What the audited write path tells of that is news, and for whom: rows in the transaction of the event."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import replace
from functools import cached_property
from typing import Any, NamedTuple

from kscb_actions import clock
from kscb_actions.access.policy import Viewer
from kscb_actions.actions.models import Action
from kscb_actions.assurance.challenges.models import Challenge, ChallengeStep
from kscb_actions.assurance.models import DecisionTakenBack
from kscb_actions.audit.models import AuditEvent
from kscb_actions.audit.service import Change, Told
from kscb_actions.people.absences.models import Absence
from kscb_actions.people.absences.queries import people_away
from kscb_actions.people.absences.rules import Away, StandIn
from kscb_actions.people.models import User
from kscb_actions.prepared import insert, insert_all, prepared

from .happenings import MADE_OF, happenings_of
from .models import News
from .rules import (
    HAS_LETTER,
    TO_DECIDERS,
    TO_JOINT,
    Happening,
    Heard,
    Kind,
    has_letter,
    in_their_place,
    joint_told,
    who_is_told,
)
from .taken_back import hear_of_taking_back

ABSENCES = {
    "absence.entered": Kind.ABSENCE_ENTERED,
    "absence.changed": Kind.ABSENCE_CHANGED,
    "absence.ended-early": Kind.ABSENCE_CHANGED,
    "absence.cancelled": Kind.ABSENCE_CANCELLED,
    "absence.began": Kind.ABSENCE_BEGUN,
    "absence.ended": Kind.ABSENCE_OVER,
}
# The digest of the morning tells of these itself.
TOLD_ALREADY = frozenset({*HAS_LETTER, Kind.ABSENCE_BEGUN, Kind.ABSENCE_OVER})
_is_quiet: ContextVar[bool] = ContextVar("is_quiet", default=False)


@contextmanager
def quietly() -> Iterator[None]:
    """Make nothing news within the block, in which a board is loaded that has been at work for years."""
    token = _is_quiet.set(True)
    try:
        yield
    finally:
        _is_quiet.reset(token)


class _Part(NamedTuple):
    """What something is for one person.

    is_told      whether they are told of it by something else
    in_place_of  who is away, where they hear of it because they stand in
    """

    happening: Happening
    person_id: int | None
    kind: Kind
    is_told: bool
    in_place_of: int | None = None


class _Batch:
    """News of events that are written together: what is the same for them is asked once, rows go as one."""

    def __init__(self) -> None:
        self.rows: list[dict[str, Any]] = []
        self.now = clock.now()
        self._people: dict[Any, list[Viewer]] = {}
        self._parts: dict[tuple[Happening, ...], list[_Part]] = {}

    @cached_property
    def away(self) -> Away:
        """Return who is away today."""
        return people_away(clock.today())

    def parts_of(self, happenings: tuple[Happening, ...]) -> list["_Part"]:
        """Return what these are for whom; of what is alike, as the actions of a plan are, the same."""
        if happenings not in self._parts:
            self._parts[happenings] = list(_parts_of(heard_by(happenings, self.people_for), self))
        return self._parts[happenings]

    def people_for(self, happening: Happening) -> list[Viewer]:
        """Return the active people among whom the rule chooses."""
        key = (
            happening.kind in TO_DECIDERS,
            happening.agency_id,
            frozenset(agency for agency, _ in happening.joint),
            happening.concerned,
        )
        if key not in self._people:
            self._people[key] = _people_for(happening)
        return self._people[key]


def hear(tx: Change, every: Sequence[Told]) -> None:
    """Write, in the open change, what these events are for whom."""
    kind = type(every[0].row)
    if kind not in MADE_OF and kind not in (DecisionTakenBack, Absence):
        return
    batch = _Batch()
    for told in every:
        _hear_one(tx, told, batch)
    insert_all(News, batch.rows)


def _hear_one(tx: Change, told: Told, batch: _Batch) -> None:
    if told.event == "extension.voided":
        _forget(told)
        return
    if _is_quiet.get():
        return
    if isinstance(told.row, DecisionTakenBack):
        hear_of_taking_back(tx, told, told.row)
        return
    if isinstance(told.row, Absence):
        _hear_of_absence(tx, told, told.row)
    happenings = happenings_of(tx.actor.id, told)
    batch.rows += [_news(batch, told, part) for part in batch.parts_of(happenings)]


def heard_by(
    happenings: Iterable[Happening], people_for: Callable[[Happening], list[Viewer]] | None = None
) -> list[Heard]:
    """Return who hears of each of these things that are one event; nobody hears of two of them.

    people_for  gives the active people among whom the rule chooses, where they have been read
    """
    people_for = people_for or _people_for
    found: list[Heard] = []
    hearing: set[int | None] = set()
    for happening in happenings:
        people = people_for(happening)
        direct = [person for person in who_is_told(happening, people) if person.id not in hearing]
        shared = [person for person in joint_told(happening, people) if person.id not in hearing]
        hearing |= {person.id for person in (*direct, *shared)}
        found.append(Heard(happening, tuple(direct), tuple(shared)))
    return found


def _parts_of(found: Sequence[Heard], batch: _Batch) -> Iterator[_Part]:
    """Yield what things are for those who hear of them, nobody twice."""
    hearing = {person.id for each in found for person in (*each.direct, *each.shared)}
    for each in found:
        kind = each.happening.kind
        yield from _parts_for(each.direct, each.happening, kind, hearing, batch)
        # Only who is asked gets the letter.
        shared = TO_JOINT.get(kind, kind)
        yield from _parts_for(each.shared, each.happening, shared, hearing, batch, gets_letter=False)


def _parts_for(
    people: Sequence[Viewer],
    happening: Happening,
    kind: Kind,
    hearing: set[int | None],
    batch: _Batch,
    gets_letter: bool = True,
) -> Iterator[_Part]:
    """Yield what something is for these people, and for who stands in for those of them who are away.

    The mail of who is away goes to who stands in; on their own page it stays new. `hearing`: who hears of it
    already, as nobody does twice.
    """
    if not people:
        return
    instead = in_their_place(people, happening, batch.away)
    stood_in = {each.absent.id for each in instead}
    for person in people:
        is_told = gets_letter and has_letter(happening, person)
        yield _Part(happening, person.id, kind, is_told or person.id in stood_in)
    for each in instead:
        if each.person and each.person.id not in hearing:
            hearing.add(each.person.id)
            is_told = gets_letter and has_letter(happening, each.person)
            yield _Part(happening, each.person.id, kind, is_told, each.absent.id)


def _news(batch: _Batch, told: Told, part: _Part) -> dict[str, Any]:
    if part.happening.action_id is None:
        subject = _subject(told.row)
        is_challenge = isinstance(subject, Challenge)
        action_id, challenge_id = (None, subject.id) if is_challenge else (subject.id, None)
    else:
        subject, action_id, challenge_id = told.row, part.happening.action_id, None
    return {
        "person": part.person_id,
        "event_id": told.event_id,
        "kind": part.kind.value,
        "review": subject.review_id,
        "challenge": challenge_id,
        "action": action_id,
        "at": batch.now,
        "told_at": batch.now if part.is_told else None,
        "in_place_of": part.in_place_of,
    }


def _forget(told: Told) -> None:
    """Take away what was news of a request or of a change that was recorded in error."""
    own = (AuditEvent.kind == "extension") & (AuditEvent.object_id == told.row.id)
    News.delete().where(News.event_id.in_(AuditEvent.select(AuditEvent.id).where(own))).execute()


def _hear_of_absence(tx: Change, told: Told, absence: Absence) -> None:
    """Write that it is news for who is away, for who stands in, and for who stood in before."""
    kind, now = ABSENCES[told.event], clock.now()
    concerned = {absence.person_id, absence.stand_in_id, (told.before or {}).get("stand_in_id")}
    for person_id in sorted(concerned - {None, tx.actor.id}):
        for person in _one(person=person_id):
            insert(
                News(
                    person=person.id,
                    event_id=told.event_id,
                    kind=kind.value,
                    absence=absence.id,
                    at=now,
                    told_at=now if kind in TOLD_ALREADY else None,
                )
            )


def by_both_names(each: Heard) -> Heard:
    """Return who hears of it as a sentence names them: one who stands in with whom they stand in for."""
    return replace(
        each, direct=_named(each.direct, each.happening), shared=_named(each.shared, each.happening)
    )


def _named(people: Sequence[Viewer], happening: Happening) -> tuple[Viewer, ...]:
    instead = {each.absent: each for each in in_their_place(people, happening, people_away(clock.today()))}
    return tuple(_with_both_names(instead[each]) if each in instead else each for each in people)


def _with_both_names(stand_in: StandIn) -> Viewer:
    person = stand_in.person or stand_in.absent
    return replace(person, name=f"{person.name} ({stand_in.for_words})")


def _subject(row: Any) -> Any:
    """Return the action or the challenge whose page tells of the row."""
    if isinstance(row, ChallengeStep):
        return row.challenge
    return row if isinstance(row, Action) else row.action


def _people_for(happening: Happening) -> list[Viewer]:
    """Return the active people among whom the rule chooses."""
    if happening.kind in TO_DECIDERS:
        rows: Any = _active()
    else:
        rows = [*_of_agency(agency=happening.agency_id)]
        for agency_id, _ in sorted(happening.joint, key=lambda pair: pair[0]):
            rows += _of_agency(agency=agency_id)
        known = {row.id for row in rows}
        for each in sorted(happening.concerned - known):
            rows += _one(person=each)
    return [row.viewer for row in rows]


@prepared
def _active() -> Any:
    return User.select().where(User.is_active).order_by(User.name)


@prepared
def _of_agency(*, agency: Any) -> Any:
    return User.select().where(User.is_active, User.agency == agency).order_by(User.name)


@prepared
def _one(*, person: Any) -> Any:
    return User.select().where(User.is_active, User.id == person)
