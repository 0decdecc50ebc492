"""Moving an action to another agency. What it was under the old one stays as it was."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from kscb_actions import clock, prepared
from kscb_actions.access.policy import Permission, Viewer
from kscb_actions.actions.models import Action, JointOwner, facts_of
from kscb_actions.actions.service import why_not_lead
from kscb_actions.assurance.challenges.models import Challenge
from kscb_actions.assurance.challenges.rules import State
from kscb_actions.audit.service import Change, change
from kscb_actions.people.models import Agency, User
from kscb_actions.people.rules import with_earlier
from kscb_actions.reviews.models import AgencyResponse
from kscb_actions.reviews.queries import require_on
from kscb_actions.text import InvalidInput, clean_text

from .rules import problems_with_move, why_not_moved

NOBODY = 0


@dataclass(frozen=True)
class Move:
    """Where actions go, from which day and why, and who leads them there.

    leads  {id of who leads an action now, or NOBODY: who leads it there, None for nobody yet}
    lead   who leads the actions of everybody else
    """

    to: Agency | None
    on: date | None
    reason: str
    lead: User | None = None
    leads: Mapping[int, User | None] = field(default_factory=dict)

    def lead_for(self, action: Action) -> User | None:
        """Return who leads this action at the agency it goes to."""
        return self.leads.get(action.lead_id or NOBODY, self.lead)


def problems_of(move: Move) -> dict[str, str]:
    """Return {field: message} for what is wrong with a move, whichever actions it is of."""
    is_in_use = prepared.get(Agency, move.to.id).is_active if move.to else None
    return problems_with_move(is_in_use, move.on, clean_text(move.reason), clock.today())


def move_action(viewer: Viewer, action: Action, move: Move, expected: int | None = None) -> Action:
    """Move an action to another agency; evidence, submissions and requests go with it, unchanged.

    So do its challenges that are not closed and, where the other agency has given none, the answer to its
    recommendation. One that has shared it leads it now. Raises InvalidInput, Refused, StaleEdit.
    """
    require_on(viewer, Permission.EDIT_ACTION, action.review)
    problems, lead = problems_of(move), move.lead_for(action)
    if problems or move.to is None or move.on is None:
        raise InvalidInput(problems)
    to, on, before = move.to, move.on, action.agency
    if wrong := why_not_moved(facts_of(action), action.agency_id, to.id, action.earlier_agencies, on):
        problems["to"] = wrong
    if wrong := why_not_lead(action.review, to.id, lead):
        problems["lead"] = wrong
    if problems:
        raise InvalidInput(problems)
    told = {"from": before.name, "to": to.name, "on": on, "reason": clean_text(move.reason)}
    action.earlier_agencies = with_earlier(action.earlier_agencies, before.id, on)
    action.agency, action.lead = to, lead
    with change(viewer) as tx:
        tx.update(action, "action.transferred", expected, told)
        for challenge in _open_challenges(action=action.id):
            move_challenge(tx, challenge, before, to)
        _take_answer_along(tx, action, before, to)
        for joint in _shares(action=action.id, agency=to.id):
            joint.ended_at, joint.ended_reason = clock.now(), told["reason"]
            tx.update(joint, "joint-owner.became-leading", None, {"agency": to.name})
    action._shared = None
    return action


def move_challenge(tx: Change, challenge: Challenge, before: Agency, to: Agency) -> None:
    """Let another agency answer a challenge, in the open change."""
    challenge.agency = to
    tx.update(challenge, "challenge.transferred", detail={"from": before.name, "to": to.name})


def _take_answer_along(tx: Change, action: Action, before: Agency, to: Agency) -> None:
    """Give the other agency the answer to the recommendation, unless it has one of its own.

    Without it the agency would see the action and not the recommendation it answers. The answer of an agency
    that has no more actions there moves; otherwise both have it.
    """
    answers = {
        each.agency_id: each
        for each in _answers(recommendation=action.recommendation_id, first=before.id, second=to.id)
    }
    if to.id in answers:
        return
    kept = answers.get(before.id)
    has_more = _others(recommendation=action.recommendation_id, agency=before.id, action=action.id)
    told = {"from": before.name, "to": to.name}
    if kept and not has_more:
        kept.agency = to
        tx.update(kept, "recommendation.answer-moved", detail=told)
        return
    answer = AgencyResponse(
        review=action.review_id,
        recommendation=action.recommendation_id,
        agency=to,
        answer=kept.answer if kept else "awaited",
        reason=kept.reason if kept else "",
        will_do=kept.will_do if kept else "",
        first_answered_on=kept.first_answered_on if kept else None,
        viewed_on=kept.viewed_on if kept else None,
    )
    tx.add(answer, "recommendation.answer-moved", told)


@prepared.prepared
def _open_challenges(*, action: Any) -> Any:
    return Challenge.select().where(Challenge.action == action, Challenge.state != State.CLOSED)


@prepared.prepared
def _shares(*, action: Any, agency: Any) -> Any:
    return JointOwner.select().where(
        JointOwner.action == action, JointOwner.agency == agency, JointOwner.ended_at.is_null()
    )


@prepared.prepared
def _answers(*, recommendation: Any, first: Any, second: Any) -> Any:
    return AgencyResponse.select().where(
        AgencyResponse.recommendation == recommendation,
        (AgencyResponse.agency == first) | (AgencyResponse.agency == second),
    )


@prepared.prepared
def _others(*, recommendation: Any, agency: Any, action: Any) -> Any:
    return (
        Action.select(Action.id)
        .where(Action.recommendation == recommendation, Action.agency == agency, Action.id != action)
        .limit(1)
        .tuples()
    )
