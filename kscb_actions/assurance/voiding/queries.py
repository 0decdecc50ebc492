"""Reading what is void, for the board manager who may bring it back, and who has acted on something."""

import json
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from kscb_actions.access.policy import Permission, Reach, Viewer, may, reach
from kscb_actions.actions.models import Action
from kscb_actions.actions.narrowing import owned_by
from kscb_actions.actions.queries import get_action, with_context
from kscb_actions.actions.rules import VOID
from kscb_actions.audit.models import AuditEvent
from kscb_actions.database import Model
from kscb_actions.prepared import prepared
from kscb_actions.reviews.models import AgencyResponse, Recommendation, Review
from kscb_actions.reviews.queries import get_recommendation, get_review, hidden_reviews

from ..challenges.models import Challenge
from ..challenges.queries import get_challenge, marked_challenge
from .seen import seen_by_agency

Kept = Review | Recommendation | Action | Challenge


@dataclass(frozen=True)
class Voided:
    """Who marked something as recorded in error, when, and why; `with_what` it was, where with something."""

    by: str
    at: datetime
    reason: str
    with_what: str


def is_void(row: Kept) -> bool:
    """Return whether a row is marked as recorded in error."""
    return row.standing == VOID if isinstance(row, Action) else bool(row.is_void)


def kind_of(row: Kept) -> str:
    """Return what a row is called, which its events begin with, like "action" or "challenge"."""
    return str(row._meta.table_name)


def voided(row: Kept) -> Voided:
    """Return how a void row came to be so."""
    event = last_voiding(row)
    detail = json.loads(event.detail)
    return Voided(event.actor_name, event.at, detail["reason"], detail["with"])


def last_voiding(row: Kept) -> AuditEvent:
    """Return the newest event that marked a row as recorded in error. Raises AuditEvent.DoesNotExist."""
    own = (AuditEvent.kind == kind_of(row)) & (AuditEvent.object_id == row.id)
    return (
        AuditEvent.select()
        .where(own, AuditEvent.event == f"{kind_of(row)}.voided")
        .order_by(AuditEvent.id.desc())
        .get()
    )


def events_about(row: Kept) -> set[str]:
    """Return which events the trail tells of a row and of all that belongs to it.

    With SEEN where its agency has opened it, of which no event tells.
    """
    if isinstance(row, Review):
        about: Any = AuditEvent.review_id == row.id
    elif isinstance(row, Action):
        about = AuditEvent.action_id == row.id
    else:
        actions = Action.select(Action.id).where(Action.recommendation == row)
        about = (AuditEvent.review_id == row.review_id) & (
            AuditEvent.action_id.in_(actions)
            | _of(Recommendation, Recommendation.select(Recommendation.id).where(Recommendation.id == row.id))
            | _of(AgencyResponse, AgencyResponse.select(AgencyResponse.id).where(_asked_by(row)))
            | _of(Challenge, Challenge.select(Challenge.id).where(Challenge.recommendation == row))
        )
    events = AuditEvent.select(AuditEvent.event).where(about).distinct().tuples()
    return {event for (event,) in events} | seen_by_agency(row)


def _asked_by(recommendation: Recommendation) -> Any:
    return AgencyResponse.recommendation == recommendation


def _of(model: type[Model], ids: Any) -> Any:
    return (AuditEvent.kind == model._meta.table_name) & AuditEvent.object_id.in_(ids)


def any_action(viewer: Viewer, reference: str, number: int) -> Action | None:
    """Return an action to mark as recorded in error, or that is so; None where the viewer may do neither."""
    return get_action(viewer, reference, number) or void_action(
        viewer, Permission.EDIT_ACTION, reference, number
    )


def any_recommendation(viewer: Viewer, reference: str, number: int) -> Recommendation | None:
    """Return a recommendation to mark as recorded in error, or that is so, for who may."""
    if found := get_recommendation(viewer, reference, number):
        return found
    if reach(viewer, Permission.EDIT_REVIEW) is not Reach.ALL:
        return None
    query = Recommendation.select(Recommendation, Review).join(Review)
    return query.where(_is_open_to(viewer, reference), Recommendation.number == number).first()


def any_review(viewer: Viewer, reference: str) -> Review | None:
    """Return a review to mark as recorded in error, or that is so, for who may."""
    if found := get_review(viewer, reference):
        return found
    if reach(viewer, Permission.EDIT_REVIEW) is not Reach.ALL:
        return None
    return Review.select().where(_is_open_to(viewer, reference)).first()


def any_challenge(viewer: Viewer, challenge_id: int) -> Challenge | None:
    """Return a challenge to mark as recorded in error, or that is so, for who may bring it back."""
    if found := get_challenge(viewer, challenge_id):
        return found
    return marked_challenge(viewer, challenge_id) if may(viewer, Permission.EDIT_REVIEW) else None


def void_action(viewer: Viewer, permission: Permission, reference: str, number: int) -> Action | None:
    """Return a void action on which this person might have used a permission; None for any other."""
    found = _void_action.first(viewer, reference=reference, number=number)
    if found is None or not may(viewer, permission, found.owners):
        return None
    return found if reach(viewer, permission) is not Reach.NONE else None


@prepared
def _void_action(viewer: Viewer, *, reference: Any, number: Any) -> Any:
    return with_context().where(
        _is_open_to(viewer, reference), Action.number == number, Action.standing == VOID
    )


def count_void(viewer: Viewer, ids: list[int]) -> int:
    """Return how many of these actions, of the viewer's own agency, are void."""
    own = owned_by(viewer.agency_id) & Action.review.not_in(hidden_reviews(viewer))
    return int(Action.select().where(Action.id.in_(ids), Action.standing == VOID, own).count())


def _is_open_to(viewer: Viewer, reference: Any) -> Any:
    return (Review.reference == reference) & Review.id.not_in(hidden_reviews(viewer))
