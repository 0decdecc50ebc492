"""What chasing runs for recommendations that have come back."""

from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from typing import Any

from kscb_actions.access.policy import SYSTEM, Permission, Viewer
from kscb_actions.chasing.dated import DatedMatters, DigestWords
from kscb_actions.chasing.ladder.rules import Recipient
from kscb_actions.chasing.queries import chased_by, gathered
from kscb_actions.chasing.rules import TRACKER, Item, paragraph_of
from kscb_actions.mail.rules import About
from kscb_actions.people.absences.queries import people_away
from kscb_actions.reviews.models import NamedPerson
from kscb_actions.settings.queries import get_board
from kscb_actions.wording import date_uk

from . import waiting as rules
from .models import ImpactChase
from .queries import ImpactFilter, list_questions
from .waiting import IMPACT, CameBack


def list_waiting(on: date, begins: Mapping[str, int]) -> list[CameBack]:
    """Return the recommendations that have come back whose first stage has begun by `on`. Few queries."""
    named = gathered(NamedPerson.select(NamedPerson.review, NamedPerson.user).tuples(), int)
    chased, away = chased_by(ImpactChase.recommendation), people_away(on)
    until, found = on - timedelta(days=begins[IMPACT.code]), []
    for each in list_questions(SYSTEM, on, get_board().impact_months, ImpactFilter(is_open=True)):
        recommendation, due_on = each.recommendation, each.since
        if due_on is None or due_on > until:
            continue
        review = recommendation.review
        found.append(
            CameBack(
                recommendation_id=recommendation.id,
                reference=review.reference,
                number=recommendation.number,
                called=recommendation.called.one,
                due_on=due_on,
                review_id=review.id,
                silent=frozenset(agency for agency in each.agencies if each.lacks(agency)),
                bodies=each.bodies,
                named=frozenset(named.get(review.id, ())) if review.is_restricted else None,
                chased=chased.get(recommendation.id, ()),
                away=away,
            )
        )
    return found


class RecommendationsBack(DatedMatters[CameBack]):
    """Recommendations that have come back, for who says what they changed and who judges it."""

    name = "chase-impact"
    help = """Remind agencies to say what difference recommendations made, and the Board to judge it.

    The scheduler does it beside the chasing of actions. Example: flask chase-impact --dry-run --json
    """
    idle = "No recommendation fell due to be looked at again."
    event = "impact.chase-ran"
    chased = "impact.chased"
    room = "chasing"
    heading = TRACKER
    chases = ImpactChase.recommendation
    subjects = (IMPACT,)
    reads = Permission.READ_REVIEW
    words = DigestWords(
        one="recommendation has come back: what difference did it make",
        many="recommendations have come back: what difference did they make",
        asked="Say what difference these made for children; or judge it, where every agency has said it:",
        orphaned="Nobody can say or judge these any more. See to each:",
        all_words="All that have come back",
        all_path="/impact?waits=1",
    )

    list_waiting = staticmethod(list_waiting)
    whom_to_ask = staticmethod(rules.whom_to_ask)

    def holders(self, waiting: CameBack, recipient: Recipient, people: Sequence[Viewer]) -> Sequence[Viewer]:
        """Return who holds a post for it; who says or judges it, in the place of a lead."""
        if recipient is Recipient.LEAD:
            asked, is_asked = rules.whom_to_ask(waiting, people)
            return asked if is_asked else ()
        return super().holders(waiting, recipient, people)

    def can_do(self, waiting: CameBack, person: Viewer) -> bool:
        """Return whether it is for them to say or to judge."""
        return rules.says_or_judges(waiting, person)

    def about(self, waiting: CameBack) -> tuple[About, ...]:
        """Return the recommendation."""
        return (About(waiting.review_id, recommendation_id=waiting.recommendation_id),)

    def paragraph(self, item: Item[CameBack], on: date, base_url: str) -> str:
        """Return one recommendation as a digest tells of it: since when who is waited for."""
        one = item.waiting
        since = "Came back on" if one.silent else "Waits to be judged since"
        told = f"{since} {date_uk(one.due_on)}"
        return paragraph_of(self.called(one), told, item.said, self.link(one, base_url))

    def columns(self, waiting: CameBack) -> dict[str, Any]:
        """Return what names it in a row of reminders."""
        return {"review": waiting.review_id, "recommendation": waiting.recommendation_id}

    def facts(self, waiting: CameBack) -> dict[str, Any]:
        """Return how JSON names it."""
        return {"review": waiting.reference, "recommendation": waiting.number}


RECOMMENDATIONS_BACK = RecommendationsBack()
