"""What chasing runs for tasks that meetings have given."""

from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from typing import Any

from kscb_actions.access.policy import Permission, Viewer, may
from kscb_actions.chasing.dated import DatedMatters, DigestWords
from kscb_actions.chasing.ladder.rules import Recipient
from kscb_actions.chasing.queries import chased_by, gathered
from kscb_actions.chasing.rules import TRACKER
from kscb_actions.mail.rules import About
from kscb_actions.people.absences.queries import people_away
from kscb_actions.reviews.models import NamedPerson, Review

from . import waiting as rules
from .models import MeetingDecision, MeetingTaskChase
from .rules import State
from .waiting import TASKS, OpenTask


def list_waiting(on: date, begins: Mapping[str, int]) -> list[OpenTask]:
    """Return the tasks whose first stage has begun by `on`. Seven queries."""
    rows = MeetingDecision.select(
        MeetingDecision.id, MeetingDecision.due_on, MeetingDecision.person, MeetingDecision.reviews
    ).where(
        MeetingDecision.state == State.OPEN,
        MeetingDecision.person.is_null(False),
        MeetingDecision.due_on <= on - timedelta(days=begins[TASKS.code]),
    )
    closed = {number for (number,) in Review.select(Review.id).where(Review.is_restricted).tuples()}
    named = gathered(NamedPerson.select(NamedPerson.review, NamedPerson.user).tuples(), int)
    chased, away = chased_by(MeetingTaskChase.decision), people_away(on)
    found = []
    for number, due_on, person_id, text in rows.tuples():
        reviews = tuple(int(each) for each in text.split(",") if each)
        those = [frozenset(named.get(each, ())) for each in reviews if each in closed]
        may_know = frozenset.intersection(*those) if those else None
        chases = chased.get(number, ())
        found.append(OpenTask(number, due_on, person_id, reviews, may_know, chases, away))
    return found


class OpenTasks(DatedMatters[OpenTask]):
    """Tasks that meetings have given, for who is to do them."""

    name = "chase-tasks"
    help = """Remind people of what meetings have given them to do.

    The scheduler does it beside the chasing of actions. Example: flask chase-tasks --dry-run --json
    """
    idle = "No task of a meeting fell due for anybody."
    event = "meeting.task-chase-ran"
    chased = "meeting.task-chased"
    room = "chasing"
    heading = TRACKER
    chases = MeetingTaskChase.decision
    subjects = (TASKS,)
    reads = Permission.READ_MEETING
    words = DigestWords(
        one="task of a meeting to do",
        many="tasks of meetings to do",
        asked="A meeting has given you these. Please say what became of each:",
        orphaned="Whose these are cannot do them, or is away. See to each, or let the next meeting decide:",
        all_words="Your tasks of meetings",
        all_path="/meetings/tasks",
    )

    list_waiting = staticmethod(list_waiting)
    whom_to_ask = staticmethod(rules.whom_to_ask)

    def holders(self, waiting: OpenTask, recipient: Recipient, people: Sequence[Viewer]) -> Sequence[Viewer]:
        """Return who holds a post for it; whose it is, in the place of a lead."""
        if recipient is Recipient.LEAD:
            return [person for person in people if rules.does(waiting, person)]
        return super().holders(waiting, recipient, people)

    def can_do(self, waiting: OpenTask, person: Viewer) -> bool:
        """Return whether it is theirs to do, or theirs to see to."""
        return rules.does(waiting, person) or bool(may(person, Permission.MINUTE_MEETING))

    def about(self, waiting: OpenTask) -> tuple[About, ...]:
        """Return the reviews in its paper: who may not know of one may not know of it."""
        return tuple(About(each) for each in waiting.reviews)

    def columns(self, waiting: OpenTask) -> dict[str, Any]:
        """Return what names it in a row of reminders."""
        return {"decision": waiting.id}

    def facts(self, waiting: OpenTask) -> dict[str, Any]:
        """Return how JSON names it."""
        return {"task": waiting.label}


OPEN_TASKS = OpenTasks()
