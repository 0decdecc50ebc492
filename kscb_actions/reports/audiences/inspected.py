"""What an inspection found, and how its areas hang together with those before and after, on paper."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from kscb_actions.access.policy import Viewer
from kscb_actions.reports.content import Column, Section, Table
from kscb_actions.reports.progress.past import Reviews, read, rows_of, state_at
from kscb_actions.reports.progress.record.queries import list_recommendations
from kscb_actions.reports.progress.scope import Scope
from kscb_actions.reviews.inspections.models import InspectionFinding
from kscb_actions.reviews.inspections.queries import (
    Followed,
    areas_before,
    followed,
    judgements_before,
    name_of_area,
)
from kscb_actions.reviews.inspections.rules import BECAME_NAMES, Became, FindingKind, Words, words_of
from kscb_actions.reviews.models import Recommendation, Review
from kscb_actions.reviews.rules import Kind
from kscb_actions.wording import lower_first

HEADING = "What the inspection found"
JUDGEMENTS = (Column("What was judged", 90), Column("Grade", 40), Column("Before", 50))
STRENGTHS = (Column("Strength", 180),)
FIELDS = ("id", "kind", "text", "grade", "earlier_area", "became", "earlier_judgement")


@dataclass(frozen=True)
class Inspected:
    """The words of a plan; of an inspection its findings, and the areas of others that they name.

    In a paper for the public no other inspection is named, and a restricted one in none. What an area came
    back as is told of today alone.
    """

    words: Words
    findings: tuple[Mapping[str, Any], ...] = ()
    areas: Mapping[int, Recommendation] | None = None
    judgements: Mapping[int, InspectionFinding] | None = None
    followed: Mapping[int, list[Followed]] | None = None

    def lines(self, row: Mapping[str, Any]) -> list[str]:
        """Return what an area was before, and what became of it, as lines below its words."""
        found = [self._before(row)] if self._before(row) else []
        for each in (self.followed or {}).get(row["id"], ()):
            where = name_of_area(each.area) if each.area else f"{each.review.reference}, a strength"
            found.append(f"What became of it: {lower_first(_became(each.became))} ({where})")
        return found

    def section(self) -> Section | None:
        """Return the judgements and strengths; None where none is recorded."""
        judged = tuple(
            (row["text"], row["grade"], self._grade_before(row))
            for row in self.findings
            if row["kind"] == FindingKind.JUDGEMENT
        )
        strengths = tuple(
            ("\n".join(filter(None, (row["text"], self._before(row)))),)
            for row in self.findings
            if row["kind"] == FindingKind.STRENGTH
        )
        tables = (
            Table("Judgements", JUDGEMENTS, judged) if judged else None,
            Table("Strengths", STRENGTHS, strengths) if strengths else None,
        )
        return Section(HEADING, tuple(filter(None, tables))) if judged or strengths else None

    def _before(self, row: Mapping[str, Any]) -> str:
        area = (self.areas or {}).get(row["earlier_area_id"])
        return f"Before: {name_of_area(area)}. {_became(row['became'])}" if area else ""

    def _grade_before(self, row: Mapping[str, Any]) -> str:
        before = (self.judgements or {}).get(row["earlier_judgement_id"])
        return f"{before.grade} ({before.review.reference})" if before else "–"


def inspected(viewer: Viewer, scope: Scope) -> Inspected:
    """Return what is told of the review of a plan beside its actions. At most seven queries."""
    of = scope.review
    if of is None or of["kind"] != Kind.INSPECTION:
        return Inspected(words_of(False))
    findings = tuple(_findings(scope, of["id"]))
    if scope.publication:
        return Inspected(words_of(True), findings)
    rows = [*findings, *list_recommendations(scope)]
    areas = areas_before(viewer, (row["earlier_area_id"] for row in rows))
    judged = judgements_before(viewer, (row["earlier_judgement_id"] for row in findings))
    came = {} if scope.moment.is_past else followed(viewer, Review.get_by_id(of["id"]))
    return Inspected(
        words_of(True),
        findings,
        {key: each for key, each in areas.items() if not each.review.is_restricted},
        {key: each for key, each in judged.items() if not each.review.is_restricted},
        {key: [each for each in found if not each.review.is_restricted] for key, found in came.items()},
    )


def _findings(scope: Scope, review_id: int) -> Iterator[Mapping[str, Any]]:
    then = state_at(InspectionFinding, scope.moment, FIELDS, Reviews([review_id]))
    is_void = InspectionFinding.is_void == True  # noqa: E712
    void = InspectionFinding.select(InspectionFinding.id).where(is_void)
    return read(rows_of(then).where(then.c.id.not_in(void)).order_by(then.c.id))


def _became(became: str) -> str:
    return BECAME_NAMES[Became(became)]
