"""The papers of a panel meeting: one anonymised summary a case, with its draft and what is said of it.

Where members propose, each alone, nothing of what anybody proposes.
"""

from collections.abc import Sequence
from datetime import date

from kscb_actions.access.policy import Viewer
from kscb_actions.child_deaths.drafting.queries import comments_of, draft_of
from kscb_actions.child_deaths.drafting.words import (
    NO_DRAFT,
    WITHDRAWN,
    comments_in_words,
    draft_in_words,
)
from kscb_actions.child_deaths.judging.queries import AgendaItem, list_items
from kscb_actions.child_deaths.meetings.models import PanelCase, PanelMeeting
from kscb_actions.child_deaths.meetings.rules import Way, are_proposals_open
from kscb_actions.child_deaths.returns.queries import list_returns
from kscb_actions.reports.content import Block, Column, Facts, Paragraph, Report, Section, Table
from kscb_actions.settings.rules import Board
from kscb_actions.wording import date_uk, plural

from .words import facts_for_paper, returns_in_words

RETURN_COLUMNS = (Column("Agency", 45), Column("What it returned", 125))
DRAFT_COLUMNS = (Column("Question", 45), Column("Draft", 125))
COMMENT_COLUMNS = (Column("Member", 40), Column("When", 45), Column("Comment", 85))
ITEM = "Item of the agenda"
CLOSED_TO_YOU = "Closed to you"
CLOSED_BECAUSE = "An interest has been declared, so nothing of this item is in your papers."
LEFT_OUT = (
    "Names, days of birth and death, districts and addresses are left out. The cases’ pages have what the "
    "panel may know beyond this."
)


def build_papers(viewer: Viewer, board: Board, meeting: PanelMeeting, today: date) -> Report:
    """Return the summaries of the cases that this person sees, in the order and by the numbers of the agenda.

    Of a case in which they have declared an interest it has the number alone.
    """
    items = list_items(viewer, meeting)
    on = date_uk(meeting.held_on)
    return Report(
        title=f"Cases for the panel on {on}",
        marking=board.marking,
        organisation=board.name,
        header=(
            ("By", f"CDOP co-ordinator, {board.name}"),
            ("To", "Child Death Overview Panel"),
            ("Subject", f"CASES FOR THE PANEL ON {on.upper()}"),
            ("Classification", board.marking),
            ("Summary", _summary(items)),
        ),
        asked=_asked(meeting),
        as_at=today,
        since=None,
        sections=tuple(_section(viewer, item) for item in items),
        notice=board.notice,
    )


def papers_name(meeting: PanelMeeting) -> str:
    """Return the name of the file, which identifies no case: “panel-papers-2012-04-12.docx”."""
    return f"panel-papers-{meeting.held_on.isoformat()}.docx"


def _summary(items: Sequence[AgendaItem]) -> str:
    closed = sum(item.case is None for item in items)
    count = len(items) - closed
    cases = plural(count, "case") if count else "No case"
    told = f" {plural(closed, 'item')} closed to you." if closed else ""
    return f"{cases}, in the order of the agenda.{told} {LEFT_OUT}"


def _asked(meeting: PanelMeeting) -> tuple[str, ...]:
    declare = "DECLARE any interest in a case before reading it."
    if meeting.way == Way.DRAFT:
        due = f"COMMENT on the draft of each case by {date_uk(meeting.proposals_due_on)}, or at the meeting."
        decide = "DECIDE on each case, with the draft and the comments before you."
        return (declare, due, decide) if are_proposals_open(meeting.closed_at) else (declare, decide)
    if not are_proposals_open(meeting.closed_at):
        return declare, "DECIDE on each case, with the proposals before you."
    return (
        declare,
        f"PROPOSE, each alone, by {date_uk(meeting.proposals_due_on)}, what the panel should decide.",
    )


def _section(viewer: Viewer, item: AgendaItem) -> Section:
    place = (ITEM, f"{item.number}")
    if item.case is None:
        return Section(CLOSED_TO_YOU, (Facts((place,)), Paragraph(CLOSED_BECAUSE)), own_page=True)
    death = item.case.death
    returns = list_returns(viewer, death)
    blocks: list[Block] = [Facts((place, *facts_for_paper(death)))]
    if returns:
        blocks.append(Table("Agency returns", RETURN_COLUMNS, tuple(returns_in_words(returns))))
    else:
        blocks.append(Paragraph("No agency was asked for a return."))
    if item.case.meeting.way == Way.DRAFT:
        blocks += _draft_blocks(viewer, item.case)
    # Both faces number the headings themselves.
    return Section(f"Case {death.case_number}", tuple(blocks), own_page=True)


def _draft_blocks(viewer: Viewer, case: PanelCase) -> list[Block]:
    drafted = draft_of(viewer, case)
    if drafted is None:
        blocks: list[Block] = [Paragraph(NO_DRAFT)]
    elif drafted.judgement is None:
        blocks = [Paragraph(WITHDRAWN)]
    else:
        rows = tuple(draft_in_words(drafted))
        blocks = [Table("Draft of what the panel decides", DRAFT_COLUMNS, rows)]
    comments = comments_in_words(comments_of(viewer, case))
    return [*blocks, Table("Comments on the draft", COMMENT_COLUMNS, tuple(comments))] if comments else blocks
