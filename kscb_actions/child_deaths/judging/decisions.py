"""The panel's decision on a death, and its corrections. What was decided once stays as it was written."""

from dataclasses import dataclass
from datetime import date

from kscb_actions import clock
from kscb_actions.access.policy import Permission, Refused, Viewer, require
from kscb_actions.audit.service import Change, StaleEdit, change
from kscb_actions.child_deaths.cases.models import ChildDeath
from kscb_actions.child_deaths.cases.rules import primary_category, problems_with_outcome
from kscb_actions.child_deaths.drafting.models import Draft
from kscb_actions.child_deaths.identity import why_not_text
from kscb_actions.child_deaths.meetings.models import Attendance, PanelCase, PanelMeeting
from kscb_actions.child_deaths.meetings.rules import Way
from kscb_actions.child_deaths.visibility import get_panel_case, get_recorded_death
from kscb_actions.people.models import Agency
from kscb_actions.text import InvalidInput, clean_text

from .models import PanelDecision
from .proposals import INTEREST, NOT_LISTED, add_factors
from .queries import has_interest, judgements_of, list_cases
from .rules import (
    FactorFacts,
    Judgement,
    by_domain,
    category_words,
    cleaned,
    joined,
    other_categories,
    problems_with_judgement,
    status_words,
)

ALREADY = "The panel’s decision on this case is recorded already. It can be corrected."


NOBODY_THERE = "Record who was at the meeting before you record a decision."


NOTHING_CHANGED = "Nothing is different from the decision as it stands."


def decide(
    viewer: Viewer,
    panel_case: PanelCase,
    judgement: Judgement,
    reasons: str,
    completed_on: date | None,
    draft_seen: int | None = None,
) -> PanelDecision:
    """Record what the panel decided on a case of a meeting that has begun and whose proposals are closed.

    `draft_seen` is the version of the draft from which the decision was taken, 0 when there was none (None:
    whichever stands). Raise InvalidInput, Refused, StaleEdit (its `current` is the draft).
    """
    require(viewer, Permission.DECIDE_CASE)
    judgement, reasons = cleaned(judgement), clean_text(reasons)
    with change(viewer) as tx:
        death, meeting = (
            ChildDeath.get_by_id(panel_case.death_id),
            PanelMeeting.get_by_id(panel_case.meeting_id),
        )
        if refusal := why_not_decide(viewer, panel_case):
            raise Refused(refusal)
        draft = Draft.get_or_none(Draft.panel_case == panel_case)
        if draft_seen is not None and draft and draft.version != draft_seen:
            raise StaleEdit(draft)
        _refuse_wrong(judgement, reasons, death, meeting, completed_on)
        decision = _decision(tx, death, judgement, completed_on)
        decision.meeting, decision.reasons = meeting, reasons
        decision.present = "\n".join(f"{each.agency.name}: {each.post}" for each in list_attendance(meeting))
        return _record(tx, death, decision, judgement, "decision.recorded")


def why_not_decide(viewer: Viewer, panel_case: PanelCase) -> str | None:
    """Return why no decision can be recorded on a case of a meeting, for the reader; None when it can."""
    death, meeting = panel_case.death, PanelMeeting.get_by_id(panel_case.meeting_id)
    refusals = (
        (has_interest(viewer, death), INTEREST),
        (not viewer.is_system and get_panel_case(viewer, meeting.id, death.id) is None, NOT_LISTED),
        (
            meeting.way == Way.BLIND and meeting.closed_at is None,
            "Close the meeting’s proposals before you record a decision.",
        ),
        (clock.today() < meeting.held_on, "The meeting has not been held yet."),
        (ChildDeath.get_by_id(death.id).decision_number > 0, ALREADY),
        (not list_attendance(meeting), NOBODY_THERE),
    )
    return next((why for applies, why in refusals if applies), None)


def correct(
    viewer: Viewer,
    death: ChildDeath,
    judgement: Judgement,
    reasons: str,
    completed_on: date | None,
    correction_reason: str,
    expected: int | None = None,
) -> PanelDecision:
    """Put another decision in the place of the present one, with the reason; the old one stays readable.

    `expected` is the number of the decision that was seen (None: whichever stands). Raise InvalidInput,
    Refused, StaleEdit (its `current` is the death).
    """
    require(viewer, Permission.KEEP_PANELS)
    judgement, reasons, why = cleaned(judgement), clean_text(reasons), clean_text(correction_reason)
    with change(viewer) as tx:
        death = ChildDeath.get_by_id(death.id)
        before = current_decision(death)
        if has_interest(viewer, death):
            raise Refused(INTEREST)
        if before is None:
            raise Refused("There is no decision on this case to correct.")
        if expected is not None and expected != before.number:
            raise StaleEdit(death)
        _refuse_wrong(judgement, reasons, death, before.meeting, completed_on, why)
        if (judgements_of([before])[before.id], before.reasons, before.completed_on) == (
            judgement,
            reasons,
            completed_on,
        ):
            raise InvalidInput({"": NOTHING_CHANGED})
        decision = _decision(tx, death, judgement, completed_on)
        decision.meeting, decision.present = before.meeting, before.present
        decision.reasons, decision.correction_reason = reasons, why
        return _record(tx, death, decision, judgement, "decision.corrected")


def record_earlier(
    tx: Change, death: ChildDeath, judgement: Judgement, completed_on: date, present: str = ""
) -> PanelDecision:
    """Record what a panel decided before this board kept its cases here, inside an open change.

    No reason is asked for: earlier records do not give one. Raise InvalidInput.
    """
    judgement = cleaned(judgement)
    problems = problems_with_outcome(
        judgement.categories, judgement.status, death.died_on, completed_on, clock.today()
    )
    if problems:
        raise InvalidInput(problems)
    decision = _decision(tx, death, judgement, completed_on)
    decision.present = clean_text(present)
    return _record(tx, death, decision, judgement, "decision.recorded")


def _decision(
    tx: Change, death: ChildDeath, judgement: Judgement, completed_on: date | None
) -> PanelDecision:
    return PanelDecision(
        death=death,
        number=death.decision_number + 1,
        completed_on=completed_on,
        categories=joined(judgement.categories),
        primary_category=primary_category(judgement.categories),
        status=judgement.status,
        status_reason=judgement.status_reason,
        learning=judgement.learning,
        decided_by=tx.actor.name,
        recorded_at=clock.now(),
    )


def _record(
    tx: Change, death: ChildDeath, decision: PanelDecision, judgement: Judgement, event: str
) -> PanelDecision:
    tx.add(decision, event)
    add_factors(tx, judgement, decision)
    death.decision_number, death.reviewed_on = decision.number, decision.completed_on
    death.primary_category, death.status = decision.primary_category, decision.status
    tx.update(death, "death.reviewed")
    return decision


def _refuse_wrong(
    judgement: Judgement,
    reasons: str,
    death: ChildDeath,
    meeting: PanelMeeting | None,
    completed_on: date | None,
    correction_reason: str | None = None,
) -> None:
    today = clock.today()
    problems = problems_with_judgement(judgement, completed_on or today) | problems_with_outcome(
        judgement.categories, judgement.status, death.died_on, completed_on, today
    )
    if meeting and completed_on and completed_on < meeting.held_on:
        problems["completed_on"] = "The review is completed on the day of the meeting, or later."
    if why := why_not_text(reasons) if reasons else "Say why the panel decided so.":
        problems["reasons"] = why
    if correction_reason is not None:
        why = why_not_text(correction_reason) if correction_reason else "Say why the decision is corrected."
        problems |= {"correction_reason": why} if why else {}
    if problems:
        raise InvalidInput(problems)


@dataclass(frozen=True)
class Decided:
    """Hold a decision with its categories and factors as a judgement."""

    decision: PanelDecision
    judgement: Judgement

    @property
    def primary(self) -> str:
        """Return the primary category, in words."""
        return category_words(self.decision.primary_category)

    @property
    def others(self) -> str:
        """Return the other categories that apply, in words; "" of none."""
        return other_categories(self.judgement)

    @property
    def status(self) -> str:
        """Return the status, in words."""
        return status_words(self.decision.status)

    @property
    def factors(self) -> list[tuple[str, list[FactorFacts]]]:
        """Return (domain, factors) of the domains with any, in the order of its form."""
        return by_domain(self.judgement)


def list_decisions(viewer: Viewer, death: ChildDeath) -> list[Decided]:
    """Return the decisions on a case, the current one first; none where the case is hidden."""
    if not viewer.is_system and get_recorded_death(viewer, death.id) is None:
        return []
    rows = list(
        PanelDecision.select(PanelDecision, PanelMeeting)
        .left_outer_join(PanelMeeting)
        .where(PanelDecision.death == death)
        .order_by(PanelDecision.number.desc())
    )
    judgements = judgements_of(rows)
    return [Decided(row, judgements[row.id]) for row in rows]


def current_decision(death: ChildDeath) -> PanelDecision | None:
    """Return the decision that stands, or None before any."""
    return (
        PanelDecision.select()
        .where(PanelDecision.death == death)
        .order_by(PanelDecision.number.desc())
        .first()
    )


def next_undecided(viewer: Viewer, panel_case: PanelCase) -> PanelCase | None:
    """Return the next case of the meeting without a decision: after this one, else from the top."""
    place = (panel_case.place, panel_case.id)
    waiting = [
        case
        for case in list_cases(viewer, panel_case.meeting)
        if not case.death.decision_number and case.id != panel_case.id
    ]
    after = (case for case in waiting if (case.place, case.id) > place)
    return next(after, waiting[0] if waiting else None)


def list_attendance(meeting: PanelMeeting) -> list[Attendance]:
    """Return who was at a meeting, by agency."""
    query = Attendance.select(Attendance, Agency).join(Agency).where(Attendance.meeting == meeting)
    return list(query.order_by(Agency.name, Attendance.post, Attendance.id))
