"""Each guard with an offender that it must catch."""

from collections.abc import Callable
from datetime import UTC, datetime

import peewee
import pytest
from flask import Flask

from kscb_actions import database, models
from kscb_actions.access.policy import SYSTEM, Permission
from kscb_actions.audit.models import AuditEvent
from kscb_actions.audit.service import ChangeWithoutEvent, StaleEdit, change
from kscb_actions.database import WriteOutsideChange
from kscb_actions.people.models import Agency, SignInSession, User
from kscb_actions.reviews.models import Review
from kscb_actions.web.shared.guard import Access, GuardedBlueprint

from ..factories import TODAY, World


def test_a_route_without_access_cannot_be_registered() -> None:
    blueprint = GuardedBlueprint("offender", __name__)
    with pytest.raises(TypeError):
        blueprint.route("/open")(lambda: "anybody")  # type: ignore[call-arg]
    with pytest.raises(TypeError):
        blueprint.route("/open", access=None)(lambda: "anybody")  # type: ignore[arg-type]
    with pytest.raises(TypeError):
        blueprint.add_url_rule("/open", "open", lambda: "anybody")


def test_every_route_says_who_may_use_it(app: Flask) -> None:
    silent = [
        rule.endpoint
        for rule in app.url_map.iter_rules()
        if rule.endpoint != "static" and not hasattr(app.view_functions[rule.endpoint], "access")
    ]
    assert silent == []


def test_an_address_with_arguments_always_loads_what_it_names(app: Flask) -> None:
    """A permission alone would let a lead reach another agency's things by changing a number."""
    bare = [
        rule.rule
        for rule in app.url_map.iter_rules()
        if rule.arguments
        and isinstance(access := getattr(app.view_functions[rule.endpoint], "access", None), Access)
        and access.of is None
    ]
    assert bare == []


@pytest.mark.parametrize(
    "write",
    [
        lambda: Agency.create(code="X", name="X"),
        lambda: Agency.update(name="X").execute(),
        lambda: Agency.delete().execute(),
        lambda: Agency.insert_many([{"code": "X", "name": "X"}]).execute(),
        lambda: database.db.execute_sql("UPDATE agency SET name = 'X'"),
        lambda: database.db.execute_sql("WITH a AS (SELECT 1) DELETE FROM agency"),
        lambda: database.db.execute_sql("DROP TABLE agency"),
    ],
)
def test_a_write_outside_a_change_is_refused(world: World, write: Callable[[], object]) -> None:
    before = Agency.select().count()
    with pytest.raises(WriteOutsideChange):
        write()
    assert Agency.select().count() == before


def test_housekeeping_opens_its_own_tables_only(world: World) -> None:
    with pytest.raises(WriteOutsideChange), database.writing(SignInSession):
        Agency.create(code="X", name="X")


def test_a_change_without_an_event_is_rolled_back(world: World) -> None:
    with pytest.raises(ChangeWithoutEvent), change(SYSTEM):
        Agency.create(code="X", name="X")
    assert Agency.get_or_none(Agency.code == "X") is None


def test_a_change_whose_event_fails_is_rolled_back(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_: object, **__: object) -> None:
        raise peewee.OperationalError("disk full")

    with pytest.raises(peewee.OperationalError), change(SYSTEM) as tx:
        monkeypatch.setattr(tx, "_write_all", broken)
        tx.add(Agency(code="X", name="X"), "agency.added")
    assert Agency.get_or_none(Agency.code == "X") is None


def any_row(table: type[database.Model]) -> database.Model:
    """Return a row of a table, whatever it says: for what must hold of every row."""
    row = table()
    for field in table._meta.sorted_fields:
        if isinstance(field, peewee.ForeignKeyField) and not field.null:
            there = field.rel_model.select().first()
            setattr(row, field.name, there or any_row(field.rel_model))
        elif field.name != "id" and field.default is None and not field.null:
            setattr(row, field.name, SOMETHING[type(field)])
    row.save(force_insert=True)
    return row


SOMETHING = {
    peewee.CharField: "x",
    peewee.TextField: "x",
    peewee.IntegerField: 1,
    peewee.BooleanField: True,
    peewee.BlobField: b"x",
    peewee.DateField: TODAY,
    database.InstantField: datetime(2012, 3, 1, tzinfo=UTC),
}


@pytest.mark.parametrize("table", models.APPEND_ONLY, ids=lambda model: model.__name__)
def test_what_is_written_once_cannot_be_changed(world: World, table: type[database.Model]) -> None:
    with database.writing():
        if not table.select().exists():
            any_row(table)
    for query in (table.update(id=table.id + 1000), table.delete()):
        with pytest.raises(peewee.DatabaseError, match="append-only"), database.writing():
            query.execute()


def test_the_second_editor_changes_nothing(world: World) -> None:
    first, second = (Review.get_by_id(world.review().id) for _ in range(2))
    second = Review.get_by_id(first.id)
    first.title, second.title = "First", "Second"
    with change(SYSTEM) as tx:
        tx.update(first, "review.changed")
    with pytest.raises(StaleEdit) as stale, change(SYSTEM) as tx:
        tx.update(second, "review.changed")
    assert stale.value.current.title == "First"
    assert Review.get_by_id(first.id).title == "First"


def test_secrets_stay_out_of_the_trail(world: World) -> None:
    from kscb_actions.people.service import set_password

    set_password(world.manager, "three random words")
    kept = User.get_by_id(world.manager.id).password_hash
    assert kept.startswith("$argon2id$")
    assert not [event for event in AuditEvent.select() if kept in event.state or kept in event.changes]


def test_a_permission_nobody_holds_would_be_noticed() -> None:
    from kscb_actions.access.policy import GRANTS

    held = {permission for grants in GRANTS.values() for permission in grants}
    assert held == set(Permission)
