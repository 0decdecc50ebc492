"""A review on hold: nobody is reminded of anything in it until the hold is lifted, and the pages say so."""

from collections.abc import Callable
from datetime import timedelta

from flask.testing import FlaskClient
from lxml import html

from kscb_actions import clock
from kscb_actions.actions.models import Action
from kscb_actions.chasing.actions.provider import OPEN_ACTIONS
from kscb_actions.chasing.models import TakenOut
from kscb_actions.chasing.now import LeftOut, Whom, whom_now
from kscb_actions.chasing.preview import preview
from kscb_actions.chasing.providers import runs
from kscb_actions.chasing.service import chase, chase_together
from kscb_actions.config import Settings
from kscb_actions.people.models import User
from kscb_actions.reviews.models import Review
from kscb_actions.reviews.service import set_hold

from ..factories import TODAY, World
from ..mail.peers import Peer
from ..mail.sending import deliver_to, plain

SignIn = Callable[[User | None], FlaskClient]
URL = "https://tracker.example"


def held_action(world: World) -> Action:
    """Return an action that is due today, of a review that has been put on hold."""
    action = world.action(due_on=TODAY)
    hold(world, action, "inquest")
    return action


def hold(world: World, action: Action, kind: str) -> None:
    set_hold(world.manager.viewer, Review.get_by_id(action.review_id), kind, "The coroner sits in June.")


def test_a_hold_stops_the_reminders_of_a_review_and_its_rung_comes_when_it_is_lifted(world: World) -> None:
    held, waits = held_action(world), world.action(due_on=TODAY)
    world.submission(waits)
    hold(world, waits, "criminal_proceedings")
    free = world.action(due_on=TODAY)
    manager = world.manager.viewer
    foreseen = {
        item.waiting.label for day in preview(manager, TODAY, {}) for m in day.messages for item in m.items
    }
    assert foreseen == {free.reference}
    asking = whom_now(manager, Whom(), URL)
    assert asking.left_out[LeftOut.HELD] == 1
    assert [each.waiting.label for letter in asking.letters for each in letter.message.items] == [
        free.reference
    ]
    told = [
        item.waiting.label for message in chase(OPEN_ACTIONS, TODAY, URL).messages for item in message.items
    ]
    assert told == [free.reference]
    # Weeks later nobody of the Board has heard of the report either.
    later = chase(OPEN_ACTIONS, TODAY + timedelta(days=20), URL).messages
    assert {item.waiting.label for message in later for item in message.items} == {free.reference}
    with clock.at(TODAY + timedelta(days=20)):
        hold(world, held, "")
    (message,) = chase(OPEN_ACTIONS, TODAY + timedelta(days=21), URL).messages
    assert [(item.waiting.label, item.stage) for item in message.items] == [(held.reference, 7)]


def test_a_hold_between_deciding_and_sending_takes_the_item_out(world: World, settings: Settings) -> None:
    action = world.action(due_on=TODAY)
    chase_together(runs()[0], TODAY, URL)
    hold(world, action, "inquest")
    peer = deliver_to(settings, Peer())
    assert TakenOut.select().where(TakenOut.kind == "chase").count() == 1
    assert all("Please say how far" not in plain(message) for message in peer.received)


def test_the_pages_say_that_nobody_is_reminded(world: World, sign_in: SignIn) -> None:
    action = held_action(world)
    lead, manager = sign_in(world.police_lead), sign_in(world.manager)
    page = html.fromstring(lead.get(f"/reviews/{action.review.reference}/actions/{action.number}").text)
    said = " ".join(page.text_content().split())
    assert "so nobody is reminded of this action until the hold is lifted" in said
    # It is the agency's turn still, and rated as it was.
    assert "Kent Police" in said and "Amber" in said
    reminders = html.fromstring(manager.get("/settings/reminders").text).text_content()
    assert "nobody is reminded of what is in it: SCR-2011-01." in " ".join(reminders.split())
    hold(world, action, "")
    page = lead.get(f"/reviews/{action.review.reference}/actions/{action.number}").text
    assert "until the hold is lifted" not in page
    assert "On hold" not in manager.get("/settings/reminders").text
