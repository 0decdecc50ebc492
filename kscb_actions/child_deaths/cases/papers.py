"""The papers of a panel meeting: one anonymised summary a case, with its draft and what is said of it.

Where members propose, each alone, nothing of what anybody proposes.

They follow the meeting: what members are asked, then what was decided. Once all is, they are its minutes.
"""

from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from enum import StrEnum

from kscb_actions.access.policy import Viewer
from kscb_actions.child_deaths import terms
from kscb_actions.child_deaths.drafting.queries import comments_of, draft_of
from kscb_actions.child_deaths.drafting.words import (
    NO_DRAFT,
    WITHDRAWN,
    comments_in_words,
    draft_in_words,
)
from kscb_actions.child_deaths.judging.decisions import Decided, list_attendance
from kscb_actions.child_deaths.judging.models import Categorisation, PanelDecision
from kscb_actions.child_deaths.judging.queries import AgendaItem, judgements_of, list_items
from kscb_actions.child_deaths.meetings.models import PanelCase, PanelMeeting
from kscb_actions.child_deaths.meetings.rules import Way, are_proposals_open
from kscb_actions.child_deaths.returns.queries import list_returns
from kscb_actions.reports.content import Block, Column, Facts, Paragraph, Report, Section, Table
from kscb_actions.settings.rules import Board
from kscb_actions.wording import date_uk, plural

from .words import facts_for_paper, returns_in_words

RETURN_COLUMNS = (Column("Agency", 45), Column("What it returned", 125))
DECISION_COLUMNS = (Column("What", 45), Column("As decided", 125))
DRAFT_COLUMNS = (Column("Question", 45), Column("Draft", 125))
COMMENT_COLUMNS = (Column("Member", 40), Column("When", 45), Column("Comment", 85))
ITEM = "Item of the agenda"
CLOSED_TO_YOU = "Closed to you"
CLOSED_BECAUSE = "An interest has been declared, so nothing of this item is in your papers."
LEFT_OUT = (
    "Names, days of birth and death, districts and addresses are left out. The cases’ pages have what the "
    "panel may know beyond this."
)


class State(StrEnum):
    """State how far a meeting is, as far as the reader sees its cases."""

    PROPOSING = "proposing"
    DECIDING = "deciding"
    DECIDED = "decided"


def build_papers(viewer: Viewer, board: Board, meeting: PanelMeeting, today: date) -> Report:
    """Return the summaries of the cases that this person sees, in the order and by the numbers of the agenda.

    Of a case in which they have declared an interest it has the number alone. A case on which the panel has
    decided has the decision beside it.
    """
    items = list_items(viewer, meeting)
    state, decided = _state_of(meeting, items, today), _decisions_on(items)
    on = date_uk(meeting.held_on)
    name = f"Minutes of the panel on {on}" if state is State.DECIDED else f"Cases for the panel on {on}"
    return Report(
        title=name,
        marking=board.marking,
        organisation=board.name,
        header=(
            ("By", f"CDOP co-ordinator, {board.name}"),
            ("To", "Child Death Overview Panel"),
            ("Subject", name.upper()),
            ("Classification", board.marking),
            ("Summary", _summary(items)),
        ),
        asked=_asked(meeting, state, items),
        as_at=today,
        since=None,
        sections=(
            *(_present(meeting) if state is State.DECIDED else ()),
            *(_section(viewer, item, decided) for item in items),
        ),
        notice=board.notice,
    )


def are_minutes(viewer: Viewer, meeting: PanelMeeting, today: date) -> bool:
    """Return whether the papers of a meeting are its minutes by now, as far as this person sees its cases."""
    return _state_of(meeting, list_items(viewer, meeting), today) is State.DECIDED


def papers_name(meeting: PanelMeeting, is_minutes: bool = False) -> str:
    """Return the name of the file, which identifies no case: “panel-papers-2012-04-12.docx”."""
    return f"panel-{'minutes' if is_minutes else 'papers'}-{meeting.held_on.isoformat()}.docx"


def _state_of(meeting: PanelMeeting, items: Sequence[AgendaItem], today: date) -> State:
    if are_proposals_open(meeting.closed_at):
        return State.PROPOSING
    seen = [item.case.death for item in items if item.case]
    is_over = meeting.held_on <= today and seen and all(death.decision_number for death in seen)
    return State.DECIDED if is_over else State.DECIDING


def _decisions_on(items: Sequence[AgendaItem]) -> dict[int, Decided]:
    """Return {id of death: the decision that stands} of the cases seen. Two queries."""
    deaths = [item.case.death for item in items if item.case and item.case.death.decision_number]
    current = {(death.id, death.decision_number) for death in deaths}
    rows = PanelDecision.select().where(PanelDecision.death.in_([death.id for death in deaths]))
    rows = [row for row in rows if (row.death_id, row.number) in current] if deaths else []
    judgements = judgements_of(rows)
    return {row.death_id: Decided(row, judgements[row.id]) for row in rows}


def _present(meeting: PanelMeeting) -> Iterator[Section]:
    rows = tuple((each.agency.name, each.post) for each in list_attendance(meeting))
    columns = (Column("Agency", 85), Column("Post", 85))
    blocks: tuple[Block, ...] = (Table("Agencies that were there", columns, rows),) if rows else ()
    yield Section("Who was there", blocks or (Paragraph("Nobody is recorded."),))


def _summary(items: Sequence[AgendaItem]) -> str:
    closed = sum(item.case is None for item in items)
    count = len(items) - closed
    cases = plural(count, "case") if count else "No case"
    told = f" {plural(closed, 'item')} closed to you." if closed else ""
    return f"{cases}, in the order of the agenda.{told} {LEFT_OUT}"


def _asked(meeting: PanelMeeting, state: State, items: Sequence[AgendaItem]) -> tuple[str, ...]:
    declare = "DECLARE any interest in a case before reading it."
    if state is State.PROPOSING and meeting.way == Way.BLIND:
        by = date_uk(meeting.proposals_due_on)
        return declare, f"PROPOSE, each alone, by {by}, what the panel should decide."
    if state is State.DECIDED:
        return ("AGREE these minutes, or say what in them is to be put right.",)
    seen = [item.case.death for item in items if item.case]
    waiting = sum(not death.decision_number for death in seen)
    on = "each case" if waiting == len(seen) else f"the {plural(waiting, 'case')} not decided yet"
    if meeting.way == Way.DRAFT:
        comment = (
            f"COMMENT on the draft of each case by {date_uk(meeting.proposals_due_on)}, or at the meeting."
        )
        decide = f"DECIDE on {on}, with the draft and the comments before you."
        return (declare, comment, decide) if state is State.PROPOSING else (declare, decide)
    of_meeting = PanelCase.select(PanelCase.id).where(PanelCase.meeting == meeting)
    has_proposals = Categorisation.select().where(Categorisation.panel_case.in_(of_meeting)).exists()
    beside = (
        "What members proposed stands side by side on the page of the case."
        if has_proposals
        else "Nobody has proposed anything."
    )
    return declare, f"DECIDE on {on}. {beside}"


def _section(viewer: Viewer, item: AgendaItem, decided: Mapping[int, Decided]) -> Section:
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
    if death.id in decided:
        rows = tuple(_decision_in_words(decided[death.id]))
        blocks.append(Table("What the panel decided", DECISION_COLUMNS, rows))
    elif item.case.meeting.way == Way.DRAFT:
        blocks += _draft_blocks(viewer, item.case)
    # Both faces number the headings themselves.
    return Section(f"Case {death.case_number}", tuple(blocks), own_page=True)


def _decision_in_words(each: Decided) -> Iterator[tuple[str, str]]:
    """Yield (what, how) of a decision, what was left empty left out."""
    decision = each.decision
    factors = [
        (each.judgement.form.domains[domain], "; ".join(factor.name for factor in factors if factor.is_found))
        for domain, factors in each.factors
    ]
    rows = (
        ("Primary category", each.primary),
        ("Other categories", each.others),
        ("Modifiable factors" if decision.status in terms.MODIFIABLE_NAMES else "Prevention", each.status),
        ("Why", decision.status_reason),
        *factors,
        ("The panel’s reasons", decision.reasons),
        ("Learning", decision.learning),
        ("Review completed on", date_uk(decision.completed_on)),
        ("Why it was corrected", decision.correction_reason),
    )
    return ((name, text) for name, text in rows if text)


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
