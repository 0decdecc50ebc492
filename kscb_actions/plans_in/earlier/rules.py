"""What a plan's file says of the past of its actions, read as a person confirms it. Plain values."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date

from kscb_actions.actions.earlier.rules import FINISHED, Past, Reading, problems_with_past
from kscb_actions.dates_written.rules import read_date
from kscb_actions.text import one_line
from kscb_actions.wording import date_uk, plural

from ..plan import Plan, PlanAction
from ..tables import Problem, Source
from ..words import CANNOT, DONE, IN_PROGRESS, NOT_STARTED, status_key, status_of

# A colour or a figure means in one plan what it does not in another: nobody may guess it.
_SIGNS = frozenset("green amber red blue white grey r a g b 1 2 3 4 red amber amber green".split())
_USUAL = {
    NOT_STARTED: Reading.NOT_STARTED,
    IN_PROGRESS: Reading.IN_PROGRESS,
    DONE: Reading.DONE,
    CANNOT: Reading.CANNOT,
}
_OWN = {
    "superseded": Reading.SUPERSEDED,
    "accepted": Reading.ACCEPTED,
    **dict.fromkeys(("withdrawn", "no longer applicable", "not applicable"), Reading.WITHDRAWN),
}
_STATED = re.compile(
    r"(?:.*\b)?(?:as (?:at|of)|position (?:as )?at|(?:last )?updated(?: on)?)\b[\s:]*(?P<day>.+)", re.I
)
_DATED = re.compile(r"(?:as at|date|version date|date of (?:this )?(?:version|update|report))\s*:?", re.I)
_TITLES = 8


@dataclass(frozen=True)
class Earlier:
    """How a person reads what a file says of the past.

    as_of     the day of which it speaks
    readings  {words of a status, as `status_key` has them: what they say}
    accepted_on, accepted_by  of what is read as accepted
    """

    as_of: date
    readings: Mapping[str, Reading] = field(default_factory=dict)
    accepted_on: date | None = None
    accepted_by: str = ""


@dataclass
class StatusWords:
    """Words of a status in a file: how they are known, as they stand first, how often, and where first.

    usual  what they are read as everywhere; None for such as a colour, which every plan uses its own way
    """

    key: str
    shown: str
    place: str
    usual: Reading | None
    count: int = 0


def words_to_read(plan: Plan) -> list[StatusWords]:
    """Return the words of status of a plan, each once, in the order in which they stand."""
    found: dict[str, StatusWords] = {}
    for action in plan.actions:
        if key := status_key(action.status_text):
            shown = one_line(action.status_text)[:80]
            words = found.setdefault(key, StatusWords(key, shown, action.place, usual_reading(key)))
            words.count += 1
    return list(found.values())


def usual_reading(key: str) -> Reading | None:
    """Return what words of a status say in every plan; None where a person has to say it."""
    if key in _OWN:
        return _OWN[key]
    if not key or set(key.split()) <= _SIGNS:
        return None
    return _USUAL.get(status_of(key))


def has_past(action: PlanAction) -> bool:
    """Return whether a file says something of what happened to an action."""
    said = (action.status_text, action.done.on, action.revised.on, action.progress)
    return any(map(bool, said))


def count_pasts(plan: Plan) -> int:
    """Return of how many actions a file says what happened to them."""
    return sum(map(has_past, plan.actions))


def reading_of(status_text: str, done_on: date | None, readings: Mapping[str, Reading]) -> Reading:
    """Return what a row says of how far its action was.

    Its words go before a day of completion; without words, or with such as say nothing, that day does.
    """
    said = readings.get(status_key(status_text), Reading.NOTHING) if status_text else Reading.NOTHING
    return Reading.DONE if said == Reading.NOTHING and done_on else said


def past_of(action: PlanAction, earlier: Earlier) -> Past | None:
    """Return what happened to an action, as its file says and a person reads it; None without words."""
    if not has_past(action):
        return None
    read_as = reading_of(action.status_text, action.done.on, earlier.readings)
    is_accepted = read_as == Reading.ACCEPTED
    moved = action.revised.on if action.revised.on != action.due.on else None
    return Past(
        read_as,
        earlier.as_of,
        status_text=one_line(action.status_text),
        done_on=action.done.on if read_as in FINISHED else None,
        told=_told(action, read_as),
        moved_to=(moved,) if moved else (),
        # A column of the file's own goes before what is said of all of it.
        accepted_on=(action.accepted.on or earlier.accepted_on) if is_accepted else None,
        accepted_by=(action.accepted_by or earlier.accepted_by) if is_accepted else "",
    )


def _told(action: PlanAction, read_as: Reading) -> str:
    """Return what a file tells of progress and evidence, a line each, with its headings."""
    lines = [
        text if heading in ("", "Progress") else f"{heading}: {text}" for heading, text in action.progress
    ]
    if action.evidence:
        lines.append(f"Evidence: {action.evidence}")
    if action.done.on and read_as not in FINISHED:
        lines.append(f"A day of completion stands beside it: {action.done.shown}")
    return "\n".join(lines)


def unread(plan: Plan, readings: Mapping[str, Reading]) -> list[StatusWords]:
    """Return the words of status that nobody has read yet."""
    return [each for each in words_to_read(plan) if each.key not in readings]


def problems_with(plan: Plan, earlier: Earlier, today: date) -> list[Problem]:
    """Return what keeps the past of a plan from being taken in: words not read, days that cannot be."""
    found = [
        Problem(each.place, f"Say how “{each.shown}” is read ({plural(each.count, 'action')}).")
        for each in unread(plan, earlier.readings)
    ]
    for action in plan.actions:
        past = past_of(action, earlier)
        if past:
            found += [Problem(action.place, each) for each in problems_with_past(past, today).values()]
    # The same of the whole file is said once, with the place where it is met first.
    return list({each.problem: each for each in reversed(found)}.values())[::-1]


def doubts(plan: Plan, earlier: Earlier) -> list[Problem]:
    """Return the rows whose words say one thing and whose day of completion another."""
    return [
        Problem(
            action.place,
            f"“{one_line(action.status_text)}” is not done, though {date_uk(action.done.on)} stands as the "
            "day of completion. It is kept in words.",
            stops=False,
        )
        for action in plan.actions
        if action.done.on and reading_of(action.status_text, action.done.on, earlier.readings) not in FINISHED
    ]


def stated_day(source: Source, today: date | None) -> date | None:
    """Return the day of which a file says that it speaks, as "As at 30 June 2012" does; else None."""
    for table in source.tables:
        for row in table.rows[:_TITLES]:
            texts = [row.cells[at].text for at in sorted(row.cells)]
            if day := _day_in(texts, today):
                return day
    return None


def _day_in(texts: Sequence[str], today: date | None) -> date | None:
    told = [hit["day"] for text in texts if len(text) < 120 and (hit := _STATED.fullmatch(one_line(text)))]
    if len(texts) == 2 and _DATED.fullmatch(one_line(texts[0])):
        told.append(texts[1])
    for each in told:
        written = read_date(each, today)
        if written.on and written.is_exact and (today is None or written.on <= today):
            return written.on
    return None
