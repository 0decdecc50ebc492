"""A digest says what is true when it goes, and one that did not arrive was not given."""

from datetime import UTC, date, datetime, timedelta

import pytest

from kscb_actions import clock
from kscb_actions.access.policy import SYSTEM, Role
from kscb_actions.actions.handover import hand_over
from kscb_actions.actions.models import Action
from kscb_actions.audit.service import change
from kscb_actions.chasing import service
from kscb_actions.chasing.actions.models import Chase
from kscb_actions.chasing.actions.provider import OPEN_ACTIONS
from kscb_actions.chasing.anew import give_again, works_again
from kscb_actions.chasing.models import TakenOut
from kscb_actions.chasing.news.service import count_as_told
from kscb_actions.chasing.providers import run_of
from kscb_actions.chasing.service import chase_together
from kscb_actions.config import Settings
from kscb_actions.mail.delivery import Delivered, deliver_due
from kscb_actions.mail.letters import send_invitation
from kscb_actions.mail.models import OutboxMessage
from kscb_actions.mail.queries import address_troubles
from kscb_actions.mail.rules import MAX_TRIES
from kscb_actions.mail.service import mark_not_arrived
from kscb_actions.people.models import User
from kscb_actions.people.service import PersonFacts, edit_person, facts_of

from ..factories import TODAY, World
from ..mail.peers import Peer, free_port, listening
from ..mail.sending import LEAD, plain, via, write

URL = "http://127.0.0.1:5000"
NEW = "right@board.example"
# The first working day after the stage of a week: Easter lies between.
AFTER_A_WEEK = TODAY + timedelta(days=11)
pytestmark = pytest.mark.usefixtures("app")


def run(on: date = TODAY) -> list[str]:
    """Run the reminders of a day; returns to whom they are written."""
    return [message.to for message in chase_together(run_of(OPEN_ACTIONS), on, URL).messages]


def deliver(settings: Settings, **manners: object) -> tuple[Delivered, Peer]:
    with listening(Peer(**manners)) as peer:  # type: ignore[arg-type]
        return deliver_due(via(settings, peer.port)), peer


def text(peer: Peer) -> str:
    (message,) = peer.received
    return plain(message).removesuffix("\n\nNobody reads replies to this message.")


def kept(person: User) -> User:
    return User.get_by_id(person.id)


def moved(world: World, person: User, address: str = NEW) -> None:
    """Let a person's address change."""
    row = kept(person)
    facts = PersonFacts(address, row.name, row.role_set, row.agency)
    edit_person(world.manager.viewer, row, facts, row.version)


def refused(world: World, settings: Settings) -> Action:
    """Return an action whose lead was reminded at an address that the server does not know."""
    action = world.action(due_on=TODAY)
    count_as_told()
    assert run() == [LEAD]
    assert deliver(settings, rcpt={LEAD: "550 No such person"})[0] == Delivered(failed=1)
    return action


def test_a_refused_reminder_is_given_again_at_once_when_the_address_is_put_right(
    world: World, settings: Settings
) -> None:
    action = refused(world, settings)
    assert list(address_troubles()) == [world.police_lead.id]
    assert (give_again(URL), run(), run(TODAY + timedelta(days=3))) == (0, [], [])
    moved(world, world.police_lead)
    assert address_troubles() == {}
    assert (give_again(URL), give_again(URL)) == (1, 0)
    done, peer = deliver(settings)
    assert done == Delivered(sent=1)
    assert peer.received[0]["To"] == NEW and action.reference in text(peer)
    assert [(row.stage, row.repeat) for row in Chase.select().order_by(Chase.id)] == [(0, 0), (0, 1)]
    assert run() == run(TODAY + timedelta(days=3)) == []
    assert run(AFTER_A_WEEK) == [NEW]


def test_what_the_manager_says_did_not_arrive_is_given_again_when_mail_works_again(
    world: World, settings: Settings
) -> None:
    action = world.action(due_on=TODAY)
    count_as_told()
    run()
    deliver(settings)
    mark_not_arrived(world.manager.viewer, OutboxMessage.get())
    trouble = address_troubles()[world.police_lead.id]
    assert trouble.state == "not_arrived"
    assert trouble.last_error == f"{world.manager.name} has recorded that it did not arrive."
    assert (give_again(URL), run()) == (0, [])
    assert works_again(world.manager.viewer, kept(world.police_lead), URL) == 1
    assert address_troubles() == {}
    done, peer = deliver(settings)
    assert done == Delivered(sent=1) and action.reference in text(peer)


def test_after_an_outage_that_was_too_long_the_next_message_that_goes_brings_the_others(
    world: World, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    action = world.action(due_on=TODAY)
    count_as_told()
    run()
    with monkeypatch.context() as later:
        for number in range(MAX_TRIES):
            at = datetime(2012, 4, 1, tzinfo=UTC) + number * timedelta(hours=49)
            later.setattr(clock, "real_now", lambda at=at: at)
            deliver_due(via(settings, free_port()))
    assert OutboxMessage.get().state == "failed"
    assert address_troubles() and give_again(URL) == 0
    write(world.police_lead, "Hello")
    deliver(settings)
    assert address_troubles() == {} and give_again(URL) == 1
    done, peer = deliver(settings)
    assert done == Delivered(sent=1) and action.reference in text(peer)


def test_what_needs_no_reminder_any_more_is_not_given_again(world: World, settings: Settings) -> None:
    action = refused(world, settings)
    world.submission(action)
    count_as_told()
    moved(world, world.police_lead)
    before = OutboxMessage.select().count()
    assert give_again(URL) == 1
    assert OutboxMessage.select().count() == before
    assert OutboxMessage.get().made_good_at is not None


def test_who_leads_it_meanwhile_is_told_in_place_of_who_was_not_reached(
    world: World, settings: Settings
) -> None:
    action = refused(world, settings)
    other = world.person("second-lead", Role.AGENCY_LEAD, agency=world.police)
    assert run(TODAY + timedelta(days=3)) == []
    hand_over(world.manager.viewer, kept(world.police_lead), other)
    count_as_told()
    assert action.lead_id != other.id and run(TODAY + timedelta(days=3)) == [other.email]
    assert run(TODAY + timedelta(days=4)) == []


def test_of_two_who_are_told_only_who_had_nothing_is_told_again(world: World, settings: Settings) -> None:
    second = world.person("a-second-lead", Role.AGENCY_LEAD, agency=world.police)
    action = world.action(due_on=TODAY)
    action.lead = None
    with change(SYSTEM) as tx:
        tx.update(action, "action.changed")
    count_as_told()
    assert run() == [second.email, LEAD]
    done, _ = deliver(settings, rcpt={LEAD: "550 No such person"})
    assert done == Delivered(sent=1, failed=1)
    moved(world, world.police_lead)
    assert give_again(URL) == 1
    done, peer = deliver(settings)
    assert [message["To"] for message in peer.received] == [NEW]
    assert run(TODAY + timedelta(days=3)) == []


def test_a_reminder_withheld_from_who_was_switched_off_goes_to_who_is_left(
    world: World, settings: Settings
) -> None:
    action = world.action(due_on=TODAY)
    other = world.person("second-lead", Role.AGENCY_LEAD, agency=world.police)
    count_as_told()
    assert run() == [LEAD]
    person = kept(world.police_lead)
    edit_person(world.manager.viewer, person, facts_of(person), person.version, is_active=False)
    assert deliver(settings)[0] == Delivered(dropped=1)
    assert run(TODAY + timedelta(days=3)) == [other.email]
    assert action.reference in OutboxMessage.select().order_by(OutboxMessage.id.desc()).get().body


def test_a_letter_is_repeated_and_a_link_that_works_once_is_not(world: World, settings: Settings) -> None:
    write(world.reader, "Named on a review", "A text.")
    send_invitation(world.manager.viewer, world.reader, "Board", URL)
    deliver(settings, rcpt={world.reader.email: "550 No such person"})
    assert works_again(world.manager.viewer, kept(world.reader), URL) == 2
    _, peer = deliver(settings)
    assert peer.subjects() == ["Named on a review"]


def test_news_that_was_lost_with_a_digest_comes_again_with_it(world: World, settings: Settings) -> None:
    world.action(due_on=TODAY)
    run()
    assert "New for you:" in OutboxMessage.get().enclosed
    deliver(settings, rcpt={LEAD: "550 No such person"})
    moved(world, world.police_lead)
    give_again(URL)
    _, peer = deliver(settings)
    assert "1 thing is new for you" in peer.subjects()[0] and "New for you:" in text(peer)


def test_a_digest_that_waited_for_days_says_what_is_true_on_the_day_it_goes(
    world: World, settings: Settings
) -> None:
    world.action(due_on=TODAY)
    count_as_told()
    run()
    with clock.at(TODAY + timedelta(days=5)):
        _, peer = deliver(settings)
    assert "Overdue by 5 days" in text(peer) and "4 April 2012" in text(peer)


def test_what_a_clock_that_was_ahead_had_sent_takes_nothing_out_of_a_right_digest(
    world: World, settings: Settings
) -> None:
    action, ahead = world.action(due_on=TODAY), TODAY + timedelta(days=371)
    count_as_told()
    with clock.at(ahead):
        assert LEAD in run(ahead)
        deliver(settings)
    assert run() == [LEAD]
    _, peer = deliver(settings)
    assert action.reference in text(peer) and "Due today" in text(peer)


def test_a_digest_from_before_the_log_of_reminders_goes_and_what_was_lost_is_given_again(
    world: World, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    action = world.action(due_on=TODAY)
    count_as_told()
    with monkeypatch.context() as before:
        before.setattr(service, "note_reminders", lambda *_: None)
        run()
    assert deliver(settings, rcpt={LEAD: "550 No such person"})[0] == Delivered(failed=1)
    moved(world, world.police_lead)
    assert give_again(URL) == 1
    _, peer = deliver(settings)
    assert action.reference in text(peer)


def test_a_digest_of_which_nothing_has_changed_goes_as_it_was_written(
    world: World, settings: Settings
) -> None:
    world.action(due_on=TODAY)
    run()
    written = OutboxMessage.get().body
    _, peer = deliver(settings)
    assert text(peer) == written
    assert TakenOut.select().count() == 0 and OutboxMessage.get().version == 3
