"""The reminders of a progress report: those that reached an agency and have had no word from it since."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from kscb_actions.actions.acknowledging.models import Acknowledgement
from kscb_actions.actions.turn import RatingFacts
from kscb_actions.chasing.log.models import Reminder
from kscb_actions.chasing.log.queries import was_given
from kscb_actions.chasing.log.rules import WORTH_TELLING, Given, unanswered, unanswered_words
from kscb_actions.chasing.queries import gathered
from kscb_actions.mail.models import OutboxMessage
from kscb_actions.prepared import day_of
from kscb_actions.wording import date_short, times

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
        given = self.given.get(action_id)
        if given is None:
            return ""
        return unanswered_words(unanswered(given, facts.current_due_on, self._heard_on(action_id, facts)))

    def came_back_in_words(self, action_id: int, facts: RatingFacts) -> str:
        """Return how often its agency was reminded of the present due date, when last, and what came back."""
        given = self.given.get(action_id, ())
        days = {one.chased_on for one in given if one.due_on == facts.current_due_on}
        if not days:
            return "Not reminded"
        heard_on, last = self._heard_on(action_id, facts), max(days)
        told = f"Reminded {times(len(days))}, last {date_short(last)}"
        if heard_on < last:
            # Nobody has been silent for long who was reminded once.
            return f"{told}: no answer" if len(days) >= WORTH_TELLING else told
        acknowledged = self.acknowledged_on.get(action_id) == heard_on
        return f"{told}: {'acknowledged' if acknowledged else 'heard'} {date_short(heard_on)}"

    def _heard_on(self, action_id: int, facts: RatingFacts) -> date:
        moves = facts.moves
        days = (facts.updated_on, moves.moved_on, moves.decided_on, self.acknowledged_on.get(action_id))
        return max(day for day in days if day is not None)
