"""What chasing runs for the statutory dates of reviews."""

from typing import Any

from kscb_actions.access.policy import Viewer
from kscb_actions.chasing.dated import DatedMatters, DigestWords
from kscb_actions.chasing.rules import TRACKER
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
    chased = "review.clock-chased"
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

    def columns(self, waiting: UnmetClock) -> dict[str, Any]:
        """Return what names it in a row of reminders."""
        return {"review": waiting.review_id, "kind": waiting.kind}

    def facts(self, waiting: UnmetClock) -> dict[str, Any]:
        """Return how JSON names it."""
        return {"review": waiting.reference, "clock": waiting.kind}


UNMET_CLOCKS = UnmetClocks()
