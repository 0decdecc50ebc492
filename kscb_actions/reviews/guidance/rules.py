"""What each guidance asks: which kinds of review, through which stages, by which dates. Plain values.

Serious case reviews: Working Together 2006 to 2015. Child safeguarding practice reviews: Working Together
2018 and since, chapters on serious incidents, rapid reviews and local child safeguarding practice reviews.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta

from kscb_actions.settings.rules import GUIDANCE_NAMES, Guidance
from kscb_actions.terms import LazyText, say_later
from kscb_actions.wording import date_uk

from ..rules import (
    DECISIONS,
    KIND_NAMES,
    STAGE_NAMES,
    STAGES_OF_COMPLETION,
    Kind,
    Stage,
    add_months,
    clock_words,
)

IsWorkingDay = Callable[[date], bool]
SIX_MONTHS_FROM = date(2009, 12, 18)
# Of one kind of review alone; every other stage may be one of any review.
OF_INCIDENTS = (Stage.INCIDENT_KNOWN, Stage.RAPID_REVIEW, Stage.PANEL_REPLY)


@dataclass(frozen=True)
class ClockDates:
    """When a statutory clock runs out, and when it was met, if it was."""

    due_on: date
    met_on: date | None


@dataclass(frozen=True)
class Clock:
    """A date that guidance sets.

    code    what it is kept as
    name    what must be done by it, as the page has it before “due”
    rule    how it runs, in one sentence
    starts  on the first day of any of these stages it starts
    met_by  on the first day of any of these it is met
    due_on  when it runs out, of the day on which it started; the second argument tells working days
    """

    code: str
    name: str
    rule: str | LazyText
    starts: tuple[Stage, ...]
    met_by: tuple[Stage, ...]
    due_on: Callable[[date, IsWorkingDay], date]


@dataclass(frozen=True)
class Course:
    """How a review goes: its stages in order, where it waits to be decided on, and its clocks."""

    stages: tuple[Stage, ...]
    awaits_decision: tuple[Stage, ...]
    clocks: tuple[Clock, ...] = ()


@dataclass(frozen=True)
class Profile:
    """What one guidance asks.

    kinds    which kinds of review are offered when one is recorded
    courses  how reviews of a kind go, where that is not the usual way
    """

    kinds: tuple[Kind, ...]
    courses: Mapping[Kind, Course] = field(default_factory=dict)


def working_days_after(day: date, count: int, is_working_day: IsWorkingDay) -> date:
    """Return the day that is so many working days after another, which does not count itself."""
    while count:
        day += timedelta(days=1)
        count -= is_working_day(day)
    return day


def decision_due_on(notified_on: date) -> date:
    """Return by when it is decided whether a serious case review is held: a month after the notification.

    A day that the month lacks becomes the month's last.
    """
    return add_months(notified_on, 1)


def completion_due_on(held_on: date) -> date:
    """Return by when the report is complete: six months after the decision to hold a review, four where that
    was before 18 December 2009 (Working Together 2006, as amended on that day; 2010; 2013; 2015; 2018).
    """
    return add_months(held_on, 6 if held_on >= SIX_MONTHS_FROM else 4)


def _within(count: int) -> Callable[[date, IsWorkingDay], date]:
    return lambda started_on, is_working_day: working_days_after(started_on, count, is_working_day)


DECISION = Clock(
    "decision",
    "Decision",
    "Whether a review is held is decided within a month of the notification.",
    (Stage.NOTIFIED,),
    DECISIONS,
    lambda started_on, _: decision_due_on(started_on),
)
COMPLETION = Clock(
    "completion",
    "Completion",
    say_later(
        "The report goes to the Board, or is published or withheld, within six months of the decision to "
        "hold the review; within four where that was before 18 December 2009."
    ),
    (Stage.DECIDED,),
    STAGES_OF_COMPLETION,
    lambda started_on, _: completion_due_on(started_on),
)
NOTIFICATION = Clock(
    "notification",
    "Notification",
    "A serious incident is notified to the national panel within 5 working days of the day on which the "
    "local authority knew of it.",
    (Stage.INCIDENT_KNOWN,),
    (Stage.NOTIFIED,),
    _within(5),
)
RAPID_REVIEW = Clock(
    "rapid_review",
    "Rapid review",
    "The rapid review is sent to the national panel within 15 working days of the notification.",
    (Stage.NOTIFIED,),
    (Stage.RAPID_REVIEW,),
    _within(15),
)
PANEL_REPLY = Clock(
    "panel_reply",
    "National panel’s reply",
    "The national panel is expected to reply within 10 working days of the rapid review. Where it has not, "
    "ask it.",
    (Stage.RAPID_REVIEW,),
    (Stage.PANEL_REPLY,),
    _within(10),
)
PUBLICATION = Clock(
    "publication",
    "Publication",
    "The report is published, or withheld with a reason, within six months of the decision to hold it.",
    (Stage.DECIDED,),
    (Stage.PUBLISHED, Stage.NOT_PUBLISHED),
    lambda started_on, _: completion_due_on(started_on),
)
CLOCKS = {
    each.code: each for each in (DECISION, COMPLETION, NOTIFICATION, RAPID_REVIEW, PANEL_REPLY, PUBLICATION)
}
CLOCK_NAMES = {code: clock.name for code, clock in CLOCKS.items()}

# Neither guidance sets dates for these kinds.
USUAL = Course(
    tuple(stage for stage in Stage if stage not in OF_INCIDENTS), (Stage.NOTIFIED, Stage.UNDER_CONSIDERATION)
)
PRACTICE_REVIEW = Course(
    tuple(stage for stage in Stage if stage is not Stage.UNDER_CONSIDERATION),
    (Stage.RAPID_REVIEW, Stage.PANEL_REPLY),
    (NOTIFICATION, RAPID_REVIEW, PANEL_REPLY, PUBLICATION),
)
PROFILES = {
    Guidance.SERIOUS_CASE: Profile(
        kinds=tuple(kind for kind in Kind if kind is not Kind.LCSPR),
        courses={
            Kind.SCR: Course(USUAL.stages, USUAL.awaits_decision, (DECISION, COMPLETION)),
            # Recorded as such before there was a profile for it.
            Kind.LCSPR: Course(USUAL.stages, USUAL.awaits_decision, (COMPLETION,)),
        },
    ),
    Guidance.PRACTICE: Profile(
        kinds=tuple(kind for kind in Kind if kind is not Kind.SCR), courses={Kind.LCSPR: PRACTICE_REVIEW}
    ),
}


def course_of(guidance: str, kind: str) -> Course:
    """Return how a review of a kind goes by a guidance."""
    return PROFILES[Guidance(guidance)].courses.get(Kind(kind), USUAL)


def kinds_offered(guidance: str, has_child_deaths: bool) -> dict[Kind, str]:
    """Return the kinds that a new review can have, with their names."""
    kinds = PROFILES[Guidance(guidance)].kinds
    return {kind: KIND_NAMES[kind] for kind in kinds if has_child_deaths or kind is not Kind.CHILD_DEATH}


def stages_offered(guidance: str, kind: str) -> dict[Stage, str]:
    """Return the stages that a review can reach, in order, with their names."""
    return {stage: STAGE_NAMES[stage] for stage in course_of(guidance, kind).stages}


def all_stages(guidance: str) -> dict[Stage, str]:
    """Return the stages that reviews of any kind can reach by a guidance, in order, with their names."""
    profile = PROFILES[Guidance(guidance)]
    reached = {stage for kind in profile.kinds for stage in course_of(guidance, kind).stages}
    return {stage: name for stage, name in STAGE_NAMES.items() if stage in reached}


def problems_with_guidance(guidance: str, kind: str) -> dict[str, str]:
    """Return {field: message} for why a review of this kind cannot go by this guidance."""
    if guidance not in GUIDANCE_NAMES:
        return {"guidance": "Choose which guidance the review goes by."}
    profile = PROFILES[Guidance(guidance)]
    if kind in KIND_NAMES and kind not in profile.kinds and Kind(kind) not in profile.courses:
        name = KIND_NAMES[Kind(kind)].lower()
        return {"kind": f"No {name} is held by “{GUIDANCE_NAMES[Guidance(guidance)]}”. Choose another kind."}
    return {}


def problems_with_course(guidance: str, kind: str, stage: str) -> dict[str, str]:
    """Return {field: message} for why a review that is good in itself has no such stage."""
    is_known = guidance in GUIDANCE_NAMES and kind in KIND_NAMES and stage in STAGE_NAMES
    if not is_known or Stage(stage) in course_of(guidance, kind).stages:
        return {}
    name = KIND_NAMES[Kind(kind)].lower()
    return {"stage": f"“{STAGE_NAMES[Stage(stage)]}” is no stage of a {name}. Choose another."}


def why_nothing_to_decide(guidance: str, kind: str, stands_at: str) -> str | None:
    """Return why a review at this stage waits for no decision; None where it does."""
    if stands_at in course_of(guidance, kind).awaits_decision:
        return None
    return f"Nothing waits to be decided: the review stands at “{STAGE_NAMES[Stage(stands_at)]}”."


def clocks_of(
    guidance: str, kind: str, reached: Iterable[tuple[str, date]], is_working_day: IsWorkingDay
) -> dict[str, ClockDates]:
    """Return {code of a clock: its dates} for a review that reached these (stage, day) pairs, in any order.

    The first day of a stage counts. A clock whose start no stage tells does not run.
    """
    first: dict[str, date] = {}
    for stage, day in reached:
        first[stage] = min(day, first.get(stage, day))
    found = {}
    for clock in course_of(guidance, kind).clocks:
        if started_on := _first_of(first, clock.starts):
            found[clock.code] = ClockDates(
                clock.due_on(started_on, is_working_day), _first_of(first, clock.met_by)
            )
    return found


def told_in_words(code: str, due_on: date, met_on: date | None, today: date) -> tuple[str, str]:
    """Return what is due by a clock, and when, how it stands, and by which rule, line by line."""
    clock, met = CLOCKS[code], f", on {date_uk(met_on)}" if met_on else ""
    words = clock_words(due_on, met_on, today)
    return f"{clock.name} due", f"{date_uk(due_on)}\n{words}{met}\n{clock.rule}"


def _first_of(first: Mapping[str, date], stages: Iterable[Stage]) -> date | None:
    return min((first[stage] for stage in stages if stage in first), default=None)
