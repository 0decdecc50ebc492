"""Asking agencies by a date, their own answers, what is kept of each, and what the Board says of it."""

from dataclasses import replace
from datetime import date

import pytest

from kscb_actions import clock
from kscb_actions.access.policy import SYSTEM, Refused, Role
from kscb_actions.audit.service import StaleEdit, change
from kscb_actions.mail.models import OutboxItem, OutboxMessage
from kscb_actions.people.service import edit_person, facts_of
from kscb_actions.reports.progress.report import build_progress
from kscb_actions.reports.progress.scope import ReportRequest
from kscb_actions.reviews.answers.models import AnswerView, GivenAnswer
from kscb_actions.reviews.answers.queries import (
    TO_VIEW,
    UNANSWERED,
    AnswerFilter,
    count_answers,
    count_to_view,
    list_answers,
    list_given,
    tallies,
    waiting_for,
)
from kscb_actions.reviews.answers.rules import Standing
from kscb_actions.reviews.answers.service import note_view
from kscb_actions.reviews.models import AgencyResponse, NamedPerson, Review
from kscb_actions.reviews.recommendations import answer_recommendation
from kscb_actions.settings.queries import get_board
from kscb_actions.text import InvalidInput

from ...factories import TODAY, World
from .asking import ANSWER_BY, answered, asked, of_police, planned


def test_all_of_a_review_is_asked_at_once_and_each_lead_told_by_reference_and_link(world: World) -> None:
    review = planned(world)
    asked(world, review)
    rows = AgencyResponse.select().order_by(AgencyResponse.id)
    assert {(row.asked_on, row.first_due_on, row.due_on) for row in rows} == {(TODAY, ANSWER_BY, ANSWER_BY)}
    messages = {each.to_address: each for each in OutboxMessage.select()}
    assert set(messages) == {"police-lead@board.example", "health-lead@board.example"}
    police = messages["police-lead@board.example"]
    assert police.subject == "2 recommendations of SCR-2011-02 for your agency’s answer"
    assert "SCR-2011-02: 1, 2." in police.body and "20 April 2012" in police.body
    assert "/answers?waits=1" in police.body and "Train the staff" not in police.body
    items = OutboxItem.select().where(OutboxItem.message == police)
    assert [each.review_id for each in items] == [review.id]
    assert waiting_for(world.as_viewer(world.police_lead)).count == 2
    assert waiting_for(world.as_viewer(world.police_member)).due_on == ANSWER_BY
    assert waiting_for(world.as_viewer(world.probation_lead)).count == 0


def test_asking_anew_moves_the_date_and_in_time_stays_with_the_first(world: World) -> None:
    review = planned(world)
    asked(world, review, "KPOL", due_on=date(2012, 3, 31))
    with clock.at(date(2012, 4, 2)):
        asked(world, review, "KPOL")
        answered(world, review, 1, "accepted")
    row = of_police(world, review)
    assert (row.first_due_on, row.due_on, row.first_answered_on) == (
        date(2012, 3, 31),
        ANSWER_BY,
        date(2012, 4, 2),
    )
    found = tallies(world.as_viewer(world.manager), date(2012, 4, 2))[world.police]
    assert (found.asked, found.late, found.unanswered) == (2, 1, 1)


def test_an_agency_with_nobody_who_may_see_the_review_is_said_and_nobody_is_asked(world: World) -> None:
    review = planned(world, is_restricted=True)
    with change(SYSTEM) as tx:
        tx.add(NamedPerson(review=review, user=world.police_lead), "review.person-named")
    with pytest.raises(InvalidInput) as refused:
        asked(world, review)
    assert "NHS Kent and Medway has no lead or Board member" in refused.value.errors["agencies"]
    assert OutboxMessage.select().count() == 0 and of_police(world, review).due_on is None
    asked(world, review, "KPOL")
    assert [each.to_address for each in OutboxMessage.select()] == ["police-lead@board.example"]


def test_the_agency_answers_and_an_answer_by_letter_is_told_apart(world: World) -> None:
    review = planned(world)
    asked(world, review)
    answered(world, review, 1, "not_accepted", will_do="Ask again next year.")
    with clock.at(date(2012, 5, 2)):
        manager = world.as_viewer(world.manager)
        second = of_police(world, review, 2).recommendation
        answer_recommendation(manager, second, world.police, "accepted", given_on=date(2012, 4, 18))
    own, letter = GivenAnswer.select().order_by(GivenAnswer.id)
    assert (own.is_recorded, own.by_id, own.will_do) == (False, world.police_lead.id, "Ask again next year.")
    assert (letter.is_recorded, letter.by_id, letter.given_on) == (True, world.manager.id, date(2012, 4, 18))
    assert tallies(manager, date(2012, 5, 2))[world.police].in_time == 2


def test_a_changed_answer_needs_a_reason_and_the_earlier_one_stays(world: World) -> None:
    review = planned(world)
    answered(world, review, 1, "not_accepted")
    with pytest.raises(InvalidInput) as refused:
        answered(world, review, 1, "accepted")
    assert set(refused.value.errors) == {"why_changed"}
    answered(world, review, 1, "accepted", why_changed="Money was found.")
    row = of_police(world, review)
    assert (row.answer, row.first_answered_on) == ("accepted", TODAY)
    assert [(each.answer, each.reason, each.why_changed) for each in list_given(row)] == [
        ("accepted", "", "Money was found."),
        ("not_accepted", "No budget.", ""),
    ]


@pytest.mark.parametrize("who", ["health_lead", "chair", "reader", "independent_chair", "subgroup_member"])
def test_nobody_else_answers_for_an_agency(world: World, who: str) -> None:
    review = planned(world)
    recommendation = of_police(world, review).recommendation
    with pytest.raises(Refused):
        answer_recommendation(world.as_viewer(getattr(world, who)), recommendation, world.police, "accepted")
    assert of_police(world, review).answer == "awaited"


def test_a_lead_who_is_not_named_answers_nothing_of_a_restricted_review(world: World) -> None:
    review = planned(world, is_restricted=True)
    with pytest.raises(Refused, match="no such review"):
        answered(world, review, 1, "accepted")
    assert waiting_for(world.as_viewer(world.police_lead)).count == 0


def test_what_is_not_accepted_waits_for_the_board_until_it_says_what_it_thinks(world: World) -> None:
    review = planned(world)
    asked(world, review)
    answered(world, review, 1, "not_accepted")
    chair = world.as_viewer(world.second_chair)
    assert count_to_view(chair)[0] == count_answers(chair, TO_VIEW, TODAY) == 1
    row = of_police(world, review)
    note_view(chair, row, "The Board does not agree.", row.version)
    assert count_to_view(chair)[0] == 0
    view = AnswerView.get()
    assert (view.answer, view.text, view.by_id) == ("not_accepted", "The Board does not agree.", chair.id)
    answered(world, review, 1, "partly", why_changed="After the Board’s view.")
    assert count_to_view(chair)[0] == 1
    with pytest.raises(StaleEdit):
        note_view(chair, row, "Seen too late.", row.version)


def test_the_boards_view_is_of_somebody_outside_the_agency(world: World) -> None:
    review = planned(world)
    answered(world, review, 1, "partly")
    row = of_police(world, review)
    own = world.person("police-chair", Role.CHAIR, Role.INDEPENDENT_CHAIR, agency=world.police)
    for person in (own, world.manager, world.reader, world.police_lead, world.subgroup_member):
        with pytest.raises(Refused):
            note_view(world.as_viewer(person), row, "Fine.", row.version)
    both = replace(world.as_viewer(world.manager), roles=frozenset({Role.MANAGER, Role.CHAIR}))
    answer_recommendation(
        both, row.recommendation, world.police, "not_accepted", "A letter.", why_changed="A letter came."
    )
    with pytest.raises(Refused, match="that you recorded"):
        note_view(both, of_police(world, review), "Fine.", 3)
    assert AnswerView.select().count() == 0


def test_a_withdrawn_recommendation_waits_for_nobody(world: World) -> None:
    review = planned(world)
    asked(world, review)
    row = of_police(world, review)
    row.recommendation.withdrawn_on = TODAY
    with change(SYSTEM) as tx:
        tx.update(row.recommendation, "recommendation.withdrawn")
    assert waiting_for(world.as_viewer(world.police_lead)).count == 1
    assert tallies(world.as_viewer(world.manager), TODAY)[world.police].asked == 1


def test_page_list_first_page_and_paper_count_the_same(world: World) -> None:
    review = planned(world)
    asked(world, review)
    answered(world, review, 1, "accepted")
    manager, later = world.as_viewer(world.manager), date(2012, 4, 25)
    with clock.at(later):
        answered(world, review, 2, "accepted")
        found = tallies(manager, later)
        for agency, each in found.items():
            listed = [
                count_answers(manager, AnswerFilter(standing=standing, agency=agency.code), later)
                for standing in Standing
            ]
            assert listed == [each.in_time, each.late, each.unanswered, each.not_yet_due]
        unanswered = sum(each.unanswered for each in found.values())
        assert count_answers(manager, UNANSWERED, later) == unanswered == 1
        assert list_answers(manager, UNANSWERED, later).total == unanswered
        report = build_progress(
            manager, get_board(), ReportRequest(review.reference, appendices=("answers",)), later
        )
    blocks = [block for section in report.sections for block in section.blocks]
    (table,) = [each for each in blocks if getattr(each, "caption", "").startswith("Asked to answer")]
    assert set(table.rows) == {(agency.name, *map(str, each.numbers)) for agency, each in found.items()}


def test_the_paper_of_a_past_day_has_what_was_so_on_it(world: World) -> None:
    review: Review = planned(world)
    asked(world, review, "KPOL")
    with clock.at(date(2012, 5, 1)):
        answered(world, review, 1, "accepted")
        manager = world.as_viewer(world.manager)
        then = build_progress(
            manager,
            get_board(),
            ReportRequest(as_at=date(2012, 4, 25), appendices=("answers",)),
            date(2012, 5, 1),
        )
    rows = [
        row for section in then.sections for block in section.blocks for row in getattr(block, "rows", ())
    ]
    assert ("Kent Police", "2", "0", "0", "2", "0") in rows


def test_an_agency_whose_people_have_left_is_said(world: World) -> None:
    review = planned(world)
    for person in (world.police_lead, world.police_member):
        edit_person(SYSTEM, person, facts_of(person), person.version, is_active=False)
    with pytest.raises(InvalidInput, match="Kent Police has no lead"):
        asked(world, review)
