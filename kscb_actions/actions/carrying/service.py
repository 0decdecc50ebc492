"""Carrying a plan forward into a new review: one step, all of it or nothing."""

from kscb_actions import clock
from kscb_actions.access.policy import Permission, Refused, Viewer, require
from kscb_actions.audit.service import change
from kscb_actions.database import writing
from kscb_actions.people.models import User
from kscb_actions.reviews.inspections.rules import AreaFacts
from kscb_actions.reviews.models import AgencyResponse, Recommendation, Review
from kscb_actions.reviews.queries import require_on, themes_of_recommendation, themes_of_review
from kscb_actions.reviews.recommendations import add_recommendation, answer_recommendation
from kscb_actions.reviews.rules import RecommendationFacts, ReviewFacts, Stage
from kscb_actions.reviews.service import record_review
from kscb_actions.text import InvalidInput

from ..milestones.queries import open_milestones
from ..milestones.rules import MilestoneFacts
from ..milestones.service import add_milestone
from ..models import Action
from ..owners.queries import list_joint_owners
from ..owners.service import share
from ..rules import Standing
from ..service import (
    ActionFacts,
    add_actions,
    list_unfinished,
    set_standing,
    why_not_lead,
    withdraw_recommendation,
)
from .queries import Candidate, Plan, plan_of
from .rules import CarryChoice, new_due_on, problems_with_choice

# Into which is a link beside it, for who may see that: its reference would stay here if that were restricted,
# or marked as recorded in error, later.
CARRIED = "Carried forward to another plan."
RESTRICTED = (
    "A restricted review is not carried forward, because its words would come into another. "
    "Record the new one by itself and name people on it."
)


def carry_forward(viewer: Viewer, review: Review, choice: CarryChoice) -> Review:
    """Record a new review with what is chosen of an earlier one, and supersede that there.

    Recommendations keep their words, themes and answers; actions their words, agencies, leads who can still
    lead, and open milestones; evidence stays where it is. Raises InvalidInput, Refused.
    """
    require_on(viewer, Permission.EDIT_REVIEW, review)
    require(viewer, Permission.EDIT_ACTION)
    if review.is_restricted:
        raise Refused(RESTRICTED)
    with writing():
        plan = plan_of(viewer, review)
        chosen = [each for each in plan.candidates if each.action.id in choice.actions]
        problems = check(plan, chosen, choice)
        try:
            new = _record(viewer, review, choice)
        except InvalidInput as wrong:
            raise InvalidInput(wrong.errors | problems) from None
        if problems:
            raise InvalidInput(problems)
        for recommendation in plan.recommendations:
            of_it = [each.action for each in chosen if each.action.recommendation_id == recommendation.id]
            if of_it or recommendation.id in choice.recommendations:
                _carry(viewer, new, recommendation, of_it, choice)
    return new


def check(plan: Plan, chosen: list[Candidate], choice: CarryChoice) -> dict[str, str]:
    """Return {field: message} for what is wrong with a choice among what the plan holds now."""
    bare = {each.id for each in plan.bare}
    unknown = len(chosen) != len(choice.actions) or not choice.recommendations <= bare
    refused = [(each.action.reference, each.refusal) for each in chosen if each.refusal]
    seen = dict(choice.seen)
    changed = [
        each.action.reference
        for each in chosen
        if seen.get(each.action.id, each.action.version) != each.action.version
    ]
    return problems_with_choice(choice, refused, unknown, changed)


def lead_for(action: Action) -> User | None:
    """Return who leads what an action is carried into: its lead, unless they cannot lead it any more."""
    lead = action.lead
    return lead if lead and why_not_lead(action.review, action.agency_id, lead) is None else None


def _record(viewer: Viewer, review: Review, choice: CarryChoice) -> Review:
    facts = ReviewFacts(
        reference=choice.reference,
        kind=review.kind,
        title=choice.title,
        pseudonym=review.pseudonym,
        summary=review.summary,
        classification=review.classification,
        theme_ids=tuple(theme.id for theme in themes_of_review(review)),
        guidance=review.guidance,
    )
    note = "Carried forward from an earlier plan."
    return record_review(viewer, facts, Stage.MONITORING, clock.today(), note)


def _carry(
    viewer: Viewer, new: Review, recommendation: Recommendation, actions: list[Action], choice: CarryChoice
) -> None:
    facts = RecommendationFacts(
        recommendation.text,
        recommendation.intended_outcome,
        recommendation.addressed_to,
        tuple(theme.id for theme in themes_of_recommendation(recommendation)),
        published_number=recommendation.published_number,
        heading=recommendation.heading,
        is_key=recommendation.is_key,
        area=AreaFacts(recommendation.area) if recommendation.area else None,
    )
    carried = add_recommendation(viewer, new, facts)
    carried.carried_from = recommendation
    with change(viewer) as tx:
        tx.update(carried, "recommendation.carried-forward")
    answers = AgencyResponse.select().where(AgencyResponse.recommendation == recommendation)
    for each in answers.order_by(AgencyResponse.id):
        if each.answer != "awaited":
            answer_recommendation(viewer, carried, each.agency, each.answer, each.reason)
    for action in actions:
        _carry_action(viewer, carried, action, choice)
    # What is left of it goes on here; then it has to be answered here too.
    if not list_unfinished(recommendation):
        withdraw_recommendation(viewer, recommendation, CARRIED, recommendation.version)


def _carry_action(viewer: Viewer, carried: Recommendation, action: Action, choice: CarryChoice) -> None:
    due_on = new_due_on(action.current_due_on, choice.dates)
    lead = lead_for(action)
    facts = ActionFacts(action.text, action.success_measure, due_on)
    leads = {action.agency_id: lead} if lead else {}
    (new,) = add_actions(viewer, carried, [action.agency], facts, leads)
    new.carried_from = action
    with change(viewer) as tx:
        tx.update(new, "action.carried-forward")
    for joint in list_joint_owners(action):
        if joint.agency.is_active:
            contact = joint.contact
            fit = contact and why_not_lead(action.review, joint.agency_id, contact) is None
            share(viewer, new, joint.agency, contact if fit else None)
    for step in open_milestones([action.id]).get(action.id, ()):
        if moved := new_due_on(step.due_on, choice.dates):
            add_milestone(viewer, new, MilestoneFacts(step.text, moved))
    set_standing(viewer, action, Standing.SUPERSEDED, CARRIED)
