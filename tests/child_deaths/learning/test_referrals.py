"""Referring a death to the SCR subgroup: asked for until it is recorded, answered once, seen by few."""

from datetime import date

import pytest

from kscb_actions import clock
from kscb_actions.access.policy import Refused
from kscb_actions.child_deaths.cases.models import ChildDeath
from kscb_actions.child_deaths.cases.service import edit_death, facts_of
from kscb_actions.child_deaths.judging.decisions import correct, decide
from kscb_actions.child_deaths.judging.proposals import close_proposals
from kscb_actions.child_deaths.judging.rules import Judgement
from kscb_actions.child_deaths.learning.referrals import (
    answer_referral,
    count_open_referrals,
    get_referral,
    list_referrals,
    needs_referral,
    record_referral,
    referrals_of,
)
from kscb_actions.child_deaths.meetings import service
from kscb_actions.child_deaths.meetings.models import PanelCase
from kscb_actions.text import InvalidInput

from ...factories import TODAY, World
from ...factories_deaths import Panel
from ...queries import counted


@pytest.fixture
def panel(world: World) -> Panel:
    return Panel(world)


def decide_on(panel: Panel, death: ChildDeath, category: int) -> None:
    meeting = panel.meeting(TODAY, cases=[death])
    close_proposals(panel.coordinator, meeting)
    service.record_attendance(panel.coordinator, meeting, panel.world.police, "Inspector")
    judgement = Judgement(frozenset({category}), "none")
    decide(panel.coordinator, PanelCase.get(PanelCase.death == death), judgement, "Agreed.", TODAY)


def suspect(panel: Panel, death: ChildDeath, is_suspected: bool) -> ChildDeath:
    from dataclasses import replace

    now = ChildDeath.get_by_id(death.id)
    facts = replace(facts_of(now), is_abuse_suspected=is_suspected)
    return edit_death(panel.coordinator, now, facts, now.version)


def asked(panel: Panel) -> list[int]:
    return [death.id for death in needs_referral(panel.coordinator)]


def test_a_suspicion_asks_until_something_is_recorded_and_anew_when_it_is_new(panel: Panel) -> None:
    death = panel.death()
    assert asked(panel) == []
    suspect(panel, death, True)
    assert asked(panel) == [death.id]
    record_referral(panel.coordinator, death, False, "An accident.", TODAY)
    assert asked(panel) == []
    decide_on(panel, death, 1)
    assert asked(panel) == [death.id]
    record_referral(panel.coordinator, death, True, "Neglect was found.", TODAY)
    assert asked(panel) == []


def test_a_decision_with_another_category_asks_nothing_and_a_correction_to_the_first_does(
    panel: Panel,
) -> None:
    death = panel.death()
    decide_on(panel, death, 8)
    assert asked(panel) == []
    correct(panel.coordinator, death, Judgement(frozenset({1, 8}), "none"), "New.", TODAY, "New facts.")
    assert asked(panel) == [death.id]


def test_a_suspicion_withdrawn_when_it_was_decided_and_raised_again_is_new(panel: Panel) -> None:
    death = panel.death(is_abuse_suspected=True)
    record_referral(panel.coordinator, death, False, "An accident.", TODAY)
    suspect(panel, death, False)
    assert asked(panel) == []
    record_referral(panel.coordinator, death, False, "The suspicion is withdrawn.", TODAY)
    suspect(panel, death, True)
    assert asked(panel) == [death.id]


def test_only_who_keeps_panels_is_asked_and_of_open_cases_only(panel: Panel) -> None:
    death = panel.death(is_abuse_suspected=True)
    panel.meeting(cases=[death])
    for who in (panel.world.cdop_member, panel.world.chair, panel.world.manager):
        assert needs_referral(panel.world.as_viewer(who)) == []
        with pytest.raises(Refused):
            record_referral(panel.world.as_viewer(who), death, True, "Why.", TODAY)
    from kscb_actions.access.policy import Role

    second = panel.world.person("second-coordinator", Role.CDOP_COORDINATOR)
    panel.interest(death, second)
    assert needs_referral(panel.world.as_viewer(second)) == []
    with pytest.raises(Refused):
        record_referral(panel.world.as_viewer(second), death, True, "Why.", TODAY)


@pytest.mark.parametrize(
    ("decided_on", "due_on"),
    [(date(2012, 3, 30), date(2012, 4, 30)), (date(2012, 1, 31), date(2012, 2, 29))],
)
def test_the_subgroup_s_decision_is_due_a_month_after(panel: Panel, decided_on: date, due_on: date) -> None:
    referral = record_referral(panel.coordinator, panel.death(), True, "Neglect.", decided_on)
    assert referral.due_on == due_on
    kept = record_referral(panel.coordinator, panel.death(), False, "An accident.", decided_on)
    assert kept.due_on is None


def test_the_chair_sees_what_was_referred_and_nothing_else(panel: Panel) -> None:
    chair = panel.world.as_viewer(panel.world.chair)
    kept = record_referral(panel.coordinator, panel.death(), False, "An accident.", TODAY)
    assert get_referral(chair, kept.id) is None
    late = record_referral(panel.coordinator, panel.death(), True, "Neglect.", date(2012, 2, 1))
    soon = record_referral(panel.coordinator, panel.death(), True, "Neglect.", TODAY)
    answer_referral(chair, late, "none", "Not met.", TODAY)
    assert [(row.id, bool(answer)) for row, answer in list_referrals(chair)] == [
        (soon.id, False),
        (late.id, True),
    ]
    assert count_open_referrals(chair) == 1
    for who in (panel.world.manager, panel.world.cdop_member, panel.world.reader, panel.world.police_lead):
        viewer = panel.world.as_viewer(who)
        assert (get_referral(viewer, soon.id), list_referrals(viewer)) == (None, [])
        assert count_open_referrals(viewer) == 0


def test_a_referral_is_answered_once_by_a_chair_with_a_review_they_see(panel: Panel) -> None:
    chair = panel.world.as_viewer(panel.world.chair)
    death = panel.death(is_abuse_suspected=True)
    referral = record_referral(panel.coordinator, death, True, "Neglect.", TODAY)
    with pytest.raises(InvalidInput, match="not answered yet"):
        record_referral(panel.coordinator, death, True, "Again.", TODAY)
    hidden = panel.world.review(is_restricted=True)
    with pytest.raises(InvalidInput) as wrong:
        answer_referral(chair, referral, "scr", "The test is met.", TODAY, hidden)
    assert set(wrong.value.errors) == {"review"}
    with pytest.raises(Refused):
        answer_referral(panel.coordinator, referral, "scr", "Mine.", TODAY)
    review = panel.world.review()
    answer_referral(chair, referral, "scr", "The test is met.", TODAY, review)
    with pytest.raises(Refused, match="since you opened"):
        answer_referral(chair, referral, "none", "No.", TODAY)
    ((row, answers),) = referrals_of(panel.coordinator, death)
    assert row.id == referral.id
    assert [(each.outcome, each.review_id) for each in answers] == [("scr", review.id)]
    assert referrals_of(panel.member, death) == []


def test_an_answer_is_corrected_with_a_reason_and_both_are_shown(panel: Panel) -> None:
    chair, death = panel.world.as_viewer(panel.world.chair), panel.death()
    decide_on(panel, death, 1)
    referral = record_referral(panel.coordinator, death, True, "Category 1.", TODAY)
    answer_referral(chair, referral, "none", "Not met.", TODAY)
    with pytest.raises(InvalidInput) as wrong:
        answer_referral(chair, referral, "scr", "The test is met.", TODAY, seen_answers=1)
    assert set(wrong.value.errors) == {"correction_reason"}
    with pytest.raises(InvalidInput, match="Nothing is different"):
        answer_referral(chair, referral, "none", "Not met.", TODAY, None, "A slip.", 1)
    answer_referral(chair, referral, "scr", "The test is met.", TODAY, None, "Ticked wrongly.", 1)
    ((_, answers),) = referrals_of(panel.coordinator, death)
    assert [(each.outcome, each.correction_reason) for each in answers] == [
        ("scr", "Ticked wrongly."),
        ("none", ""),
    ]
    ((_, stands),) = list_referrals(chair)
    assert stands is not None and stands.outcome == "scr" and count_open_referrals(chair) == 0
    # A review that has been decided on asks for nothing more, whatever stood before.
    suspect(panel, death, True)
    assert asked(panel) == []
    with pytest.raises(Refused):
        answer_referral(panel.coordinator, referral, "none", "Mine.", TODAY, None, "Mine.", 2)


def test_what_comes_after_no_review_asks_again(panel: Panel) -> None:
    chair = panel.world.as_viewer(panel.world.chair)
    death = panel.death()
    decide_on(panel, death, 1)
    referral = record_referral(panel.coordinator, death, True, "Category 1.", TODAY)
    answer_referral(chair, referral, "none", "Not met.", TODAY)
    assert asked(panel) == []
    suspect(panel, death, True)
    assert asked(panel) == [death.id]
    with clock.at(date(2012, 5, 1)):
        second = record_referral(panel.coordinator, death, True, "Charged.", date(2012, 5, 1))
    assert (second.number, asked(panel)) == (2, [])


def test_asking_takes_no_more_queries_with_more_cases(panel: Panel) -> None:
    panel.death(is_abuse_suspected=True)
    with counted() as few:
        needs_referral(panel.coordinator)
    for _ in range(4):
        record_referral(panel.coordinator, panel.death(is_abuse_suspected=True), False, "No.", TODAY)
    with counted() as many:
        needs_referral(panel.coordinator)
    assert int(many) == int(few) == 3
