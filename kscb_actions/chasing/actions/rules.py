"""Who is asked about an open action, and what the digest says. Plain values in, plain values out."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from kscb_actions.access.policy import Owners, Permission, Reach, Role, Viewer, may, reach
from kscb_actions.actions.turn import WaitsForBoard
from kscb_actions.chasing.ladder.rules import OF_AGENCY, OF_BOARD, Ladder, Recipient, Rung, Subject, climbing
from kscb_actions.chasing.rules import (
    Chased,
    Digest,
    Item,
    People,
    asked_or_managers,
    due_words,
    paragraph_of,
    waits_words,
)
from kscb_actions.people.absences.rules import NOBODY_AWAY, Away
from kscb_actions.terms import say, say_later
from kscb_actions.wording import date_uk, plural

# Nothing says by when a question is to be answered: who has not done it in a week is reminded.
ANSWER_WITHIN = timedelta(days=7)

LEAD, TO_BOARD_MEMBER = (Recipient.LEAD,), (Recipient.BOARD_MEMBER,)
CHAIR, TO_MANAGER = (Recipient.CHAIR,), (Recipient.MANAGER,)
ACTIONS = Subject(
    code="actions",
    name="Actions with a due date",
    counted="the due date",
    may_tell=(*OF_AGENCY, *OF_BOARD),
    first=climbing(LEAD, TO_BOARD_MEMBER),
)
QUESTIONS = Subject(
    code="questions",
    name=say_later("Questions of the Board about what was reported done"),
    counted="the day to answer by, a week after the question",
    may_tell=(*OF_AGENCY, *OF_BOARD),
    first=climbing(LEAD, TO_BOARD_MEMBER, (0, 7, 28)),
    has_before=False,
)
UNDATED = Subject(
    code="undated",
    name="Actions without a date",
    counted="the day on which the agency got the action",
    may_tell=(*OF_AGENCY, *OF_BOARD),
    first=Ladder((Rung(14, LEAD), Rung(28, LEAD, TO_MANAGER, every=28))),
    keeps_days=False,
    has_before=False,
)
IMPOSSIBLE = Subject(
    code="impossible",
    name="Actions that cannot be done",
    counted="the day on which the agency said so",
    may_tell=(*OF_BOARD, Recipient.BOARD_MEMBER),
    first=Ladder((Rung(7, CHAIR), Rung(28, CHAIR, TO_MANAGER, every=28))),
    keeps_days=False,
    has_before=False,
    is_agencys=False,
)
SUBMISSIONS = Subject(
    code="submissions",
    name=say_later("Reports that wait for the Board’s check"),
    counted=say_later("the day on which it came to the Board"),
    may_tell=OF_BOARD,
    first=Ladder((Rung(14, CHAIR), Rung(28, CHAIR, TO_MANAGER, every=28))),
    keeps_days=False,
    has_before=False,
    is_agencys=False,
)
REQUESTS = Subject(
    code="requests",
    name=say_later("Requests for more time that wait for the Board"),
    counted="the day of the request",
    may_tell=OF_BOARD,
    first=Ladder((Rung(7, CHAIR, TO_MANAGER), Rung(14, CHAIR, TO_MANAGER, every=14))),
    keeps_days=False,
    has_before=False,
    is_agencys=False,
)
# What the Board has to do, each with what whoever does it must be allowed to.
FOR_BOARD = {
    IMPOSSIBLE.code: Permission.DECIDE_EXTENSION,
    SUBMISSIONS.code: Permission.DECIDE_ASSURANCE,
    REQUESTS.code: Permission.DECIDE_EXTENSION,
}
NOBODYS = Owners(None)


@dataclass(slots=True)
class Open:
    """An open action that something is waited for, as chasing knows it.

    review    the review's reference
    lead_id   who leads it, or who was asked the question
    due_on    the day from which its ladder is counted: its due date, or the day by which the question should
              be answered; without a date the day on which the agency got it; the day on which it was said
              that it cannot be done; the day since which it waits for the Board
    named     who may know of a restricted review, by id; None when it is not restricted
    asked_on  the day on which the Board asked the question that waits; None where none does
    kind      the code of its ladder
    owners    whose it is, where the Board has to do something of it
    away      who is away on the day of the run
    joint     the names of the agencies that own it with the one that leads
    until_on  the last day on which nobody is reminded of this due date, as the agency has said; or None
    """

    # Never changed; a frozen one takes four times as long to make, and a run makes one of each open action.
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
    kind: str = ACTIONS.code
    owners: Owners = NOBODYS
    away: Away = NOBODY_AWAY
    joint: tuple[str, ...] = ()
    until_on: date | None = None

    def __hash__(self) -> int:
        # A run looks up each of many actions; all that is known of one costs more than which it is.
        return hash((self.kind, self.action_id, self.due_on))

    @property
    def place(self) -> tuple[str, int]:
        """Return its place among those due on one day: by review, then by number."""
        return self.review, self.number

    @property
    def label(self) -> str:
        """Return the reference people use, like SCR-2011-02/A7."""
        return f"{self.review}/A{self.number}"

    @property
    def path(self) -> str:
        """Return the address of its page, from the root."""
        return f"/reviews/{self.review}/actions/{self.number}"

    @property
    def called(self) -> str:
        """Return the same with whom it is owned, as its message has it."""
        return f"{self.label}, owned together with {', '.join(self.joint)}" if self.joint else self.label


def whom_to_ask(action: Open, people: Sequence[Viewer]) -> tuple[tuple[Viewer, ...], bool]:
    """Return who of the active `people` is asked about an action, and whether they can do it themselves.

    Its lead, or who stands in for a lead who is away; else every lead of its agency who is not away; else the
    board managers, who are told that nobody can be asked. What the Board has to do: `deciders`; else the
    managers. Of a restricted review only those named on it.
    """
    if action.kind in FOR_BOARD:
        return asked_or_managers(deciders(action, _named(action, people)), action.named, people)
    own, asked_id = People(people).of_agency(action.agency_id), action.away.asked(action.lead_id)
    asked = _leads(action, [each for each in own if each.id == asked_id]) or _leads(action, own)
    return asked_or_managers(asked, action.named, people)


def _leads(action: Open, own: Sequence[Viewer]) -> tuple[Viewer, ...]:
    """Return which of an agency's own lead there, are not away, and may know of an action's review."""
    leads = [each for each in _named(action, own) if Role.AGENCY_LEAD in each.roles]
    return tuple(action.away.present(leads))


def _named(action: Open, people: Sequence[Viewer]) -> Sequence[Viewer]:
    """Return who of `people` may know of an action's review."""
    return people if action.named is None else [each for each in people if each.id in action.named]


def deciders(action: Open, people: Sequence[Viewer]) -> tuple[Viewer, ...]:
    """Return who of `people` is asked to do what the Board has to do of an action.

    The SCR chairs who may, in place of one who is away who stands in; where that is nobody, the deputies.
    """
    known = frozenset(person.id for person in people)

    def able(those: Iterable[Viewer]) -> tuple[Viewer, ...]:
        return tuple(each for each in those if each.id in known and decides(action, each))

    chairs = [person for person in people if Role.CHAIR in person.roles]
    deputies = [person for person in people if Role.DEPUTY in person.roles]
    return able(action.away.in_place_of(chairs)) or able(action.away.present(deputies))


def decides(action: Open, person: Viewer) -> bool:
    """Return whether somebody may do what the Board has to do of an action: nobody of its owners."""
    return bool(may(person, FOR_BOARD[action.kind], action.owners))


def subject(digest: Digest[Open], on: date) -> str:
    """Return how many actions, how urgent, and which comes first. Nothing of a case but the reference.

    Such as "2 actions need you: 2 due soon (SCR-2011-01/A3 first)".
    """
    of = _by_kind(digest.items)
    left = [(item.waiting.due_on - on).days for item in of[ACTIONS.code]]
    kinds = (
        (sum(days < 0 for days in left), "overdue"),
        (left.count(0), "due today"),
        (sum(days > 0 for days in left), "due soon"),
        *_counted(len(of[QUESTIONS.code]), "question to answer", "questions to answer"),
        (len(of[UNDATED.code]), "without a date"),
        (len(of[IMPOSSIBLE.code]), "that cannot be done"),
        (len(of[SUBMISSIONS.code]), "to check"),
        *_counted(len(of[REQUESTS.code]), "request for more time", "requests for more time"),
    )
    urgency = ", ".join(f"{count} {words}" for count, words in kinds if count)
    which = digest.items[0].waiting.label
    if len(digest.items) == 1:
        return f"1 action needs you: {urgency} ({which})"
    return f"{len(digest.items)} actions need you: {urgency} ({which} first)"


def _counted(count: int, one: str, many: str) -> tuple[tuple[int, str], ...]:
    return ((count, one if count == 1 else many),)


def _by_kind(items: Iterable[Item[Open]]) -> Mapping[str, list[Item[Open]]]:
    found: dict[str, list[Item[Open]]] = defaultdict(list)
    for item in items:
        found[item.waiting.kind].append(item)
    return found


# What stands before the actions of each ladder, where somebody is asked to do it.
HEADINGS = (
    (QUESTIONS, say_later("The Board waits for your answer before it decides on these:")),
    (ACTIONS, "Please say how far these are, or report them done:"),
    (UNDATED, say_later("These have no date. Please agree one with the Board:")),
    (IMPOSSIBLE, "The agency has said that these cannot be done. Please decide what takes their place:"),
    (SUBMISSIONS, say_later("These were reported done and wait for the Board’s check:")),
    (REQUESTS, "More time is asked for these. Please decide:"),
)
ORPHANED = (
    "Nobody in the agency can be asked about these: no agency lead is active there who may see the "
    "review. Name a lead, or ask the agency yourself:"
)

UNDECIDED = say_later(
    "These wait for the Board, and no SCR subgroup chair is active who may decide on them. Name one, or see "
    "to it yourself:"
)


def body(digest: Digest[Open], on: date, base_url: str, waits: WaitsForBoard) -> str:
    """Return the text: each action's reference, what fell due and when, and its link. Nothing of a case.

    What waits for the Board is told apart, as a count: nobody is reminded of it here.
    """
    parts: list[str] = []
    of = _by_kind(item for item in digest.items if item.is_asked)
    for kind, heading in HEADINGS:
        if asked := of[kind.code]:
            parts += [say(heading), *(paragraph(item, on, base_url) for item in asked)]
    orphaned = [item for item in digest.items if not item.is_asked]
    for heading, is_boards in ((ORPHANED, False), (UNDECIDED, True)):
        if found := [item for item in orphaned if (item.waiting.kind in FOR_BOARD) == is_boards]:
            parts += [say(heading), *(paragraph(item, on, base_url) for item in found)]
    has_own_work = reach(digest.to, Permission.SEE_OWN_WORK) is not Reach.NONE
    if waits.count:
        parts.append(waits_paragraph(digest.to, waits, on, base_url))
    if has_own_work:
        parts.append(f"All your actions:\n{base_url}/my-actions")
    else:
        parts.append(f"All that needs attention:\n{base_url}/attention")
    return "\n\n".join(parts)


def waits_paragraph(to: Viewer, waits: WaitsForBoard, on: date, base_url: str) -> str:
    """Return how many actions wait for the Board and where they are listed; "" where none does."""
    if not waits.count:
        return ""
    which = "it" if waits.count == 1 else "them"
    has_own_work = reach(to, Permission.SEE_OWN_WORK) is not Reach.NONE
    nothing = f". Nothing is asked of your agency about {which}" if has_own_work else ""
    return f"{waits.words(on)}{nothing}:\n{base_url}/actions?turn=board&restricted=0"


def paragraph(item: Item[Open], on: date, base_url: str) -> str:
    """Return one action as a digest tells of it."""
    action = item.waiting
    stood_in = action.away.of(action.lead_id) if action.kind not in FOR_BOARD else None
    label = f"{action.called}, {stood_in.for_words}" if stood_in else action.called
    return paragraph_of(label, _due(action, on), item.said, f"{base_url}{action.path}")


def _due(action: Open, on: date) -> str:
    if action.asked_on is not None:
        return say(
            "The Board asked a question on {asked_on}, {days} ago",
            asked_on=date_uk(action.asked_on),
            days=plural((on - action.asked_on).days, "day"),
        )
    if action.kind == ACTIONS.code:
        return due_words(action.due_on, on)
    since = date_uk(action.due_on)
    days = plural((on - action.due_on).days, "day")
    if action.kind == UNDATED.code:
        return f"No date has been agreed since {since}, {days} ago"
    if action.kind == IMPOSSIBLE.code:
        return f"Said on {since}, {days} ago"
    return waits_words(action.due_on, on)
