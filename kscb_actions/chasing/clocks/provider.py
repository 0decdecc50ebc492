"""What chasing runs for the statutory dates of reviews."""

from datetime import date
from typing import Any

from kscb_actions.access.policy import Viewer
from kscb_actions.chasing.dated import DatedMatters, DigestWords
from kscb_actions.chasing.rules import TRACKER, Item, due_words, paragraph_of
from kscb_actions.mail.rules import About
from kscb_actions.reviews.guidance.rules import CLOCKS as CLOCK_RULES

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
        asked="Guidance sets a date for these, and the review has not reached that stage:",
        all_words="All reviews",
        all_path="/reviews",
    )

    list_waiting = staticmethod(queries.list_waiting)
    whom_to_ask = staticmethod(rules.whom_to_ask)

    def paragraph(self, item: Item[UnmetClock], on: date, base_url: str) -> str:
        """Return one date as a digest tells of it, with the rule that sets it."""
        each = item.waiting
        said = "\n".join(filter(None, (str(CLOCK_RULES[each.kind].rule), item.said)))
        return paragraph_of(self.called(each), due_words(each.due_on, on), said, self.link(each, base_url))

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
