"""What chasing runs for the statutory dates of reviews."""

from collections.abc import Sequence
from datetime import date
from typing import Any

from kscb_actions.access.policy import Viewer
from kscb_actions.audit.service import Change
from kscb_actions.chasing.dated import DatedMatters, DigestWords
from kscb_actions.chasing.providers import record_rows
from kscb_actions.chasing.rules import TRACKER, Item
from kscb_actions.database import Model
from kscb_actions.mail.models import OutboxMessage
from kscb_actions.mail.rules import About
from kscb_actions.terms import say_later

from . import queries, rules
from .models import ClockChase
from .rules import CLOCKS, UnmetClock


class UnmetClocks(DatedMatters[UnmetClock]):
    """Statutory dates that reviews have not met, for the Board."""

    name = "chase-clocks"
    help = """Remind the Board of statutory dates that reviews have not met.

    The scheduler does it beside the chasing of actions. Example: flask chase-clocks --dry-run --json
    """
    idle = "No statutory date fell due for anybody."
    event = "review.clock-chase-ran"
    room = "chasing"
    heading = TRACKER
    chases = ClockChase.review
    subjects = (CLOCKS,)
    reads = rules.READS
    words = DigestWords(
        one="statutory date to keep",
        many="statutory dates to keep",
        asked=say_later(
            "Guidance sets the Board a date for these, and the review has not reached that stage:"
        ),
        all_words="All reviews",
        all_path="/reviews",
    )

    list_waiting = staticmethod(queries.list_waiting)
    whom_to_ask = staticmethod(rules.whom_to_ask)

    def can_do(self, waiting: UnmetClock, person: Viewer) -> bool:
        """Return that whoever is told can do something: it is the Board's turn, and they are of the Board."""
        return True

    def about(self, waiting: UnmetClock) -> tuple[About, ...]:
        """Return the review."""
        return (About(waiting.review_id),)

    def record(self, tx: Change, given: Sequence[tuple[Item[UnmetClock], OutboxMessage]], on: date) -> None:
        """Record that these were chased."""

        def row_of(item: Item[UnmetClock], message: OutboxMessage) -> Model:
            waiting = item.waiting
            return ClockChase(review=waiting.review_id, kind=waiting.kind, **item.facts(on), message=message)

        record_rows(tx, "review.clock-chased", given, row_of)

    def facts(self, waiting: UnmetClock) -> dict[str, Any]:
        """Return how JSON names it."""
        return {"review": waiting.reference, "clock": waiting.kind}


UNMET_CLOCKS = UnmetClocks()
