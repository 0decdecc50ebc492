"""Marking, bringing back, and a wrong agency: what changes, what is refused, and what past days say."""

from datetime import date

import pytest

from kscb_actions import clock
from kscb_actions.access.policy import SYSTEM, Refused
from kscb_actions.actions.extensions import ask_extension
from kscb_actions.actions.handover import unfinished
from kscb_actions.actions.models import Action, Extension
from kscb_actions.actions.narrowing import visible_action
from kscb_actions.actions.queries import get_action
from kscb_actions.actions.rules import VOID
from kscb_actions.actions.service import ActionFacts, add_actions, set_standing, update_progress
from kscb_actions.assurance.challenges.service import Subject, raise_challenge
from kscb_actions.assurance.voiding.agency import correct_agency
from kscb_actions.assurance.voiding.queries import voided
from kscb_actions.assurance.voiding.service import restore, void
from kscb_actions.audit.models import AuditEvent
from kscb_actions.audit.service import StaleEdit, change
from kscb_actions.chasing.providers import registered
from kscb_actions.chasing.service import chase
from kscb_actions.child_deaths.learning.lessons import lessons_of, recommend
from kscb_actions.database import reading
from kscb_actions.figures.annual.lessons import lessons
from kscb_actions.mail.models import OutboxItem, OutboxMessage
from kscb_actions.mail.rules import About
from kscb_actions.mail.service import queue
from kscb_actions.reports.content import Table
from kscb_actions.reports.progress.appendices import Appendix
from kscb_actions.reports.progress.report import build_progress
from kscb_actions.reports.progress.scope import ReportRequest
from kscb_actions.reviews.models import AgencyResponse, Recommendation, Review
from kscb_actions.reviews.queries import ReviewFilter, find_reviews, get_recommendation, get_review
from kscb_actions.reviews.rules import RecommendationFacts
from kscb_actions.settings.queries import get_board
from kscb_actions.text import InvalidInput

from ...factories import TODAY, World
from ...factories_deaths import Panel


def now(row: Action) -> Action:
    return Action.get_by_id(row.id)


def events(name: str) -> list[AuditEvent]:
    return list(AuditEvent.select().where(AuditEvent.event == name))


def test_what_nobody_has_acted_on_is_marked_without_a_reason(world: World) -> None:
    action, manager = world.action(), world.as_viewer(world.manager)
    void(manager, action, "", action.version)
    assert now(action).standing == VOID
    assert get_action(SYSTEM, action.review.reference, action.number) is None
    (event,) = events("action.voided")
    assert (event.action_id, event.actor_name) == (action.id, "Manager")


def test_afterwards_only_with_a_reason(world: World) -> None:
    action, manager = world.progress(world.action()), world.as_viewer(world.manager)
    with pytest.raises(InvalidInput) as refusal:
        void(manager, action, "  ", action.version)
    assert refusal.value.errors["reason"].startswith("Say why")
    assert now(action).standing == "active"
    void(manager, now(action), "A double.", action.version)
    assert voided(now(action)).reason == "A double."
    with pytest.raises(Refused):
        void(manager, now(action), "A double.", now(action).version)


@pytest.mark.parametrize("who", ["chair", "police_lead", "reader", "independent_chair", "subgroup_member"])
def test_nobody_else_marks_or_brings_back(world: World, who: str) -> None:
    action, person = world.action(), world.as_viewer(getattr(world, who))
    for row in (action, action.recommendation, action.review):
        with pytest.raises(Refused):
            void(person, row, "A double.", row.version)
    void(world.as_viewer(world.manager), action, "", action.version)
    with pytest.raises(Refused):
        restore(person, now(action), "No.", 2)
    with pytest.raises(Refused):
        correct_agency(person, world.action(), world.health, None, 1)


def test_a_restricted_review_is_for_who_is_named(world: World) -> None:
    action = world.action(
        agency=world.probation, recommendation=world.recommendation(world.review(is_restricted=True))
    )
    other = world.person("other-manager", *world.manager.role_set)
    with pytest.raises(Refused):
        void(other.viewer, action, "", action.version)


def test_numbers_are_not_given_again(world: World) -> None:
    manager, review = world.as_viewer(world.manager), world.review()
    first, second = world.recommendation(review), world.recommendation(review)
    action = world.action(recommendation=first)
    void(manager, action, "", action.version)
    void(manager, second, "", second.version)
    assert world.action(recommendation=first).number == action.number + 1
    assert world.recommendation(review).number == second.number + 1
    row = Review.get_by_id(review.id)
    void(manager, row, "", row.version)
    with pytest.raises(InvalidInput):
        world.review(review.reference)


def test_what_belongs_to_it_goes_with_it_and_comes_back_with_it(world: World) -> None:
    manager, review = world.as_viewer(world.manager), world.review()
    recommendation = world.recommendation(review)
    alone, held = (world.action(recommendation=recommendation) for _ in range(2))
    other = world.action(recommendation=world.recommendation(review))
    set_standing(manager, now(held), "on_hold", "Waits.")
    void(manager, now(alone), "", 1)
    void(manager, Recommendation.get_by_id(recommendation.id), "", recommendation.version)
    assert [now(each).standing for each in (alone, held, other)] == [VOID, VOID, "active"]
    row = Review.get_by_id(review.id)
    void(manager, row, "", row.version)
    assert now(other).standing == VOID and get_review(SYSTEM, review.reference) is None
    with pytest.raises(InvalidInput) as refusal:
        restore(manager, now(held), "It is none.", now(held).version)
    assert "review" in refusal.value.errors["above"]
    row = Review.get_by_id(review.id)
    restore(manager, row, "It is none.", row.version)
    assert [now(each).standing for each in (alone, held, other)] == [VOID, VOID, "active"]
    assert get_recommendation(SYSTEM, review.reference, recommendation.number) is None
    row = Recommendation.get_by_id(recommendation.id)
    restore(manager, row, "It is none.", row.version)
    assert [now(each).standing for each in (alone, held, other)] == [VOID, "on_hold", "active"]


def test_an_agency_asked_because_of_it_alone_sees_the_review_no_more(world: World) -> None:
    action, manager = world.action(agency=world.health), world.as_viewer(world.manager)
    lead = world.as_viewer(world.health_lead)
    assert find_reviews(lead, ReviewFilter()).total == 1
    void(manager, action, "", action.version)
    assert find_reviews(lead, ReviewFilter()).total == 0 and AgencyResponse.select().count() == 0
    restore(manager, now(action), "It is none.", 2)
    assert find_reviews(lead, ReviewFilter()).total == 1


def test_two_at_once_the_agency_is_told_and_nothing_is_added(world: World) -> None:
    action, manager = world.action(date(2012, 5, 1)), world.as_viewer(world.manager)
    seen, again, third = now(action), now(action), now(action)
    void(manager, now(action), "", action.version)
    lead = world.as_viewer(world.police_lead)
    with pytest.raises(StaleEdit) as stale:
        update_progress(lead, seen, "in_progress", "Begun.", seen.version)
    assert stale.value.current.standing == VOID
    with pytest.raises(InvalidInput) as refusal:
        ask_extension(lead, again, date(2012, 9, 1), "Late.")
    assert "recorded in error" in refusal.value.errors["due_on"]
    with pytest.raises(Refused, match="recorded in error"):
        world.evidence(third)
    with pytest.raises(Refused, match="recorded in error"):
        subject = Subject(world.police, third, third.recommendation)
        raise_challenge(world.as_viewer(world.second_chair), subject, "lead", "Why?", date(2012, 4, 20), "")
    assert Extension.select().count() == 0


def test_nothing_is_added_to_a_recommendation_or_review_marked_meanwhile(world: World) -> None:
    manager, recommendation = world.as_viewer(world.manager), world.recommendation()
    review = recommendation.review
    row = Review.get_by_id(review.id)
    void(manager, row, "", row.version)
    with pytest.raises(Refused):
        add_actions(manager, recommendation, [world.police], ActionFacts("Do it."))
    with pytest.raises(Refused):
        world.recommendation(review)


def test_two_managers_mark_and_change_at_once(world: World) -> None:
    action, manager = world.action(), world.as_viewer(world.manager)
    seen = now(action)
    set_standing(manager, now(action), "on_hold", "Waits.")
    with pytest.raises(StaleEdit):
        void(manager, seen, "", seen.version)
    assert now(action).standing == "on_hold"


def test_a_message_that_waits_is_withheld_or_shortened(world: World) -> None:
    one, two = world.action(date(2012, 3, 1)), world.action(date(2012, 3, 2))
    (digest,) = [
        message for provider in registered() for message in chase(provider, TODAY, "http://h").messages
    ]
    manager = world.as_viewer(world.manager)
    with change(manager) as tx:
        about = [About(one.review_id, one.id)]
        alone = queue(tx, world.police_lead, f"About {one.reference}", f"{one.reference}", about)
    assert OutboxItem.select().count() == 3 and digest
    void(manager, now(one), "A double.", 1)
    alone = OutboxMessage.get_by_id(alone.id)
    assert (alone.state, alone.last_error) == ("dropped", "What it tells of was recorded in error.")
    (waiting,) = OutboxMessage.select().where(OutboxMessage.state == "queued")
    assert one.reference not in waiting.subject + waiting.body and two.reference in waiting.body
    assert f"/actions/{two.number}" in waiting.body
    void(manager, now(two), "A double.", 1)
    assert OutboxMessage.select().where(OutboxMessage.state == "queued").count() == 0


def test_a_lesson_recorded_in_error_is_in_no_case_and_in_no_report(world: World) -> None:
    panel, manager = Panel(world), world.as_viewer(world.manager)
    death = panel.death()
    panel.decision(death)
    learnt = recommend(panel.coordinator, death, RecommendationFacts("Tell every parent of it."))
    assert len(lessons_of(panel.coordinator, death)) == 1
    assert len(lessons("2011-12", TODAY, get_board().thresholds)) == 1
    action = world.action(recommendation=learnt)
    void(manager, action, "", action.version)
    (told,) = lessons_of(panel.coordinator, death)
    assert told.actions == "No action yet"
    void(manager, Recommendation.get_by_id(learnt.id), "", learnt.version)
    assert lessons_of(panel.coordinator, death) == []
    assert lessons("2011-12", TODAY, get_board().thresholds) == []


def words_of_paper(day: date) -> str:
    """Return all that stands in the tables of the paper as at a day."""
    with reading():
        report = build_progress(
            SYSTEM, get_board(), ReportRequest(as_at=day, appendices=tuple(Appendix)), clock.today()
        )
        blocks = (block for section in report.sections for block in section.blocks)
        return repr([list(block.rows) for block in blocks if isinstance(block, Table)])


def test_a_past_day_is_computed_with_the_right_agency(world: World) -> None:
    manager = world.as_viewer(world.manager)
    with clock.at(date(2012, 1, 10)):
        action = world.action(date(2012, 5, 1))
        world.action(date(2012, 5, 1), agency=world.probation)
    with clock.at(date(2012, 2, 10)):
        correct_agency(manager, now(action), world.health, world.health_lead, 1)
    assert (now(action).agency_id, now(action).lead_id) == (world.health.id, world.health_lead.id)
    for day in (date(2012, 1, 20), date(2012, 2, 20), TODAY):
        text = words_of_paper(day)
        assert "NHS Kent and Medway" in text and "Kent Police" not in text, day
    assert [each.agency_id for each in AgencyResponse.select().order_by(AgencyResponse.agency)] == [
        world.health.id,
        world.probation.id,
    ]
    assert [each.event for each in events("recommendation.answer-not-asked")] != []


def test_a_wrong_agency_is_put_right_until_it_acts(world: World) -> None:
    manager, action = world.as_viewer(world.manager), world.action()
    with pytest.raises(InvalidInput) as refusal:
        correct_agency(manager, now(action), world.police, None, 1)
    assert set(refusal.value.errors) == {"agency"}
    with pytest.raises(InvalidInput) as refusal:
        correct_agency(manager, now(action), world.health, world.police_lead, 1)
    assert set(refusal.value.errors) == {"lead"}
    seen = now(action)
    world.progress(now(action))
    with pytest.raises(InvalidInput) as refusal:
        correct_agency(manager, seen, world.health, world.health_lead, seen.version)
    assert "hand the action to that one" in refusal.value.errors["agency"]
    assert now(action).agency_id == world.police.id


def test_no_void_action_is_unfinished_or_seen_by_the_system(world: World) -> None:
    action = world.action()
    void(world.as_viewer(world.manager), action, "", action.version)
    assert Action.select().where(*unfinished()).count() == 0
    assert Action.select().where(visible_action(SYSTEM)).count() == 0
