"""What chasing runs for actions."""

from collections.abc import Sequence
from datetime import date
from typing import Any

from kscb_actions.actions.narrowing import Filter
from kscb_actions.actions.queries import count_waits
from kscb_actions.audit.service import Change
from kscb_actions.chasing.rules import TRACKER, Digest, Item
from kscb_actions.mail.models import OutboxMessage
from kscb_actions.mail.rules import About

from . import rules
from .joint import list_open_with_joint
from .models import Chase
from .rules import Open


class OpenActions:
    """Open actions with a due date, for their leads, and the Board's questions, for who was asked."""

    name = "chase"
    help = """Remind people of what fell due: one digest a person, nothing twice, on working days only.

    Example: flask chase --on 2012-03-30 --dry-run --json
    """
    idle = "Nothing fell due for anybody."
    event = "chase.ran"
    room = "chasing"
    heading = TRACKER

    list_waiting = staticmethod(list_open_with_joint)
    whom_to_ask = staticmethod(rules.whom_to_ask)
    subject = staticmethod(rules.subject)

    def body(self, digest: Digest[Open], on: date, base_url: str) -> str:
        """Return the text, with how many actions wait for the Board; one query for each person.

        Restricted reviews are not counted: who reads the outbox may not know of them.
        """
        waits = count_waits(digest.to, on, Filter(open_only=True))
        return rules.body(digest, on, base_url, waits)

    def about(self, waiting: Open) -> tuple[About, ...]:
        """Return the action and its review."""
        return (About(waiting.review_id, waiting.action_id),)

    def record(self, tx: Change, item: Item[Open], on: date, message: OutboxMessage) -> None:
        """Record that an action was chased."""
        row = Chase(
            review=item.waiting.review_id,
            action=item.waiting.action_id,
            **item.facts(on),
            message=message,
        )
        tx.add(row, "action.chased", {"asked": item.is_asked})

    def facts(self, waiting: Open) -> dict[str, Any]:
        """Return how JSON names an action."""
        return {"action": waiting.label}

    def is_restricted(self, waiting: Open) -> bool:
        """Return whether its review is open to named people only."""
        return waiting.named is not None

    def explain_no_recipient(self, without_recipient: Sequence[Open]) -> Sequence[str]:
        """Return what an operator is told of actions that nobody may be told of."""
        return [
            f"Nobody may be told of {each.label}: name somebody on its review." for each in without_recipient
        ]


OPEN_ACTIONS = OpenActions()
