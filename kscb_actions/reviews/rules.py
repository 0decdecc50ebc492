"""The words of reviews, and the rules of their fields and statutory clocks. Plain values."""

import calendar
import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from kscb_actions.settings.rules import usual_marking
from kscb_actions.terms import say_all
from kscb_actions.text import why_too_long
from kscb_actions.wording import date_uk

from .numbering import LONGEST_HEADING, LONGEST_NUMBER


class Kind(StrEnum):
    """What sort of review or other source of recommendations it is."""

    SCR = "scr"
    LCSPR = "lcspr"
    RCA = "rca"
    INDEPENDENT = "independent"
    AUDIT = "audit"
    INSPECTION = "inspection"
    IMPROVEMENT_PLAN = "improvement_plan"
    STRATEGY = "strategy"
    COMPLAINT = "complaint"
    CHILD_DEATH = "child_death"
    REPORT = "report"


class Stage(StrEnum):
    """How far a review has come, from notification to closure."""

    NOTIFIED = "notified"
    UNDER_CONSIDERATION = "under_consideration"
    DECIDED = "decided"
    NOT_HELD = "not_held"
    COMMISSIONED = "commissioned"
    IN_PROGRESS = "in_progress"
    REPORT_TO_BOARD = "report_to_board"
    PUBLISHED = "published"
    NOT_PUBLISHED = "not_published"
    MONITORING = "monitoring"
    SIGNED_OFF = "signed_off"
    IMPACT_FOLLOW_UP = "impact_follow_up"
    CLOSED = "closed"


class Answer(StrEnum):
    """An agency's answer to a recommendation."""

    AWAITED = "awaited"
    ACCEPTED = "accepted"
    PARTLY = "partly"
    NOT_ACCEPTED = "not_accepted"


KIND_NAMES = say_all(
    {
        Kind.SCR: "Serious case review",
        Kind.LCSPR: "Local child safeguarding practice review",
        Kind.RCA: "Root cause analysis",
        Kind.INDEPENDENT: "Independent review",
        Kind.AUDIT: "Multi-agency audit",
        Kind.INSPECTION: "Inspection",
        Kind.IMPROVEMENT_PLAN: "Improvement plan",
        Kind.STRATEGY: "Strategy",
        Kind.COMPLAINT: "Complaint",
        Kind.CHILD_DEATH: "Child death review",
        Kind.REPORT: "Report to the Board",
    }
)
STAGE_NAMES = say_all(
    {
        Stage.NOTIFIED: "Notified",
        Stage.UNDER_CONSIDERATION: "Under consideration",
        Stage.DECIDED: "Decided",
        Stage.NOT_HELD: "Considered, not held",
        Stage.COMMISSIONED: "Commissioned",
        Stage.IN_PROGRESS: "In progress",
        Stage.REPORT_TO_BOARD: "Report to the Board",
        Stage.PUBLISHED: "Published",
        Stage.NOT_PUBLISHED: "Not published",
        Stage.MONITORING: "Action plan monitoring",
        Stage.SIGNED_OFF: "Plan signed off",
        Stage.IMPACT_FOLLOW_UP: "Impact follow-up",
        Stage.CLOSED: "Closed",
    }
)
ANSWER_NAMES = {
    Answer.AWAITED: "Awaited",
    Answer.ACCEPTED: "Accepted",
    Answer.PARTLY: "Partly accepted",
    Answer.NOT_ACCEPTED: "Not accepted",
}
CLASSIFICATIONS = ("OFFICIAL", "OFFICIAL-SENSITIVE", "PROTECT", "RESTRICTED", "UNRESTRICTED")
HOLD_NAMES = {"inquest": "Inquest", "criminal_proceedings": "Criminal proceedings", "other": "Other reason"}
CLOCK_NAMES = {"decision": "Decision", "completion": "Completion"}
# Stages that mean nothing without the reason behind them.
STAGES_WITH_REASON = frozenset({Stage.DECIDED, Stage.NOT_HELD, Stage.NOT_PUBLISHED})
# Working Together sets a date for the decision and the report of these kinds; no guidance does for others.
CLOCKS_OF_KIND = {Kind.SCR: ("decision", "completion"), Kind.LCSPR: ("completion",)}
# At one of these somebody has decided whether a review is held.
DECISIONS = (Stage.DECIDED, Stage.NOT_HELD)
# At these a review stands until it is decided whether it is held.
AWAITS_DECISION = (Stage.NOTIFIED, Stage.UNDER_CONSIDERATION)
# From signing off on, a plan has no open action, unless one was opened again.
AFTER_SIGN_OFF = (Stage.SIGNED_OFF, Stage.IMPACT_FOLLOW_UP, Stage.CLOSED)
STAGES_OF_COMPLETION = (Stage.REPORT_TO_BOARD, Stage.PUBLISHED, Stage.NOT_PUBLISHED)
LONGEST_POST, LONGEST_MEETING = 120, 200
SIX_MONTHS_FROM = date(2009, 12, 18)
REFERENCE = re.compile(r"[A-Z0-9][A-Z0-9-]{1,28}[A-Z0-9]")


def kind_names(has_child_deaths: bool, own: str | None = None) -> dict[Kind, str]:
    """Return the kinds that a board can choose, and `own`, which a review has already, with their names."""
    return {
        kind: name
        for kind, name in KIND_NAMES.items()
        if has_child_deaths or kind is not Kind.CHILD_DEATH or kind == own
    }


@dataclass(frozen=True)
class ReviewFacts:
    """What is recorded of a review at the start and can be edited later."""

    reference: str
    kind: str
    title: str
    pseudonym: str = ""
    summary: str = ""
    classification: str = "OFFICIAL-SENSITIVE"
    is_restricted: bool = False
    theme_ids: tuple[int, ...] = ()
    author: str = ""
    panel_chair: str = ""


@dataclass(frozen=True)
class RecommendationFacts:
    """What is recorded of a recommendation. A note with no owner or date is legitimate."""

    text: str
    intended_outcome: str = ""
    addressed_to: str = ""
    theme_ids: tuple[int, ...] = ()
    published_number: str = ""
    heading: str = ""
    is_key: bool = False


@dataclass(frozen=True)
class ClockDates:
    """When a statutory clock runs out, and when it was met, if it was."""

    due_on: date
    met_on: date | None


def child_death_review(year: str, made_on: date) -> ReviewFacts:
    """Return the review, like CDL-2011-12, that gathers what a year's child death reviews taught."""
    title = f"Learning from child death reviews {year}"
    return ReviewFacts(f"CDL-{year}", Kind.CHILD_DEATH, title, classification=usual_marking(made_on))


def problems_with_review(facts: ReviewFacts) -> dict[str, str]:
    """Return {field: message} for what is wrong with a review's facts."""
    problems = {}
    if not REFERENCE.fullmatch(facts.reference):
        problems["reference"] = (
            "Enter a reference of 3 to 30 capital letters, digits and hyphens, like SCR-2011-02."
        )
    if facts.kind not in KIND_NAMES:
        problems["kind"] = "Choose what kind of review this is."
    if not facts.title:
        problems["title"] = "Enter a title."
    if facts.classification not in CLASSIFICATIONS:
        problems["classification"] = "Choose a classification."
    return problems | _too_long(
        title=(facts.title, 200),
        pseudonym=(facts.pseudonym, 80),
        summary=facts.summary,
        author=(facts.author, LONGEST_POST),
        panel_chair=(facts.panel_chair, LONGEST_POST),
    )


def problems_with_stage(
    stage: str,
    reached_on: date | None,
    note: str,
    today: date,
    decision_maker: str = "",
    meeting: str = "",
) -> dict[str, str]:
    """Return {field: message} for what is wrong with a stage to be recorded as reached."""
    problems = {}
    if stage not in STAGE_NAMES:
        problems["stage"] = "Choose the stage that was reached."
    elif Stage(stage) in STAGES_WITH_REASON and not note:
        problems["note"] = "Say why: this stage needs its reason."
    elif stage == Stage.SIGNED_OFF and not decision_maker:
        problems["decision_maker"] = "Say who signed the plan off."
    elif decision_maker and Stage(stage) not in (*DECISIONS, Stage.SIGNED_OFF):
        problems["decision_maker"] = "This stage is no decision. Leave this empty, or choose the decision."
    if reached_on is None:
        problems["reached_on"] = "Enter the day the stage was reached."
    elif reached_on > today:
        problems["reached_on"] = "The date must be today or in the past."
    if meeting and stage in STAGE_NAMES and stage != Stage.SIGNED_OFF:
        problems["meeting"] = "Only a plan is signed off in a meeting. Leave this empty."
    texts = {"decision_maker": (decision_maker, LONGEST_POST), "meeting": (meeting, LONGEST_MEETING)}
    return problems | _too_long(note=note, **texts)


def why_nothing_to_decide(stands_at: str) -> str | None:
    """Return why a review at this stage waits for no decision; None where it does."""
    if stands_at in AWAITS_DECISION:
        return None
    return f"Nothing waits to be decided: the review stands at “{STAGE_NAMES[Stage(stands_at)]}”."


def problems_with_decision(
    decided_on: date | None,
    since: date | None,
    rationale: str,
    today: date,
    outcome: str = Stage.DECIDED,
) -> dict[str, str]:
    """Return {field: message} for what is wrong with a decision whether to hold a review.

    `since` is the day on which it reached the stage at which it stands: no decision is older.
    """
    problems = {} if rationale else {"rationale": "Say why: the decision needs its reason."}
    if outcome not in DECISIONS:
        problems["outcome"] = "Say whether a review is held."
    if decided_on is None:
        problems["decided_on"] = "Enter the day of your decision."
    elif decided_on > today:
        problems["decided_on"] = "The date must be today or in the past."
    elif since and decided_on < since:
        problems["decided_on"] = (
            f"It reached its present stage on {date_uk(since)}. Enter that day or a later one."
        )
    return problems | _too_long(rationale=rationale)


def stage_now(reached: Iterable[tuple[date, str]]) -> str:
    """Return the stage at which a review stands: its latest by day; of one day, the one recorded last.

    `reached` are the days and stages, in the order in which they were recorded; there is at least one.
    """
    latest, stands_at = date.min, ""
    for day, stage in reached:
        if day >= latest:
            latest, stands_at = day, stage
    return stands_at


def problems_with_stage_correction(was: date, to: date | None, reason: str, today: date) -> dict[str, str]:
    """Return {field: message} for what prevents the day of a stage from being put right to another."""
    problems = {} if reason else {"reason": "Say why, for whoever reads this later."}
    if to is None:
        problems["reached_on"] = "Enter the day the stage was reached."
    elif to == was:
        problems["reached_on"] = "That is the day it has. To remove the stage, take it back."
    elif to > today:
        problems["reached_on"] = "The date must be today or in the past."
    return problems | _too_long(reason=reason)


def problems_with_taking_back(reason: str, others: int) -> dict[str, str]:
    """Return {field: message} for why a stage cannot be taken back; `others` is how many others there are."""
    problems = {} if reason else {"reason": "Say why, for whoever reads this later."}
    if not others:
        problems["standing"] = (
            "It is the only stage of this review, which stands at one. Record the right stage first."
        )
    return problems | _too_long(reason=reason)


def problems_with_hold(kind: str, reason: str, kind_now: str) -> dict[str, str]:
    """Return {field: message} for what is wrong with a hold (kind "": lifting it), when it is `kind_now`."""
    problems = {}
    if kind and kind not in HOLD_NAMES:
        problems["kind"] = "Choose why the review is on hold."
    elif kind == kind_now:
        problems["kind"] = "Nothing would change. Choose another answer."
    if not reason:
        problems["reason"] = "Say why, for whoever reads this later."
    return problems | _too_long(reason=reason)


def problems_with_recommendation(facts: RecommendationFacts) -> dict[str, str]:
    """Return {field: message} for what is wrong with a recommendation's facts."""
    problems = {} if facts.text else {"text": "Enter the recommendation."}
    return problems | _too_long(
        text=facts.text,
        intended_outcome=facts.intended_outcome,
        addressed_to=(facts.addressed_to, 200),
        published_number=(facts.published_number, LONGEST_NUMBER),
        heading=(facts.heading, LONGEST_HEADING),
    )


def problems_with_answer(answer: str, reason: str) -> dict[str, str]:
    """Return {field: message} for what is wrong with an answer; short of acceptance it needs its reason."""
    problems = {}
    if answer not in ANSWER_NAMES:
        problems["answer"] = "Choose the agency’s answer."
    elif Answer(answer) in (Answer.PARTLY, Answer.NOT_ACCEPTED) and not reason:
        problems["reason"] = "Say why the agency does not accept all of it."
    return problems | _too_long(reason=reason)


def _too_long(**texts: str | tuple[str, int]) -> dict[str, str]:
    found = {}
    for name, text in texts.items():
        message = why_too_long(text) if isinstance(text, str) else why_too_long(*text)
        if message:
            found[name] = message
    return found


def clocks_of(kind: str, reached: Iterable[tuple[str, date]]) -> dict[str, ClockDates]:
    """Return {clock: its dates} for a review of `kind` that reached these (stage, day) pairs, in any order.

    The decision's clock runs from notification to the decision whether it is held; the completion's from the
    decision to hold it until the report goes to the Board or is published or withheld. The first day of a
    stage counts.
    """
    first: dict[str, date] = {}
    for stage, day in reached:
        first[stage] = min(day, first.get(stage, day))
    held_on = first.get(Stage.DECIDED)
    decided_on = min((first[stage] for stage in DECISIONS if stage in first), default=None)
    completed_on = min((first[stage] for stage in STAGES_OF_COMPLETION if stage in first), default=None)
    runs = {"decision": (first.get(Stage.NOTIFIED), decided_on), "completion": (held_on, completed_on)}
    found = {}
    for clock in CLOCKS_OF_KIND.get(Kind(kind), ()):
        started_on, met_on = runs[clock]
        if started_on:
            found[clock] = ClockDates(clock_due_on(clock, started_on), met_on)
    return found


def clock_due_on(clock: str, started_on: date) -> date:
    """Return when a statutory clock that starts on `started_on` runs out.

    The decision is due a month after notification. The completion is due six months after the decision
    (Working Together 2010 as amended on 18 December 2009; 2013; 2015), four months where the decision was
    before that day. A day that the month lacks becomes the month's last.
    """
    if clock == "decision":
        return add_months(started_on, 1)
    return add_months(started_on, 6 if started_on >= SIX_MONTHS_FROM else 4)


def clock_words(due_on: date, met_on: date | None, today: date) -> str:
    """Return how a statutory clock stands, like "Met on time", "Met 3 days late" or "Due in 9 days"."""
    days = ((met_on or today) - due_on).days
    count = f"{abs(days)} day" if abs(days) == 1 else f"{abs(days)} days"
    if met_on:
        return f"Met {count} late" if days > 0 else "Met on time"
    if days > 0:
        return f"Overdue by {count}"
    return "Due today" if days == 0 else f"Due in {count}"


def add_months(day: date, months: int) -> date:
    """Return the same day `months` later, or the last of that month when it has no such day."""
    index = day.year * 12 + day.month - 1 + months
    year, month = divmod(index, 12)
    last = calendar.monthrange(year, month + 1)[1]
    return date(year, month + 1, min(day.day, last))
