"""The agencies concerned hear of a judgement of the difference made, on the next working morning."""

from datetime import timedelta

from kscb_actions import clock
from kscb_actions.access.policy import Role
from kscb_actions.chasing.news.models import News
from kscb_actions.chasing.news.queries import list_untold
from kscb_actions.chasing.news.rules import Kind
from kscb_actions.people.models import User
from kscb_actions.reviews.rules import ReviewFacts
from kscb_actions.reviews.service import edit_review, name_person

from ..factories import World
from .making import BACK_ON, came_back, judged, said


def heard(world: World) -> dict[User, list[str]]:
    """Return {person: the paths of what they hear of a judgement}."""
    found = {
        person: [item.path for item in items if item.kind is Kind.DIFFERENCE_JUDGED]
        for person, _, items in list_untold()
    }
    return {person: paths for person, paths in found.items() if paths}


def test_each_agency_with_an_action_hears_once_and_finds_it(world: World) -> None:
    recommendation = came_back(world, world.police, world.police, world.health)
    other = world.person("other-lead", Role.AGENCY_LEAD, agency=world.police)
    with clock.at(BACK_ON + timedelta(days=1)):
        for lead in (world.police_lead, world.health_lead):
            said(world, recommendation, by=lead)
        judged(world, recommendation)
        at = f"/reviews/{recommendation.review.reference}/recommendations/{recommendation.number}/impact"
        assert heard(world) == {world.police_lead: [at], world.health_lead: [at]}
        assert not News.select().where(News.person.in_([other, world.probation_lead])).exists()


def test_new_work_that_it_opens_is_news_of_its_own(world: World) -> None:
    recommendation = came_back(world)
    with clock.at(BACK_ON + timedelta(days=1)):
        said(world, recommendation)
        judged(world, recommendation, "none")
        assert set(heard(world)) == {world.police_lead}
        kinds = {kind for (kind,) in News.select(News.kind).where(News.person == world.health_lead).tuples()}
        assert Kind.NEW_ACTION in kinds and Kind.DIFFERENCE_JUDGED not in kinds


def test_of_a_restricted_review_only_the_named_hear(world: World) -> None:
    recommendation = came_back(world)
    review = recommendation.review
    with clock.at(BACK_ON + timedelta(days=1)):
        said(world, recommendation)
        facts = ReviewFacts(review.reference, review.kind, review.title, is_restricted=True)
        edit_review(world.manager.viewer, review, facts, review.version)
        name_person(world.manager.viewer, review, world.subgroup_member)
        judged(world, recommendation)
        assert heard(world) == {}
