"""Whether an agency has seen a thing: the news of it, on the thing's own page or among what is new."""

from typing import Any

import peewee

from kscb_actions.actions.models import Action, JointOwner
from kscb_actions.assurance.challenges.models import Challenge
from kscb_actions.people.models import User
from kscb_actions.reviews.models import Recommendation, Review

from .models import News


def is_seen_by_agency(row: Review | Recommendation | Action | Challenge) -> bool:
    """Return whether somebody of an agency that owns it has seen news of a thing, or of an action in it.

    Whoever opens the page of what is new for them has seen it. Of who was told nothing no page is marked.
    """
    seen = News.select(peewee.SQL("1")).join_from(News, User, on=(News.person == User.id))
    seen = seen.where(News.seen_at.is_null(False))
    if isinstance(row, Challenge):
        return bool(seen.where(News.challenge == row.id, User.agency == row.agency_id).exists())
    seen = seen.join_from(News, Action, on=(News.action == Action.id))
    joint = JointOwner.select(peewee.SQL("1")).where(
        JointOwner.action == Action.id, JointOwner.agency == User.agency, JointOwner.ended_at.is_null()
    )
    own = (User.agency == Action.agency) | peewee.fn.EXISTS(joint)
    return bool(seen.where(own, _in(row)).exists())


def _in(row: Review | Recommendation | Action) -> Any:
    if isinstance(row, Action):
        return News.action == row.id
    return (Action.review if isinstance(row, Review) else Action.recommendation) == row.id
