"""The log of reminders: failures on top, sent again once, and nothing of what a person may not know."""

from collections.abc import Callable
from datetime import timedelta
from html import unescape

import pytest
from flask.testing import FlaskClient

from kscb_actions.access.policy import SYSTEM, Refused
from kscb_actions.audit.models import AuditEvent
from kscb_actions.audit.service import change
from kscb_actions.chasing.actions.provider import OPEN_ACTIONS
from kscb_actions.chasing.log.models import Reminder
from kscb_actions.chasing.service import chase
from kscb_actions.mail.again import send_again
from kscb_actions.mail.models import OutboxMessage
from kscb_actions.reviews.service import name_person, unname_person

from ...chasing.log.test_reminders import become
from ...factories import TODAY, World
from ...queries import counted
from ...reading import Seen, see

LOG = "/reminders/log"
URL = "https://tracker.example"


@pytest.fixture
def manager(world: World, sign_in: Callable) -> FlaskClient:
    """Return the browser of the manager."""
    client: FlaskClient = sign_in(world.manager)
    return client


@pytest.fixture
def press(manager: FlaskClient, csrf_token: str) -> Callable:
    """Press "send again" in the log, of one message or of all."""

    def post(query: str = "", **data: object) -> str:
        answer = manager.post(f"{LOG}/send-again{query}", data={"csrf_token": csrf_token, **data})
        assert answer.status_code == 302
        return unescape(manager.get(answer.location).text)

    return post


def fail(to: str) -> OutboxMessage:
    """Let the message to somebody fail."""
    message = OutboxMessage.get(OutboxMessage.to_address == f"{to}@board.example")
    with change(SYSTEM) as tx:
        message.state, message.last_error, message.attempts = "failed", "The mail server said: 550 no", 3
        tx.update(message, "mail.failed")
    return message


def rows(page: Seen) -> list[str]:
    return [f"{row['Of']} | {row['To']} | {row['What became of it']}" for row in page.rows("Reminders")]


def reminded(world: World) -> None:
    """Remind two leads of an action each."""
    world.action(due_on=TODAY)
    world.action(due_on=TODAY - timedelta(days=7), agency=world.health)
    chase(OPEN_ACTIONS, TODAY, URL)


def test_failures_come_first_with_the_words_of_the_server(world: World, manager: FlaskClient) -> None:
    assert "Nobody has been reminded yet" in see(manager, LOG).text
    reminded(world)
    fail("health-lead")
    first, second = rows(see(manager, LOG))
    assert "SCR-2011-02/A1" in first and "Health lead" in first and "550 no" in first
    assert "Send again" in first and "Send again" not in second and "Waiting" in second
    page = see(manager, LOG)
    assert "7 days after the due date" in page.text and "on the due date" in page.text
    assert ("SCR-2011-02/A1", "/reviews/SCR-2011-02/actions/1") in page.links()


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("state=failed", ["Health lead"]),
        ("state=queued", ["Police lead"]),
        ("agency=KPOL", ["Police lead"]),
        ("review=SCR-2011-02", ["Health lead"]),
        ("agency=KPOL&state=failed", []),
        ("state=nonsense", []),
    ],
)
def test_the_log_is_narrowed_by_state_agency_and_review(
    world: World, manager: FlaskClient, query: str, found: list[str]
) -> None:
    reminded(world)
    fail("health-lead")
    page = see(manager, f"{LOG}?{query}")
    names = [row["To"].split(" asked")[0] for row in page.rows("Reminders")] if found else []
    assert names == found
    assert found or "Nothing matches" in page.text


def test_a_message_is_sent_again_once_however_often_it_is_asked_for(world: World, press: Callable) -> None:
    reminded(world)
    message = fail("health-lead")
    assert "1 message will be sent again" in press(message=message.id)
    kept = OutboxMessage.get_by_id(message.id)
    assert (kept.state, kept.attempts, kept.next_try_at) == ("queued", 0, None)
    assert "There was nothing to send again" in press(message=message.id)
    assert "There was nothing to send again" in press(message="x")
    events = AuditEvent.select().where(AuditEvent.event == "mail.sent-again")
    assert [(event.object_id, event.actor_name) for event in events] == [(message.id, "Manager")]
    assert OutboxMessage.select().count() == 2


def test_all_that_the_log_shows_as_failed_are_sent_again(world: World, press: Callable) -> None:
    reminded(world)
    fail("health-lead"), fail("police-lead")
    assert "1 message will be sent again" in press("?agency=KPOL")
    assert "1 message will be sent again" in press()
    assert {row.state for row in OutboxMessage.select()} == {"queued"}


def test_of_what_a_person_may_not_know_nothing_is_told_and_nothing_sent(
    world: World, manager: FlaskClient, press: Callable
) -> None:
    hidden = world.review("SCR-2011-66", is_restricted=True)
    name_person(SYSTEM, hidden, world.police_lead)
    world.action(due_on=TODAY, recommendation=world.recommendation(hidden))
    world.action(due_on=TODAY, recommendation=world.recommendation(world.review("SCR-2011-65")))
    chase(OPEN_ACTIONS, TODAY, URL)
    message = fail("police-lead")
    assert len(rows(see(manager, LOG))) == 2
    unname_person(SYSTEM, hidden, world.manager)
    page = see(manager, LOG)
    # The other action was reminded of, and that may be known; its message may not be read.
    (row,) = rows(page)
    assert "SCR-2011-65/A1" in row and "SCR-2011-66" not in page.body and "Send again" not in page.text
    assert "There was nothing to send again" in press(message=message.id)
    assert "There was nothing to send again" in press()
    assert OutboxMessage.get_by_id(message.id).state == "failed"


def test_what_is_recorded_in_error_is_not_in_the_log(world: World, manager: FlaskClient) -> None:
    reminded(world)
    action = Reminder.get(Reminder.agency == world.police).action
    with change(SYSTEM) as tx:
        action.standing = "void"
        tx.update(action, "action.voided", detail={"reason": "", "with": ""})
    assert len(rows(see(manager, LOG))) == 1


def test_only_who_reads_the_outbox_sends_again(world: World) -> None:
    reminded(world)
    fail("health-lead")
    for person in (world.chair, world.police_lead, world.reader):
        with pytest.raises(Refused):
            send_again(person.viewer, OutboxMessage.id > 0)


def test_a_secret_letter_is_not_sent_again_for_its_text_is_gone(world: World) -> None:
    reminded(world)
    with change(SYSTEM) as tx:
        for message in OutboxMessage.select():
            message.state, message.is_secret = "failed", True
            tx.update(message, "mail.failed")
    assert send_again(world.manager.viewer, OutboxMessage.id > 0) == 0


def test_the_log_has_pages_and_asks_as_many_questions_for_one_as_for_many(
    world: World, manager: FlaskClient
) -> None:
    reminded(world)
    with counted() as few:
        see(manager, LOG)
    recommendation = world.recommendation()
    for _ in range(30):
        world.action(due_on=TODAY, recommendation=recommendation)
    with change(SYSTEM) as tx:
        tx.record("chase.ran", "chasing", {"on": TODAY - timedelta(days=1)})
    chase(OPEN_ACTIONS, TODAY, URL)
    become("failed")
    with counted() as many:
        page = see(manager, LOG)
    assert int(few) == int(many) == 10
    assert len(rows(page)) == 25 and "32 reminders" in page.text
    assert len(rows(see(manager, f"{LOG}?page=2"))) == 7
