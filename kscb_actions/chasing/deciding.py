"""What is decided on a day: which of the things that wait are reminded of, and of whom of which.

Things of which there may be many are read by who can be told of them, for the few people whose messages are
written next, so that no more is held than what these are told.
"""

from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import date
from typing import Any, Protocol, runtime_checkable

from kscb_actions import clock
from kscb_actions.access.policy import Viewer
from kscb_actions.people.models import Agency
from kscb_actions.wording import date_uk, plural

from .ladder.queries import ladders_of, pauses_on
from .ladder.rules import Ladder, Pause
from .ladder.words import filled
from .log.queries import was_reminded
from .log.service import name_of
from .providers import Provider
from .queries import runs_ahead
from .rules import Ahead, Chased, Item, People, Plan, Told, ToTell, plan_of, told_of, whom_to_tell


class Group(Protocol):
    """Things of which on each rung the same people are told. `sample` is like each of them."""

    @property
    def sample(self) -> Any:
        """Return one that is like each of them in who is told of it."""

    @property
    def count(self) -> int:
        """Return how many there are at most."""


class Parts(Protocol):
    """What waits on a day, where it is too much to be held at once."""

    @property
    def few(self) -> Sequence[Any]:
        """Return what is in no group."""

    @property
    def groups(self) -> Sequence[Any]:
        """Return the groups of all else."""

    def of(self, groups: Collection[Any]) -> Iterator[Sequence[Any]]:
        """Yield what is in these groups, some at a time; what was chased since this was made is left out."""


@runtime_checkable
class ReadsInParts(Protocol):
    """A provider of things of which there may be many."""

    def in_parts(self, on: date, begins: Mapping[str, int]) -> Parts | None:
        """Return what `list_waiting` does, in parts; None where there are so few that it need not be."""


class Deciding:
    """What is decided by on a day of what a provider has; it is read once."""

    def __init__(self, provider: Provider[Any], on: date, people: Sequence[Viewer]) -> None:
        self.provider, self.on = provider, on
        self.people = People(people)
        self.ladders = ladders_of(provider.subjects)
        self.begins = {code: ladder.first for code, ladder in self.ladders.items()}
        self.pauses = pauses_on(on)
        self.ahead = runs_ahead(provider, max(on, clock.today()))

    def list_waiting(self) -> list[Any]:
        """Return what waits and has begun its first stage, with which of its reminders were given."""
        return self.open_of(self.provider.list_waiting(self.on, self.begins))

    def open_of(self, waiting: Iterable[Any]) -> list[Any]:
        """Return which of these may be reminded of, each with its reminders given or lost."""
        left = not_paused(self.provider, waiting, self.pauses, self.on)
        return [settled(self.provider, each, self.ladders, self.people, self.ahead) for each in left]

    def told_of(self, waiting: Iterable[Any]) -> Iterator[ToTell[Any]]:
        """Yield of which of these something is new, and who is told."""
        return told_of(waiting, self.provider, self.people, self.on, self.ladders, self.ahead)

    def plan(self, waiting: Iterable[Any], base_url: str) -> Plan[Any]:
        """Return who is told what of these things."""
        return self.in_words(self.told_of(waiting), base_url)

    def in_words(self, found: Iterable[ToTell[Any]], base_url: str) -> Plan[Any]:
        """Return who is told what, with the line that each rung adds."""
        return with_words_of(self.provider, plan_of(found), self.ladders, self.on, base_url)

    def may_tell(self, sample: Any) -> list[Collection[Viewer]]:
        """Return who is told, on each rung, of a thing like this one."""
        rungs = self.ladders[self.provider.kind_of(sample)].rungs
        return [whom_to_tell(self.provider, sample, rung, self.people) for rung in rungs]


class Decided:
    """Whom something may be new for on a day, and what it is, read for a few of them at a time.

    without_recipient  what nobody at all may be told of
    """

    def __init__(self, deciding: Deciding, base_url: str) -> None:
        self.provider, self._by, self._base_url = deciding.provider, deciding, base_url
        self._told: dict[int, list[ToTell[Any]]] = {}
        self._groups: dict[int, list[Any]] = {}
        self.without_recipient: tuple[Any, ...] = ()
        self._parts: Parts | None = None
        if isinstance(self.provider, ReadsInParts):
            self._parts = self.provider.in_parts(deciding.on, deciding.begins)
        waiting = deciding.open_of(self._parts.few) if self._parts else deciding.list_waiting()
        self._note(deciding.told_of(waiting))
        if self._parts:
            self._note_groups(self._parts)

    def _note(self, found: Iterable[ToTell[Any]]) -> None:
        for one in found:
            for person in one.told:
                if person.id is not None:
                    self._told.setdefault(person.id, []).append(one)
            if not one.told:
                self.without_recipient += (one.waiting,)

    def _note_groups(self, parts: Parts) -> None:
        nobodys = []
        for group in parts.groups:
            rungs = self._by.may_tell(group.sample)
            for person_id in {person.id for told in rungs for person in told}:
                if person_id is not None:
                    self._groups.setdefault(person_id, []).append(group)
            if not all(rungs):
                nobodys.append(group)
        self._note(one for one in self._read(parts, nobodys) if not one.told)

    def _read(self, parts: Parts, groups: Collection[Any]) -> Iterator[ToTell[Any]]:
        for part in parts.of(groups) if groups else ():
            yield from self._by.told_of(self._by.open_of(part))

    def counts(self) -> dict[int, int]:
        """Return {person id: of how much they are told at most}."""
        counts = Counter({person_id: len(told) for person_id, told in self._told.items()})
        for person_id, groups in self._groups.items():
            counts[person_id] += sum(group.count for group in groups)
        return counts

    def plan_for(self, people: Collection[int]) -> Plan[Any]:
        """Return what these people are told."""
        written_to = frozenset(people)
        found = {id(one): one for each in people for one in self._told.get(each, ())}
        told = list(found.values())
        if self._parts:
            groups = {id(group): group for each in people for group in self._groups.get(each, ())}
            read = self._read(self._parts, groups.values())
            told += [one for one in read if not written_to.isdisjoint(person.id for person in one.told)]
        digests = self._by.in_words(told, self._base_url).digests
        return Plan(tuple(each for each in digests if each.to.id in written_to))


def not_paused(
    provider: Provider[Any], waiting: Iterable[Any], pauses: Sequence[Pause], on: date
) -> list[Any]:
    """Return what waits and may be reminded of on a day: not paused, nor put off by who is to do it."""
    asks_agency = {subject.code: subject.is_agencys for subject in provider.subjects}

    def is_paused(each: Any) -> bool:
        review_id, agency_id = provider.stands_at(each)
        owes = agency_id if asks_agency[provider.kind_of(each)] else None
        return any(pause.stops(on, review_id, owes) for pause in pauses)

    return [each for each in waiting if not (provider.is_put_off(each, on) or (pauses and is_paused(each)))]


def with_words_of(
    provider: Provider[Any], made: Plan[Any], ladders: Mapping[str, Ladder], on: date, base_url: str
) -> Plan[Any]:
    """Return the plan with the line that each rung adds; most boards have none."""
    if not any(rung.words for ladder in ladders.values() for rung in ladder.rungs):
        return made
    agencies = {None: "", **dict(Agency.select(Agency.id, Agency.name).tuples())}

    def with_words(item: Item[Any]) -> Item[Any]:
        waiting = item.waiting
        words = ladders[provider.kind_of(waiting)].rung_of(item.stage).words
        if not words:
            return item
        values = {
            "reference": waiting.label,
            "agency": agencies[provider.stands_at(waiting)[1]],
            "due_on": date_uk(waiting.due_on),
            "days": plural(abs((on - waiting.due_on).days), "day"),
            "count": str(item.count),
            "link": provider.link(waiting, base_url),
        }
        return replace(item, said=filled(words, values))

    digests = tuple(
        replace(digest, items=tuple(with_words(item) for item in digest.items)) for digest in made.digests
    )
    return replace(made, digests=digests)


def settled(
    provider: Provider[Any],
    waiting: Any,
    ladders: Mapping[str, Ladder],
    people: Sequence[Viewer],
    ahead: Sequence[Ahead],
) -> Any:
    """Return a thing with each of its reminders either given or lost.

    One that has not arrived waits for the address to be put right while the same person is to be told. One
    that never went counts as given where somebody else who is to be told has had it; a copy alone does not,
    nor what a clock that was ahead (`ahead`) had sent of the same day before.
    """
    if not (waiting.chased and any(one.is_lost or one.lost_to for one in waiting.chased)):
        return waiting
    ladder = ladders[provider.kind_of(waiting)]

    def with_loss(one: Chased) -> Chased:
        if not (one.is_lost or one.lost_to):
            return one
        why = whom_to_tell(provider, waiting, ladder.rung_of(one.stage), people)
        if one.lost_to in {person.id for person in why}:
            return one
        told = {person.id for person, reason in why.items() if reason is not Told.COPIED}
        before = (each.message for each in ahead if each.day == one.chased_on)
        after = max((message for message in before if message < one.message_id), default=0)
        return replace(one, is_lost=not was_reminded(name_of(provider, waiting), one.chased_on, told, after))

    return replace(waiting, chased=tuple(map(with_loss, waiting.chased)))
