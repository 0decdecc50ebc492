"""What rooms give chasing to run: what waits, who may be told of it, and in what words.

A room that has something to remind of writes a Provider and create_app registers it, alone or beside another
whose messages it shares; the scheduler and the command line go through what is registered.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any, Protocol

import peewee

from kscb_actions.access.policy import Viewer
from kscb_actions.audit.service import Change
from kscb_actions.mail.models import OutboxMessage
from kscb_actions.mail.rules import About
from kscb_actions.people.models import User

from .rules import Digest, Item, W


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

    def list_waiting(self, on: date, first_offset: int) -> Sequence[W]:
        """Return what waits and has begun its first stage by `on`."""

    def whom_to_ask(self, waiting: W, people: Sequence[Viewer]) -> tuple[Sequence[Viewer], bool]:
        """Return who of the active `people` is told of it, and whether they are asked to do it."""

    def subject(self, digest: Digest[W], on: date) -> str:
        """Return the subject of a digest. Nothing of a case."""

    def body(self, digest: Digest[W], on: date, base_url: str) -> str:
        """Return the text of a digest, without its first line. Nothing of a case."""

    def about(self, waiting: W) -> Sequence[About]:
        """Return what a message that tells of it is about: by that the outbox decides who may know of it."""

    def record(self, tx: Change, item: Item[W], on: date, message: OutboxMessage) -> None:
        """Record, in the open change, that a thing was chased in this message."""

    def facts(self, waiting: W) -> dict[str, Any]:
        """Return how JSON names it."""

    def is_restricted(self, waiting: W) -> bool:
        """Return whether only people named on it may know of it, so that no command tells of it."""

    def explain_no_recipient(self, without_recipient: Sequence[W]) -> Sequence[str]:
        """Return what an operator is told, in sentences, when things fell due of which nobody may be told."""


@dataclass(frozen=True)
class Part:
    """What one person's digest holds beside the reminders. `ids`: what it tells of, for whoever made it."""

    to: User
    subject: str
    body: str
    about: tuple[About, ...] = ()
    ids: tuple[int, ...] = ()


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


def run_of(provider: Provider[Any]) -> Run:
    """Return a run of this provider alone, with what is enclosed in its digests."""
    return Run((provider,), _enclosed.get(provider.name, ()))


def runs() -> tuple[Run, ...]:
    """Return the runs of a morning: providers that share their messages in one."""
    found: dict[str, Run] = {}
    for provider in registered():
        name = _beside.get(provider.name, provider.name)
        run, own = found.get(name, Run(())), run_of(provider)
        providers, enclosures = (*run.providers, provider), (*run.enclosures, *own.enclosures)
        found[name] = replace(run, providers=providers, enclosures=enclosures)
    return tuple(found.values())
