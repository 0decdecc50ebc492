"""Issued reports that hold what was marked as recorded in error since: they keep it, and say so."""

import json
from collections.abc import Sequence
from datetime import date
from typing import Any

from kscb_actions import clock
from kscb_actions.audit.models import AuditEvent
from kscb_actions.audit.rules import canonical
from kscb_actions.child_deaths.learning.models import Lesson
from kscb_actions.reviews.models import Recommendation
from kscb_actions.reviews.queries import void_recommendations

from .models import IssuedReport


def corrected_since(reports: Sequence[IssuedReport]) -> dict[int, date]:
    """Return {report id: the day} of those that hold a recommendation which was marked after their issue.

    One query where no recommendation of the panel is void.
    """
    lessons = Lesson.select(Lesson.recommendation).distinct()
    lessons = lessons.where(Lesson.recommendation.in_(void_recommendations()))
    found: dict[int, date] = {}
    for (recommendation_id,) in lessons.tuples():
        marked = _events_of(recommendation_id).where(AuditEvent.event == "recommendation.voided").get()
        for report in reports:
            if report.issued_at < marked.at and _stands_in(report, recommendation_id):
                day = clock.local_date(marked.at)
                found[report.id] = max(day, found.get(report.id, day))
    return found


def _stands_in(report: IssuedReport, recommendation_id: int) -> bool:
    """Return whether a report holds a recommendation, in the words that it had when the report was issued."""
    then = _events_of(recommendation_id).where(AuditEvent.at <= report.issued_at).first()
    if then is None:
        return False
    text = json.loads(then.state)["text"]
    # Reports that were issued first keep letters as they are, the others as plain ASCII.
    report_json = IssuedReport.report_json
    holds = report_json.contains(canonical(text)) | report_json.contains(json.dumps(text))
    return bool(IssuedReport.select().where(IssuedReport.id == report.id, holds).exists())


def _events_of(recommendation_id: int) -> Any:
    own = (AuditEvent.kind == Recommendation._meta.table_name) & (AuditEvent.object_id == recommendation_id)
    return AuditEvent.select().where(own).order_by(AuditEvent.id.desc())
