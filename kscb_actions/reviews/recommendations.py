"""Changing recommendations and the agencies' answers to them."""

from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import date

from kscb_actions import clock
from kscb_actions.access.policy import Permission, Refused, Viewer
from kscb_actions.audit.service import Change, StaleEdit, change
from kscb_actions.people.models import Agency
from kscb_actions.text import InvalidInput, clean_text, one_line

from .answers.models import GivenAnswer
from .answers.rules import Given, problems_with_given, speaks
from .endings import why_nothing_asked
from .inspections.queries import is_earlier_area
from .models import AgencyResponse, Recommendation, RecommendationTheme, Review
from .queries import next_number, require_on
from .rules import Answer, RecommendationFacts, problems_with_recommendation
from .service import review_of_child_deaths


def add_recommendation(viewer: Viewer, review: Review, facts: RecommendationFacts) -> Recommendation:
    """Add the next recommendation of a review. Raises InvalidInput."""
    require_on(viewer, Permission.EDIT_REVIEW, review)
    with change(viewer) as tx:
        return add_within(tx, review, facts)


def add_learning(tx: Change, year: str, facts: RecommendationFacts) -> Recommendation:
    """Add a recommendation to what child death reviews of a reporting year taught, inside an open change.

    For who keeps panels; it goes to that review and to no other. Raises InvalidInput, Refused.
    """
    return add_within(tx, review_of_child_deaths(tx, year, clock.today()), facts)


def edit_recommendation(
    viewer: Viewer, recommendation: Recommendation, facts: RecommendationFacts, expected: int
) -> Recommendation:
    """Change a recommendation. Raises InvalidInput, StaleEdit."""
    require_on(viewer, Permission.EDIT_REVIEW, recommendation.review)
    with change(viewer) as tx:
        _apply_facts(viewer, recommendation, facts)
        tx.update(recommendation, "recommendation.changed", expected)
        _set_themes(tx, recommendation, facts.theme_ids)
    return recommendation


def answer_recommendation(
    viewer: Viewer,
    recommendation: Recommendation,
    agency: Agency,
    answer: str,
    reason: str = "",
    expected: int | None = None,
    *,
    will_do: str = "",
    why_changed: str = "",
    given_on: date | None = None,
) -> AgencyResponse:
    """Answer for one's own agency, or record what an agency answered by letter on a day (today if not told).

    Anything short of acceptance needs its reason, and so does a change of an answer; the earlier one stays.
    `expected` is the version of the answer that was seen, 0 when there was none.
    Raises InvalidInput, Refused, StaleEdit.
    """
    require_on(viewer, Permission.ANSWER_RECOMMENDATION, recommendation.review, agency.id)
    given = Given(answer, clean_text(reason), clean_text(will_do), clean_text(why_changed), given_on)
    with change(viewer) as tx:
        require_standing(recommendation.id)
        response = AgencyResponse.get_or_none(
            AgencyResponse.recommendation == recommendation, AgencyResponse.agency == agency
        ) or AgencyResponse(review=recommendation.review_id, recommendation=recommendation, agency=agency)
        if response.id and expected is not None and expected != response.version:
            # Before the reason for a change is asked for: who has not seen the answer cannot know of it.
            raise StaleEdit(response)
        problems = problems_with_given(given, response.answer, clock.today())
        if problems:
            raise InvalidInput(problems)
        return _keep_answer(tx, response, given)


def _keep_answer(tx: Change, response: AgencyResponse, given: Given) -> AgencyResponse:
    was_awaited, is_awaited = response.answer == Answer.AWAITED, given.answer == Answer.AWAITED
    given_on = given.given_on or clock.today()
    response.answer, response.reason, response.will_do = given.answer, given.reason, given.will_do
    response.first_answered_on = None if is_awaited else response.first_answered_on or given_on
    response.viewed_on = None
    if response.id:
        tx.update(response, "recommendation.answered")
    else:
        tx.add(response, "recommendation.answered")
    if not (was_awaited and is_awaited):
        row = GivenAnswer(
            review=response.review_id,
            response=response,
            answer=given.answer,
            reason=given.reason,
            will_do=given.will_do,
            why_changed="" if was_awaited else given.why_changed,
            given_on=given_on,
            is_recorded=not speaks(tx.actor, response.agency_id),
            by=tx.actor.id,
            at=clock.now(),
        )
        tx.add(row, "recommendation.answer-given")
    return response


def require_standing(recommendation_id: int) -> None:
    """Raise Refused when a recommendation has ended or is void, as it is now; inside an open change."""
    recommendation = Recommendation.get_by_id(recommendation_id)
    if recommendation.is_void:
        raise Refused("There is no such recommendation.")
    refusal = why_nothing_asked(recommendation.label, recommendation.ended_as)
    if refusal:
        raise Refused(refusal)


def add_within(tx: Change, review: Review, facts: RecommendationFacts) -> Recommendation:
    """Add the next recommendation of a review in an open change. Raises InvalidInput."""
    recommendation = Recommendation(review=review)
    _apply_facts(tx.actor, recommendation, facts)
    if Review.get_by_id(review.id).is_void:
        raise Refused("There is no such review.")
    recommendation.number = next_number(review)
    tx.add(recommendation, "recommendation.added")
    _set_themes(tx, recommendation, facts.theme_ids)
    return recommendation


def add_all_within(tx: Change, review: Review, every: Sequence[RecommendationFacts]) -> list[Recommendation]:
    """Add many recommendations without themes in an open change, as `add_within` of one after another would.

    Raises InvalidInput, with the text of the one that is wrong.
    """
    if Review.get_by_id(review.id).is_void:
        raise Refused("There is no such review.")
    every = [_cleaned(facts) for facts in every]
    numbers = {facts.published_number for facts in every} - {""}
    taken = set(
        Recommendation.select(Recommendation.published_number, Recommendation.heading)
        .where(Recommendation.review == review, Recommendation.published_number.in_(numbers))
        .tuples()
    )
    added = []
    for number, facts in enumerate(every, next_number(review)):
        problems = problems_with_recommendation(facts)
        if facts.published_number and (facts.published_number, facts.heading) in taken:
            problems["published_number"] = f"Another of this review has the number {facts.published_number}."
        if problems:
            raise InvalidInput({name: f"“{facts.text[:80]}”: {why}" for name, why in problems.items()})
        taken.add((facts.published_number, facts.heading))
        # Said of every one, so that those of an inspection with an area and without are written together.
        recommendation = Recommendation.of({"number": number, "earlier_area": None}, review=review)
        _set_facts(recommendation, facts)
        added.append(recommendation)
    tx.add_all(added, "recommendation.added")
    return added


def problems_of(review: Review, facts: RecommendationFacts, own_id: int | None = None) -> dict[str, str]:
    """Return {field: message} for what is wrong with a recommendation's facts, as they would be kept.

    Under one heading a number stands once; `own_id` is the recommendation that has it already.
    """
    facts = _cleaned(facts)
    problems = problems_with_recommendation(facts)
    if facts.published_number and "published_number" not in problems:
        other = Recommendation.get_or_none(
            Recommendation.review == review,
            Recommendation.published_number == facts.published_number,
            Recommendation.heading == facts.heading,
            Recommendation.id != (own_id or 0),
        )
        if other:
            problems["published_number"] = f"Recommendation R{other.number} of this review has this number."
    return problems


def _apply_facts(viewer: Viewer, recommendation: Recommendation, facts: RecommendationFacts) -> None:
    facts, review = _cleaned(facts), recommendation.review
    problems = problems_of(review, facts, recommendation.id)
    earlier = facts.area.earlier_id if facts.area else None
    if earlier is not None and not is_earlier_area(viewer, review, earlier):
        problems["earlier"] = "Choose from the list."
    if problems:
        raise InvalidInput(problems)
    _set_facts(recommendation, facts)


def _set_facts(recommendation: Recommendation, facts: RecommendationFacts) -> None:
    recommendation.text = facts.text
    recommendation.intended_outcome = facts.intended_outcome
    recommendation.addressed_to = facts.addressed_to
    recommendation.published_number = facts.published_number
    recommendation.heading = facts.heading
    recommendation.is_key = facts.is_key
    if facts.area is not None and recommendation.review.is_inspection:
        recommendation.area, recommendation.became = facts.area.area, facts.area.became
        recommendation.earlier_area = facts.area.earlier_id


def _cleaned(facts: RecommendationFacts) -> RecommendationFacts:
    return replace(
        facts,
        text=clean_text(facts.text),
        intended_outcome=clean_text(facts.intended_outcome),
        addressed_to=one_line(facts.addressed_to),
        published_number=one_line(facts.published_number),
        heading=one_line(facts.heading),
    )


def _set_themes(tx: Change, recommendation: Recommendation, theme_ids: Iterable[int]) -> None:
    links = RecommendationTheme.select().where(RecommendationTheme.recommendation == recommendation)
    kept = {link.theme_id: link for link in links}
    for theme_id in set(theme_ids) - set(kept):
        tx.add(
            RecommendationTheme(
                review=recommendation.review_id,
                recommendation=recommendation,
                theme=theme_id,
            ),
            "recommendation.theme-added",
        )
    for theme_id in set(kept) - set(theme_ids):
        tx.remove(kept[theme_id], "recommendation.theme-removed")
