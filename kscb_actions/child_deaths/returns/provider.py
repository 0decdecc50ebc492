"""What chasing runs for agencies' returns on child deaths."""

from collections.abc import Sequence
from datetime import date
from typing import Any

from kscb_actions.access.policy import Viewer
from kscb_actions.audit.service import Change
from kscb_actions.chasing.providers import record_rows
from kscb_actions.chasing.rules import Digest, Item
from kscb_actions.mail.models import OutboxMessage
from kscb_actions.mail.rules import About

from . import queries, rules
from .models import ReturnChase
from .rules import RETURNS, SENT_RETURNS, OutstandingReturn


class AwaitedReturns:
    """Provide returns that have not come to chasing, for contacts, co-ordinators and members of the panel."""

    name = "chase-returns"
    help = """Remind agencies' child-death contacts, and later the panel's co-ordinators and an agency's own
    panel members, of returns that are waited for; and co-ordinators of answers to look at.

    The scheduler does it beside the chasing of actions. Example: flask chase-returns --dry-run --json
    """
    idle = "No return fell due for anybody."
    event = "return.chase-ran"
    room = "child_deaths"
    heading = "child death reviews"
    chases = ReturnChase.agency_return
    subjects = (RETURNS, SENT_RETURNS)

    list_waiting = staticmethod(queries.list_waiting)
    body = staticmethod(rules.body)
    holders = staticmethod(rules.holders)
    link = staticmethod(rules.link)
    paragraph = staticmethod(rules.paragraph)

    def kind_of(self, waiting: OutstandingReturn) -> str:
        """Return the code of its ladder."""
        return (SENT_RETURNS if waiting.is_sent else RETURNS).code

    def can_do(self, waiting: OutstandingReturn, person: Viewer) -> bool:
        """Return that whoever is told can do something: who may see the case sees to its returns."""
        return True

    def alike(self, waiting: OutstandingReturn) -> None:
        """Return None: there are so few that who is told is found out for each."""

    def stands_at(self, waiting: OutstandingReturn) -> tuple[int | None, int]:
        """Return no review, and the agency."""
        return None, waiting.agency_id

    def is_put_off(self, waiting: OutstandingReturn, on: date) -> bool:
        """Return that it is not: nobody is asked by when they do it."""
        return False

    def may_know(self, waiting: OutstandingReturn, viewer: Viewer) -> bool:
        """Return whether this person may see the request."""
        return rules.may_see(viewer, waiting)

    def whom_to_ask(self, waiting: OutstandingReturn, people: Sequence[Viewer]) -> tuple[list[Viewer], bool]:
        """Return who of the active `people` is told of a return where no rung says who."""
        return rules.whom_to_ask(waiting, people)

    def subject(self, digest: Digest[OutstandingReturn], on: date) -> str:
        """Return the one subject: how many returns, and of whom, is for those who open the message."""
        return rules.SUBJECT

    def about(self, waiting: OutstandingReturn) -> tuple[About, ...]:
        """Return the death whose return is waited for."""
        return (About(death_id=waiting.death_id),)

    def record(
        self, tx: Change, given: Sequence[tuple[Item[OutstandingReturn], OutboxMessage]], on: date
    ) -> None:
        """Record that these were chased."""
        record_rows(
            tx, "return.chased", ReturnChase, given, on, lambda each: {"agency_return": each.return_id}
        )

    def is_restricted(self, waiting: OutstandingReturn) -> bool:
        """Return that none is: nothing that is told of it names a case."""
        return False

    def facts(self, waiting: OutstandingReturn) -> dict[str, Any]:
        """Return how JSON names a return. A case is named by the number of its row, not its own."""
        return {"return": waiting.return_id, "death": waiting.death_id, "agency": waiting.agency}

    def explain_no_recipient(self, without_recipient: Sequence[OutstandingReturn]) -> Sequence[str]:
        """Return what an operator is told of returns that nobody may be told of."""
        return (
            ["Nobody can be told of some returns: record a CDOP co-ordinator."] if without_recipient else []
        )


AWAITED_RETURNS = AwaitedReturns()
