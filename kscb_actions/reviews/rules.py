"""The words of reviews, and the rules of their fields and statutory clocks. Plain values."""

import calendar
import re
from dataclasses import dataclass
from datetime import date
from enum import StrEnum


class Kind(StrEnum):
    """What sort of review or other source of recommendations it is."""

    SCR = "scr"
    LCSPR = "lcspr"
    RCA = "rca"
    INDEPENDENT = "independent"
    AUDIT = "audit"
    INSPECTION = "inspection"
    IMPROVEMENT_PLAN = "improvement_plan"
    CHILD_DEATH = "child_death"
    REPORT = "report"


class Stage(StrEnum):
    """How far a review has come, from notification to closure."""

    NOTIFIED = "notified"
    UNDER_CONSIDERATION = "under_consideration"
    DECIDED = "decided"
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


KIND_NAMES = {
    Kind.SCR: "Serious case review",
    Kind.LCSPR: "Local child safeguarding practice review",
    Kind.RCA: "Root cause analysis",
    Kind.INDEPENDENT: "Independent review",
    Kind.AUDIT: "Multi-agency audit",
    Kind.INSPECTION: "Inspection",
    Kind.IMPROVEMENT_PLAN: "Improvement plan",
    Kind.CHILD_DEATH: "Child death review",
    Kind.REPORT: "Report to the Board",
}
STAGE_NAMES = {
    Stage.NOTIFIED: "Notified",
    Stage.UNDER_CONSIDERATION: "Under consideration",
    Stage.DECIDED: "Decided",
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
STAGES_WITH_REASON = frozenset({Stage.DECIDED, Stage.NOT_PUBLISHED})
REFERENCE = re.compile(r"[A-Z0-9][A-Z0-9-]{1,28}[A-Z0-9]")


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


@dataclass(frozen=True)
class RecommendationFacts:
    """What is recorded of a recommendation. A note with no owner or date is legitimate."""

    text: str
    intended_outcome: str = ""
    addressed_to: str = ""
    theme_ids: tuple[int, ...] = ()


def problems_with_review(facts: ReviewFacts) -> dict[str, str]:
    """{field: message} for what is wrong with a review's facts."""
    problems = {}
    if not REFERENCE.fullmatch(facts.reference):
        problems["reference"] = "Enter a reference of capital letters, digits and hyphens, like SCR-2011-02."
    if facts.kind not in KIND_NAMES:
        problems["kind"] = "Choose what kind of review this is."
    if not facts.title:
        problems["title"] = "Enter a title."
    elif len(facts.title) > 200:
        problems["title"] = "The title must be 200 characters or fewer."
    if len(facts.pseudonym) > 80:
        problems["pseudonym"] = "The pseudonym must be 80 characters or fewer."
    if facts.classification not in CLASSIFICATIONS:
        problems["classification"] = "Choose a classification."
    return problems


def problems_with_stage(stage: str, reached_on: date, note: str, today: date) -> dict[str, str]:
    """{field: message} for what is wrong with a stage that is said to have been reached."""
    problems = {}
    if stage not in STAGE_NAMES:
        problems["stage"] = "Choose the stage that was reached."
    elif Stage(stage) in STAGES_WITH_REASON and not note:
        problems["note"] = "Say why: this stage needs its reason."
    if reached_on > today:
        problems["reached_on"] = "The date must be today or in the past."
    return problems


def clock_due_on(kind: str, started_on: date) -> date:
    """When a statutory clock that starts on `started_on` runs out.

    The decision is due a month after notification and the completion six months after the decision
    (Working Together 2010 as amended on 18 December 2009; 2013; 2015). A day that the month lacks
    becomes the month's last.
    """
    return add_months(started_on, {"decision": 1, "completion": 6}[kind])


def add_months(day: date, months: int) -> date:
    """The same day `months` later, or the last of that month when it has no such day."""
    index = day.year * 12 + day.month - 1 + months
    year, month = divmod(index, 12)
    last = calendar.monthrange(year, month + 1)[1]
    return date(year, month + 1, min(day.day, last))
