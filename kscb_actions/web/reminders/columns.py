"""The columns of the log of reminders, as a file has them."""

from typing import Any

from kscb_actions.chasing.log.rules import TAKEN_OUT, WHY_TOLD, stage_words
from kscb_actions.chasing.providers import list_subjects
from kscb_actions.mail.rules import STATE_NAMES
from kscb_actions.spreadsheets.rules import Column, Value
from kscb_actions.web.downloads import local
from kscb_actions.wording import date_short


def _rung(row: Any) -> Value:
    counted = {subject.code: subject.counted for subject in list_subjects()}
    return stage_words(row[0].stage, counted.get(row[0].subject, "the due date"))


def _acknowledged(row: Any) -> Value:
    return f"Acknowledged: to be done by {date_short(row[1])}" if row[1] else ""


# A row: the reminder, and by when what it reminded of is to be done, as its agency has said since, or None.
COLUMNS = (
    Column("Of", lambda row: row[0].label, 24),
    Column("Agency", lambda row: row[0].agency.name if row[0].agency else "", 30),
    Column("Rung", _rung, 34),
    Column("Due", lambda row: row[0].due_on, 14),
    Column("Given", lambda row: row[0].chased_on, 14),
    Column("To", lambda row: row[0].message.to_user.name, 24),
    Column("Told as", lambda row: WHY_TOLD[row[0].told], 30),
    Column("Taken out", lambda row: TAKEN_OUT if row[0].is_taken_out else "", 30),
    Column("State", lambda row: STATE_NAMES[row[0].message.state]),
    Column("Sent", lambda row: local(row[0].message.sent_at)),
    Column("Error", lambda row: row[0].message.last_error, 40),
    Column("Acknowledged", _acknowledged, 40),
)
