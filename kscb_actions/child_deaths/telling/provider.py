"""What chasing runs for what members, drafters and co-ordinators owe for a panel's meetings."""

from collections.abc import Sequence
from datetime import date
from typing import Any

from kscb_actions.access.policy import Viewer
from kscb_actions.audit.service import Change
from kscb_actions.chasing.ladder.rules import Recipient
from kscb_actions.chasing.providers import record_rows
from kscb_actions.chasing.rules import Digest, Item
from kscb_actions.mail.models import OutboxMessage
from kscb_actions.mail.rules import About

from . import queries, rules
from .models import PanelChase
from .rules import MEETINGS, DueMeeting


class DueMeetings:
    """Provide meetings for which something is owed to chasing, for their members and the co-ordinators."""

    name = "chase-panels"
    help = """Remind panel members of proposals, drafts and comments, and tell them of their meetings.

    The scheduler does it beside the chasing of returns. Example: flask chase-panels --dry-run --json
    """
    idle = "Nothing fell due for a panel’s meeting."
    event = "panel.chase-ran"
    room = "child_deaths"
    heading = "child death reviews"
    chases = PanelChase.meeting
    subjects = (MEETINGS,)

    list_waiting = staticmethod(queries.list_waiting)
    body = staticmethod(rules.body)
    paragraph = staticmethod(rules.paragraph)

    def kind_of(self, waiting: DueMeeting) -> str:
        """Return the code of the one ladder."""
        return MEETINGS.code

    def holders(
        self, waiting: DueMeeting, recipient: Recipient, people: Sequence[Viewer]
    ) -> Sequence[Viewer]:
        """Return the co-ordinators of the active `people`; for what is owed, who is asked."""
        if recipient is Recipient.COORDINATOR:
            return [person for person in people if rules.keeps_panels(person)]
        return rules.recipients_of(waiting, people)

    def can_do(self, waiting: DueMeeting, person: Viewer) -> bool:
        """Return whether somebody owes something themselves."""
        return person.id in waiting.owing or (waiting.is_keepers and rules.keeps_panels(person))

    def alike(self, waiting: DueMeeting) -> None:
        """Return None: there are so few that who is told is found out for each."""

    def stands_at(self, waiting: DueMeeting) -> tuple[int | None, int | None]:
        """Return that it is about no review, and no agency."""
        return None, None

    def is_put_off(self, waiting: DueMeeting, on: date) -> bool:
        """Return that it is not: nobody is asked by when they do it."""
        return False

    def may_know(self, waiting: DueMeeting, viewer: Viewer) -> bool:
        """Return whether this person sees the meeting."""
        return rules.keeps_panels(viewer) or viewer.id in waiting.seats

    def link(self, waiting: DueMeeting, base_url: str) -> str:
        """Return the address of the meeting."""
        return rules.link(waiting.meeting_id, base_url)

    def whom_to_ask(self, waiting: DueMeeting, people: Sequence[Viewer]) -> tuple[list[Viewer], bool]:
        """Return who of the active `people` is told of a meeting."""
        return rules.recipients_of(waiting, people), True

    def subject(self, digest: Digest[DueMeeting], on: date) -> str:
        """Return the one subject: of which meeting is for those who open the message."""
        return rules.SUBJECT

    def about(self, waiting: DueMeeting) -> tuple[About, ...]:
        """Return the deaths that are before the meeting."""
        return tuple(About(death_id=death) for death in waiting.deaths)

    def record(self, tx: Change, given: Sequence[tuple[Item[DueMeeting], OutboxMessage]], on: date) -> None:
        """Record that these were chased."""
        record_rows(tx, "panel.chased", PanelChase, given, on, lambda each: {"meeting": each.meeting_id})

    def is_restricted(self, waiting: DueMeeting) -> bool:
        """Return that none is: nothing that is told of it names a case."""
        return False

    def facts(self, waiting: DueMeeting) -> dict[str, Any]:
        """Return how JSON names a meeting."""
        return {"meeting": waiting.meeting_id, "held_on": waiting.held_on.isoformat()}

    def explain_no_recipient(self, without_recipient: Sequence[DueMeeting]) -> Sequence[str]:
        """Return what an operator is told of meetings of which nobody may be told."""
        some = "Nobody can be told of some panel meetings: record a CDOP co-ordinator."
        return [some] if without_recipient else []


DUE_MEETINGS = DueMeetings()
