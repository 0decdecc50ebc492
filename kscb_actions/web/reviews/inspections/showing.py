"""What the page of an inspection shows of its findings, and of its areas before and after."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from kscb_actions.access.policy import Viewer
from kscb_actions.actions.roll_up.queries import states_by_actions
from kscb_actions.reviews.inspections.models import InspectionFinding
from kscb_actions.reviews.inspections.queries import (
    Followed,
    areas_before,
    followed,
    judgements_before,
    list_findings,
)
from kscb_actions.reviews.inspections.rules import BECAME_NAMES, Became, FindingKind
from kscb_actions.reviews.models import Recommendation, Review


@dataclass(frozen=True)
class Found:
    """What an inspection found, as far as the reader sees it.

    before    {id: a judgement of another inspection} that one here follows
    areas     {id: an area of another inspection} that something here was
    followed  {id of an area here: what it came back as}
    states    {id of an earlier area: how far its actions are}, of those that have any
    """

    judgements: list[InspectionFinding]
    strengths: list[InspectionFinding]
    before: Mapping[int, InspectionFinding]
    areas: Mapping[int, Recommendation]
    followed: Mapping[int, list[Followed]]
    states: Mapping[int, str]

    @property
    def became_names(self) -> dict[Became, str]:
        """Return what is said of an area that became so."""
        return BECAME_NAMES


def found_of(person: Viewer, review: Review, plan: Iterable[Recommendation]) -> Found | None:
    """Return what is shown of an inspection; None of any other review. At most seven queries."""
    if not review.is_inspection:
        return None
    findings = list_findings(person, review)
    areas = areas_before(person, (each.earlier_area_id for each in (*plan, *findings)))
    return Found(
        [each for each in findings if each.kind == FindingKind.JUDGEMENT],
        [each for each in findings if each.kind == FindingKind.STRENGTH],
        judgements_before(person, (each.earlier_judgement_id for each in findings)),
        areas,
        followed(person, review),
        {key: each.name for key, each in states_by_actions(person, areas).items()},
    )
