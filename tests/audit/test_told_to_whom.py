"""The trail and the outbox tell of a restricted review, and of its messages, to those named on it alone."""

from collections.abc import Callable, Iterable, Iterator
from datetime import date
from html import unescape

import peewee
import pytest
from flask.testing import FlaskClient

from kscb_actions import models
from kscb_actions.access.policy import SYSTEM, Role
from kscb_actions.actions.extensions import ask_extension, decide_extension
from kscb_actions.audit.models import AuditEvent
from kscb_actions.audit.rules import DEATH_ROOMS
from kscb_actions.audit.service import change
from kscb_actions.chasing.actions.provider import OPEN_ACTIONS
from kscb_actions.chasing.service import chase
from kscb_actions.database import Model
from kscb_actions.mail.models import OutboxMessage
from kscb_actions.mail.rules import About
from kscb_actions.mail.service import queue
from kscb_actions.people.models import User
from kscb_actions.reviews import queries
from kscb_actions.reviews.models import Review
from kscb_actions.reviews.service import name_person

from ..factories import TODAY, World
from ..trail import told_to

CANARY = "nightingale"
REFERENCE = "RCA-2011-77"


@pytest.fixture
def restricted(world: World) -> Review:
    """Return a restricted review with everything that happens to one, its messages sent and failed too."""
    review = world.review(
        REFERENCE, kind="rca", is_restricted=True, title=CANARY, pseudonym=CANARY, summary=CANARY
    )
    for person in (world.chair, world.second_chair, world.police_lead):
        name_person(world.manager.viewer, review, person)
    asked = world.recommendation(review, text=CANARY)
    action = world.action(date(2012, 3, 1), recommendation=asked, text=CANARY)
    world.progress(action, narrative=CANARY)
    ask_extension(world.police_lead.viewer, current(action), date(2012, 6, 1), CANARY)
    decide_extension(world.second_chair.viewer, current(action).extensions.get(), False, CANARY)
    chase(OPEN_ACTIONS, TODAY, "http://127.0.0.1")
    digest = OutboxMessage.select().order_by(OutboxMessage.id.desc()).get()
    assert f"{REFERENCE}/A1" in digest.subject
    told = [About(review_id=review.id), About(review_id=world.review().id)]
    with change(SYSTEM) as tx:
        queue(tx, world.police_lead, f"Of {REFERENCE}: {CANARY}", CANARY, told)
        for message in OutboxMessage.select().order_by(OutboxMessage.id):
            state = "sent" if message.id % 2 else "failed"
            message.state, message.last_error = state, f"550 {CANARY}"
            tx.update(message, f"mail.{state}")
    world.decision(action, accepted=False)
    return review


def current(action: models.Action) -> models.Action:
    return models.Action.get_by_id(action.id)


def everybody(world: World) -> Iterator[User]:
    """Yield a person of each role, and one of all of them, none of them named on anything."""
    for role in Role:
        yield world.person(f"a-{role.value.replace('_', '-')}", role, agency=world.health)
    yield world.person("a-everything", *Role, agency=world.health)


def pages(client: FlaskClient, review: Review) -> Iterator[str]:
    """Yield the text of every page of the trail and of the outbox that somebody may open."""
    events = sorted({event for (event,) in AuditEvent.select(AuditEvent.event).tuples()})
    addresses = [f"/audit?page={number}" for number in (1, 2, 3)]
    addresses += [f"/audit?event={event}" for event in events]
    addresses += [f"/audit?review={review.id}", "/audit/chain", "/outbox", "/outbox?state=failed"]
    addresses += [f"/outbox/{message.id}" for message in OutboxMessage.select()]
    for address in addresses:
        yield unescape(client.get(address).text).replace(f"review={review.id}", "")


def names_it(text: str) -> bool:
    return CANARY in text.lower() or REFERENCE in text


def test_nobody_else_reads_of_it_in_the_trail_or_the_outbox(
    world: World, restricted: Review, sign_in: Callable
) -> None:
    leaks = []
    for person in everybody(world):
        client = sign_in(person)
        leaks += [(person.name, text[:80]) for text in pages(client, restricted) if names_it(text)]
        told = [event for page in (1, 2, 3) for event in told_to(person.viewer, page=page).rows]
        leaks += [(person.name, event.event) for event in told if names_it(event.state + event.changes)]
    assert leaks == []


def test_those_named_read_of_it_in_both(world: World, restricted: Review, sign_in: Callable) -> None:
    found = list(pages(sign_in(world.manager), restricted))
    assert sum(map(names_it, found)) > 10
    told = [event.event for page in (1, 2, 3) for event in told_to(world.chair.viewer, page=page).rows]
    assert {"mail.queued", "mail.sent", "mail.failed", "review.recorded"} <= set(told)


def test_a_trail_that_did_not_look_at_a_messages_items_would_be_caught(
    world: World, restricted: Review, monkeypatch: pytest.MonkeyPatch
) -> None:
    reader = world.reader.viewer
    assert not any(names_it(event.state) for event in told_to(reader).rows)
    monkeypatch.setattr(queries.OutboxMessage._meta, "table_name", "another")
    assert any(names_it(event.state) for event in told_to(reader).rows)


def reaches(model: type[Model], seen: frozenset[type[Model]] = frozenset()) -> bool:
    """Return whether a table's rows are of a review, themselves or through what they refer to."""
    parents = {field.rel_model for field in model._meta.refs} - seen
    return model is Review or any(reaches(parent, seen | {model}) for parent in parents)


def without_a_review(tables: Iterable[type[Model]]) -> list[str]:
    """Return the tables, told of in the trail, whose events could not say of which review they are."""
    return [
        model.__name__
        for model in tables
        if model.event_room not in DEATH_ROOMS
        and model is not Review
        and reaches(model)
        and "review_id" not in model._meta.columns
    ]


def test_every_table_that_hangs_on_a_review_has_its_number_in_its_events() -> None:
    # No event tells of a paper's file on its way.
    tables = [model for model in models.ALL if model not in (AuditEvent, models.PaperDrawing)]
    # A meeting's paper is of the whole board, and no restricted review is ever in it.
    assert without_a_review(tables) == ["MeetingPaper"]
    assert sum(map(reaches, tables)) > 15
    assert "review_id" in models.OutboxItem._meta.columns, "by which a message's events are of a review"


def test_a_table_that_hangs_on_an_action_alone_is_caught() -> None:
    class Remark(Model):
        """Is of an action, and does not say of which review."""

        event_room = "actions"
        action = peewee.ForeignKeyField(models.Action)

    try:
        assert without_a_review([Remark]) == ["Remark"]
    finally:
        del models.Action._meta.backrefs[Remark.action]
