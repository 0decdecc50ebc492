"""An agency closes and another follows it: its open actions and challenges move in the same step."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from kscb_actions import clock
from kscb_actions.access.policy import Permission, Viewer, require
from kscb_actions.actions.handover import unfinished
from kscb_actions.actions.models import Action, JointOwner
from kscb_actions.actions.narrowing import visible_action
from kscb_actions.actions.owners.service import share
from kscb_actions.assurance.challenges.models import Challenge
from kscb_actions.assurance.challenges.queries import visible_challenge
from kscb_actions.assurance.challenges.rules import State
from kscb_actions.audit.service import change
from kscb_actions.database import writing
from kscb_actions.people.models import Agency, User
from kscb_actions.people.rules import problems_with_closing
from kscb_actions.people.succession import close_agency
from kscb_actions.text import InvalidInput
from kscb_actions.upkeep.bulk.edits import NewAgency
from kscb_actions.upkeep.bulk.service import Outcome, apply, preview
from kscb_actions.upkeep.moving.service import Move, move_challenge

from .queries import open_actions


@dataclass(frozen=True)
class Closing:
    """How an agency closes: the day, who follows it (None: nobody), and who leads its open actions there.

    lead   who leads those for whom `leads`, {id of who leads now or 0: who will}, names nobody else
    """

    on: date | None
    successor: Agency | None
    lead: User | None
    leads: Mapping[int, User | None]

    def move(self, agency: Agency) -> Move:
        """Return the move of the agency's actions."""
        reason = (
            f"{agency.name} has closed. Its work goes on in {self.successor.name if self.successor else ''}."
        )
        return Move(self.successor, self.on, reason, self.lead, self.leads)


def preview_closing(viewer: Viewer, agency: Agency, closing: Closing) -> Outcome:
    """Return what closing would make of the agency's open actions. Raises InvalidInput, Refused."""
    _check(viewer, agency, closing)
    chosen = {row.id: None for row in open_actions(viewer, agency)}
    if closing.successor is None or not chosen:
        return Outcome([], is_done=False)
    return preview(viewer, chosen, NewAgency(closing.move(agency)))


def close(
    viewer: Viewer, agency: Agency, closing: Closing, seen: Mapping[int, int | None], expected: int
) -> Outcome:
    """Close an agency and move what is open of it, in one audited step; all of it or nothing.

    `seen`: {id: version} of the actions that were shown; one that came meanwhile, or was changed, is refused
    with its reference. Raises InvalidInput, Refused, StaleEdit.
    """
    _check(viewer, agency, closing)
    present = {row.id: seen.get(row.id, 0) for row in open_actions(viewer, agency)}
    successor = closing.successor

    def before() -> None:
        close_agency(viewer, agency, closing.on, successor, expected)
        if successor:
            _move_challenges(viewer, agency, successor)
            _move_shares(viewer, agency, successor)

    if successor is None or not present:
        with writing():
            before()
        return Outcome([], is_done=True)
    return apply(viewer, present, NewAgency(closing.move(agency)), before, "agency.succeeded")


def _check(viewer: Viewer, agency: Agency, closing: Closing) -> None:
    require(viewer, Permission.MANAGE_PEOPLE)
    following = (closing.successor.id, closing.successor.is_active) if closing.successor else None
    if problems := problems_with_closing(agency.id, closing.on, following, clock.today()):
        raise InvalidInput(problems)


def _move_challenges(viewer: Viewer, agency: Agency, successor: Agency) -> None:
    """Move the open challenges of the agency but those about one of its actions, which go with the action."""
    waiting = Challenge.select().where(
        Challenge.agency == agency,
        Challenge.state != State.CLOSED,
        Challenge.action.is_null()
        | Challenge.action.not_in(Action.select(Action.id).where(Action.agency == agency)),
        visible_challenge(viewer),
    )
    for challenge in waiting:
        with change(viewer) as tx:
            move_challenge(tx, challenge, agency, successor)


def _move_shares(viewer: Viewer, agency: Agency, successor: Agency) -> None:
    """Let the successor share the unfinished actions that the agency shared and another leads."""
    shared = (
        JointOwner.select(JointOwner, Action)
        .join(Action)
        .where(
            JointOwner.agency == agency,
            JointOwner.ended_at.is_null(),
            *unfinished(),
            visible_action(viewer),
        )
    )
    for joint in list(shared):
        action, why = joint.action, f"{agency.name} has closed."
        with change(viewer) as tx:
            joint.ended_at, joint.ended_reason = clock.now(), why
            tx.update(joint, "joint-owner.ended", None, {"agency": agency.name})
        if successor.id != action.agency_id and successor.id not in action.owners.joint:
            share(viewer, action, successor)
