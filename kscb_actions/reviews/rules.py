"""The words of reviews, and the rules of their fields and stages. Plain values."""

import calendar
import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from kscb_actions.settings.rules import Guidance, usual_guidance, usual_marking
from kscb_actions.terms import say_all
from kscb_actions.text import LONGEST_REASON, alike, why_too_long
from kscb_actions.wording import date_uk

from .inspections.rules import AreaFacts, problems_with_area
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
    """How far a review has come, from the incident to closure, in order."""

    INCIDENT_KNOWN = "incident_known"
    NOTIFIED = "notified"
    UNDER_CONSIDERATION = "under_consideration"
    RAPID_REVIEW = "rapid_review"
    PANEL_REPLY = "panel_reply"
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
        Stage.INCIDENT_KNOWN: "Serious incident known",
        Stage.NOTIFIED: "Notified",
        Stage.UNDER_CONSIDERATION: "Under consideration",
        Stage.RAPID_REVIEW: "Rapid review completed",
        Stage.PANEL_REPLY: "National panel replied",
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
# Stages that mean nothing without the reason behind them.
STAGES_WITH_REASON = frozenset({Stage.DECIDED, Stage.NOT_HELD, Stage.NOT_PUBLISHED})
# At one of these somebody has decided whether a review is held.
DECISIONS = (Stage.DECIDED, Stage.NOT_HELD)
# From signing off on, a plan has no open action, unless one was opened again.
AFTER_SIGN_OFF = (Stage.SIGNED_OFF, Stage.IMPACT_FOLLOW_UP, Stage.CLOSED)
STAGES_OF_COMPLETION = (Stage.REPORT_TO_BOARD, Stage.PUBLISHED, Stage.NOT_PUBLISHED)
LONGEST_POST, LONGEST_MEETING = 120, 200
REFERENCE = re.compile(r"[A-Z0-9][A-Z0-9-]{1,28}[A-Z0-9]")


def as_reference(text: str) -> str:
    """Return what somebody typed or pasted as references are kept: those that look the same are one."""
    return alike(text).upper()


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
    guidance: str = Guidance.SERIOUS_CASE


@dataclass(frozen=True)
class RecommendationFacts:
    """What is recorded of a recommendation. A note with no owner or date is legitimate.

    `area`: what it is as an area of an inspection; None leaves that as it is.
    """

    text: str
    intended_outcome: str = ""
    addressed_to: str = ""
    theme_ids: tuple[int, ...] = ()
    published_number: str = ""
    heading: str = ""
    is_key: bool = False
    area: AreaFacts | None = None


def child_death_review(year: str, made_on: date) -> ReviewFacts:
    """Return the review, like CDL-2011-12, that gathers what a year's child death reviews taught."""
    title = f"Learning from child death reviews {year}"
    return ReviewFacts(
        f"CDL-{year}",
        Kind.CHILD_DEATH,
        title,
        classification=usual_marking(made_on),
        guidance=usual_guidance(made_on),
    )


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
    return problems | _too_long(reason=(reason, LONGEST_REASON))


def problems_with_taking_back(reason: str, others: int) -> dict[str, str]:
    """Return {field: message} for why a stage cannot be taken back; `others` is how many others there are."""
    problems = {} if reason else {"reason": "Say why, for whoever reads this later."}
    if not others:
        problems["standing"] = (
            "It is the only stage of this review, which stands at one. Record the right stage first."
        )
    return problems | _too_long(reason=(reason, LONGEST_REASON))


def problems_with_hold(kind: str, reason: str, kind_now: str) -> dict[str, str]:
    """Return {field: message} for what is wrong with a hold (kind "": lifting it), when it is `kind_now`."""
    problems = {}
    if kind and kind not in HOLD_NAMES:
        problems["kind"] = "Choose why the review is on hold."
    elif kind == kind_now:
        problems["kind"] = "Nothing would change. Choose another answer."
    if not reason:
        problems["reason"] = "Say why, for whoever reads this later."
    return problems | _too_long(reason=(reason, LONGEST_REASON))


def problems_with_recommendation(facts: RecommendationFacts) -> dict[str, str]:
    """Return {field: message} for what is wrong with a recommendation's facts."""
    problems = {} if facts.text else {"text": "Enter the recommendation."}
    if facts.area is not None:
        problems |= problems_with_area(facts.area)
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
    return problems | _too_long(reason=(reason, LONGEST_REASON))


def _too_long(**texts: str | tuple[str, int]) -> dict[str, str]:
    found = {}
    for name, text in texts.items():
        message = why_too_long(text) if isinstance(text, str) else why_too_long(*text)
        if message:
            found[name] = message
    return found


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
