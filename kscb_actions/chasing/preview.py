"""Who would be reminded of what in the coming four weeks, by ladders that need not be kept yet."""

import sys
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Any

from kscb_actions.access.policy import Viewer

from .ladder.queries import ladders_of, pauses_on
from .ladder.rules import Ladder, Pause
from .providers import Provider, runs
from .queries import has_run, list_active_people, runs_ahead
from .rules import Chased, Item, plan
from .service import not_paused
from .working_days import is_working_day

DAYS = 28
# A message that has not been sent is newer than all that have.
NOT_YET = sys.maxsize


@dataclass(frozen=True)
class Foreseen:
    """A message that one person would be sent, and of what."""

    to: Viewer
    items: tuple[Item[Any], ...]


@dataclass(frozen=True)
class Day:
    """The messages of one working day."""

    on: date
    messages: tuple[Foreseen, ...]

    @property
    def people(self) -> int:
        """Return how many people would be sent any."""
        return len({message.to for message in self.messages})

    @property
    def count(self) -> int:
        """Return of how many things they would tell."""
        return len({(item.waiting, item.stage) for message in self.messages for item in message.items})


def preview(viewer: Viewer, today: date, changed: Mapping[str, Ladder]) -> list[Day]:
    """Return the days on which somebody would be reminded, where nothing else happens meanwhile.

    Of what the viewer may not know nothing is counted.

    changed  {code of a subject: the ladder that it would have}; the others have theirs
    """
    days = [today + timedelta(days=number) for number in range(DAYS + 1)]
    working = [day for day in days if is_working_day(day)]
    pauses = {day: pauses_on(day) for day in working}
    people = list_active_people()
    found: dict[date, list[Foreseen]] = {day: [] for day in working}
    for run in runs():
        letters: dict[tuple[date, Viewer], tuple[Item[Any], ...]] = {}
        for provider in run.providers:
            for day, person, items in _of_provider(provider, viewer, people, pauses, changed):
                letters[day, person] = (*letters.get((day, person), ()), *items)
        for (day, person), items in letters.items():
            found[day].append(Foreseen(person, items))
    return [
        Day(day, tuple(sorted(messages, key=lambda each: each.to.email)))
        for day, messages in found.items()
        if messages
    ]


def _of_provider(
    provider: Provider[Any],
    viewer: Viewer,
    people: list[Viewer],
    pauses: Mapping[date, list[Pause]],
    changed: Mapping[str, Ladder],
) -> list[tuple[date, Viewer, tuple[Item[Any], ...]]]:
    ladders = {code: changed.get(code, ladder) for code, ladder in ladders_of(provider.subjects).items()}
    begins = {code: ladder.first for code, ladder in ladders.items()}
    known = provider.list_waiting(max(pauses), begins)
    waiting = [each for each in known if provider.may_know(each, viewer)]
    ahead, found = runs_ahead(provider, min(pauses)), []
    for day, held in pauses.items():
        if has_run(provider, day):
            continue
        left = not_paused(provider, waiting, held, day)
        made = plan(left, provider, people, day, ladders, ahead)
        told = {item.waiting: item.stage for digest in made.digests for item in digest.items}
        waiting = [_told(each, told[each], day) if each in told else each for each in waiting]
        found += [(day, digest.to, digest.items) for digest in made.digests]
    return found


def _told(waiting: Any, stage: int, on: date) -> Any:
    given = Chased(stage, waiting.due_on, on, message_id=NOT_YET)
    return replace(waiting, chased=(*waiting.chased, given))
