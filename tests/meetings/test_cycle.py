"""A whole cycle by its pages: set up, call, answer, freeze, meet, minutes, and the next paper."""

from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import UTC, date, datetime, timedelta

from flask.testing import FlaskClient

from kscb_actions import clock
from kscb_actions.actions.models import Action
from kscb_actions.config import Settings
from kscb_actions.jobs.scheduler import Jobs
from kscb_actions.mail.models import OutboxMessage
from kscb_actions.meetings.deciding.models import MeetingDecision
from kscb_actions.meetings.models import Meeting, MeetingBody
from kscb_actions.people.models import User
from kscb_actions.people.service import edit_agency
from kscb_actions.reports.content import Report
from kscb_actions.reports.freezing.queries import frozen_of
from kscb_actions.reports.kept.edits import asks_of
from kscb_actions.reports.word.file import word_file
from kscb_actions.reviews.models import Review
from kscb_actions.settings.service import change_settings

from ..factories import World
from ..pages import Visitor
from ..reports.faces import told

SignIn = Callable[[User | None], FlaskClient]
CALL, CLOSES, PAPERS, HELD = date(2012, 4, 13), date(2012, 4, 27), date(2012, 5, 4), date(2012, 5, 11)


def on(day: date) -> AbstractContextManager[None]:
    """Return the clock at nine of a day."""
    return clock.at(datetime(day.year, day.month, day.day, 9, tzinfo=UTC))


def boxes(day: date) -> list[str]:
    """Return a date as its three boxes are sent."""
    return [str(day.day), str(day.month), str(day.year)]


def wake(settings: Settings, day: date) -> None:
    """Let the jobs of a morning run: the call, the freeze, what waits to go out."""
    with on(day):
        jobs = Jobs(settings)
        jobs.call()
        jobs.freeze()
        jobs.release()


def paper_of(world: World, meeting: Meeting) -> Report:
    """Return a meeting's frozen paper as a reader opens it."""
    frozen = frozen_of(world.reader.viewer, meeting)
    assert frozen
    return frozen.report


def letters_to(person: User, words: str) -> list[str]:
    """Return the text of each message to somebody whose subject has these words."""
    rows = OutboxMessage.select().where(
        OutboxMessage.to_user == person, OutboxMessage.subject.contains(words)
    )
    return [each.body for each in rows]


def test_a_cycle_from_setting_it_up_to_the_next_paper(
    world: World, settings: Settings, sign_in: SignIn, csrf_token: str
) -> None:
    def visit(person: User) -> Visitor:
        return Visitor(sign_in(person), csrf_token)

    with on(date(2012, 1, 9)):
        review = world.review("SCR-2011-05")
        recommendation = world.recommendation(review)
        late = world.action(date(2012, 3, 1), recommendation=recommendation)
        other = world.action(date(2012, 4, 1), world.health, recommendation=recommendation)

    # Set up: the manager names the body and its chair, and takes the days that are proposed.
    with on(date(2012, 3, 30)):
        manager = visit(world.manager)
        manager.send("/meetings/bodies/new", {"name": "SCR subgroup", "kind": "scr_subgroup"})
        body = MeetingBody.get()
        seat = {"post": "Chair", "duty": "chair", "user": str(world.second_chair.id)}
        manager.send(f"/meetings/bodies/{body.id}/seats/new", seat)
        manager.send(f"/meetings/bodies/{body.id}/plan")
        meeting = Meeting.get()
        assert [*vars(meeting.days).values()] == [CALL, CLOSES, PAPERS, HELD]

    # Call: each lead is asked once, with their list; the police answer.
    for day in (CALL, CALL + timedelta(days=1)):
        wake(settings, day)
    assert len(letters_to(world.police_lead, "asks for updates")) == 1
    assert late.reference in letters_to(world.police_lead, "asks for updates")[0]
    with on(CALL + timedelta(days=4)):
        said = visit(world.police_lead).send(
            f"/reviews/{review.reference}/actions/{late.number}/update",
            {"progress": "in_progress", "narrative": "Half are trained."},
        )
        assert said.status == 302
        page = visit(world.manager).get(f"/meetings/{meeting.id}")
        assert "1 of 2 actions asked for is answered (50 %); 1 of 2 agencies have answered all." in page.text
        page = visit(world.manager).post(f"/meetings/{meeting.id}/remind")
        assert page.status == 302
    assert len(letters_to(world.health_lead, "asks for updates")) == 2
    assert len(letters_to(world.police_lead, "asks for updates")) == 1

    # Freeze: the state of the closing date, whatever changes after it.
    wake(settings, CLOSES + timedelta(days=1))
    paper = paper_of(world, meeting)
    before, drawn = told(paper), word_file(paper)
    assert paper.as_at == CLOSES and "Half are trained." in repr(before)
    with on(CLOSES + timedelta(days=3)):
        visit(world.health_lead).send(
            f"/reviews/{review.reference}/actions/{other.number}/update",
            {"progress": "in_progress", "narrative": "Begun at last."},
        )
        moved = {"due_on": boxes(date(2012, 9, 3)), "reason": "The new rota."}
        visit(world.second_chair).send(f"/reviews/{review.reference}/actions/{late.number}/due-date", moved)
        edit_agency(world.manager.viewer, world.police, "Police of the county", True, 1)
        named = Review.get_by_id(review.id)
        visit(world.manager).send(f"/reviews/{named.reference}/edit", {"title": "Another title"})
        change_settings(world.manager.viewer, {"name": "County Partnership", "due_soon_days": 60})
        after = paper_of(world, meeting)
        assert told(after) == before
        assert word_file(after) == drawn
        beside = visit(world.second_chair).get(f"/meetings/{meeting.id}")
        assert f"{other.reference} " in beside.text and "Late:" in beside.text

    # Meet: item by item, with who does what by when; minutes are ready when it ends.
    with on(HELD):
        chair = visit(world.second_chair)
        page = chair.get(f"/meetings/{meeting.id}")
        asks = asks_of(paper)
        assert all(" ".join(each.split()) in page.text for each in asks) and asks
        decided = {
            "text": "Write to the chief constable.",
            "person": str(world.police_lead.id),
            "due_on": boxes(date(2012, 6, 1)),
        }
        chair.send(f"/meetings/{meeting.id}/decide?item=0", decided)
        chair.send(f"/meetings/{meeting.id}/decide", {"text": "Thank the clerk.", "person": ""})
        chair.send(
            f"/meetings/{meeting.id}/minute", {"present": "The chair.", "matters_arising": "The courts."}
        )
        published = chair.post(f"/meetings/{meeting.id}/minutes/publish")
        minutes = visit(world.reader).get(published.leads_to)
        for each in ("Write to the chief constable.", "Thank the clerk.", "The courts.", late.reference):
            assert each in minutes.text
    task = MeetingDecision.get(MeetingDecision.person == world.police_lead)
    assert len(letters_to(world.police_lead, f"A task from SCR subgroup: {task.reference}")) == 1
    with on(date(2012, 5, 25)):
        lead = visit(world.police_lead)
        assert task.reference in lead.get("/meetings/tasks").text
        lead.send(f"/meetings/tasks/{task.id}", {"outcome": "The letter went on 24 May."})

    # The next paper: since the last closing date, with what became of what was decided.
    with on(date(2012, 6, 1)):
        visit(world.manager).send(f"/meetings/bodies/{body.id}/plan")
        following = Meeting.select().order_by(Meeting.id.desc()).first()
    wake(settings, following.closes_on + timedelta(days=1))
    following_paper = paper_of(world, following)
    words = repr(told(following_paper))
    assert following_paper.since == CLOSES
    assert "Done 25 May 2012: The letter went on 24 May." in words
    assert "Begun at last." in words and "Police of the county" in words
    assert Action.get_by_id(late.id).current_due_on == date(2012, 9, 3)
    # And the first is what it was.
    assert told(paper_of(world, meeting)) == before
