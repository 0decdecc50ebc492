"""The one run of reminders: the digests of a day, queued once however often and by however many it is run."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from functools import partial
from itertools import chain
from typing import Any

from kscb_actions import clock
from kscb_actions.access.policy import SYSTEM, Viewer
from kscb_actions.audit.service import Change, change
from kscb_actions.database import reading, writing
from kscb_actions.mail.rules import About
from kscb_actions.mail.service import queue
from kscb_actions.people.models import Agency, User
from kscb_actions.settings.queries import get_board
from kscb_actions.wording import date_uk, plural, upper_first
from kscb_actions.working_days.england import why_not_working

from .ladder.queries import ladders_of, pauses_on
from .ladder.rules import Ladder, Pause
from .ladder.words import filled
from .log.queries import was_reminded
from .log.service import name_of, note_reminders
from .moment import one_moment
from .providers import Enclosure, Part, Provider, Run
from .queries import has_run, list_active_people, runs_ahead
from .rules import (
    TRACKER,
    Ahead,
    Chased,
    Digest,
    Item,
    Plan,
    Told,
    Waiting,
    beside_of,
    beside_subject,
    heading_of,
    plan,
    whom_to_tell,
)

# Is told how many of how many are done.
Progress = Callable[[int, int], object]


@dataclass(frozen=True)
class Message:
    """A digest as it is sent."""

    to: str
    subject: str
    body: str
    items: tuple[Item[Any], ...]


@dataclass(frozen=True)
class ChaseRun:
    """What a run found.

    day_off  why nobody was chased that day ("a Saturday"); None on a working day
    without_recipient  what fell due and nobody at all may be told of; `by_provider` the same of each
    """

    on: date
    messages: tuple[Message, ...] = ()
    without_recipient: tuple[Waiting, ...] = ()
    day_off: str | None = None
    by_provider: Mapping[str, tuple[Waiting, ...]] = field(default_factory=dict)

    def without_recipient_of(self, provider: Provider[Any]) -> tuple[Waiting, ...]:
        """Return of what this provider has nobody may be told."""
        return self.by_provider.get(provider.name, ())


@dataclass(frozen=True)
class Planned:
    """What a provider has for people this day."""

    provider: Provider[Any]
    plan: Plan[Any]
    is_done: bool = True


def chase(provider: Provider[Any], on: date, base_url: str, dry_run: bool = False) -> ChaseRun:
    """Queue a digest for everybody for whom something fell due by `on`, in one transaction.

    Nothing on a day that is not a working day, and nothing that went out before. With `dry_run` nothing
    is written. Reading and writing share one lock, so a second process finds the first one's rows.
    """
    return chase_together(Run((provider,)), on, base_url, dry_run)


def chase_together(
    run: Run, on: date, base_url: str, dry_run: bool = False, progress: Progress = lambda done, all: None
) -> ChaseRun:
    """Chase what several providers have, with what is enclosed, in one message a person; else as `chase`.

    progress  is told how many messages are written, and of how many
    """
    day_off = why_not_working(on)
    if day_off:
        return ChaseRun(on, day_off=day_off)
    with reading() if dry_run else writing():
        planned = [_planned(provider, on, base_url) for provider in run.providers]
        enclosed = [(each, each.parts(on, base_url)) for each in run.enclosures]
        letters = letters_of(planned, enclosed, on, base_url)
        if not dry_run and (letters or not all(each.is_done for each in planned)):
            with change(SYSTEM) as tx:
                queue_letters(tx, letters, on, digest_on=on, progress=progress)
                for each in planned:
                    tx.record(each.provider.event, each.provider.room, {"on": on})
    messages = tuple(letter.message for letter in letters)
    by_provider = {each.provider.name: each.plan.without_recipient for each in planned}
    return ChaseRun(on, messages, tuple(chain(*by_provider.values())), by_provider=by_provider)


@dataclass
class Letter:
    """All that one person is sent: what was planned for them, what is enclosed, and the message of it."""

    to: User
    digests: list[tuple[Provider[Any], Digest[Any]]] = field(default_factory=list)
    parts: list[tuple[Enclosure | None, Part]] = field(default_factory=list)
    message: Message = Message("", "", "", ())

    def write(self, on: date, board: str, base_url: str) -> None:
        """Put the subjects and texts of all into one message, which says once of which day it is."""
        subjects, bodies = [], []
        for provider, digest in self.digests:
            if digest.own:
                subjects.append(provider.subject(digest.own, on))
                bodies.append(provider.body(digest.own, on, base_url))
        for provider, digest in self.digests:
            subjects.append(beside_subject(digest))
            bodies.append(beside_of(digest, partial(provider.paragraph, on=on, base_url=base_url)))
        reminders = tuple(bodies)
        for _, part in self.parts:
            subjects.append(part.subject)
            bodies.append(without_said(part.body, reminders))
        what = self.digests[0][0].heading if self.digests else TRACKER
        self.message = Message(
            to=self.to.email,
            subject=upper_first("; ".join(filter(None, subjects))),
            body="\n\n".join(filter(None, [heading_of(board, on, what), *bodies])),
            items=tuple(chain(*(digest.items for _, digest in self.digests))),
        )

    @property
    def enclosed(self) -> str:
        """Return what it holds beside reminders: the subjects on the first line, then the texts."""
        parts = [part for _, part in self.parts]
        subject, body = "; ".join(part.subject for part in parts), "\n\n".join(part.body for part in parts)
        return f"{subject}\n{body}" if parts else ""

    @property
    def about(self) -> Iterator[About]:
        """Yield what it is about."""
        for provider, digest in self.digests:
            for item in digest.items:
                yield from provider.about(item.waiting)
        for _, part in self.parts:
            yield from part.about


def without_said(body: str, said: Iterable[str]) -> str:
    """Return what is enclosed without the paragraphs that the reminders before it hold word for word.

    Both tell how much waits for the Board, each for those mornings on which the other has nothing to say.
    """
    before = {paragraph for text in said for paragraph in text.split("\n\n")}
    return "\n\n".join(paragraph for paragraph in body.split("\n\n") if paragraph not in before)


def _planned(provider: Provider[Any], on: date, base_url: str) -> Planned:
    people = list_active_people()
    made = plan_of(provider, waiting_of(provider, on, people), people, on, base_url)
    return Planned(provider, made, has_run(provider, on))


def not_paused(
    provider: Provider[Any], waiting: Iterable[Any], pauses: Sequence[Pause], on: date
) -> list[Any]:
    """Return what waits and may be reminded of on a day: not paused, nor put off by who is to do it."""
    asks_agency = {subject.code: subject.is_agencys for subject in provider.subjects}
    left = []
    for each in waiting:
        review_id, agency_id = provider.stands_at(each)
        owes = agency_id if asks_agency[provider.kind_of(each)] else None
        is_paused = any(pause.stops(on, review_id, owes) for pause in pauses)
        if not (is_paused or provider.is_put_off(each, on)):
            left.append(each)
    return left


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


def waiting_of(provider: Provider[Any], on: date, people: Sequence[Viewer]) -> list[Any]:
    """Return what waits and has begun its first stage by `on`, with which of its reminders were given."""
    ladders = ladders_of(provider.subjects)
    begins = {code: ladder.first for code, ladder in ladders.items()}
    waiting = not_paused(provider, provider.list_waiting(on, begins), pauses_on(on), on)
    has_lost = any(one.is_lost or one.lost_to for each in waiting for one in each.chased)
    ahead = runs_ahead(provider, max(on, clock.today())) if has_lost else []
    return [settled(provider, each, ladders, people, ahead) for each in waiting]


def plan_of(
    provider: Provider[Any], waiting: Sequence[Any], people: Sequence[Viewer], on: date, base_url: str
) -> Plan[Any]:
    """Return who is told what of these things on a day."""
    ladders = ladders_of(provider.subjects)
    ahead = runs_ahead(provider, max(on, clock.today()))
    made = plan(waiting, provider, people, on, ladders, ahead)
    return with_words_of(provider, made, ladders, on, base_url)


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
    if not any(one.is_lost or one.lost_to for one in waiting.chased):
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


def written(
    to: User,
    digests: Sequence[tuple[Provider[Any], Digest[Any]]],
    parts: Sequence[Part],
    on: date,
    base_url: str,
) -> Message:
    """Return the message of these digests of one person, and of what is enclosed with them."""
    letter = Letter(to, list(digests), [(None, part) for part in parts])
    letter.write(on, get_board().name, base_url)
    return letter.message


def letters_of(
    planned: Sequence[Planned],
    enclosed: Sequence[tuple[Enclosure, Mapping[int, Part]]],
    on: date,
    base_url: str,
) -> list[Letter]:
    """Return the message of each person, written, by address."""
    letters: dict[int, Letter] = {}
    for each in planned:
        for digest in each.plan.digests:
            if digest.to.id is not None:
                letter = letters.setdefault(digest.to.id, Letter(User.get_by_id(digest.to.id)))
                letter.digests.append((each.provider, digest))
    for enclosure, parts in enclosed:
        for person_id, part in parts.items():
            letters.setdefault(person_id, Letter(part.to)).parts.append((enclosure, part))
    board = get_board().name
    with one_moment():
        for letter in letters.values():
            letter.write(on, board, base_url)
    return sorted(letters.values(), key=lambda letter: letter.to.email)


def queue_letters(
    tx: Change,
    letters: Sequence[Letter],
    on: date,
    digest_on: date | None = None,
    progress: Progress = lambda done, all: None,
) -> None:
    """Queue each message, in the open change, and record of what it reminds whom.

    digest_on  the day whose digests they are, made anew before they go; None where they go as they are
    """
    told_beside: dict[Enclosure, list[Part]] = {}
    for number, letter in enumerate(letters):
        told = letter.message
        message = queue(
            tx,
            letter.to,
            told.subject,
            told.body,
            letter.about,
            digest_on=digest_on,
            enclosed=letter.enclosed,
        )
        for provider, digest in letter.digests:
            note_reminders(provider, digest, on, message)
            first = [(item, message) for item in digest.items if item.is_first]
            if first:
                provider.record(tx, first, on)
        for enclosure, part in letter.parts:
            if enclosure is not None:
                told_beside.setdefault(enclosure, []).append(part)
        progress(number + 1, len(letters))
    for enclosure, parts in told_beside.items():
        enclosure.record(tx, parts)
