"""What a lead is asked about, with all that one row of "My actions" shows."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date
from typing import Any

import peewee

from kscb_actions.access.policy import Viewer
from kscb_actions.actions.models import Action, Extension, ProgressUpdate
from kscb_actions.actions.narrowing import Filter, visible_action
from kscb_actions.actions.queries import Listed, count_actions, list_own_work, listed, with_context
from kscb_actions.people.models import User
from kscb_actions.settings.rules import Thresholds

from .models import AssuranceDecision, Evidence


@dataclass(frozen=True)
class Work:
    """An action a lead is asked about: what was said last, what the Board said, what proof it has."""

    listed: Listed
    last: ProgressUpdate | None
    returned: AssuranceDecision | None
    evidence: tuple[int, ...]
    request: Extension | None

    @property
    def action(self) -> Action:
        """The action itself."""
        return self.listed.action


def list_work(
    viewer: Viewer, today: date, thresholds: Thresholds, everyone: bool, also: Collection[int] = ()
) -> list[Work]:
    """The open actions the viewer leads, or with `everyone` all of their agency's, the most pressing first.

    Five queries, however many there are.
    `also`: ids of actions to show at the end even though nothing is asked of them any more, as far as this
    person may see them: somebody was just writing about them.
    """
    rows = list_own_work(viewer, today, thresholds, everyone)
    missing = set(also) - {row.action.id for row in rows}
    if missing:
        found = with_context().where(
            Action.id.in_(missing), visible_action(viewer), Action.agency == viewer.agency_id
        )
        rows += [listed(action, today, thresholds) for action in found]
    ids = [row.action.id for row in rows]
    last, returned, evidence, asked = _last(ids), _returned(ids), _evidence(ids), _asked(ids)
    return [
        Work(
            row,
            last.get(row.action.id),
            returned.get(row.action.id) if row.action.assurance == "returned" else None,
            evidence.get(row.action.id, ()),
            asked.get(row.action.id),
        )
        for row in rows
    ]


def count_waiting(viewer: Viewer, today: date, thresholds: Thresholds) -> int:
    """How many of the agency's actions wait for the Board's check."""
    return count_actions(viewer, Filter(assurance="submitted"), today, thresholds)


def _newest(model: Any, ids: list[int]) -> Any:
    return model.select(peewee.fn.MAX(model.id)).where(model.action.in_(ids)).group_by(model.action)


def _last(ids: list[int]) -> dict[int, ProgressUpdate]:
    rows = (
        ProgressUpdate.select(ProgressUpdate, User)
        .join(User)
        .where(ProgressUpdate.id.in_(_newest(ProgressUpdate, ids)))
    )
    return {row.action_id: row for row in rows}


def _returned(ids: list[int]) -> dict[int, AssuranceDecision]:
    rows = (
        AssuranceDecision.select(AssuranceDecision, User)
        .join(User)
        .where(AssuranceDecision.id.in_(_newest(AssuranceDecision, ids)))
    )
    return {row.action_id: row for row in rows}


def _evidence(ids: list[int]) -> dict[int, tuple[int, ...]]:
    pieces: dict[int, tuple[int, ...]] = {}
    query = Evidence.select(Evidence.action, Evidence.id).where(
        Evidence.action.in_(ids), Evidence.withdrawn_at.is_null()
    )
    for action_id, evidence_id in query.order_by(Evidence.id).tuples():
        pieces[action_id] = (*pieces.get(action_id, ()), evidence_id)
    return pieces


def _asked(ids: list[int]) -> dict[int, Extension]:
    rows = Extension.select().where(Extension.action.in_(ids), Extension.state == "asked")
    return {row.action_id: row for row in rows}
