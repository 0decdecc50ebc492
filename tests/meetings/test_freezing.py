"""A paper frozen at its meeting's closing date: once, whole, the same for ever, for who may open it today."""

import logging
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from threading import Thread, get_ident

import pytest
from flask.testing import FlaskClient

from kscb_actions import clock, database
from kscb_actions.access.policy import SYSTEM, Refused, Role
from kscb_actions.actions.models import Action
from kscb_actions.audit.models import AuditEvent
from kscb_actions.audit.service import change
from kscb_actions.config import Settings
from kscb_actions.jobs.scheduler import Jobs
from kscb_actions.meetings.models import Meeting
from kscb_actions.meetings.queries import earlier_closing_dates, is_frozen
from kscb_actions.meetings.service import add_seat, cancel_meeting
from kscb_actions.people.models import User
from kscb_actions.people.service import edit_agency
from kscb_actions.reports.content import Count, Counted, Paragraph, Section, Table
from kscb_actions.reports.freezing.minutes import build_minutes
from kscb_actions.reports.freezing.models import MeetingPaper
from kscb_actions.reports.freezing.queries import Frozen, frozen_of, late_updates
from kscb_actions.reports.freezing.service import freeze_at_closing, freeze_by_hand, meetings_to_freeze
from kscb_actions.reports.kept.edits import asks_of
from kscb_actions.reports.kept.models import KeptPaper
from kscb_actions.reports.kept.serialisation import VERSION, read_content, write_content
from kscb_actions.reports.progress.actions import OPEN_ACTIONS
from kscb_actions.reports.progress.scope import HAS_RESTRICTED
from kscb_actions.reports.word.file import word_file
from kscb_actions.reviews.models import NamedPerson, Review
from kscb_actions.settings.rules import Board
from kscb_actions.settings.service import change_settings
from kscb_actions.text import InvalidInput
from kscb_actions.web.reports.ways import place_within

from ..factories import TODAY, World
from ..pages import Visitor
from ..queries import counted
from ..reports.faces import told
from .planned import CLOSES, HELD, a_body, planned

SignIn = Callable[[User | None], FlaskClient]
EARLIER_VERSIONS = Path(__file__).parent / "kept_papers"


def on(day: date, hour: int = 9) -> AbstractContextManager[None]:
    """Return the clock at an hour of a day."""
    return clock.at(datetime(day.year, day.month, day.day, hour, tzinfo=UTC))


@pytest.fixture
def late(world: World) -> Action:
    """Return an action of the police that is overdue on the closing date."""
    with on(date(2012, 1, 9)):
        return world.action(
            date(2012, 3, 1), recommendation=world.recommendation(world.review("SCR-2011-05"))
        )


@pytest.fixture
def meeting(world: World) -> Meeting:
    return planned(world, a_body(world))


def opened(world: World, meeting: Meeting, person: User | None = None) -> Frozen:
    """Return the frozen paper as somebody opens it."""
    frozen = frozen_of((person or world.reader).viewer, meeting)
    assert frozen
    return frozen


def run_jobs(settings: Settings, day: date) -> None:
    """Let the jobs wake once on a day, in a thread of their own, as they do."""

    def wake() -> None:
        with on(day):
            jobs = Jobs(settings)
            jobs.freeze()
            jobs.release()

    thread = Thread(target=wake)
    thread.start()
    thread.join()


def test_the_jobs_freeze_it_when_the_closing_date_is_over_and_once(
    world: World, settings: Settings, late: Action, meeting: Meeting
) -> None:
    run_jobs(settings, CLOSES)
    assert not MeetingPaper.select().exists()
    for day in (CLOSES + timedelta(days=1), CLOSES + timedelta(days=1), CLOSES + timedelta(days=4)):
        run_jobs(settings, day)
    assert MeetingPaper.select().count() == KeptPaper.select().count() == 1
    report = opened(world, meeting).report
    assert report.as_at == CLOSES
    assert dict(report.header)["To"] == "SCR subgroup, meeting of 19 April 2012"
    assert any(late.reference in each for each in asks_of(report))


def test_an_outage_is_made_up_for_with_the_state_of_the_closing_date(
    world: World, settings: Settings, late: Action, meeting: Meeting
) -> None:
    with on(CLOSES + timedelta(days=2)):
        world.decision(Action.get_by_id(late.id))
    run_jobs(settings, CLOSES + timedelta(days=5))
    report = opened(world, meeting).report
    assert report.as_at == CLOSES
    assert any(late.reference in each and "overdue" in each for each in asks_of(report))


def test_no_paper_is_made_up_for_once_the_meeting_is_over_or_cancelled(
    world: World, meeting: Meeting
) -> None:
    with on(HELD + timedelta(days=1)):
        assert meetings_to_freeze() == []
    with on(HELD):
        assert [each.id for each in meetings_to_freeze()] == [meeting.id]
    cancel_meeting(world.manager.viewer, meeting, "Snow.")
    with on(HELD):
        assert meetings_to_freeze() == []


def test_one_that_fails_stops_no_other(
    world: World, settings: Settings, late: Action, meeting: Meeting
) -> None:
    broken = planned(world, a_body(world, "Executive", "executive"), HELD, CLOSES - timedelta(days=3))
    with change(SYSTEM) as tx:
        broken.body.kind = "no_such_kind"
        tx.update(broken.body, "body.changed")
    run_jobs(settings, CLOSES + timedelta(days=1))
    assert [row.meeting_id for row in MeetingPaper.select()] == [meeting.id]


def test_it_stays_the_same_whatever_changes(world: World, late: Action, meeting: Meeting) -> None:
    with on(CLOSES + timedelta(days=1)):
        freeze_at_closing(meeting, Board())
    before = told(opened(world, meeting).report)
    head = opened(world, meeting).report.header
    with on(CLOSES + timedelta(days=3)):
        edit_agency(SYSTEM, world.police, "Constabulary", True, 1)
        change_settings(world.manager.viewer, {"name": "Partnership", "due_soon_days": 60})
        world.progress(Action.get_by_id(late.id), narrative="All trained.")
        world.decision(Action.get_by_id(late.id))
        world.action(TODAY)
    with on(date(2017, 4, 5)):
        after = opened(world, meeting).report
        assert told(after) == before
        assert after.header == head
        assert "Kent Police" in repr(before) or "KPOL" in repr(before)
        assert "Partnership" not in repr(before)
        assert word_file(after)


def test_a_content_of_every_earlier_version_is_read_and_drawn(world: World) -> None:
    files = sorted(EARLIER_VERSIONS.glob("version-*.bin"))
    assert [each.stem for each in files] == [f"version-{number}" for number in range(1, VERSION + 1)]
    for number, file in enumerate(files, 1):
        report = read_content(file.read_bytes(), number)
        assert report.reference == "P-7KX4QD"
        assert "SCR-2011-05/A1" in repr(told(report))
        assert word_file(report)
    again = read_content(write_content(report), VERSION)
    first = next(each for each in again.sections[0].blocks if isinstance(each, Paragraph))
    assert isinstance(first.text, Counted)
    # Exceptions by agency stand in their own table; the paper has no appendix of open actions.
    overdue = Count("1 action", "actions", (("timeliness", "overdue"),))
    assert (first.text.parts[0], place_within(report, overdue)) == (overdue, None)
    appended = Table(OPEN_ACTIONS, (), ())
    whole = replace(report, sections=(*report.sections, Section("Open actions", (appended,))))
    assert place_within(whole, overdue) == "#rows-4"
    assert place_within(whole, Count("9 actions", "actions", (("rating", "blue"),))) is None


def test_by_hand_it_is_frozen_now_with_a_reason(world: World, late: Action, meeting: Meeting) -> None:
    manager = world.manager.viewer
    with pytest.raises(InvalidInput, match="Say why"):
        freeze_by_hand(manager, meeting, " ", Board())
    for person in (world.second_chair, world.reader, world.police_lead):
        with pytest.raises(Refused):
            freeze_by_hand(person.viewer, meeting, "Early.", Board())
    freeze_by_hand(manager, meeting, "The chair is away.", Board())
    frozen = opened(world, meeting)
    assert (frozen.report.as_at, frozen.row.reason) == (TODAY, "The chair is away.")
    with pytest.raises(Refused, match="frozen already"):
        freeze_by_hand(manager, meeting, "Again.", Board())
    with on(CLOSES + timedelta(days=1)):
        assert meetings_to_freeze() == []
        with pytest.raises(Refused, match="frozen already"):
            freeze_at_closing(meeting, Board())
    assert KeptPaper.select().count() == 1


def test_only_the_reviews_of_the_body_are_in_it_and_no_restricted_one(world: World) -> None:
    ours, others = world.review("SCR-2011-05"), world.review("SCR-2011-06")
    closed = world.review("SCR-2011-07", is_restricted=True)
    for review in (ours, others):
        world.action(date(2012, 3, 1), recommendation=world.recommendation(review))
    facts = {"covers_all": False, "reviews": {ours.id}}
    row = freeze_by_hand(world.manager.viewer, planned(world, a_body(world, **facts)), "Early.", Board())
    every = freeze_by_hand(
        world.manager.viewer, planned(world, a_body(world, "All", "other")), "Early.", Board()
    )
    assert row.paper.reviews == f",{ours.id},"
    assert every.paper.reviews == f",{ours.id},{others.id},"
    assert closed.reference not in repr(told(read_content(every.paper.content, VERSION)))


def test_a_restricted_review_is_in_it_when_ticked_and_then_only_who_is_named_opens_it(
    world: World, sign_in: SignIn, csrf_token: str
) -> None:
    closed = world.review("SCR-2011-07", is_restricted=True)
    other = world.review("SCR-2011-08", is_restricted=True)
    with change(SYSTEM) as tx:
        for review in (closed, other):
            tx.add(NamedPerson(review=review, user=world.police_lead), "review.person-named")
        tx.add(NamedPerson(review=closed, user=world.second_chair), "review.person-named")
    for review in (closed, other):
        world.action(date(2012, 3, 1), recommendation=world.recommendation(review))
    with change(SYSTEM) as tx:
        whose = (NamedPerson.review == other, NamedPerson.user == world.manager)
        tx.remove(NamedPerson.get(*whose), "review.person-unnamed")
    meeting = planned(world, a_body(world))
    visitor = Visitor(sign_in(world.manager), csrf_token)
    sent = visitor.send(f"/meetings/{meeting.id}/freeze", {"reason": "For the chair.", "restricted": "y"})
    assert sent.leads_to == f"/meetings/{meeting.id}"
    frozen = opened(world, meeting, world.second_chair)
    assert frozen.report.restricted == (closed.reference,)
    assert closed.reference in repr(told(frozen.report)) and other.reference not in repr(told(frozen.report))
    assert HAS_RESTRICTED in frozen.report.marking
    assert frozen_of(world.reader.viewer, meeting) is None
    # Its minutes say so too.
    minutes = build_minutes(world.manager.viewer, Board(), meeting)
    assert (minutes.restricted, minutes.marking) == ((closed.reference,), frozen.report.marking)
    # Nor can who minutes it and is not named on it read or make anything of it.
    chair = world.person("board-chair", Role.CHAIR)
    add_seat(world.manager.viewer, meeting.body, "Chair", "chair", chair)
    assert frozen_of(chair.viewer, meeting) is None
    page = Visitor(sign_in(chair), csrf_token).get(f"/meetings/{meeting.id}")
    assert page.status == 200 and closed.reference not in page.text


def test_who_opens_it_is_decided_by_what_they_may_see_today(
    world: World, late: Action, meeting: Meeting, sign_in: SignIn, csrf_token: str
) -> None:
    freeze_by_hand(world.manager.viewer, meeting, "Early.", Board())
    reader = Visitor(sign_in(world.reader), csrf_token)
    assert late.reference in reader.get(f"/meetings/{meeting.id}").text
    with change(SYSTEM) as tx:
        review = Review.get_by_id(late.review_id)
        review.is_restricted = True
        tx.update(review, "review.changed")
        tx.add(NamedPerson(review=review, user=world.second_chair), "review.person-named")
    page = reader.get(f"/meetings/{meeting.id}")
    assert late.review.reference not in page.source
    assert "You cannot open the paper of this meeting." in page.text
    assert frozen_of(world.police_lead.viewer, meeting) is None
    assert frozen_of(world.second_chair.viewer, meeting)


def test_what_comes_in_late_stands_beside_the_frozen_line(
    world: World, late: Action, meeting: Meeting, sign_in: SignIn, csrf_token: str
) -> None:
    freeze_by_hand(world.manager.viewer, meeting, "Early.", Board())
    before = told(opened(world, meeting).report)
    assert late_updates(world.reader.viewer, opened(world, meeting)) == []
    with on(CLOSES + timedelta(days=1)):
        world.progress(Action.get_by_id(late.id), narrative="All trained.")
    [found] = late_updates(world.reader.viewer, opened(world, meeting))
    assert (found.reference, [what for _, what in found.since]) == (late.reference, ["Progress recorded"])
    assert any("29 days" in each for each in found.frozen)
    assert told(opened(world, meeting).report) == before
    page = Visitor(sign_in(world.reader), csrf_token).get(f"/meetings/{meeting.id}")
    assert "Late: Progress recorded" in page.text


def test_its_page_asks_as_much_for_many_late_updates_as_for_one(
    world: World, late: Action, meeting: Meeting, sign_in: SignIn, csrf_token: str
) -> None:
    freeze_by_hand(world.manager.viewer, meeting, "Early.", Board())
    reader = Visitor(sign_in(world.reader), csrf_token)
    world.progress(Action.get_by_id(late.id), narrative="One.")
    reader.get(f"/meetings/{meeting.id}")
    with counted() as few:
        reader.get(f"/meetings/{meeting.id}")
    for number in range(6):
        world.progress(Action.get_by_id(late.id), narrative=f"Again {number}.")
    with counted() as many:
        reader.get(f"/meetings/{meeting.id}")
    assert int(many) == int(few) <= 17, many.queries


class SaveBetween(logging.Handler):
    """Has another worker save once, when this one is about to read the actions for the second time."""

    def __init__(self, save: Callable[[], object]) -> None:
        super().__init__()
        self.save = save
        self.reader = get_ident()
        self.reads = 0
        self.failed: list[BaseException] = []

    def createLock(self) -> None:
        """Have none: the other worker's queries come here while this one's waits."""
        self.lock = None

    def emit(self, record: logging.LogRecord) -> None:
        """See each query before it is run."""
        sql = str(record.msg[0] if isinstance(record.msg, tuple) else record.msg)
        if get_ident() != self.reader or not sql.startswith("SELECT") or 'FROM "action"' not in sql:
            return
        self.reads += 1
        if self.reads == 2:
            saving = Thread(target=self.run)
            saving.start()
            saving.join()

    def run(self) -> None:
        """Save with a connection of one's own."""
        try:
            with database.db.connection_context(), on(TODAY):
                self.save()
        except BaseException as error:
            self.failed.append(error)


@contextmanager
def saved_between(save: Callable[[], object]) -> Iterator[SaveBetween]:
    """Have `save` done by another worker between two reads of the actions inside the block."""
    logger, between = logging.getLogger("peewee"), SaveBetween(save)
    level = logger.level
    logger.addHandler(between)
    logger.setLevel(logging.DEBUG)
    try:
        yield between
    finally:
        logger.removeHandler(between)
        logger.setLevel(level)


def test_a_freeze_while_somebody_saves_is_one_state(world: World, late: Action) -> None:
    meetings = [planned(world, a_body(world, f"Body {number}", "other")) for number in range(3)]

    def frozen(meeting: Meeting) -> object:
        row = freeze_by_hand(world.manager.viewer, meeting, "Early.", Board())
        return told(replace(read_content(row.paper.content, VERSION), header=()))

    def save() -> None:
        world.progress(Action.get_by_id(late.id), narrative="All trained.")
        world.decision(Action.get_by_id(late.id))

    before = frozen(meetings[0])
    with saved_between(save) as between:
        while_saved = frozen(meetings[1])
    after = frozen(meetings[2])
    assert between.failed == []
    assert between.reads > 2
    assert while_saved == before
    assert after != before


def test_of_two_who_freeze_at_once_one_makes_the_paper(world: World, late: Action, meeting: Meeting) -> None:
    answers: list[str] = []

    def freeze() -> None:
        with database.db.connection_context(), on(TODAY):
            try:
                answers.append(freeze_by_hand(world.manager.viewer, meeting, "Early.", Board()).reason)
            except Refused as refusal:
                answers.append(str(refusal))

    threads = [Thread(target=freeze) for _ in range(3)]
    for each in threads:
        each.start()
    for each in threads:
        each.join()
    assert sorted(answers)[0] == "Early."
    assert answers.count("Its paper is frozen already, and stays as it is.") == 2
    assert KeptPaper.select().count() == MeetingPaper.select().count() == 1
    assert AuditEvent.select().where(AuditEvent.event == "paper.kept").count() == 1


def test_it_is_frozen_by_its_page(
    world: World, late: Action, meeting: Meeting, sign_in: SignIn, csrf_token: str
) -> None:
    manager = Visitor(sign_in(world.manager), csrf_token)
    address = f"/meetings/{meeting.id}/freeze"
    assert set(manager.send(address, {"reason": ""}).errors) == {"reason"}
    assert manager.send(address, {"reason": "The chair is away."}).leads_to == f"/meetings/{meeting.id}"
    assert is_frozen(meeting)
    assert manager.get(address).status == 403
    page = manager.get(f"/meetings/{meeting.id}")
    assert "by Manager: The chair is away." in page.text
    assert f"/reports/papers/{KeptPaper.get().reference}" in page.links()
    assert manager.get(f"/reports/papers/{KeptPaper.get().reference}").status == 200


def test_whoever_meets_is_asked_and_the_ratings_of_earlier_meetings_are_charted(
    world: World, late: Action
) -> None:
    executive = a_body(world, "Executive", "executive")
    before = planned(world, executive, HELD - timedelta(days=60), CLOSES - timedelta(days=60))
    meeting = planned(world, executive)
    with on(CLOSES):
        freeze_by_hand(world.manager.viewer, meeting, "The room is booked early.", Board())
    paper = opened(world, meeting).report
    captions = [
        block.caption for section in paper.sections for block in section.blocks if hasattr(block, "caption")
    ]
    assert "Ratings over time" in [section.heading for section in paper.sections]
    assert "This meeting is asked to:" in captions and "The subgroup is asked to:" not in captions
    assert earlier_closing_dates(meeting, 5) == (before.closes_on,)
    cancel_meeting(world.manager.viewer, before, "Too few.")
    assert earlier_closing_dates(meeting, 5) == ()
