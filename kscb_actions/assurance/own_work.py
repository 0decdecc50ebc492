"""What one row of "My actions" shows beside the action itself."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, NamedTuple

import peewee

from kscb_actions.actions.milestones.queries import open_milestones
from kscb_actions.actions.milestones.rules import MilestoneFacts, milestones_in_short
from kscb_actions.actions.models import Action, Extension, ProgressUpdate
from kscb_actions.people.models import User

from .models import AssuranceDecision, Evidence
from .queries import decision_stands, has_file


class Said(NamedTuple):
    """What the agency said last."""

    by_id: int
    by_name: str
    progress: str
    narrative: str


class Returned(NamedTuple):
    """Why the Board returned or reopened an action, which of the two (`decision`), and when."""

    at: datetime
    reason: str
    decision: str


@dataclass(frozen=True)
class Details:
    """What was said last, why the action stands returned, the ids of its evidence, the date asked for.

    `milestones`: those neither done nor withdrawn.
    """

    last: Said | None
    returned: Returned | None
    evidence: tuple[int, ...]
    asked_due_on: date | None
    milestones: tuple[MilestoneFacts, ...] = ()

    def milestones_in_short(self, today: date) -> tuple[str, ...]:
        """Return what its row says of the milestones."""
        return milestones_in_short(self.milestones, today)


def details_of(ids: Collection[int]) -> dict[int, Details]:
    """Return {id: details} of these actions, which have been read for a viewer. Five queries."""
    among = list(ids)
    last, returned, evidence, asked = _last(among), _returned(among), _evidence(among), _asked(among)
    steps = open_milestones(among)
    return {
        id: Details(
            last.get(id), returned.get(id), evidence.get(id, ()), asked.get(id), tuple(steps.get(id, ()))
        )
        for id in among
    }


def _newest(model: Any, ids: list[int]) -> Any:
    return model.select(peewee.fn.MAX(model.id)).where(model.action.in_(ids)).group_by(model.action)


def _last(ids: list[int]) -> dict[int, Said]:
    told = ProgressUpdate
    rows = (
        told.select(told.action, told.by, User.name, told.progress, told.narrative)
        .join(User)
        .where(told.id.in_(_newest(told, ids)))
        .tuples()
    )
    return {action_id: Said(*row) for action_id, *row in rows}


def _returned(ids: list[int]) -> dict[int, Returned]:
    decision = AssuranceDecision
    newest = _newest(decision, ids).where(decision_stands())
    rows = (
        decision.select(decision.action, decision.at, decision.reason, decision.decision)
        .join(Action)
        .where(Action.assurance == "returned", decision.id.in_(newest))
        .tuples()
    )
    return {action_id: Returned(*row) for action_id, *row in rows}


def _evidence(ids: list[int]) -> dict[int, tuple[int, ...]]:
    pieces: dict[int, tuple[int, ...]] = {}
    query = Evidence.select(Evidence.action, Evidence.id).where(
        Evidence.action.in_(ids), Evidence.withdrawn_at.is_null(), has_file()
    )
    for action_id, evidence_id in query.order_by(Evidence.id).tuples():
        pieces[action_id] = (*pieces.get(action_id, ()), evidence_id)
    return pieces


def _asked(ids: list[int]) -> dict[int, date]:
    asked = Extension.select(Extension.action, Extension.asked_due_on)
    return dict(asked.where(Extension.action.in_(ids), Extension.state == "asked").tuples())
