"""Reminding now: what the board manager asks for between two mornings, once a day for each thing.

A reminder that is given now is the stage that is reached today, so that the ladder does not give it again;
its next one comes as it would have come.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from typing import Any

from kscb_actions import clock
from kscb_actions.access.policy import Permission, Viewer, require
from kscb_actions.audit.service import change
from kscb_actions.database import writing

from .deciding import not_paused, with_words_of
from .ladder.queries import ladders_of, pauses_on
from .ladder.rules import Ladder, Pause
from .providers import Provider, Run, runs
from .queries import list_active_people
from .rules import Digest, Item, Plan, Told, first_of
from .service import Letter, Planned, letters_of, queue_letters


class LeftOut(StrEnum):
    """Why nobody is reminded of a thing now."""

    TODAY = "today"
    HELD = "held"


@dataclass(frozen=True)
class Whom:
    """Who is to be reminded: one person, those who are asked for one agency, or all who owe something.

    with_held  also of what is paused, and of what its agency has said by when it does it
    """

    person_id: int | None = None
    agency_id: int | None = None
    with_held: bool = False

    def facts(self) -> dict[str, Any]:
        """Return what the trail says of it."""
        return {"person_id": self.person_id, "agency_id": self.agency_id, "with_held": self.with_held}


@dataclass
class Asking:
    """What would be sent now: the message of each person, and how much is left out and why."""

    letters: list[Letter] = field(default_factory=list)
    left_out: dict[LeftOut, int] = field(default_factory=lambda: dict.fromkeys(LeftOut, 0))


def whom_now(viewer: Viewer, whom: Whom, base_url: str) -> Asking:
    """Return who would be reminded of what now; nothing of what the viewer may not know. Raises Refused."""
    require(viewer, Permission.MANAGE_SETTINGS)
    on, people, asking = clock.today(), list_active_people(), Asking()
    pauses = pauses_on(on)
    for run in runs():
        planned = _planned(run, viewer, whom, people, pauses, on, base_url, asking.left_out)
        asking.letters += letters_of(planned, [], on, base_url)
    return asking


def remind_now(viewer: Viewer, whom: Whom, base_url: str) -> int:
    """Queue these messages in one transaction; returns how many, none where all went today. Raises Refused.

    What was reminded of today, by whatever, is left out, so that asking twice sends once.
    """
    require(viewer, Permission.MANAGE_SETTINGS)
    with writing():
        letters = whom_now(viewer, whom, base_url).letters
        if letters:
            with change(viewer) as tx:
                queue_letters(tx, letters, clock.today())
                tx.record("reminders.asked-for", "chasing", {**whom.facts(), "messages": len(letters)})
    return len(letters)


def _planned(
    run: Run,
    viewer: Viewer,
    whom: Whom,
    people: Sequence[Viewer],
    pauses: Sequence[Pause],
    on: date,
    base_url: str,
    left_out: dict[LeftOut, int],
) -> list[Planned]:
    found = []
    for provider in run.providers:
        ladders = ladders_of(provider.subjects)
        begins = {code: ladder.first for code, ladder in ladders.items()}
        known = [each for each in provider.list_waiting(on, begins) if provider.may_know(each, viewer)]
        free = set(known if whom.with_held else not_paused(provider, known, pauses, on))
        parts: dict[Viewer, list[Item[Any]]] = {}
        for each in sorted(known, key=lambda one: (one.due_on, one.place)):
            asked = _asked(provider, each, whom, people)
            if not asked:
                continue
            why = _why_left_out(each, each in free, on)
            if why:
                left_out[why] += 1
                continue
            for person, item in _items(provider, each, asked, ladders, on):
                parts.setdefault(person, []).append(item)
        digests = tuple(Digest(person, tuple(items)) for person, items in parts.items())
        found.append(Planned(provider, with_words_of(provider, Plan(digests), ladders, on, base_url)))
    return found


def _why_left_out(waiting: Any, is_free: bool, on: date) -> LeftOut | None:
    if any(one.chased_on == on for one in waiting.chased):
        return LeftOut.TODAY
    return None if is_free else LeftOut.HELD


def _asked(provider: Provider[Any], waiting: Any, whom: Whom, people: Sequence[Viewer]) -> list[Viewer]:
    """Return who is asked to do a thing, of those who are meant."""
    if whom.agency_id is not None:
        is_agencys = {subject.code: subject.is_agencys for subject in provider.subjects}
        if not is_agencys[provider.kind_of(waiting)] or provider.stands_at(waiting)[1] != whom.agency_id:
            return []
    asked, is_asked = provider.whom_to_ask(waiting, people)
    return [each for each in asked if is_asked and whom.person_id in (None, each.id)]


def _items(
    provider: Provider[Any],
    waiting: Any,
    asked: Sequence[Viewer],
    ladders: Mapping[str, Ladder],
    on: date,
) -> Iterator[tuple[Viewer, Item[Any]]]:
    stage = ladders[provider.kind_of(waiting)].stage_on(waiting.due_on, on)
    if stage is not None:
        first = first_of(dict.fromkeys(asked, Told.ASKED))
        yield from ((person, Item(waiting, stage, is_first=person is first)) for person in asked)
