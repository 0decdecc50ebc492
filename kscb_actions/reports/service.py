"""What reports change: nothing but the audit trail, which tells who took one away."""

from collections.abc import Mapping
from typing import Any

from ..access.policy import Permission, Viewer, require
from ..audit.service import change
from ..reviews.queries import get_review
from .content import Report
from .scope import Choice


def record_export(viewer: Viewer, kind: str, choice: Choice, report: Report) -> None:
    """Tell the trail that a report left as a file. Raises Refused.

    The report of one review is told of that review, so that whoever may not see it sees nothing of this.
    """
    require(viewer, Permission.READ_REPORTS)
    detail: Mapping[str, Any] = {
        "report": kind,
        "agency": choice.agency,
        "as_at": report.as_at,
        "since": report.since,
        "publication": choice.publication,
    }
    review = get_review(viewer, choice.review) if choice.review else None
    with change(viewer) as tx:
        if review is None:
            tx.say("report.exported", "reports", detail)
        else:
            tx.note("report.exported", review, detail)
