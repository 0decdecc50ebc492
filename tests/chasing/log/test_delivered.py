"""The log and a real mail server: refused, sent again, given again, taken out, and reminding now."""

from datetime import timedelta

from kscb_actions.actions.acknowledging.service import acknowledge
from kscb_actions.actions.models import Action
from kscb_actions.chasing.anew import give_again
from kscb_actions.chasing.ladder.service import pause_reminders
from kscb_actions.chasing.log.models import Reminder
from kscb_actions.chasing.log.story import with_reminders
from kscb_actions.chasing.news.service import count_as_told
from kscb_actions.chasing.now import Whom, remind_now
from kscb_actions.config import Settings
from kscb_actions.mail.again import send_again
from kscb_actions.mail.delivery import Delivered
from kscb_actions.mail.models import OutboxMessage

from ...factories import TODAY, World
from ..test_anew import URL, deliver, moved, refused, run

EVERY = OutboxMessage.id > 0


def story(world: World, action: Action) -> list[dict[str, str]]:
    """Return what the story says of the reminders of an action to the manager, newest first."""
    entries = with_reminders(world.manager.viewer, Action.get_by_id(action.id), [])
    return [dict(entry.detail) for entry in entries]


def test_what_was_refused_is_sent_again_and_the_story_says_both(world: World, settings: Settings) -> None:
    action = refused(world, settings)
    (told,) = story(world, action)
    assert told["To"] == "Police lead"
    assert told["What became of it"] == "not delivered: The mail server said: 550 No such person"
    assert (send_again(world.manager.viewer, EVERY), send_again(world.manager.viewer, EVERY)) == (1, 0)
    done, peer = deliver(settings)
    assert done == Delivered(sent=1) and action.reference in str(peer.received[0])
    assert [each["What became of it"][:18] for each in story(world, action)] == ["sent 30 March 2012"]


def test_what_was_given_again_has_its_own_rows_and_is_not_sent_again(
    world: World, settings: Settings
) -> None:
    action = refused(world, settings)
    moved(world, world.police_lead)
    assert give_again(URL) == 1
    assert Reminder.select().where(Reminder.action == action).count() == 2
    assert send_again(world.manager.viewer, EVERY) == 0


def test_what_is_acknowledged_before_the_message_goes_is_taken_out_of_it(
    world: World, settings: Settings
) -> None:
    seen, stays = world.action(due_on=TODAY), world.action(due_on=TODAY - timedelta(days=1))
    count_as_told()
    run()
    acknowledge(world.police_lead.viewer, seen, TODAY + timedelta(days=3))
    count_as_told()
    done, peer = deliver(settings)
    assert done == Delivered(sent=1) and seen.reference not in str(peer.received[0])
    assert [each["What became of it"] for each in story(world, seen)] == [
        "taken out before the message went, for it had changed"
    ]
    assert story(world, stays)[0]["What became of it"].startswith("sent ")


def test_what_the_manager_asked_for_goes_though_its_stage_was_given_or_it_is_held(
    world: World, settings: Settings
) -> None:
    given, held = world.action(due_on=TODAY - timedelta(days=3)), world.action(due_on=TODAY)
    count_as_told()
    run(TODAY - timedelta(days=1))
    assert deliver(settings)[0] == Delivered(sent=1)
    pause_reminders(world.manager.viewer, held.review, None, "It moves.", TODAY)
    assert remind_now(world.manager.viewer, Whom(with_held=True), URL) == 1
    done, peer = deliver(settings)
    assert done == Delivered(sent=1)
    assert given.reference in str(peer.received[0]) and held.reference in str(peer.received[0])
