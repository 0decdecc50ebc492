"""What was said of the due dates of actions."""

from datetime import date
from typing import Any

from kscb_actions import clock

from ..models import Action
from .models import Acknowledgement
from .rules import Said


def list_said(action: Action) -> list[Said]:
    """Return what was said of an action, which has been read for a viewer, in its order."""
    rows = Acknowledgement.select().where(Acknowledgement.action == action)
    return [_said(row) for row in rows.order_by(Acknowledgement.id)]


def waits_until() -> dict[tuple[int, date], date]:
    """Return {(action, due date): the last day on which nobody is reminded of it}. One query."""
    columns = (Acknowledgement.action, Acknowledgement.due_on, Acknowledgement.until_on)
    rows = Acknowledgement.select(*columns, Acknowledgement.is_taken_back).order_by(Acknowledgement.id)
    found: dict[tuple[int, date], date] = {}
    for action_id, due_on, until_on, is_taken_back in rows.tuples():
        if is_taken_back:
            found.pop((action_id, due_on), None)
        else:
            found[action_id, due_on] = until_on
    return found


def _said(row: Any) -> Said:
    return Said(row.due_on, row.until_on, clock.local_date(row.said_at), row.is_taken_back)
