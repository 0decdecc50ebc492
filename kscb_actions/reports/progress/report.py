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

from .appendices import chosen, letters
from .attached import Facts, attached, list_section, sections_of
from .challenges import Challenges
from .changes import list_changes
from .counts import count, turns
from .front import ASKED_INTRO, ASKED_OF_NAMED, asked_of, header_of, title_of
from .legend import legend_section
from .scope import ReportRequest, scope_of

WITH_RESTRICTED = "A restricted review was in it."
WITHOUT_RESTRICTED = "No restricted review was in it."


def build_progress(
    viewer: Viewer, board: Board, choice: ReportRequest, today: date, from_trail: bool = False
) -> Report:
    """Return the report for this person. Build it and draw it inside one `database.reading()`.

    Long tables read their rows when they are drawn. Of the appendices only those of `choice.appendices` are
    in it. Restricted reviews are in it only when
    `choice.restricted`, those on which this person is named, and every face then says so. For publication
    (`choice.publication`) leads, narratives, reasons, pseudonyms and lists of evidence are left out, nobody
    is asked for anything, and reviews marked as more than public are not in it. `from_trail` reads today's
    state from the audit trail too: the report is the same.
    Raises Refused, and InvalidInput with a message for each field of `choice` that cannot be used.
    """
    scope = scope_of(viewer, board, choice, today, from_trail)
    facts = Facts(scope, count(scope), turns(scope), Challenges.of(scope))
    counts, whose, challenges = facts.counts, facts.turns, facts.challenges
    found = attached(facts)
    sections = (legend_section(scope), list_section(scope, found), *sections_of(found))
    return Report(
        title=title_of(scope),
        marking=scope.marking,
        organisation=board.name,
        header=header_of(scope, counts, whose, list_changes(scope)),
        asked=asked_of(scope, counts, whose, challenges),
        as_at=scope.as_at,
        since=scope.since,
        sections=tuple(filter(None, sections)),
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
        "appendices": letters(chosen(choice.appendices)),
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
