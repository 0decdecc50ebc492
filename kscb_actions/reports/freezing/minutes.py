"""The minutes of a meeting as a paper: plain data, kept with the meeting when they are published."""

from collections.abc import Iterator, Sequence
from datetime import date

from kscb_actions import clock
from kscb_actions.access.policy import Permission, Refused, Viewer, require
from kscb_actions.audit.service import change, one_step
from kscb_actions.database import reading
from kscb_actions.mail.rules import About
from kscb_actions.mail.service import queue
from kscb_actions.meetings.deciding.models import MeetingDecision, MeetingRecord
from kscb_actions.meetings.deciding.queries import came_back, list_decisions, minutes_here, record_of
from kscb_actions.meetings.deciding.rules import PARTS, State, why_not_minuted
from kscb_actions.meetings.deciding.signing import signed_off_in
from kscb_actions.meetings.models import BodySeat, Meeting
from kscb_actions.meetings.queries import are_published, is_frozen, previous_meeting, reads_meetings
from kscb_actions.meetings.rules import MINUTES
from kscb_actions.people.models import User
from kscb_actions.reports.content import Column, Paragraph, Report, Section, Table
from kscb_actions.reports.kept.edits import asks_of
from kscb_actions.reports.kept.service import keep_paper, named
from kscb_actions.reports.progress.scope import ReportRequest
from kscb_actions.reviews.models import StageReached
from kscb_actions.settings.rules import Board
from kscb_actions.terms import say
from kscb_actions.wording import date_uk, instant_uk, lower_first

from .models import MeetingPaper
from .queries import Frozen, frozen_of

KIND = "minutes"
DECIDED = (Column("Reference", 25), Column("Decision", 75), Column("Who", 40), Column("By when", 30))
BECAME = (Column("Reference", 25), Column("Decision", 63), Column("Who", 32), Column("What became of it", 50))
WHAT_BECAME = "Decisions of the last meeting and what became of them"
SIGNED = (Column("Review", 40), Column("Signed off by", 50), Column("When", 30), Column("Note", 50))
SIGNED_OFF = "Plans signed off"
OF_NO_ITEM = "Undertakings that belong to no item"
PUBLISHED = """The minutes of {body}, {held}, are published.

Read them here:
{link}"""


def came_back_section(meeting: Meeting, today: date) -> tuple[Section | None, set[int]]:
    """Return what became of the last meeting's decisions, and the ids of the reviews in their papers."""
    before = previous_meeting(meeting)
    if before is None:
        return None, set()
    rows, reviews = came_back(before, today)
    if not rows:
        return None, set()
    caption = f"Decided on {date_uk(before.held_on)}, and what was still to do before"
    return Section(WHAT_BECAME, (Table(caption, BECAME, tuple(rows)),)), reviews


def build_minutes(viewer: Viewer, board: Board, meeting: Meeting) -> Report:
    """Return the minutes as they are now, for this person. Build it inside one `database.reading()`.

    They are marked as the paper of the meeting is. Raises Refused where that is not for this person.
    """
    frozen = frozen_of(viewer, meeting)
    if frozen is None and is_frozen(meeting):
        raise Refused("You cannot open the paper of this meeting, so you cannot make its minutes.")
    decisions = [each for each in list_decisions(viewer, meeting) if each.state != State.VOID]
    back, reviews = came_back_section(meeting, meeting.held_on)
    reviews |= set(frozen.report.reviews) if frozen else set()
    # Its members read the minutes: of restricted reviews, only of such as stand in their paper.
    signed = [
        each
        for each in signed_off_in(viewer, meeting)
        if not each.review.is_restricted or each.review_id in reviews
    ]
    reviews |= {each.review_id for each in signed}
    minuted = _minuted(record_of(meeting))
    items = _items(frozen, decisions)
    sections = (*minuted, *([back] if back else []), *items, *_signed_off(signed))
    body = meeting.body.name
    return Report(
        title=f"Minutes of {body}, {date_uk(meeting.held_on)}",
        marking=frozen.report.marking if frozen else board.marking,
        organisation=board.name,
        header=(
            ("By", f"{board.post}, {board.name}"),
            ("To", f"Members of {body}"),
            ("Made", f"{instant_uk(clock.now())} by {lower_first(board.post)}"),
        ),
        asked=(),
        as_at=meeting.held_on,
        since=None,
        sections=sections,
        notice=board.notice,
        file_name=f"minutes-{meeting.held_on.isoformat()}.docx",
        reviews=tuple(sorted(reviews)),
        restricted=frozen.report.restricted if frozen else (),
    )


def _minuted(record: MeetingRecord | None) -> Iterator[Section]:
    for name, words in PARTS.items():
        text = getattr(record, name) if record else ""
        if text or name in ("present", "apologies", "declarations"):
            yield Section(words, (Paragraph(text or "None recorded."),))


def _items(frozen: Frozen | None, decisions: Sequence[MeetingDecision]) -> Iterator[Section]:
    asks = asks_of(frozen.report) if frozen else ()
    for place, ask in enumerate(asks):
        own = [each for each in decisions if each.item == place]
        yield Section(f"Item {place + 1}", (Paragraph(ask), _decided(own)))
    if others := [each for each in decisions if each.item is None]:
        yield Section(OF_NO_ITEM, (_decided(others),))


def _signed_off(stages: Sequence[StageReached]) -> Iterator[Section]:
    if stages:
        rows = tuple(
            (each.review.reference, each.decision_maker, date_uk(each.reached_on), each.note)
            for each in stages
        )
        yield Section(SIGNED_OFF, (Table(SIGNED_OFF, SIGNED, rows),))


def _decided(decisions: Sequence[MeetingDecision]) -> Table:
    rows = tuple(
        (
            each.reference,
            each.text,
            each.person.name if each.person else "Nobody: noted",
            date_uk(each.due_on) if each.due_on else "No date",
        )
        for each in decisions
    )
    return Table("Decided", DECIDED, rows, "Nothing was decided.")


def publish_minutes(viewer: Viewer, meeting: Meeting, board: Board, base_url: str) -> MeetingPaper:
    """Keep the minutes with the meeting, and tell its members. From then on they stay. Raises Refused."""
    require(viewer, Permission.MINUTE_MEETING)
    if not minutes_here(viewer, meeting):
        raise Refused(say("The chair or deputy chair of the body, or the board manager, does this."))
    with reading():
        report = named(build_minutes(viewer, board, meeting))
    told = f"Minutes {report.reference} published for {meeting.body.name}, {date_uk(meeting.held_on)}."
    row = MeetingPaper(meeting=meeting, kind=MINUTES, made_by=viewer.id)
    with one_step(viewer, "meeting.minutes-published", "meetings", lambda: told):
        is_cancelled = meeting.cancelled_at is not None
        if why := why_not_minuted(is_cancelled, are_published(meeting), meeting.held_on, clock.today()):
            raise Refused(why)
        choice = ReportRequest(as_at=meeting.held_on)
        row.paper, row.made_at = keep_paper(viewer, KIND, choice, report), clock.now()
        with change(viewer) as tx:
            tx.add(row, "meeting.paper-kept")
            words = {"body": meeting.body.name, "held": date_uk(meeting.held_on)}
            link = f"{base_url}/reports/papers/{report.reference}"
            for person in _members(meeting):
                subject = f"Minutes of {meeting.body.name} are published"
                about = [About(each) for each in report.reviews]
                queue(tx, person, subject, PUBLISHED.format(**words, link=link), about)
    return row


def _members(meeting: Meeting) -> list[User]:
    """Return who has a seat, an account, and may read of meetings."""
    seats = BodySeat.select(BodySeat.user).where(BodySeat.body == meeting.body_id)
    people = User.select().where(User.id.in_(seats), User.is_active).order_by(User.id)
    return [each for each in people if reads_meetings(each.viewer)]
