"""The board's settings as they are now."""

import json
from datetime import date

import peewee

from .models import Setting
from .rules import Board, Thresholds


def get_board() -> Board:
    """The settings in force: what the board has set, and the defaults for the rest. One query."""
    kept = {setting.key: json.loads(setting.value) for setting in Setting.select()}
    default = Board()
    thresholds = Thresholds(
        due_soon_days=kept.get("due_soon_days", default.thresholds.due_soon_days),
        silent_days=kept.get("silent_days", default.thresholds.silent_days),
        many_extensions=kept.get("many_extensions", default.thresholds.many_extensions),
        chase_offsets=tuple(kept.get("chase_offsets", default.thresholds.chase_offsets)),
    )
    fixed_today = kept.get("fixed_today")
    return Board(
        name=kept.get("name", default.name),
        short_name=kept.get("short_name", default.short_name),
        colour=kept.get("colour", default.colour),
        marking=kept.get("marking", default.marking),
        fixed_today=date.fromisoformat(fixed_today) if fixed_today else None,
        thresholds=thresholds,
    )


def settings_version() -> int:
    """A number that grows with every change of a setting, so that a second editor is caught."""
    return int(Setting.select(peewee.fn.COALESCE(peewee.fn.SUM(Setting.version), 0)).scalar())
