"""Keeping a paper as it leaves, and telling the trail of it."""

import hashlib
import secrets
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from kscb_actions import clock
from kscb_actions.access.policy import Permission, Refused, Viewer, require
from kscb_actions.audit.service import change
from kscb_actions.people.models import Agency
from kscb_actions.reports.content import Report
from kscb_actions.reports.progress.appendices import chosen, letters
from kscb_actions.reports.progress.scope import ReportRequest
from kscb_actions.reviews.models import Review
from kscb_actions.reviews.queries import get_review
from kscb_actions.text import one_line

from .models import KeptPaper
from .queries import why_not_given_out
from .serialisation import VERSION, write_content

WITH_RESTRICTED = "A restricted review was in it."
WITHOUT_RESTRICTED = "No restricted review was in it."
# Letters and digits that are not taken for one another, and without vowels make no words.
_LETTERS = "2346789BCDFGHJKMPQRTVWXY"
_LENGTH = 6
_LONGEST = 300


def named(report: Report) -> Report:
    """Return the paper with a reference of its own, which stands beside the time at which it was made."""
    reference = "P-" + "".join(secrets.choice(_LETTERS) for _ in range(_LENGTH))
    header = ((label, f"{text}, {reference}" if label == "Made" else text) for label, text in report.header)
    return replace(report, reference=reference, header=tuple(header))


def keep_paper(
    viewer: Viewer,
    kind: str,
    choice: ReportRequest,
    report: Report,
    for_agency: bool = False,
    edited: Sequence[str] = (),
) -> KeptPaper:
    """Keep a `named` paper that leaves as a file, and tell the trail so. Raises Refused.

    `for_agency`: it was made for the agency of `choice`, whose leads may fetch it. The paper of one review is
    told of that review, and one with restricted reviews of each of these and of nothing else, so that whoever
    may not see a review sees nothing of this.
    """
    code = one_line(choice.agency).upper()
    agency = Agency.get(Agency.code == code) if for_agency else None
    require(viewer, Permission.PRINT_PAPERS, agency.id if agency else None)
    about, content = _about(viewer, choice, report), write_content(report)
    head = dict(report.header)
    paper = KeptPaper(
        reference=report.reference,
        kind=kind,
        title=report.title[:_LONGEST],
        addressee=head.get("To", head.get("For", ""))[:_LONGEST],
        as_at=report.as_at,
        review=about[0] if about else None,
        agency=agency,
        made_by=viewer.id,
        made_at=clock.now(),
        edited=", ".join(edited),
        is_public=choice.publication,
        reviews=f",{','.join(map(str, report.reviews))},",
        version=VERSION,
        content=content,
        content_sha256=hashlib.sha256(content).hexdigest(),
    )
    detail = _detail(kind, choice, report)
    with change(viewer) as tx:
        tx.add(paper, "paper.kept")
        for review in about:
            tx.note("report.exported", review, detail)
        if not about:
            tx.record("report.exported", "reports", detail)
    return paper


def require_given_out(paper: KeptPaper) -> None:
    """Raise Refused where a paper was made for the public, and has a review that is not released now."""
    if why_not := why_not_given_out(paper):
        raise Refused(why_not)


def note_fetched(viewer: Viewer, paper: KeptPaper) -> None:
    """Tell the trail that a kept paper was fetched again, by somebody for whom it has been looked up.

    Raises Refused where it was made for the public, and has a review that is not released now.
    """
    require_given_out(paper)
    with change(viewer) as tx:
        tx.note("paper.fetched", paper)


def _detail(kind: str, choice: ReportRequest, report: Report) -> Mapping[str, Any]:
    return {
        "report": kind,
        "paper": report.reference,
        "agency": choice.agency,
        "as_at": report.as_at,
        "since": report.since,
        "publication": choice.publication,
        "appendices": letters(chosen(choice.appendices)),
        "restricted": bool(report.restricted),
        "note": WITH_RESTRICTED if report.restricted else WITHOUT_RESTRICTED,
    }


def _about(viewer: Viewer, choice: ReportRequest, report: Report) -> list[Review]:
    """Return the reviews of which a paper is told; none where it is no single review's."""
    if report.restricted:
        return list(Review.select().where(Review.reference.in_(report.restricted)).order_by(Review.id))
    review = get_review(viewer, one_line(choice.review).upper()) if choice.review else None
    return [review] if review else []
