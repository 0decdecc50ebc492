"""What was said of the due dates of actions; and of other days, where a room keeps it in the same shape."""

from datetime import date
from typing import Any

import peewee

from kscb_actions import clock

from ..models import Action
from .models import Acknowledgement
from .rules import Said


def list_said(action: Action) -> list[Said]:
    """Return what was said of an action, which has been read for a viewer, in its order."""
    return said_of(Acknowledgement.action, action)


def said_of(column: peewee.ForeignKeyField, thing: Any) -> list[Said]:
    """Return what was said of a thing, in its order, from the table whose `column` names it."""
    model = column.model
    return [_said(row) for row in model.select().where(column == thing).order_by(model.id)]


def waits_until(column: peewee.ForeignKeyField, *among: Any) -> dict[tuple[int, date], date]:
    """Return {(thing, due date): the last day on which nobody is reminded of it}. One query.

    column  that names the thing, of the table of what was said
    among   conditions that its rows meet
    """
    model = column.model
    columns = (column, model.due_on, model.until_on, model.is_taken_back)
    found: dict[tuple[int, date], date] = {}
    rows = model.select(*columns).order_by(model.id)
    for row_id, due_on, until_on, is_taken_back in (rows.where(*among) if among else rows).tuples():
        if is_taken_back:
            found.pop((row_id, due_on), None)
        else:
            found[row_id, due_on] = until_on
    return found


def _said(row: Any) -> Said:
    return Said(row.due_on, row.until_on, clock.local_date(row.said_at), row.is_taken_back)
