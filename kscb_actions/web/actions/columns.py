"""The columns of the list of actions, as a file has them: a date and the words beside it apart."""

from typing import Any

from kscb_actions.actions.listing import Listed
from kscb_actions.actions.rules import PROGRESS_NAMES
from kscb_actions.dates_written import words_beside
from kscb_actions.spreadsheets.rules import Column, Value
from kscb_actions.wording import date_short, plural, times

# A row of the list: the action as it is listed, and the challenge about it that is open, or None.
Row = tuple[Listed, Any]


def _first_due(row: Row) -> Value:
    action = row[0].action
    return action.original_due_on if action.original_due_on != action.current_due_on else None


def _as_written(row: Row) -> Value:
    action = row[0].action
    return words_beside(action.due_written, action.original_due_on) if action.due_written else ""


def _moved(row: Row) -> Value:
    listed = row[0]
    if not listed.slippage:
        return "Not moved"
    count = listed.action.extension_count
    return f"{plural(listed.slippage, 'day')} later" + (f", extended {times(count)}" if count else "")


def _challenge(row: Row) -> Value:
    found = row[1]
    return f"Challenge C{found.id} open since {date_short(found.raised_on)}" if found else ""


COLUMNS = (
    Column("Reference", lambda row: row[0].reference),
    Column("Action", lambda row: row[0].action.text, 60),
    Column("From earlier records", lambda row: row[0].action.earlier_mark, 30),
    Column("Agency", lambda row: row[0].owners, 30),
    Column("Lead", lambda row: row[0].action.lead_name or "Nobody", 24),
    Column("Due", lambda row: row[0].action.current_due_on, 14),
    Column("Timeliness", lambda row: row[0].when, 24),
    Column("First due", _first_due, 14),
    Column("First due as written", _as_written, 20),
    Column("Moved", _moved, 24),
    Column("Updated", lambda row: row[0].action.updated_on, 14),
    Column("Progress", lambda row: PROGRESS_NAMES[row[0].action.progress]),
    Column("Rating", lambda row: row[0].rating.colour.capitalize(), 10),
    Column("Reason", lambda row: row[0].rating.reason, 40),
    Column("Whose turn", lambda row: row[0].turn_in_short, 40),
    Column("Challenge", _challenge, 30),
)
