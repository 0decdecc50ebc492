"""Each lead is asked once for updates before a meeting, with their list; who has answered is seen."""

from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import UTC, date, datetime, timedelta
from threading import Thread

import pytest
from flask.testing import FlaskClient

from kscb_actions import clock
from kscb_actions.access.policy import SYSTEM, Refused, Role
from kscb_actions.actions.models import Action
from kscb_actions.audit.service import change
from kscb_actions.config import Settings
from kscb_actions.jobs.scheduler import Jobs
from kscb_actions.mail.models import OutboxMessage
from kscb_actions.meetings.calling.models import MeetingCall
from kscb_actions.meetings.calling.queries import meetings_to_call, responses_to
from kscb_actions.meetings.calling.rules import (
    Answered,
    Response,
    is_to_call,
    rate_words,
    responses_of,
    why_not_reminded,
)
from kscb_actions.meetings.calling.service import call_for_updates, remind_silent
from kscb_actions.meetings.models import Meeting
from kscb_actions.people.absences.service import enter
from kscb_actions.people.models import User
from kscb_actions.reviews.models import NamedPerson

from ..factories import World
from ..pages import Visitor
from .planned import CLOSES, a_body, planned

SignIn = Callable[[User | None], FlaskClient]
CALLED = CLOSES - timedelta(days=14)


def on(day: date, hour: int = 9) -> AbstractContextManager[None]:
    """Return the clock at an hour of a day, UTC."""
    return clock.at(datetime(day.year, day.month, day.day, hour, tzinfo=UTC))


@pytest.fixture
def meeting(world: World) -> Meeting:
    return planned(world, a_body(world))


@pytest.fixture
def actions(world: World) -> list[Action]:
    """Return two actions of the police, and one of health, in the same review."""
    recommendation = world.recommendation(world.review("SCR-2011-05"))
    agencies = (world.police, world.police, world.health)
    return [world.action(CLOSES, agency, recommendation=recommendation) for agency in agencies]


def letters() -> list[tuple[int, str]]:
    """Return (to whom, text) of every message that asks for updates."""
    rows = OutboxMessage.select().where(OutboxMessage.subject.contains("asks for updates"))
    return [(each.to_user_id, each.body) for each in rows.order_by(OutboxMessage.id)]


def test_who_has_answered_and_the_rate_in_a_sentence() -> None:
    found = responses_of([("Police", True), ("Health", False), ("Police", False), ("Courts", True)])
    assert found == [Response("Health", 1, 0), Response("Police", 2, 1), Response("Courts", 1, 1)]
    assert [each.state for each in found] == [Answered.NOTHING, Answered.PARTLY, Answered.ALL]
    assert (
        rate_words(found)
        == "2 of 4 actions asked for are answered (50 %); 1 of 3 agencies have answered all."
    )
    assert rate_words([Response("Police", 1, 1)]) == (
        "1 of 1 action asked for is answered (100 %); 1 of 1 agency has answered all."
    )
    assert rate_words([]) == "Nobody was asked for an update."


def test_when_leads_are_called_and_reminded() -> None:
    days = [CALLED + timedelta(days=each) for each in (-1, 0, 14, 15)]
    assert [is_to_call(CALLED, CLOSES, each) for each in days] == [False, True, True, False]
    assert why_not_reminded(False, False, 1, CLOSES, CLOSES) is None
    assert why_not_reminded(True, False, 1, CLOSES, CLOSES)
    assert why_not_reminded(False, True, 1, CLOSES, CLOSES)
    assert why_not_reminded(False, False, 0, CLOSES, CLOSES)
    assert why_not_reminded(False, False, 1, CLOSES, CLOSES + timedelta(days=1))


def test_each_lead_is_asked_once_by_the_jobs_with_their_list(
    world: World, settings: Settings, actions: list[Action], meeting: Meeting
) -> None:
    def wake(day: date, hour: int) -> None:
        def work() -> None:
            with on(day, hour):
                jobs = Jobs(settings)
                jobs.call()
                jobs.release()

        thread = Thread(target=work)
        thread.start()
        thread.join()

    wake(CALLED, 6)
    assert letters() == []
    for day in (CALLED, CALLED, CALLED + timedelta(days=1)):
        wake(day, 9)
    assert [to for to, _ in letters()] == [world.police_lead.id, world.health_lead.id]
    police = letters()[0][1]
    assert all(each.reference in police for each in actions[:2])
    assert actions[2].reference not in police
    assert "by 5 April 2012, the closing date" in police
    assert MeetingCall.select().count() == 3


def test_beside_a_call_there_is_one_digest_that_day(
    world: World, settings: Settings, meeting: Meeting, actions: list[Action]
) -> None:
    jobs = Jobs(settings)
    for hour in (9, 10):
        with on(CALLED, hour):
            jobs.chase()
            jobs.call()
            jobs.deliver()
    told = OutboxMessage.select().where(OutboxMessage.to_user == world.police_lead)
    assert [message.digest_on for message in told.order_by(OutboxMessage.id)] == [CALLED, None]


def test_nothing_of_a_restricted_review_is_asked_of_who_is_not_named(world: World, meeting: Meeting) -> None:
    hidden = world.review("SCR-2011-66")
    world.action(CLOSES, recommendation=world.recommendation(hidden))
    hidden.is_restricted = True
    with change(SYSTEM) as tx:
        tx.update(hidden, "review.changed")
    with on(CALLED):
        assert call_for_updates(meeting, "") == 0
        assert meetings_to_call() == []
    assert letters() == []
    named = planned(world, a_body(world, "Executive", "executive"))
    for person in (world.police_lead, world.manager):
        with change(SYSTEM) as tx:
            tx.add(NamedPerson(review=hidden, user=person), "review.person-named")
    with on(CALLED):
        assert call_for_updates(named, "") == 1
    assert responses_to(world.manager.viewer, named) == [Response("Kent Police", 1, 0)]
    assert responses_to(world.reader.viewer, named) == []


def test_while_a_lead_is_away_the_stand_in_is_asked_of_what_they_may_see(
    world: World, actions: list[Action], meeting: Meeting
) -> None:
    deputy = world.person("deputy-lead", Role.AGENCY_LEAD, agency=world.police)
    hidden = world.review("SCR-2011-66", is_restricted=True)
    with change(SYSTEM) as tx:
        tx.add(NamedPerson(review=hidden, user=world.police_lead), "review.person-named")
    with on(CALLED - timedelta(days=3)):
        closed = world.action(CLOSES, recommendation=world.recommendation(hidden))
        enter(world.police_lead.viewer, world.police_lead, deputy, CALLED, CALLED + timedelta(days=3))
    with on(CALLED):
        assert call_for_updates(meeting, "") == 2
    asked = dict(letters())
    assert set(asked) == {deputy.id, world.health_lead.id}
    assert all(each.reference in asked[deputy.id] for each in actions[:2])
    assert closed.reference not in asked[deputy.id]
    assert {each.lead_id for each in MeetingCall.select()} == {world.police_lead.id, world.health_lead.id}
    for day, to in ((CALLED + timedelta(days=3), deputy), (CALLED + timedelta(days=4), world.police_lead)):
        with on(day):
            assert remind_silent(world.manager.viewer, meeting, "") == 2
        assert {person for person, _ in letters()[-2:]} == {to.id, world.health_lead.id}


def test_who_is_silent_is_seen_and_reminded_with_one_press(
    world: World, actions: list[Action], meeting: Meeting, sign_in: SignIn, csrf_token: str
) -> None:
    with on(CALLED):
        call_for_updates(meeting, "")
        with pytest.raises(Refused, match="already"):
            call_for_updates(meeting, "")
        assert meetings_to_call() == []
    with on(CALLED + timedelta(days=3)):
        world.progress(Action.get_by_id(actions[0].id), narrative="Half is trained.")
    with on(CLOSES + timedelta(days=1)):
        world.progress(Action.get_by_id(actions[2].id), narrative="Too late.")
    assert responses_to(world.reader.viewer, meeting) == [
        Response("NHS Kent and Medway", 1, 0),
        Response("Kent Police", 2, 1),
    ]
    manager = Visitor(sign_in(world.manager), csrf_token)
    page = manager.get(f"/meetings/{meeting.id}")
    assert "1 of 3 actions asked for is answered (33 %)" in page.text
    assert "Nothing answered" in page.text
    counts = [
        (words.split()[0], to.partition("?")[2], manager.get(to))
        for words, to in (
            (" ".join(each.text_content().split()), each.get("href")) for each in page.tree.iter("a")
        )
        if "/answers?" in (to or "")
    ]
    assert [(words, asked) for words, asked, _ in counts] == [
        ("1", "agency=NHSK"),
        ("2", "agency=KPOL"),
        ("1", "agency=KPOL&answered=yes"),
    ]
    assert all(f"{words} action" in each.text for words, _, each in counts)
    assert actions[0].reference in counts[2][2].text and actions[1].reference not in counts[2][2].text
    assert "Nothing matches." in manager.get(f"/meetings/{meeting.id}/answers?agency=NHSK&answered=yes").text
    manager.post(f"/meetings/{meeting.id}/remind")
    assert [to for to, _ in letters()[2:]] == [world.police_lead.id, world.health_lead.id]
    assert actions[0].reference not in letters()[2][1]
    assert actions[1].reference in letters()[2][1]
    manager.post(f"/meetings/{meeting.id}/remind")
    assert len(letters()) == 4
    with pytest.raises(Refused):
        remind_silent(world.reader.viewer, meeting, "")
