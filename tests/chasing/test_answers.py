"""Awaited answers are chased: who is reminded, how often, and of nothing that is answered."""

from datetime import date, timedelta
from itertools import pairwise

from kscb_actions.access.policy import SYSTEM
from kscb_actions.audit.service import change
from kscb_actions.chasing.answers.models import AnswerChase
from kscb_actions.chasing.answers.provider import AWAITED_ANSWERS
from kscb_actions.chasing.answers.rules import ANSWERS
from kscb_actions.chasing.service import ChaseRun, chase
from kscb_actions.mail.models import OutboxItem, OutboxMessage
from kscb_actions.people.service import edit_person, facts_of
from kscb_actions.reviews.models import NamedPerson, Review

from ..factories import World
from ..reviews.answers.asking import ANSWER_BY, URL, answered, asked, planned


def run(on: date) -> ChaseRun:
    """Chase on a day."""
    return chase(AWAITED_ANSWERS, on, URL)


def test_an_awaited_answer_is_chased_once_a_stage_by_reference_and_link(world: World) -> None:
    review = planned(world)
    asked(world, review, "KPOL")
    (message,) = run(ANSWER_BY).messages
    assert message.to == "police-lead@board.example"
    assert message.subject == "2 recommendations wait for an answer (SCR-2011-02, recommendation 1 first)"
    assert f"{URL}/reviews/SCR-2011-02/recommendations/1/answers/KPOL" in message.body
    assert "Due today" in message.body and "Train the staff" not in message.body
    assert run(ANSWER_BY).messages == ()
    assert AnswerChase.select().count() == 2
    row = AnswerChase.get()
    assert (row.due_on, row.review_id) == (ANSWER_BY, review.id)
    items = OutboxItem.select().join(OutboxMessage).where(OutboxMessage.id == row.message_id)
    assert {item.review_id for item in items} == {review.id}


def test_it_is_chased_again_and_again_until_it_is_answered(world: World) -> None:
    review = planned(world)
    asked(world, review, "NHSK")
    days = [ANSWER_BY + timedelta(days=days) for days in range(-20, 200)]
    told = [day for day in days if run(day).messages]
    # A fortnight before is Good Friday, so the first goes out after Easter.
    assert [(day - ANSWER_BY).days for day in told if day < date(2012, 6, 15)] == [-10, 0, 7, 28]
    gaps = [(later - earlier).days for earlier, later in pairwise(told)]
    assert max(gaps) <= ANSWERS.first.longest_silence and told[-1] >= days[-1] - timedelta(
        days=ANSWERS.first.longest_silence
    )


def test_a_clock_put_back_repeats_nothing_and_a_new_date_begins_anew(world: World) -> None:
    review = planned(world)
    asked(world, review, "NHSK")
    far = ANSWER_BY + timedelta(days=140)
    assert len(run(far).messages) == 1
    assert [len(run(day).messages) for day in (far, far)] == [0, 0]
    assert len(run(ANSWER_BY).messages) == 1 and run(ANSWER_BY).messages == ()
    later = date(2013, 1, 10)
    asked(world, review, "NHSK", due_on=later)
    assert len(run(later).messages) == 1


def test_what_is_answered_or_was_never_asked_is_not_chased(world: World) -> None:
    review = planned(world)
    asked(world, review, "KPOL")
    answered(world, review, 1, "accepted")
    answered(world, review, 2, "not_accepted")
    assert "police-lead@board.example" not in {message.to for message in run(ANSWER_BY).messages}


def test_of_a_restricted_review_only_who_is_named_is_told_and_else_nobody(world: World) -> None:
    review = planned(world)
    asked(world, review, "KPOL")
    restricted = Review.get_by_id(review.id)
    restricted.is_restricted = True
    with change(SYSTEM) as tx:
        tx.update(restricted, "review.changed")
        named = tx.add(NamedPerson(review=review, user=world.police_member), "review.person-named")
    (message,) = run(ANSWER_BY).messages
    assert message.to == "police-member@board.example"
    with change(SYSTEM) as tx:
        tx.remove(named, "review.person-unnamed")
    assert run(date(2012, 5, 28)).messages == ()


def test_where_the_agency_has_nobody_left_the_managers_are_told(world: World) -> None:
    asked(world, planned(world), "KPOL")
    for person in (world.police_lead, world.police_member):
        edit_person(SYSTEM, person, facts_of(person), person.version, is_active=False)
    (message,) = run(ANSWER_BY).messages
    assert message.to == "manager@board.example"
    assert "Nobody in the agency can answer these any more" in message.body
