"""Who would be reminded of what in the coming four weeks, by ladders that need not be kept yet."""

import sys
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Any

from kscb_actions.access.policy import Viewer
from kscb_actions.people.absences.queries import people_away
from kscb_actions.people.absences.rules import Away
from kscb_actions.working_days.england import is_working_day

from .anew import GivenAgain, to_give_again
from .deciding import not_paused, settled
from .ladder.queries import ladders_of, pauses_on
from .ladder.rules import Ladder, Pause
from .providers import Provider, runs
from .queries import has_run, list_active_people, runs_ahead
from .rules import Chased, Item, plan

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
    """The messages of one working day, or of today what is given again at once."""

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
    coming = _Coming(
        held={day: pauses_on(day) for day in working},
        away={day: people_away(day) for day in working},
        people=list_active_people(),
        changed=changed,
        again=[known for each in to_give_again() if (known := _known(each, viewer)).digests],
    )
    found: dict[date, list[Foreseen]] = {day: [] for day in days}
    for again in coming.again:
        items = tuple(item for _, digest in again.digests for item in digest.items)
        found[today].append(Foreseen(again.to.viewer, items))
    for run in runs():
        letters: dict[tuple[date, Viewer], tuple[Item[Any], ...]] = {}
        for provider in run.providers:
            for day, person, items in coming.of_provider(provider, viewer, today):
                letters[day, person] = (*letters.get((day, person), ()), *items)
        for (day, person), items in letters.items():
            found[day].append(Foreseen(person, items))
    return [
        Day(day, tuple(sorted(messages, key=lambda each: each.to.email)))
        for day, messages in found.items()
        if messages
    ]


def _known(again: GivenAgain, viewer: Viewer) -> GivenAgain:
    """Return of what is given again that which the viewer may know of."""
    digests = [
        (provider, replace(digest, items=items))
        for provider, digest in again.digests
        if (items := tuple(each for each in digest.items if provider.may_know(each.waiting, viewer)))
    ]
    return replace(again, digests=digests)


@dataclass(frozen=True)
class _Coming:
    """What is known of the working days to come.

    held   the pauses of each day
    away   who is away on each day
    again  what did not arrive and is given again at once, for the address works again
    """

    held: Mapping[date, Sequence[Pause]]
    away: Mapping[date, Away]
    people: Sequence[Viewer]
    changed: Mapping[str, Ladder]
    again: Sequence[GivenAgain]

    def of_provider(
        self, provider: Provider[Any], viewer: Viewer, today: date
    ) -> Iterator[tuple[date, Viewer, tuple[Item[Any], ...]]]:
        """Yield whom the runs of a provider would remind on each day, and of what."""
        ladders = ladders_of(provider.subjects)
        ladders = {code: self.changed.get(code, ladder) for code, ladder in ladders.items()}
        begins = {code: ladder.first for code, ladder in ladders.items()}
        known = provider.list_waiting(max(self.held), begins)
        waiting = [each for each in known if provider.may_know(each, viewer)]
        self._note_given_again(provider, waiting, today)
        ahead, away, found = runs_ahead(provider, min(self.held)), None, []
        for day, held in self.held.items():
            if has_run(provider, day):
                continue
            if self.away[day] != away:
                # As the run of that day finds them: by who is away then, and with what is lost for good.
                away = self.away[day]
                waiting = [_when_away(each, away) for each in waiting]
                found = [settled(provider, each, ladders, self.people, ahead) for each in waiting]
            left = not_paused(provider, found, held, day)
            made = plan(left, provider, self.people, day, ladders, ahead)
            # By what each is in memory: to compare many of them by what they say would take seconds.
            stages = {id(item.waiting): item.stage for digest in made.digests for item in digest.items}
            yield from ((day, digest.to, digest.items) for digest in made.digests)
            for at, each in enumerate(found):
                if (stage := stages.get(id(each))) is not None:
                    waiting[at] = _told(waiting[at], stage, day)
                    found[at] = settled(provider, waiting[at], ladders, self.people, ahead)

    def _note_given_again(self, provider: Provider[Any], waiting: list[Any], today: date) -> None:
        """Count as told what is given again, in `waiting`."""
        stages = {
            _key(provider, item.waiting): item.stage
            for again in self.again
            for each, digest in again.digests
            if each.name == provider.name
            for item in digest.items
        }
        for at, each in enumerate(waiting):
            if (stage := stages.get(_key(provider, each))) is not None:
                waiting[at] = _told(each, stage, today)


def _key(provider: Provider[Any], waiting: Any) -> tuple[Any, ...]:
    return provider.kind_of(waiting), waiting.place, waiting.due_on


def _when_away(waiting: Any, away: Away) -> Any:
    # What is about a child's death knows of nobody who is away.
    if getattr(waiting, "away", away) == away:
        return waiting
    return replace(waiting, away=away)


def _told(waiting: Any, stage: int, on: date) -> Any:
    given = Chased(stage, waiting.due_on, on, message_id=NOT_YET)
    return replace(waiting, chased=(*waiting.chased, given))
