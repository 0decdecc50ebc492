"""The run of reminders: what falls due for whom. Plain values in, plain values out.

What waits climbs the ladder of its subject (`ladder/rules.py`). A run asks about the latest stage reached by
that day and no earlier one, so that days without a run are caught up once and never in a heap. A new due date
begins a new ladder.
"""

from collections.abc import Callable, Hashable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from enum import IntEnum
from functools import cached_property
from typing import Any, Generic, NamedTuple, Protocol, TypeVar

from kscb_actions.access.policy import OF_AN_AGENCY, Permission, Role, Viewer, may
from kscb_actions.people.absences.rules import NOBODY_AWAY, Away
from kscb_actions.terms import say
from kscb_actions.wording import date_uk, plural

from .ladder.rules import Ladder, Recipient, Rung, begins_on


@dataclass(frozen=True, slots=True)
class Chased:
    """A reminder that has gone out: the stage, of which due date, on which day.

    row_id, message_id  the rows that recorded it; 0 where they are not known
    lost_to  the person whom it has not reached, for as long as the address waits to be put right
    is_lost  whether it was not given: it never reached anybody, or was taken back before it went
    """

    stage: int
    due_on: date
    chased_on: date
    row_id: int = 0
    message_id: int = 0
    lost_to: int | None = None
    is_lost: bool = False

    @property
    def begins_on(self) -> date:
        """Return the first day of its stage."""
        return begins_on(self.due_on, self.stage)


class Waiting(Protocol):
    """What climbs the ladder, such as an open action. A dataclass never changed, so that it can be a key."""

    @property
    def due_on(self) -> date:
        """Return the day from which its stages are counted."""

    @property
    def chased(self) -> tuple[Chased, ...]:
        """Return the reminders that have gone out."""

    @property
    def place(self) -> Any:
        """Return where it stands among those due on one day; sorts."""

    @property
    def label(self) -> str:
        """Return what an operator calls it. Nothing of a case."""


class OfNoAgency:
    """What concerns no one agency, so that nobody can say by when they do it."""

    @property
    def agency_id(self) -> None:
        """Return that no agency is waited for."""

    @property
    def until_on(self) -> None:
        """Return that nobody says by when they do it."""


T = TypeVar("T")


class People(tuple[Viewer, ...]):
    """Everybody who can be told, in their order. Those of an agency are looked up, not looked for."""

    def __new__(cls, people: Iterable[Viewer] = ()) -> "People":
        """Return these people; the same where they are that already."""
        return people if isinstance(people, cls) else super().__new__(cls, people)

    def of_agency(self, agency_id: int) -> tuple[Viewer, ...]:
        """Return those of an agency, in their order."""
        return self._of_agencies.get(agency_id, ())

    def once(self, key: Hashable, find: Callable[[], T]) -> T:
        """Return what `find` finds out about these people, found once for each key."""
        if key not in self._found:
            self._found[key] = find()
        found: T = self._found[key]
        return found

    @cached_property
    def _found(self) -> dict[Hashable, Any]:
        return {}

    @cached_property
    def _of_agencies(self) -> dict[int | None, tuple[Viewer, ...]]:
        found: dict[int | None, list[Viewer]] = {}
        for person in self:
            found.setdefault(person.agency_id, []).append(person)
        return {agency_id: tuple(own) for agency_id, own in found.items()}


W = TypeVar("W", bound=Waiting)
W_in = TypeVar("W_in", bound=Waiting, contravariant=True)
# A reminder that came so long before its stage, by a clock that was ahead, has been read and is not given
# again. A clock that was behind by as much reads the same, and then it was right.
EARLY_ENOUGH = timedelta(days=3)
# What messages are about, in their first line.
TRACKER = "review and action tracker"


class Told(IntEnum):
    """Why somebody is told of a thing, who is asked to do it first."""

    ASKED = 1
    ORPHANED = 2
    RAISED = 3
    COPIED = 4


# What stands before that which somebody is told beside what they are asked to do.
BESIDE_HEADINGS = {
    Told.RAISED: "The ladder of reminders brings these to you, for they still wait:",
    Told.COPIED: "Others are reminded of these, and you have a copy:",
}


@dataclass(slots=True)
class Item(Generic[W]):
    """One thing in a digest.

    told  why the person is told: to do it; because nobody can be asked to; because the ladder brings it
          to them; or in copy
    said  the line that its rung adds; "" for none
    is_first  whether the person is the first of those who are told, whose message the row of it names
    """

    # Never changed; a frozen one takes twice as long to make, and a run makes one of all that is told.
    waiting: W
    stage: int
    told: Told = Told.ASKED
    said: str = ""
    is_first: bool = True

    @property
    def is_asked(self) -> bool:
        """Return whether the person is asked to do it."""
        return self.told is Told.ASKED

    def facts(self, on: date) -> dict[str, Any]:
        """Return what the row of a reminder that goes out on a day says of it, {column: value}."""
        return {"stage": self.stage, "due_on": self.waiting.due_on, "chased_on": on, "repeat": self.repeat}

    @property
    def repeat(self) -> int:
        """Return how often this stage of this due date was chased before."""
        if not self.waiting.chased:
            return 0
        same = (self.stage, self.waiting.due_on)
        return sum((one.stage, one.due_on) == same for one in self.waiting.chased)

    @property
    def count(self) -> int:
        """Return how many reminders of this due date there have been with this one; none that was lost."""
        due_on = self.waiting.due_on
        return 1 + sum(one.due_on == due_on and not one.is_lost for one in self.waiting.chased)


@dataclass(frozen=True)
class Digest(Generic[W]):
    """All that one person is sent on one day."""

    to: Viewer
    items: tuple[Item[W], ...]

    @property
    def own(self) -> "Digest[W] | None":
        """Return what the person is asked to do, or has to look after; None where that is nothing."""
        items = tuple(item for item in self.items if item.told not in BESIDE_HEADINGS)
        return replace(self, items=items) if items else None

    def beside(self, told: Told) -> tuple[Item[W], ...]:
        """Return what is brought to the person, or copied."""
        return tuple(item for item in self.items if item.told is told)


@dataclass(frozen=True)
class Plan(Generic[W]):
    """Who is sent what, and of what nobody at all may be told."""

    digests: tuple[Digest[W], ...] = ()
    without_recipient: tuple[W, ...] = ()


@dataclass(frozen=True)
class Ahead:
    """A run that was done before its day came, by a clock that was ahead.

    day      the day it was for
    since    the earliest day on which there was a run since
    message  the newest message when it was done, by which what it sent is told from what was sent later
    """

    day: date
    since: date
    message: int

    def sent_too_early(self, one: Chased) -> bool:
        """Return whether it gave a reminder, or one before it did, long before its stage had begun."""
        is_of_it = one.chased_on == self.day and one.message_id <= self.message
        return is_of_it and one.begins_on > self.since + EARLY_ENOUGH


def stage_to_chase(waiting: Waiting, on: date, ladder: Ladder, ahead: Sequence[Ahead] = ()) -> int | None:
    """Return the stage to remind of on this day; None when nothing is new.

    Not a stage at or below one that was chased for the same due date, and not twice on one day. What was
    chased before its stage had begun, by a clock that was ahead (`ahead`, as `lived.rules.set_back` gives
    it), does not count, nor does what was lost.
    """
    stage = ladder.stage_on(waiting.due_on, on)
    if stage is None:
        return None
    for one in waiting.chased:
        if one.is_lost or any(each.sent_too_early(one) for each in ahead):
            continue
        if one.chased_on == on or (one.due_on == waiting.due_on and one.stage >= stage):
            return None
    return stage


class Tells(Protocol[W_in]):
    """Who can be told of a thing: the part of a provider that a plan needs."""

    def kind_of(self, waiting: W_in) -> str:
        """Return the code of the subject whose ladder it climbs."""

    def whom_to_ask(self, waiting: W_in, people: Sequence[Viewer]) -> tuple[Sequence[Viewer], bool]:
        """Return who of the active `people` is told of it, and whether they are asked to do it."""

    def holders(self, waiting: W_in, recipient: Recipient, people: Sequence[Viewer]) -> Sequence[Viewer]:
        """Return who of the active `people` holds a post for it and may know of it."""

    def can_do(self, waiting: W_in, person: Viewer) -> bool:
        """Return whether somebody whom the ladder names can do what it waits for."""

    def alike(self, waiting: W_in) -> Hashable:
        """Return what is equal for things of which the same people are told; None where that is not known."""


def plan(
    waiting: Iterable[W],
    tells: Tells[W],
    people: Sequence[Viewer],
    on: date,
    ladders: Mapping[str, Ladder],
    ahead: Sequence[Ahead] = (),
) -> Plan[W]:
    """Return a digest for each person something is new for, by address; the longest overdue first in each.

    ladders  {code of a subject: its ladder}
    ahead    the runs of a clock that was ahead (see `lived.rules.set_back`)
    """
    return plan_of(told_of(waiting, tells, People(people), on, ladders, ahead))


class ToTell(NamedTuple, Generic[W]):
    """A thing for which something is new, and who is told of it and why."""

    waiting: W
    stage: int
    told: Mapping[Viewer, Told]


def told_of(
    waiting: Iterable[W],
    tells: Tells[W],
    people: People,
    on: date,
    ladders: Mapping[str, Ladder],
    ahead: Sequence[Ahead] = (),
) -> Iterator[ToTell[W]]:
    """Yield each thing for which something is new on a day; arguments as of `plan`."""
    for each in waiting:
        ladder = ladders[tells.kind_of(each)]
        stage = stage_to_chase(each, on, ladder, ahead)
        if stage is not None:
            yield ToTell(each, stage, whom_to_tell(tells, each, ladder.rung_of(stage), people))


def plan_of(found: Iterable[ToTell[W]]) -> Plan[W]:
    """Return the digests of these, by address; the longest overdue first in each."""
    parts: dict[Viewer, list[Item[W]]] = {}
    without_recipient = []
    for one in sorted(found, key=lambda one: (one.waiting.due_on, one.waiting.place)):
        first = first_of(one.told)
        for person, why in one.told.items():
            item = Item(one.waiting, one.stage, why, is_first=person is first)
            parts.setdefault(person, []).append(item)
        if not one.told:
            without_recipient.append(one.waiting)
    ordered = sorted(parts, key=lambda person: person.email)
    return Plan(tuple(Digest(person, tuple(parts[person])) for person in ordered), tuple(without_recipient))


def whom_to_tell(tells: Tells[W], each: W, rung: Rung, people: Sequence[Viewer]) -> Mapping[Viewer, Told]:
    """Return who is told of a thing on a rung, and why.

    Where nobody holds one of its posts, whoever is asked without a ladder: in the end the board managers.
    """
    alike = tells.alike(each)
    if alike is None or not isinstance(people, People):
        return _told_on(tells, each, rung, people)
    return people.once((alike, rung.to, rung.copy), lambda: _told_on(tells, each, rung, people))


def _told_on(tells: Tells[W], each: W, rung: Rung, people: Sequence[Viewer]) -> dict[Viewer, Told]:
    found: dict[Viewer, Told] = {}
    for recipient in rung.to:
        if recipient is Recipient.LEAD:
            found |= _asked(tells, each, people)
            continue
        for person in tells.holders(each, recipient, people):
            found.setdefault(person, Told.ASKED if tells.can_do(each, person) else Told.RAISED)
    if not found:
        found = _asked(tells, each, people)
    why = Told.COPIED if found else Told.ORPHANED
    for recipient in rung.copy:
        for person in tells.holders(each, recipient, people):
            found.setdefault(person, why)
    return found


def first_of(told: Mapping[Viewer, Told]) -> Viewer | None:
    """Return who of those who are told of a thing is first: who is asked to do it, then by address."""
    if len(told) == 1:
        return next(iter(told))
    return min(told, key=lambda person: (told[person], person.email), default=None)


def _asked(tells: Tells[W], each: W, people: Sequence[Viewer]) -> dict[Viewer, Told]:
    asked, is_asked = tells.whom_to_ask(each, people)
    return dict.fromkeys(asked, Told.ASKED if is_asked else Told.ORPHANED)


ROLES = {
    Recipient.LEAD: Role.AGENCY_LEAD,
    Recipient.OTHER_LEADS: Role.AGENCY_LEAD,
    Recipient.BOARD_MEMBER: Role.BOARD_MEMBER,
    Recipient.CHAIR: Role.CHAIR,
    Recipient.INDEPENDENT_CHAIR: Role.INDEPENDENT_CHAIR,
    Recipient.MANAGER: Role.MANAGER,
}


def holders_of(
    recipient: Recipient,
    people: Sequence[Viewer],
    agency_id: int | None,
    lead_id: int | None,
    named: frozenset[int] | None,
    reads: Permission,
    away: Away = NOBODY_AWAY,
) -> tuple[Viewer, ...]:
    """Return who of the active `people` holds this post for a thing of an agency, and may read it.

    In place of who is away, whoever stands in; of the chair, where that is nobody, the deputies.

    lead_id  who leads it: not one of the agency's other leads; where it is none of them, all of them do
    named    who may know of a restricted review; None when it is about none
    """
    role = ROLES[recipient]
    deputies = [person for person in people if recipient is Recipient.CHAIR and Role.DEPUTY in person.roles]
    holding = [
        person
        for person in people
        if role in person.roles
        and (role not in OF_AN_AGENCY or person.agency_id == agency_id)
        and (recipient is not Recipient.OTHER_LEADS or person.id != lead_id)
    ]

    def reading(those: Iterable[Viewer]) -> tuple[Viewer, ...]:
        allowed = (each for each in away.in_place_of(those) if named is None or each.id in named)
        return tuple(each for each in allowed if may(each, reads, agency_id))

    if recipient is Recipient.LEAD:
        return reading(each for each in holding if each.id == lead_id) or reading(holding)
    return reading(holding) or reading(away.present(deputies))


def asked_or_managers(
    asked: tuple[Viewer, ...], named: frozenset[int] | None, people: Sequence[Viewer]
) -> tuple[tuple[Viewer, ...], bool]:
    """Return who is told and whether they are asked to do it: `asked`; where it is nobody, board managers.

    `named` are those who may know of a restricted review; None when it is about none.
    """
    if asked:
        return asked, True
    allowed = (person for person in people if named is None or person.id in named)
    return tuple(person for person in allowed if Role.MANAGER in person.roles), False


def beside_of(found: Sequence[tuple[Digest[Any], Callable[[Any], str]]]) -> str:
    """Return what somebody is told of beside what they are asked to do; "" for nothing.

    found  the digests of one person, each with what makes a paragraph of an item
    """
    parts: list[str] = []
    for told, heading in BESIDE_HEADINGS.items():
        texts = [paragraph(item) for digest, paragraph in found for item in digest.beside(told)]
        parts += [heading, *texts] if texts else []
    return "\n\n".join(parts)


def beside_subject(digests: Sequence[Digest[Any]]) -> str:
    """Return how much somebody is told of in these beside what they are asked to do; "" for nothing."""
    raised, copied = (sum(len(each.beside(told)) for each in digests) for told in (Told.RAISED, Told.COPIED))
    counts = ((raised, "thing", "brought to you"), (copied, "reminder", "in copy"))
    return "; ".join(f"{plural(count, noun)} {words}" for count, noun, words in counts if count)


def waits_words(since: date, on: date) -> str:
    """Return for how long the Board has been waited for, like "Waits for the Board since …: 12 days"."""
    return say(
        "Waits for the Board since {since}: {days}",
        since=date_uk(since),
        days=plural((on - since).days, "day"),
    )


def paragraph_of(label: str, due: str, said: str, link: str) -> str:
    """Return one thing of a digest: what it is called, its date, what its rung adds, and its address."""
    return "\n".join(filter(None, (label, due, said, link)))


def heading_of(board: str, on: date, what: str = TRACKER) -> str:
    """Return the first line of every message: whose it is, of what, and of which day."""
    return f"{board}: {what}, {date_uk(on)}."


def due_words(due_on: date, on: date) -> str:
    """Return how far a due date is, such as "Overdue by 7 days: it was due on 1 March 2012"."""
    left = (due_on - on).days
    count = plural(abs(left), "day")
    if left < 0:
        return f"Overdue by {count}: it was due on {date_uk(due_on)}"
    return f"Due {'today' if left == 0 else f'in {count}'}: {date_uk(due_on)}"
