"""The columns of the lists of reviews and of answers, as a file has them."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from kscb_actions.actions.rating import Colour
from kscb_actions.reviews.models import AgencyResponse, Review
from kscb_actions.reviews.rules import ANSWER_NAMES, HOLD_NAMES, KIND_NAMES, STAGE_NAMES
from kscb_actions.spreadsheets.rules import Column, Value

# A review, and how many of its actions have each rating, as far as the reader sees them.
Row = tuple[Review, Mapping[Colour, int]]

_REFERENCE = Column("Reference", lambda row: row[0].reference)
_KIND = Column("Kind", lambda row: KIND_NAMES[row[0].kind], 30)
_WHOLE = (
    Column("Review", lambda row: row[0].title, 60),
    Column("Pseudonym", lambda row: row[0].pseudonym),
    Column("Restricted", lambda row: "Restricted" if row[0].is_restricted else ""),
    Column("On hold", lambda row: HOLD_NAMES[row[0].hold_kind] if row[0].hold_kind else "", 24),
)


def _count(colour: Colour) -> Column:
    # None where the page shows none either.
    return Column(colour.capitalize(), lambda row: row[1].get(colour) or None, 10)


def columns_of_reviews(sees_whole: bool) -> Sequence[Column]:
    """Return the columns for somebody who sees whole reviews, or only that there is a case."""
    ratings = tuple(map(_count, Colour))
    if sees_whole:
        return (
            _REFERENCE,
            *_WHOLE,
            _KIND,
            Column("Stage", lambda row: STAGE_NAMES[row[0].stage], 24),
            *ratings,
        )
    case = Column("Case", lambda row: row[0].pseudonym or row[0].reference, 24)
    return (_REFERENCE, case, _KIND, *ratings)


def columns_of_answers(today: date) -> Sequence[Column]:
    """Return the columns of the list of answers."""

    def late(row: AgencyResponse) -> Value:
        is_late = row.due_on is not None and row.answer == "awaited" and row.due_on < today
        return "Not answered by the date" if is_late else ""

    def about(row: Any) -> Value:
        return f"{row.recommendation.review.reference}, recommendation {row.recommendation.number}"

    return (
        Column("Recommendation", about, 34),
        Column("Text", lambda row: row.recommendation.text, 60),
        Column("Agency", lambda row: row.agency.name, 30),
        Column("Answer by", lambda row: row.due_on or "not asked by a date"),
        Column("Late", late, 24),
        Column("Answer", lambda row: ANSWER_NAMES[row.answer], 24),
        Column("Reason", lambda row: row.reason, 60),
    )
