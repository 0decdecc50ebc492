"""The progress report: one review or all, as at a day, with what has changed since another."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from kscb_actions.access.policy import Permission, Viewer, require
from kscb_actions.audit.service import change
from kscb_actions.reports.content import Report
from kscb_actions.reviews.models import Review
from kscb_actions.reviews.queries import get_review
from kscb_actions.settings.rules import Board

from .actions import actions_section, exceptions_section, waiting_section
from .challenges import Challenges
from .changes import changes_section, list_changes
from .counts import count, counts_section, turns
from .front import ASKED_INTRO, ASKED_OF_NAMED, asked_of, header_of, title_of
from .legend import legend_section, method_section
from .record.sections import (
    Extensions,
    answers_section,
    evidence_section,
    recommendations_section,
    reviews_section,
)
from .scope import ReportRequest, scope_of
from .shared import shared_section

WITH_RESTRICTED = "A restricted review was in it."
WITHOUT_RESTRICTED = "No restricted review was in it."


def build_progress(
    viewer: Viewer, board: Board, choice: ReportRequest, today: date, from_trail: bool = False
) -> Report:
    """Return the report for this person. Build it and draw it inside one `database.reading()`.

    Long tables read their rows when they are drawn. Restricted reviews are in it only when
    `choice.restricted`, those on which this person is named, and every face then says so. For publication
    (`choice.publication`) leads, narratives, reasons, pseudonyms and lists of evidence are left out, nobody
    is asked for anything, and reviews marked as more than public are not in it. `from_trail` reads today's
    state from the audit trail too: the report is the same.
    Raises Refused, and InvalidInput with a message for each field of `choice` that cannot be used.
    """
    scope = scope_of(viewer, board, choice, today, from_trail)
    counts, whose = count(scope), turns(scope)
    changes, extensions = list_changes(scope), Extensions.of(scope)
    challenges, shared = Challenges.of(scope), shared_section(scope, counts)
    return Report(
        title=title_of(scope),
        marking=scope.marking,
        organisation=board.name,
        header=header_of(scope, counts, whose, changes),
        asked=asked_of(scope, counts, whose, challenges),
        as_at=scope.as_at,
        since=scope.since,
        sections=(
            changes_section(scope, changes),
            counts_section(scope, counts, whose),
            exceptions_section(scope, counts, whose, challenges),
            *([waiting_section(scope, whose)] if whose.waits.count else []),
            recommendations_section(scope),
            actions_section(scope, counts),
            *([shared] if shared else []),
            answers_section(scope),
            evidence_section(scope),
            extensions.section(scope),
            *([challenges.section(scope)] if challenges.told else []),
            reviews_section(scope),
            legend_section(scope),
            method_section(scope),
        ),
        asked_intro=ASKED_OF_NAMED if scope.restricted else ASKED_INTRO,
        notice=board.notice,
        file_name=scope.kind.file_name(scope.as_at, scope.review["reference"] if scope.review else ""),
        restricted=scope.restricted,
    )


def record_export(viewer: Viewer, kind: str, choice: ReportRequest, report: Report) -> None:
    """Tell the trail that a report left as a file, and whether a restricted review was in it. Raises Refused.

    The report of one review is told of that review, and one with restricted reviews of each of these and of
    nothing else, so that whoever may not see a review sees nothing of this.
    """
    require(viewer, Permission.READ_REPORTS)
    detail: Mapping[str, Any] = {
        "report": kind,
        "agency": choice.agency,
        "as_at": report.as_at,
        "since": report.since,
        "publication": choice.publication,
        "restricted": bool(report.restricted),
        "note": WITH_RESTRICTED if report.restricted else WITHOUT_RESTRICTED,
    }
    with change(viewer) as tx:
        about = _about(viewer, choice, report)
        for review in about:
            tx.note("report.exported", review, detail)
        if not about:
            tx.record("report.exported", "reports", detail)


def _about(viewer: Viewer, choice: ReportRequest, report: Report) -> list[Review]:
    """Return the reviews of which an export is told; none where it is no single review's."""
    if report.restricted:
        return list(Review.select().where(Review.reference.in_(report.restricted)).order_by(Review.id))
    review = get_review(viewer, choice.review) if choice.review else None
    return [review] if review else []
