"""The agenda of a meeting: what its frozen paper asks, item by item, with what was decided."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from kscb_actions.meetings.deciding.models import MeetingDecision
from kscb_actions.reports.freezing.queries import Frozen
from kscb_actions.reports.kept.edits import asks_of

_REFERENCE = re.compile(r"[\w-]+/A\d{1,6}")


@dataclass(frozen=True)
class AgendaItem:
    """An item: its place from 0, its text in the paper, the actions it names, and what was decided on it."""

    place: int
    text: str
    references: tuple[str, ...]
    decisions: tuple[MeetingDecision, ...]


def agenda_of(frozen: Frozen | None, decisions: Sequence[MeetingDecision]) -> list[AgendaItem]:
    """Return the items of a meeting; none where this person may not open its paper."""
    asks = asks_of(frozen.report) if frozen else ()
    return [
        AgendaItem(
            place,
            text,
            tuple(dict.fromkeys(_REFERENCE.findall(text))),
            tuple(each for each in decisions if each.item == place),
        )
        for place, text in enumerate(asks)
    ]
