"""The one run of reminders: the digests of a day, queued once however often and by however many it is run."""

from collections import Counter, deque
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from functools import partial
from itertools import chain, islice
from typing import Any

from kscb_actions.access.policy import SYSTEM, Viewer
from kscb_actions.audit.service import Change, change
from kscb_actions.database import reading, writing
from kscb_actions.mail.models import OutboxMessage
from kscb_actions.mail.rules import About
from kscb_actions.mail.service import queue
from kscb_actions.people.models import User
from kscb_actions.settings.queries import get_board
from kscb_actions.wording import upper_first
from kscb_actions.working_days.england import why_not_working

from .deciding import Decided, Deciding
from .log.service import note_reminders
from .moment import one_moment
from .providers import Enclosure, Part, Provider, Run
from .queries import has_run, list_active_people
from .rules import TRACKER, Digest, Item, Plan, Waiting, beside_of, beside_subject, heading_of

# Messages are written together that tell of so many things.
WRITTEN_AT_ONCE = 2000
# So many reminders are noted together.
NOTED_AT_ONCE = 500
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

    messages  what is sent, where that is kept; `count` is how many there are
    day_off  why nobody was chased that day ("a Saturday"); None on a working day
    without_recipient  what fell due and nobody at all may be told of; `by_provider` the same of each
    """

    on: date
    messages: tuple[Message, ...] = ()
    without_recipient: tuple[Waiting, ...] = ()
    day_off: str | None = None
    by_provider: Mapping[str, tuple[Waiting, ...]] = field(default_factory=dict)
    count: int = 0

    def without_recipient_of(self, provider: Provider[Any]) -> tuple[Waiting, ...]:
        """Return of what this provider has nobody may be told."""
        return self.by_provider.get(provider.name, ())


@dataclass(frozen=True)
class Planned:
    """What a provider has for people this day."""

    provider: Provider[Any]
    plan: Plan[Any]


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
            if own := digest.own:
                subjects.append(provider.subject(own, on))
                bodies.append(provider.body(own, on, base_url))
        subjects.append(beside_subject([digest for _, digest in self.digests]))
        told = ((digest, partial(each.paragraph, on=on, base_url=base_url)) for each, digest in self.digests)
        bodies.append(beside_of([*told]))
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


def chase(provider: Provider[Any], on: date, base_url: str, dry_run: bool = False) -> ChaseRun:
    """Queue a digest for everybody for whom something fell due by `on`, in one transaction.

    Nothing on a day that is not a working day, and nothing that went out before. With `dry_run` nothing
    is written. Reading and writing share one lock, so a second process finds the first one's rows.
    """
    return chase_together(Run((provider,)), on, base_url, dry_run)


def chase_together(
    run: Run,
    on: date,
    base_url: str,
    dry_run: bool = False,
    progress: Progress = lambda done, all: None,
    keeps_messages: bool = True,
) -> ChaseRun:
    """Chase what several providers have, with what is enclosed, in one message a person; else as `chase`.

    progress  is told how many messages are written, and of how many at most
    keeps_messages  whether the run tells of each message; only then does it hold them all
    """
    day_off = why_not_working(on)
    if day_off:
        return ChaseRun(on, day_off=day_off)
    kept: list[Message] = []
    count = 0
    with reading() if dry_run else writing(), one_moment():
        people = list_active_people()
        decided = [Decided(Deciding(provider, on, people), base_url) for provider in run.providers]
        enclosed = [(each, each.parts(on, base_url)) for each in run.enclosures]
        counts = _counts(decided, enclosed, people)

        def letters() -> Iterator[Letter]:
            nonlocal count
            for letter in _letters(decided, enclosed, counts, on, base_url):
                count += 1
                if keeps_messages:
                    kept.append(letter.message)
                yield letter
                progress(count, len(counts))

        made = letters()
        first = list(islice(made, 1))
        if dry_run:
            deque(made, maxlen=0)
        elif first or not all(has_run(provider, on) for provider in run.providers):
            with change(SYSTEM) as tx:
                queue_letters(tx, chain(first, made), on, digest_on=on)
                for provider in run.providers:
                    tx.record(provider.event, provider.room, {"on": on})
    by_provider = {each.provider.name: each.without_recipient for each in decided}
    without = tuple(chain(*by_provider.values()))
    return ChaseRun(on, tuple(kept), without, by_provider=by_provider, count=count)


def _counts(
    decided: Sequence[Decided],
    enclosed: Sequence[tuple[Enclosure, Mapping[int, Part]]],
    people: Sequence[Viewer],
) -> dict[int, int]:
    """Return {person: of how much they are told at most}: first those of very much, then by address."""
    counts: Counter[int] = Counter()
    addresses = {person.id: person.email for person in people}
    for each in decided:
        counts.update(each.counts())
    for _, parts in enclosed:
        addresses |= {person_id: part.to.email for person_id, part in parts.items()}
        counts.update(parts.keys())
    ordered = sorted(counts, key=lambda each: (counts[each] <= WRITTEN_AT_ONCE, addresses[each]))
    return {each: counts[each] for each in ordered}


def _letters(
    decided: Sequence[Decided],
    enclosed: Sequence[tuple[Enclosure, Mapping[int, Part]]],
    counts: Mapping[int, int],
    on: date,
    base_url: str,
) -> Iterator[Letter]:
    """Yield the message of each person, written; no more than those of a few are held."""
    for some in together(counts, WRITTEN_AT_ONCE):
        planned = [Planned(each.provider, each.plan_for(some)) for each in decided]
        parts = [(each, {one: of[one] for one in some if one in of}) for each, of in enclosed]
        yield from letters_of(planned, parts, on, base_url)


def together(counts: Mapping[int, int], most: int) -> Iterator[list[int]]:
    """Yield people in their order, given of how much each is told, as many together as are told of `most`.

    Who is told of more than that is read of with the others of whom that is true, for it is much the same.
    """
    some: list[int] = []
    held = 0
    for person_id, count in counts.items():
        if some and held + count > most and (count <= most or counts[some[-1]] <= most):
            yield some
            some, held = [], 0
        some.append(person_id)
        held += count
    if some:
        yield some


def without_said(body: str, said: Iterable[str]) -> str:
    """Return what is enclosed without the paragraphs that the reminders before it hold word for word.

    Both tell how much waits for the Board, each for those mornings on which the other has nothing to say.
    """
    before = {paragraph for text in said for paragraph in text.split("\n\n")}
    return "\n\n".join(paragraph for paragraph in body.split("\n\n") if paragraph not in before)


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
    told = {digest.to.id for each in planned for digest in each.plan.digests} - {None}
    people = {person.id: person for person in User.select().where(User.id.in_(told))} if told else {}
    for each in planned:
        for digest in each.plan.digests:
            if digest.to.id is not None:
                letter = letters.setdefault(digest.to.id, Letter(people[digest.to.id]))
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
    letters: Iterable[Letter],
    on: date,
    digest_on: date | None = None,
) -> None:
    """Queue each message, in the open change, and record of what it reminds whom.

    digest_on  the day whose digests they are, made anew before they go; None where they go as they are
    """
    told_beside: dict[Enclosure, list[Part]] = {}
    given: dict[Provider[Any], list[tuple[Item[Any], OutboxMessage]]] = {}

    def note(least: int) -> None:
        for provider, reminders in given.items():
            if len(reminders) >= least:
                note_reminders(provider, reminders, on)
                provider.record(tx, [each for each in reminders if each[0].is_first], on)
                reminders.clear()

    for letter in letters:
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
            given.setdefault(provider, []).extend((item, message) for item in digest.items)
        for enclosure, part in letter.parts:
            if enclosure is not None:
                told_beside.setdefault(enclosure, []).append(part)
        note(least=NOTED_AT_ONCE)
    note(least=1)
    for enclosure, parts in told_beside.items():
        enclosure.record(tx, parts)
