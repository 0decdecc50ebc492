"""Reading who owns actions with the agency that leads."""

from collections.abc import Collection, Iterable
from typing import Any

import peewee

from kscb_actions.access.policy import Owners
from kscb_actions.database import is_sqlite
from kscb_actions.people.models import Agency, User

from ..models import Action, JointOwner, owners_from


def list_joint_owners(action: Action) -> list[JointOwner]:
    """Return who shares an action now, by name, each with its agency and whom to ask there.

    The action has been fetched for a viewer.
    """
    return [each for each in action.shared if each.ended_at is None]


def names_of_joint(ids: Collection[int]) -> dict[int, list[str]]:
    """Return {action id: names of the agencies that share it now}, of those that are shared. One query."""
    found: dict[int, list[str]] = {}
    rows = (
        JointOwner.select(JointOwner.action, Agency.name)
        .join(Agency)
        .where(JointOwner.action.in_(list(ids)), JointOwner.ended_at.is_null())
        .order_by(Agency.name)
    )
    for action_id, name in rows.tuples():
        found.setdefault(action_id, []).append(name)
    return found


def joint_names() -> Any:
    """Return, as SQL beside a row of Action, the names of who shares it now, a line each, or NULL."""
    joined = peewee.fn.GROUP_CONCAT if is_sqlite() else peewee.fn.STRING_AGG
    named = JointOwner.select(joined(Agency.name, "\n")).join(Agency)
    return named.where(JointOwner.action == Action.id, JointOwner.ended_at.is_null())


def know_owners(actions: Iterable[Action]) -> None:
    """Read whose these actions are, so that `Action.owners` asks nothing more. Two queries."""
    known = {action.id: action for action in actions}
    successors = Agency.successors()
    for action in known.values():
        action._shared, action._successors = [], successors
    every = JointOwner.select(JointOwner, Agency, User).join_from(JointOwner, Agency)
    every = every.join_from(JointOwner, User, peewee.JOIN.LEFT_OUTER)
    for row in every.where(JointOwner.action.in_(list(known))).order_by(Agency.name):
        known[row.action_id].shared.append(row)


def owners_of(actions: Iterable[Any]) -> dict[int, Owners]:
    """Return {action id: whose it is} of actions, or of rows of a list of them. Two queries."""
    known = {action.id: action for action in actions}
    rows: dict[int, list[Any]] = {each: [] for each in known}
    joint = JointOwner.select(
        JointOwner.action, JointOwner.agency, JointOwner.ended_at, JointOwner.had_part
    ).where(JointOwner.action.in_(list(known)))
    for action_id, *row in joint.tuples():
        rows[action_id].append(row)
    successors = Agency.successors()
    return {
        each: owners_from(action.agency_id, rows[each], action.earlier_agencies, successors)
        for each, action in known.items()
    }
