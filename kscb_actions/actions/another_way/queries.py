"""Reading what the Board answered to what cannot be done."""

from ..models import ProgressUpdate
from .models import AnotherWay


def is_answered(update: ProgressUpdate) -> bool:
    """Return whether the Board has sent the action back in answer to this update."""
    return bool(AnotherWay.select().where(AnotherWay.answers == update).exists())
