"""Who is asked about an open action, and what the digest says. Plain values in, plain values out."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta

from kscb_actions.access.policy import Permission, Reach, Role, Viewer, reach
from kscb_actions.actions.turn import WaitsForBoard
from kscb_actions.chasing.rules import Chased, Digest, asked_or_managers, due_words
from kscb_actions.people.absences.rules import NOBODY_AWAY, Away
from kscb_actions.wording import date_uk, plural

# Nothing says by when a question is to be answered: who has not done it in a week is reminded.
ANSWER_WITHIN = timedelta(days=7)


@dataclass(frozen=True)
class Open:
    """An open action with a due date, or with a question to answer, as chasing knows it.

    review    the review's reference
    lead_id   who leads it, or who was asked the question
    due_on    its due date, or the day by which the question should be answered
    named     who may know of a restricted review, by id; None when it is not restricted
    asked_on  the day on which the Board asked the question that waits; None where none does
    away      who is away on the day of the run
    joint     the names of the agencies that own it with the one that leads
    """

    action_id: int
    review_id: int
    review: str
    number: int
    agency_id: int
    lead_id: int | None
    due_on: date
    named: frozenset[int] | None = None
    chased: tuple[Chased, ...] = ()
    asked_on: date | None = None
    away: Away = NOBODY_AWAY
    joint: tuple[str, ...] = ()

    @property
    def place(self) -> tuple[str, int]:
        """Return its place among those due on one day: by review, then by number."""
        return self.review, self.number

    @property
    def label(self) -> str:
        """Return the reference people use, like SCR-2011-02/A7."""
        return f"{self.review}/A{self.number}"

    @property
    def called(self) -> str:
        """Return the same with whom it is owned, as its message has it."""
        return f"{self.label}, owned together with {', '.join(self.joint)}" if self.joint else self.label


def whom_to_ask(action: Open, people: Iterable[Viewer]) -> tuple[tuple[Viewer, ...], bool]:
    """Return who of the active `people` is asked about an action, and whether they can do it themselves.

    Its lead, or who stands in for a lead who is away; else every lead of its agency who is not away; else the
    board managers, who are told that nobody can be asked. Of a restricted review only those named on it.
    """
    allowed = [person for person in people if action.named is None or person.id in action.named]
    present = action.away.present(allowed)
    leads = [p for p in present if p.agency_id == action.agency_id and Role.AGENCY_LEAD in p.roles]
    asked = [p for p in leads if p.id == action.away.asked(action.lead_id)] or leads
    return asked_or_managers(tuple(asked), action.named, allowed)


def subject(digest: Digest[Open], on: date) -> str:
    """Return how many actions, how urgent, and which comes first. Nothing of a case but the reference.

    Such as "2 actions need you: 2 due soon (SCR-2011-01/A3 first)".
    """
    left = [(item.waiting.due_on - on).days for item in digest.items if not item.waiting.asked_on]
    to_answer = len(digest.items) - len(left)
    kinds = (
        (sum(days < 0 for days in left), "overdue"),
        (left.count(0), "due today"),
        (sum(days > 0 for days in left), "due soon"),
        (to_answer, "question to answer" if to_answer == 1 else "questions to answer"),
    )
    urgency = ", ".join(f"{count} {words}" for count, words in kinds if count)
    which = digest.items[0].waiting.label
    if len(digest.items) == 1:
        return f"1 action needs you: {urgency} ({which})"
    return f"{len(digest.items)} actions need you: {urgency} ({which} first)"


def body(digest: Digest[Open], on: date, base_url: str, waits: WaitsForBoard) -> str:
    """Return the text: each action's reference, what fell due and when, and its link. Nothing of a case.

    What waits for the Board is told apart, as a count: nobody is reminded of it here.
    """
    to_answer = [item for item in digest.items if item.is_asked and item.waiting.asked_on]
    asked = [item for item in digest.items if item.is_asked and not item.waiting.asked_on]
    orphaned = [item for item in digest.items if not item.is_asked]
    parts: list[str] = []
    if to_answer:
        parts.append("The Board waits for your answer before it decides on these:")
        parts += [_paragraph(item.waiting, on, base_url) for item in to_answer]
    if asked:
        parts.append("Please say how far these are, or report them done:")
        parts += [_paragraph(item.waiting, on, base_url) for item in asked]
    if orphaned:
        parts.append(
            "Nobody in the agency can be asked about these: no agency lead is active there who may see the "
            "review. Name a lead, or ask the agency yourself:"
        )
        parts += [_paragraph(item.waiting, on, base_url) for item in orphaned]
    has_own_work = reach(digest.to, Permission.SEE_OWN_WORK) is not Reach.NONE
    if waits.count:
        which = "it" if waits.count == 1 else "them"
        nothing = f". Nothing is asked of your agency about {which}" if has_own_work else ""
        parts.append(f"{waits.words(on)}{nothing}:\n{base_url}/actions?turn=board&restricted=0")
    if has_own_work:
        parts.append(f"All your actions:\n{base_url}/my-actions")
    else:
        parts.append(f"All that needs attention:\n{base_url}/attention")
    return "\n\n".join(parts)


def _paragraph(action: Open, on: date, base_url: str) -> str:
    link = f"{base_url}/reviews/{action.review}/actions/{action.number}"
    stood_in = action.away.of(action.lead_id)
    label = f"{action.called}, {stood_in.for_words}" if stood_in else action.called
    if action.asked_on is None:
        return f"{label}\n{due_words(action.due_on, on)}\n{link}"
    days = plural((on - action.asked_on).days, "day")
    return f"{label}\nThe Board asked a question on {date_uk(action.asked_on)}, {days} ago\n{link}"
