"""Questions to agencies for tests, through the application's own operations."""

from datetime import date

from kscb_actions.access.policy import SYSTEM
from kscb_actions.audit.service import change
from kscb_actions.reviews.answers.service import ask_for_answers
from kscb_actions.reviews.models import AgencyResponse, NamedPerson, Recommendation, Review
from kscb_actions.reviews.queries import get_response
from kscb_actions.reviews.recommendations import answer_recommendation

from ...factories import World

URL = "https://board.example"
ANSWER_BY = date(2012, 4, 20)


def planned(world: World, reference: str = "SCR-2011-02", **facts: object) -> Review:
    """Return a review with two recommendations: the first for police and health, the second for police."""
    review = world.review(reference, **facts)
    if review.is_restricted:
        # Only while the plan is made: an action's lead has to be named.
        with change(SYSTEM) as tx:
            named = [
                tx.add(NamedPerson(review=review, user=user), "review.person-named")
                for user in (world.police_lead, world.health_lead)
            ]
    first, second = world.recommendation(review), world.recommendation(review, text="Train the staff.")
    for recommendation, agency in ((first, world.police), (first, world.health), (second, world.police)):
        world.action(agency=agency, recommendation=recommendation)
    if review.is_restricted:
        with change(SYSTEM) as tx:
            for each in named:
                tx.remove(each, "review.person-unnamed")
    return review


def asked(world: World, review: Review, *codes: str, due_on: date = ANSWER_BY) -> None:
    """Ask agencies (all that the plan names unless told otherwise) for their answers."""
    ask_for_answers(world.as_viewer(world.manager), review, codes or ("KPOL", "NHSK"), due_on, URL)


def answered(world: World, review: Review, number: int, answer: str, **more: object) -> AgencyResponse:
    """Answer a recommendation for the police, by their lead."""
    recommendation = Recommendation.get(Recommendation.review == review, Recommendation.number == number)
    lead = world.as_viewer(world.police_lead)
    reason = "" if answer == "accepted" else "No budget."
    return answer_recommendation(lead, recommendation, world.police, answer, reason, **more)  # type: ignore[arg-type]


def of_police(world: World, review: Review, number: int = 1) -> AgencyResponse:
    """Return the answer of the police to a recommendation, as the manager fetches it."""
    found = get_response(world.as_viewer(world.manager), review.reference, number, "KPOL")
    assert found is not None
    return found
