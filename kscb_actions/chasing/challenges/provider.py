"""What chasing runs for challenges."""

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
from .models import ChallengeChase
from .rules import CHALLENGES, DECISIONS, FOR_BOARD, HIGH_DECISIONS, Unanswered

TO_DECIDE = DigestWords(
    one="answered challenge to decide on",
    many="answered challenges to decide on",
    asked="Agencies have answered these challenges. Please close each, or take it a level higher:",
    orphaned="Agencies have answered these challenges, and nobody is active who decides at their level. "
    "Name somebody, or see to it yourself:",
    all_words="All answered challenges",
    all_path="/challenges?state=answered",
)


class UnansweredChallenges(DatedMatters[Unanswered]):
    """Challenges without an answer, for who is to answer them, and answered ones for who decides on them."""

    name = "chase-challenges"
    help = """Remind agencies of challenges that wait for their answer, and the Board of answered ones.

    The scheduler does it beside the chasing of actions. Example: flask chase-challenges --dry-run --json
    """
    idle = "No challenge fell due for anybody."
    event = "challenge.chase-ran"
    chased = "challenge.chased"
    room = "chasing"
    heading = TRACKER
    chases = ChallengeChase.challenge
    subjects = (CHALLENGES, DECISIONS, HIGH_DECISIONS)
    reads = Permission.READ_CHALLENGE
    does = SPEAKS_FOR_AGENCY
    words = DigestWords(
        one="challenge waits for an answer",
        many="challenges wait for an answer",
        asked=say_later("The Board waits for your agency’s answer:"),
        orphaned="Nobody in the agency can answer these any more. Add an account, or ask the agency:",
        all_words="All challenges",
        all_path="/challenges",
    )

    of_board = MappingProxyType(dict.fromkeys(FOR_BOARD, TO_DECIDE))

    list_waiting = staticmethod(queries.list_waiting)
    whom_to_ask = staticmethod(rules.whom_to_ask)
    called = staticmethod(rules.called)

    def kind_of(self, waiting: Unanswered) -> str:
        """Return whether the agency is waited for, or who of the Board."""
        return waiting.kind

    def holders(
        self, waiting: Unanswered, recipient: Recipient, people: Sequence[Viewer]
    ) -> Sequence[Viewer]:
        """Return who holds a post for it; in the chair's place who decides at its level, if anybody does.

        Of those who would decide on an answer only who may.
        """
        if waiting.kind in FOR_BOARD:
            found = super().holders(waiting, recipient, people)
            is_copied = recipient is Recipient.MANAGER
            return [person for person in found if is_copied or rules.decides(waiting, person)]
        there = rules.recipient_at(recipient, waiting.level)
        return super().holders(waiting, there, people) or super().holders(waiting, recipient, people)

    def can_do(self, waiting: Unanswered, person: Viewer) -> bool:
        """Return whether somebody answers in its agency, or may decide on the answer."""
        if waiting.kind in FOR_BOARD:
            return rules.decides(waiting, person)
        return super().can_do(waiting, person)

    def about(self, waiting: Unanswered) -> tuple[About, ...]:
        """Return the challenge, with the review and the action it is about, if it is about one."""
        about = About(
            review_id=waiting.review_id,
            action_id=waiting.action_id,
            recommendation_id=waiting.recommendation_id,
            challenge_id=waiting.challenge_id,
        )
        return (about,)

    def columns(self, waiting: Unanswered) -> dict[str, Any]:
        """Return what names it in a row of reminders."""
        return {"review": waiting.review_id, "challenge": waiting.challenge_id}

    def facts(self, waiting: Unanswered) -> dict[str, Any]:
        """Return how JSON names a challenge."""
        return {"challenge": waiting.label}


UNANSWERED_CHALLENGES = UnansweredChallenges()
