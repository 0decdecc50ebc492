"""What chasing runs for actions."""

from collections.abc import Hashable, Sequence
from datetime import date
from typing import Any

from kscb_actions.access.policy import Viewer
from kscb_actions.actions.acknowledging.rules import is_put_off
from kscb_actions.actions.narrowing import Filter
from kscb_actions.actions.queries import count_waits, count_waits_of_agencies
from kscb_actions.actions.turn import NONE_WAITS
from kscb_actions.chasing.ladder.rules import Recipient
from kscb_actions.chasing.moment import once
from kscb_actions.chasing.providers import ReviewMatters
from kscb_actions.chasing.rules import TRACKER, Digest
from kscb_actions.mail.rules import About

from . import rules
from .models import Chase
from .queries import in_parts, list_open
from .rules import ACTIONS, FOR_BOARD, IMPOSSIBLE, QUESTIONS, REQUESTS, SUBMISSIONS, UNDATED, Open


class OpenActions(ReviewMatters[Open]):
    """Open actions with a due date or without, the Board's questions, and what waits for the Board."""

    name = "chase"
    help = """Remind people of what fell due: one digest a person, nothing twice, on working days only.

    Example: flask chase --on 2012-03-30 --dry-run --json
    """
    idle = "Nothing fell due for anybody."
    event = "chase.ran"
    chased = "action.chased"
    room = "chasing"
    heading = TRACKER
    chases = Chase.action
    subjects = (ACTIONS, QUESTIONS, UNDATED, IMPOSSIBLE, SUBMISSIONS, REQUESTS)

    list_waiting = staticmethod(list_open)
    in_parts = staticmethod(in_parts)
    whom_to_ask = staticmethod(rules.whom_to_ask)
    subject = staticmethod(rules.subject)
    paragraph = staticmethod(rules.paragraph)

    def kind_of(self, waiting: Open) -> str:
        """Return the code of its ladder."""
        return waiting.kind

    def holders(self, waiting: Open, recipient: Recipient, people: Sequence[Viewer]) -> Sequence[Viewer]:
        """Return who holds a post for it; of what the Board has to do, nobody of the agency's own."""
        if waiting.kind in FOR_BOARD and recipient is Recipient.CHAIR:
            named = waiting.named
            return rules.deciders(waiting, [each for each in people if named is None or each.id in named])
        return super().holders(waiting, recipient, people)

    def can_do(self, waiting: Open, person: Viewer) -> bool:
        """Return whether somebody leads in its agency, or may do what the Board has to do."""
        if waiting.kind in FOR_BOARD:
            return rules.decides(waiting, person)
        return super().can_do(waiting, person)

    def alike(self, waiting: Open) -> Hashable:
        """Return what `Group` has alike; what the Board has to do is that of its owners too."""
        if waiting.kind in FOR_BOARD:
            return None
        return waiting.kind, waiting.agency_id, waiting.lead_id, waiting.named, waiting.away

    def is_put_off(self, waiting: Open, on: date) -> bool:
        """Return whether its agency has said that it does it by this day, or a later one."""
        return is_put_off(waiting.until_on, on)

    def body(self, digest: Digest[Open], on: date, base_url: str) -> str:
        """Return the text, with how many actions wait for the Board: one query at one moment for all alike.

        Restricted reviews are not counted: who reads the outbox may not know of them.
        """
        # Of what is open to all only roles and agency decide, so that it is asked once for many people.
        roles, agency_id, narrow = digest.to.roles, digest.to.agency_id, Filter(open_only=True)
        if agency_id is None:
            alike = Viewer(id=None, name="", roles=roles)
            waits = once(("waits", roles, on), lambda: count_waits(alike, on, narrow))
        else:
            of = once(("waits of", roles, on), lambda: count_waits_of_agencies(roles, on, narrow))
            waits = of.get(agency_id, NONE_WAITS)
        return rules.body(digest, on, base_url, waits)

    def link(self, waiting: Open, base_url: str) -> str:
        """Return the address of the action's page."""
        return f"{base_url}{waiting.path}"

    def about(self, waiting: Open) -> tuple[About, ...]:
        """Return the action and its review."""
        return (About(waiting.review_id, waiting.action_id),)

    def columns(self, waiting: Open) -> dict[str, Any]:
        """Return what names it in a row of reminders."""
        return {"review": waiting.review_id, "action": waiting.action_id, "subject": waiting.kind}

    def facts(self, waiting: Open) -> dict[str, Any]:
        """Return how JSON names an action."""
        return {"action": waiting.label}

    def explain_no_recipient(self, without_recipient: Sequence[Open]) -> Sequence[str]:
        """Return what an operator is told of actions that nobody may be told of."""
        return [
            f"Nobody may be told of {each.label}: name somebody on its review." for each in without_recipient
        ]


OPEN_ACTIONS = OpenActions()
