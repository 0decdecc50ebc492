"""Changing who owns an action together, and what a joint owner says of its part."""

from kscb_actions import clock
from kscb_actions.access.policy import Permission, Refused, Viewer
from kscb_actions.audit.service import Change, change
from kscb_actions.people.models import Agency, User
from kscb_actions.reviews.queries import require_on
from kscb_actions.text import InvalidInput, clean_text, why_too_long

from ..extensions import open_request
from ..models import Action, Contribution, JointOwner, facts_of
from ..rules import problem_with_reason
from ..service import ask_for_answer, why_not_lead
from .rules import why_no_contribution, why_not_ended, why_not_leading, why_not_shared


def share(viewer: Viewer, action: Action, agency: Agency, contact: User | None = None) -> JointOwner:
    """Make an agency a joint owner of an action; it is asked for its answer to the recommendation too.

    Raises InvalidInput.
    """
    require_on(viewer, Permission.EDIT_ACTION, action.review)
    with change(viewer) as tx:
        now = Action.get_by_id(action.id)
        refusal = why_not_shared(facts_of(now), now.owners, agency.id, agency.is_active)
        problems = {"agency": refusal} if refusal else _problem_with_contact(action, agency.id, contact)
        if problems:
            raise InvalidInput(problems)
        joint = _joint(now, agency.id, contact)
        tx.add(joint, "joint-owner.added", {"agency": agency.name})
        ask_for_answer(tx, action.recommendation, agency)
    action._shared = None
    return joint


def change_contact(
    viewer: Viewer, joint: JointOwner, contact: User | None, expected: int | None = None
) -> JointOwner:
    """Say whom to ask in an agency that shares an action. Raises InvalidInput, StaleEdit."""
    action = joint.action
    require_on(viewer, Permission.EDIT_ACTION, action.review)
    if contact == joint.contact:
        raise InvalidInput({"contact": "It is so already. Choose somebody else."})
    if problems := _problem_with_contact(action, joint.agency_id, contact):
        raise InvalidInput(problems)
    joint.contact = contact
    with change(viewer) as tx:
        return tx.update(joint, "joint-owner.contact-changed", expected, {"agency": joint.agency.name})


def stop_sharing(viewer: Viewer, joint: JointOwner, reason: str, expected: int | None = None) -> JointOwner:
    """Take a joint owner off an action; what it said and attached stays. Raises InvalidInput, StaleEdit."""
    action, reason = joint.action, clean_text(reason)
    require_on(viewer, Permission.EDIT_ACTION, action.review)
    with change(viewer) as tx:
        now = JointOwner.get_by_id(joint.id)
        if refusal := why_not_ended(facts_of(Action.get_by_id(action.id)), now.ended_at is not None):
            raise Refused(refusal)
        if problems := problem_with_reason(reason, "Say why it does not share the action any more."):
            raise InvalidInput(problems)
        joint.ended_at, joint.ended_reason, joint.had_part = clock.now(), reason, now.had_part
        tx.update(joint, "joint-owner.ended", expected, {"agency": joint.agency.name})
    action._shared = None
    return joint


def change_leading(
    viewer: Viewer, joint: JointOwner, lead: User | None, reason: str, expected: int | None = None
) -> Action:
    """Let a joint owner lead an action, and the agency that led it share it: one step.

    `expected` is the version of the action that was seen. Raises InvalidInput, Refused, StaleEdit.
    """
    action, reason = joint.action, clean_text(reason)
    require_on(viewer, Permission.EDIT_ACTION, action.review)
    before, after = action.agency, joint.agency
    with change(viewer) as tx:
        now = JointOwner.get_by_id(joint.id)
        asks_for_time = open_request(action) is not None
        facts = facts_of(Action.get_by_id(action.id))
        if refusal := why_not_leading(facts, now.ended_at is not None, asks_for_time):
            raise Refused(refusal)
        problems = problem_with_reason(reason, "Say why another agency leads now.")
        if wrong := why_not_lead(action.review, after.id, lead):
            problems["lead"] = wrong
        if problems:
            raise InvalidInput(problems)
        was_lead = action.lead
        action.agency, action.lead = after, lead
        told = {"from": before.name, "to": after.name, "reason": reason}
        tx.update(action, "action.lead-agency-changed", expected, told)
        now.ended_at, now.ended_reason = clock.now(), reason
        tx.update(now, "joint-owner.became-leading", None, {"agency": after.name})
        shares = _joint(action, before.id, was_lead, had_part=True)
        tx.add(shares, "joint-owner.led-before", {"agency": before.name})
    action._shared = None
    return action


def contribute(viewer: Viewer, action: Action, text: str) -> Contribution:
    """Say what one's agency, a joint owner, did. Whose turn it is and the progress stay the leading agency's.

    Raises InvalidInput, Refused.
    """
    require_on(viewer, Permission.CONTRIBUTE, action.review, action.owners)
    text = clean_text(text)
    with change(viewer) as tx:
        now = Action.get_by_id(action.id)
        if refusal := why_no_contribution(facts_of(now), now.owners, viewer.agency_id):
            raise Refused(refusal)
        wrong = why_too_long(text) if text else "Say what your agency has done."
        if wrong:
            raise InvalidInput({"text": wrong})
        agency = Agency.get_by_id(viewer.agency_id)
        said = Contribution(
            review=action.review_id, action=action, agency=agency, text=text, by=viewer.id, at=clock.now()
        )
        tx.add(said, "contribution.added", {"agency": agency.name})
        take_part(tx, action)
    return said


def take_part(tx: Change, action: Action) -> Agency | None:
    """Note, once, that who makes the open change is of a joint owner, which has a part in the action now.

    Returns that agency; None for who is not of a joint owner.
    """
    joint = JointOwner.get_or_none(
        JointOwner.action == action, JointOwner.agency == tx.actor.agency_id, JointOwner.ended_at.is_null()
    )
    if joint is None:
        return None
    if not joint.had_part:
        joint.had_part = True
        tx.update(joint, "joint-owner.took-part", None, {"agency": joint.agency.name})
    agency: Agency = joint.agency
    return agency


def _joint(action: Action, agency_id: int, contact: User | None, had_part: bool = False) -> JointOwner:
    return JointOwner(
        review=action.review_id,
        action=action,
        agency=agency_id,
        contact=contact,
        started_at=clock.now(),
        had_part=had_part,
    )


def _problem_with_contact(action: Action, agency_id: int, contact: User | None) -> dict[str, str]:
    wrong = why_not_lead(action.review, agency_id, contact)
    return {"contact": wrong} if wrong else {}
