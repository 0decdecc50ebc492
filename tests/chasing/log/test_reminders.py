"""Of what each person was reminded: a row for each, on the action's story, and what became of the message."""

from collections.abc import Callable
from datetime import timedelta
from html import unescape

import peewee
import pytest

from kscb_actions import database
from kscb_actions.access.policy import SYSTEM
from kscb_actions.audit.service import change
from kscb_actions.chasing import service
from kscb_actions.chasing.actions.provider import OPEN_ACTIONS
from kscb_actions.chasing.actions.rules import ACTIONS
from kscb_actions.chasing.challenges.provider import UNANSWERED_CHALLENGES
from kscb_actions.chasing.ladder.rules import Typed
from kscb_actions.chasing.ladder.service import keep_ladder
from kscb_actions.chasing.log.models import Reminder
from kscb_actions.chasing.service import chase
from kscb_actions.clock import now
from kscb_actions.mail.models import OutboxMessage

from ...assurance.challenges.asking import REPLY_BY, raised
from ...factories import TODAY, World

URL = "https://tracker.example"
RUNG = Typed(3, ("lead",), ("chair",), every=7, repeats=True)


def become(end: str, error: str = "", **which: object) -> None:
    """Let the messages end in a state, as delivery does."""
    with change(SYSTEM) as tx:
        for message in OutboxMessage.select().filter(**which):
            message.state, message.last_error = end, error
            message.sent_at = now() if end == "sent" else None
            tx.update(message, f"mail.{end}")


def test_everybody_who_was_told_has_a_row_and_why(world: World) -> None:
    action = world.action(due_on=TODAY - timedelta(days=10))
    keep_ladder(world.manager.viewer, ACTIONS, [RUNG])
    chase(OPEN_ACTIONS, TODAY, URL)
    rows = [(row.message.to_user.name, row.told, row.stage, row.label) for row in Reminder.select()]
    assert sorted(rows) == [
        ("Chair", "copied", 10, "SCR-2011-01/A1"),
        ("Police lead", "asked", 10, "SCR-2011-01/A1"),
        ("Second chair", "copied", 10, "SCR-2011-01/A1"),
    ]
    assert {(row.action_id, row.agency_id, row.subject, row.chased_on) for row in Reminder.select()} == {
        (action.id, world.police.id, "actions", TODAY)
    }
    chase(OPEN_ACTIONS, TODAY, URL)
    assert Reminder.select().count() == 3
    with pytest.raises(peewee.DatabaseError, match="append-only"), database.writing():
        Reminder.delete().execute()


def test_a_reminder_of_a_challenge_is_told_as_one(world: World, sign_in: Callable) -> None:
    challenge = raised(world)
    chase(UNANSWERED_CHALLENGES, REPLY_BY, URL)
    (row,) = Reminder.select()
    assert (row.subject, row.label, row.action_id) == ("challenges", "C1", challenge.action_id)
    address = f"/reviews/{challenge.review.reference}/actions/{challenge.action.number}"
    assert "Reminder of C1: on the day to reply by" in unescape(sign_in(world.manager).get(address).text)


def test_the_story_tells_of_each_and_of_its_fate(world: World, sign_in: Callable) -> None:
    world.action(due_on=TODAY - timedelta(days=7))
    chase(OPEN_ACTIONS, TODAY, URL)
    become("failed", "The mail server said: 550 no such user x@y")
    address = "/reviews/SCR-2011-01/actions/1"
    told = " ".join(unescape(sign_in(world.manager).get(address).text).split())
    assert "Reminder: 7 days after the due date" in told
    assert "Police lead" in told and "not delivered: The mail server said: 550 no such user x@y" in told
    assert told.count("Reminder: ") == 1 and "Action chased" not in told
    theirs = unescape(sign_in(world.police_lead).get(address).text)
    assert "not delivered" in theirs and "550" not in theirs
    become("sent")
    assert "sent 30 March 2012" in unescape(sign_in(world.police_lead).get(address).text)


def test_a_reminder_from_before_the_log_names_whom_it_knows(
    world: World, sign_in: Callable, monkeypatch: pytest.MonkeyPatch
) -> None:
    world.action(due_on=TODAY)
    monkeypatch.setattr(service, "note_reminders", lambda *_: None)
    chase(OPEN_ACTIONS, TODAY, URL)
    assert Reminder.select().count() == 0
    told = unescape(sign_in(world.manager).get("/reviews/SCR-2011-01/actions/1").text)
    assert "Reminder: on the due date" in told and "Police lead" in told
