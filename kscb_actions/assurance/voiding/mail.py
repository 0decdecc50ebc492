"""What becomes of messages that wait to be sent when what they tell of is marked as recorded in error."""

from collections.abc import Collection
from typing import Any

import peewee

from kscb_actions.actions.models import Action
from kscb_actions.actions.narrowing import void_actions
from kscb_actions.audit.service import Change
from kscb_actions.mail.models import OutboxItem, OutboxMessage
from kscb_actions.mail.rules import State
from kscb_actions.reviews.models import Recommendation, Review
from kscb_actions.reviews.queries import void_recommendations, void_reviews
from kscb_actions.text import clean_text, one_line

from ..challenges.models import Challenge
from ..challenges.queries import void_challenges
from .rules import without

Above = Review | Recommendation | Challenge
WHY_DROPPED = "What it tells of was recorded in error."


def is_void_item() -> Any:
    """Return the condition on OutboxItem that what it names was recorded in error."""
    return (
        OutboxItem.action_id.in_(void_actions())
        | OutboxItem.recommendation_id.in_(void_recommendations())
        | OutboxItem.review_id.in_(void_reviews())
        | OutboxItem.challenge_id.in_(void_challenges())
    )


def withhold(tx: Change, actions: Collection[Action], above: Above | None = None) -> None:
    """Keep what is void out of the messages that wait, in the open change that has marked it.

    One that tells of nothing else is not sent. Of one that tells of more, what names it is taken out.
    """
    ids = [action.id for action in actions]
    about = OutboxItem.action_id.in_(ids)
    if isinstance(above, Review):
        about |= OutboxItem.review_id == above.id
    elif isinstance(above, Challenge):
        about |= OutboxItem.challenge_id == above.id
    elif above is not None:
        about |= OutboxItem.recommendation_id == above.id
    waiting = OutboxMessage.select().where(
        OutboxMessage.state == State.QUEUED,
        OutboxMessage.id.in_(OutboxItem.select(OutboxItem.message).where(about)),
    )
    names, links = _named(actions, above)
    for message in list(waiting):
        items = OutboxItem.select().where(OutboxItem.message == message)
        if items.where(~_or_false(is_void_item())).exists():
            message.subject = one_line(without(message.subject, names, links))
            message.body = clean_text(without(message.body, names, links))
            message.enclosed = clean_text(without(message.enclosed, names, links))
            tx.update(message, "mail.shortened")
        else:
            message.state, message.last_error, message.next_try_at = State.DROPPED.value, WHY_DROPPED, None
            tx.update(message, "mail.dropped")


def _or_false(condition: Any) -> Any:
    """Return the condition where it is neither true nor false as false: of an item without an action."""
    return peewee.fn.COALESCE(condition, peewee.SQL("1 = 0"))


def _named(actions: Collection[Action], above: Above | None) -> tuple[list[str], list[str]]:
    """Return what the texts of messages call these things, and how the addresses of their pages begin."""
    names = [action.reference for action in actions]
    links = [f"/reviews/{action.review.reference}/actions/{action.number}" for action in actions]
    challenged = Challenge.action.in_([action.id for action in actions])
    if isinstance(above, Review):
        names.append(above.reference)
        links.append(f"/reviews/{above.reference}")
        challenged |= Challenge.review == above
    elif isinstance(above, Challenge):
        challenged = Challenge.id == above.id
    elif above is not None:
        challenged |= Challenge.recommendation == above
    for challenge in Challenge.select().where(challenged):
        names.append(challenge.reference)
        links.append(f"/challenges/{challenge.id}")
    return names, links
