"""Referring a death to the SCR subgroup: what asks for it, what was recorded, what the subgroup answered."""

from collections.abc import Collection
from datetime import date
from typing import Any

import peewee

from kscb_actions import clock
from kscb_actions.access.policy import Permission, Reach, Refused, Viewer, reach, require
from kscb_actions.audit.service import change
from kscb_actions.child_deaths.cases.models import ChildDeath
from kscb_actions.child_deaths.cases.rules import ABUSE_OR_NEGLECT
from kscb_actions.child_deaths.visibility import closed_deaths, get_death, visible_death
from kscb_actions.prepared import prepared
from kscb_actions.reviews.models import Review
from kscb_actions.reviews.queries import EVERYTHING, NOTHING, get_review
from kscb_actions.reviews.rules import clock_due_on
from kscb_actions.terms import say, say_later
from kscb_actions.text import InvalidInput, clean_text

from . import rules
from .models import Referral, ReferralAnswer
from .rules import LatestReferral

ANSWERED = say_later("The subgroup has answered this referral already.")


def record_referral(
    viewer: Viewer, death: ChildDeath, is_referred: bool | None, reason: str, decided_on: date | None
) -> Referral:
    """Record whether a death is referred to the SCR subgroup, either way with the reason.

    The subgroup's own decision is then due in a month. Raise InvalidInput, Refused.
    """
    require(viewer, Permission.KEEP_PANELS)
    reason = clean_text(reason)
    with change(viewer) as tx:
        seen = ChildDeath.get_by_id(death.id) if viewer.is_system else get_death(viewer, death.id)
        if seen is None:
            raise Refused("There is no such case.")
        last = latest_of([seen.id]).get(seen.id)
        is_open = last is not None and last.is_referred and answer_to(last) is None
        problems = rules.problems_with_referral(
            is_referred, reason, decided_on, seen.died_on, clock.today(), is_open
        )
        if problems or decided_on is None:
            raise InvalidInput(problems)
        referral = Referral(
            death=seen,
            number=(last.number if last else 0) + 1,
            is_referred=is_referred,
            reason=reason,
            decided_on=decided_on,
            due_on=clock_due_on("decision", decided_on) if is_referred else None,
            decision_number=seen.decision_number,
            was_suspected=seen.is_abuse_suspected,
            decided_by=viewer.name,
            recorded_at=clock.now(),
        )
        return tx.add(referral, "referral.recorded")


def answer_referral(
    viewer: Viewer,
    referral: Referral,
    outcome: str,
    reason: str,
    answered_on: date | None,
    review: Review | None = None,
) -> ReferralAnswer:
    """Record what the subgroup decided on a referral, once. Raise InvalidInput, Refused."""
    require(viewer, Permission.ANSWER_REFERRAL)
    reason = clean_text(reason)
    with change(viewer) as tx:
        if get_referral(viewer, referral.id) is None:
            raise Refused("There is no such referral.")
        if answer_to(referral) is not None:
            raise Refused(say(ANSWERED))
        problems = rules.problems_with_outcome(
            outcome, reason, answered_on, referral.decided_on, clock.today(), review is not None
        )
        if review is not None and get_review(viewer, review.reference) is None:
            problems["review"] = "There is no such review."
        if problems:
            raise InvalidInput(problems)
        answer = ReferralAnswer(
            referral=referral,
            outcome=outcome,
            reason=reason,
            answered_on=answered_on,
            review=review,
            answered_by=viewer.name,
            recorded_at=clock.now(),
        )
        return tx.add(answer, "referral.answered")


def visible_referral(viewer: Viewer) -> Any:
    """Return the condition on Referral that keeps what this person may see.

    They see what was referred, of cases in which they have declared no interest.
    """
    if viewer.is_system:
        return EVERYTHING
    if reach(viewer, Permission.READ_REFERRAL) is Reach.NONE:
        return NOTHING
    return (Referral.is_referred == True) & Referral.death.not_in(closed_deaths(viewer))  # noqa: E712


def get_referral(viewer: Viewer, referral_id: int) -> Referral | None:
    """Return one referral with its death, or None when it is hidden or does not exist."""
    return _with_death().where(Referral.id == referral_id, visible_referral(viewer)).first()


def reads_referral_of(viewer: Viewer, death: ChildDeath) -> bool:
    """Return whether this person may read a referral of this death."""
    return Referral.select().where(Referral.death == death, visible_referral(viewer)).exists()


def list_referrals(viewer: Viewer) -> list[tuple[Referral, ReferralAnswer | None]]:
    """Return what was referred, with its answer: the open ones first, by due date. Two queries."""
    rows = list(_with_death().where(visible_referral(viewer)))
    answers = _answers_to(rows)
    rows.sort(key=lambda row: (row.id in answers, row.due_on if row.id not in answers else date.max, -row.id))
    return [(row, answers.get(row.id)) for row in rows]


def count_open_referrals(viewer: Viewer) -> int:
    """Return how many referrals wait for the subgroup's answer."""
    return _count_open(viewer)[0][0]


@prepared
def _count_open(viewer: Viewer) -> Any:
    answered = ReferralAnswer.select(ReferralAnswer.referral)
    waiting = Referral.select(peewee.fn.COUNT(Referral.id)).where(Referral.id.not_in(answered))
    return waiting.where(visible_referral(viewer)).tuples()


def answer_to(referral: Referral) -> ReferralAnswer | None:
    """Return the subgroup's answer to a referral that has been fetched for a viewer; None before it."""
    return ReferralAnswer.get_or_none(ReferralAnswer.referral == referral)


def referrals_of(viewer: Viewer, death: ChildDeath) -> list[tuple[Referral, ReferralAnswer | None]]:
    """Return every decision on referring a case, newest first, with its answer; for who keeps panels."""
    if reach(viewer, Permission.KEEP_PANELS) is Reach.NONE or get_death(viewer, death.id) is None:
        return []
    rows = list(Referral.select().where(Referral.death == death).order_by(Referral.number.desc()))
    answers = _answers_to(rows)
    return [(row, answers.get(row.id)) for row in rows]


def needs_referral(viewer: Viewer, death: ChildDeath | None = None) -> list[ChildDeath]:
    """Return the cases (or this one alone) on which somebody must record whether they are referred.

    The longest known come first. For who keeps panels. Three queries.
    """
    if not viewer.is_system and reach(viewer, Permission.KEEP_PANELS) is Reach.NONE:
        return []
    is_prompted = (ChildDeath.primary_category == ABUSE_OR_NEGLECT) | ChildDeath.is_abuse_suspected
    query = ChildDeath.select().where(
        visible_death(viewer), is_prompted, ~peewee.fn.EXISTS(_decided_on_all_known())
    )
    if death is not None:
        query = query.where(ChildDeath.id == death.id)
    found = list(query.order_by(ChildDeath.notified_on, ChildDeath.id))
    latest = latest_of([each.id for each in found])
    outcomes = {key: answer.outcome for key, answer in _answers_to(latest.values()).items()}
    return [each for each in found if _is_undecided(each, latest.get(each.id), outcomes)]


def latest_of(death_ids: Collection[int]) -> dict[int, Referral]:
    """Return {id of death: the latest decision on referring it}, where there is one."""
    rows = Referral.select().where(Referral.death.in_(list(death_ids))).order_by(Referral.number)
    return {row.death_id: row for row in rows}


def _decided_on_all_known() -> Any:
    """Return the query of a death's latest referral decision when it was made on all that is known now.

    Then nothing can ask for another. It spares the rule every old case; of the others the rule alone
    decides.
    """
    later = Referral.alias()
    newest = later.select(peewee.fn.MAX(later.number)).where(later.death == ChildDeath.id)
    return Referral.select(Referral.id).where(
        Referral.death == ChildDeath.id,
        Referral.number == newest,
        Referral.decision_number == ChildDeath.decision_number,
        Referral.was_suspected == ChildDeath.is_abuse_suspected,
    )


def _is_undecided(death: ChildDeath, latest: Referral | None, outcomes: dict[int, str]) -> bool:
    known = latest and LatestReferral(
        latest.is_referred, latest.decision_number, latest.was_suspected, outcomes.get(latest.id, "")
    )
    return rules.asks_for_referral(
        death.decision_number,
        death.primary_category == ABUSE_OR_NEGLECT,
        death.is_abuse_suspected,
        known,
    )


def _answers_to(referrals: Collection[Referral]) -> dict[int, ReferralAnswer]:
    ids = [row.id for row in referrals]
    answers = (
        ReferralAnswer.select(ReferralAnswer, Review)
        .join(Review, peewee.JOIN.LEFT_OUTER)
        .where(ReferralAnswer.referral.in_(ids))
    )
    return {answer.referral_id: answer for answer in answers}


def _with_death() -> Any:
    return Referral.select(Referral, ChildDeath).join(ChildDeath)
