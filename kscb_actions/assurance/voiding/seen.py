"""Whether the agency of something has opened it, as a higher room that keeps who has seen what says."""

from collections.abc import Callable
from typing import Any

from kscb_actions.actions.models import Action
from kscb_actions.reviews.models import Recommendation, Review

from ..challenges.models import Challenge

# What stands for it among the acts on a thing: no event of the trail tells of a page that was read.
SEEN = "news.seen"
Seen = Review | Recommendation | Action | Challenge


class _Handed:
    is_seen: Callable[[Any], bool] | None = None


def seen_as(says: Callable[[Any], bool]) -> None:
    """Let this say whether somebody of its agency has seen a thing, in place of any before."""
    _Handed.is_seen = staticmethod(says)


def seen_by_agency(row: Seen) -> set[str]:
    """Return SEEN alone where somebody of an agency that owns it has seen a thing or the news of it."""
    return {SEEN} if _Handed.is_seen and _Handed.is_seen(row) else set()
