"""With whom the leading agency owns what it is reminded of."""

from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import date

from kscb_actions.actions.models import JointOwner
from kscb_actions.chasing.queries import gathered
from kscb_actions.people.models import Agency

from .queries import list_open
from .rules import Open


def list_open_with_joint(on: date, begins: Mapping[str, int]) -> list[Open]:
    """Return what `list_open` does, each with the names of the agencies that share it. One query more."""
    return list(with_joint(list_open(on, begins)))


def with_joint(found: Iterable[Open]) -> Iterable[Open]:
    """Yield these with the names of the agencies that share them now. One query."""
    rows = JointOwner.select(JointOwner.action, Agency.name).join(Agency).where(JointOwner.ended_at.is_null())
    names = gathered(rows.order_by(Agency.name).tuples(), str)
    for each in found:
        joint = tuple(names.get(each.action_id, ()))
        yield replace(each, joint=joint) if joint else each
