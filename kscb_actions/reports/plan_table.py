"""One review's action plan as a Word table that can be taken in again."""

from collections.abc import Sequence
from datetime import date

from kscb_actions.plans_in.exporting.rules import PlanLine, laid_out
from kscb_actions.plans_in.headings import Part, parts_of
from kscb_actions.reviews.models import Review
from kscb_actions.settings.rules import Board
from kscb_actions.wording import date_uk

from .content import Column, Facts, Paragraph, Report, Section, Table
from .progress.scope import HAS_RESTRICTED, PROTECTION

# In millimetres, the longest word of each; where there are all of them, they shrink alike to the page.
WIDTHS = {
    Part.NUMBER: 13, Part.RECOMMENDATION: 41, Part.ACTION: 40, Part.AGENCY: 29, Part.STATUS: 23,
    Part.DONE: 27, Part.PROGRESS: 36, Part.SUCCESS: 29, Part.ACCEPTED_ON: 23, Part.ACCEPTED_BY: 23,
}  # fmt: skip
USUAL_WIDTH = 21
ABOUT = "About this plan"
COMES_IN_AGAIN = (
    "The plan is the table that follows. It can be changed in Word and taken in again on the page of its "
    "review: what is new is added, and what has other words is offered. Keep the headings of its columns."
)
HEADING, AS_AT = "Plan", "As at"


def plan_table(
    board: Board, review: Review, lines: Sequence[PlanLine], layout: Sequence[tuple[str, Part]], today: date
) -> Report:
    """Return a plan as a report of one table, in the layout of the file that it came from where one is given.

    The review was fetched for somebody who edits it.
    """
    headings, rows = laid_out(lines, layout)
    parts = parts_of(dict(enumerate(headings)))
    columns = tuple(
        Column(heading, WIDTHS.get(parts.get(at, Part.OTHER), USUAL_WIDTH))
        for at, heading in enumerate(headings)
    )
    table = Table(HEADING, columns, tuple(rows), "No recommendation is recorded.")
    return Report(
        title=f"Action plan of {review.reference}",
        marking=_marking(board, review),
        organisation=board.name,
        header=(),
        asked=(),
        as_at=today,
        since=None,
        # A plan that is taken in again is asked of which day it speaks, and only tables are read.
        sections=(
            Section(ABOUT, (Facts(_about(lines, today)), Paragraph(COMES_IN_AGAIN))),
            Section(HEADING, (table,), landscape=True),
        ),
        notice=board.notice,
        file_name=f"{review.reference} plan.docx",
        restricted=(review.reference,) if review.is_restricted else (),
        reviews=(review.id,),
    )


def _about(lines: Sequence[PlanLine], today: date) -> tuple[tuple[str, str], ...]:
    recommendations = {(line.heading, line.number, line.recommendation) for line in lines}
    actions = sum(1 for line in lines if line.owners)
    return (
        (AS_AT, date_uk(today)),
        ("Recommendations", f"{len(recommendations):,}"),
        ("Actions", f"{actions:,}"),
    )


def _marking(board: Board, review: Review) -> str:
    of_all = [board.marking, review.classification]
    marking = max(of_all, key=lambda each: PROTECTION.index(each) if each in PROTECTION else -1)
    return f"{marking} – {HAS_RESTRICTED}" if review.is_restricted else marking
