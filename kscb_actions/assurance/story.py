"""The story of one action: what the audit trail holds of it, told in words, newest first. Plain values.

One change often leaves several events (the action, the update, the evidence bound to it); the story tells it
once. An event that no teller knows is told by its own name, so that nothing in the trail goes untold.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from kscb_actions.actions.rules import PROGRESS_NAMES, Progress, Standing
from kscb_actions.wording import date_uk

from .rules import EVIDENCE_KIND_NAMES, EvidenceKind


@dataclass(frozen=True)
class Told:
    """An event as the trail keeps it: `changes` is {column: [old, new]}, dates are ISO text."""

    event: str
    kind: str
    object_id: int | None
    at: datetime
    by: str
    changes: Mapping[str, Any] = field(default_factory=dict)
    state: Mapping[str, Any] = field(default_factory=dict)
    detail: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Entry:
    """One item of the timeline. `detail` holds (name, value) pairs."""

    title: str
    at: datetime
    by: str
    text: str = ""
    detail: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True)
class Telling:
    """What a teller makes of an event: the words of an Entry."""

    title: str
    text: str = ""
    detail: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True)
class Names:
    """What ids in the trail stand for: people's posts, and from the trail itself evidence and its files."""

    people: Mapping[int, str]
    evidence: Mapping[int, str]
    files: Mapping[int, Sequence[str]]
    bound: Mapping[int, Sequence[int]]


# Told already by another event of the same change; who opened a file is for the audit trail alone.
SILENT = frozenset(
    {
        "action.updated",
        "action.reported-done",
        "action.accepted",
        "action.returned",
        "action.extended",
        "evidence.file-kept",
        "evidence.opened",
        "submission.evidence-bound",
    }
)
# What a change of the action writes after the action itself; a request for more time is written before it.
_FOLLOWERS = frozenset({"progress_update", "submission", "submitted_evidence", "assurance_decision"})


def tell(events: Sequence[Told], people: Mapping[int, str]) -> list[Entry]:
    """The timeline of an action's events (given oldest first), newest first; `people` is {id: post}."""
    names = _names(events, people)
    entries = []
    for told in events:
        if told.event not in SILENT and not _is_done_update(told):
            telling = TELLERS.get(told.event, _unknown)(told, names)
            entries.append(Entry(telling.title, told.at, told.by, telling.text, telling.detail))
    return entries[::-1]


def since_version(events: Sequence[Told], version: int) -> Sequence[Told]:
    """The events after the change that made this version of the action; none for a version never seen."""
    seen = [
        place for place, e in enumerate(events) if e.kind == "action" and e.state.get("version", 0) <= version
    ]
    if not seen:
        return ()
    start = seen[-1] + 1
    while start < len(events) and events[start].kind in _FOLLOWERS:
        start += 1
    return events[start:]


def people_in(events: Sequence[Told]) -> set[int]:
    """Ids of the people whose posts the story has to name."""
    leads = (told.changes.get("lead_id") or [told.state.get("lead_id")] for told in events)
    return {person for pair in leads for person in pair if person}


def _names(events: Sequence[Told], people: Mapping[int, str]) -> Names:
    evidence: dict[int, str] = {}
    files: dict[int, list[str]] = {}
    bound: dict[int, list[int]] = {}
    for told in events:
        if told.event == "evidence.added" and told.object_id:
            evidence[told.object_id] = told.state["description"]
        elif told.event == "evidence.file-kept":
            files.setdefault(told.state["evidence_id"], []).append(told.state["shown_name"])
        elif told.event == "submission.evidence-bound":
            bound.setdefault(told.state["submission_id"], []).append(told.state["evidence_id"])
    return Names(people, evidence, files, bound)


def _is_done_update(told: Told) -> bool:
    return told.event == "action.progress-told" and told.state["progress"] == Progress.DONE


def _added(told: Told, names: Names) -> Telling:
    lead = names.people.get(told.state["lead_id"] or 0, "nobody yet")
    return Telling("Action recorded", "", (("Due", _day(told.state["current_due_on"])), ("Lead", lead)))


_EDITED = {"text": "Action", "success_measure": "Success measure", "lead_id": "Lead", "current_due_on": "Due"}


def _changed(told: Told, names: Names) -> Telling:
    detail = []
    for column, label in _EDITED.items():
        if column in told.changes:
            old, new = (_value(column, each, names) for each in told.changes[column])
            detail += [(label, new), (f"{label} before", old)]
    return Telling("Action edited", "", tuple(detail))


def _handed_over(told: Told, names: Names) -> Telling:
    return Telling("Handed over to another lead", "", _changed(told, names).detail)


def _value(column: str, value: Any, names: Names) -> str:
    if column == "lead_id":
        return names.people.get(value or 0, "nobody")
    if column == "current_due_on":
        return _day(value)
    return str(value or "nothing")


def _progress(told: Told, names: Names) -> Telling:
    return Telling(f"Progress: {PROGRESS_NAMES[Progress(told.state['progress'])]}", told.state["narrative"])


_STANDINGS = {
    Standing.ACTIVE: "Made active again",
    Standing.ON_HOLD: "Put on hold",
    Standing.SUPERSEDED: "Superseded",
    Standing.WITHDRAWN: "Withdrawn",
}


def _standing(told: Told, names: Names) -> Telling:
    return Telling(_STANDINGS[Standing(told.state["standing"])], told.detail.get("reason", ""))


def _asked(told: Told, names: Names) -> Telling:
    asked = f"More time asked for, until {_day(told.state['asked_due_on'])}"
    return Telling(asked, told.state["reason"], (("Due then", _day(told.state["old_due_on"])),))


def _agreed(told: Told, names: Names) -> Telling:
    agreed = f"More time agreed, until {_day(told.state['asked_due_on'])}"
    return Telling(agreed, told.state["decision_reason"])


def _refused(told: Told, names: Names) -> Telling:
    return Telling("More time refused", told.state["decision_reason"])


def _date_changed(told: Told, names: Names) -> Telling:
    before = (("Due before", _day(told.state["old_due_on"])),)
    return Telling(f"Due date changed to {_day(told.state['asked_due_on'])}", told.state["reason"], before)


def _evidence(told: Told, names: Names) -> Telling:
    kind = EVIDENCE_KIND_NAMES[EvidenceKind(told.state["kind"])]
    files = ", ".join(names.files.get(told.object_id or 0, ()))
    detail = (("Speaks of", _day(told.state["dated_on"])), ("Files", files))
    return Telling(f"Evidence attached: {kind}", told.state["description"], detail)


def _evidence_withdrawn(told: Told, names: Names) -> Telling:
    evidence = (("Evidence", told.state["description"]),)
    return Telling("Evidence withdrawn", told.state["withdrawn_reason"], evidence)


def _damaged(told: Told, names: Names) -> Telling:
    return Telling("An evidence file was found damaged", "", (("File", told.state["shown_name"]),))


def _reported_done(told: Told, names: Names) -> Telling:
    pieces = [names.evidence.get(each, "") for each in names.bound.get(told.object_id or 0, ())]
    detail = tuple(("Evidence", piece) for piece in pieces if piece)
    return Telling("Reported done", told.state["narrative"], detail)


def _accepted(told: Told, names: Names) -> Telling:
    return Telling("Accepted by the Board", told.state["reason"])


def _returned(told: Told, names: Names) -> Telling:
    return Telling("Returned by the Board", told.state["reason"])


def _unknown(told: Told, names: Names) -> Telling:
    noun, _, verb = told.event.partition(".")
    return Telling(f"{noun} {verb}".replace("-", " ").strip().capitalize())


TELLERS: dict[str, Callable[[Told, Names], Telling]] = {
    "action.added": _added,
    "action.changed": _changed,
    "action.handed-over": _handed_over,
    "action.progress-told": _progress,
    "action.standing-changed": _standing,
    "extension.asked": _asked,
    "extension.agreed": _agreed,
    "extension.refused": _refused,
    "extension.made": _date_changed,
    "evidence.added": _evidence,
    "evidence.withdrawn": _evidence_withdrawn,
    "evidence.found-damaged": _damaged,
    "submission.made": _reported_done,
    "submission.accepted": _accepted,
    "submission.returned": _returned,
}


def _day(text: str | None) -> str:
    """A day that the trail kept as ISO text, in words."""
    return date_uk(date.fromisoformat(text) if text else None)
