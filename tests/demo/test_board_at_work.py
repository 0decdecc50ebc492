"""What the demonstration's Board asked, put right and arranged: one of each is there to be looked at."""

import json
from datetime import date

import pytest

from kscb_actions.access.policy import SYSTEM
from kscb_actions.actions.milestones.models import Milestone
from kscb_actions.actions.models import Action, Contribution, Extension, JointOwner
from kscb_actions.actions.queries import get_action
from kscb_actions.actions.rules import DATE_CORRECTED, VOID
from kscb_actions.assurance.challenges.models import Challenge
from kscb_actions.assurance.challenges.rules import Level, State
from kscb_actions.audit.models import AuditEvent
from kscb_actions.chasing.news.models import News
from kscb_actions.chasing.news.queries import count_new, list_news, list_untold
from kscb_actions.demo.content import AS_AT, read_content
from kscb_actions.demo.loader import NEW_SINCE
from kscb_actions.mail.models import OutboxMessage
from kscb_actions.people.models import Agency, User
from kscb_actions.reviews.models import Recommendation, Review, StatutoryClock
from kscb_actions.reviews.queries import list_stages

from ..demonstration import Demonstration

REVIEW = "SCR-2011-02"
A_HANDFUL = 10


def test_challenges_stand_at_three_levels_and_in_every_state(loaded: Demonstration) -> None:
    found = {(each.level, each.state) for each in Challenge.select()}
    assert {level for level, _ in found} == {Level.LEAD, Level.BOARD_MEMBER, Level.INDEPENDENT_CHAIR}
    assert {state for _, state in found} == set(State)
    assert {(Level.BOARD_MEMBER, State.OPEN), (Level.INDEPENDENT_CHAIR, State.ANSWERED)} <= found
    assert all(each.outcome for each in Challenge.select().where(Challenge.state == State.CLOSED))


def test_a_due_date_was_typed_ten_years_early_and_put_right(loaded: Demonstration) -> None:
    (event,) = AuditEvent.select().where(AuditEvent.event == DATE_CORRECTED)
    detail = json.loads(event.detail)
    assert (detail["instead_of"], detail["to"]) == ("2002-03-16", "2012-03-16")
    assert detail["entry_error"] and "Typed 2002 for 2012" in detail["reason"]
    action = Action.get_by_id(event.object_id)
    assert action.original_due_on == action.current_due_on == date(2012, 3, 16)
    assert not Extension.select().where(Extension.action == action).exists(), "no extension is counted"
    plots = {plot.key: plot for review in read_content().reviews for plot in review.plots()}
    assert plots[action.reference].own["typed"] == date(2002, 3, 16)


def test_a_stage_was_typed_ten_years_early_and_put_right(loaded: Demonstration) -> None:
    (event,) = AuditEvent.select().where(AuditEvent.event == "review.stage-corrected")
    assert "Typed 2002 for 2012" in json.loads(event.detail)["reason"]
    review = Review.get(Review.reference == REVIEW)
    reached = [(stage.stage, stage.reached_on) for stage in list_stages(review)]
    assert ("report_to_board", date(2012, 1, 13)) in reached
    assert all(on.year != 2002 for _, on in reached)
    clocks = list(StatutoryClock.select().where(StatutoryClock.review == review))
    assert clocks and all(clock.met_on is None or clock.met_on.year > 2010 for clock in clocks)


def test_a_double_is_marked_as_recorded_in_error(loaded: Demonstration) -> None:
    (double,) = Action.select().where(Action.standing == VOID)
    first = Action.get(Action.text == double.text, Action.id != double.id)
    assert (first.review, first.agency, first.standing) == (double.review, double.agency, "active")
    assert get_action(SYSTEM, double.review.reference, double.number) is None
    (event,) = AuditEvent.select().where(AuditEvent.event == "action.voided")
    assert json.loads(event.detail)["reason"]


def test_an_action_has_a_joint_owner_and_two_milestones(loaded: Demonstration) -> None:
    (joint,) = JointOwner.select()
    assert joint.ended_at is None and joint.had_part and joint.contact.agency_id == joint.agency_id
    assert [said.agency for said in Contribution.select().where(Contribution.action == joint.action)] == [
        joint.agency
    ]
    reached = [each.done_on for each in Milestone.select().where(Milestone.action == joint.action)]
    assert len(reached) == 2 and reached.count(None) == 1


def test_an_action_came_from_an_agency_that_closed(loaded: Demonstration) -> None:
    (closed,) = Agency.select().where(Agency.closed_on.is_null(False))
    assert closed.successor is not None and not closed.is_active
    assert not Action.select().where(Action.agency == closed).exists()
    (event,) = AuditEvent.select().where(AuditEvent.event == "action.transferred")
    moved = Action.get_by_id(event.object_id)
    assert moved.agency == closed.successor and moved.lead.agency == closed.successor
    assert json.loads(event.detail)["from"] == closed.name


def test_a_review_has_its_reports_numbers_headings_and_key_marks(loaded: Demonstration) -> None:
    review = Review.get(Review.reference == REVIEW)
    own = list(Recommendation.select().where(Recommendation.review == review))
    assert all(each.published_number and each.heading for each in own)
    assert 0 < sum(each.is_key for each in own) < len(own)
    assert [each.ended_as for each in Recommendation.select() if each.ended_as] == ["noted"]


@pytest.mark.parametrize(
    "email", ["named.nurse@kent-community-health.example", *(e for e, _ in read_content().begin_with[1:4])]
)
def test_who_begins_finds_a_handful_of_news(loaded: Demonstration, email: str) -> None:
    viewer = User.get(User.email == email).viewer
    assert 0 < count_new(viewer) <= A_HANDFUL
    days = {shown.item.happened_on for shown in list_news(viewer).rows}
    assert NEW_SINCE <= min(days) and max(days) <= AS_AT


def test_news_makes_no_message_of_the_demonstration(loaded: Demonstration) -> None:
    assert News.select().exists() and list_untold() == []
    told = OutboxMessage.select().where(OutboxMessage.body.contains("New for you"))
    assert told.count() == 0
