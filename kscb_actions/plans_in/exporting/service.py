"""Making a review's plan as a spreadsheet, for whoever edits the review."""

import io
from datetime import date
from typing import Any

import peewee

from kscb_actions import clock
from kscb_actions.access.policy import Permission, Viewer
from kscb_actions.actions.earlier.models import EarlierRecord
from kscb_actions.actions.models import Action, ProgressUpdate
from kscb_actions.actions.narrowing import visible_action
from kscb_actions.actions.owners.queries import names_of_joint
from kscb_actions.assurance.models import AssuranceDecision
from kscb_actions.audit.service import change
from kscb_actions.people.models import Agency, User
from kscb_actions.reviews.models import Recommendation, Review
from kscb_actions.reviews.queries import require_on, visible_recommendation
from kscb_actions.settings.queries import get_board
from kscb_actions.wording import date_uk

from .rules import HEADINGS, PlanLine, cells_of_line

WIDTHS = (8, 20, 50, 50, 30, 18, 18, 16, 18, 50, 40, 18, 24)


def plan_sheet(viewer: Viewer, review: Review) -> bytes:
    """Return a review's plan as an Excel file that `import-plan` reads again; the trail is told of it."""
    return _written(plan_lines(viewer, review), clock.today(), get_board().notice)


def plan_lines(viewer: Viewer, review: Review) -> list[PlanLine]:
    """Return what a plan's rows say, for a file that goes out; the trail is told of it. Raises Refused."""
    require_on(viewer, Permission.EDIT_REVIEW, review)
    lines = _lines(viewer, review)
    with change(viewer) as tx:
        tx.note("review.plan-exported", review)
    return lines


def _lines(viewer: Viewer, review: Review) -> list[PlanLine]:
    """Return what a plan's rows say, recommendations in their order. Six queries."""
    actions = list(
        Action.select(Action, Agency)
        .join(Agency)
        .where(Action.review == review, visible_action(viewer))
        .order_by(Action.number)
    )
    ids = [each.id for each in actions]
    joint, told, accepted = names_of_joint(ids), _told(review), _accepted(review)
    query = Recommendation.select(Recommendation, Review).join(Review)
    found = query.where(Recommendation.review == review, visible_recommendation(viewer))
    lines = []
    # Those without a heading first: below one, they would be read as under it.
    for each in found.order_by(Recommendation.heading != "", Recommendation.number):
        own = (each.published_number, each.heading, each.text)
        of_it = [action for action in actions if action.recommendation_id == each.id]
        lines += [_line(own, action, joint, told, accepted) for action in of_it] or [PlanLine(*own)]
    return lines


def _line(own: tuple[str, str, str], action: Action, joint: Any, told: Any, accepted: Any) -> PlanLine:
    is_accepted = action.assurance == "accepted"
    on, by = accepted.get(action.id, (None, "")) if is_accepted else (None, "")
    return PlanLine(
        *own,
        text=action.text,
        owners=(action.agency.name, *joint.get(action.id, ())),
        original_due_on=action.original_due_on,
        current_due_on=action.current_due_on,
        due_written=action.due_written or "",
        standing=action.standing,
        progress=action.progress,
        assurance=action.assurance,
        done_on=action.reported_done_on if action.assurance in ("submitted", "accepted") else None,
        told=told.get(action.id, ""),
        success=action.success_measure,
        accepted_on=on,
        accepted_by=by,
    )


def _told(review: Review) -> dict[int, str]:
    """Return {action id: what its agency said last, or else what earlier records say}."""
    records = EarlierRecord.select(EarlierRecord.action, EarlierRecord.told)
    newest = (
        ProgressUpdate.select(peewee.fn.MAX(ProgressUpdate.id))
        .where(ProgressUpdate.review == review)
        .group_by(ProgressUpdate.action)
    )
    updates = ProgressUpdate.select(ProgressUpdate.action, ProgressUpdate.narrative)
    return {
        **dict(records.where(EarlierRecord.review == review).tuples()),
        **dict(updates.where(ProgressUpdate.id.in_(newest)).tuples()),
    }


def _accepted(review: Review) -> dict[int, tuple[date, str]]:
    """Return {action id: (when it was accepted last, by whom)}."""
    rows = AssuranceDecision.select(AssuranceDecision, EarlierRecord, User)
    rows = rows.join_from(AssuranceDecision, EarlierRecord, peewee.JOIN.LEFT_OUTER)
    rows = rows.join_from(AssuranceDecision, User, on=AssuranceDecision.by)
    own = rows.where(AssuranceDecision.review == review, AssuranceDecision.decision == "accepted")
    return {
        each.action_id: (clock.local_date(each.at), each.told_by)
        for each in own.order_by(AssuranceDecision.id)
    }


def _written(lines: list[PlanLine], today: date, notice: str) -> bytes:
    # Loaded when a plan goes out: whoever shows a list does without it.
    import xlsxwriter

    kept = io.BytesIO()
    book = xlsxwriter.Workbook(kept, {"in_memory": True})
    wrapped, bold = book.add_format({"text_wrap": True, "valign": "top"}), book.add_format({"bold": True})
    day = book.add_format({"num_format": "d mmm yyyy", "align": "left", "valign": "top"})
    sheet = book.add_worksheet("Plan")
    sheet.write_string(0, 0, f"As at {date_uk(today)}", bold)
    if notice:
        sheet.write_string(1, 0, notice, bold)
    sheet.write_row(2, 0, HEADINGS, bold)
    for at, width in enumerate(WIDTHS):
        sheet.set_column(at, at, width)
    for row, line in enumerate(lines, 3):
        for column, value in enumerate(cells_of_line(line)):
            if isinstance(value, date):
                sheet.write_datetime(row, column, value, day)
            elif value:
                sheet.write_string(row, column, value, wrapped)
    sheet.freeze_panes(3, 0)
    book.close()
    return kept.getvalue()
