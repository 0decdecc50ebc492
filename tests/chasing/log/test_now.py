"""Reminding now: once a day for each thing, nothing twice with the ladder, nothing of what is not known."""

from collections.abc import Callable
from datetime import date, timedelta
from html import unescape

import pytest

from kscb_actions import clock
from kscb_actions.access.policy import SYSTEM, Refused, Role
from kscb_actions.actions.acknowledging.service import acknowledge
from kscb_actions.actions.models import Action
from kscb_actions.actions.service import set_standing
from kscb_actions.assurance.models import Submission
from kscb_actions.audit.models import AuditEvent
from kscb_actions.audit.service import change
from kscb_actions.chasing.actions.models import Chase
from kscb_actions.chasing.actions.provider import OPEN_ACTIONS
from kscb_actions.chasing.anew import works_again
from kscb_actions.chasing.ladder.service import pause_reminders
from kscb_actions.chasing.log.models import Reminder
from kscb_actions.chasing.news.service import count_as_told
from kscb_actions.chasing.now import LeftOut, Whom, remind_now, whom_now
from kscb_actions.chasing.service import chase
from kscb_actions.config import Settings
from kscb_actions.mail.delivery import deliver_due
from kscb_actions.mail.models import OutboxMessage
from kscb_actions.people.models import User
from kscb_actions.people.service import edit_person, facts_of
from kscb_actions.reviews.service import name_person

from ...factories import TODAY, World
from ...mail.peers import Peer, listening
from ...mail.sending import LEAD, plain, via
from ...queries import counted

URL = "https://tracker.example"
ALL = Whom()


def sent() -> list[str]:
    """Return to whom messages were written, in order."""
    return [row.to_address.split("@")[0] for row in OutboxMessage.select().order_by(OutboxMessage.id)]


@pytest.fixture
def owing(world: World) -> World:
    """Return a board on which two agencies owe an action each, three days late: between two rungs."""
    world.action(due_on=TODAY - timedelta(days=3))
    world.action(due_on=TODAY - timedelta(days=3), agency=world.health)
    return world


def test_all_who_owe_are_reminded_in_one_message_each_and_twice_pressed_is_once(owing: World) -> None:
    owing.action(due_on=TODAY + timedelta(days=3))
    owing.action(due_on=TODAY + timedelta(days=30))
    manager = owing.manager.viewer
    asking = whom_now(manager, ALL, URL)
    assert [(letter.to.name, len(letter.message.items)) for letter in asking.letters] == [
        ("Health lead", 1),
        ("Police lead", 2),
    ]
    assert OutboxMessage.select().count() == 0
    assert (remind_now(manager, ALL, URL), remind_now(manager, ALL, URL)) == (2, 0)
    assert sent() == ["health-lead", "police-lead"]
    assert whom_now(manager, ALL, URL).left_out[LeftOut.TODAY] == 3
    event = AuditEvent.get(AuditEvent.event == "reminders.asked-for")
    assert event.actor_name == "Manager" and '"messages":2' in event.detail
    assert Reminder.select().count() == 3


def test_the_ladder_does_not_double_it_and_goes_on_on_its_day(owing: World) -> None:
    remind_now(owing.manager.viewer, Whom(agency_id=owing.police.id), URL)
    found = []
    for number in range(8):
        day = TODAY + timedelta(days=number)
        with clock.at(day):
            found += [(day, each.to.split("@")[0]) for each in chase(OPEN_ACTIONS, day, URL).messages]
    # The other agency has its rung of the due date today; both have the seventh day after it.
    assert found == [
        (TODAY, "health-lead"),
        (date(2012, 4, 3), "health-lead"),
        (date(2012, 4, 3), "police-lead"),
    ]


def test_one_that_is_refused_is_given_again_once_and_not_by_the_next_run_too(
    owing: World, settings: Settings
) -> None:
    action, done = Action.get(Action.agency == owing.police), owing.action(due_on=TODAY - timedelta(days=3))
    second = owing.person("second-lead", Role.AGENCY_LEAD, agency=owing.police)
    shared = owing.action(due_on=TODAY - timedelta(days=3))
    shared.lead = None
    with change(SYSTEM) as tx:
        tx.update(shared, "action.changed")
    remind_now(owing.manager.viewer, Whom(agency_id=owing.police.id), URL)
    count_as_told()
    with listening(Peer(rcpt={LEAD: "550 No such person"})) as peer:
        deliver_due(via(settings, peer.port))
    set_standing(owing.manager.viewer, Action.get_by_id(done.id), "withdrawn", "Overtaken.")
    count_as_told()
    assert works_again(owing.manager.viewer, User.get_by_id(owing.police_lead.id), URL) == 1
    with listening(Peer()) as peer:
        deliver_due(via(settings, peer.port))
    (message,) = peer.received
    told = [each.reference in plain(message) for each in (action, done, shared)]
    assert (message["To"], told) == (LEAD, [True, False, True])
    chase(OPEN_ACTIONS, TODAY + timedelta(days=3), URL)
    assert sent() == ["police-lead", second.email.split("@")[0], "police-lead", "health-lead"]


def test_who_had_it_is_not_reminded_again_where_another_had_not(owing: World, settings: Settings) -> None:
    second = owing.person("second-lead", Role.AGENCY_LEAD, agency=owing.police)
    shared = Action.get(Action.agency == owing.police)
    shared.lead = None
    with change(SYSTEM) as tx:
        tx.update(shared, "action.changed")
    remind_now(owing.manager.viewer, Whom(agency_id=owing.police.id), URL)
    count_as_told()
    with listening(Peer(rcpt={LEAD: "550 No such person"})) as peer:
        deliver_due(via(settings, peer.port))
    person = User.get_by_id(owing.police_lead.id)
    edit_person(SYSTEM, person, facts_of(person), person.version, is_active=False)
    told = [each.to for each in chase(OPEN_ACTIONS, TODAY + timedelta(days=3), URL).messages]
    assert peer.received[0]["To"] == second.email and second.email not in told


def test_what_the_ladder_has_given_before_is_given_again_with_a_row_of_its_own(owing: World) -> None:
    with clock.at(TODAY - timedelta(days=1)):
        chase(OPEN_ACTIONS, TODAY - timedelta(days=1), URL)
    assert remind_now(owing.manager.viewer, ALL, URL) == 2
    rows = Chase.select(Chase.stage, Chase.repeat, Chase.chased_on).where(Chase.action == 1).tuples()
    assert list(rows) == [(0, 0, TODAY - timedelta(days=1)), (0, 1, TODAY)]
    assert chase(OPEN_ACTIONS, TODAY, URL).messages == ()


def test_after_the_run_of_the_day_nobody_is_reminded_again(owing: World) -> None:
    chase(OPEN_ACTIONS, TODAY, URL)
    assert remind_now(owing.manager.viewer, ALL, URL) == 0


def test_one_person_or_one_agency_is_reminded(owing: World) -> None:
    second = owing.person("second-lead", Role.AGENCY_LEAD, agency=owing.police)
    gone = owing.person("gone-lead", Role.AGENCY_LEAD, agency=owing.police)
    owing.action(due_on=TODAY - timedelta(days=3), lead=gone)
    edit_person(SYSTEM, gone, facts_of(gone), gone.version, is_active=False)
    manager = owing.manager.viewer

    def told(whom: Whom) -> list[tuple[str, int]]:
        return [(each.to.name, len(each.message.items)) for each in whom_now(manager, whom, URL).letters]

    assert told(Whom(person_id=second.id)) == [("Second lead", 1)]
    assert told(Whom(agency_id=owing.police.id)) == [("Police lead", 2), ("Second lead", 1)]
    assert told(Whom(agency_id=owing.health.id)) == [("Health lead", 1)]
    assert told(Whom(agency_id=0)) == told(Whom(person_id=0)) == []


def test_what_the_board_owes_is_no_agencys(world: World) -> None:
    with clock.at(TODAY - timedelta(days=40)):
        world.submission(world.action(due_on=TODAY))
    assert Submission.select().count() == 1
    manager = world.manager.viewer
    assert whom_now(manager, Whom(agency_id=world.police.id), URL).letters == []
    assert {each.to.name for each in whom_now(manager, ALL, URL).letters} == {"Chair", "Second chair"}


def test_what_is_paused_or_acknowledged_is_left_out_unless_asked_for(owing: World) -> None:
    manager = owing.manager.viewer
    pause_reminders(manager, None, owing.health, "It moves.", TODAY + timedelta(days=5))
    acknowledge(owing.police_lead.viewer, Action.get_by_id(1), TODAY + timedelta(days=5))
    asking = whom_now(manager, ALL, URL)
    assert (asking.letters, asking.left_out[LeftOut.HELD]) == ([], 2)
    assert remind_now(manager, ALL, URL) == 0
    assert remind_now(manager, Whom(with_held=True), URL) == 2


def test_what_is_on_hold_is_never_reminded_of(owing: World) -> None:
    set_standing(owing.manager.viewer, Action.get_by_id(1), "on_hold", "An inquest.")
    assert [each.to.name for each in whom_now(owing.manager.viewer, ALL, URL).letters] == ["Health lead"]


def test_of_a_review_that_is_hidden_from_them_nothing_is_shown_or_sent(world: World) -> None:
    other = world.person("second-manager", Role.MANAGER)
    hidden = world.review("SCR-2011-66", is_restricted=True)
    name_person(SYSTEM, hidden, world.police_lead)
    world.action(due_on=TODAY, recommendation=world.recommendation(hidden))
    assert whom_now(other.viewer, ALL, URL).letters == []
    assert remind_now(other.viewer, ALL, URL) == 0
    assert remind_now(world.manager.viewer, ALL, URL) == 1


def test_only_who_keeps_the_ladders_reminds(owing: World) -> None:
    for person in (owing.chair, owing.police_lead, owing.reader):
        with pytest.raises(Refused):
            remind_now(person.viewer, ALL, URL)
    assert sent() == []


def test_the_manager_looks_before_sending(owing: World, sign_in: Callable, csrf_token: str) -> None:
    client = sign_in(owing.manager)
    page = unescape(client.get("/reminders/now").text)
    assert "2 messages" in page and "SCR-2011-01/A1" in page and "SCR-2011-02/A1" in page
    page = unescape(client.get("/reminders/now?agency=KPOL").text)
    assert "1 message" in page and "SCR-2011-02/A1" not in page

    def press(query: str) -> str:
        answer = client.post(f"/reminders/now{query}", data={"csrf_token": csrf_token}, follow_redirects=True)
        assert answer.request.path == "/reminders/log"
        return unescape(answer.text)

    assert "1 message is on the way. What becomes of each" in press("?agency=KPOL")
    assert "There was nobody to remind" in press("?agency=KPOL")
    assert "1 message is on the way" in press("")
    page = unescape(client.get("/reminders/now").text)
    assert "2 things were reminded of today already" in page and "There is nobody to remind" in page
    assert unescape(client.get("/reminders/now?agency=NONE&person=x").text).count("There is nobody") == 1


def test_the_preview_asks_as_many_questions_for_many_things_of_one_person(
    owing: World, sign_in: Callable
) -> None:
    client = sign_in(owing.manager)
    with counted() as few:
        client.get("/reminders/now")
    recommendation = owing.recommendation()
    for _ in range(12):
        owing.action(due_on=TODAY, recommendation=recommendation)
    with counted() as many:
        assert "and 8 more" in client.get("/reminders/now").text
    assert int(few) == int(many)
