"""What a death teaches, as a recommendation in the Board's plan. The plan does not refer to the death.

A death may lead to several recommendations, a recommendation come of several deaths, and answer several
lessons of each.
"""

import json
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from kscb_actions import clock
from kscb_actions.access.policy import SYSTEM, Permission, Reach, Refused, Viewer, reach, require
from kscb_actions.actions.models import Action, facts_of
from kscb_actions.actions.moves import moves_of
from kscb_actions.actions.narrowing import visible_action
from kscb_actions.actions.rating import RULE_NAMES, rate
from kscb_actions.audit.service import Change, change
from kscb_actions.child_deaths.cases.models import ChildDeath
from kscb_actions.child_deaths.identity import problems_with_reason
from kscb_actions.child_deaths.visibility import get_death, visible_death
from kscb_actions.child_deaths.years import year_of
from kscb_actions.reviews.endings import ENDED_BY_BOARD
from kscb_actions.reviews.models import Recommendation, Review
from kscb_actions.reviews.queries import visible_recommendation
from kscb_actions.reviews.recommendations import add_learning
from kscb_actions.reviews.rules import RecommendationFacts
from kscb_actions.settings.districts import read_districts
from kscb_actions.settings.queries import get_board
from kscb_actions.settings.rules import BESIDE, Thresholds
from kscb_actions.terms import say, say_later
from kscb_actions.text import InvalidInput, clean_text
from kscb_actions.wording import lower_first, plural

from .models import Lesson
from .rules import why_identifies_case

LEADS_BACK = say_later(
    "Its words would lead back to this case. Make a recommendation of its own, or ask the board manager to "
    "change the words."
)
JOINED_ALREADY = "It comes of this case already. Tick what else it answers, or leave it as it is."
LAST_CASE = say_later(
    "It comes of no other case. If it should not be in the plan at all, ask the board manager to withdraw it "
    "or to mark it as recorded in error."
)


@dataclass(frozen=True)
class LessonProgress:
    """Hold a recommendation that came of a case, and how its actions are rated, in words.

    `text` is "" where the Board has restricted the review. `withdrawn_on` is the day on which it ended, if it
    did, and `ended` says how; why is the Board's own.

    found   what the panel found in this case that it answers, in words
    others  (id, number) of the other cases it came of, as far as the reader may see them
    """

    reference: str
    text: str
    actions: str
    withdrawn_on: date | None = None
    ended: str = ""
    recommendation_id: int = 0
    found: tuple[str, ...] = ()
    others: tuple[tuple[int, str], ...] = ()


def recommend(
    viewer: Viewer, death: ChildDeath, facts: RecommendationFacts, found: Sequence[str] = ()
) -> Recommendation:
    """Make a recommendation of what a death taught, in this reporting year's plan of child death reviews.

    Nothing of it identifies the case: neither the recommendation, nor its review, nor the audit events of
    them. `found` is what the panel found there that it answers. Raise InvalidInput, Refused.
    """
    require(viewer, Permission.KEEP_PANELS)
    with change(viewer) as tx:
        seen = _seen(viewer, death)
        if problems := problems_with_anonymity(seen, facts):
            raise InvalidInput(problems)
        recommendation = add_learning(tx, year_of(clock.today()), facts)
        _add(tx, seen, recommendation, found, "lesson.recorded")
        return recommendation


def join(
    viewer: Viewer, death: ChildDeath, recommendation: Recommendation | None, found: Sequence[str] = ()
) -> Lesson:
    """Say that a recommendation there is came of this death too, or what else found there it answers.

    Raise InvalidInput, Refused.
    """
    require(viewer, Permission.KEEP_PANELS)
    with change(viewer) as tx:
        seen = _seen(viewer, death)
        if recommendation is None or recommendation not in joinable(viewer):
            raise InvalidInput({"recommendation": "Choose a recommendation from the list."})
        facts = RecommendationFacts(
            recommendation.text, recommendation.intended_outcome, recommendation.addressed_to
        )
        if problems_with_anonymity(seen, facts):
            raise InvalidInput({"recommendation": say(LEADS_BACK)})
        lesson = Lesson.get_or_none(Lesson.death == seen, Lesson.recommendation == recommendation)
        if lesson is None:
            return _add(tx, seen, recommendation, found, "lesson.joined")
        before = json.loads(lesson.found)
        more = [each for each in found if each not in before]
        if not more:
            raise InvalidInput({"recommendation": JOINED_ALREADY})
        lesson.found = _as_json([*before, *more])
        return tx.update(lesson, "lesson.changed")


def take_off(viewer: Viewer, death: ChildDeath, recommendation: Recommendation, reason: str) -> None:
    """Take a recommendation off a case to which it was joined by mistake, with the reason.

    What it came of first can be put right in the Board's plan alone. Raise InvalidInput, Refused.
    """
    require(viewer, Permission.KEEP_PANELS)
    reason = clean_text(reason)
    with change(viewer) as tx:
        seen = _seen(viewer, death)
        lesson = Lesson.get_or_none(Lesson.death == seen, Lesson.recommendation == recommendation)
        if lesson is None:
            raise Refused("This recommendation does not come of the case.")
        if not Lesson.select().where(Lesson.recommendation == recommendation, Lesson.death != seen).exists():
            raise Refused(say(LAST_CASE))
        if problems := problems_with_reason(reason):
            raise InvalidInput(problems)
        tx.remove(lesson, "lesson.taken-off", {"reason": reason})


def joinable(viewer: Viewer) -> list[Recommendation]:
    """Return the recommendations of child deaths that stand, the latest first; for who keeps panels.

    None of a restricted review, whose words are the Board's own. One query.
    """
    if not viewer.is_system and reach(viewer, Permission.KEEP_PANELS) is Reach.NONE:
        return []
    query = (
        Recommendation.select(Recommendation, Review)
        .join(Review)
        .where(
            Recommendation.id.in_(Lesson.select(Lesson.recommendation)),
            Recommendation.withdrawn_on.is_null(),
            ~Review.is_restricted,
            visible_recommendation(SYSTEM),
        )
    )
    return list(query.order_by(Review.order_key.desc(), Recommendation.number.desc()))


def get_lesson(viewer: Viewer, death_id: int, recommendation_id: int) -> Lesson | None:
    """Return that a recommendation came of a case, with both; None where that is not so, or hidden."""
    return (
        Lesson.select(Lesson, ChildDeath, Recommendation)
        .join_from(Lesson, ChildDeath)
        .join_from(Lesson, Recommendation)
        .where(Lesson.death == death_id, Lesson.recommendation == recommendation_id, visible_death(viewer))
        .first()
    )


def _seen(viewer: Viewer, death: ChildDeath) -> ChildDeath:
    seen = ChildDeath.get_by_id(death.id) if viewer.is_system else get_death(viewer, death.id)
    if seen is None:
        raise Refused("There is no such case.")
    return seen


def _add(
    tx: Change, death: ChildDeath, recommendation: Recommendation, found: Sequence[str], event: str
) -> Lesson:
    row = Lesson(death=death, recommendation=recommendation, found=_as_json(found), recorded_at=clock.now())
    return tx.add(row, event)


def _as_json(found: Sequence[str]) -> str:
    return json.dumps(list(dict.fromkeys(found)), ensure_ascii=False)


def problems_with_anonymity(death: ChildDeath, facts: RecommendationFacts) -> dict[str, str]:
    """Return {field: message} for what in a recommendation would identify the case."""
    texts = {
        "text": facts.text,
        "intended_outcome": facts.intended_outcome,
        "addressed_to": facts.addressed_to,
    }
    age, first = (death.age_number, death.age_unit), death.district.replace("_", " ")
    is_outside = death.district in BESIDE
    called = set() if is_outside else {read_districts().names.get(death.district, first), first}
    found = {
        name: why_identifies_case(text, death.case_number, death.died_on, called, age, texts.values())
        for name, text in texts.items()
    }
    return {name: why for name, why in found.items() if why}


def lessons_of(viewer: Viewer, death: ChildDeath) -> list[LessonProgress]:
    """Return what came of a case, for who keeps panels: its recommendations with counts of their actions."""
    if reach(viewer, Permission.KEEP_PANELS) is Reach.NONE or get_death(viewer, death.id) is None:
        return []
    rows = list(
        Lesson.select(Lesson, Recommendation, Review)
        .join_from(Lesson, Recommendation)
        .join_from(Recommendation, Review)
        .where(Lesson.death == death, visible_recommendation(SYSTEM))
        .order_by(Lesson.id)
    )
    ids = [row.recommendation_id for row in rows]
    ratings = count_ratings(ids, clock.today(), get_board().thresholds)
    others = _other_cases(viewer, death, ids)
    return [_progress_of(row, ratings[row.recommendation_id], others[row.recommendation_id]) for row in rows]


def _other_cases(
    viewer: Viewer, death: ChildDeath, ids: Sequence[int]
) -> defaultdict[int, list[tuple[int, str]]]:
    found: defaultdict[int, list[tuple[int, str]]] = defaultdict(list)
    query = (
        Lesson.select(Lesson.recommendation, ChildDeath.id, ChildDeath.case_number)
        .join(ChildDeath)
        .where(Lesson.recommendation.in_(ids), Lesson.death != death, visible_death(viewer))
        .order_by(ChildDeath.order_key)
    )
    for recommendation_id, death_id, number in query.tuples():
        found[recommendation_id].append((death_id, number))
    return found


def count_ratings(ids: Iterable[int], today: date, thresholds: Thresholds) -> dict[int, Counter[str]]:
    """Return how many actions of each of these recommendations each rule of rating rates. Two queries."""
    ratings: dict[int, Counter[str]] = {each: Counter() for each in ids}
    actions = list(Action.select().where(Action.recommendation.in_(list(ratings)), visible_action(SYSTEM)))
    moves = moves_of(action.id for action in actions)
    for action in actions:
        facts = facts_of(action, moves[action.id])
        ratings[action.recommendation_id][rate(facts, today, thresholds).code] += 1
    return ratings


def ratings_in_words(ratings: Counter[str]) -> str:
    """Return how many actions each rule of rating rates, in the order in which the rules are asked."""
    if not ratings:
        return "No action yet"
    words = [f"{lower_first(name)} {ratings[code]}" for code, name in RULE_NAMES.items() if ratings[code]]
    return f"{plural(ratings.total(), 'action')}: {'; '.join(words)}"


def _progress_of(lesson: Lesson, ratings: Counter[str], others: Sequence[tuple[int, str]]) -> LessonProgress:
    recommendation, review = lesson.recommendation, lesson.recommendation.review
    text = "" if review.is_restricted else recommendation.text
    reference = f"{review.reference}, recommendation {recommendation.label}"
    # Nobody waits for actions of what has ended, so that there are none is not said of it.
    actions = ratings_in_words(ratings) if ratings or not recommendation.withdrawn_on else ""
    ended = ENDED_BY_BOARD[recommendation.ended_as] if recommendation.ended_as else ""
    return LessonProgress(
        reference,
        text,
        actions,
        recommendation.withdrawn_on,
        ended,
        recommendation.id,
        tuple(json.loads(lesson.found)),
        tuple(others),
    )
