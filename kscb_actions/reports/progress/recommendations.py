"""The recommendations as they stood, with what each was meant to change for children."""

from collections.abc import Iterator, Mapping
from functools import partial
from typing import Any

from kscb_actions.reports.content import Column, Paragraph, Row, Rows, Section, Table
from kscb_actions.wording import date_uk

from .past import as_day
from .record_queries import count_recommendations, list_recommendations
from .scope import Scope

COLUMNS = (
    Column("Review", 30),
    Column("Rec.", 14),
    Column("Recommendation", 133),
    Column("Intended outcome", 90),
)


def recommendations_section(scope: Scope) -> Section:
    """Return every recommendation covered, in full; of one agency, those that it has an action for."""
    rows = Rows(partial(_rows, scope), count_recommendations(scope))
    intro = Paragraph("The numbers stand in the column “Rec.” of the tables of actions.")
    table = Table("Recommendations in full", COLUMNS, rows, "No recommendation is recorded.")
    return Section("Recommendations", (intro, table), landscape=True)


def _rows(scope: Scope, start: int = 0, most: int | None = None) -> Iterator[Row]:
    for row in list_recommendations(scope, start, most):
        yield (
            scope.reviews[row["review_id"]]["reference"],
            str(row["number"]),
            _text(scope, row),
            row["intended_outcome"] or "–",
        )


def _text(scope: Scope, row: Mapping[str, Any]) -> str:
    """Return the words of a recommendation, after the day and the reason of its withdrawal."""
    withdrawn_on = as_day(row["withdrawn_on"])
    if withdrawn_on is None:
        return str(row["text"])
    because = "" if scope.publication else f": {row['withdrawn_reason']}"
    return f"Withdrawn on {date_uk(withdrawn_on)}{because}\n{row['text']}"
