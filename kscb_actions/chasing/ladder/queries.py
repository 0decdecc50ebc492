"""The ladders in force, and the pauses of a day."""

import json
from collections.abc import Iterable
from datetime import date
from typing import Any

from kscb_actions.settings.models import Setting

from .models import LadderVersion, ReminderPause
from .rules import FIRST_DAYS, Ladder, Pause, Subject, begun_with, ladder_of

# Boards once set the days of reminders here, the same for all that was chased; their ladders begin with them.
OLD_DAYS = "chase_offsets"


def ladders_of(subjects: Iterable[Subject]) -> dict[str, Ladder]:
    """Return {code: the ladder in force}: as it was last kept, or else the one that it began with."""
    kept = _newest()
    days = _old_days()
    return {
        each.code: ladder_of(json.loads(kept[each.code].rungs))
        if each.code in kept
        else begun_with(each, days)
        for each in subjects
    }


def number_of(subject: Subject) -> int:
    """Return the number of the version in force; 0 while none has been kept."""
    newest = list_versions(subject)[:1]
    return newest[0].number if newest else 0


def list_versions(subject: Subject) -> list[LadderVersion]:
    """Return the versions that were kept, the newest first."""
    rows = LadderVersion.select().where(LadderVersion.subject == subject.code)
    return list(rows.order_by(LadderVersion.number.desc()))


def pauses_on(on: date) -> list[Pause]:
    """Return the pauses that hold on a day."""
    rows = ReminderPause.select().where(ReminderPause.since_on <= on, ReminderPause.until_on >= on)
    return [Pause(row.since_on, row.until_on, row.review_id, row.agency_id) for row in rows]


def _newest() -> dict[str, Any]:
    rows = LadderVersion.select(LadderVersion.subject, LadderVersion.rungs).order_by(LadderVersion.number)
    return {row.subject: row for row in rows}


def _old_days() -> tuple[int, ...]:
    row = Setting.get_or_none(Setting.key == OLD_DAYS)
    return tuple(sorted(json.loads(row.value))) if row else FIRST_DAYS
