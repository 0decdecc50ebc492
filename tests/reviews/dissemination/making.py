"""Shared learning for tests, through the application's own operations."""

from dataclasses import replace
from datetime import date

from kscb_actions.reviews.dissemination.models import Dissemination
from kscb_actions.reviews.dissemination.rules import Shared
from kscb_actions.reviews.dissemination.service import record_sharing
from kscb_actions.reviews.models import Recommendation, Review

from ...factories import World

LEARNING = Shared(date(2012, 2, 1), "briefing", "Health visitors", "Why fathers are asked.", 40)


def shared_with(
    world: World, review: Review, recommendation: Recommendation | None = None, **facts: object
) -> Dissemination:
    """Return a briefing of forty health visitors, unless told otherwise."""
    said = replace(LEARNING, **facts)  # type: ignore[arg-type]
    return record_sharing(world.as_viewer(world.manager), review, recommendation, said)
