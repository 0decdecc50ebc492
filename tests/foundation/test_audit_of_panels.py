"""What the panel's people change, and the events that tell of it, are the same, one to one."""

from collections.abc import Callable
from dataclasses import replace
from datetime import date

import pytest

from kscb_actions import clock
from kscb_actions.access.policy import Role
from kscb_actions.child_deaths.cases.models import ChildDeath
from kscb_actions.child_deaths.drafting.models import DraftComment
from kscb_actions.child_deaths.drafting.service import comment, correct_comment, name_drafters, save_draft
from kscb_actions.child_deaths.judging.decisions import decide
from kscb_actions.child_deaths.judging.proposals import close_proposals
from kscb_actions.child_deaths.learning.lessons import join, recommend, take_off
from kscb_actions.child_deaths.learning.models import Referral
from kscb_actions.child_deaths.learning.referrals import answer_referral, record_referral
from kscb_actions.child_deaths.meetings import interests, service
from kscb_actions.child_deaths.meetings.models import Attendance, Interest, PanelCase, PanelMeeting
from kscb_actions.reviews.models import Recommendation
from kscb_actions.reviews.rules import RecommendationFacts

from ..factories import TODAY, World
from ..factories_deaths import JUDGED, Panel
from .test_audit_is_complete import unaudited

OTHERWISE = replace(JUDGED, factors=())
FACTS = RecommendationFacts("Tell parents about safe sleeping.")


@pytest.fixture
def operations(world: World) -> dict[str, Callable[[], object]]:
    """Return every operation on meetings, interests, referrals and learning, to be run in order."""
    panel = Panel(world)
    who, chair = panel.coordinator, world.as_viewer(world.chair)
    one, two = panel.death(), panel.death()
    other = world.person("other-member", Role.CDOP_MEMBER)

    def meeting() -> PanelMeeting:
        return PanelMeeting.get(PanelMeeting.held_on == TODAY)

    def case(death: ChildDeath) -> PanelCase:
        return PanelCase.get(PanelCase.death == death)

    return {
        "plan": lambda: service.plan_meeting(who, TODAY, date(2012, 3, 20)),
        "edit": lambda: service.edit_meeting(who, meeting(), TODAY, date(2012, 3, 21), "Room 4.", 1),
        "seat": lambda: service.seat_member(who, meeting(), other),
        "unseat": lambda: service.unseat_member(who, meeting(), other),
        "add_case": lambda: service.add_case(who, meeting(), one),
        "add_second": lambda: service.add_case(who, meeting(), two),
        "ready": lambda: service.say_papers_are_ready(who, meeting()),
        "seat_again": lambda: service.seat_member(who, meeting(), other),
        "name": lambda: name_drafters(who, meeting(), {case(one).id: other.id}),
        "unseat_drafter": lambda: service.unseat_member(who, meeting(), other),
        "seat_anew": lambda: service.seat_member(who, meeting(), other),
        "draft": lambda: save_draft(who, case(two), JUDGED, "Clear."),
        "redraft": lambda: save_draft(who, case(two), OTHERWISE, "Clear.", 1),
        "comment": lambda: comment(other.viewer, case(two), "A word."),
        "correct": lambda: correct_comment(other.viewer, DraftComment.get(), "Another word."),
        "move": lambda: service.move_case_up(who, case(two)),
        "remove_case": lambda: service.remove_case(who, case(one)),
        "attend": lambda: service.record_attendance(who, meeting(), world.police, "Inspector"),
        "attend_not": lambda: service.remove_attendance(who, Attendance.get()),
        "declare": lambda: interests.declare_interest(who, one, other, "A neighbour."),
        "lift": lambda: interests.lift_interest(who, Interest.get(), "Another street.", 1),
        "refer": lambda: record_referral(who, one, True, "Neglect.", TODAY),
        "answer": lambda: answer_referral(chair, Referral.get(), "none", "Not met.", TODAY),
        "answer_again": lambda: answer_referral(
            chair, Referral.get(), "scr", "Met.", TODAY, None, "A slip.", 1
        ),
        "attend_again": lambda: service.record_attendance(who, meeting(), world.police, "Sergeant"),
        "close": lambda: close_proposals(who, meeting()),
        "decide": lambda: decide(who, case(two), JUDGED, "Agreed.", TODAY, 2),
        "learn": lambda: recommend(who, one, FACTS),
        "join": lambda: join(who, two, Recommendation.get(), ["One."]),
        "join_more": lambda: join(who, two, Recommendation.get(), ["Two."]),
        "take_off": lambda: take_off(who, two, Recommendation.get(), "Not this case."),
        "learn_more": lambda: recommend(who, two, FACTS),
    }


def test_every_operation_tells_of_exactly_what_it_changed(
    operations: dict[str, Callable[[], object]],
) -> None:
    wrong = {name: found for name, operation in operations.items() if (found := unaudited(operation))}
    assert wrong == {}


def test_taking_the_papers_is_told_though_nothing_changes(world: World) -> None:
    from kscb_actions.audit.models import AuditEvent

    panel = Panel(world)
    meeting = panel.meeting(cases=[panel.death()])
    with clock.at(TODAY):
        service.record_papers_taken(panel.member, meeting, 1)
    event = AuditEvent.select().order_by(AuditEvent.id.desc()).get()
    assert (event.event, event.actor_id, event.detail) == (
        "panel.papers-taken",
        world.cdop_member.id,
        '{"cases":1}',
    )
