"""What the audited write path tells of that is news, and for whom: rows in the transaction of the event."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import replace
from typing import Any

from kscb_actions import clock
from kscb_actions.access.policy import Viewer
from kscb_actions.actions.another_way.models import AnotherWay
from kscb_actions.actions.models import Action, Extension, JointOwner
from kscb_actions.assurance.challenges.models import Challenge, ChallengeStep
from kscb_actions.assurance.challenges.queries import named_on
from kscb_actions.assurance.challenges.rules import Level
from kscb_actions.assurance.models import AssuranceDecision, CheckQuestion
from kscb_actions.audit.models import AuditEvent
from kscb_actions.audit.service import Change, Told
from kscb_actions.database import Model
from kscb_actions.people.absences.models import Absence
from kscb_actions.people.absences.queries import people_away
from kscb_actions.people.absences.rules import StandIn
from kscb_actions.people.models import User
from kscb_actions.prepared import insert, prepared

from .models import News
from .rules import HAS_LETTER, TO_JOINT, Happening, Kind, in_their_place, joint_told, who_is_told

DECISIONS = {"returned": Kind.RETURNED, "accepted": Kind.ACCEPTED, "reopened": Kind.REOPENED}
STEPS = {
    "raised": Kind.CHALLENGED,
    "escalated": Kind.CHALLENGED,
    "answered": Kind.CHALLENGE_ANSWERED,
    "closed": Kind.CHALLENGE_CLOSED,
}
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


def hear(tx: Change, told: Told) -> None:
    """Write, in the open change, what the event is for whom."""
    if told.event == "extension.voided":
        _forget(told)
        return
    if _is_quiet.get():
        return
    if isinstance(told.row, Absence):
        _hear_of_absence(tx, told, told.row)
    happening_of = HEARD.get(type(told.row))
    if happening_of is None:
        return
    happening = happening_of(tx.actor.id, told)
    if happening is None:
        return
    people = _people_for(happening)
    direct, shared = who_is_told(happening, people), joint_told(happening, people)
    hearing = {person.id for person in (*direct, *shared)}
    if direct:
        _write_all(told, happening, direct, happening.kind, happening.kind in HAS_LETTER, hearing)
    if shared:
        # Only who is asked gets the letter.
        _write_all(told, happening, shared, TO_JOINT[happening.kind], False, hearing)


def _write_all(
    told: Told,
    happening: Happening,
    people: Sequence[Viewer],
    kind: Kind,
    has_letter: bool,
    hearing: set[int | None],
) -> None:
    """Write what is news for these people, and for who stands in for those of them who are away.

    The mail of who is away goes to who stands in; on their own page it stays new. `hearing`: who hears of it
    already, as nobody does twice.
    """
    instead = in_their_place(people, happening, people_away(clock.today()))
    stood_in = {each.absent.id for each in instead}
    for person in people:
        _write(told, person.id, kind, has_letter or person.id in stood_in)
    for each in instead:
        if each.person and each.person.id not in hearing:
            hearing.add(each.person.id)
            _write(told, each.person.id, kind, has_letter, each.absent.id)


def _write(
    told: Told, person_id: int | None, kind: Kind, is_told: bool, in_place_of: int | None = None
) -> None:
    subject, now = _subject(told.row), clock.now()
    is_challenge = isinstance(subject, Challenge)
    row = News(
        person=person_id,
        event_id=told.event_id,
        kind=kind.value,
        review=subject.review_id,
        action=None if is_challenge else subject.id,
        challenge=subject.id if is_challenge else None,
        at=now,
        told_at=now if is_told else None,
        in_place_of=in_place_of,
    )
    insert(row)


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


def told_of(kind: Kind, action: Action, actor: Viewer, concerned: Iterable[int] = ()) -> tuple[Viewer, ...]:
    """Return who hears of something that `actor` did to an action, who stands in by both names."""
    happening = _of_action(kind, actor.id, action, frozenset(concerned))
    return _by_both_names(who_is_told(happening, _people_for(happening)), happening)


def _by_both_names(people: Sequence[Viewer], happening: Happening) -> tuple[Viewer, ...]:
    """Return who is told; instead of one who is away who stands in, named with whom they stand in for."""
    instead = {each.absent: each for each in in_their_place(people, happening, people_away(clock.today()))}
    return tuple(_with_both_names(instead[each]) if each in instead else each for each in people)


def _with_both_names(stand_in: StandIn) -> Viewer:
    person = stand_in.person or stand_in.absent
    return replace(person, name=f"{person.name} ({stand_in.for_words})")


def told_of_challenge(kind: Kind, challenge: Challenge, actor: Viewer) -> tuple[Viewer, ...]:
    """Return who hears of something that `actor` did to a challenge."""
    happening = _of_challenge(kind, actor.id, challenge)
    return _by_both_names(who_is_told(happening, _people_for(happening)), happening)


def joint_told_of(kind: Kind, action: Action, actor: Viewer) -> dict[int, list[Viewer]]:
    """Return {agency that shares an action: who there hears of something that `actor` did to it}."""
    happening = _of_action(kind, actor.id, action)
    found: dict[int, list[Viewer]] = {}
    for person in joint_told(happening, _people_for(happening)):
        found.setdefault(person.agency_id or 0, []).append(person)
    return found


def _subject(row: Any) -> Any:
    """Return the action or the challenge whose page tells of the row."""
    if isinstance(row, ChallengeStep):
        return row.challenge
    return row if isinstance(row, Action) else row.action


def _of_action(
    kind: Kind, actor_id: int | None, action: Action, concerned: frozenset[int] = frozenset()
) -> Happening:
    named = named_on(action.review)
    rows = _joint_of(action=action.id) if kind in TO_JOINT else ()
    # Who leads it from now on may share it a moment longer.
    joint = frozenset((agency, contact) for agency, contact in rows if agency != action.agency_id)
    return Happening(kind, action.agency_id, actor_id, action.lead_id, concerned, named, joint=joint)


@prepared
def _joint_of(*, action: Any) -> Any:
    now = (JointOwner.action == action) & JointOwner.ended_at.is_null()
    return JointOwner.select(JointOwner.agency, JointOwner.contact).where(now).tuples()


_OF_JOINT = {
    "joint-owner.added": Kind.SHARED,
    "joint-owner.contact-changed": Kind.SHARED,
    "joint-owner.led-before": Kind.LED_BY_ANOTHER,
}


def _from_joint(actor_id: int | None, told: Told) -> Happening | None:
    kind, row = _OF_JOINT.get(told.event), told.row
    if kind is None:
        return None
    own = frozenset({(row.agency_id, row.contact_id)})
    return replace(_of_action(kind, actor_id, row.action), joint=own)


def _from_action(actor_id: int | None, told: Told) -> Happening | None:
    action = told.row
    if told.event == "action.added":
        return _of_action(Kind.NEW_ACTION, actor_id, action)
    if action.lead_id is None or not told.before or told.before["lead_id"] == action.lead_id:
        return None
    return _of_action(Kind.HANDED_OVER, actor_id, action)


def _from_decision(actor_id: int | None, told: Told) -> Happening | None:
    kind = None if told.before else DECISIONS.get(told.row.decision)
    if kind is None:
        return None
    return _of_action(kind, actor_id, told.row.action, frozenset({told.row.submission.by_id}))


def _from_another_way(actor_id: int | None, told: Told) -> Happening | None:
    asked = told.row
    said_by = frozenset({asked.answers.by_id}) if asked.answers_id else frozenset()
    return _of_action(Kind.ANOTHER_WAY, actor_id, asked.action, said_by)


def _from_question(actor_id: int | None, told: Told) -> Happening | None:
    question = told.row
    if told.event == "question.asked":
        return _of_action(Kind.ASKED, actor_id, question.action, frozenset({question.to_id}))
    if told.event == "question.answered":
        return _of_action(Kind.ANSWERED, actor_id, question.action, frozenset({question.asked_by_id}))
    return None


def _from_extension(actor_id: int | None, told: Told) -> Happening | None:
    extension = told.row
    was_decided = bool(told.before) and told.before["decided_at"] is not None
    if extension.decided_at is None or was_decided:
        return None
    return _of_action(Kind.MORE_TIME, actor_id, extension.action, frozenset({extension.asked_by_id}))


def _from_step(actor_id: int | None, told: Told) -> Happening | None:
    kind = STEPS.get(told.row.kind)
    if kind is None or told.before:
        return None
    return _of_challenge(kind, actor_id, told.row.challenge)


def _of_challenge(kind: Kind, actor_id: int | None, challenge: Challenge) -> Happening:
    concerned = set()
    if kind is not Kind.CHALLENGED:
        concerned = {challenge.raised_by_id}
    if kind is Kind.CHALLENGE_CLOSED and challenge.answered_by_id:
        concerned.add(challenge.answered_by_id)
    return Happening(
        kind=kind,
        agency_id=challenge.agency_id,
        actor_id=actor_id,
        lead_id=challenge.action.lead_id if challenge.action_id else None,
        concerned=frozenset(concerned),
        named=named_on(challenge.review),
        level=Level(challenge.level),
        others=challenge.owners.former if kind is Kind.CHALLENGE_ANSWERED else frozenset(),
    )


HEARD: Mapping[type[Model], Callable[[int | None, Told], Happening | None]] = {
    Action: _from_action,
    AnotherWay: _from_another_way,
    AssuranceDecision: _from_decision,
    CheckQuestion: _from_question,
    Extension: _from_extension,
    JointOwner: _from_joint,
    ChallengeStep: _from_step,
}


def _people_for(happening: Happening) -> list[Viewer]:
    """Return the active people among whom the rule chooses."""
    if happening.kind is Kind.CHALLENGE_ANSWERED:
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
