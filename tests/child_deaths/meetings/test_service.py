"""Keeping meetings: nothing that was proposed or decided can be dropped by keeping them."""

from datetime import date

import pytest

from kscb_actions import clock
from kscb_actions.access.policy import SYSTEM, Refused, Role
from kscb_actions.audit.service import StaleEdit, change
from kscb_actions.child_deaths.judging.decisions import decide
from kscb_actions.child_deaths.judging.models import Categorisation
from kscb_actions.child_deaths.judging.proposals import close_proposals, propose
from kscb_actions.child_deaths.judging.rules import Judgement
from kscb_actions.child_deaths.meetings import service
from kscb_actions.child_deaths.meetings.models import Attendance, PanelCase, PanelMeeting, PanelSeat
from kscb_actions.child_deaths.meetings.queries import (
    agenda,
    cases_to_decide,
    decisions_to_record,
    free_members,
    get_decided_case,
    list_meetings,
    next_meeting,
)
from kscb_actions.child_deaths.visibility import get_death, get_meeting
from kscb_actions.text import InvalidInput

from ...factories import TODAY, World
from ...factories_deaths import Panel
from ...queries import counted

JUDGEMENT = Judgement(frozenset({8}), "none", "Nothing could be changed.")


@pytest.fixture
def panel(world: World) -> Panel:
    return Panel(world)


def decided(panel: Panel, meeting: PanelMeeting, case: PanelCase) -> None:
    """Close the meeting and record the panel's decision on the case."""
    close_proposals(panel.coordinator, meeting)
    service.record_attendance(panel.coordinator, meeting, panel.world.police, "Detective inspector")
    decide(panel.coordinator, case, JUDGEMENT, "All agreed.", TODAY)


def test_only_the_coordinator_keeps_meetings(panel: Panel) -> None:
    meeting, death = panel.meeting(), panel.death()
    case = panel.case(meeting, death)
    attempts = (
        lambda who: service.plan_meeting(who, date(2012, 5, 1), date(2012, 4, 1)),
        lambda who: service.edit_meeting(who, meeting, date(2012, 5, 1), date(2012, 4, 1), ""),
        lambda who: service.seat_member(who, meeting, panel.world.cdop_member),
        lambda who: service.unseat_member(who, meeting, panel.world.cdop_member),
        lambda who: service.add_case(who, meeting, death),
        lambda who: service.remove_case(who, case),
        lambda who: service.move_case_up(who, case),
        lambda who: service.record_attendance(who, meeting, panel.world.police, "Post"),
    )
    for who in (panel.world.cdop_member, panel.world.manager, panel.world.chair):
        for attempt in attempts:
            with pytest.raises(Refused):
                attempt(panel.world.as_viewer(who))


def test_there_is_one_meeting_a_day(panel: Panel) -> None:
    panel.meeting(date(2012, 4, 12))
    with pytest.raises(InvalidInput) as wrong:
        service.plan_meeting(panel.coordinator, date(2012, 4, 12), date(2012, 4, 5))
    assert set(wrong.value.errors) == {"held_on"}


def test_a_meeting_moves_until_something_rests_on_its_days(panel: Panel) -> None:
    meeting = panel.meeting(TODAY, cases=[panel.death()])
    case = PanelCase.get()
    service.edit_meeting(panel.coordinator, meeting, TODAY, date(2012, 3, 29), "In room 4.", 1)
    meeting = PanelMeeting.get_by_id(meeting.id)
    assert (meeting.proposals_due_on, meeting.note) == (date(2012, 3, 29), "In room 4.")
    decided(panel, meeting, case)
    meeting = PanelMeeting.get_by_id(meeting.id)
    with pytest.raises(InvalidInput) as wrong:
        service.edit_meeting(panel.coordinator, meeting, date(2012, 4, 2), date(2012, 3, 30), "")
    assert set(wrong.value.errors) == {"held_on", "proposals_due_on"}


def test_the_second_editor_is_told(panel: Panel) -> None:
    meeting = panel.meeting()
    service.edit_meeting(panel.coordinator, meeting, date(2012, 4, 13), date(2012, 4, 5), "", 1)
    with pytest.raises(StaleEdit):
        service.edit_meeting(panel.coordinator, meeting, date(2012, 4, 14), date(2012, 4, 5), "", 1)
    assert PanelMeeting.get().held_on == date(2012, 4, 13)


def test_a_seat_opens_the_cases_and_taking_it_back_closes_them(panel: Panel) -> None:
    death = panel.death()
    meeting = panel.meeting(members=[], cases=[death])
    assert get_death(panel.member, death.id) is None
    panel.seat(meeting, panel.world.cdop_member)
    assert get_death(panel.member, death.id) == death
    service.unseat_member(panel.coordinator, meeting, panel.world.cdop_member)
    assert get_death(panel.member, death.id) is None
    assert get_meeting(panel.member, meeting.id) is None
    assert list_meetings(panel.member) == []


def test_nobody_but_an_active_member_is_seated(panel: Panel) -> None:
    meeting = panel.meeting(members=[])
    for user in (panel.world.manager, panel.world.cdop_coordinator):
        with pytest.raises(InvalidInput):
            service.seat_member(panel.coordinator, meeting, user)
    assert [user.id for user in free_members(meeting)] == [panel.world.cdop_member.id]
    assert PanelSeat.select().count() == 0


def test_a_proposal_keeps_its_seat_and_its_case(panel: Panel) -> None:
    meeting = panel.meeting(cases=[panel.death()])
    case = PanelCase.get()
    propose(panel.member, case, JUDGEMENT)
    with pytest.raises(Refused, match="made a proposal"):
        service.unseat_member(panel.coordinator, meeting, panel.world.cdop_member)
    with pytest.raises(Refused, match="proposal on this case"):
        service.remove_case(panel.coordinator, case)
    assert Categorisation.select().count() == 1


def test_a_case_without_a_word_on_it_is_taken_off(panel: Panel) -> None:
    panel.meeting(cases=[panel.death()])
    service.remove_case(panel.coordinator, PanelCase.get())
    assert PanelCase.select().count() == 0
    with pytest.raises(Refused):
        service.remove_case(panel.coordinator, PanelCase(id=99))


def test_a_decided_case_stays_and_comes_back_for_a_correction_only(panel: Panel) -> None:
    death = panel.death()
    meeting = panel.meeting(TODAY, cases=[death])
    case = PanelCase.get()
    decided(panel, meeting, case)
    with pytest.raises(Refused, match="decided on this case at this meeting"):
        service.remove_case(panel.coordinator, case)
    later = panel.meeting(date(2012, 5, 10))
    with pytest.raises(InvalidInput) as wrong:
        service.add_case(panel.coordinator, later, death)
    assert set(wrong.value.errors) == {"cases"}
    assert service.add_case(panel.coordinator, later, death, for_correction=True).place == 1
    assert cases_to_decide(panel.coordinator) == []
    assert get_decided_case(panel.coordinator, f" {death.case_number} ") == death
    assert get_decided_case(panel.coordinator, panel.death().case_number) is None


def test_a_case_left_undecided_can_go_on_another_meeting(panel: Panel) -> None:
    death = panel.death()
    first = panel.meeting(TODAY, cases=[death])
    second = panel.meeting(date(2012, 5, 10))
    with pytest.raises(InvalidInput, match="another meeting"):
        service.add_case(panel.coordinator, second, death)
    close_proposals(panel.coordinator, first)
    assert [each.death_id for each in decisions_to_record(panel.coordinator, TODAY)] == [death.id]
    assert cases_to_decide(panel.coordinator) == [death]
    service.add_case(panel.coordinator, second, death)
    assert decisions_to_record(panel.coordinator, TODAY) == []
    third = panel.death()
    with pytest.raises(InvalidInput, match="closed"):
        service.add_case(panel.coordinator, first, third)


def test_cases_change_places(panel: Panel) -> None:
    one, two, three = panel.death(), panel.death(), panel.death()
    meeting = panel.meeting(cases=[one, two, three])
    service.move_case_up(panel.coordinator, PanelCase.get(PanelCase.death == three))
    assert [each.case.death_id for each in agenda(panel.coordinator, meeting)] == [one.id, three.id, two.id]
    with pytest.raises(Refused, match="first already"):
        service.move_case_up(panel.coordinator, PanelCase.get(PanelCase.death == one))
    service.remove_case(panel.coordinator, PanelCase.get(PanelCase.death == one))
    added = panel.case(meeting, one)
    assert [each.case.death_id for each in agenda(panel.coordinator, meeting)] == [three.id, two.id, one.id]
    assert added.place > PanelCase.get(PanelCase.death == two).place


def test_a_case_moves_past_one_that_is_hidden_by_an_interest(panel: Panel) -> None:
    hidden, one, two = panel.death(), panel.death(), panel.death()
    meeting = panel.meeting(cases=[one, hidden, two])
    second = panel.world.person("second-coordinator", Role.CDOP_COORDINATOR)
    panel.interest(hidden, second)
    service.move_case_up(second.viewer, PanelCase.get(PanelCase.death == two))
    assert [each.case.death_id for each in agenda(second.viewer, meeting)] == [two.id, one.id]
    with pytest.raises(Refused, match="first already"):
        service.move_case_up(second.viewer, PanelCase.get(PanelCase.death == two))


def test_a_case_is_first_where_only_a_hidden_one_stands_before_it(panel: Panel) -> None:
    hidden, one = panel.death(), panel.death()
    panel.meeting(cases=[hidden, one])
    second = panel.world.person("second-coordinator", Role.CDOP_COORDINATOR)
    panel.interest(hidden, second)
    with pytest.raises(Refused, match="first already"):
        service.move_case_up(second.viewer, PanelCase.get(PanelCase.death == one))


def test_attendance_is_recorded_once_the_meeting_has_begun(panel: Panel) -> None:
    meeting = panel.meeting()
    with pytest.raises(InvalidInput, match="still to come"):
        service.record_attendance(panel.coordinator, meeting, panel.world.police, "Inspector")
    with clock.at(meeting.held_on):
        there = service.record_attendance(panel.coordinator, meeting, panel.world.police, " Inspector ")
        assert there.post == "Inspector"
        with pytest.raises(InvalidInput, match="already"):
            service.record_attendance(panel.coordinator, meeting, panel.world.police, "Inspector")
        service.remove_attendance(panel.coordinator, there)
        with pytest.raises(Refused):
            service.remove_attendance(panel.coordinator, there)
    assert Attendance.select().count() == 0


def test_the_next_meeting_is_today_s_or_the_first_to_come(panel: Panel) -> None:
    panel.meeting(date(2012, 3, 29))
    assert next_meeting(panel.coordinator, TODAY) is None
    coming = panel.meeting(date(2012, 4, 12))
    assert next_meeting(panel.coordinator, TODAY) == coming
    today = panel.meeting(TODAY)
    assert next_meeting(panel.coordinator, TODAY) == today
    assert next_meeting(panel.world.as_viewer(panel.world.manager), TODAY) is None


def test_nobody_waits_for_a_member_who_left(panel: Panel) -> None:
    second = panel.world.person("second-member", Role.CDOP_MEMBER)
    third = panel.world.person("third-member", Role.CDOP_MEMBER)
    meeting = panel.meeting(members=[panel.world.cdop_member, second, third], cases=[panel.death()])
    propose(panel.world.as_viewer(third), PanelCase.get(), JUDGEMENT)
    second.is_active, third.roles = False, "reader"
    with change(SYSTEM) as tx:
        tx.update(second, "person.changed")
        tx.update(third, "person.changed")
    (case,) = agenda(panel.coordinator, meeting)
    assert dict(case.members) == {
        "Cdop member": "not yet",
        "Second member": "no longer a member",
        "Third member": "proposed",
    }
    assert (case.made, case.expected) == (1, 2)


def test_reading_the_agenda_takes_no_more_queries_with_more_cases(panel: Panel) -> None:
    second = panel.world.person("second-member", Role.CDOP_MEMBER)
    meeting = panel.meeting(cases=[panel.death()])
    with counted() as few:
        agenda(panel.coordinator, meeting)
    panel.seat(meeting, second)
    for _ in range(4):
        panel.interest(panel.case(meeting, panel.death()).death)
    with counted() as many:
        assert len(agenda(panel.coordinator, meeting)) == 5
    assert int(many) == int(few)
