"""What rooms give chasing to run: what waits, who may be told of it, and in what words.

A room that has something to remind of writes a Provider and create_app registers it. Each has its own run
and its own digest; the scheduler and the command line go through what is registered.
"""

from collections.abc import Sequence
from datetime import date
from typing import Any, Protocol

from kscb_actions.access.policy import Viewer
from kscb_actions.audit.service import Change
from kscb_actions.mail.models import OutboxMessage
from kscb_actions.mail.rules import About

from .rules import Digest, Item, W


class Provider(Protocol[W]):
    """One kind of thing that is waited for.

    name     the run's name: in the log, and as a command
    help     what the command's help says
    idle     what the command says when nothing fell due
    event    what the trail calls a run that was done, which shows that the day has had its run
    room     the room of that event
    """

    name: str
    help: str
    idle: str
    event: str
    room: str

    def list_waiting(self, on: date, first_offset: int) -> Sequence[W]:
        """Return what waits and has begun its first stage by `on`."""

    def whom_to_ask(self, waiting: W, people: Sequence[Viewer]) -> tuple[Sequence[Viewer], bool]:
        """Return who of the active `people` is told of it, and whether they are asked to do it."""

    def subject(self, digest: Digest[W], on: date) -> str:
        """Return the subject of a digest. Nothing of a case."""

    def body(self, digest: Digest[W], on: date, board: str, base_url: str) -> str:
        """Return the text of a digest. Nothing of a case."""

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


_registered: dict[str, Provider[Any]] = {}


def register(provider: Provider[Any]) -> None:
    """Let a provider be run with the others, in place of one of the same name."""
    _registered[provider.name] = provider


def registered() -> tuple[Provider[Any], ...]:
    """Return the providers in the order in which they were registered."""
    return tuple(_registered.values())
