"""The board's settings as they are now."""

import json
from datetime import date
from functools import lru_cache
from typing import Any

import peewee

from kscb_actions.prepared import prepared
from kscb_actions.terms import say_in

from .models import Setting
from .rules import Board, Thresholds
from .words import terms_of


def get_board() -> Board:
    """Return the settings in force: what the board has set, and the defaults for the rest. One query."""
    return _board_of(tuple(_kept()))


@prepared
def _kept() -> Any:
    return Setting.select(Setting.key, Setting.value).order_by(Setting.key).tuples()


@lru_cache(8)
def _board_of(rows: tuple[tuple[str, str], ...]) -> Board:
    # Nearly every request finds the settings as the one before did, and a Board cannot change.
    kept = {key: json.loads(value) for key, value in rows}
    default = Board()
    thresholds = Thresholds(
        due_soon_days=kept.get("due_soon_days", default.thresholds.due_soon_days),
        silent_days=kept.get("silent_days", default.thresholds.silent_days),
        many_extensions=kept.get("many_extensions", default.thresholds.many_extensions),
    )
    post = kept.get("post", default.post)
    fixed_today, forms_since = kept.get("fixed_today"), kept.get("forms_2018_since")
    terms = terms_of(kept)
    return Board(
        name=kept.get("name", default.name),
        short_name=kept.get("short_name", default.short_name),
        colour=kept.get("colour", default.colour),
        marking=kept.get("marking", default.marking),
        reply_to=kept.get("reply_to", default.reply_to),
        post=say_in(terms, default.post) if post == default.post else post,
        telephone=kept.get("telephone", default.telephone),
        has_child_deaths=kept.get("has_child_deaths", default.has_child_deaths),
        forms_2018_since=date.fromisoformat(forms_since) if forms_since else default.forms_2018_since,
        impact_months=kept.get("impact_months", default.impact_months),
        guidance=kept.get("guidance", default.guidance),
        fixed_today=date.fromisoformat(fixed_today) if fixed_today else None,
        thresholds=thresholds,
        terms=terms,
    )


def settings_version() -> int:
    """Return a number that grows with every change of a setting, so that a second editor is caught."""
    return int(Setting.select(peewee.fn.COALESCE(peewee.fn.SUM(Setting.version), 0)).scalar())
