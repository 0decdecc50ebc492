"""The SQL that is written here is, word for word, what peewee writes."""

from collections.abc import Callable, Iterator
from datetime import date

import peewee
import pytest

from kscb_actions.actions.models import Action
from kscb_actions.database import Alias, Statement, db
from kscb_actions.people.models import User
from kscb_actions.reviews.models import Review

from ..factories import World
from ..pages import Visitor
from ..queries import forget_texts
from ..reports.stories import QUERY, busy

PAGES = (
    "/attention",
    "/actions?sort=due&q=policy&turn=board",
    "/reviews",
    f"/reports/progress?{QUERY}&as_at=2012-03-20",
)


class Compared(Statement):
    """Writes each statement that is run both ways, and keeps those that differ."""

    __slots__ = ()
    count = 0
    different: list[tuple[str, str]] = []

    def sql(self, node: object) -> Statement:
        if self.stack or self._sql or not isinstance(node, peewee.Query):
            return super().sql(node)
        theirs = peewee.Context(scope=self.state.scope, **self.state.settings)
        wanted, values = theirs.sql(node).query()
        # Nothing is written yet, so nothing of it is compared again.
        self.stack.append(self.state)
        written, kept = super().sql(node).query()
        self.stack.pop()
        Compared.count += 1
        if (wanted, [*map(str, values)]) != (written, [*map(str, kept)]):
            Compared.different.append((wanted, written))
        return self


@pytest.fixture
def compared(world: World, monkeypatch: pytest.MonkeyPatch) -> Iterator[type[Compared]]:
    """Have the statements of this test's database written both ways."""
    # How many are written must not depend on what this process has kept from earlier tests.
    forget_texts(monkeypatch)
    Compared.count, Compared.different = 0, []
    db.obj.context_class = Compared
    yield Compared
    del db.obj.context_class


def test_pages_and_a_paper_of_a_past_day_ask_what_peewee_would(
    compared: type[Compared], world: World, visit: Callable[[User | None], Visitor]
) -> None:
    busy(world)
    visitor = visit(world.manager)
    assert [visitor.get(page).status for page in PAGES] == [200] * len(PAGES)
    assert compared.different == []
    assert compared.count >= 60


def test_another_word_would_be_found(compared: type[Compared], world: World) -> None:
    """Plant an offender: a column that is written without its quotes."""
    list(Action.select().where(Action.number == 1))
    assert compared.different == []

    class Unquoted(Compared):
        __slots__ = ()

        def __enter__(self) -> Statement:
            return self

    db.obj.context_class = Unquoted
    with pytest.raises((peewee.OperationalError, peewee.ProgrammingError)):
        list(Action.select().where((Action.number == 1) & Action.id.in_([1, 2])))
    assert compared.different


def every_kind() -> Iterator[peewee.Query]:
    """Yield statements with each part that is written here, and what is odd of each."""
    other, third = Action.alias(), Action.alias("third")
    among = third.select(third.agency).where(third.number > 2)
    inner = other.select(other.id).where(other.agency_id.in_(among))
    yield Action.select().where(Action.id.in_(inner), Action.id.not_in([1, 2]))
    yield Action.select(Action.id).where(Action.id.in_([]) | Action.id.not_in([]))
    yield Action.select(Action.id).where(Action.lead.is_null() & ~(Action.number == 2))
    yield Action.select(Action.id).where((Action.lead >> None) | (Action.number << (3, 4)))
    yield Action.select(Action.text.concat("x"), peewee.Entity('odd"name', "b")).order_by(-Action.due_written)
    yield Action.select(peewee.Case(Action.number, [(1, Review.title)], "?")).join(Review).switch(Action)
    yield Action.update(number=Action.number + 1).where(Action.review == Review.select().limit(1))
    yield Action.delete().where(Action.number.between(1, 2))
    yield Review.insert(title="a", reference="b")
    fn, text = peewee.fn, peewee.SQL("? || ?", ["a", "b"])
    yield Action.select(fn.COUNT(Action.id).filter(Action.number > 1), fn.NOW(), fn.SUM(Action.number == 1))
    yield Action.select(fn.GROUP_CONCAT(Action.text, ",").order_by(Action.number), fn.EXISTS(inner), text)
    yield Action.select(fn.MAX(peewee.Case(None, [(Action.id.in_(inner), inner)], other.number))).from_(other)
    yield Action.select(
        peewee.ValueLiterals(peewee.NodeList((text, peewee.Value("a'b"), peewee.Value([1, 2]))))
    )
    yield Action.select(peewee.Value(()), fn.COALESCE(inner, 0), Action.id.cast("text").alias("x")).limit(3)
    yield Action.select().where(
        Action.current_due_on == peewee.Case(None, [(other.id == 1, date(2012, 3, 1))])
    )
    yield inner | other.select(other.id).where(other.lead == None)  # noqa: E711 – as peewee is asked for NULL


@pytest.mark.parametrize("place", range(16))
def test_each_kind_of_statement_is_the_same(app: object, place: int) -> None:
    statement = list(every_kind())[place]
    theirs = peewee.Context(**db.get_context_options())
    assert db.get_sql_context().sql(statement).query() == theirs.sql(statement).query()


def test_columns_of_two_names_of_a_table_are_of_one_class() -> None:
    one, another = Action.alias(), Action.alias()
    assert isinstance(one, Alias)
    assert type(one.number) is type(another.number) and one.number is not another.number
    assert one.DoesNotExist is Action.DoesNotExist and one.agency_id.source is one
