"""Referring a case to the SCR subgroup, taking that back, and the subgroup's answer."""

from collections.abc import Collection

from kscb_actions import clock
from kscb_actions.access.policy import CHAIRING, Permission, Refused, Role, Viewer, require
from kscb_actions.audit.service import Change, change
from kscb_actions.mail.rules import NOTHING
from kscb_actions.mail.service import queue
from kscb_actions.people.models import Agency, User
from kscb_actions.reviews.guidance.rules import decision_due_on
from kscb_actions.reviews.models import Review
from kscb_actions.reviews.queries import get_review
from kscb_actions.terms import LazyText, say, say_later
from kscb_actions.text import InvalidInput, clean_text
from kscb_actions.wording import date_uk

from .models import CaseReferral, CaseReferralAnswer
from .queries import answers_to, get_referral
from .rules import (
    ANSWERED,
    NO_AGENCY,
    OUTCOME_NAMES,
    WITHDRAWN,
    AnswerFacts,
    ReferralFacts,
    problems_with_answer,
    problems_with_referral,
    problems_with_withdrawal,
)

REFERRED = say_later(
    "{agency} has referred the case of a child to the SCR subgroup. Its answer is due on {due_on}."
    "\n\n{address}"
)
TOLD = say_later("""The SCR subgroup has answered the case that {agency} referred ({label}): {outcome}.

Its reasons stand on the page of the referral:
{address}""")
TAKEN_BACK = say_later(
    "{agency} has withdrawn the case that it referred to the SCR subgroup ({label}). "
    "Nothing waits for an answer.\n\n{address}"
)
NOWHERE = "There is no such referral."


def refer_case(viewer: Viewer, agency: Agency | None, facts: ReferralFacts, base_url: str) -> CaseReferral:
    """Refer a case for an agency, and tell who chairs the subgroup. The answer is due in a month.

    Raises InvalidInput, Refused.
    """
    require(viewer, Permission.REFER_CASE, agency.id if agency else None)
    facts = ReferralFacts(clean_text(facts.summary), clean_text(facts.reason), facts.happened_on)
    problems = problems_with_referral(facts, clock.today())
    if agency is None or not agency.is_active:
        problems["agency"] = NO_AGENCY
    if problems:
        raise InvalidInput(problems)
    referral = CaseReferral(
        agency=agency,
        happened_on=facts.happened_on,
        summary=facts.summary,
        reason=facts.reason,
        referred_by=viewer.id,
        referred_at=clock.now(),
        due_on=decision_due_on(clock.today()),
    )
    with change(viewer) as tx:
        tx.add(referral, "case-referral.made")
        subject = f"A case referred by {referral.agency.name} ({referral.label})"
        _tell(tx, _who_answers(referral), subject, REFERRED, referral, base_url)
    return referral


def withdraw_referral(
    viewer: Viewer, referral: CaseReferral, reason: str, expected: int, base_url: str
) -> None:
    """Take a referral back that has no answer yet, and tell who chairs.

    Raises InvalidInput, Refused, StaleEdit.
    """
    require(viewer, Permission.REFER_CASE, referral.owners)
    reason = clean_text(reason)
    if problems := problems_with_withdrawal(reason):
        raise InvalidInput(problems)
    with change(viewer) as tx:
        _require_standing(referral)
        if answers_to(referral):
            raise Refused(say(ANSWERED))
        referral.withdrawn_at, referral.withdrawn_reason = clock.now(), reason
        tx.update(referral, "case-referral.withdrawn", expected)
        subject = f"Referral {referral.label} withdrawn"
        _tell(tx, _who_answers(referral), subject, TAKEN_BACK, referral, base_url)


def answer_case(
    viewer: Viewer,
    referral: CaseReferral,
    facts: AnswerFacts,
    review: Review | None,
    seen_answers: int,
    base_url: str,
) -> CaseReferralAnswer:
    """Record what the subgroup decided of a case, or correct that; the agency is told.

    `seen_answers` is how many answers the person has seen. Nobody answers their own agency's referral.
    Raises InvalidInput, Refused.
    """
    require(viewer, Permission.ANSWER_CASE_REFERRAL, referral.owners)
    facts = AnswerFacts(facts.outcome, clean_text(facts.reason), facts.answered_on)
    problems = problems_with_answer(
        facts, clock.local_date(referral.referred_at), clock.today(), review is not None
    )
    if review is not None and get_review(viewer, review.reference) is None:
        problems["review"] = "There is no such review."
    with change(viewer) as tx:
        _require_standing(referral)
        if len(answers_to(referral)) != seen_answers:
            raise Refused("This referral has been answered since you opened it.")
        if problems:
            raise InvalidInput(problems)
        answer = CaseReferralAnswer(
            referral=referral,
            outcome=facts.outcome,
            reason=facts.reason,
            answered_on=facts.answered_on,
            review=review,
            answered_by=viewer.id,
            at=clock.now(),
        )
        tx.add(answer, "case-referral.corrected" if seen_answers else "case-referral.answered")
        outcome = OUTCOME_NAMES[facts.outcome].lower()  # type: ignore[index]
        subject = f"Referral {referral.label}: {outcome}"
        _tell(tx, _who_referred(referral), subject, TOLD, referral, base_url, outcome)
    return answer


def _require_standing(referral: CaseReferral) -> None:
    now = CaseReferral.get_or_none(CaseReferral.id == referral.id)
    if now is None:
        raise Refused(NOWHERE)
    if now.is_withdrawn:
        raise Refused(WITHDRAWN)


def _who_answers(referral: CaseReferral) -> list[User]:
    """Return who chairs and may answer; where nobody can, the board managers."""
    people = list(User.select().where(User.is_active).order_by(User.id))
    chairs = [each for each in people if each.role_set & CHAIRING and each.agency_id != referral.agency_id]
    return chairs or [each for each in people if Role.MANAGER in each.role_set]


def _who_referred(referral: CaseReferral) -> list[User]:
    """Return who referred it, if they sign in; else those of the agency who may refer cases."""
    if referral.referred_by.is_active:
        return [referral.referred_by]
    people = User.select().where(User.is_active, User.agency == referral.agency).order_by(User.id)
    return [each for each in people if get_referral(each.viewer, referral.id)]


def _tell(
    tx: Change,
    people: Collection[User],
    subject: str,
    text: LazyText,
    referral: CaseReferral,
    base_url: str,
    outcome: str = "",
) -> None:
    body = text.format(
        agency=referral.agency.name,
        label=referral.label,
        due_on=date_uk(referral.due_on),
        outcome=outcome,
        address=f"{base_url}/case-referrals/{referral.id}",
    )
    for person in people:
        if person.id != tx.actor.id:
            queue(tx, person, subject, body, NOTHING)
