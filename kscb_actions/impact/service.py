"""Saying what difference a recommendation made, judging it, and taking back what was a mistake."""

from collections.abc import Iterable, Sequence
from dataclasses import replace
from typing import IO, TypeVar

from kscb_actions import clock
from kscb_actions.access.policy import Owners, Permission, Refused, Role, Viewer
from kscb_actions.actions.models import Action
from kscb_actions.actions.recording.rules import usual_lead
from kscb_actions.actions.service import ActionFacts, add_within
from kscb_actions.assurance.erasing import refuse_erased
from kscb_actions.audit.service import Change, change
from kscb_actions.files.store import EvidenceStore, StoredFile
from kscb_actions.people.models import Agency, User
from kscb_actions.reviews.models import Recommendation
from kscb_actions.reviews.papers.rules import IMPACT_FILE
from kscb_actions.reviews.papers.service import row_of, with_files
from kscb_actions.reviews.queries import is_named, require_on
from kscb_actions.settings.queries import get_board
from kscb_actions.text import LONGEST_REASON, InvalidInput, clean_text, why_too_long

from .models import ImpactAccount, ImpactFile, ImpactJudgement
from .queries import Question, files_of, get_question
from .rules import (
    ENDED,
    JUDGED_MEANWHILE,
    MOST_FILES,
    NOT_ASKED,
    NOT_NEWEST,
    SAID_MEANWHILE,
    TAKEN_BACK,
    TOO_MANY_FILES,
    JudgementFacts,
    State,
    problems_with_account,
    problems_with_judgement,
)

T = TypeVar("T", ImpactJudgement, ImpactAccount)


def say_difference(
    viewer: Viewer,
    recommendation: Recommendation,
    text: str,
    shown_by: str,
    expected: int = 0,
    kept: Sequence[StoredFile] = (),
) -> ImpactAccount:
    """Say for one's own agency what difference a recommendation made, or change that until it is judged.

    expected  the version that was seen; 0 where the agency had said nothing
    kept      files that show it, as the store has received them; they come to those of before
    Raises InvalidInput, Refused, StaleEdit.
    """
    require_on(viewer, Permission.WRITE_IMPACT, recommendation.review)
    text, shown_by = clean_text(text), clean_text(shown_by)
    with change(viewer) as tx:
        question = _question(viewer, recommendation)
        if question is None or question.standing.state is State.JUDGED:
            raise Refused(ENDED)
        if viewer.agency_id not in question.agencies:
            raise Refused(NOT_ASKED)
        if problems := problems_with_account(text, shown_by):
            raise InvalidInput(problems)
        said = question.own_account(viewer.agency_id)
        row = said or ImpactAccount(
            review=recommendation.review_id, recommendation=recommendation, agency=viewer.agency_id
        )
        if len(kept) + (len(files_of([said]).get(said.id, ())) if said else 0) > MOST_FILES:
            raise InvalidInput({"files": TOO_MANY_FILES})
        refuse_erased([(each.shown_name, each.sha256) for each in kept])
        row.text, row.shown_by, row.by, row.at = text, shown_by, viewer.id, clock.now()
        row = tx.update(row, "impact.account-changed", expected) if said else tx.add(row, "impact.said")
        for each in kept:
            paper = tx.add(row_of(viewer, recommendation.review, each, IMPACT_FILE), "review.paper-added")
            tx.add(ImpactFile(review=recommendation.review_id, account=row, paper=paper), "impact.file-added")
        return row


def say_with_files(
    viewer: Viewer,
    recommendation: Recommendation,
    text: str,
    shown_by: str,
    expected: int,
    store: EvidenceStore,
    files: Iterable[tuple[str, IO[bytes]]],
) -> ImpactAccount:
    """Say what difference was made, with (name, bytes) of files that show it; in one step, or nothing.

    Raises InvalidInput, Refused, StaleEdit.
    """
    if problems := problems_with_account(clean_text(text), clean_text(shown_by)):
        raise InvalidInput(problems)

    def record(kept: list[StoredFile]) -> ImpactAccount:
        return say_difference(viewer, recommendation, text, shown_by, expected, kept)

    return with_files(store, files, record)


def judge_difference(
    viewer: Viewer, recommendation: Recommendation, facts: JudgementFacts, seen: int | None = None
) -> ImpactJudgement:
    """Judge what difference a recommendation made, and open the new work that is asked for, in one step.

    seen  `Question.seen` of what was read before (None: it does not matter)
    Raises InvalidInput, Refused.
    """
    facts = replace(facts, reason=clean_text(facts.reason), work=clean_text(facts.work))
    with change(viewer) as tx:
        question = _question(viewer, recommendation)
        if question is None:
            raise Refused(ENDED)
        bodies = Owners(None, former=question.bodies)
        require_on(viewer, Permission.JUDGE_IMPACT, recommendation.review, bodies)
        if question.standing.state is State.JUDGED:
            raise Refused(JUDGED_MEANWHILE)
        if why_not := question.why_not_judged:
            raise Refused(why_not)
        problems = problems_with_judgement(facts, clock.today())
        agency = Agency.get_or_none(Agency.id == facts.agency_id, Agency.is_active)
        if facts.agency_id is not None and agency is None:
            problems["agency"] = "Choose an agency from the list."
        if not problems and seen is not None and seen != question.seen:
            problems["reason"] = SAID_MEANWHILE
        if problems:
            raise InvalidInput(problems)
        row = ImpactJudgement(
            review=recommendation.review_id,
            recommendation=recommendation,
            outcome=facts.outcome,
            reason=facts.reason,
            by=viewer.id,
            at=clock.now(),
            work=_open_work(tx, recommendation, agency, facts) if facts.opens_work else None,
        )
        return tx.add(row, "impact.judged")


def take_judgement_back(
    viewer: Viewer, judgement: ImpactJudgement, reason: str, expected: int
) -> ImpactJudgement:
    """Take back the newest judgement as made by mistake: the question stands again as it did before.

    New work that it opened stays: it is recorded in error on its own page, where it is a mistake too.
    Raises InvalidInput, Refused, StaleEdit.
    """
    require_on(viewer, Permission.EDIT_REVIEW, judgement.review)
    with change(viewer) as tx:
        newest = (
            ImpactJudgement.select()
            .where(
                ImpactJudgement.recommendation == judgement.recommendation_id,
                ImpactJudgement.taken_back_at.is_null(),
            )
            .order_by(ImpactJudgement.id.desc())
            .first()
        )
        if newest is None or newest.id != judgement.id:
            raise Refused(NOT_NEWEST)
        return _take_back(tx, newest, reason, expected, "impact.judgement-taken-back")


def take_account_back(viewer: Viewer, account: ImpactAccount, reason: str, expected: int) -> ImpactAccount:
    """Take back what an agency said by mistake: it is asked again.

    Raises InvalidInput, Refused, StaleEdit.
    """
    require_on(viewer, Permission.EDIT_REVIEW, account.review)
    with change(viewer) as tx:
        question = _question(viewer, account.recommendation)
        waiting = {each.id: each for each in question.accounts} if question else {}
        if account.id not in waiting:
            raise Refused(TAKEN_BACK)
        return _take_back(tx, waiting[account.id], reason, expected, "impact.account-taken-back")


def _question(viewer: Viewer, recommendation: Recommendation) -> Question | None:
    return get_question(viewer, clock.today(), get_board().impact_months, recommendation)


def _take_back(tx: Change, row: T, reason: str, expected: int, event: str) -> T:
    reason = clean_text(reason)
    if wrong := why_too_long(reason, LONGEST_REASON) if reason else "Say what was wrong with it.":
        raise InvalidInput({"reason": wrong})
    row.taken_back_at, row.taken_back_reason, row.taken_back_by = clock.now(), reason, tx.actor.id
    taken: T = tx.update(row, event, expected)
    return taken


def _open_work(tx: Change, recommendation: Recommendation, agency: Agency, facts: JudgementFacts) -> Action:
    review = recommendation.review
    people = User.select().where(User.agency == agency, User.is_active)
    fit = {
        each.id: each
        for each in people
        if Role.AGENCY_LEAD in each.role_set and (not review.is_restricted or is_named(review, each.id))
    }
    lead = fit.get(usual_lead(fit, None) or 0)
    (action,) = add_within(tx, recommendation, [(agency, lead, ActionFacts(facts.work, due_on=facts.due_on))])
    return action
