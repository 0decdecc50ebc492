"""Marking a challenge as recorded in error, and bringing it back."""

from kscb_actions.access.policy import Permission, Refused, Verdict, Viewer, may
from kscb_actions.actions.models import Action
from kscb_actions.actions.rules import VOID
from kscb_actions.audit.models import AuditEvent
from kscb_actions.audit.service import Change, change
from kscb_actions.mail.models import OutboxItem, OutboxMessage
from kscb_actions.mail.rules import State
from kscb_actions.mail.service import queue
from kscb_actions.people.models import User
from kscb_actions.reviews.models import Recommendation, Review
from kscb_actions.terms import say
from kscb_actions.text import InvalidInput, clean_text

from ..acknowledging.models import AnswerAcknowledgement
from ..challenges.letters import about, address_of
from ..challenges.models import Challenge, ChallengeStep
from ..challenges.queries import named_on, open_challenge_on
from ..challenges.rules import State as ChallengeState
from .mail import withhold
from .rules import (
    OF_RAISING,
    can_void_challenge,
    problems_with_restoring,
    problems_with_voiding,
)
from .seen import seen_by_agency
from .service import ALREADY, NOT_VOID

IN_ERROR = """Challenge {reference} was recorded in error.

Nothing more is asked of you about it, and its page is gone."""
STANDS = """Challenge {reference} stands again: it was not recorded in error after all.

Read it here:
{link}"""


def void_challenge(viewer: Viewer, challenge: Challenge, reason: str, expected: int) -> Challenge:
    """Mark a challenge as recorded in error, and tell whoever had been told of it.

    Freely by who raised it while nobody has acted on it, afterwards by the board manager with a reason.
    Raises InvalidInput, Refused, StaleEdit.
    """
    reason = clean_text(reason)
    with change(viewer) as tx:
        if Challenge.get_by_id(challenge.id).is_void:
            raise Refused(ALREADY)
        events = acts_on(challenge)
        verdict = may_void_challenge(viewer, challenge, events)
        if not verdict:
            raise Refused(verdict.reason)
        if problems := problems_with_voiding(reason, events):
            raise InvalidInput(problems)
        told = _people_told(challenge)
        challenge.is_void = True
        tx.update(challenge, "challenge.voided", expected, {"reason": reason, "with": ""})
        withhold(tx, [], challenge)
        _tell(tx, challenge, told, f"Challenge {challenge.reference} was recorded in error", IN_ERROR)
    return challenge


def restore_challenge(
    viewer: Viewer, challenge: Challenge, reason: str, expected: int, base_url: str
) -> Challenge:
    """Bring back a challenge that was marked as recorded in error, and tell who had been told.

    Raises InvalidInput, Refused, StaleEdit.
    """
    if not manages(viewer, challenge):
        raise Refused(say("The board manager brings it back, where it is not their own agency’s."))
    reason = clean_text(reason)
    with change(viewer) as tx:
        if not Challenge.get_by_id(challenge.id).is_void:
            raise Refused(NOT_VOID)
        if problems := problems_with_restoring(reason, _void_above(challenge)):
            raise InvalidInput(problems)
        is_open = challenge.state != ChallengeState.CLOSED
        if is_open and challenge.action and (other := open_challenge_on(challenge.action)):
            raise Refused(f"Challenge {other.reference} about this action is open. Close it first.")
        challenge.is_void = False
        tx.update(challenge, "challenge.restored", expected, {"reason": reason})
        link = address_of(challenge.id, base_url)
        subject = f"Challenge {challenge.reference} stands again"
        _tell(tx, challenge, _people_named(challenge), subject, STANDS, link)
    return challenge


def manages(viewer: Viewer, challenge: Challenge) -> bool:
    """Return whether this person is a board manager, and of no agency that owns what was challenged."""
    is_outside = may(viewer, Permission.CLOSE_CHALLENGE, challenge.owners)
    return bool(may(viewer, Permission.EDIT_REVIEW)) and bool(is_outside)


def may_void_challenge(viewer: Viewer, challenge: Challenge, events: set[str]) -> Verdict:
    """Return whether this person may mark a challenge as recorded in error; `events`: the acts on it."""
    raises = may(viewer, Permission.RAISE_CHALLENGE, challenge.owners)
    is_own = bool(raises) and viewer.id == challenge.raised_by_id
    return can_void_challenge(is_own, manages(viewer, challenge), bool(events))


def acts_on(challenge: Challenge) -> set[str]:
    """Return the events by which somebody has acted on a challenge: those of raising it are none.

    Where a message about it has left, "mail.sent" is one, and SEEN where its agency has opened it.
    """
    steps = ChallengeStep.select(ChallengeStep.id).where(ChallengeStep.challenge == challenge)
    said = AnswerAcknowledgement.challenge == challenge
    kinds = {
        Challenge: [challenge.id],
        ChallengeStep: steps,
        AnswerAcknowledgement: AnswerAcknowledgement.select(AnswerAcknowledgement.id).where(said),
    }
    found: set[str] = set()
    for model, ids in kinds.items():
        own = (AuditEvent.kind == model._meta.table_name) & AuditEvent.object_id.in_(ids)
        found |= {event for (event,) in AuditEvent.select(AuditEvent.event).where(own).distinct().tuples()}
    if _messages_about(challenge, State.SENT).exists():
        found.add("mail.sent")
    return (found - OF_RAISING) | seen_by_agency(challenge)


def _messages_about(challenge: Challenge, *states: State) -> OutboxMessage:
    named = OutboxItem.select(OutboxItem.message).where(OutboxItem.challenge_id == challenge.id)
    return OutboxMessage.select().where(OutboxMessage.id.in_(named), OutboxMessage.state.in_(states))


def _people_told(challenge: Challenge) -> list[User]:
    """Return who was sent a message about a challenge and may still know of it."""
    return _addressees(challenge, State.SENT)


def _people_named(challenge: Challenge) -> list[User]:
    """Return who was sent a message about a challenge, or was to be before it was marked."""
    return _addressees(challenge, State.SENT, State.QUEUED, State.DROPPED)


def _addressees(challenge: Challenge, *states: State) -> list[User]:
    named = named_on(challenge.review)
    ids = sorted({message.to_user_id for message in _messages_about(challenge, *states)})
    people = User.select().where(User.is_active, User.id.in_(ids)).order_by(User.id)
    return [
        person
        for person in people
        if (named is None or person.id in named)
        and may(person.viewer, Permission.READ_CHALLENGE, challenge.owners)
    ]


def _tell(
    tx: Change, challenge: Challenge, people: list[User], subject: str, text: str, link: str = ""
) -> None:
    body = text.format(reference=challenge.reference, link=link)
    for person in people:
        # Nobody is told of what they did themselves.
        if person.id != tx.actor.id:
            queue(tx, person, subject, body, about(challenge))


def _void_above(challenge: Challenge) -> str:
    """Return what is void that a challenge is about, as it is now."""
    if challenge.review_id and Review.get_by_id(challenge.review_id).is_void:
        return "review"
    above = challenge.recommendation_id
    if above and Recommendation.get_by_id(above).is_void:
        return "recommendation"
    is_void = challenge.action_id and Action.get_by_id(challenge.action_id).standing == VOID
    return "action" if is_void else ""
