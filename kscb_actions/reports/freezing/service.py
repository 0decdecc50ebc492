"""Freezing a meeting's paper: by its closing date, or by hand with a reason."""

from dataclasses import replace
from datetime import date

from kscb_actions import clock
from kscb_actions.access.policy import SYSTEM, Permission, Refused, Viewer, require
from kscb_actions.audit.service import change, one_step
from kscb_actions.database import reading
from kscb_actions.meetings.models import BodyReview, Meeting, MeetingBody
from kscb_actions.meetings.queries import earlier_closing_dates, is_frozen, previous_closing_date
from kscb_actions.meetings.rules import FROZEN, BodyKind
from kscb_actions.reports.content import Report, Section, Table, rows_read
from kscb_actions.reports.kept.service import keep_paper, named
from kscb_actions.reports.papers import PAPERS
from kscb_actions.reports.progress.first_page.decisions import ASKED_INTRO
from kscb_actions.reports.progress.scope import ReportRequest
from kscb_actions.settings.rules import Board
from kscb_actions.text import InvalidInput, clean_text
from kscb_actions.wording import date_uk

from .minutes import came_back_section
from .models import MeetingPaper
from .rules import is_due, problems_with_reason, why_not_frozen

# Of so many meetings before this one the ratings are charted.
MEETINGS_CHARTED = 5
ASKED_OF_MEETING = "This meeting is asked to:"
# Which paper a kind of body reads; the others read the subgroup's.
PAPER_OF = {BodyKind.BOARD: "board"}


def freeze_by_hand(
    viewer: Viewer, meeting: Meeting, reason: str, board: Board, restricted: bool = False
) -> MeetingPaper:
    """Freeze a meeting's paper with the state of now. Raises InvalidInput, Refused.

    restricted  with the restricted reviews on which this person is named: then only who is named on every
                one of them can open it
    """
    require(viewer, Permission.KEEP_MEETINGS)
    reason, today = clean_text(reason), clock.today()
    if why_not := why_not_frozen(
        meeting.cancelled_at is not None, is_frozen(meeting), meeting.held_on, today
    ):
        raise Refused(why_not)
    if problems := problems_with_reason(reason):
        raise InvalidInput(problems)
    return _freeze(viewer, meeting, today, board, reason, restricted)


def freeze_at_closing(meeting: Meeting, board: Board) -> MeetingPaper:
    """Freeze a meeting's paper as at its closing date, however late that is made up for. Raises Refused."""
    return _freeze(SYSTEM, meeting, meeting.closes_on, board)


def meetings_to_freeze() -> list[Meeting]:
    """Return the meetings without a paper whose closing date is over, the earliest first."""
    today = clock.today()
    frozen = MeetingPaper.select(MeetingPaper.meeting).where(MeetingPaper.kind == FROZEN)
    query = Meeting.select(Meeting, MeetingBody).join(MeetingBody)
    query = query.where(Meeting.cancelled_at.is_null(), Meeting.closes_on < today, Meeting.id.not_in(frozen))
    found = query.order_by(Meeting.closes_on, Meeting.id)
    return [each for each in found if is_due(each.closes_on, each.held_on, today)]


def _freeze(
    viewer: Viewer, meeting: Meeting, as_at: date, board: Board, reason: str = "", restricted: bool = False
) -> MeetingPaper:
    kind = PAPER_OF.get(BodyKind(meeting.body.kind), "progress")
    with reading():
        choice = replace(_asked_for(meeting, as_at), restricted=restricted)
        made = PAPERS[kind].make(viewer, board, choice, clock.today())
        report = named(for_meeting(rows_read(made), meeting))
    told = f"Paper {report.reference} frozen for {meeting.body.name}, {date_uk(meeting.held_on)}."
    row = MeetingPaper(meeting=meeting, kind=FROZEN, made_by=viewer.id, reason=reason)
    with one_step(viewer, "meeting.frozen", "meetings", lambda: told):
        # Another may have frozen it since it was looked up: whoever writes second makes none.
        if is_frozen(meeting):
            raise Refused("Its paper is frozen already, and stays as it is.")
        row.paper, row.made_at = keep_paper(viewer, kind, choice, report), clock.now()
        with change(viewer) as tx:
            tx.add(row, "meeting.paper-kept")
    return row


def _asked_for(meeting: Meeting, as_at: date) -> ReportRequest:
    """Return what the paper is asked for with: the body's reviews, since the closing date before."""
    since = previous_closing_date(meeting)
    chosen = None
    if not meeting.body.covers_all:
        rows = BodyReview.select(BodyReview.review).where(BodyReview.body == meeting.body_id)
        chosen = frozenset(row.review_id for row in rows)
    earlier = tuple(day for day in earlier_closing_dates(meeting, MEETINGS_CHARTED) if day < as_at)
    told_from = since if since and since < as_at else None
    return ReportRequest(as_at=as_at, since=told_from, only=chosen, days=earlier)


def _asked_of_this_meeting(section: Section) -> Section:
    """Return a section asking the meeting, which is not the subgroup's."""
    blocks = tuple(
        replace(block, caption=ASKED_OF_MEETING)
        if isinstance(block, Table) and block.caption == str(ASKED_INTRO)
        else block
        for block in section.blocks
    )
    return replace(section, blocks=blocks)


def for_meeting(report: Report, meeting: Meeting) -> Report:
    """Return the paper saying which meeting it is for, and what became of the last one's decisions."""
    if meeting.body.kind not in (BodyKind.SUBGROUP, *PAPER_OF):
        report = replace(report, sections=tuple(map(_asked_of_this_meeting, report.sections)))
    words = f"{meeting.body.name}, meeting of {date_uk(meeting.held_on)}"
    header = tuple((label, words if label == "To" else text) for label, text in report.header)
    back, reviews = came_back_section(meeting, report.as_at)
    if back is None:
        return replace(report, header=header)
    covered = tuple(sorted({*report.reviews, *reviews}))
    return replace(report, header=header, sections=(*report.sections, back), reviews=covered)
