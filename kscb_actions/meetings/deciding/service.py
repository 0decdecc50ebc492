"""Recording what a meeting decides, ending it with words, and putting right what was recorded by mistake."""

from dataclasses import dataclass
from datetime import date

from kscb_actions import clock
from kscb_actions.access.policy import Permission, Refused, Viewer, require
from kscb_actions.audit.service import Change, change
from kscb_actions.mail.rules import About
from kscb_actions.mail.service import queue
from kscb_actions.meetings.models import Meeting
from kscb_actions.meetings.queries import are_published, duty_of
from kscb_actions.meetings.rules import may_minute
from kscb_actions.people.models import User
from kscb_actions.text import InvalidInput, clean_text, why_too_long
from kscb_actions.wording import date_uk

from .models import MeetingDecision, MeetingRecord
from .queries import count_on, get_decision, minutes_here
from .rules import PARTS, State, can_end, problems_with_decision, why_not_ended, why_not_minuted

TASK = """A meeting of {body} on {held} has given you a task: {reference}.

To be done by: {due}

Read it, and say what became of it, here:
{link}"""


class Overtaken(Exception):
    """Somebody else recorded something on the same item after it was opened."""


@dataclass(frozen=True)
class Item:
    """An item of a meeting's paper: its place, its text there, and the ids of the reviews in the paper.

    place  None for an undertaking, which belongs to none
    """

    place: int | None = None
    text: str = ""
    reviews: tuple[int, ...] = ()


def record_decision(
    viewer: Viewer,
    meeting: Meeting,
    item: Item,
    text: str,
    person: User | None,
    due_on: date | None,
    base_url: str,
    seen: int | None = None,
) -> MeetingDecision:
    """Record what a meeting decided, and tell who is to do it. Raises InvalidInput, Refused, Overtaken.

    seen  how much had been recorded on the item when it was opened (None: it does not matter)
    """
    _require_minuting(viewer, meeting)
    text = clean_text(text)
    is_active = person is None or person.is_active
    if problems := problems_with_decision(text, person is not None, due_on, meeting.held_on, is_active):
        raise InvalidInput(problems)
    decision = MeetingDecision(
        meeting=meeting,
        item=item.place,
        item_text=item.text,
        reviews=f",{','.join(map(str, item.reviews))},",
        text=text,
        person=person,
        due_on=due_on,
        state=State.OPEN if person else State.NOTED,
        recorded_by=viewer.id,
        recorded_at=clock.now(),
    )
    with change(viewer) as tx:
        # The minutes may have been published since.
        _require_minuting(viewer, meeting)
        if seen is not None and count_on(meeting, item.place) != seen:
            raise Overtaken
        tx.add(decision, "meeting.decided")
        if person is not None and get_decision(person.viewer, decision.id) is not None:
            _tell(tx, decision, base_url)
    return decision


def end_decision(
    viewer: Viewer, decision: MeetingDecision, outcome: str, expected: int | None = None
) -> MeetingDecision:
    """Say that it is done, and what became of it. Raises InvalidInput, Refused, StaleEdit."""
    outcome = clean_text(outcome)
    with change(viewer) as tx:
        now = get_decision(viewer, decision.id)
        if now is None:
            raise Refused("There is no such task.")
        verdict = can_end(now.person_id == viewer.id, minutes_here(viewer, now.meeting))
        if why_not := verdict.reason or why_not_ended(now.state):
            raise Refused(why_not)
        if wrong := why_too_long(outcome) if outcome else "Say what became of it.":
            raise InvalidInput({"outcome": wrong})
        return _end(tx, now, State.DONE, outcome, "meeting.decision-done", expected)


def void_decision(
    viewer: Viewer, decision: MeetingDecision, reason: str, expected: int | None = None
) -> MeetingDecision:
    """Mark a decision as recorded by mistake: nobody has to do it, and no paper has it.

    Raises InvalidInput, Refused, StaleEdit.
    """
    require(viewer, Permission.MINUTE_MEETING)
    reason = clean_text(reason)
    with change(viewer) as tx:
        now = get_decision(viewer, decision.id)
        if now is None or not minutes_here(viewer, now.meeting):
            raise Refused("Who minutes the meeting puts it right.")
        if now.state == State.VOID:
            raise Refused("It was recorded by mistake, as is said already.")
        if wrong := why_too_long(reason) if reason else "Say what was wrong with it.":
            raise InvalidInput({"reason": wrong})
        return _end(tx, now, State.VOID, reason, "meeting.decision-void", expected)


def keep_record(
    viewer: Viewer, meeting: Meeting, texts: dict[str, str], expected: int | None = None
) -> MeetingRecord:
    """Keep what is minuted beside the decisions. Raises InvalidInput, Refused, StaleEdit."""
    _require_minuting(viewer, meeting)
    cleaned = {name: clean_text(texts.get(name, "")) for name in PARTS}
    if wrong := {name: why for name, text in cleaned.items() if (why := why_too_long(text))}:
        raise InvalidInput(wrong)
    with change(viewer) as tx:
        _require_minuting(viewer, meeting)
        now = MeetingRecord.get_or_none(MeetingRecord.meeting == meeting)
        row = now or MeetingRecord(meeting=meeting)
        for name, text in cleaned.items():
            setattr(row, name, text)
        return tx.update(row, "meeting.minuted", expected) if now else tx.add(row, "meeting.minuted")


def _require_minuting(viewer: Viewer, meeting: Meeting) -> None:
    require(viewer, Permission.MINUTE_MEETING)
    verdict = may_minute(viewer, duty_of(viewer, meeting.body))
    is_cancelled = Meeting.get_by_id(meeting.id).cancelled_at is not None
    why_not = why_not_minuted(is_cancelled, are_published(meeting), meeting.held_on, clock.today())
    if why := verdict.reason or why_not:
        raise Refused(why)


def _end(
    tx: Change, now: MeetingDecision, state: State, words: str, event: str, expected: int | None
) -> MeetingDecision:
    now.state, now.outcome, now.ended_on, now.ended_by = state, words, clock.today(), tx.actor.id
    ended: MeetingDecision = tx.update(now, event, expected)
    return ended


def _tell(tx: Change, decision: MeetingDecision, base_url: str) -> None:
    meeting = decision.meeting
    body = TASK.format(
        body=meeting.body.name,
        held=date_uk(meeting.held_on),
        reference=decision.reference,
        due=date_uk(decision.due_on),
        link=f"{base_url}/meetings/tasks/{decision.id}",
    )
    about = [About(int(number)) for number in decision.reviews.split(",") if number]
    queue(tx, decision.person, f"A task from {meeting.body.name}: {decision.reference}", body, about)
