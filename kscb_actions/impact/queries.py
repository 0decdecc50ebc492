"""Reading what is said and judged of the difference that recommendations made, always for a viewer."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

import peewee

from kscb_actions import clock
from kscb_actions.access.policy import Permission, Reach, Viewer, reach
from kscb_actions.actions.models import Action, JointOwner
from kscb_actions.actions.narrowing import is_kept, visible_action
from kscb_actions.actions.rules import Assurance
from kscb_actions.actions.rules import Standing as ActionStanding
from kscb_actions.assurance.models import AssuranceDecision, DecisionTakenBack
from kscb_actions.people.models import Agency, User
from kscb_actions.people.rules import body_of, heir_of
from kscb_actions.prepared import prepared
from kscb_actions.reviews.models import Recommendation, Review
from kscb_actions.reviews.papers.models import ReviewPaper
from kscb_actions.reviews.queries import EVERYTHING, get_recommendation, sees_whole, visible_recommendation

from .models import ImpactAccount, ImpactFile, ImpactJudgement
from .rules import Facts, Standing, State, can_judge, standing, state_words, why_not_judged

_ORDER = {state: place for place, state in enumerate(State)}
_CLOSED = (ActionStanding.SUPERSEDED.value, ActionStanding.WITHDRAWN.value)
_ACCEPTED = Assurance.ACCEPTED.value
_LAST = peewee.fn.MAX(AssuranceDecision.at)


@dataclass(frozen=True)
class ImpactFilter:
    """What the list is narrowed to; an empty value narrows nothing.

    waits    only what waits for this person's word, or for them to judge
    is_open  only what waits for somebody
    """

    state: str = ""
    outcome: str = ""
    agency: str = ""
    review: str = ""
    waits: bool = False
    is_open: bool = False


@dataclass(frozen=True)
class Question:
    """A recommendation of which it is asked what difference it made, and where that stands.

    accounts   what its agencies have said and is not judged, as far as the reader sees it
    agencies   those asked, by id, as they are called today
    bodies     these, with all that are one body with them: nobody of them judges
    judgement  the newest that stands, if any
    """

    recommendation: Recommendation
    standing: Standing
    facts: Facts
    accounts: tuple[ImpactAccount, ...]
    agencies: Mapping[int, str]
    bodies: frozenset[int]
    judgement: ImpactJudgement | None = None

    def words(self, today: date) -> str:
        """Return where it stands, in a sentence."""
        return state_words(self.standing, self.facts, today)

    def waits_for(self, agency_id: int | None) -> bool:
        """Return whether it waits for this agency's word."""
        return self.standing.state is State.ASKED and self.lacks(agency_id)

    def lacks(self, agency_id: int | None) -> bool:
        """Return whether this agency had an action of it, and has not said what it thinks."""
        return agency_id in self.agencies and all(each.agency_id != agency_id for each in self.accounts)

    def own_account(self, agency_id: int | None) -> ImpactAccount | None:
        """Return what this agency has said and is not judged, if anything."""
        return next((each for each in self.accounts if each.agency_id == agency_id), None)

    @property
    def seen(self) -> int:
        """Return a number that grows with whatever an agency says, so that a judge has read it."""
        return sum(each.version for each in self.accounts)

    @property
    def since(self) -> date | None:
        """Return the day since which somebody is waited for: a judge, since the last agency said it."""
        if self.standing.state is not State.TO_JUDGE:
            return self.standing.due_on
        days = [self.standing.due_on, *(clock.local_date(each.at) for each in self.accounts)]
        return max(filter(None, days))

    @property
    def why_not_judged(self) -> str:
        """Return why nothing can be judged now; "" where it can."""
        return why_not_judged(self.standing, self.facts)

    def to_judge_by(self, viewer: Viewer) -> bool:
        """Return whether it waits to be judged, and this person may."""
        return self.standing.state is State.TO_JUDGE and bool(can_judge(viewer, self.bodies))


def list_questions(
    viewer: Viewer,
    today: date,
    months: int,
    narrow: ImpactFilter = ImpactFilter(),
    actions: Any = EVERYTHING,
) -> list[Question]:
    """Return the recommendations that match, what needs somebody first. At most seven queries.

    actions  a condition on Action, where only what these belong to is looked at
    """
    found = _questions(
        viewer, today, months, _matching(narrow), not (narrow.waits or narrow.is_open), actions
    )
    kept = [each for each in found if _keeps(viewer, narrow, each)]
    return sorted(kept, key=_pressing)


def get_question(viewer: Viewer, today: date, months: int, recommendation: Recommendation) -> Question | None:
    """Return where it stands with one recommendation that was fetched for a viewer; None where nothing is."""
    found = list_questions(viewer, today, months, ImpactFilter(), Action.recommendation == recommendation)
    return found[0] if found else None


def by_recommendation(viewer: Viewer, today: date, months: int, review: Review) -> dict[int, Question]:
    """Return {recommendation id: where it stands} of a review that was fetched for a viewer."""
    found = list_questions(viewer, today, months, ImpactFilter(), Action.review == review)
    return {each.recommendation.id: each for each in found}


@dataclass(frozen=True)
class Waits:
    """How many recommendations wait for somebody, and since when the oldest: to say it of, and to judge."""

    to_say: int = 0
    say_since: date | None = None
    to_judge: int = 0
    judge_since: date | None = None


def count_waiting(viewer: Viewer, today: date, months: int) -> Waits:
    """Return what waits for this person: for their agency's word, and for them to judge. Few queries."""
    says = reach(viewer, Permission.WRITE_IMPACT) is not Reach.NONE and viewer.agency_id is not None
    judges = reach(viewer, Permission.JUDGE_IMPACT) is not Reach.NONE
    if not says and not judges:
        return Waits()
    found = _questions(viewer, today, months, EVERYTHING, include_judged=False)
    own = [each.standing.due_on for each in found if says and each.waits_for(viewer.agency_id)]
    ready = [each.standing.due_on for each in found if judges and each.to_judge_by(viewer)]
    return Waits(
        len(own), min(filter(None, own), default=None), len(ready), min(filter(None, ready), default=None)
    )


def get_account(viewer: Viewer, reference: str, number: int, account_id: int) -> ImpactAccount | None:
    """Return one agency's account, or None when it is hidden or does not exist."""
    recommendation = get_recommendation(viewer, reference, number)
    if recommendation is None:
        return None
    query = _accounts(viewer).where(
        ImpactAccount.recommendation == recommendation, ImpactAccount.id == account_id
    )
    return query.where(ImpactAccount.taken_back_at.is_null()).first()


def files_of(accounts: Iterable[ImpactAccount]) -> dict[int, list[ImpactFile]]:
    """Return {id of what an agency says: the files that show it, the first first}. One query."""
    query = ImpactFile.select(ImpactFile, ReviewPaper, User).join(ReviewPaper).join(User)
    found: dict[int, list[ImpactFile]] = {}
    for each in query.where(ImpactFile.account.in_([each.id for each in accounts])).order_by(ImpactFile.id):
        found.setdefault(each.account_id, []).append(each)
    return found


def get_file(viewer: Viewer, reference: str, number: int, file_id: int) -> ImpactFile | None:
    """Return a file of what an agency says, unless that is taken back; None when hidden or not there."""
    recommendation = get_recommendation(viewer, reference, number)
    if recommendation is None:
        return None
    said = _accounts(viewer).where(ImpactAccount.recommendation == recommendation)
    those = [each.id for each in said.where(ImpactAccount.taken_back_at.is_null())]
    query = ImpactFile.select(ImpactFile, ReviewPaper, Review).join(ReviewPaper).join(Review)
    return query.where(ImpactFile.id == file_id, ImpactFile.account.in_(those)).first()


def get_judgement(viewer: Viewer, reference: str, number: int, judgement_id: int) -> ImpactJudgement | None:
    """Return one judgement that stands, or None when it is hidden or there is none."""
    recommendation = get_recommendation(viewer, reference, number)
    if recommendation is None:
        return None
    found = _judgements().where(
        ImpactJudgement.recommendation == recommendation, ImpactJudgement.id == judgement_id
    )
    return found.first()


def list_judgements(recommendation: Recommendation) -> list[ImpactJudgement]:
    """Return what was judged of a recommendation, taken back or not, the newest first. One query."""
    query = _judgements(standing_only=False).where(ImpactJudgement.recommendation == recommendation)
    return list(query.order_by(ImpactJudgement.id.desc()))


def list_accounts(viewer: Viewer, recommendation: Recommendation) -> list[ImpactAccount]:
    """Return what agencies said of a recommendation, as far as the viewer sees it, the newest first."""
    query = _accounts(viewer).where(ImpactAccount.recommendation == recommendation)
    return list(query.order_by(ImpactAccount.id.desc()))


def visible_work(viewer: Viewer, judgements: Iterable[ImpactJudgement]) -> set[int]:
    """Return the ids of the actions that judgements opened and this person sees. At most one query."""
    ids = [each.work_id for each in judgements if each.work_id]
    if not ids:
        return set()
    return {
        number
        for (number,) in Action.select(Action.id).where(Action.id.in_(ids), visible_action(viewer)).tuples()
    }


def opened_by(action: Action) -> ImpactJudgement | None:
    """Return the judgement that opened an action that was fetched for a viewer, if one did. One query."""
    return _judgements().where(ImpactJudgement.work == action).first()


def judged_between(
    review_ids: Sequence[int], first: datetime | None, before: datetime
) -> list[ImpactJudgement]:
    """Return the judgements made from one instant until another that stood then, by when. One query.

    first  None: from the beginning
    """
    stood = ImpactJudgement.taken_back_at.is_null() | (ImpactJudgement.taken_back_at >= before)
    query = _judgements(standing_only=False).where(
        ImpactJudgement.review.in_(review_ids),
        ImpactJudgement.at < before,
        stood,
        Recommendation.is_void == False,  # noqa: E712
    )
    if first is not None:
        query = query.where(ImpactJudgement.at >= first)
    return list(query.order_by(ImpactJudgement.at, ImpactJudgement.id))


def _keeps(viewer: Viewer, narrow: ImpactFilter, each: Question) -> bool:
    if narrow.state and each.standing.state != narrow.state:
        return False
    if narrow.is_open and not each.standing.is_open:
        return False
    if narrow.outcome and (each.judgement is None or each.judgement.outcome != narrow.outcome):
        return False
    says = reach(viewer, Permission.WRITE_IMPACT) is not Reach.NONE
    is_own = says and each.waits_for(viewer.agency_id)
    return not narrow.waits or is_own or each.to_judge_by(viewer)


def _pressing(each: Question) -> tuple[Any, ...]:
    one = each.recommendation
    return _ORDER[each.standing.state], each.standing.due_on or date.max, one.review.reference, one.number


def _matching(narrow: ImpactFilter) -> Any:
    condition = EVERYTHING
    if narrow.review:
        condition = condition & (Review.reference == narrow.review.upper())
    if narrow.agency:
        agency = Agency.select(Agency.id).where(Agency.code == narrow.agency.upper())
        own = Action.select(Action.recommendation).where(
            Action.agency.in_(agency), Action.assurance == _ACCEPTED
        )
        condition = condition & Recommendation.id.in_(own)
    return condition


def _questions(
    viewer: Viewer,
    today: date,
    months: int,
    condition: Any,
    include_judged: bool,
    actions: Any = EVERYTHING,
) -> list[Question]:
    if include_judged:
        accepted = dict(_accepted(actions))
    else:
        # A month has at least 28 days; which day it is exactly the rule says.
        latest = clock.start_of(today - timedelta(days=28 * months - 1))
        accepted = {
            each: AssuranceDecision.at.python_value(at) for each, at in _accepted_before(instant=latest)
        }
        if not accepted:
            return []
    with_actions = Action.select(Action.recommendation).where(is_kept(), actions)
    judged = _newest_judgements(ImpactJudgement.recommendation.in_(with_actions))
    ids = sorted({*accepted, *(judged if include_judged else ())})
    if not ids:
        return []
    rows = Recommendation.select(Recommendation, Review).join(Review)
    rows = rows.where(
        Recommendation.id.in_(ids),
        Recommendation.withdrawn_on.is_null(),
        visible_recommendation(viewer),
        condition,
    )
    recommendations = list(rows)
    kept = [each.id for each in recommendations]
    agencies, bodies = _agencies(kept)
    told, seen = _current_accounts(kept), _own(viewer)
    found = []
    for each in recommendations:
        judgement, asked = judged.get(each.id), agencies.get(each.id, {})
        own = [one for one in told.get(each.id, ()) if judgement is None or one.at > judgement.at]
        facts = Facts(
            accepted.get(each.id),
            judgement.at if judgement else None,
            len(asked),
            len({one.agency_id for one in own} & set(asked)),
        )
        day = clock.local_date(facts.accepted_at) if facts.accepted_at else None
        stands = standing(facts, day, months, today)
        if stands is not None:
            shown = tuple(one for one in own if seen is None or one.agency_id == seen)
            people = bodies.get(each.id, frozenset())
            found.append(Question(each, stands, facts, shown, asked, people, judgement))
    return found


def _accepted(actions: Any) -> Any:
    """Return the query of (recommendation, when its last action was accepted), of those with none open.

    actions  a condition on Action: only what these belong to is looked at
    """
    is_open = (Action.standing.not_in(_CLOSED)) & (Action.assurance != _ACCEPTED)
    opened = peewee.fn.SUM(peewee.Case(None, [(is_open, 1)], 0))
    taken_back = DecisionTakenBack.select(DecisionTakenBack.decision).where(
        DecisionTakenBack.decision.is_null(False)
    )
    counts = (
        (AssuranceDecision.action == Action.id)
        & (AssuranceDecision.decision == _ACCEPTED)
        & AssuranceDecision.record.is_null()
        & (Action.assurance == _ACCEPTED)
        & AssuranceDecision.id.not_in(taken_back)
    )
    return (
        Action.select(Action.recommendation, _LAST)
        .join(AssuranceDecision, peewee.JOIN.LEFT_OUTER, on=counts)
        .where(is_kept(), Action.recommendation.is_null(False), actions)
        .group_by(Action.recommendation)
        .having(_LAST.is_null(False), opened == 0)
        .tuples()
    )


@prepared
def _accepted_before(*, instant: Any) -> Any:
    """Return these of all actions, where the last was accepted before an instant.

    Which recommendations had an action accepted is asked first: of most none was.
    """
    action, decision = Action.alias(), AssuranceDecision.alias()
    decided = action.select(action.recommendation).join(decision, on=(decision.action == action.id))
    had_one = Action.recommendation.in_(decided.where(decision.decision == _ACCEPTED))
    return _accepted(had_one).having(_LAST < instant)


def _newest_judgements(condition: Any) -> dict[int, ImpactJudgement]:
    query = _judgements().where(condition).order_by(ImpactJudgement.id)
    return {each.recommendation_id: each for each in query}


def _agencies(ids: Sequence[int]) -> tuple[dict[int, dict[int, str]], dict[int, frozenset[int]]]:
    """Return of recommendations {agency that leads what was accepted: name}, and all that had a part in it.

    An agency that closed is asked as the one that follows it. Four queries.
    """
    successors, names = Agency.successors(), dict(Agency.select(Agency.id, Agency.name).tuples())
    leading = Action.select(Action.recommendation, Action.agency).where(
        is_kept(), Action.recommendation.in_(ids), Action.assurance == _ACCEPTED
    )
    sharing = (
        JointOwner.select(Action.recommendation, JointOwner.agency)
        .join(Action)
        .where(Action.recommendation.in_(ids))
        .where(JointOwner.ended_at.is_null() | JointOwner.had_part)
    )
    asked: dict[int, dict[int, str]] = {}
    bodies: dict[int, frozenset[int]] = {}
    for recommendation_id, agency_id in leading.distinct().tuples():
        heir = heir_of(agency_id, successors)
        asked.setdefault(recommendation_id, {})[heir] = names[heir]
        bodies[recommendation_id] = bodies.get(recommendation_id, frozenset()) | body_of(
            agency_id, successors
        )
    for recommendation_id, agency_id in sharing.distinct().tuples():
        bodies[recommendation_id] = bodies.get(recommendation_id, frozenset()) | body_of(
            agency_id, successors
        )
    return asked, bodies


def _current_accounts(ids: Sequence[int]) -> dict[int, list[ImpactAccount]]:
    query = (
        ImpactAccount.select(ImpactAccount, Agency)
        .join(Agency)
        .where(
            ImpactAccount.recommendation.in_(ids),
            ImpactAccount.taken_back_at.is_null(),
        )
        .order_by(Agency.name)
    )
    found: dict[int, list[ImpactAccount]] = {}
    for each in query:
        found.setdefault(each.recommendation_id, []).append(each)
    return found


def _own(viewer: Viewer) -> int | None:
    """Return the agency whose accounts alone this person sees, by id; None where they see all."""
    return None if sees_whole(viewer) else viewer.agency_id or 0


def _own_account(viewer: Viewer) -> Any:
    own = _own(viewer)
    return EVERYTHING if own is None else ImpactAccount.agency == own


def _accounts(viewer: Viewer) -> Any:
    by = User.alias()
    return (
        ImpactAccount.select(ImpactAccount, Agency, Recommendation, Review, by)
        .join_from(ImpactAccount, Agency)
        .join_from(ImpactAccount, Recommendation)
        .join_from(Recommendation, Review)
        .join_from(ImpactAccount, by, on=(ImpactAccount.by == by.id))
        .where(_own_account(viewer))
    )


def _judgements(standing_only: bool = True) -> Any:
    query = (
        ImpactJudgement.select(ImpactJudgement, Recommendation, Review, User, Action)
        .join_from(ImpactJudgement, Recommendation)
        .join_from(Recommendation, Review)
        .join_from(ImpactJudgement, User, on=(ImpactJudgement.by == User.id))
        .join_from(ImpactJudgement, Action, peewee.JOIN.LEFT_OUTER, on=(ImpactJudgement.work == Action.id))
    )
    return query.where(ImpactJudgement.taken_back_at.is_null()) if standing_only else query
