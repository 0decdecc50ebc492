"""What a member of the panel is told, and who is reminded of what is owed for a meeting. Plain values.

No message names a case: it has the day of the meeting, how many cases, and the meeting's address.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime

from kscb_actions.access.policy import Permission, Reach, Viewer, reach
from kscb_actions.chasing.ladder.rules import Ladder, Recipient, Rung, Subject
from kscb_actions.chasing.rules import Chased, Digest, Item, due_words, paragraph_of
from kscb_actions.child_deaths.meetings.rules import Way
from kscb_actions.wording import date_uk, plural

SUBJECT = "Child death panel: proposals, drafts or comments waiting"
NEWS_SUBJECT = "child death panel: news of your meetings"
OWED = "Your proposals, drafts or comments for these meetings of the child death panel are waited for:"
KEPT = "These meetings of the child death panel wait for you as co-ordinator:"
_TO, _COPY = (Recipient.LEAD,), (Recipient.COORDINATOR,)
MEETINGS = Subject(
    code="panels",
    name="Proposals, drafts and comments for a child death panel",
    counted="the day by which members propose or comment",
    may_tell=(Recipient.LEAD, Recipient.COORDINATOR),
    first=Ladder(
        (
            Rung(-7, _TO),
            Rung(0, _TO),
            Rung(3, _TO, _COPY),
            Rung(7, _TO, _COPY, every=7),
        )
    ),
    keeps_days=False,
    # No message about a death names it.
    fields=("due_on", "days", "count", "link"),
    is_agencys=False,
    note="Once the day of the meeting is over, the co-ordinator is reminded until it is closed.",
)


@dataclass(frozen=True)
class DueMeeting:
    """Hold an open meeting for which something is owed.

    owing       who with a seat has yet to propose, draft or comment, by id
    seats       who has a seat, by id
    is_keepers  whether the co-ordinator has to do something: draft a case, or close what is over
    """

    meeting_id: int
    held_on: date
    due_on: date
    deaths: tuple[int, ...]
    owing: frozenset[int] = frozenset()
    seats: frozenset[int] = frozenset()
    is_keepers: bool = False
    chased: tuple[Chased, ...] = ()

    @property
    def place(self) -> date:
        """Return its place among those due on one day."""
        return self.held_on

    @property
    def label(self) -> str:
        """Return what it is called. Nothing of a case."""
        return f"Panel meeting on {date_uk(self.held_on)}"


def keeps_panels(person: Viewer) -> bool:
    """Return whether somebody keeps panels."""
    return reach(person, Permission.KEEP_PANELS) is Reach.ALL


def recipients_of(waiting: DueMeeting, people: Iterable[Viewer]) -> list[Viewer]:
    """Return who of the active `people` is asked: who owes something; the co-ordinators where it is theirs.

    Where nobody else is left it is theirs too.
    """
    people = list(people)
    asked = [person for person in people if person.id in waiting.owing]
    keepers = [person for person in people if keeps_panels(person) and person not in asked]
    return asked + keepers if waiting.is_keepers or not asked else asked


def body(digest: Digest[DueMeeting], on: date, base_url: str) -> str:
    """Return the text: the meetings for which somebody owes something as a member, then as co-ordinator."""
    parts: list[str] = []
    for heading, is_own in ((OWED, True), (KEPT, False)):
        items = [item for item in digest.items if (digest.to.id in item.waiting.owing) == is_own]
        parts += [heading, *(paragraph(item, on, base_url) for item in items)] if items else []
    return "\n\n".join(parts)


def paragraph(item: Item[DueMeeting], on: date, base_url: str) -> str:
    """Return one meeting as a digest tells of it."""
    each = item.waiting
    return paragraph_of(each.label, due_words(each.due_on, on), item.said, link(each.meeting_id, base_url))


def link(meeting_id: int, base_url: str) -> str:
    """Return the address of a meeting."""
    return f"{base_url}/panels/{meeting_id}"


@dataclass(frozen=True)
class Known:
    """Hold how a meeting stands for a member, or stood when they were told of it.

    cases    deaths on the agenda that are not closed to them
    decided  (death, number of the decision) of those decided there
    is_open  whether anything is still asked for it
    """

    is_seated: bool
    held_on: date
    due_on: date
    way: str
    papers_at: datetime | None = None
    cases: frozenset[int] = frozenset()
    decided: frozenset[tuple[int, int]] = frozenset()
    is_open: bool = True


def news_of(known: Known | None, now: Known, on_agenda: frozenset[int], today: date) -> list[str]:
    """Return what a member is told of a meeting, in sentences: what is so now and was not as they know it.

    What was done and undone in between is not told. Of a meeting that is over, only its decisions.

    known      what they know; None where they were never told
    on_agenda  the deaths on the agenda now, and those closed to them, of which nothing is told
    """
    is_to_come = now.held_on >= today
    had_seat = known is not None and known.is_seated
    if not now.is_seated:
        on = date_uk(now.held_on)
        return [f"You no longer have a seat at the meeting on {on}."] if had_seat and is_to_come else []
    if known is None or not had_seat:
        return _of_seat(now) if is_to_come else []
    return [*(_of_meeting(known, now, on_agenda) if is_to_come else ()), *_of_decisions(known, now)]


def to_keep(known: Known | None, now: Known, on_agenda: frozenset[int]) -> Known:
    """Return what a member knows once they have been told.

    A case that an interest has closed to them since stays known, so that lifting it is no news.
    """
    kept = known.cases & on_agenda if known else frozenset()
    return replace(now, cases=now.cases | kept)


def _of_seat(now: Known) -> list[str]:
    cases = plural(len(now.cases), "case") if now.cases else "no case yet"
    told = [f"You have a seat at the meeting on {date_uk(now.held_on)}. Its agenda has {cases}."]
    if now.is_open:
        told.append(_asked(now))
    return [*told, "The papers are ready."] if now.papers_at else told


def _of_meeting(known: Known, now: Known, on_agenda: frozenset[int]) -> Iterable[str]:
    if now.held_on != known.held_on:
        yield f"The meeting of {date_uk(known.held_on)} is on {date_uk(now.held_on)} now."
    if (now.due_on, now.way) != (known.due_on, known.way):
        yield _asked(now)
    added, removed = len(now.cases - known.cases), len(known.cases - on_agenda)
    if added:
        yield f"{plural(added, 'case has', 'cases have')} been put on its agenda."
    if removed:
        yield f"{plural(removed, 'case has', 'cases have')} been taken off its agenda."
    if now.papers_at and now.papers_at != known.papers_at:
        yield "The papers have changed, and are ready." if known.papers_at else "The papers are ready."


def _of_decisions(known: Known, now: Known) -> Iterable[str]:
    before = dict(known.decided)
    fresh = [death for death, number in now.decided if before.get(death, 0) < number]
    first = sum(death not in before for death in fresh)
    if first:
        yield f"{plural(first, 'decision of the panel is', 'decisions of the panel are')} recorded."
    if corrected := len(fresh) - first:
        yield f"{plural(corrected, 'decision has', 'decisions have')} been corrected."


def _asked(now: Known) -> str:
    due = date_uk(now.due_on)
    if now.way == Way.DRAFT:
        return f"Please comment on the draft of each case by {due}."
    return f"Please propose on each case, alone, by {due}."


def news_body(told: Sequence[tuple[Known, int, Sequence[str]]], base_url: str) -> str:
    """Return the text of a member's news: (how it stands, meeting, sentences) of each meeting.

    Who has no seat any more cannot open the meeting: they are led to the list of their own.
    """
    parts = ["News of your meetings of the child death panel:"]
    for now, meeting_id, sentences in told:
        where = link(meeting_id, base_url) if now.is_seated else f"{base_url}/panels"
        parts.append("\n".join((f"Panel meeting on {date_uk(now.held_on)}", *sentences, where)))
    return "\n\n".join(parts)
