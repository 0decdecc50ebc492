"""Putting right an action that was recorded for the wrong agency."""

from kscb_actions.access.policy import Permission, Viewer
from kscb_actions.actions.models import Action
from kscb_actions.actions.owners.queries import list_joint_owners
from kscb_actions.actions.rules import AGENCY_CORRECTED
from kscb_actions.actions.service import ask_for_answer, why_not_lead
from kscb_actions.audit.service import change
from kscb_actions.people.models import Agency, User
from kscb_actions.reviews.models import Recommendation
from kscb_actions.reviews.queries import require_on
from kscb_actions.text import InvalidInput

from .queries import events_about
from .rules import why_agency_stays
from .service import drop_unasked


def correct_agency(
    viewer: Viewer, action: Action, agency: Agency | None, lead: User | None, expected: int
) -> Action:
    """Give an action to the agency for which it should have been recorded, with its lead there.

    Past days are then computed with it. Raises InvalidInput, Refused, StaleEdit.
    """
    require_on(viewer, Permission.EDIT_ACTION, action.review)
    before, problems = action.agency_id, {}
    if agency is None:
        raise InvalidInput({"agency": "Choose the right agency."})
    if agency.id == before:
        problems["agency"] = f"It is recorded for {agency.name}."
    elif any(each.agency_id == agency.id for each in list_joint_owners(action)):
        problems["agency"] = f"{agency.name} shares this action. Take it off those who share it first."
    elif wrong := why_not_lead(action.review, agency.id, lead):
        problems["lead"] = wrong
    with change(viewer) as tx:
        if stays := why_it_stays(action):
            problems = {"agency": stays}
        if problems:
            raise InvalidInput(problems)
        action.agency, action.lead = agency, lead
        tx.update(action, AGENCY_CORRECTED, expected)
        drop_unasked(tx, action.recommendation_id, before)
        ask_for_answer(tx, action.recommendation, agency)
    return action


def why_it_stays(action: Action) -> str | None:
    """Return why the agency of an action cannot be changed any more, and what to do; None while it can."""
    stands = Recommendation.get_by_id(action.recommendation_id).withdrawn_on is None
    return why_agency_stays(events_about(action), stands)
