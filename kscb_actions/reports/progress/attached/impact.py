"""What difference recommendations made: what was judged by the day of a paper, and what waits on it."""

from collections.abc import Sequence

from kscb_actions import clock
from kscb_actions.access.policy import SYSTEM
from kscb_actions.actions.models import Action
from kscb_actions.actions.narrowing import is_kept
from kscb_actions.impact.models import ImpactJudgement
from kscb_actions.impact.queries import ImpactFilter, Question, judged_between, list_questions
from kscb_actions.impact.rules import OUTCOME_NAMES, Outcome, count_words, impact_rule
from kscb_actions.reports.content import Block, Column, Paragraph, Section, Table
from kscb_actions.wording import date_uk

from ..scope import Scope

HEADING = "Difference made for children"
WAITS = "Recommendations that have come back and are not judged"
_COLUMNS = (Column("Recommendation", 80), Column("Judged", 40), Column("What it is judged by", 140))
_WAITING = (Column("Recommendation", 100), Column("Where it stands", 160))


def impact_section(scope: Scope) -> Section | None:
    """Return what was judged of the recommendations in a paper by its day, the newest first; None without.

    What waits is in a paper of today alone: of an earlier day it is not known whom it waited for. Nothing of
    this is in a paper for publication. Few queries.
    """
    if scope.publication:
        return None
    found = judged_between(scope.review_ids, None, scope.moment.before)
    asked = _questions(scope)
    ids = _covered(scope) if found or asked else set()
    judged = [each for each in found if each.recommendation_id in ids]
    waiting = [each for each in asked if each.recommendation.id in ids]
    if not judged and not waiting:
        return None
    blocks: list[Block] = [Paragraph(impact_rule(scope.board.impact_months))]
    if judged:
        blocks.append(Paragraph(f"{count_words(each.outcome for each in judged)}."))
        blocks.append(Table("What was judged", _COLUMNS, tuple(map(row_of, reversed(judged)))))
    if waiting:
        blocks.append(Table(WAITS, _WAITING, tuple(map(_waits, waiting))))
    return Section(HEADING, tuple(blocks), landscape=True)


def row_of(judgement: ImpactJudgement) -> tuple[str, ...]:
    """Return a judgement as a row: of what, how and when, and why."""
    one = judgement.recommendation
    work = f"\nNew work: {judgement.work_reference}" if judgement.work_reference else ""
    return (
        f"{one.full_name}\n{one.text}",
        f"{OUTCOME_NAMES[Outcome(judgement.outcome)]}\n{date_uk(clock.local_date(judgement.at))}",
        f"{judgement.reason}{work}",
    )


def _covered(scope: Scope) -> set[int]:
    """Return the ids of the recommendations with actions in a paper."""
    condition = Action.review.in_(scope.review_ids)
    if scope.agency_id is not None:
        condition = condition & (Action.agency == scope.agency_id)
    found = Action.select(Action.recommendation).where(is_kept(), condition).distinct()
    return {number for (number,) in found.tuples()}


def _questions(scope: Scope) -> Sequence[Question]:
    """Return what waits to be judged, in a paper of today."""
    today = clock.today()
    if scope.as_at < today:
        return ()
    return list_questions(SYSTEM, today, scope.board.impact_months, ImpactFilter(is_open=True))


def _waits(question: Question) -> tuple[str, str]:
    return question.recommendation.full_name, question.words(clock.today())
