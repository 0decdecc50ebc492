"""What a meeting decides becomes somebody's task, is done with words, and comes back in the next paper."""

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from datetime import UTC, date, datetime, timedelta

import pytest
from flask.testing import FlaskClient

from kscb_actions import clock
from kscb_actions.access.policy import SYSTEM, Refused
from kscb_actions.actions.models import Action
from kscb_actions.audit.models import AuditEvent
from kscb_actions.audit.service import StaleEdit, change
from kscb_actions.mail.models import OutboxMessage
from kscb_actions.meetings.deciding.models import MeetingDecision, MeetingRecord
from kscb_actions.meetings.deciding.queries import get_decision, list_decisions, open_tasks_of
from kscb_actions.meetings.deciding.rules import (
    State,
    became_of,
    problems_with_decision,
    why_not_ended,
    why_not_minuted,
)
from kscb_actions.meetings.deciding.service import (
    Item,
    Overtaken,
    end_decision,
    keep_record,
    record_decision,
    void_decision,
)
from kscb_actions.meetings.models import Meeting
from kscb_actions.meetings.service import add_seat
from kscb_actions.people.models import User
from kscb_actions.reports.freezing.minutes import WHAT_BECAME, publish_minutes
from kscb_actions.reports.freezing.queries import frozen_of
from kscb_actions.reports.freezing.service import freeze_at_closing
from kscb_actions.reports.kept.edits import asks_of
from kscb_actions.reports.kept.models import KeptPaper
from kscb_actions.reports.kept.serialisation import read_content
from kscb_actions.reviews.models import NamedPerson, Review
from kscb_actions.settings.rules import Board
from kscb_actions.text import InvalidInput

from ..factories import World
from ..pages import Visitor
from ..queries import counted
from ..reports.faces import told
from .planned import CLOSES, HELD, a_body, planned

SignIn = Callable[[User | None], FlaskClient]
DUE = HELD + timedelta(days=21)


def on(day: date, hour: int = 10) -> AbstractContextManager[None]:
    """Return the clock at an hour of a day."""
    return clock.at(datetime(day.year, day.month, day.day, hour, tzinfo=UTC))


@pytest.fixture
def late(world: World) -> Action:
    """Return an overdue action of the police."""
    with on(date(2012, 1, 9)):
        return world.action(
            date(2012, 3, 1), recommendation=world.recommendation(world.review("SCR-2011-05"))
        )


@pytest.fixture
def meeting(world: World, late: Action) -> Iterator[Meeting]:
    """Yield a meeting with its frozen paper, on its day; its chair is the second chair."""
    body = a_body(world)
    add_seat(world.manager.viewer, body, "Chair", "chair", world.second_chair)
    made = planned(world, body)
    with on(CLOSES + timedelta(days=1)):
        freeze_at_closing(made, Board())
    with on(HELD):
        yield made


def item_of(world: World, meeting: Meeting, place: int = 0) -> Item:
    """Return an item of the frozen paper."""
    frozen = frozen_of(world.manager.viewer, meeting)
    assert frozen
    return Item(place, asks_of(frozen.report)[place], frozen.report.reviews)


def decide(
    world: World, meeting: Meeting, text: str = "Write to the police.", **more: object
) -> MeetingDecision:
    """Return a decision on the first item, for the lead of the police, unless told otherwise."""
    given = {"person": world.police_lead, "due_on": DUE, **more}
    return record_decision(
        world.second_chair.viewer,
        meeting,
        item_of(world, meeting),
        text,
        given["person"],  # type: ignore[arg-type]
        given["due_on"],  # type: ignore[arg-type]
        "https://tracker.example",
    )


def restrict(late: Action, *named: User) -> None:
    """Let nobody but these see the review of an action."""
    review = Review.get_by_id(late.review_id)
    review.is_restricted = True
    with change(SYSTEM) as tx:
        tx.update(review, "review.changed")
        for user in named:
            tx.add(NamedPerson(review=review, user=user), "review.person-named")


@pytest.mark.parametrize(
    ("text", "has_person", "due_on", "fields"),
    [
        ("Write.", True, DUE, set()),
        ("Noted.", False, None, set()),
        ("", False, None, {"text"}),
        ("Write.", True, None, {"due_on"}),
        ("Write.", False, DUE, {"person"}),
        ("Write.", True, HELD - timedelta(days=1), {"due_on"}),
        ("x" * 20_001, True, DUE, {"text"}),
    ],
)
def test_what_is_wrong_with_a_decision_is_said_at_the_field(
    text: str, has_person: bool, due_on: date | None, fields: set[str]
) -> None:
    assert set(problems_with_decision(text, has_person, due_on, HELD)) == fields


@pytest.mark.parametrize(
    ("state", "due_on", "ended_on", "words"),
    [
        ("noted", None, None, "Noted; nothing was to be done."),
        ("done", DUE, HELD, "Done 19 April 2012: Sent."),
        ("open", DUE, None, "Not done yet, due 10 May 2012."),
        ("open", HELD - timedelta(days=1), None, "Not done, 1 day late."),
    ],
)
def test_what_became_of_it_in_words(
    state: str, due_on: date | None, ended_on: date | None, words: str
) -> None:
    assert became_of(state, due_on, ended_on, "Sent.", HELD) == words


def test_when_it_is_minuted_and_ended() -> None:
    assert why_not_minuted(False, False, HELD, HELD) is None
    assert why_not_minuted(False, False, HELD, HELD - timedelta(days=1))
    assert why_not_minuted(True, False, HELD, HELD)
    assert why_not_minuted(False, True, HELD, HELD)
    assert why_not_ended("open") is None
    assert all(why_not_ended(each) for each in (State.DONE, State.NOTED, State.VOID))


def test_a_decision_becomes_a_task_that_is_told_and_done(
    world: World, meeting: Meeting, sign_in: SignIn, csrf_token: str
) -> None:
    decision = decide(world, meeting)
    message = OutboxMessage.select().order_by(OutboxMessage.id.desc()).get()
    assert (message.to_user_id, decision.reference in message.subject) == (world.police_lead.id, True)
    assert f"https://tracker.example/meetings/tasks/{decision.id}" in message.body
    assert "SCR-2011-05" not in message.body + message.subject
    lead = Visitor(sign_in(world.police_lead), csrf_token)
    assert f"/meetings/tasks/{decision.id}" in lead.get("/my-actions").links()
    assert f"/meetings/tasks/{decision.id}" in lead.get("/meetings/tasks").links()
    other = Visitor(sign_in(world.health_lead), csrf_token)
    assert other.get(f"/meetings/tasks/{decision.id}").status == 404
    assert lead.get(f"/meetings/{meeting.id}").status == 404
    assert set(lead.send(f"/meetings/tasks/{decision.id}", {"outcome": ""}).errors) == {"outcome"}
    lead.send(f"/meetings/tasks/{decision.id}", {"outcome": "The letter is sent."})
    assert MeetingDecision.get().state == State.DONE
    assert open_tasks_of(world.police_lead.viewer) == []
    assert (
        "The letter is sent."
        in Visitor(sign_in(world.reader), csrf_token).get(f"/meetings/{meeting.id}").text
    )
    with pytest.raises(Refused, match="already"):
        end_decision(world.police_lead.viewer, decision, "Again.")


def test_only_chair_deputy_and_manager_minute_and_only_from_the_day_on(
    world: World, meeting: Meeting
) -> None:
    for person in (
        world.chair,
        world.reader,
        world.subgroup_member,
        world.police_lead,
        world.independent_chair,
    ):
        with pytest.raises(Refused):
            record_decision(person.viewer, meeting, Item(), "Write.", None, None, "")
        with pytest.raises(Refused):
            keep_record(person.viewer, meeting, {})
        with pytest.raises(Refused):
            publish_minutes(person.viewer, meeting, Board(), "")
    decision = decide(world, meeting)
    for person in (world.chair, world.reader, world.police_lead):
        with pytest.raises(Refused):
            void_decision(person.viewer, decision, "Wrong.")
    with pytest.raises(Refused, match="belongs to"):
        end_decision(world.reader.viewer, decision, "Done.")
    with on(HELD - timedelta(days=1)), pytest.raises(Refused, match="from that day"):
        record_decision(world.manager.viewer, meeting, Item(), "Write.", None, None, "")


def test_what_was_recorded_by_mistake_is_void_and_stays_in_the_trail(world: World, meeting: Meeting) -> None:
    decision = decide(world, meeting)
    with pytest.raises(InvalidInput, match="Say what was wrong"):
        void_decision(world.manager.viewer, decision, " ")
    void_decision(world.second_chair.viewer, decision, "It was said of health.")
    assert open_tasks_of(world.police_lead.viewer) == []
    with pytest.raises(Refused, match="by mistake"):
        end_decision(world.police_lead.viewer, decision, "Done.")
    [kept] = list_decisions(world.reader.viewer, meeting)
    assert (kept.state, kept.text, kept.outcome) == (
        State.VOID,
        "Write to the police.",
        "It was said of health.",
    )
    assert AuditEvent.select().where(AuditEvent.event == "meeting.decision-void").count() == 1


def test_two_who_minute_the_same_item_see_both_texts(
    world: World, meeting: Meeting, sign_in: SignIn, csrf_token: str
) -> None:
    chair = Visitor(sign_in(world.second_chair), csrf_token)
    address = f"/meetings/{meeting.id}/decide?item=0"
    assert chair.get(address).value("version") == "0"
    decide(world, meeting, "Ask the police.")
    typed = {"item": "0", "version": "0", "text": "Challenge the police.", "person": "", "due_on": ""}
    stale = chair.post(f"/meetings/{meeting.id}/decide", typed)
    assert stale.status == 409
    assert "Ask the police." in stale.text
    assert stale.value("text") == "Challenge the police."
    assert stale.value("version") == "1"
    chair.post(f"/meetings/{meeting.id}/decide", {**typed, "version": "1"})
    assert [each.text for each in list_decisions(world.reader.viewer, meeting)] == [
        "Ask the police.",
        "Challenge the police.",
    ]
    with pytest.raises(Overtaken):
        record_decision(
            world.manager.viewer, meeting, item_of(world, meeting), "Third.", None, None, "", seen=0
        )
    # What stands beside the decisions is one text, and the second sees both.
    keep_record(world.manager.viewer, meeting, {"present": "The chair."})
    with pytest.raises(StaleEdit):
        keep_record(world.manager.viewer, meeting, {"present": "Nobody."}, 0)
    both = chair.post(f"/meetings/{meeting.id}/minute", {"version": "0", "present": "Nobody."})
    assert both.status == 409
    assert "The chair." in both.text
    assert MeetingRecord.get().present == "The chair."


def test_a_decision_on_an_item_that_vanished_keeps_its_text(
    world: World, meeting: Meeting, sign_in: SignIn, csrf_token: str
) -> None:
    chair = Visitor(sign_in(world.second_chair), csrf_token)
    typed = {"item": "77", "version": "0", "text": "Write all the same.", "person": "", "due_on": ""}
    gone = chair.post(f"/meetings/{meeting.id}/decide", typed)
    assert gone.status == 409
    assert "not there any more" in gone.text
    assert gone.value("text") == "Write all the same."
    assert gone.value("item") == []
    chair.post(f"/meetings/{meeting.id}/decide", {**typed, "item": ""})
    assert [(each.item, each.text) for each in MeetingDecision.select()] == [(None, "Write all the same.")]


def test_decisions_come_back_in_the_next_paper(world: World, late: Action, meeting: Meeting) -> None:
    first, second = decide(world, meeting), decide(world, meeting, "Ask the courts.", person=world.reader)
    wrong = decide(world, meeting, "A slip.")
    end_decision(world.police_lead.viewer, first, "The letter is sent.")
    void_decision(world.manager.viewer, wrong, "A slip.")
    following = planned(world, meeting.body, date(2012, 7, 19), date(2012, 7, 5))
    with on(date(2012, 7, 6)):
        row = freeze_at_closing(following, Board())
    report = read_content(row.paper.content, row.paper.version)
    assert report.since == CLOSES
    [section] = [each for each in report.sections if each.heading == WHAT_BECAME]
    rows = [list(each) for each in section.blocks[0].rows]  # type: ignore[union-attr]
    assert rows == [
        [first.reference, "Write to the police.", "Police lead", "Done 19 April 2012: The letter is sent."],
        [second.reference, "Ask the courts.", "Reader", "Not done, 56 days late."],
    ]
    assert late.review_id in report.reviews
    # A review that is restricted since keeps what was decided on its paper out of the next.
    restrict(late, world.second_chair)
    last = planned(world, meeting.body, date(2012, 10, 18), date(2012, 10, 4))
    with on(date(2012, 10, 5)):
        row = freeze_at_closing(last, Board())
    assert "Ask the courts." not in repr(told(read_content(row.paper.content, row.paper.version)))


def test_nothing_of_a_review_restricted_since_is_told_by_a_decision(
    world: World, late: Action, meeting: Meeting, sign_in: SignIn, csrf_token: str
) -> None:
    decision = decide(world, meeting, "Canary on Child A.")
    restrict(late, world.second_chair)
    assert get_decision(world.second_chair.viewer, decision.id)
    paths = ("/", "/meetings/tasks", f"/meetings/{meeting.id}", "/audit", f"/meetings/tasks/{decision.id}")
    for person in (world.reader, world.police_lead):
        assert get_decision(person.viewer, decision.id) is None
        visitor = Visitor(sign_in(person), csrf_token)
        assert [path for path in paths if "Canary" in visitor.get(path).source] == []
    states = (event.state for event in AuditEvent.select())
    assert not any("Canary" in each for each in states)


def test_minutes_are_published_corrected_and_kept(
    world: World, meeting: Meeting, sign_in: SignIn, csrf_token: str
) -> None:
    chair = Visitor(sign_in(world.second_chair), csrf_token)
    assert "Second chair, Chair" in chair.get(f"/meetings/{meeting.id}/minute").value("present")
    texts = {"present": "Second chair", "apologies": "Health", "matters_arising": "The courts."}
    chair.send(f"/meetings/{meeting.id}/minute", texts)
    decide(world, meeting)
    record_decision(world.manager.viewer, meeting, Item(), "Thank the clerk.", None, None, "")
    draft = chair.get(f"/meetings/{meeting.id}/minutes")
    for each in ("Apologies", "Health", "The courts.", "Write to the police.", "Thank the clerk."):
        assert each in draft.text
    published = chair.post(f"/meetings/{meeting.id}/minutes/publish")
    paper = KeptPaper.get(KeptPaper.kind == "minutes")
    assert published.leads_to == f"/reports/papers/{paper.reference}"
    reader = Visitor(sign_in(world.reader), csrf_token)
    assert "Write to the police." in reader.get(f"/reports/papers/{paper.reference}").text
    assert (
        reader.client.post(
            f"/reports/papers/{paper.reference}.docx", data={"csrf_token": csrf_token}
        ).status_code
        == 200
    )
    told_to = [each.to_user_id for each in OutboxMessage.select() if "Minutes of" in each.subject]
    assert told_to == [world.second_chair.id]
    assert chair.get(f"/meetings/{meeting.id}/minutes").leads_to == f"/reports/papers/{paper.reference}"
    for page in ("decide", "minute"):
        assert chair.get(f"/meetings/{meeting.id}/{page}").status == 403
    # Nor does anything get in that was typed before they were published and comes after.
    with pytest.raises(Refused, match="published"):
        record_decision(world.manager.viewer, meeting, Item(), "Late.", None, None, "")
    with pytest.raises(Refused, match="published"):
        keep_record(world.manager.viewer, meeting, {"present": "Late."})
    assert chair.post(f"/meetings/{meeting.id}/minutes/publish").status == 302
    assert KeptPaper.select().where(KeptPaper.kind == "minutes").count() == 1
    following = planned(world, meeting.body, date(2012, 7, 19), date(2012, 7, 5))
    with on(date(2012, 7, 19)):
        keep_record(world.manager.viewer, following, {"corrections": "Probation sent apologies too."})
    shown = reader.get(f"/meetings/{meeting.id}").text
    assert "Corrected at the meeting of 19 July 2012: Probation sent apologies too." in shown


def test_the_number_of_queries_of_a_meeting_does_not_grow_with_its_decisions(
    world: World, meeting: Meeting, sign_in: SignIn, csrf_token: str
) -> None:
    reader, address = Visitor(sign_in(world.reader), csrf_token), f"/meetings/{meeting.id}"
    decide(world, meeting)
    reader.get(address)
    with counted() as few:
        reader.get(address)
    for number in range(5):
        decide(world, meeting, f"Write again, {number}.", person=world.reader)
    with counted() as many:
        reader.get(address)
    assert int(many) == int(few) <= 20, many.queries
