"""Reading what inspections found, and how their areas hang together, always for a viewer."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from kscb_actions.access.policy import Viewer
from kscb_actions.reviews.models import Recommendation, Review
from kscb_actions.reviews.queries import get_review, sees_whole, visible_recommendation, visible_review
from kscb_actions.reviews.rules import Kind

from .models import InspectionFinding
from .rules import AREA_NAMES, Area, FindingKind


@dataclass(frozen=True)
class Followed:
    """What an area came back as in another inspection, an area of it or a strength, and what became of it."""

    review: Review
    area: Recommendation | None
    became: str


def list_findings(viewer: Viewer, review: Review) -> list[InspectionFinding]:
    """Return the judgements and strengths of a review fetched for a viewer, as recorded. At most one query.

    For whoever sees all of it. The judgement before, of a review that they may not see, is not in it.
    """
    if not review.is_inspection or not sees_whole(viewer):
        return []
    return list(
        _kept()
        .where(InspectionFinding.review == review)
        .order_by(InspectionFinding.kind, InspectionFinding.id)
    )


def get_finding(viewer: Viewer, reference: str, finding_id: int) -> InspectionFinding | None:
    """Return one finding, or None when it is hidden or does not exist."""
    review = get_review(viewer, reference)
    if review is None or not sees_whole(viewer):
        return None
    return _kept().where(InspectionFinding.review == review, InspectionFinding.id == finding_id).first()


def areas_before(viewer: Viewer, ids: Iterable[int | None]) -> dict[int, Recommendation]:
    """Return {id: area} of these areas of other inspections, as far as visible. At most one query."""
    wanted = [each for each in ids if each is not None]
    if not wanted:
        return {}
    return {each.id: each for each in _areas(viewer).where(Recommendation.id.in_(wanted))}


def judgements_before(viewer: Viewer, ids: Iterable[int | None]) -> dict[int, InspectionFinding]:
    """Return {id: judgement} of these of other inspections, as far as visible. At most one query."""
    wanted = [each for each in ids if each is not None]
    if not wanted or not sees_whole(viewer):
        return {}
    query = _kept().where(InspectionFinding.id.in_(wanted), visible_review(viewer))
    return {each.id: each for each in query}


def followed(viewer: Viewer, review: Review) -> dict[int, list[Followed]]:
    """Return {id of an area: what it came back as} for an inspection. At most two queries."""
    if not review.is_inspection:
        return {}
    own = Recommendation.select(Recommendation.id).where(Recommendation.review == review)
    found: dict[int, list[Followed]] = {}
    for area in _areas(viewer).where(Recommendation.earlier_area.in_(own)):
        found.setdefault(area.earlier_area_id, []).append(Followed(area.review, area, area.became))
    if sees_whole(viewer):
        strengths = _kept().where(InspectionFinding.earlier_area.in_(own), visible_review(viewer))
        for each in strengths:
            found.setdefault(each.earlier_area_id, []).append(Followed(each.review, None, each.became))
    return found


def earlier_areas(viewer: Viewer, review: Review) -> list[Recommendation]:
    """Return the areas of other inspections, which an area of this one can have been. At most one query."""
    if not review.is_inspection:
        return []
    query = _areas(viewer).where(Recommendation.review != review.id)
    return list(query.order_by(Review.id.desc(), Recommendation.number))


def earlier_judgements(viewer: Viewer, review: Review) -> list[InspectionFinding]:
    """Return the judgements of other inspections, which one of this can follow. One query."""
    is_other = InspectionFinding.review != review.id
    query = _kept().where(InspectionFinding.kind == FindingKind.JUDGEMENT.value, is_other)
    return list(query.where(visible_review(viewer)).order_by(Review.id.desc(), InspectionFinding.id))


def is_earlier_area(viewer: Viewer, review: Review, area_id: int) -> bool:
    """Return whether this is an area of another inspection that the viewer may see."""
    return any(each.id == area_id for each in earlier_areas(viewer, review))


def is_earlier_judgement(viewer: Viewer, review: Review, finding_id: int) -> bool:
    """Return whether this is a judgement of another inspection that the viewer may see."""
    return any(each.id == finding_id for each in earlier_judgements(viewer, review))


def name_of_area(area: Recommendation) -> str:
    """Return what an area is called from another review, such as "INS-2010-01, area for development 3"."""
    name = AREA_NAMES[Area(area.area or Area.DEVELOPMENT)].lower()
    return f"{area.review.reference}, {name} {area.label}"


def _areas(viewer: Viewer) -> Any:
    return (
        Recommendation.select(Recommendation, Review)
        .join(Review)
        .where(Review.kind == Kind.INSPECTION.value, visible_recommendation(viewer))
    )


def _kept() -> Any:
    is_kept = InspectionFinding.is_void == False  # noqa: E712
    return InspectionFinding.select(InspectionFinding, Review).join(Review).where(is_kept)
