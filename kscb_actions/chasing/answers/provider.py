"""What chasing runs for agencies' answers to recommendations."""

from collections.abc import Sequence
from types import MappingProxyType
from typing import Any

from kscb_actions.access.policy import SPEAKS_FOR_AGENCY, Permission, Viewer
from kscb_actions.chasing.dated import DatedMatters, DigestWords
from kscb_actions.chasing.ladder.rules import Recipient
from kscb_actions.chasing.rules import TRACKER
from kscb_actions.mail.rules import About
from kscb_actions.terms import say_later

from . import queries, rules
from .models import AnswerChase
from .rules import ANSWERS, VIEWS, Awaited

TO_LOOK_AT = DigestWords(
    one="agency’s answer to look at",
    many="agencies’ answers to look at",
    asked=say_later(
        "Agencies do not accept these, or only in part. Please say what the Board thinks of that:"
    ),
    orphaned=say_later(
        "Agencies do not accept these, or only in part, and no SCR subgroup chair is active who may say "
        "what the Board thinks of that. Name one, or see to it yourself:"
    ),
    all_words="All answers to look at",
    all_path="/answers?to_view=1",
)


class AwaitedAnswers(DatedMatters[Awaited]):
    """Recommendations without an answer, for who is to answer, and answers that the Board has to look at."""

    name = "chase-answers"
    help = """Remind agencies of recommendations that wait for an answer, and the Board of answers.

    The scheduler does it beside the chasing of actions. Example: flask chase-answers --dry-run --json
    """
    idle = "No answer fell due for anybody."
    event = "recommendation.answer-chase-ran"
    chased = "recommendation.answer-chased"
    room = "chasing"
    heading = TRACKER
    chases = AnswerChase.response
    subjects = (ANSWERS, VIEWS)
    reads = Permission.READ_REVIEW
    does = SPEAKS_FOR_AGENCY
    words = DigestWords(
        one="recommendation waits for an answer",
        many="recommendations wait for an answer",
        asked=say_later("The Board waits for your agency’s answer to:"),
        orphaned="Nobody in the agency can answer these any more. "
        "Add an account, or record what comes by letter:",
        all_words="All that waits",
        all_path="/answers?waits=1",
    )

    of_board = MappingProxyType({VIEWS.code: TO_LOOK_AT})

    list_waiting = staticmethod(queries.list_waiting)
    whom_to_ask = staticmethod(rules.whom_to_ask)

    def kind_of(self, waiting: Awaited) -> str:
        """Return whether the agency is waited for, or the Board."""
        return waiting.kind

    def holders(self, waiting: Awaited, recipient: Recipient, people: Sequence[Viewer]) -> Sequence[Viewer]:
        """Return who holds a post for it; of those who would look at an answer only who may."""
        found = super().holders(waiting, recipient, people)
        if waiting.kind == VIEWS.code and recipient is not Recipient.MANAGER:
            return [person for person in found if rules.looks(waiting, person)]
        return found

    def can_do(self, waiting: Awaited, person: Viewer) -> bool:
        """Return whether somebody answers for its agency, or may say what the Board thinks of the answer."""
        if waiting.kind == VIEWS.code:
            return rules.looks(waiting, person)
        return super().can_do(waiting, person)

    def about(self, waiting: Awaited) -> tuple[About, ...]:
        """Return the recommendation, and its review."""
        return (About(waiting.review_id, recommendation_id=waiting.recommendation_id),)

    def columns(self, waiting: Awaited) -> dict[str, Any]:
        """Return what names it in a row of reminders."""
        return {"review": waiting.review_id, "response": waiting.response_id}

    def facts(self, waiting: Awaited) -> dict[str, Any]:
        """Return how JSON names it."""
        return {"recommendation": waiting.label, "agency": waiting.agency_code}


AWAITED_ANSWERS = AwaitedAnswers()
