"""A recommendation that comes of a death: in the Board's plan, with no way back from it."""

from datetime import date

import pytest

from kscb_actions import clock
from kscb_actions.access.policy import SYSTEM, Refused, Role
from kscb_actions.audit.models import AuditEvent
from kscb_actions.audit.service import change
from kscb_actions.child_deaths.cases.history import history_of
from kscb_actions.child_deaths.cases.models import ChildDeath
from kscb_actions.child_deaths.learning.lessons import join, joinable, lessons_of, recommend, take_off
from kscb_actions.child_deaths.learning.models import Lesson
from kscb_actions.reviews.models import Recommendation, Review
from kscb_actions.reviews.queries import get_review
from kscb_actions.reviews.recommendations import add_learning, add_recommendation
from kscb_actions.reviews.rules import RecommendationFacts
from kscb_actions.reviews.service import add_theme, review_of_child_deaths
from kscb_actions.text import InvalidInput

from ...factories import World
from ...factories_deaths import Panel
from ...queries import counted
from ...trail import told_to

FACTS = RecommendationFacts("Tell parents about safe sleeping.", "Fewer babies die.", "All Board agencies")


@pytest.fixture
def panel(world: World) -> Panel:
    return Panel(world)


@pytest.fixture
def death(panel: Panel) -> ChildDeath:
    return panel.death(case_number="CDR/2011/0042", circumstances="Found in the morning by a carer.")


def test_the_first_of_a_year_makes_the_review_and_the_next_finds_it(panel: Panel, death: ChildDeath) -> None:
    one, two = recommend(panel.coordinator, death, FACTS), recommend(panel.coordinator, panel.death(), FACTS)
    review = get_review(panel.world.as_viewer(panel.world.manager), "CDL-2011-12")
    assert review is not None
    assert (review.kind, review.stage, review.is_restricted) == ("child_death", "monitoring", False)
    assert review.title == "Learning from child death reviews 2011-12"
    assert [(each.review_id, each.number) for each in (one, two)] == [(review.id, 1), (review.id, 2)]
    with clock.at(date(2012, 4, 1)):
        later = recommend(panel.coordinator, death, FACTS)
    assert later.review.reference == "CDL-2012-13"


def test_the_recommendation_takes_actions_as_any_other(panel: Panel, death: ChildDeath) -> None:
    theme = add_theme(panel.world.as_viewer(panel.world.manager), "Safe sleeping")
    facts = RecommendationFacts(FACTS.text, theme_ids=(theme.id,))
    recommendation = recommend(panel.coordinator, death, facts)
    assert [link.theme_id for link in recommendation.themes] == [theme.id]
    panel.world.action(due_on=date(2012, 3, 1), recommendation=recommendation)
    panel.world.decision(panel.world.action(recommendation=recommendation))
    (learnt,) = lessons_of(panel.coordinator, death)
    assert learnt.reference == "CDL-2011-12, recommendation 1"
    assert learnt.actions == "2 actions: accepted by the Board 1; overdue 1"


def test_nothing_leads_back(panel: Panel, death: ChildDeath) -> None:
    newest = AuditEvent.select().count()
    recommendation = recommend(panel.coordinator, death, FACTS)
    review = Review.get_by_id(recommendation.review_id)
    seen = told_to(panel.world.as_viewer(panel.world.manager)).rows
    visible = {event.id for event in seen}
    told = [event for event in AuditEvent.select().where(AuditEvent.id > newest) if event.id in visible]
    assert {event.event for event in told} == {
        "review.recorded",
        "review.stage-dated",
        "recommendation.added",
    }
    written = " ".join(
        str(value)
        for row in (review, recommendation, *told)
        for value in row.__data__.values()
        if value is not None
    )
    for secret in ("CDR", "0042", "2011-11-03", "3 November", "Thanet", "thanet", "death_id", "morning"):
        assert secret not in written
    names = {field.name for model in (Review, Recommendation) for field in model._meta.sorted_fields}
    assert "death" not in names


@pytest.mark.parametrize("field", ["text", "intended_outcome", "addressed_to"])
@pytest.mark.parametrize("secret", ["case CDR 2011 0042", "on 3 November 2011", "a 1-month-old in Thanet"])
def test_what_would_lead_back_is_refused_in_every_field(
    panel: Panel, death: ChildDeath, field: str, secret: str
) -> None:
    facts = RecommendationFacts(**{"text": "Tell parents.", field: f"Learn {secret}."})
    with pytest.raises(InvalidInput) as wrong:
        recommend(panel.coordinator, death, facts)
    assert set(wrong.value.errors) == {field}
    assert (Review.select().count(), Recommendation.select().count(), Lesson.select().count()) == (0, 0, 0)


def test_an_empty_recommendation_makes_no_review(panel: Panel, death: ChildDeath) -> None:
    with pytest.raises(InvalidInput):
        recommend(panel.coordinator, death, RecommendationFacts(" "))
    assert Review.select().count() == 0


def test_only_who_keeps_panels_makes_one_and_of_a_case_they_see(panel: Panel, death: ChildDeath) -> None:
    panel.meeting(cases=[death])
    for who in (panel.world.cdop_member, panel.world.manager, panel.world.chair):
        with pytest.raises(Refused):
            recommend(panel.world.as_viewer(who), death, FACTS)
        assert lessons_of(panel.world.as_viewer(who), death) == []
    second = panel.world.person("second-coordinator", Role.CDOP_COORDINATOR)
    panel.interest(death, second)
    with pytest.raises(Refused):
        recommend(panel.world.as_viewer(second), death, FACTS)


def test_the_way_into_the_plan_leads_to_that_one_review(panel: Panel) -> None:
    """Refuse who keeps panels any edit of a review: another one, or this one by the ordinary way."""
    other = panel.world.review()
    with pytest.raises(Refused):
        add_recommendation(panel.coordinator, other, FACTS)
    with change(panel.coordinator) as tx:
        mine = add_learning(tx, "2011-12", FACTS).review
    assert mine.id != other.id
    with pytest.raises(Refused):
        add_recommendation(panel.coordinator, mine, FACTS)
    assert get_review(panel.coordinator, mine.reference) is None
    for who in (panel.world.manager, panel.world.chair, panel.world.cdop_member, panel.world.reader):
        with pytest.raises(Refused), change(panel.world.as_viewer(who)) as tx:
            add_learning(tx, "2011-12", FACTS)
    assert Recommendation.select().count() == 1


def test_a_reference_that_is_taken_is_not_written_into(panel: Panel, death: ChildDeath) -> None:
    panel.world.review("CDL-2011-12", kind="audit")
    with pytest.raises(Refused, match="CDL-2011-12"):
        recommend(panel.coordinator, death, FACTS)
    with pytest.raises(Refused), change(panel.coordinator) as tx:
        review_of_child_deaths(tx, "2011-12", clock.today())


def test_a_restricted_review_keeps_its_words_to_itself(panel: Panel, death: ChildDeath) -> None:
    review = recommend(panel.coordinator, death, FACTS).review
    review.is_restricted = True
    with change(SYSTEM) as tx:
        tx.update(review, "review.changed")
    (learnt,) = lessons_of(panel.coordinator, death)
    assert (learnt.text, learnt.actions) == ("", "No action yet")


def test_reading_takes_no_more_queries_with_more_recommendations(panel: Panel, death: ChildDeath) -> None:
    recommend(panel.coordinator, death, FACTS)
    with counted() as few:
        lessons_of(panel.coordinator, death)
    for _ in range(3):
        panel.world.action(recommendation=recommend(panel.coordinator, death, FACTS))
    with counted() as many:
        lessons_of(panel.coordinator, death)
    assert int(many) == int(few)


def test_one_recommendation_comes_of_several_deaths_and_answers_several_lessons(
    panel: Panel, death: ChildDeath
) -> None:
    other = panel.death()
    row = recommend(panel.coordinator, death, FACTS, ["Bedding", "The sofa"])
    join(panel.coordinator, other, row, ["A cot was not to be had."])
    join(panel.coordinator, other, row, ["A cot was not to be had.", "No visit."])
    (learnt,) = lessons_of(panel.coordinator, other)
    assert learnt.found == ("A cot was not to be had.", "No visit.")
    assert learnt.others == ((death.id, death.case_number),)
    (first,) = lessons_of(panel.coordinator, death)
    assert (first.found, first.others) == (("Bedding", "The sofa"), ((other.id, other.case_number),))
    with pytest.raises(InvalidInput, match="already"):
        join(panel.coordinator, other, row, ["No visit."])
    assert joinable(panel.coordinator) == [row] and Recommendation.select().count() == 1


def test_a_case_joined_by_mistake_is_taken_off_and_its_history_keeps_it(
    panel: Panel, death: ChildDeath
) -> None:
    other = panel.death()
    row = recommend(panel.coordinator, death, FACTS)
    with pytest.raises(Refused, match="no other case"):
        take_off(panel.coordinator, death, row, "Wrong.")
    join(panel.coordinator, other, row)
    with pytest.raises(InvalidInput, match="Say why"):
        take_off(panel.coordinator, other, row, " ")
    take_off(panel.coordinator, other, row, "Another case was meant.")
    join(panel.coordinator, panel.death(), row)
    assert lessons_of(panel.coordinator, other) == []
    titles = [each.title for each in history_of(other, {})]
    assert titles[:2] == ["Recommendation taken off a case", "Recommendation joined to another case"]
    with pytest.raises(Refused):
        take_off(panel.coordinator, other, row, "Again.")


def test_what_cannot_be_joined_is_refused(panel: Panel, death: ChildDeath) -> None:
    other = panel.death(age_days=800)
    stray = panel.world.recommendation()
    near = recommend(panel.coordinator, other, RecommendationFacts("For a 1-month-old in Thanet."))
    with pytest.raises(InvalidInput, match="lead back"):
        join(panel.coordinator, death, near)
    for wrong in (None, stray):
        with pytest.raises(InvalidInput, match="from the list"):
            join(panel.coordinator, death, wrong)
    for who in (panel.member, panel.world.as_viewer(panel.world.manager)):
        assert joinable(who) == []
        with pytest.raises(Refused):
            join(who, death, near)
        with pytest.raises(Refused):
            take_off(who, other, near, "No.")
    assert Lesson.select().count() == 1
