"""Reading what of a plan can be carried forward, and what was, always for a viewer."""

from dataclasses import dataclass
from typing import Any

from kscb_actions.access.policy import Viewer
from kscb_actions.prepared import prepared
from kscb_actions.reviews.models import Recommendation, Review
from kscb_actions.reviews.queries import list_recommendations, visible_recommendation

from ..models import Action, facts_of
from ..narrowing import visible_action
from ..queries import with_context
from .rules import is_preselected, why_not_carried


@dataclass(frozen=True)
class Candidate:
    """An action of the earlier plan: why it cannot be carried forward (None: it can), and if it is open."""

    action: Action
    refusal: str | None
    is_preselected: bool


@dataclass(frozen=True)
class Plan:
    """What a plan holds: its recommendations that stand, and its actions."""

    recommendations: list[Recommendation]
    candidates: list[Candidate]

    @property
    def bare(self) -> list[Recommendation]:
        """Return the recommendations without any action, which are carried forward for themselves."""
        with_actions = {each.action.recommendation_id for each in self.candidates}
        return [each for each in self.recommendations if each.id not in with_actions]


def plan_of(viewer: Viewer, review: Review) -> Plan:
    """Return what of a review's plan can be carried forward, and what cannot. Two queries."""
    query = with_context().where(Action.review == review, visible_action(viewer)).order_by(Action.number)
    candidates = []
    for action in query:
        facts = facts_of(action)
        candidates.append(Candidate(action, why_not_carried(facts), is_preselected(facts)))
    standing = [each for each in list_recommendations(viewer, review) if each.withdrawn_on is None]
    return Plan(standing, candidates)


@dataclass(frozen=True)
class Carried:
    """Where an action or a recommendation came from and where it went, as far as the viewer may see it."""

    came_from: Action | Recommendation | None = None
    went_to: Action | Recommendation | None = None


def carried_of(viewer: Viewer, action: Action) -> Carried:
    """Return where an action that has been fetched for this viewer came from and went. One query."""
    found = _linked(viewer, action=action.id, source=action.carried_from_id or 0)
    came_from = next((each for each in found if each.id == action.carried_from_id), None)
    return Carried(came_from, next((each for each in found if each.carried_from_id == action.id), None))


@prepared
def _linked(viewer: Viewer, *, action: Any, source: Any) -> Any:
    either = (Action.carried_from == action) | (Action.id == source)
    return Action.select(Action, Review).join(Review).where(either, visible_action(viewer))


def carried_of_review(viewer: Viewer, review: Review) -> dict[int, Carried]:
    """Return {recommendation id: where it came from and went} of a review. One query, two where any did."""
    here, other = Recommendation.alias(), Recommendation
    ours = here.select(here.id, here.carried_from).where(here.review == review)
    ids = ours.select(here.id)
    sources = here.select(here.carried_from).where(here.review == review, here.carried_from.is_null(False))
    query = (
        other.select(other, Review)
        .join(Review)
        .where(other.carried_from.in_(ids) | other.id.in_(sources), visible_recommendation(viewer))
    )
    found = list(query)
    if not found:
        return {}
    links = dict(ours.tuples())
    by_id = {each.id: each for each in found}
    went = {each.carried_from_id: each for each in found if each.carried_from_id in links}
    return {key: Carried(by_id.get(source), went.get(key)) for key, source in links.items()}
