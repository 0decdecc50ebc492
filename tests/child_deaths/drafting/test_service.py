"""Drafts and comments: who writes them, what is kept, and what can no longer be changed."""

from dataclasses import replace
from datetime import date

import pytest

from kscb_actions import clock
from kscb_actions.access.policy import Refused, Role
from kscb_actions.audit.service import StaleEdit
from kscb_actions.child_deaths.agreement.queries import list_answers
from kscb_actions.child_deaths.cases.papers import build_papers
from kscb_actions.child_deaths.drafting.models import Draft, DraftComment
from kscb_actions.child_deaths.drafting.queries import (
    comments_of,
    draft_of,
    drafts_of,
    earlier_draft,
    get_case_to_comment,
    get_case_to_draft,
    get_own_comment,
    may_be_named,
)
from kscb_actions.child_deaths.drafting.rules import AT_MEETING, BEFORE, CLOSED, DECIDED, NOT_BY_DRAFT
from kscb_actions.child_deaths.drafting.service import comment, correct_comment, name_drafters, save_draft
from kscb_actions.child_deaths.judging.decisions import decide
from kscb_actions.child_deaths.judging.models import Factor, PanelDecision
from kscb_actions.child_deaths.judging.proposals import BY_DRAFT, close_proposals, propose
from kscb_actions.child_deaths.meetings.candidates import next_steps
from kscb_actions.child_deaths.meetings.models import PanelCase, PanelMeeting
from kscb_actions.child_deaths.meetings.queries import agenda, cases_to_decide, decisions_to_record, my_cases
from kscb_actions.child_deaths.meetings.service import (
    edit_meeting,
    record_attendance,
    remove_case,
    say_papers_are_ready,
    unseat_member,
)
from kscb_actions.people.models import User
from kscb_actions.settings.queries import get_board
from kscb_actions.text import InvalidInput

from ...factories import TODAY, World
from ...factories_deaths import JUDGED, Panel
from ...queries import counted

HELD = date(2012, 4, 12)
OTHERWISE = replace(JUDGED, categories=frozenset({3}), learning="Ask about sofas.")


@pytest.fixture
def panel(world: World) -> Panel:
    return Panel(world)


@pytest.fixture
def other(world: World) -> User:
    return world.person("second-member", Role.CDOP_MEMBER)


@pytest.fixture
def case(world: World, panel: Panel, other: User) -> PanelCase:
    """Give a case at a meeting with drafts, of two members."""
    meeting = panel.meeting(HELD, members=[world.cdop_member, other], way="draft")
    return panel.case(meeting, panel.death())


def now(case: PanelCase) -> PanelCase:
    """Return it as it is now."""
    return PanelCase.get_by_id(case.id)


def test_the_co_ordinator_drafts_or_who_was_named(
    world: World, panel: Panel, case: PanelCase, other: User
) -> None:
    who = panel.coordinator
    assert get_case_to_draft(who, case.meeting_id, case.death_id)
    assert get_case_to_draft(other.viewer, case.meeting_id, case.death_id) is None
    with pytest.raises(Refused, match="Somebody else drafts"):
        save_draft(other.viewer, case, JUDGED, "Clear.")
    assert name_drafters(who, case.meeting, {case.id: other.id}) == 1
    assert name_drafters(who, case.meeting, {case.id: other.id}) == 0
    kept = save_draft(other.viewer, now(case), JUDGED, "Clear.", 0)
    found = draft_of(panel.member, case)
    assert found and (found.judgement, found.draft.reasons, found.draft.drafted_by_id) == (
        JUDGED,
        "Clear.",
        other.id,
    )
    with pytest.raises(StaleEdit) as stale:
        save_draft(who, case, OTHERWISE, "Else.", 0)
    assert stale.value.current.id == kept.id
    save_draft(who, case, OTHERWISE, "Else.", 1)
    changed = Draft.get()
    assert (changed.version, changed.drafted_by_id) == (2, who.id)
    assert Factor.select().count() == len(OTHERWISE.factors)
    with pytest.raises(InvalidInput) as wrong:
        name_drafters(who, case.meeting, {case.id: world.manager.id})
    assert set(wrong.value.errors) == {f"drafter_{case.id}"}


def test_who_was_named_and_loses_the_seat_or_has_an_interest_drafts_no_more(
    panel: Panel, case: PanelCase, other: User
) -> None:
    name_drafters(panel.coordinator, case.meeting, {case.id: other.id})
    panel.interest(case.death, other)
    assert drafts_of(panel.coordinator, case.meeting)[case.id].drafter is None
    assert [user.id for user in may_be_named(case.meeting, [case.death_id])[case.death_id]] == [
        panel.member.id
    ]
    with pytest.raises(Refused):
        save_draft(other.viewer, now(case), JUDGED, "Clear.")
    unseat_member(panel.coordinator, case.meeting, other)
    assert now(case).drafter_id is None


def test_what_is_wrong_with_a_draft_is_said_and_nothing_kept(panel: Panel, case: PanelCase) -> None:
    with pytest.raises(InvalidInput) as wrong:
        save_draft(panel.coordinator, case, replace(JUDGED, categories=frozenset()), "")
    assert set(wrong.value.errors) == {"categories", "reasons"}
    assert (Draft.select().count(), Factor.select().count()) == (0, 0)


def test_comments_before_and_at_the_meeting_are_kept_in_their_order(
    world: World, panel: Panel, case: PanelCase, other: User
) -> None:
    panel.draft(case)
    panel.comment(case)
    with pytest.raises(InvalidInput, match="said already"):
        panel.comment(case)
    with pytest.raises(InvalidInput, match="still to come"):
        comment(panel.coordinator, case, "Spoken.", member=other)
    panel.draft(case, judgement=OTHERWISE)
    with clock.at(HELD):
        comment(panel.coordinator, case, "Spoken.", member=other)
        panel.comment(case, "")
    found = comments_of(panel.member, case)
    assert [(each.member_id, each.text, each.when, each.is_on_this) for each in found] == [
        (panel.member.id, "The sofa was new.", BEFORE, False),
        (other.id, "Spoken.", AT_MEETING, True),
        (panel.member.id, "", AT_MEETING, True),
    ]
    assert found[1].recorded_by_id == panel.coordinator.id
    assert comments_of(world.manager.viewer, case) == []


def test_only_those_with_a_seat_comment_and_each_for_themselves(
    world: World, panel: Panel, case: PanelCase, other: User
) -> None:
    stranger = world.person("third-member", Role.CDOP_MEMBER)
    assert get_case_to_comment(stranger.viewer, case.meeting_id, case.death_id) is None
    with pytest.raises(Refused):
        comment(stranger.viewer, case, "A word.")
    with pytest.raises(Refused, match="yourself only"):
        comment(panel.member, case, "A word.", member=other)
    with pytest.raises(InvalidInput, match="whose words"):
        comment(panel.coordinator, case, "A word.")
    with clock.at(HELD), pytest.raises(InvalidInput) as wrong:
        comment(panel.coordinator, case, "A word.", member=stranger)
    assert set(wrong.value.errors) == {"member"}
    assert DraftComment.select().count() == 0


def test_a_correction_is_a_row_of_its_own(panel: Panel, case: PanelCase, other: User) -> None:
    with clock.at(TODAY):
        said = panel.comment(case)
    with clock.at(HELD):
        first = correct_comment(panel.member, said, "The sofa was old.", expected=said.id)
        with pytest.raises(StaleEdit) as stale:
            correct_comment(panel.member, said, "It was a chair.", expected=said.id)
        assert stale.value.current.id == first.id
        correct_comment(panel.member, said, "", has_nothing_to_add=True, expected=first.id)
    with pytest.raises(Refused, match="corrects it"):
        correct_comment(other.viewer, said, "Mine now.")
    (found,) = comments_of(panel.coordinator, case)
    assert (found.text, found.before, found.when) == ("", ("The sofa was old.", "The sofa was new."), BEFORE)
    assert get_own_comment(other.viewer, case.meeting_id, case.death_id, said.id) is None


def test_an_interest_hides_the_case_and_takes_back_what_was_said(
    world: World, panel: Panel, case: PanelCase, other: User
) -> None:
    name_drafters(panel.coordinator, case.meeting, {case.id: other.id})
    panel.draft(now(case), other)
    panel.comment(case, user=world.cdop_member)
    panel.comment(case, "Mine.", other)
    panel.interest(case.death, other)
    found = draft_of(panel.coordinator, case)
    assert found and found.judgement is None
    assert [each.text for each in comments_of(panel.member, case)] == ["The sofa was new.", None]
    assert draft_of(other.viewer, case) is None and comments_of(other.viewer, case) == []
    assert not drafts_of(panel.coordinator, case.meeting)[case.id].is_drafted
    panel.draft(now(case))
    found = draft_of(panel.coordinator, case)
    assert found and found.judgement == JUDGED


def test_what_members_owe_follows_from_the_draft(panel: Panel, case: PanelCase, other: User) -> None:
    name_drafters(panel.coordinator, case.meeting, {case.id: other.id})

    def owed(user: User | None = None) -> tuple[bool, bool]:
        viewer = user.viewer if user else panel.member
        (own,) = my_cases(viewer, case.meeting)
        return own.is_to_draft, own.is_to_read

    assert (owed(other), owed()) == ((True, False), (False, False))
    panel.draft(now(case), other)
    assert (owed(other), owed()) == ((False, False), (False, True))
    panel.comment(case, "")
    assert owed() == (False, False)


def test_nobody_proposes_where_there_is_a_draft_and_nobody_drafts_where_all_propose(
    panel: Panel, case: PanelCase
) -> None:
    with pytest.raises(Refused, match=BY_DRAFT[:30]):
        propose(panel.member, case, JUDGED)
    blind = panel.case(panel.meeting(date(2012, 5, 10)), panel.death())
    for refused in (lambda: panel.draft(blind), lambda: panel.comment(blind)):
        with pytest.raises(Refused, match=NOT_BY_DRAFT[:30]):
            refused()


def test_a_decision_is_taken_from_the_draft_that_was_seen(
    world: World, panel: Panel, case: PanelCase
) -> None:
    panel.draft(case)
    with pytest.raises(Refused, match="not been held"):
        decide(panel.coordinator, case, JUDGED, "Agreed.", HELD, 1)
    with clock.at(HELD):
        record_attendance(panel.coordinator, case.meeting, world.police, "Inspector")
        assert [each.id for each in decisions_to_record(panel.coordinator, HELD)] == [case.id]
        panel.draft(case, judgement=OTHERWISE)
        with pytest.raises(StaleEdit) as stale:
            decide(panel.coordinator, case, JUDGED, "Agreed.", HELD, 1)
        assert stale.value.current.version == 2
        made = decide(panel.coordinator, case, OTHERWISE, "Agreed.", HELD, 2)
        assert made.number == 1 and decisions_to_record(panel.coordinator, HELD) == []
        for refused in (lambda: panel.draft(case), lambda: panel.comment(case)):
            with pytest.raises(Refused, match=DECIDED[:30]):
                refused()


def test_the_panels_chair_decides_from_a_seat_and_nowhere_else(
    world: World, panel: Panel, case: PanelCase
) -> None:
    chair = world.person("chair-with-seat", Role.CDOP_MEMBER)
    viewer = replace(chair.viewer, roles=frozenset({Role.CDOP_MEMBER, Role.CDOP_CHAIR}))
    panel.draft(case)
    with clock.at(HELD):
        record_attendance(panel.coordinator, case.meeting, world.police, "Inspector")
        with pytest.raises(Refused):
            decide(viewer, case, JUDGED, "Agreed.", HELD)
        panel.seat(case.meeting, chair)
        decide(viewer, case, JUDGED, "Agreed.", HELD)
    assert PanelDecision.get().decided_by == chair.name


def test_what_was_not_decided_goes_on_once_the_meeting_is_closed(panel: Panel, case: PanelCase) -> None:
    panel.draft(case)
    with pytest.raises(Refused, match="It is kept|it is kept"):
        remove_case(panel.coordinator, case)
    assert cases_to_decide(panel.coordinator) == []
    close_proposals(panel.coordinator, PanelMeeting.get_by_id(case.meeting_id))
    for refused in (lambda: panel.draft(case), lambda: panel.comment(case)):
        with pytest.raises(Refused, match=CLOSED[:22]):
            refused()
    later = panel.case(panel.meeting(date(2012, 5, 10), way="draft"), case.death)
    found = earlier_draft(panel.coordinator, later)
    assert found and found.judgement == JUDGED


def test_the_way_is_changed_only_while_nothing_rests_on_it(panel: Panel, case: PanelCase) -> None:
    def changed(way: str) -> PanelMeeting:
        meeting = PanelMeeting.get_by_id(case.meeting_id)
        due = meeting.proposals_due_on
        return edit_meeting(panel.coordinator, meeting, HELD, due, "", meeting.version, way)

    assert (changed("blind").way, changed("draft").way) == ("blind", "draft")
    with pytest.raises(InvalidInput):
        changed("by chance")
    panel.draft(case)
    with pytest.raises(InvalidInput) as wrong:
        changed("blind")
    assert set(wrong.value.errors) == {"way"}


def test_agreement_is_worked_out_of_separate_proposals_alone(panel: Panel, case: PanelCase) -> None:
    panel.draft(case)
    panel.comment(case)
    close_proposals(panel.coordinator, PanelMeeting.get_by_id(case.meeting_id))
    assert list_answers(panel.coordinator) == []


def test_the_papers_have_the_draft_and_what_was_said(panel: Panel, case: PanelCase) -> None:
    meeting = case.meeting
    said = str(build_papers(panel.member, get_board(), meeting, TODAY))
    assert "There is no draft yet." in said and "COMMENT on the draft" in said
    panel.draft(case)
    panel.comment(case)
    said = str(build_papers(panel.member, get_board(), meeting, TODAY))
    assert all(each in said for each in ("Draft of what the panel decides", "Clear.", "The sofa was new."))
    close_proposals(panel.coordinator, PanelMeeting.get_by_id(meeting.id))
    said = str(build_papers(panel.member, get_board(), PanelMeeting.get_by_id(meeting.id), TODAY))
    assert "with the draft and the comments before you" in said


def test_papers_are_said_to_be_ready_when_there_are_some(panel: Panel, case: PanelCase) -> None:
    empty = panel.meeting(date(2012, 5, 10))
    with pytest.raises(Refused, match="no papers yet"):
        say_papers_are_ready(panel.coordinator, empty)
    with pytest.raises(Refused):
        say_papers_are_ready(panel.member, case.meeting)
    say_papers_are_ready(panel.coordinator, case.meeting)
    with clock.at(date(2012, 4, 13)), pytest.raises(Refused, match="over"):
        say_papers_are_ready(panel.coordinator, case.meeting)


def test_the_co_ordinators_next_steps_follow_the_draft(panel: Panel, case: PanelCase) -> None:
    def steps(on: date) -> str:
        meeting = PanelMeeting.get_by_id(case.meeting_id)
        cases = agenda(panel.coordinator, meeting)
        return " ".join(step.text for step in next_steps(meeting, cases, 2, False, on))

    assert "1 case has no draft yet." in steps(TODAY)
    panel.draft(case)
    assert "no draft" not in steps(TODAY) and "commented" not in steps(TODAY)
    assert "2 members have not commented" in steps(date(2012, 4, 6))
    on_the_day = steps(HELD)
    assert all(
        each in on_the_day for each in ("Record which agencies", "Record 1 decision", "Close the meeting")
    )


def test_the_number_of_queries_does_not_grow_with_cases_and_comments(panel: Panel, case: PanelCase) -> None:
    panel.draft(case)
    panel.comment(case)

    def queries() -> int:
        with counted() as count:
            agenda(panel.coordinator, case.meeting)
            my_cases(panel.member, case.meeting)
        return int(count)

    before = queries()
    for _ in range(3):
        another = panel.case(case.meeting, panel.death())
        panel.draft(another)
        panel.comment(another)
    assert queries() == before
