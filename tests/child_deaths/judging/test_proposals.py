"""Proposals: who may make one, that they are blind until closed, and that closing is for good."""

from collections.abc import Callable
from dataclasses import replace
from datetime import date

import pytest

from kscb_actions.access.policy import Refused, Role
from kscb_actions.audit.models import AuditEvent
from kscb_actions.audit.service import StaleEdit
from kscb_actions.child_deaths.judging.models import Categorisation, Factor
from kscb_actions.child_deaths.judging.proposals import close_proposals, propose
from kscb_actions.child_deaths.judging.queries import (
    ProposalProgress,
    judgements_of,
    next_case,
    own_proposal,
    progress_of,
    proposals_of,
    who_has_proposed,
)
from kscb_actions.child_deaths.judging.rules import Judgement
from kscb_actions.child_deaths.meetings.interests import lift_interest
from kscb_actions.child_deaths.meetings.models import PanelCase, PanelMeeting
from kscb_actions.child_deaths.meetings.service import remove_case
from kscb_actions.people.models import User
from kscb_actions.text import InvalidInput

from ...factories import World
from ...factories_deaths import JUDGED, Panel
from ...foundation.test_audit_is_complete import unaudited
from ...queries import counted

OTHERWISE = Judgement(frozenset({8}), "none")


@pytest.fixture
def panel(world: World) -> Panel:
    """Give the panel."""
    return Panel(world)


@pytest.fixture
def other(world: World) -> User:
    """Give a second member."""
    return world.person("second-member", Role.CDOP_MEMBER)


@pytest.fixture
def case(panel: Panel, world: World, other: User) -> PanelCase:
    """Give a case on a panel of two."""
    meeting = panel.meeting(members=[world.cdop_member, other])
    return panel.case(meeting, panel.death())


def test_a_proposal_is_kept_with_its_factors_and_can_be_changed(panel: Panel, case: PanelCase) -> None:
    made = panel.proposal(case)
    assert (made.categories, made.status, made.version) == ("3;10", "identified", 1)
    assert judgements_of([made])[made.id] == JUDGED
    propose(panel.member, case, replace(OTHERWISE, learning="New."), expected=1)
    kept = own_proposal(panel.member, case)
    assert kept and (kept.version, kept.categories, kept.learning) == (2, "8", "New.")
    assert Factor.select().count() == 0


def test_an_edit_of_an_older_version_is_refused(panel: Panel, case: PanelCase) -> None:
    panel.proposal(case)
    for stale in (0, 2):
        with pytest.raises(StaleEdit):
            propose(panel.member, case, OTHERWISE, expected=stale)
    kept = own_proposal(panel.member, case)
    assert kept and judgements_of([kept])[kept.id] == JUDGED


def test_what_is_wrong_is_refused_and_nothing_kept(panel: Panel, case: PanelCase) -> None:
    with pytest.raises(InvalidInput) as wrong:
        propose(panel.member, case, replace(JUDGED, categories=frozenset(), learning="x" * 10_001))
    assert set(wrong.value.errors) == {"categories", "learning"}
    with pytest.raises(InvalidInput) as named:
        propose(panel.member, case, replace(JUDGED, learning="Mrs Example said so."))
    assert set(named.value.errors) == {"learning"}
    assert Categorisation.select().count() == 0


def test_only_who_sits_without_an_interest_proposes_on_a_listed_case_before_closing(
    world: World, panel: Panel, case: PanelCase, other: User
) -> None:
    outsider = world.person("third-member", Role.CDOP_MEMBER)
    for person in (outsider, world.cdop_coordinator, world.manager):
        with pytest.raises(Refused):
            propose(person.viewer, case, JUDGED)
    interest = panel.interest(case.death, other)
    with pytest.raises(Refused):
        propose(other.viewer, case, JUDGED)
    lift_interest(panel.coordinator, interest, "A mistake.")
    propose(other.viewer, case, JUDGED)
    close_proposals(panel.coordinator, case.meeting)
    for judgement in (JUDGED, OTHERWISE):
        with pytest.raises(Refused):
            propose(panel.member, case, judgement)
    assert [each.member_id for each in Categorisation.select()] == [other.id]


def test_nothing_is_proposed_on_a_case_taken_off_the_agenda(panel: Panel, case: PanelCase) -> None:
    remove_case(panel.coordinator, case)
    with pytest.raises(Refused):
        panel.proposal(case)


def test_until_closing_each_sees_their_own_alone_and_then_all_see_all(
    world: World, panel: Panel, case: PanelCase, other: User
) -> None:
    panel.proposal(case)
    panel.proposal(case, other, OTHERWISE)

    def seen(user: User) -> list[tuple[int, Judgement | None]]:
        return [(each.member.id, each.judgement) for each in proposals_of(user.viewer, case)]

    assert seen(world.cdop_coordinator) == []
    assert seen(world.manager) == []
    assert seen(world.cdop_member) == [(world.cdop_member.id, JUDGED)]
    assert seen(other) == [(other.id, OTHERWISE)]
    assert who_has_proposed(panel.coordinator, case.meeting)[case.death_id] == [
        (world.cdop_member, True),
        (other, True),
    ]
    close_proposals(panel.coordinator, case.meeting)
    both = [(world.cdop_member.id, JUDGED), (other.id, OTHERWISE)]
    assert seen(world.cdop_coordinator) == seen(world.cdop_member) == seen(other) == both
    assert seen(world.manager) == []
    assert seen(world.person("third-member", Role.CDOP_MEMBER)) == []


@pytest.mark.parametrize("is_closed", [False, True])
def test_a_proposal_is_withdrawn_by_an_interest_and_its_member_sees_nothing(
    world: World, panel: Panel, case: PanelCase, other: User, is_closed: bool
) -> None:
    panel.proposal(case)
    panel.proposal(case, other, OTHERWISE)
    if is_closed:
        close_proposals(panel.coordinator, case.meeting)
    panel.interest(case.death, other)
    if not is_closed:
        close_proposals(panel.coordinator, case.meeting)
    shown = proposals_of(panel.coordinator, case)
    assert [(each.member.id, each.judgement) for each in shown] == [
        (world.cdop_member.id, JUDGED),
        (other.id, None),
    ]
    assert proposals_of(other.viewer, case) == []
    assert own_proposal(other.viewer, case) is None
    assert who_has_proposed(other.viewer, case.meeting) == {}
    assert who_has_proposed(panel.coordinator, case.meeting)[case.death_id] == [(world.cdop_member, True)]


def test_closing_is_for_good_and_keeps_who_had_not_proposed(
    world: World, panel: Panel, case: PanelCase, other: User
) -> None:
    panel.proposal(case)
    for person in (world.cdop_member, world.manager):
        with pytest.raises(Refused):
            close_proposals(person.viewer, case.meeting)
    with pytest.raises(StaleEdit):
        close_proposals(panel.coordinator, case.meeting, 7)
    closed = close_proposals(panel.coordinator, PanelMeeting.get_by_id(case.meeting_id))
    assert closed.closed_at is not None
    event = AuditEvent.get(AuditEvent.event == "proposals.closed")
    assert event.detail == f'{{"not_proposed":{{"{case.death_id}":[{other.id}]}}}}'
    with pytest.raises(Refused):
        close_proposals(panel.coordinator, closed)


def test_the_next_case_is_the_next_on_the_agenda_then_from_its_top(panel: Panel, world: World) -> None:
    meeting = panel.meeting(cases=[panel.death() for _ in range(4)])
    first, second, third, fourth = PanelCase.select().order_by(PanelCase.place)
    panel.proposal(second)
    panel.interest(fourth.death)
    order = [next_case(panel.member, each) for each in (first, second, third)]
    assert order == [third, third, first]
    assert progress_of(panel.member, [meeting]) == {meeting.id: ProposalProgress(1, 3)}
    panel.proposal(first)
    panel.proposal(third)
    assert next_case(panel.member, third) is None
    assert progress_of(panel.member, [meeting]) == {meeting.id: ProposalProgress(3, 3)}
    assert progress_of(panel.coordinator, [meeting]) == {}


def test_every_operation_tells_of_exactly_what_it_changed(panel: Panel, case: PanelCase) -> None:
    operations: dict[str, Callable[[], object]] = {
        "propose": lambda: panel.proposal(case),
        "propose otherwise": lambda: propose(panel.member, case, replace(JUDGED, status_reason="So."), 1),
        "propose fewer": lambda: propose(panel.member, case, OTHERWISE, 2),
        "close": lambda: close_proposals(panel.coordinator, case.meeting),
    }
    assert {name: found for name, each in operations.items() if (found := unaudited(each))} == {}


def test_reading_takes_the_same_queries_for_one_case_and_for_thirty(panel: Panel, world: World) -> None:
    one = panel.meeting(cases=[panel.death()])
    many = panel.meeting(date(2012, 5, 10), cases=[panel.death() for _ in range(30)])

    def asked(meeting: PanelMeeting) -> int:
        with counted() as queries:
            who_has_proposed(panel.coordinator, meeting)
            progress_of(panel.member, [meeting])
            next_case(panel.member, meeting.cases.get())
        return int(queries)

    assert asked(one) == asked(many)


def test_side_by_side_takes_the_same_queries_for_one_proposal_and_for_eight(
    panel: Panel, world: World
) -> None:
    members = [world.person(f"member-{n}", Role.CDOP_MEMBER) for n in range(8)]
    meeting = panel.meeting(members=members, cases=[panel.death(), panel.death()])
    first, second = meeting.cases.order_by(PanelCase.place)
    panel.proposal(first, members[0])
    for member in members:
        panel.proposal(second, member)
    close_proposals(panel.coordinator, meeting)
    numbers = []
    for each in (first, second):
        with counted() as queries:
            proposals_of(panel.coordinator, each)
        numbers.append(int(queries))
    assert numbers[0] == numbers[1]
