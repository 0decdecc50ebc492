"""Who hears that the Board took back what it decided or asked: whoever had been told of it."""

from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import Any

from kscb_actions import clock
from kscb_actions.assurance.checking import QUESTION_SUBJECT
from kscb_actions.assurance.models import DecisionTakenBack
from kscb_actions.audit.models import AuditEvent
from kscb_actions.audit.service import Change, Told
from kscb_actions.mail.models import OutboxItem, OutboxMessage
from kscb_actions.mail.rules import State
from kscb_actions.prepared import insert
from kscb_actions.terms import say, say_later

from .models import News
from .rules import KIND_NAMES, Kind, subject

WHY_DROPPED = say_later("The Board has taken back what it tells of.")


def hear_of_taking_back(tx: Change, told: Told, taken_back: DecisionTakenBack) -> None:
    """Take away what is news of it and has reached nobody; who has seen it or has it in their mail is told.

    So is who decided or asked, where somebody else took it back. A message that waits and tells of it alone
    is withheld; of what tells of more, or whose sending has begun, its reader is told.
    """
    news = list(News.select().where(News.event_id.in_(_events_of(taken_back))))
    # Who is away is reached by the mail of who stands in.
    reached_by = {each.person_id: each.person_id for each in news}
    reached_by |= {each.in_place_of_id: each.person_id for each in news if each.in_place_of_id is not None}
    reached = {each.person_id for each in news if each.told_at is not None}
    reached -= _withhold(tx, taken_back, news)
    tells: dict[int, News | None] = {}
    for each in news:
        if each.seen_at is None and reached_by[each.person_id] not in reached:
            each.delete_instance()
        else:
            tells[each.person_id] = each
    tells.setdefault(_maker(taken_back)[0], None)
    for person_id, was in tells.items():
        if person_id != tx.actor.id:
            is_told_by_another = reached_by.get(person_id, person_id) in tells.keys() - {person_id}
            _write(told, taken_back, person_id, was, clock.now() if is_told_by_another else None)


def _write(
    told: Told, taken_back: DecisionTakenBack, person_id: int, was: News | None, told_at: datetime | None
) -> None:
    insert(
        News(
            person=person_id,
            event_id=told.event_id,
            kind=Kind.DECISION_TAKEN_BACK.value,
            review=taken_back.review_id,
            action=taken_back.action_id,
            at=clock.now(),
            told_at=told_at,
            in_place_of=was.in_place_of_id if was else None,
        )
    )


def _events_of(taken_back: DecisionTakenBack) -> Any:
    undone = taken_back.decision or taken_back.question
    own = (AuditEvent.kind == undone._meta.table_name) & (AuditEvent.object_id == undone.id)
    return AuditEvent.select(AuditEvent.id).where(own)


def _maker(taken_back: DecisionTakenBack) -> tuple[int, datetime]:
    """Return who decided or asked, by the id, and when."""
    if taken_back.decision:
        return taken_back.decision.by_id, taken_back.decision.at
    return taken_back.question.asked_by_id, taken_back.question.asked_at


def _withhold(tx: Change, taken_back: DecisionTakenBack, news: Sequence[News]) -> set[int]:
    """Withhold the messages that wait and tell of nothing but it; returns whom they would have told."""
    own = OutboxItem.select(OutboxItem.message).where(OutboxItem.action_id == taken_back.action_id)
    waiting = OutboxMessage.select().where(
        OutboxMessage.state == State.QUEUED,
        OutboxMessage.attempts == 0,
        OutboxMessage.queued_at >= _maker(taken_back)[1],
        OutboxMessage.id.in_(own),
    )
    alone = set(_messages_of(taken_back, news))
    found = set()
    for message in list(waiting):
        if any(message.subject == title and begins in message.body for title, begins in alone):
            message.state, message.last_error, message.next_try_at = (
                State.DROPPED.value,
                say(WHY_DROPPED),
                None,
            )
            tx.update(message, "mail.dropped")
            found.add(message.to_user_id)
    return found


def _messages_of(taken_back: DecisionTakenBack, news: Sequence[News]) -> Iterator[tuple[str, str]]:
    """Yield the subject, and something of the text, of each message that tells of it alone."""
    for each in news:
        yield subject(1), f"1 {KIND_NAMES[Kind(each.kind)][0]}\n"
    if taken_back.question:
        yield QUESTION_SUBJECT.format(reference=taken_back.action.reference), ""
