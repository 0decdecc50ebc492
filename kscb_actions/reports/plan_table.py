"""One review's action plan as a Word table that can be taken in again."""

from collections.abc import Sequence
from datetime import date

from kscb_actions.plans_in.exporting.rules import PlanLine, laid_out
from kscb_actions.plans_in.headings import Part, parts_of
from kscb_actions.reviews.models import Review
from kscb_actions.settings.rules import Board
from kscb_actions.wording import date_uk

from .content import Column, Facts, Report, Section, Table
from .progress.scope import HAS_RESTRICTED, PROTECTION

# Of a landscape page, in millimetres; long texts have more of it.
WIDTH = 257
SHARES = {Part.RECOMMENDATION: 4, Part.ACTION: 4, Part.PROGRESS: 4, Part.SUCCESS: 3, Part.NUMBER: 1}
USUAL_SHARE = 2
HEADING, AS_AT = "Plan", "As at"


def plan_table(
    board: Board, review: Review, lines: Sequence[PlanLine], layout: Sequence[tuple[str, Part]], today: date
) -> Report:
    """Return a plan as a report of one table, in the layout of the file that it came from where one is given.

    The review was fetched for somebody who edits it.
    """
    headings, rows = laid_out(lines, layout)
    parts = parts_of(dict(enumerate(headings)))
    shares = [SHARES.get(parts.get(at, Part.OTHER), USUAL_SHARE) for at in range(len(headings))]
    columns = tuple(
        Column(heading, WIDTH * share // sum(shares)) for heading, share in zip(headings, shares, strict=True)
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
        sections=(Section(HEADING, (Facts(((AS_AT, date_uk(today)),)), table), landscape=True),),
        notice=board.notice,
        file_name=f"{review.reference} plan.docx",
        restricted=(review.reference,) if review.is_restricted else (),
        reviews=(review.id,),
    )


def _marking(board: Board, review: Review) -> str:
    of_all = [board.marking, review.classification]
    marking = max(of_all, key=lambda each: PROTECTION.index(each) if each in PROTECTION else -1)
    return f"{marking} – {HAS_RESTRICTED}" if review.is_restricted else marking
