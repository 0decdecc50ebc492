"""The reminders of a progress report: those that reached an agency and have had no word from it since."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from kscb_actions.actions.acknowledging.models import Acknowledgement
from kscb_actions.actions.turn import RatingFacts
from kscb_actions.chasing.log.models import Reminder
from kscb_actions.chasing.log.queries import was_given
from kscb_actions.chasing.log.rules import Given, unanswered, unanswered_words
from kscb_actions.chasing.queries import gathered
from kscb_actions.mail.models import OutboxMessage

from .progress.past import day_of
from .progress.scope import Scope


@dataclass(frozen=True)
class Reminders:
    """What had been sent of each action by the end of the report's day, and when its agency acknowledged."""

    given: Mapping[int, tuple[Given, ...]]
    acknowledged_on: Mapping[int, date]

    @classmethod
    def of(cls, scope: Scope) -> "Reminders":
        """Read them; none for publication. Two queries."""
        if scope.publication:
            return cls({}, {})
        sent = (
            Reminder.select(Reminder.action, Reminder.due_on, Reminder.chased_on)
            .join(OutboxMessage)
            .where(scope.covered.have(Reminder.review), was_given(scope.moment.before))
        )
        said = Acknowledgement.select(Acknowledgement.action, Acknowledgement.said_at).where(
            Acknowledgement.said_at < scope.moment.before, scope.covered.have(Acknowledgement.review)
        )
        days = {action: day_of(at) for action, at in said.order_by(Acknowledgement.id).tuples()}
        return cls(gathered(sent.distinct().tuples(), Given), days)

    def unanswered_in_words(self, action_id: int, facts: RatingFacts) -> str:
        """Return "reminded five times, no answer"; "" where the agency was heard, or hardly reminded."""
        moves = facts.moves
        days = (facts.updated_on, moves.moved_on, moves.decided_on, self.acknowledged_on.get(action_id))
        heard_on = max(day for day in days if day is not None)
        given = self.given.get(action_id, ())
        return unanswered_words(unanswered(given, facts.current_due_on, heard_on))
