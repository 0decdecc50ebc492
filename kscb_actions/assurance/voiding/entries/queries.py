"""Reading the entries of an action's history: an update to mark, and what happened since it was made."""

import json
from collections.abc import Mapping
from typing import Any

from kscb_actions.access.policy import Permission, Viewer, may
from kscb_actions.actions.models import Action, Extension, ProgressUpdate
from kscb_actions.actions.queries import get_action
from kscb_actions.audit.models import AuditEvent
from kscb_actions.audit.queries import events_of_action

from ...timeline.rules import TrailEvent
from .rules import REMOVED, acted_since, is_of_report, standing

Entry = ProgressUpdate | Extension


def get_update(viewer: Viewer, reference: str, number: int, update_id: int) -> ProgressUpdate | None:
    """Return one progress update by its whole address, or None when it is hidden or does not exist."""
    action = get_action(viewer, reference, number)
    if action is None:
        return None
    update: ProgressUpdate | None = ProgressUpdate.get_or_none(
        ProgressUpdate.id == update_id, ProgressUpdate.action == action
    )
    if update:
        update.action = action
    return update


def is_of_voided_request(viewer: Viewer, named: Mapping[str, Any]) -> bool:
    """Return whether an address names a request that is gone, of an action the viewer decides on."""
    if not {"reference", "number", "extension_id"} <= set(named):
        return False
    action = get_action(viewer, named["reference"], named["number"])
    if action is None or not may(viewer, Permission.DECIDE_EXTENSION, action.owners):
        return False
    voided = (AuditEvent.event == REMOVED["extension"]) & (AuditEvent.object_id == named["extension_id"])
    return bool(AuditEvent.select().where(voided, AuditEvent.action_id == action.id).exists())


def steps_of(action: Action) -> list[TrailEvent]:
    """Return the events of an action, without those of entries that were marked, oldest first. One query."""
    events = (
        TrailEvent(
            code=event.event,
            kind=event.kind,
            object_id=event.object_id,
            at=event.at,
            by=event.actor_name,
            changes=json.loads(event.changes),
            state=json.loads(event.state),
            detail=json.loads(event.detail),
            id=event.id,
            actor=event.actor_id,
        )
        for event in events_of_action(action.id)
    )
    return standing(events)


def writer_of(entry: Entry) -> int:
    """Return the id of who made an entry."""
    return int(entry.by_id if isinstance(entry, ProgressUpdate) else entry.asked_by_id)


def kind_of_entry(entry: Entry) -> str:
    """Return the kind under which the trail tells of an entry."""
    return str(entry._meta.table_name)


def is_own_and_free(viewer: Viewer, entry: Entry, steps: list[TrailEvent]) -> bool:
    """Return whether the viewer made an entry, may make such ones still, and nobody has acted since."""
    return _is_free(viewer, entry.action, steps, kind_of_entry(entry), entry.id, writer_of(entry))


def may_void_all(viewer: Viewer, action: Action) -> bool:
    """Return whether the viewer marks entries of others: the board manager, and nobody of an owner of it."""
    may_edit = may(viewer, Permission.EDIT_ACTION)
    return bool(may_edit) and bool(may(viewer, Permission.DECIDE_EXTENSION, action.owners))


def entries_to_mark(viewer: Viewer, action: Action, steps: list[TrailEvent]) -> set[tuple[str, int]]:
    """Return (kind, id) of the updates and requests of an action that the viewer may mark now. No query."""
    found, is_manager = set(), may_void_all(viewer, action)
    for each in steps:
        if each.code not in _MADE or each.object_id is None:
            continue
        writer = each.state[_MADE[each.code]]
        may_mark = is_manager or _is_free(viewer, action, steps, each.kind, each.object_id, writer)
        if may_mark and not (each.kind == "progress_update" and is_of_report(steps, each.object_id)):
            found.add((each.kind, each.object_id))
    return found


# By which event an entry is made, and which of its columns says by whom.
_MADE = {"action.progress-told": "by_id", "extension.asked": "asked_by_id", "extension.made": "asked_by_id"}
_OF_OWN = (Permission.UPDATE_ACTION, Permission.DECIDE_EXTENSION)


def _is_free(
    viewer: Viewer, action: Action, steps: list[TrailEvent], kind: str, object_id: int, writer: int
) -> bool:
    if viewer.id != writer or not any(may(viewer, each, action.owners) for each in _OF_OWN):
        return False
    return not acted_since(steps, kind, object_id, writer)
