"""Reading what the Board answered to what cannot be done."""

from ..models import Action, ProgressUpdate
from .models import AnotherWay


def last_word(action: Action) -> ProgressUpdate | None:
    """Return what the agency said last, which is what the Board answers; None where it has said nothing."""
    return (
        ProgressUpdate.select()
        .where(ProgressUpdate.action == action)
        .order_by(ProgressUpdate.id.desc())
        .first()
    )


def is_answered(update: ProgressUpdate) -> bool:
    """Return whether the Board has sent the action back in answer to this update."""
    return bool(AnotherWay.select().where(AnotherWay.answers == update).exists())
