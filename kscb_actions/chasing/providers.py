"""What rooms give chasing to run: what waits, who may be told of it, and in what words.

A room that has something to remind of writes a Provider and create_app registers it, alone or beside another
whose messages it shares; the scheduler and the command line go through what is registered.
"""

from abc import ABC, abstractmethod
from collections.abc import Callable, Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any, Generic, Protocol, TypeVar

import peewee

from kscb_actions.access.policy import Permission, Reach, Role, Viewer, reach
from kscb_actions.audit.rules import DEATH_ROOMS
from kscb_actions.audit.service import Change
from kscb_actions.database import Model
from kscb_actions.mail.models import OutboxMessage
from kscb_actions.mail.rules import About
from kscb_actions.people.absences.rules import Away
from kscb_actions.people.models import User
from kscb_actions.settings.queries import get_board

from .ladder.rules import Recipient, Subject
from .rules import Digest, Item, W, Waiting, holders_of

# So many rows and their events are held in memory together, however many things are chased.
AT_ONCE = 100


class Provider(Protocol[W]):
    """One kind of thing that is waited for.

    name     the run's name: in the log, and as a command
    help     what the command's help says
    idle     what the command says when nothing fell due
    event    what the trail calls a run that was done, which shows that the day has had its run
    room     the room of that event
    heading  what the first line says that the message is about
    chases   the column that names the thing, of the table of reminders that `record` writes
    """

    name: str
    help: str
    idle: str
    event: str
    room: str
    heading: str
    chases: peewee.ForeignKeyField

    @property
    def subjects(self) -> tuple[Subject, ...]:
        """Return the kinds of things that are waited for, each with a ladder of its own."""

    def list_waiting(self, on: date, begins: Mapping[str, int]) -> Sequence[W]:
        """Return what waits and has begun its first stage by `on`.

        begins  {code of a subject: days of its first stage}
        """

    def kind_of(self, waiting: W) -> str:
        """Return the code of the subject whose ladder it climbs."""

    def holders(self, waiting: W, recipient: Recipient, people: Sequence[Viewer]) -> Sequence[Viewer]:
        """Return who of the active `people` holds a post for it and may know of it."""

    def can_do(self, waiting: W, person: Viewer) -> bool:
        """Return whether somebody whom the ladder names can do what it waits for."""

    def alike(self, waiting: W) -> Hashable:
        """Return what is equal for things of which the same people are told; None where that is not known."""

    def stands_at(self, waiting: W) -> tuple[int | None, int | None]:
        """Return the id of the review it is about, if it is about one, and of the agency that it concerns."""

    def is_put_off(self, waiting: W, on: date) -> bool:
        """Return whether nobody is reminded of it on a day, for who is to do it has said by when they do."""

    def may_know(self, waiting: W, viewer: Viewer) -> bool:
        """Return whether this person may know of it."""

    def link(self, waiting: W, base_url: str) -> str:
        """Return the address of its page."""

    def paragraph(self, item: Item[W], on: date, base_url: str) -> str:
        """Return it as a digest tells of it, with what its rung adds. Nothing of a case."""

    def whom_to_ask(self, waiting: W, people: Sequence[Viewer]) -> tuple[Sequence[Viewer], bool]:
        """Return who of the active `people` is told of it, and whether they are asked to do it."""

    def subject(self, digest: Digest[W], on: date) -> str:
        """Return the subject of what somebody is asked or has to look after. Nothing of a case."""

    def body(self, digest: Digest[W], on: date, base_url: str) -> str:
        """Return the text of such a digest, without its first line. Nothing of a case."""

    def about(self, waiting: W) -> Sequence[About]:
        """Return what a message that tells of it is about: by that the outbox decides who may know of it."""

    def record(self, tx: Change, given: Sequence[tuple[Item[W], OutboxMessage]], on: date) -> None:
        """Record, in the open change, that these things were chased, each in its message."""

    def facts(self, waiting: W) -> dict[str, Any]:
        """Return how JSON names it."""

    def is_restricted(self, waiting: W) -> bool:
        """Return whether only people named on it may know of it, so that no command tells of it."""

    def explain_no_recipient(self, without_recipient: Sequence[W]) -> Sequence[str]:
        """Return what an operator is told, in sentences, when things fell due of which nobody may be told."""


def record_rows(
    tx: Change,
    event: str,
    model: type[Model],
    given: Sequence[tuple[Item[W], OutboxMessage]],
    on: date,
    columns: Callable[[W], Mapping[str, Any]],
) -> None:
    """Add a row for each thing that was chased, many together; its event says whether somebody was asked.

    columns  returns what names a thing in such a row, {field: value}, by ids
    """
    for is_asked in (True, False):
        those = [each for each in given if each[0].is_asked is is_asked]
        for first in range(0, len(those), AT_ONCE):
            rows = [
                model.of({**columns(item.waiting), **item.facts(on), "message": message.id})
                for item, message in those[first : first + AT_ONCE]
            ]
            tx.add_all(rows, event, {"asked": is_asked})


class OfReview(Waiting, Protocol):
    """What waits and is about a review, or about none, and concerns an agency, or the Board alone."""

    @property
    def review_id(self) -> int | None:
        """Return the review, by id."""

    @property
    def agency_id(self) -> int | None:
        """Return the agency, by id; None where it concerns the Board alone."""

    @property
    def lead_id(self) -> int | None:
        """Return who leads it, by id."""

    @property
    def named(self) -> frozenset[int] | None:
        """Return who may know of a restricted review, by id; None when it is about none."""

    @property
    def away(self) -> Away:
        """Return who is away on the day of the run."""


V = TypeVar("V", bound=OfReview)


class ReviewMatters(ABC, Generic[V]):
    """What providers of things that are about reviews share. One subject, unless `kind_of` says otherwise.

    chased  what the trail calls a reminder of one thing
    chases  the column that names the thing, of the table of reminders
    reads   what whoever is told of a thing may do
    does    the roles in its agency that can do what it waits for
    """

    chased: str
    chases: peewee.ForeignKeyField
    subjects: tuple[Subject, ...]
    reads = Permission.READ_ACTION
    does = frozenset({Role.AGENCY_LEAD})

    def kind_of(self, waiting: V) -> str:
        """Return the code of its subject."""
        return self.subjects[0].code

    def holders(self, waiting: V, recipient: Recipient, people: Sequence[Viewer]) -> Sequence[Viewer]:
        """Return who holds a post for it; of a restricted review only those named on it."""
        agency_id, lead_id, named = waiting.agency_id, waiting.lead_id, waiting.named
        return holders_of(recipient, people, agency_id, lead_id, named, self.reads, waiting.away)

    def can_do(self, waiting: V, person: Viewer) -> bool:
        """Return whether somebody has such a role in its agency."""
        is_its_own = waiting.agency_id is not None and person.agency_id == waiting.agency_id
        return is_its_own and bool(person.roles & self.does)

    def alike(self, waiting: V) -> Hashable:
        """Return None: there are so few that who is told is found out for each."""
        return None

    def stands_at(self, waiting: V) -> tuple[int | None, int | None]:
        """Return its review and its agency, by id."""
        return waiting.review_id, waiting.agency_id

    def is_put_off(self, waiting: V, on: date) -> bool:
        """Return that it is not: nobody is asked by when they do it."""
        return False

    def may_know(self, waiting: V, viewer: Viewer) -> bool:
        """Return whether this person may know of its review."""
        return waiting.named is None or viewer.id in waiting.named

    def is_restricted(self, waiting: V) -> bool:
        """Return whether its review is open to named people only."""
        return waiting.named is not None

    @abstractmethod
    def columns(self, waiting: V) -> dict[str, Any]:
        """Return what names it in a row of reminders."""

    def record(self, tx: Change, given: Sequence[tuple[Item[V], OutboxMessage]], on: date) -> None:
        """Record that these were chased, in the table of reminders that `chases` belongs to."""
        record_rows(tx, self.chased, self.chases.model, given, on, self.columns)


@dataclass(frozen=True)
class Part:
    """What one person's digest holds beside the reminders.

    ids  what it tells of, for whoever made it
    day  the first of the week or the month that it tells, which is told once; None where it is of neither
    """

    to: User
    subject: str
    body: str
    about: tuple[About, ...] = ()
    ids: tuple[int, ...] = ()
    day: date | None = None


def days_told(told: Iterable[Part]) -> list[date]:
    """Return the first days of the weeks or the months that these parts tell."""
    return sorted({part.day for part in told if part.day is not None})


class Enclosure(Protocol):
    """What goes into the digests of a morning and is no reminder, such as news."""

    def parts(self, on: date, base_url: str) -> Mapping[int, Part]:
        """Return {person id: what their digest holds of it}. Nothing of a case; no reference in a subject."""

    def record(self, tx: Change, told: Sequence[Part]) -> None:
        """Record, in the open change, that messages hold these; at least one."""


@dataclass(frozen=True)
class Run:
    """What is put in one message a person: the reminders of these providers, and what is enclosed."""

    providers: tuple[Provider[Any], ...]
    enclosures: tuple[Enclosure, ...] = ()


_registered: dict[str, Provider[Any]] = {}
_beside: dict[str, str] = {}
_enclosed: dict[str, tuple[Enclosure, ...]] = {}


def register(provider: Provider[Any], beside: Provider[Any] | None = None) -> None:
    """Let a provider be run with the others, in place of one of the same name.

    What is registered `beside` another shares its messages: one a person, whatever fell due.
    """
    _registered[provider.name] = provider
    if beside:
        _beside[provider.name] = beside.name


def enclose(provider: Provider[Any], *enclosures: Enclosure) -> None:
    """Let these be put in the digests of a provider, in place of any before."""
    _enclosed[provider.name] = enclosures


def registered() -> tuple[Provider[Any], ...]:
    """Return the providers in the order in which they were registered."""
    return tuple(_registered.values())


def in_use() -> tuple[Provider[Any], ...]:
    """Return those whose rooms the board has not switched off. One query."""
    has_child_deaths = get_board().has_child_deaths
    return tuple(each for each in registered() if has_child_deaths or each.room not in DEATH_ROOMS)


def list_subjects() -> list[Subject]:
    """Return the subjects of the providers that are in use, in their order."""
    return [subject for provider in in_use() for subject in provider.subjects]


def get_subject(viewer: Viewer, ladder: str) -> Subject | None:
    """Return a subject by the code of its ladder, for those who may keep ladders."""
    if reach(viewer, Permission.MANAGE_SETTINGS) is Reach.NONE:
        return None
    return next((subject for subject in list_subjects() if subject.code == ladder), None)


def run_of(provider: Provider[Any]) -> Run:
    """Return a run of this provider alone, with what is enclosed in its digests."""
    return Run((provider,), _enclosed.get(provider.name, ()))


def runs() -> tuple[Run, ...]:
    """Return the runs of a morning: providers that share their messages in one."""
    found: dict[str, Run] = {}
    for provider in in_use():
        name = _beside.get(provider.name, provider.name)
        run, own = found.get(name, Run(())), run_of(provider)
        providers, enclosures = (*run.providers, provider), (*run.enclosures, *own.enclosures)
        found[name] = replace(run, providers=providers, enclosures=enclosures)
    return tuple(found.values())
