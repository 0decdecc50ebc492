"""What chasing runs for the cases that agencies referred."""

from collections.abc import Sequence
from typing import Any

from kscb_actions.access.policy import Viewer
from kscb_actions.chasing.dated import DatedMatters, DigestWords
from kscb_actions.chasing.ladder.rules import Recipient
from kscb_actions.chasing.rules import TRACKER
from kscb_actions.mail.rules import About
from kscb_actions.terms import say_later

from . import queries, rules
from .models import CaseReferralChase
from .rules import REFERRALS, UnansweredReferral


class UnansweredReferrals(DatedMatters[UnansweredReferral]):
    """Referred cases that the subgroup has not answered, for who chairs it."""

    name = "chase-referrals"
    help = """Remind the SCR subgroup of cases that agencies referred and that have no answer.

    The scheduler does it beside the chasing of actions. Example: flask chase-referrals --dry-run --json
    """
    idle = "No referred case fell due for anybody."
    event = "case-referral.chase-ran"
    chased = "case-referral.chased"
    room = "chasing"
    heading = TRACKER
    chases = CaseReferralChase.referral
    subjects = (REFERRALS,)
    reads = rules.READS
    words = DigestWords(
        one="referred case to answer",
        many="referred cases to answer",
        asked=say_later("Agencies have referred these cases, and wait for the subgroup’s answer:"),
        all_words="All referred cases",
        all_path="/case-referrals",
    )

    list_waiting = staticmethod(queries.list_waiting)
    whom_to_ask = staticmethod(rules.whom_to_ask)

    def holders(
        self, waiting: UnansweredReferral, recipient: Recipient, people: Sequence[Viewer]
    ) -> Sequence[Viewer]:
        """Return who holds a post for it and is not of the agency that referred it."""
        found = super().holders(waiting, recipient, people)
        return [person for person in found if rules.may_answer(waiting, person)]

    def can_do(self, waiting: UnansweredReferral, person: Viewer) -> bool:
        """Return whether they may answer it, or see to it that somebody does."""
        return rules.may_answer(waiting, person)

    def about(self, waiting: UnansweredReferral) -> tuple[About, ...]:
        """Return that it is about no review."""
        return ()

    def columns(self, waiting: UnansweredReferral) -> dict[str, Any]:
        """Return what names it in a row of reminders."""
        return {"referral": waiting.id}

    def facts(self, waiting: UnansweredReferral) -> dict[str, Any]:
        """Return how JSON names it."""
        return {"referral": waiting.reference}


UNANSWERED_REFERRALS = UnansweredReferrals()
