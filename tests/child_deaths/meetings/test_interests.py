"""Whoever has an interest in a case does not see it, until somebody else lifts it with a reason."""

import pytest

from kscb_actions.access.policy import Refused, Role
from kscb_actions.audit.service import StaleEdit
from kscb_actions.child_deaths.cases.models import ChildDeath
from kscb_actions.child_deaths.judging.proposals import close_proposals, propose
from kscb_actions.child_deaths.judging.queries import own_proposal, proposals_of
from kscb_actions.child_deaths.judging.rules import Judgement
from kscb_actions.child_deaths.learning.referrals import (
    count_open_referrals,
    get_referral,
    list_referrals,
    record_referral,
)
from kscb_actions.child_deaths.meetings.interests import declare_interest, lift_interest, people_with_cases
from kscb_actions.child_deaths.meetings.models import Interest, PanelCase
from kscb_actions.child_deaths.meetings.queries import agenda, get_interest, list_interests, my_cases
from kscb_actions.child_deaths.visibility import get_death, get_panel_case
from kscb_actions.people.models import User
from kscb_actions.text import InvalidInput

from ...factories import TODAY, World
from ...factories_deaths import Panel

JUDGEMENT = Judgement(frozenset({8}), "none", "Nothing could be changed.")


@pytest.fixture
def panel(world: World) -> Panel:
    return Panel(world)


@pytest.fixture
def second(panel: Panel) -> User:
    return panel.world.person("second-coordinator", Role.CDOP_COORDINATOR)


@pytest.fixture
def death(panel: Panel) -> ChildDeath:
    return panel.death()


def test_the_case_is_gone_for_the_declarer_and_for_nobody_else(panel: Panel, death: ChildDeath) -> None:
    other = panel.world.person("second-member", Role.CDOP_MEMBER)
    meeting = panel.meeting(members=[panel.world.cdop_member, other], cases=[death, panel.death()])
    panel.interest(death)
    assert get_death(panel.member, death.id) is None
    assert get_panel_case(panel.member, meeting.id, death.id) is None
    assert [each.case.death_id for each in my_cases(panel.member, meeting)] != [death.id]
    assert len(my_cases(panel.member, meeting)) == 1
    assert get_death(panel.world.as_viewer(other), death.id) == death
    assert len(my_cases(panel.world.as_viewer(other), meeting)) == 2


def test_a_proposal_made_before_does_not_count_until_the_interest_is_lifted(
    panel: Panel, death: ChildDeath
) -> None:
    meeting = panel.meeting(cases=[death])
    case = PanelCase.get()
    propose(panel.member, case, JUDGEMENT)
    (before,) = agenda(panel.coordinator, meeting)
    assert (before.made, before.expected) == (1, 1)
    interest = panel.interest(death)
    (apart,) = agenda(panel.coordinator, meeting)
    assert apart.members == [(panel.world.cdop_member.name, "withdrawn: interest declared")]
    assert (apart.made, apart.expected) == (0, 0)
    assert own_proposal(panel.member, case) is None
    with pytest.raises(Refused):
        propose(panel.member, case, JUDGEMENT)
    close_proposals(panel.coordinator, meeting)
    (withdrawn,) = proposals_of(panel.coordinator, case)
    assert withdrawn.is_withdrawn
    lift_interest(panel.coordinator, interest, "It was another family.", 1)
    (counted,) = proposals_of(panel.coordinator, case)
    assert counted.judgement == JUDGEMENT
    assert get_death(panel.member, death.id) == death


def test_a_member_declares_on_cases_of_own_panels_only(panel: Panel, death: ChildDeath) -> None:
    panel.meeting(members=[], cases=[death])
    with pytest.raises(Refused):
        panel.interest(death)
    assert Interest.select().count() == 0


def test_a_member_declares_for_nobody_else(panel: Panel, death: ChildDeath) -> None:
    other = panel.world.person("second-member", Role.CDOP_MEMBER)
    panel.meeting(members=[panel.world.cdop_member, other], cases=[death])
    with pytest.raises(Refused, match="yourself only"):
        declare_interest(panel.member, death, other, "A neighbour.")


def test_the_coordinator_records_what_a_member_or_the_chair_said(
    panel: Panel, death: ChildDeath, second: User
) -> None:
    for user in (panel.world.cdop_member, panel.world.chair):
        declare_interest(panel.coordinator, death, user, "Said so in the meeting.")
    for user in (second, panel.world.police_lead):
        with pytest.raises(Refused):
            declare_interest(panel.coordinator, death, user, "Said so in the meeting.")
    names = {user.id for user in people_with_cases()}
    assert names == {panel.world.cdop_member.id, panel.world.chair.id, panel.world.second_chair.id}


def test_an_interest_is_declared_once_and_again_when_it_was_lifted(panel: Panel, death: ChildDeath) -> None:
    declared = declare_interest(panel.coordinator, death, panel.world.cdop_member, "A neighbour.")
    with pytest.raises(InvalidInput, match="already"):
        declare_interest(panel.coordinator, death, panel.world.cdop_member, "A neighbour.")
    lift_interest(panel.coordinator, declared, "Another street.")
    assert declare_interest(panel.coordinator, death, panel.world.cdop_member, "The same street.").id


def test_the_last_coordinator_is_told_what_to_do(panel: Panel, death: ChildDeath) -> None:
    with pytest.raises(Refused, match="Ask the board manager to give a second person"):
        panel.interest(death, panel.world.cdop_coordinator)
    assert get_death(panel.coordinator, death.id) == death


def test_a_coordinator_declares_when_another_is_left_and_only_that_one_lifts_it(
    panel: Panel, death: ChildDeath, second: User
) -> None:
    interest = panel.interest(death, panel.world.cdop_coordinator)
    meeting = panel.meeting(members=[])
    assert get_death(panel.coordinator, death.id) is None
    assert get_interest(panel.coordinator, death.id, interest.id) is None
    assert list_interests(panel.coordinator, death) == []
    with pytest.raises(Refused):
        lift_interest(panel.coordinator, interest, "I changed my mind.")
    with pytest.raises(Refused, match="no other co-ordinator"):
        panel.interest(death, second)
    with pytest.raises(InvalidInput):
        lift_interest(panel.world.as_viewer(second), interest, " ")
    lift_interest(panel.world.as_viewer(second), interest, "A mistake.", 1)
    assert get_death(panel.coordinator, death.id) == death
    assert agenda(panel.coordinator, meeting) == []


def test_nobody_lifts_an_own_interest_though_they_became_coordinator(panel: Panel, death: ChildDeath) -> None:
    both = panel.world.person("both", Role.CDOP_MEMBER, Role.CDOP_COORDINATOR)
    panel.meeting(members=[both], cases=[death])
    interest = panel.interest(death, both)
    with pytest.raises(Refused):
        lift_interest(panel.world.as_viewer(both), interest, "A mistake.")


def test_lifting_twice_is_refused_and_the_second_editor_told(panel: Panel, death: ChildDeath) -> None:
    panel.meeting(cases=[death])
    interest = panel.interest(death)
    with pytest.raises(StaleEdit):
        lift_interest(panel.coordinator, interest, "A mistake.", 7)
    lift_interest(panel.coordinator, interest, "A mistake.", 1)
    with pytest.raises(Refused, match="already"):
        lift_interest(panel.coordinator, interest, "A mistake.", 2)


def test_an_inactive_coordinator_is_nobody_to_leave_the_case_to(
    panel: Panel, death: ChildDeath, second: User
) -> None:
    from kscb_actions.access.policy import SYSTEM
    from kscb_actions.audit.service import change

    second.is_active = False
    with change(SYSTEM) as tx:
        tx.update(second, "person.changed")
    with pytest.raises(Refused, match="no other co-ordinator"):
        panel.interest(death, panel.world.cdop_coordinator)


def test_a_chair_declares_an_own_interest_in_what_was_referred_and_in_nothing_else(
    panel: Panel, death: ChildDeath
) -> None:
    chair, other = (panel.world.as_viewer(each) for each in (panel.world.chair, panel.world.second_chair))
    with pytest.raises(Refused, match="no such case"):
        declare_interest(chair, death, panel.world.chair, "Led the police inquiry.")
    first = record_referral(panel.coordinator, death, False, "Not met.", TODAY)
    with pytest.raises(Refused, match="no such case"):
        declare_interest(chair, death, panel.world.chair, "Led the police inquiry.")
    referral = record_referral(panel.coordinator, death, True, "Neglect.", TODAY)
    with pytest.raises(Refused, match="yourself only"):
        declare_interest(chair, death, panel.world.second_chair, "Led the police inquiry.")
    interest = declare_interest(chair, death, panel.world.chair, "Led the police inquiry.")
    assert [get_referral(chair, each.id) for each in (first, referral)] == [None, None]
    assert get_referral(other, referral.id) == referral
    with pytest.raises(Refused, match="no such case"):
        declare_interest(chair, death, panel.world.chair, "Again.")
    lift_interest(panel.coordinator, interest, "Another inquiry.")
    assert get_referral(chair, referral.id) == referral


@pytest.mark.parametrize("name", ["manager", "reader", "police_lead", "cdop_member"])
def test_nobody_else_declares_by_way_of_a_referral(panel: Panel, death: ChildDeath, name: str) -> None:
    record_referral(panel.coordinator, death, True, "Neglect.", TODAY)
    user = getattr(panel.world, name)
    with pytest.raises(Refused, match="no such case"):
        declare_interest(panel.world.as_viewer(user), death, user, "A neighbour.")


def test_a_chair_with_an_interest_does_not_see_the_referral(panel: Panel, death: ChildDeath) -> None:
    chair, other = (panel.world.as_viewer(each) for each in (panel.world.chair, panel.world.second_chair))
    referral = record_referral(panel.coordinator, death, True, "Neglect.", TODAY)
    assert get_referral(chair, referral.id) == referral
    declare_interest(panel.coordinator, death, panel.world.chair, "Led the police inquiry.")
    assert (get_referral(chair, referral.id), list_referrals(chair), count_open_referrals(chair)) == (
        None,
        [],
        0,
    )
    assert count_open_referrals(other) == 1
