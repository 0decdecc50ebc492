"""What chasing runs for agencies' answers to recommendations."""

from datetime import date
from typing import Any

from kscb_actions.access.policy import OF_AN_AGENCY, Permission
from kscb_actions.audit.service import Change
from kscb_actions.chasing.dated import DatedMatters, DigestWords
from kscb_actions.chasing.rules import TRACKER, Item
from kscb_actions.mail.models import OutboxMessage
from kscb_actions.mail.rules import About

from . import queries, rules
from .models import AnswerChase
from .rules import ANSWERS, Awaited


class AwaitedAnswers(DatedMatters[Awaited]):
    """Recommendations without an answer, for who is to answer for the agency."""

    name = "chase-answers"
    help = """Remind agencies of recommendations that wait for their answer.

    The scheduler does it beside the chasing of actions. Example: flask chase-answers --dry-run --json
    """
    idle = "No answer fell due for anybody."
    event = "recommendation.answer-chase-ran"
    room = "chasing"
    heading = TRACKER
    chases = AnswerChase.response
    subjects = (ANSWERS,)
    reads = Permission.READ_REVIEW
    does = OF_AN_AGENCY
    words = DigestWords(
        one="recommendation waits for an answer",
        many="recommendations wait for an answer",
        asked="The Board waits for your agency’s answer to:",
        orphaned="Nobody in the agency can answer these any more. "
        "Add an account, or record what comes by letter:",
        all_words="All that waits",
        all_path="/answers?waits=1",
    )

    list_waiting = staticmethod(queries.list_waiting)
    whom_to_ask = staticmethod(rules.whom_to_ask)

    def about(self, waiting: Awaited) -> tuple[About, ...]:
        """Return the recommendation, and its review."""
        return (About(waiting.review_id, recommendation_id=waiting.recommendation_id),)

    def record(self, tx: Change, item: Item[Awaited], on: date, message: OutboxMessage) -> None:
        """Record that an answer was chased."""
        row = AnswerChase(
            review=item.waiting.review_id,
            response=item.waiting.response_id,
            **item.facts(on),
            message=message,
        )
        tx.add(row, "recommendation.answer-chased", {"asked": item.is_asked})

    def facts(self, waiting: Awaited) -> dict[str, Any]:
        """Return how JSON names it."""
        return {"recommendation": waiting.label, "agency": waiting.agency_code}


AWAITED_ANSWERS = AwaitedAnswers()
