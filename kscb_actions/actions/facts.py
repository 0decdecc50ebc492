"""An action's facts for the rules: from its row today, or from the trail for a past day."""

from collections.abc import Mapping
from dataclasses import fields
from datetime import date
from typing import Any

from .models import Action
from .rating import Facts

NAMES = tuple(field.name for field in fields(Facts))
DATES = frozenset({"updated_on", "original_due_on", "current_due_on", "reported_done_on"})


def facts_of(action: Action) -> Facts:
    """The facts as the row holds them now."""
    return Facts(**{name: getattr(action, name) for name in NAMES})


def facts_from_state(state: Mapping[str, Any]) -> Facts:
    """The facts in a state that the audit trail kept (dates are ISO text there)."""
    values: dict[str, Any] = {
        name: date.fromisoformat(state[name]) if name in DATES and state[name] else state[name]
        for name in NAMES
    }
    return Facts(**values)
