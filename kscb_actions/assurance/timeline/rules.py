"""Events of one action as the trail keeps them, and what came after a version of it. Plain values."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any


@dataclass(frozen=True)
class TrailEvent:
    """An event as the trail keeps it: `changes` is {column: [old, new]}, dates are ISO text.

    id, actor  its number in the trail, and the id of who did it; None for the system itself
    """

    code: str
    kind: str
    object_id: int | None
    at: datetime
    by: str
    changes: Mapping[str, Any] = field(default_factory=dict)
    state: Mapping[str, Any] = field(default_factory=dict)
    detail: Mapping[str, Any] = field(default_factory=dict)
    id: int = 0
    actor: int | None = None


@dataclass(frozen=True)
class TimelineEntry:
    """One item of the timeline. `detail` holds (name, value) pairs, `about` the kind and id it tells of."""

    title: str
    at: datetime
    by: str
    text: str = ""
    detail: tuple[tuple[str, str], ...] = ()
    about: tuple[str, int | None] = ("", None)


@dataclass(frozen=True)
class Description:
    """What an event is in words: the texts of its TimelineEntry."""

    title: str
    text: str = ""
    detail: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True)
class TimelineNames:
    """What ids in the trail stand for: people's posts, files, and from the trail itself evidence.

    `files` holds the names of each piece's files by the piece, `file_names` by the file. `source` is what
    the action's earlier records were copied from.
    """

    people: Mapping[int, str]
    evidence: Mapping[int, str]
    files: Mapping[int, Sequence[str]]
    bound: Mapping[int, Sequence[int]]
    file_names: Mapping[int, str]
    source: str = ""


# What a change of the action writes after the action itself; a request for more time is written before it.
_FOLLOWERS = frozenset(
    {
        "progress_update",
        "submission",
        "submitted_evidence",
        "taken_back",
        "check_question",
        "assurance_decision",
        "earlier_record",
        "reexamination",
        "decision_taken_back",
    }
)


def since_version(events: Sequence[TrailEvent], version: int) -> Sequence[TrailEvent]:
    """Return the events after the change that made this version of the action; none if it made none."""
    seen = [
        place for place, e in enumerate(events) if e.kind == "action" and e.state.get("version", 0) <= version
    ]
    if not seen:
        return ()
    start = seen[-1] + 1
    while start < len(events) and events[start].kind in _FOLLOWERS:
        start += 1
    return events[start:]


def people_in(events: Sequence[TrailEvent]) -> set[int]:
    """Return ids of the people whose posts the timeline has to name."""
    leads = (event.changes.get("lead_id") or [event.state.get("lead_id")] for event in events)
    asked = (event.state.get("to_id") for event in events if event.kind == "check_question")
    contacts = [event.state.get("contact_id") for event in events if event.kind == "joint_owner"]
    return {person for pair in (*leads, asked, contacts) for person in pair if person}
