"""A row that only SQLite takes is noticed, in any test."""

import peewee
import pytest

from kscb_actions import database
from kscb_actions.database import writing
from kscb_actions.people.models import Agency, User
from kscb_actions.reviews.models import Review

from ..factories import World
from ..fitting import misfits


@pytest.mark.parametrize(
    ("model", "change"),
    [
        (Agency, {"name": "n" * 121}),
        (Review, {"summary": "a\x00b"}),
        (Review, {"title": "a\x00b"}),
        (User, {"version": 2**31}),
    ],
)
def test_what_postgres_refuses_is_noticed_on_sqlite(
    world: World, model: type[peewee.Model], change: dict[str, object]
) -> None:
    world.action()
    row = model.select().order_by(model.id).first()
    before = {name: getattr(row, name) for name in change}
    if not database.is_sqlite():
        with pytest.raises(peewee.DatabaseError), writing(model):
            model.update(change).where(model.id == row.id).execute()
        return
    assert misfits() == []
    with writing(model):
        model.update(change).where(model.id == row.id).execute()
    assert misfits() == [f"{model._meta.table_name} {row.id}"]
    with writing(model):
        model.update(before).where(model.id == row.id).execute()


def test_the_longest_that_fits_is_let_be(world: World) -> None:
    with writing(Agency):
        Agency.update(name="🐍" * 120, version=2**31 - 1).where(Agency.id == world.police.id).execute()
    assert not database.is_sqlite() or misfits() == []
