"""Where SQLite and PostgreSQL would differ if nobody saw to it: two at once, no day, letters."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextvars import copy_context
from datetime import date, timedelta
from threading import Barrier

import pytest

from kscb_actions.access.policy import SYSTEM
from kscb_actions.actions.models import Action
from kscb_actions.audit.models import AuditEvent
from kscb_actions.audit.queries import every_event
from kscb_actions.audit.rules import first_break
from kscb_actions.audit.service import StaleEdit, change
from kscb_actions.chasing.actions.models import Chase
from kscb_actions.chasing.actions.provider import OPEN_ACTIONS
from kscb_actions.chasing.service import chase
from kscb_actions.child_deaths.cases.models import ChildDeath
from kscb_actions.child_deaths.cases.queries import DeathFilter, list_deaths
from kscb_actions.database import db, writing
from kscb_actions.jobs.leases import acquire_lease
from kscb_actions.mail.models import OutboxMessage
from kscb_actions.reviews.queries import ReviewFilter, find_reviews

from ..factories import TODAY, World
from ..factories_deaths import Panel

MANY = 4


def at_once(work: Callable[[int], object]) -> list[object]:
    """Return what `work` gives or raises in threads with their own connections that begin together."""
    barrier = Barrier(MANY)

    def run(number: int) -> object:
        with db.connection_context():
            barrier.wait(20)
            try:
                return work(number)
            except StaleEdit:
                return "stale"

    with ThreadPoolExecutor(MANY) as pool:
        started = [pool.submit(copy_context().run, run, number) for number in range(MANY)]
        return [each.result() for each in started]


def test_of_several_who_save_what_they_all_saw_one_wins(world: World) -> None:
    seen = world.action().id

    def save(number: int) -> str:
        action = Action.get_by_id(seen)
        version, action.text = 1, f"Wording {number}."
        with change(SYSTEM) as tx:
            tx.update(action, "action.changed", version)
        return "saved"

    assert sorted(map(str, at_once(save))) == ["saved", *["stale"] * (MANY - 1)]
    assert Action.get_by_id(seen).version == 2
    assert AuditEvent.select().where(AuditEvent.event == "action.changed").count() == 1
    assert first_break(every_event()) is None


def test_those_who_write_at_once_make_one_chain(world: World) -> None:
    before = AuditEvent.select().count()

    def note(_: int) -> None:
        for _each in range(5):
            with change(SYSTEM) as tx:
                tx.record("mail.delivered", "mail", {})

    at_once(note)
    assert AuditEvent.select().count() == before + 5 * MANY
    assert first_break(every_event()) is None


def test_schedulers_that_chase_at_once_send_one_digest(world: World) -> None:
    world.action(due_on=TODAY)
    world.action(due_on=TODAY + timedelta(days=14))
    at_once(lambda _: chase(OPEN_ACTIONS, TODAY, "https://tracker.example"))
    assert (OutboxMessage.select().count(), Chase.select().count()) == (1, 2)


def test_one_of_several_holds_a_lease(world: World) -> None:
    held = at_once(lambda number: acquire_lease("chase", f"process {number}", timedelta(minutes=5)))
    assert sorted(map(bool, held)) == [*[False] * (MANY - 1), True]


@pytest.mark.parametrize("descending", [False, True])
def test_a_case_without_a_day_of_review_comes_last(world: World, descending: bool) -> None:
    panel = Panel(world)
    days = (date(2012, 1, 9), None, date(2011, 12, 1))
    for number, day in enumerate(days):
        death = panel.death(case_number=f"W{number}")
        with writing(ChildDeath):
            ChildDeath.update(reviewed_on=day).where(ChildDeath.id == death.id).execute()
    page = list_deaths(SYSTEM, DeathFilter(), "reviewed", descending)
    found = [row.death.reviewed_on for row in page.rows]
    assert found == [*sorted(filter(None, days), reverse=descending), None]


def test_lists_find_a_word_by_any_of_its_spellings(world: World) -> None:
    world.review("SCR-2011-07", title="Fünf Cafés")
    viewer = world.as_viewer(world.manager)
    found = {
        word: find_reviews(viewer, ReviewFilter(words=word)).total
        for word in ("fünf", "FÜNF", "funf", "cafés", "funfe")
    }
    assert found == {"fünf": 1, "FÜNF": 1, "funf": 1, "cafés": 1, "funfe": 0}
