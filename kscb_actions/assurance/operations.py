"""What a person can do to an action now, by the policy and rules that the services hold to. Plain values."""

from dataclasses import dataclass
from datetime import date

from kscb_actions.access.policy import Owners, Permission, Viewer, may
from kscb_actions.actions.another_way.rules import awaits_decision
from kscb_actions.actions.rules import Assurance, is_open
from kscb_actions.actions.turn import RatingFacts
from kscb_actions.terms import say

from .rules import why_not_done, why_not_reopened, why_not_taken_back
from .taking_back.rules import WORDS


@dataclass(frozen=True)
class Request:
    """An open request for more time: its id, and who asked."""

    id: int
    asked_by: int


@dataclass(frozen=True)
class CheckState:
    """How far the Board's check is: whether a submission waits, is begun, and whether a question is open.

    to_take_back  what the Board did last that this person can take back, such as "returned"; "" for nothing
    """

    is_waiting: bool = False
    is_begun: bool = False
    has_question: bool = False
    to_take_back: str = ""


@dataclass(frozen=True)
class AvailableOperation:
    """A thing to do: the page that does it, its words, and the request it is about, where it is about one."""

    endpoint: str
    text: str
    extension_id: int | None = None


def operations(
    viewer: Viewer,
    owned_by: int | Owners,
    facts: RatingFacts,
    request: Request | None = None,
    evidence_count: int = 0,
    check: CheckState = CheckState(),
    can_challenge: bool = True,
    until_on: date | None = None,
) -> list[AvailableOperation]:
    """Return what this person can do to an action of these owners, or one agency, the likeliest first.

    `evidence_count`: pieces that could be submitted. `can_challenge`: no challenge about it waits for an end.
    `until_on`: by when its agency has said that it is done, where it has.
    """
    owners = owned_by if isinstance(owned_by, Owners) else Owners(owned_by)
    return [
        *_of_submitter(viewer, owners, check),
        *_of_lead(viewer, owners, facts, request, evidence_count),
        *_of_reminded(viewer, owners, facts, request, until_on),
        *_of_joint_owner(viewer, owners, facts),
        *_of_board(viewer, owners, facts, request, check, can_challenge),
        *_of_manager(viewer, owners, facts),
    ]


def _of_submitter(viewer: Viewer, owners: Owners, check: CheckState) -> list[AvailableOperation]:
    found: list[AvailableOperation] = []
    if not may(viewer, Permission.ADD_EVIDENCE, owners):
        return found
    if check.has_question:
        found.append(AvailableOperation("assurance.answer", say("Answer the Board’s question")))
    if why_not_taken_back(check.is_waiting, check.is_begun) is None:
        found.append(AvailableOperation("assurance.take_report_back", "Take the report back"))
    return found


def _of_lead(
    viewer: Viewer, owners: Owners, facts: RatingFacts, request: Request | None, evidence_count: int
) -> list[AvailableOperation]:
    found = []
    if not is_open(facts):
        return []
    if may(viewer, Permission.UPDATE_ACTION, owners):
        found.append(AvailableOperation("actions.update", "Report progress"))
    if may(viewer, Permission.ADD_EVIDENCE, owners):
        found.append(AvailableOperation("assurance.new_evidence", "Attach evidence"))
        if why_not_done(facts, evidence_count) is None:
            found.append(AvailableOperation("assurance.report_done", "Report it done"))
    if request is None and may(viewer, Permission.ASK_EXTENSION, owners):
        found.append(AvailableOperation("actions.ask_extension", "Ask for more time"))
    return found


def _of_reminded(
    viewer: Viewer, owners: Owners, facts: RatingFacts, request: Request | None, until_on: date | None
) -> list[AvailableOperation]:
    if not (is_open(facts) and facts.current_due_on and may(viewer, Permission.UPDATE_ACTION, owners)):
        return []
    if until_on is not None:
        return [AvailableOperation("actions.take_acknowledgement_back", "Take back by when you do it")]
    return [] if request else [AvailableOperation("actions.acknowledge", "Say by when you do it")]


def _of_joint_owner(viewer: Viewer, owners: Owners, facts: RatingFacts) -> list[AvailableOperation]:
    if viewer.agency_id not in owners.joint or not may(viewer, Permission.CONTRIBUTE, owners):
        return []
    if not is_open(facts):
        return []
    return [
        AvailableOperation("actions.contribute_part", "Say what your agency did"),
        AvailableOperation("assurance.new_evidence", "Attach evidence of your part"),
    ]


def _of_board(
    viewer: Viewer,
    owners: Owners,
    facts: RatingFacts,
    request: Request | None,
    check: CheckState,
    can_challenge: bool,
) -> list[AvailableOperation]:
    found = []
    decides_dates = may(viewer, Permission.DECIDE_EXTENSION, owners)
    if may(viewer, Permission.DECIDE_ASSURANCE, owners):
        if check.is_waiting:
            found.append(AvailableOperation("assurance.check", "Check the evidence"))
        if why_not_reopened(facts) is None:
            found.append(AvailableOperation("assurance.reopen_action", "Reopen it"))
    if check.to_take_back and may(viewer, Permission.TAKE_DECISION_BACK, owners):
        called = WORDS[check.to_take_back][0]
        found.append(AvailableOperation("assurance.take_decision_back", f"Take the {called} back"))
    if decides_dates and request and request.asked_by != viewer.id:
        found.append(AvailableOperation("actions.decide_extension", "Decide on more time", request.id))
    if decides_dates and awaits_decision(facts):
        found.append(AvailableOperation("actions.decide_impossible", "Decide what takes its place"))
    if decides_dates and is_open(facts):
        found.append(AvailableOperation("actions.due_date", "Change the due date"))
    if can_challenge and may(viewer, Permission.RAISE_CHALLENGE, owners):
        found.append(AvailableOperation("challenges.about_action", "Challenge the agency"))
    return found


def _of_manager(viewer: Viewer, owners: Owners, facts: RatingFacts) -> list[AvailableOperation]:
    if not may(viewer, Permission.EDIT_ACTION):
        return []
    found = [AvailableOperation("actions.edit", "Edit the action")]
    if facts.assurance != Assurance.ACCEPTED:
        found.append(AvailableOperation("actions.standing", "Hold, supersede or withdraw"))
        if facts.standing in ("active", "on_hold"):
            found.append(AvailableOperation("upkeep.move", "Move it to another agency"))
    if (facts.current_due_on or facts.reported_done_on) and may(viewer, Permission.DECIDE_EXTENSION, owners):
        found.append(AvailableOperation("assurance.correct_action_date", "Put a wrong date right"))
    found.append(AvailableOperation("voiding.action", "Recorded in error"))
    return found
