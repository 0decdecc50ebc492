"""Changing the board's settings."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import fields, replace
from datetime import date
from typing import Any

from kscb_actions.access.policy import Permission, Viewer, require
from kscb_actions.audit.service import change
from kscb_actions.database import writing
from kscb_actions.text import InvalidInput

from .models import Setting
from .queries import get_board, settings_version
from .rules import Board, Thresholds, problems_with
from .words import WORD, WORDS, problems_with_words

KEYS = {field.name for kind in (Board, Thresholds) for field in fields(kind)} - {"thresholds", "terms"}
KEYS |= {f"{WORD}{word}" for word in WORDS}


class StaleSettings(Exception):
    """Somebody else has changed the settings since they were opened."""


def change_settings(viewer: Viewer, values: Mapping[str, Any], expected: int | None = None) -> None:
    """Set each named setting (the fields of Board and Thresholds).

    `expected` is the version of the settings the person had in front of them, where there was one. Raises
    InvalidInput, Refused, StaleSettings.
    """
    require(viewer, Permission.MANAGE_SETTINGS)
    unknown = set(values) - KEYS
    if unknown:
        raise KeyError(f"no such setting: {', '.join(sorted(unknown))}")
    problems = {**problems_with(values), **_problems_with_words(values)}
    if problems:
        raise InvalidInput(problems)
    with writing():
        if expected is not None and expected != settings_version():
            raise StaleSettings
        _keep(viewer, values)


def _problems_with_words(values: Mapping[str, Any]) -> dict[str, str]:
    given = {name.removeprefix(WORD): word for name, word in values.items() if name.startswith(WORD)}
    return problems_with_words(replace(get_board().terms, **given)) if given else {}


def make_demonstration(
    viewer: Viewer,
    day: date,
    password: str,
    begin_with: Sequence[tuple[str, str]] = (),
    figures: Sequence[str] = (),
) -> None:
    """Make this a demonstration board that always lives on `day`, its accounts sharing a known password.

    The sign-in page tells visitors which accounts to begin with, (address, what is found there), and
    paragraph by paragraph where the figures are from.
    """
    _keep(
        viewer,
        {
            "fixed_today": day.isoformat(),
            "demonstration_password": password,
            "demonstration_begin_with": list(map(list, begin_with)),
            "demonstration_figures": list(figures),
        },
    )


def _keep(viewer: Viewer, values: Mapping[str, Any]) -> None:
    rows = {row.key: row for row in Setting.select().where(Setting.key.in_(list(values)))}
    changed = {key: json.dumps(value) for key, value in values.items()}
    changed = {key: value for key, value in changed.items() if key not in rows or rows[key].value != value}
    if not changed:
        return
    with change(viewer) as tx:
        for key, value in changed.items():
            if key in rows:
                rows[key].value = value
                tx.update(rows[key], "setting.changed")
            else:
                tx.add(Setting(key=key, value=value), "setting.changed")
