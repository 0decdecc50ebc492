"""Every table says which room its events belong to: who may be told of them hangs on it, and on no folder."""

import ast
import importlib
import pkgutil
from collections.abc import Iterable, Iterator
from pathlib import Path

import peewee
import pytest
from flask import Flask

import kscb_actions
from kscb_actions import models
from kscb_actions.access.policy import SYSTEM
from kscb_actions.assurance.models import ErasureAsked
from kscb_actions.audit.models import AuditEvent
from kscb_actions.audit.rules import (
    DEATH_ROOMS,
    FORMER_NAMES,
    ROOMS,
    VISIBLE_ROOMS,
    name_of_today,
    names_of_rooms,
)
from kscb_actions.audit.service import UnknownRoom, change
from kscb_actions.database import Model, Versioned
from kscb_actions.mail.models import OutboxItem, OutboxMessage
from kscb_actions.mail.rules import NOTHING, About
from kscb_actions.mail.service import queue

from ..factories import World

PACKAGE = Path(kscb_actions.__file__).parent


def tables_of_the_package() -> set[type[Model]]:
    """Return every table that any module of the package defines, whether a list has it or not; no bases."""
    for module in pkgutil.walk_packages(kscb_actions.__path__, "kscb_actions."):
        importlib.import_module(module.name)
    return {each for each in _below(Model) if each.__module__.startswith("kscb_actions.")} - {
        Versioned,
        ErasureAsked,
    }


def _below(base: type[Model]) -> Iterator[type[Model]]:
    for each in base.__subclasses__():
        yield each
        yield from _below(each)


def without_a_room(tables: Iterable[type[Model]]) -> list[str]:
    """Return the tables, but the trail itself, that declare no room of their own or an unlisted one."""
    return [
        table.__name__
        for table in tables
        if table is not AuditEvent and vars(table).get("event_room") not in ROOMS
    ]


def derived_rooms(source: str) -> list[str]:
    """Return what in a module takes a room from elsewhere than from a word written into the class."""
    wrong = []
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Attribute) and node.attr in ("__module__", "__qualname__"):
            wrong.append(f"{node.lineno}: {node.attr}")
        if isinstance(node, ast.Assign | ast.AnnAssign):
            targets = node.targets if isinstance(node, ast.Assign) else [node.target]
            names = {
                target.attr if isinstance(target, ast.Attribute) else getattr(target, "id", "")
                for target in targets
            }
            is_plain = node.value is None or isinstance(node.value, ast.Constant)
            if "event_room" in names and not is_plain:
                wrong.append(f"{node.lineno}: event_room is worked out")
    return wrong


def overriding(tables: Iterable[type[Model]]) -> set[str]:
    """Return the tables that decide for each row anew which room its events belong to."""
    return {table.__name__ for table in tables if "room_of_event" in vars(table)}


def test_no_table_is_missing_from_the_list_of_all() -> None:
    assert tables_of_the_package() == set(models.ALL)
    assert len(models.ALL) > 40


def test_every_table_declares_a_room_that_is_on_the_list() -> None:
    assert without_a_room(models.ALL) == []
    assert overriding(models.ALL) == {"OutboxItem", "OutboxMessage", "TakenOut"}


def test_a_table_without_a_known_room_is_caught() -> None:
    class Silent(Model):
        """Declares nothing."""

    class Inherits(models.District):
        """Has a room only because another table has one."""

    class Mistyped(Model):
        """Is of a room that nobody knows."""

        event_room = "child_death"

    class Former(Model):
        """Is of a room by a name that is used no longer."""

        event_room = "panels"

    planted = [Silent, Inherits, Mistyped, Former]
    assert without_a_room([*planted, models.District]) == ["Silent", "Inherits", "Mistyped", "Former"]
    assert set(planted) <= set(_below(Model))


# Another process has to find a function, or make an exception again, where it was defined.
APART = ("apart.py", "confined.py")


def test_no_module_takes_a_room_from_where_it_lies() -> None:
    wrong = {
        str(path.relative_to(PACKAGE)): found
        for path in PACKAGE.rglob("*.py")
        if path.name not in APART and (found := derived_rooms(path.read_text(encoding="utf-8")))
    }
    assert wrong == {}


@pytest.mark.parametrize(
    "source",
    [
        "room = type(row).__module__.split('.')[1]",
        "class A:\n    event_room = __name__.split('.')[1]",
        "class A:\n    event_room = Path(__file__).parent.name",
        "class A:\n    event_room: str = room_here()",
        "A.event_room = folder",
    ],
)
def test_a_room_taken_from_elsewhere_is_caught(source: str) -> None:
    assert derived_rooms(source)


def test_each_room_is_told_or_kept_to_the_panel_and_former_names_with_it() -> None:
    assert not set(VISIBLE_ROOMS) & set(DEATH_ROOMS)
    assert set(FORMER_NAMES.values()) <= set(ROOMS) and not set(FORMER_NAMES) & set(ROOMS)
    assert set(names_of_rooms(*DEATH_ROOMS)) == {"child_deaths", "figures", "deaths", "panels"}
    assert names_of_rooms("actions") == ("actions",)
    assert [name_of_today(room) for room in ("panels", "child_deaths", "mail", "")] == [
        "child_deaths",
        "child_deaths",
        "mail",
        "",
    ]


def test_an_event_of_an_unknown_room_is_not_written(app: Flask) -> None:
    class Stranger(Model):
        """Nobody has said who may be told of it."""

        event_room = "attic"
        name = peewee.TextField(default="")

    before = AuditEvent.select().count()
    for told in (
        lambda tx: tx.record("attic.opened", "attic", {}),
        lambda tx: tx.record("death.recorded", "deaths", {}),
        lambda tx: tx.note("attic.opened", Stranger(id=1)),
    ):
        with pytest.raises(UnknownRoom, match="one of"), change(SYSTEM) as tx:
            told(tx)
    assert AuditEvent.select().count() == before


def test_a_message_is_of_the_room_whose_people_alone_may_know_of_it(world: World) -> None:
    with change(SYSTEM) as tx:
        for about in (NOTHING, [About(review_id=1)], [About(review_id=1), About(death_id=2)]):
            queue(tx, world.reader, "Subject", "Body", about)
        earlier = queue(tx, world.reader, "Subject", "Body", NOTHING)
        earlier.about = "deaths"
        tx.update(earlier, "mail.queued")
    rooms = (
        AuditEvent.select(AuditEvent.room).where(AuditEvent.event == "mail.queued").order_by(AuditEvent.id)
    )
    assert [room for (room,) in rooms.tuples()] == ["mail", "mail", "child_deaths", "mail", "child_deaths"]
    items = AuditEvent.select(AuditEvent.room).where(AuditEvent.event == "mail.item-named")
    assert sorted(room for (room,) in items.tuples()) == ["child_deaths", "child_deaths", "mail"]
    with pytest.raises(UnknownRoom), change(SYSTEM) as tx:
        tx.add(OutboxItem(message=OutboxMessage(id=1, about="death")), "mail.item-named")
