"""Who is told of an event, when, and in what words. Plain values in, plain values out."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from typing import NamedTuple

from kscb_actions.access.policy import CHAIRING, Owners, Permission, Role, Viewer, may
from kscb_actions.actions.rules import Standing
from kscb_actions.assurance.challenges.rules import DECIDES, Level, everybody_asked, whom_to_ask
from kscb_actions.mail.rules import About
from kscb_actions.people.absences.rules import NOBODY_AWAY, Away, StandIn
from kscb_actions.terms import say_all, say_later
from kscb_actions.wording import date_uk, plural


class Kind(StrEnum):
    """What has happened, in the order in which it is told: what has to be answered first."""

    RETURNED = "returned"
    ASKED = "asked"
    CHALLENGED = "challenged"
    CHALLENGE_AT_LEVEL = "challenge_at_level"
    REOPENED = "reopened"
    ANOTHER_WAY = "another_way"
    NEW_ACTION = "new_action"
    HANDED_OVER = "handed_over"
    SHARED = "shared"
    LED_BY_ANOTHER = "led_by_another"
    HANDED_AWAY = "handed_away"
    SHARED_NO_MORE = "shared_no_more"
    BROUGHT_BACK = "brought_back"
    ACTIVE_AGAIN = "active_again"
    ON_HOLD = "on_hold"
    SUPERSEDED = "superseded"
    WITHDRAWN = "withdrawn"
    DATE_SET = "date_set"
    DATE_PUT_RIGHT = "date_put_right"
    MORE_TIME = "more_time"
    ACCEPTED = "accepted"
    DIFFERENCE_JUDGED = "difference_judged"
    DECISION_TAKEN_BACK = "decision_taken_back"
    ANSWERED = "answered"
    CHALLENGE_ANSWERED = "challenge_answered"
    CHALLENGE_CLOSED = "challenge_closed"
    ABSENCE_ENTERED = "absence_entered"
    ABSENCE_CHANGED = "absence_changed"
    ABSENCE_CANCELLED = "absence_cancelled"
    ABSENCE_BEGUN = "absence_begun"
    ABSENCE_OVER = "absence_over"


class Pace(StrEnum):
    """How often a person hears of what they need not answer."""

    AT_ONCE = "at_once"
    DAILY = "daily"
    WEEKLY = "weekly"


# (one, many) of each kind, as a heading and a count have it.
KIND_NAMES = say_all(
    {
        Kind.RETURNED: ("report returned by the Board", "reports returned by the Board"),
        Kind.ASKED: ("question of the Board", "questions of the Board"),
        Kind.CHALLENGED: ("challenge to your agency", "challenges to your agency"),
        Kind.CHALLENGE_AT_LEVEL: (
            "challenge at the level you decide on",
            "challenges at the level you decide on",
        ),
        Kind.REOPENED: ("action reopened by the Board", "actions reopened by the Board"),
        Kind.ANOTHER_WAY: ("action to be done in another way", "actions to be done in another way"),
        Kind.NEW_ACTION: ("new action", "new actions"),
        Kind.HANDED_OVER: (
            "action handed over to you or your agency",
            "actions handed over to you or your agency",
        ),
        Kind.SHARED: ("action shared with your agency", "actions shared with your agency"),
        Kind.LED_BY_ANOTHER: ("shared action led by somebody else", "shared actions led by somebody else"),
        Kind.HANDED_AWAY: ("action no longer yours", "actions no longer yours"),
        Kind.SHARED_NO_MORE: (
            "action no longer shared with your agency",
            "actions no longer shared with your agency",
        ),
        Kind.BROUGHT_BACK: (
            "action brought back: it was not recorded in error",
            "actions brought back: they were not recorded in error",
        ),
        Kind.ACTIVE_AGAIN: ("action active again", "actions active again"),
        Kind.ON_HOLD: ("action put on hold", "actions put on hold"),
        Kind.SUPERSEDED: ("action superseded by another", "actions superseded by others"),
        Kind.WITHDRAWN: ("action withdrawn", "actions withdrawn"),
        Kind.DATE_SET: ("due date set for the first time", "due dates set for the first time"),
        Kind.DATE_PUT_RIGHT: ("wrong date put right", "wrong dates put right"),
        Kind.MORE_TIME: ("due date decided on", "due dates decided on"),
        Kind.ACCEPTED: ("action accepted by the Board", "actions accepted by the Board"),
        Kind.DIFFERENCE_JUDGED: (
            "judgement of the difference that your work made for children",
            "judgements of the difference that your work made for children",
        ),
        Kind.DECISION_TAKEN_BACK: (
            "decision or question of the Board taken back",
            "decisions or questions of the Board taken back",
        ),
        Kind.ANSWERED: ("answer to your question", "answers to your questions"),
        Kind.CHALLENGE_ANSWERED: ("challenge answered", "challenges answered"),
        Kind.CHALLENGE_CLOSED: ("challenge closed", "challenges closed"),
        Kind.ABSENCE_ENTERED: ("absence entered", "absences entered"),
        Kind.ABSENCE_CHANGED: ("absence changed", "absences changed"),
        Kind.ABSENCE_CANCELLED: ("absence cancelled", "absences cancelled"),
        Kind.ABSENCE_BEGUN: ("absence begun", "absences begun"),
        Kind.ABSENCE_OVER: ("absence over", "absences over"),
    }
)
PACE_NAMES = {
    Pace.AT_ONCE: "At once, as it happens",
    Pace.DAILY: "Once a day, on the next working morning",
    Pace.WEEKLY: "Once a week, on its first working morning",
}
ALWAYS_AT_ONCE = say_later(
    "A report that is returned, an action that is to be done in another way, a question of the Board and a "
    "challenge are always told at once: they wait for your answer."
)
PICTURES_HINT = (
    "On the first working morning of a week or a month, in the same message as all else: counts and links "
    "alone. Where there is nothing to say, nothing comes."
)
# Who is given the picture of a week or of a month, themselves or in somebody's place.
HAVE_PICTURES = CHAIRING | {Role.MANAGER, Role.INDEPENDENT_CHAIR, Role.AGENCY_LEAD, Role.BOARD_MEMBER}
OF_CHALLENGES = frozenset(
    {Kind.CHALLENGED, Kind.CHALLENGE_AT_LEVEL, Kind.CHALLENGE_ANSWERED, Kind.CHALLENGE_CLOSED}
)
# Told to who decides on the challenge at its level.
TO_DECIDERS = frozenset({Kind.CHALLENGE_AT_LEVEL, Kind.CHALLENGE_ANSWERED})
# What it is to its lead that an action's standing changed.
OF_STANDING = {
    Standing.ACTIVE: Kind.ACTIVE_AGAIN,
    Standing.ON_HOLD: Kind.ON_HOLD,
    Standing.SUPERSEDED: Kind.SUPERSEDED,
    Standing.WITHDRAWN: Kind.WITHDRAWN,
}
# Of these the room in which they happen sends a message of its own.
HAS_LETTER = frozenset({Kind.ASKED, *OF_CHALLENGES})
# They wait for an answer of whoever is told, who cannot put them off, or say what came of one, or that what
# was told is not so.
AT_ONCE = frozenset({Kind.RETURNED, Kind.ANOTHER_WAY, Kind.DECISION_TAKEN_BACK, *HAS_LETTER})
TO_THOSE_CONCERNED = frozenset({Kind.ASKED, Kind.ANSWERED})
# What those hear who share the action, of what others hear as another kind; of challenges nothing: they are
# put to one agency.
TO_JOINT = {
    Kind.RETURNED: Kind.RETURNED,
    Kind.ASKED: Kind.ASKED,
    Kind.REOPENED: Kind.REOPENED,
    Kind.ANOTHER_WAY: Kind.ANOTHER_WAY,
    Kind.HANDED_OVER: Kind.LED_BY_ANOTHER,
    Kind.SHARED: Kind.SHARED,
    Kind.LED_BY_ANOTHER: Kind.LED_BY_ANOTHER,
    Kind.MORE_TIME: Kind.MORE_TIME,
    Kind.DATE_PUT_RIGHT: Kind.DATE_PUT_RIGHT,
    Kind.DATE_SET: Kind.DATE_SET,
    Kind.BROUGHT_BACK: Kind.BROUGHT_BACK,
    Kind.ACCEPTED: Kind.ACCEPTED,
    Kind.DIFFERENCE_JUDGED: Kind.DIFFERENCE_JUDGED,
    **{kind: kind for kind in OF_STANDING.values()},
}
# Of these nobody is told but those who share it.
OF_JOINT_ALONE = frozenset({Kind.SHARED, Kind.LED_BY_ANOTHER})
# Told to those whose an action is no more, by reference alone: it may be hidden from them by now.
LEFT = frozenset({Kind.HANDED_AWAY, Kind.SHARED_NO_MORE})
# Where nobody is told of one of these, nothing is amiss: who decides may have done it.
SILENT_WITHOUT = frozenset({*OF_JOINT_ALONE, *LEFT, Kind.CHALLENGE_AT_LEVEL})
# More of one kind than this are counted for each review.
MOST_LISTED = 10


class Happening(NamedTuple):
    """An event as the rule of who is told needs it.

    actor_id   who did it
    concerned  who is told beside whoever leads: who reported, asked, raised or answered it
    named      who may know of a restricted review; None when it is about none
    level      of a challenge: the level at which it is now
    asked_at   of one that is closed: the levels at which the agency was asked
    others     the agencies that own it with that agency, or did: they decide nothing of it
    joint      (agency, its contact) of each agency that shares an action; None where nobody is named there
    action_id  the action of theirs by which they are told, where the event is about more than one
    """

    kind: Kind
    agency_id: int
    actor_id: int | None = None
    lead_id: int | None = None
    concerned: frozenset[int] = frozenset()
    named: frozenset[int] | None = None
    level: Level = Level.LEAD
    asked_at: frozenset[Level] = frozenset()
    others: frozenset[int] = frozenset()
    joint: frozenset[tuple[int, int | None]] = frozenset()
    action_id: int | None = None


@dataclass(frozen=True)
class Heard:
    """Who hears of something: `direct` as those whom it concerns, `shared` because they share the action."""

    happening: Happening
    direct: tuple[Viewer, ...]
    shared: tuple[Viewer, ...] = ()


@dataclass(frozen=True)
class Item:
    """One piece of news, as a message tells of it: nothing of a case but the reference.

    agency     whose it is; "" of what is another's now
    path       the address of its page, from the root; "" where the person may not see it any more
    review_id  the review that it is about, if it is about one
    in_place_of  who is away, where the person hears of it because they stand in
    action_id  the action of it that it is about, or that a challenge is
    challenge_id  the challenge that it is about, if it is about one
    """

    id: int
    kind: Kind
    reference: str
    review: str
    agency: str
    happened_on: date
    path: str
    review_id: int | None = None
    action_id: int | None = None
    in_place_of: str = ""
    challenge_id: int | None = None

    @property
    def subject(self) -> str:
        """Return what it is about, and in whose place the person hears of it."""
        return f"{self.reference}, in place of {self.in_place_of}" if self.in_place_of else self.reference


def who_is_told(happening: Happening, people: Iterable[Viewer]) -> tuple[Viewer, ...]:
    """Return who of the active `people` hears of an event: nobody of what they did or may not see.

    An action's lead, else every lead of its agency; of a challenge who is asked to answer it, and who decides
    on it once it is answered or at their level; and those concerned. Who is asked, and who asked, is told
    alone, and so is who led an action that another leads from now on.
    """
    able = [person for person in people if _may_know(person, happening)]
    told = {person.id for person in _by_post(happening, able)} | happening.concerned
    return tuple(person for person in able if person.id in told and person.id != happening.actor_id)


def in_their_place(
    told: Iterable[Viewer], happening: Happening, away: Away = NOBODY_AWAY
) -> tuple[StandIn, ...]:
    """Return who hears of an event in the place of those `told` who are away: nobody who may not know of it.

    Nor who hears of it anyway, or has done it.
    """
    people = tuple(told)
    known = {person.id for person in people} | {happening.actor_id}
    found: dict[int | None, StandIn] = {}
    for each in filter(None, (away.of(person.id) for person in people)):
        other = each.person
        if other and other.id not in known and _may_know(other, happening):
            found.setdefault(other.id, each)
    return tuple(found.values())


def joint_told(happening: Happening, people: Iterable[Viewer]) -> tuple[Viewer, ...]:
    """Return who of the active `people` hears of it because their agency shares the action.

    The contact there, else every lead of the agency; nobody who did it, or hears of it as another already.
    """
    if happening.kind not in TO_JOINT:
        return ()
    everybody = list(people)
    others = {happening.actor_id, *(person.id for person in who_is_told(happening, everybody))}
    able = [person for person in everybody if _may_know(person, happening)]
    told: list[Viewer] = []
    for agency_id, contact_id in sorted(happening.joint, key=lambda pair: pair[0]):
        told += _leads_of(able, agency_id, contact_id)
    return tuple(person for person in told if person.id not in others)


def _leads_of(able: Sequence[Viewer], agency_id: int, chosen_id: int | None) -> Sequence[Viewer]:
    """Return who is chosen where that is a lead of the agency, else its every lead."""
    leads = [p for p in able if p.agency_id == agency_id and Role.AGENCY_LEAD in p.roles]
    return [p for p in leads if p.id == chosen_id] or leads


def _may_know(person: Viewer, happening: Happening) -> bool:
    if happening.named is not None and person.id not in happening.named:
        return False
    of_challenge = happening.kind in OF_CHALLENGES
    read = Permission.READ_CHALLENGE if of_challenge else Permission.READ_ACTION
    joint = frozenset(agency for agency, _ in happening.joint)
    return bool(may(person, read, Owners(happening.agency_id, joint)))


def _by_post(happening: Happening, able: Sequence[Viewer]) -> Sequence[Viewer]:
    """Return who is told because of their part: the lead or leads, who answers, who decides."""
    kind, agency_id, lead_id = happening.kind, happening.agency_id, happening.lead_id
    if kind in TO_THOSE_CONCERNED | OF_JOINT_ALONE:
        return ()
    if kind in LEFT and lead_id is not None:
        return [p for p in able if p.id == lead_id]
    if kind in TO_DECIDERS:
        decides, owners = DECIDES[happening.level], Owners(agency_id, former=happening.others)
        return [p for p in able if p.roles & decides and may(p, Permission.CLOSE_CHALLENGE, owners)]
    if kind is Kind.CHALLENGE_CLOSED:
        levels = happening.asked_at | {happening.level}
        return everybody_asked(able, agency_id, levels, lead_id, happening.named)
    if kind in OF_CHALLENGES:
        return whom_to_ask(able, agency_id, happening.level, lead_id, happening.named)
    return _leads_of(able, agency_id, lead_id)


def has_letter(happening: Happening, person: Viewer) -> bool:
    """Return whether the room in which it happens sends this person a message of its own."""
    if happening.kind is Kind.CHALLENGE_CLOSED:
        return person.agency_id == happening.agency_id
    return happening.kind in HAS_LETTER


def is_due(kind: Kind, pace: Pace, happened_on: date, on: date, is_morning: bool) -> bool:
    """Return whether a message of this day tells of it; `is_morning`: it is the digest of a working day.

    Once a week: on the first morning of a later week. What a clock ahead has dated after `on` is told.
    """
    if kind in AT_ONCE or pace is Pace.AT_ONCE:
        return True
    if not is_morning or pace is Pace.DAILY:
        return is_morning
    return happened_on > on or week_of(happened_on) < week_of(on)


def week_of(day: date) -> date:
    """Return the Monday of the week in which a day lies."""
    return day - timedelta(days=day.weekday())


def subject(count: int) -> str:
    """Return how much is new. No reference: whoever reads a list of messages may not know of it."""
    return f"{plural(count, 'thing is', 'things are')} new for you"


def body(items: Sequence[Item], base_url: str) -> str:
    """Return the text, by kind: reference, agency, date, link; of many only how many each review has."""
    parts = ["New for you:"]
    for kind in Kind:
        if own := [item for item in items if item.kind is kind]:
            parts.append(_of_kind(kind, own, base_url))
    parts.append(f"All that is new for you:\n{base_url}/new")
    return "\n\n".join(parts)


def about(items: Sequence[Item]) -> tuple[About, ...]:
    """Return what a message of these is about: what each names, of those that are counted their review."""
    found: dict[About, None] = {}
    for kind in Kind:
        own = [item for item in items if item.kind is kind]
        is_named = len(own) <= MOST_LISTED
        for item in own:
            if item.review_id is not None or (item.challenge_id is not None and is_named):
                action_id, challenge_id = (item.action_id, item.challenge_id) if is_named else (None, None)
                found[About(item.review_id, action_id, challenge_id=challenge_id)] = None
    return tuple(found)


def _of_kind(kind: Kind, items: Sequence[Item], base_url: str) -> str:
    lines = [plural(len(items), *KIND_NAMES[kind])]
    if len(items) <= MOST_LISTED:
        for item in sorted(items, key=lambda each: each.id):
            lines.append(", ".join(filter(None, (item.subject, item.agency, date_uk(item.happened_on)))))
            lines += [f"{base_url}{item.path}"] if item.path else []
        return "\n".join(lines)
    counts: dict[str, int] = {}
    for item in items:
        counts[item.review] = counts.get(item.review, 0) + 1
    lines += [f"{review or 'About no review'}: {count}" for review, count in sorted(counts.items())]
    return "\n".join(lines)


def heard_words(each: Heard, agencies: Mapping[int, str]) -> str:
    """Return who hears of something that the reader did, and when, in a sentence for each part they have.

    `agencies`: the names by id. Of those that lost an action nothing is said where there is nobody.
    """
    happening, kind = each.happening, each.happening.kind
    by_agency: dict[int, list[Viewer]] = {}
    for person in each.direct:
        is_own = kind not in TO_DECIDERS and person.agency_id == happening.agency_id
        by_agency.setdefault(happening.agency_id if is_own else 0, []).append(person)
    sentences = [told_words(kind, people, agencies.get(id, "")) for id, people in by_agency.items()]
    if not each.direct and kind not in SILENT_WITHOUT:
        name = "" if kind in TO_DECIDERS else agencies.get(happening.agency_id, "")
        sentences.append(told_words(kind, (), name))
    shared: dict[int, list[Viewer]] = {}
    for person in each.shared:
        shared.setdefault(person.agency_id or 0, []).append(person)
    sentences += [told_words(TO_JOINT[kind], people, agencies.get(id, "")) for id, people in shared.items()]
    return " ".join(sentences)


def told_words(kind: Kind, told: Sequence[Viewer], agency: str) -> str:
    """Return the sentence that says, where a result is shown, who hears of it and when.

    `agency`: of which they are; "" where they are told as those who decide.
    """
    if not told and not agency:
        return "Nobody else can be told: nobody who may decide on it has an account."
    if not told:
        return f"Nobody else can be told: {agency} has no active lead who may see it."
    names = [person.name for person in told]
    if len(names) > 3:
        names = [*names[:2], f"{len(names) - 2} others"]
    who = names[0] if len(names) == 1 else f"{', '.join(names[:-1])} and {names[-1]}"
    who += f", of {agency}," if agency else ""
    if kind in AT_ONCE:
        return f"{who} {'is' if len(told) == 1 else 'are'} told at once."
    hears = "hears" if len(told) == 1 else "hear"
    return f"{who} {hears} of it on the next working morning, unless they chose otherwise."
