"""A person's due dates as a feed: theirs alone, by references only, at an address that can be taken away."""

import logging
from collections.abc import Callable
from datetime import date, timedelta

import icalendar
import pytest
from flask import Flask

from kscb_actions import clock
from kscb_actions.access.policy import SYSTEM
from kscb_actions.actions.models import Action
from kscb_actions.assurance.challenges.service import Subject, raise_challenge
from kscb_actions.audit.models import AuditEvent
from kscb_actions.audit.service import change
from kscb_actions.calendar_feeds import providers
from kscb_actions.calendar_feeds.models import CalendarFeed
from kscb_actions.calendar_feeds.rules import Entry
from kscb_actions.meetings.deciding.service import end_decision
from kscb_actions.meetings.service import cancel_meeting
from kscb_actions.people.models import User
from kscb_actions.people.service import edit_person, facts_of
from kscb_actions.reviews.models import NamedPerson

from ..factories import TODAY, World
from ..meetings.planned import a_body, a_decision, a_meeting
from ..pages import Visitor
from ..queries import counted
from ..reports.test_restricted_papers import CANARY, SECRET, restricted

Visit = Callable[[User | None], Visitor]
ON = "/account/calendar"


@pytest.fixture(autouse=True)
def day() -> object:
    with clock.at(TODAY):
        yield


def taken(visitor: Visitor) -> str:
    """Make a feed, or take a new address; returns where it is."""
    page = visitor.send(ON)
    [address] = page.tree.xpath("//input[@id='address']/@value")
    return str(address).removeprefix("http://127.0.0.1:5000")


def days(visitor: Visitor, address: str) -> dict[str, date]:
    """Return {summary: day} of a feed, asked for by somebody who is not signed in."""
    answer = visitor.client.get(address)
    assert answer.status_code == 200
    assert answer.headers["Cache-Control"] == "no-store"
    assert "Set-Cookie" not in answer.headers
    events = icalendar.Calendar.from_ical(answer.data).walk("VEVENT")
    return {str(each["summary"]): each.decoded("dtstart") for each in events}


def test_a_feed_has_ones_own_open_dates_by_reference_only(world: World, visit: Visit) -> None:
    review = world.review("SCR-2011-02", title=f"{CANARY} 1", pseudonym=f"{CANARY} 2")
    of = world.recommendation(review, text=f"{CANARY} 3")
    text = f"{CANARY} 4, a; b\\c\nd"
    mine = world.action(TODAY + timedelta(9), recommendation=of, text=text)
    world.action(None, recommendation=of)
    world.action(TODAY, world.health, recommendation=of)
    world.decision(world.action(TODAY + timedelta(3), recommendation=of))
    raise_challenge(
        world.as_viewer(world.chair),
        Subject(world.police, mine),
        "lead",
        CANARY,
        TODAY + timedelta(5),
        "https://b",
    )
    address = taken(visit(world.police_lead))
    assert days(visit(None), address) == {
        "Due: SCR-2011-02/A1": TODAY + timedelta(9),
        "Reply by: challenge C1": TODAY + timedelta(5),
    }
    data = visit(None).client.get(address).data
    assert CANARY.encode() not in data
    [first, _] = sorted(icalendar.Calendar.from_ical(data).walk("VEVENT"), key=lambda each: str(each["uid"]))
    assert str(first["uid"]) == f"action-{mine.id}@127.0.0.1"
    assert visit(world.police_lead).get(str(first["url"]).removeprefix("http://127.0.0.1:5000")).status == 200
    assert all(len(line) <= 75 for line in data.split(b"\r\n"))
    assert b"\n" not in data.replace(b"\r\n", b"")


def test_a_feed_has_meetings_to_come_and_what_meetings_have_given(world: World, visit: Visit) -> None:
    body, seat, meeting = a_meeting(world)
    held, decision = a_decision(world, a_body(world, "Task group"))
    chair, lead = taken(visit(world.second_chair)), taken(visit(world.police_lead))
    assert days(visit(None), chair) == {"Meeting: SCR subgroup": meeting.held_on}
    assert days(visit(None), lead) == {f"Due: task {decision.reference} of a meeting": decision.due_on}
    end_decision(world.police_lead.viewer, decision, "Written.")
    assert days(visit(None), lead) == {}
    cancel_meeting(world.manager.viewer, meeting, "Too few can come.")
    assert days(visit(None), chair) == {}


def test_a_meeting_of_a_body_without_a_seat_is_in_nobodys_feed(world: World, visit: Visit) -> None:
    body, seat, meeting = a_meeting(world)
    assert days(visit(None), taken(visit(world.reader))) == {}


def test_a_new_address_ends_the_old_one_and_an_ended_feed_is_nobodys(world: World, visit: Visit) -> None:
    visitor = visit(world.police_lead)
    first = taken(visitor)
    second = taken(visitor)
    assert first != second
    assert len(second.removeprefix("/calendar/").removesuffix(".ics")) >= 43
    gone = visit(None).get(first)
    assert gone.status == 404
    assert days(visit(None), second) == {}
    visitor.post(f"{ON}/end")
    assert (visit(None).get(second).status, visit(None).get(second).text) == (404, gone.text)
    assert visit(None).get("/calendar/never-given.ics").text == gone.text
    assert "You have no feed" in visitor.get(ON).text
    # Ended twice is ended.
    assert visitor.post(f"{ON}/end").status == 302


def test_a_feed_is_off_with_the_account_and_shows_what_may_be_seen_now(world: World, visit: Visit) -> None:
    review = restricted(world)
    address = taken(visit(world.police_lead))
    assert list(days(visit(None), address)) == [f"Due: {SECRET}/A1", f"Due: {SECRET}/A2"]
    with change(SYSTEM) as tx:
        row = NamedPerson.get(NamedPerson.review == review, NamedPerson.user == world.police_lead)
        tx.remove(row, "review.person-unnamed")
    assert days(visit(None), address) == {}
    person = User.get_by_id(world.police_lead.id)
    edit_person(world.as_viewer(world.manager), person, facts_of(person), person.version, is_active=False)
    assert visit(None).get(address).status == 404


def test_a_calendar_that_asks_again_is_told_that_nothing_changed(world: World, visit: Visit) -> None:
    action = world.action(TODAY + timedelta(9))
    address, client = taken(visit(world.police_lead)), visit(None).client
    tag = client.get(address).headers["ETag"]
    with clock.at(TODAY + timedelta(1)):
        same = client.get(address, headers={"If-None-Match": tag})
    assert (same.status_code, same.data) == (304, b"")
    world.submission(Action.get_by_id(action.id))
    assert client.get(address, headers={"If-None-Match": tag}).status_code == 200


def test_no_address_is_in_the_trail_the_table_or_a_log(
    app: Flask, world: World, visit: Visit, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    visitor = visit(world.police_lead)
    address = taken(visitor)
    token = address.removeprefix("/calendar/").removesuffix(".ics")
    assert token not in visitor.get(ON).source
    assert token not in repr(list(CalendarFeed.select().dicts()))
    assert token not in repr(list(AuditEvent.select().dicts()))
    taken(visitor)
    visitor.post(f"{ON}/end")
    told = [each.event for each in AuditEvent.select().where(AuditEvent.event.startswith("person.calendar"))]
    assert told == ["person.calendar-made", "person.calendar-renewed", "person.calendar-ended"]
    # What fails is logged without it.
    address = taken(visitor)
    monkeypatch.setattr(providers, "_providers", [lambda viewer, today: 1 / 0])
    app.testing = False
    with caplog.at_level(logging.ERROR):
        assert visit(None).client.get(address).status_code == 500
    assert "/calendar/<token>.ics" in caplog.text
    assert address.removeprefix("/calendar/").removesuffix(".ics") not in caplog.text


def test_other_rooms_give_entries_and_the_queries_are_few(
    world: World, visit: Visit, monkeypatch: pytest.MonkeyPatch
) -> None:
    for number in range(3):
        world.action(TODAY + timedelta(number))
    address, client = taken(visit(world.police_lead)), visit(None).client
    client.get(address)
    with counted() as count:
        client.get(address)
    assert int(count) <= 12
    meeting = Entry("meeting-1", TODAY, "Meeting of the SCR subgroup", "/meetings/1", TODAY)
    monkeypatch.setattr(providers, "_providers", [*providers._providers])
    providers.register(lambda viewer, today: [meeting])
    assert days(visit(None), address)["Meeting of the SCR subgroup"] == TODAY
