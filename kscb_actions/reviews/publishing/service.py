"""Recording that a review is released for publication, or that it is not any more."""

from datetime import date

from kscb_actions import clock
from kscb_actions.access.policy import Permission, Refused, Role, Viewer, may
from kscb_actions.audit.service import Change, change
from kscb_actions.mail.rules import About
from kscb_actions.mail.service import queue
from kscb_actions.people.models import User
from kscb_actions.reviews.models import AgencyResponse, Review
from kscb_actions.reviews.queries import require_on
from kscb_actions.settings.queries import get_board
from kscb_actions.text import InvalidInput, clean_text, one_line

from .models import ReleaseDecision
from .queries import list_decisions, release_of
from .rules import (
    NOT_RELEASED,
    WHEN_RESTRICTED,
    Decision,
    ReleaseFacts,
    problems_with_release,
    problems_with_withdrawing,
    why_not_released,
)

EVENTS = {Decision.RELEASED: "review.released", Decision.WITHDRAWN: "review.release-withdrawn"}
SUBJECTS = {
    Decision.RELEASED: "{reference} is released for publication",
    Decision.WITHDRAWN: "{reference} is no longer released for publication",
}
RELEASED = """The {board} has released {reference} for publication.

From now on papers for the public may have its recommendations, what became of them, and the names
of agencies. They have nothing of what people wrote, and no names of people.

Which version, and why:
{link}"""
WITHDRAWN = """The {board} has withdrawn the release of {reference}. Papers for the public no longer have it.

Papers that went out before are not called back by this.

Why:
{link}"""
TEXTS = {Decision.RELEASED: RELEASED, Decision.WITHDRAWN: WITHDRAWN}


def decides_alone(viewer: Viewer) -> bool:
    """Return whether this person records a decision of their own; the manager records that of somebody."""
    return Role.INDEPENDENT_CHAIR in viewer.roles


def release(
    viewer: Viewer, review: Review, facts: ReleaseFacts, expected: int, base_url: str = ""
) -> ReleaseDecision:
    """Record that a review is released for publication, and tell those whom it concerns.

    `expected` is the review's version. Raises InvalidInput, Refused, StaleEdit.
    """
    require_on(viewer, Permission.PUBLISH_REVIEW, review)
    facts, is_own = _cleaned(facts), decides_alone(viewer)
    before = list_decisions(review)
    since = before[-1].decided_on if before else None
    problems = problems_with_release(facts, review.pseudonym, is_own, since, clock.today())
    with change(viewer) as tx:
        tx.update(review, EVENTS[Decision.RELEASED], expected)
        now = Review.get_by_id(review.id)
        if why := why_not_released(now.is_restricted, now.classification, release_of(review) is not None):
            raise Refused(why)
        if problems:
            raise InvalidInput(problems)
        made = _append(tx, review, Decision.RELEASED, facts, "" if is_own else facts.authority)
        _tell(tx, review, Decision.RELEASED, base_url)
    return made


def withdraw_release(
    viewer: Viewer,
    review: Review,
    decided_on: date | None,
    reason: str,
    authority: str,
    expected: int,
    base_url: str = "",
) -> ReleaseDecision:
    """Record that a review is not released any more. What has gone out is out.

    `expected` is the review's version. Raises InvalidInput, Refused, StaleEdit.
    """
    require_on(viewer, Permission.PUBLISH_REVIEW, review)
    reason, authority = clean_text(reason), one_line(authority)
    with change(viewer) as tx:
        tx.update(review, EVENTS[Decision.WITHDRAWN], expected)
        standing = release_of(review)
        if standing is None:
            raise Refused(NOT_RELEASED)
        problems = problems_with_withdrawing(decided_on, reason, standing.decided_on, clock.today())
        if not decides_alone(viewer) and not authority:
            problems["authority"] = "Say whose decision it is."
        if problems:
            raise InvalidInput(problems)
        ended = ReleaseFacts(decided_on, "", "", "", reason)
        made = _append(tx, review, Decision.WITHDRAWN, ended, "" if decides_alone(viewer) else authority)
        _tell(tx, review, Decision.WITHDRAWN, base_url)
    return made


def end_release_when_restricted(tx: Change, review: Review) -> None:
    """End the release of a review that is restricted, in the open change: lifting that does not renew it."""
    if review.is_restricted and release_of(review) is not None:
        _append(tx, review, Decision.WITHDRAWN, ReleaseFacts(clock.today(), "", "", "", WHEN_RESTRICTED), "")


def _append(
    tx: Change, review: Review, decision: Decision, facts: ReleaseFacts, authority: str
) -> ReleaseDecision:
    row = ReleaseDecision(
        review=review,
        decision=decision.value,
        decided_on=facts.decided_on,
        edition=facts.edition,
        published_as=facts.published_as,
        link=facts.link,
        reason=facts.reason,
        authority=authority,
        by=tx.actor.id,
        at=clock.now(),
    )
    tx.add(row, "review.release-recorded")
    return row


def _tell(tx: Change, review: Review, decision: Decision, base_url: str) -> None:
    """Tell the managers, the independent chair, and who answers for an agency that it asks something."""
    subject = SUBJECTS[decision].format(reference=review.reference)
    told = {"board": get_board().name, "reference": review.reference}
    body = TEXTS[decision].format(link=f"{base_url}/reviews/{review.reference}", **told)
    for person in _concerned(review):
        if person.id != tx.actor.id:
            queue(tx, person, subject, body, [About(review_id=review.id)])


def _concerned(review: Review) -> list[User]:
    asked = AgencyResponse.select(AgencyResponse.agency).where(AgencyResponse.review == review)
    agencies = {agency for (agency,) in asked.distinct().tuples()}
    people = User.select().where(User.is_active).order_by(User.name, User.id)
    return [person for person in people if _is_concerned(person.viewer, agencies)]


def _is_concerned(person: Viewer, agencies: set[int]) -> bool:
    if may(person, Permission.PUBLISH_REVIEW):
        return True
    return bool(person.roles & {Role.AGENCY_LEAD, Role.BOARD_MEMBER}) and person.agency_id in agencies


def _cleaned(facts: ReleaseFacts) -> ReleaseFacts:
    return ReleaseFacts(
        decided_on=facts.decided_on,
        edition=one_line(facts.edition),
        published_as=facts.published_as,
        link=one_line(facts.link),
        reason=clean_text(facts.reason),
        authority=one_line(facts.authority),
    )
