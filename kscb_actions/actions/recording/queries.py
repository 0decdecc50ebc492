"""Reading what is proposed for the next actions of a plan, for a viewer who records them."""

from collections.abc import Iterable

import peewee

from kscb_actions.access.policy import Viewer
from kscb_actions.actions.models import Action
from kscb_actions.actions.narrowing import visible_action
from kscb_actions.people.models import Agency, User
from kscb_actions.reviews.models import Recommendation, Review

from .rules import usual_leads


def propose_leads(viewer: Viewer, people: Iterable[User], named: set[int] | None) -> dict[int, User]:
    """Return {agency id: the lead proposed for its next action}, from these active leads. At most one query.

    `named` are the ids of the people named on a restricted review, None where it is not: nobody else can be
    proposed there.
    """
    fit = {each.id: each for each in people if named is None or each.id in named}
    leads: dict[int, list[int]] = {}
    for each in fit.values():
        leads.setdefault(each.agency_id, []).append(each.id)
    several = [agency for agency, own in leads.items() if len(own) > 1]
    last = _last_leads(viewer, several, list(fit)) if several else {}
    return {agency: fit[lead] for agency, lead in usual_leads(leads, last).items()}


def _last_leads(viewer: Viewer, agencies: list[int], leads: list[int]) -> dict[int, int]:
    newest = (
        Action.select(peewee.fn.MAX(Action.id))
        .where(Action.agency.in_(agencies), Action.lead.in_(leads), visible_action(viewer))
        .group_by(Action.agency)
    )
    return dict(Action.select(Action.agency, Action.lead).where(Action.id.in_(newest)).tuples())


def list_recorded(viewer: Viewer, review: Review) -> dict[int, list[Action]]:
    """Return {recommendation id: its actions, by number} of one review, each with its agency and lead."""
    query = (
        Action.select(Action, Agency, User)
        .join_from(Action, Agency)
        .join_from(Action, User, peewee.JOIN.LEFT_OUTER)
        .where(Action.review == review, visible_action(viewer))
        .order_by(Action.number)
    )
    grouped: dict[int, list[Action]] = {}
    for action in query:
        action.review = review
        grouped.setdefault(action.recommendation_id, []).append(action)
    return grouped


def list_actions_of(viewer: Viewer, recommendation: Recommendation) -> list[Action]:
    """Return the actions of one recommendation, by number, each with its agency and lead."""
    return list_recorded(viewer, recommendation.review).get(recommendation.id, [])
