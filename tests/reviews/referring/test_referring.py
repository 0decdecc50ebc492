"""An agency refers a living child's case; the subgroup answers, is reminded until it has, and corrects."""

from collections.abc import Callable
from datetime import date, timedelta

import pytest

from kscb_actions import clock
from kscb_actions.access.policy import Refused, Role
from kscb_actions.actions.handover import switch_off
from kscb_actions.audit.models import AuditEvent
from kscb_actions.audit.service import StaleEdit
from kscb_actions.chasing.referred.models import CaseReferralChase
from kscb_actions.chasing.referred.provider import UNANSWERED_REFERRALS
from kscb_actions.chasing.service import chase
from kscb_actions.mail.models import OutboxMessage
from kscb_actions.people.models import User
from kscb_actions.reviews.referring.models import CaseReferral
from kscb_actions.reviews.referring.queries import answers_to, count_waiting, get_referral, list_referrals
from kscb_actions.reviews.referring.rules import (
    AnswerFacts,
    ReferralFacts,
    problems_with_answer,
    problems_with_referral,
)
from kscb_actions.reviews.referring.service import answer_case, refer_case, withdraw_referral
from kscb_actions.text import InvalidInput

from ...factories import TODAY, World
from ...pages import Visitor
from ...queries import counted
from .making import BASE_URL, case_referral

Visit = Callable[[User | None], Visitor]
DAY = timedelta(days=1)
NO = AnswerFacts("none", "The criteria are not met.", TODAY)


@pytest.mark.parametrize(
    ("facts", "wrong"),
    [
        (ReferralFacts("What.", "Why."), set()),
        (ReferralFacts("What.", "Why.", TODAY), set()),
        (ReferralFacts("What.", "Why.", TODAY + DAY), {"happened_on"}),
        (ReferralFacts("", ""), {"summary", "reason"}),
        (ReferralFacts("x" * 100_000, "Why."), {"summary"}),
    ],
)
def test_what_is_said_of_a_case(facts: ReferralFacts, wrong: set[str]) -> None:
    assert set(problems_with_referral(facts, TODAY)) == wrong


@pytest.mark.parametrize(
    ("facts", "has_review", "wrong"),
    [
        (NO, False, set()),
        (NO, True, {"review"}),
        (AnswerFacts("review", "Met.", TODAY), True, set()),
        (AnswerFacts("", "", None), False, {"outcome", "reason", "answered_on"}),
        (AnswerFacts("other", "An audit.", TODAY + DAY), False, {"answered_on"}),
        (AnswerFacts("other", "An audit.", TODAY - DAY), False, {"answered_on"}),
    ],
)
def test_what_the_subgroup_answers(facts: AnswerFacts, has_review: bool, wrong: set[str]) -> None:
    assert set(problems_with_answer(facts, TODAY, TODAY, has_review)) == wrong


def letters(subject: str) -> set[str]:
    """Return who was written to under a subject that begins so."""
    found = OutboxMessage.select().where(OutboxMessage.subject.startswith(subject))
    return {message.to_user.email for message in found}


def test_a_case_is_seen_by_its_agency_and_the_board_and_the_chairs_are_told(world: World) -> None:
    deputy = world.person("deputy", Role.DEPUTY)
    referral = case_referral(world)
    sees = {each for each in User.select() if get_referral(each.viewer, referral.id)}
    assert sees == {
        world.manager, world.chair, world.second_chair, deputy, world.independent_chair,
        world.subgroup_member, world.police_lead, world.police_member,
    }  # fmt: skip
    assert sees == {each for each in User.select() if list_referrals(each.viewer)}
    told = letters(f"A case referred by {world.police.name}")
    assert told == {each.email for each in (world.chair, world.second_chair, deputy)}
    assert referral.due_on == date(2012, 4, 30)
    texts = [event.state + (event.detail or "") for event in AuditEvent.select()]
    bodies = [message.body + message.subject for message in OutboxMessage.select()]
    assert not [text for text in texts + bodies if "baby" in text or "Serious harm" in text]


def test_nobody_refers_for_another_agency_but_the_manager(world: World) -> None:
    facts = ReferralFacts("What.", "Why.")
    with pytest.raises(Refused):
        refer_case(world.health_lead.viewer, world.police, facts, BASE_URL)
    with pytest.raises(Refused):
        refer_case(world.chair.viewer, world.police, facts, BASE_URL)
    assert refer_case(world.manager.viewer, world.police, facts, BASE_URL).agency == world.police
    with pytest.raises(InvalidInput) as caught:
        refer_case(world.manager.viewer, None, ReferralFacts("", ""), BASE_URL)
    assert set(caught.value.errors) == {"agency", "summary", "reason"}


def test_the_subgroup_answers_once_and_corrects_in_sight(world: World) -> None:
    referral = case_referral(world)
    for person in set(User.select()) - {
        world.chair, world.second_chair, world.independent_chair,
    }:  # fmt: skip
        with pytest.raises(Refused):
            answer_case(person.viewer, referral, NO, None, 0, BASE_URL)
    answer_case(world.chair.viewer, referral, NO, None, 0, BASE_URL)
    assert letters(f"Referral {referral.label}: no review") == {world.police_lead.email}
    with pytest.raises(Refused, match="since you opened it"):
        answer_case(world.second_chair.viewer, referral, NO, None, 0, BASE_URL)
    review = world.review("SCR-2012-05")
    held = AnswerFacts("review", "More is known.", TODAY)
    answer_case(world.chair.viewer, referral, held, review, 1, BASE_URL)
    assert [(each.outcome, each.review) for each in answers_to(referral)] == [
        ("none", None), ("review", review),
    ]  # fmt: skip
    with pytest.raises(Refused, match="answered this referral"):
        withdraw_referral(world.police_lead.viewer, referral, "Ours.", 1, BASE_URL)


def test_nobody_answers_for_their_own_agency(world: World) -> None:
    chair = world.person("probation-chair", Role.CHAIR, agency=world.police)
    referral = case_referral(world)
    with pytest.raises(Refused, match="belongs to your agency"):
        answer_case(chair.viewer, referral, NO, None, 0, BASE_URL)
    assert chair.email not in letters("A case referred by")


def test_a_referral_is_taken_back_until_it_is_answered(world: World) -> None:
    referral = case_referral(world)
    with pytest.raises(InvalidInput):
        withdraw_referral(world.police_lead.viewer, referral, "", 1, BASE_URL)
    with pytest.raises(Refused):
        withdraw_referral(world.health_lead.viewer, referral, "Not mine.", 1, BASE_URL)
    with pytest.raises(StaleEdit):
        withdraw_referral(
            world.police_lead.viewer, CaseReferral.get_by_id(referral.id), "Twice.", 0, BASE_URL
        )
    withdraw_referral(world.police_lead.viewer, CaseReferral.get_by_id(referral.id), "Twice.", 1, BASE_URL)
    assert count_waiting(world.chair.viewer) == 0
    assert world.chair.email in letters(f"Referral {referral.label} withdrawn")
    with pytest.raises(Refused, match="was withdrawn"):
        answer_case(world.chair.viewer, referral, NO, None, 0, BASE_URL)


def reminded(day: date) -> set[str]:
    """Return who is reminded on a day."""
    before = OutboxMessage.select().count()
    with clock.at(day):
        chase(UNANSWERED_REFERRALS, day, BASE_URL)
    return {message.to_user.email for message in OutboxMessage.select().offset(before)}


def test_the_chairs_are_reminded_again_and_again_until_it_is_answered(world: World) -> None:
    referral = case_referral(world)
    chairs = {world.chair.email, world.second_chair.email}
    assert reminded(referral.due_on - 8 * DAY) == set()
    assert chairs <= reminded(referral.due_on - 7 * DAY)
    assert reminded(referral.due_on - 7 * DAY) == set()
    assert chairs <= reminded(referral.due_on)
    weeks = [reminded(referral.due_on + count * 7 * DAY) for count in range(1, 13)]
    assert sum(chairs <= week for week in weeks) >= 2, weeks
    with clock.at(referral.due_on + 90 * DAY):
        answer_case(world.chair.viewer, referral, NO, None, 0, BASE_URL)
    rows = CaseReferralChase.select().count()
    assert reminded(referral.due_on + 200 * DAY) == set() and CaseReferralChase.select().count() == rows


def test_where_no_chair_may_answer_somebody_else_is_reminded(world: World) -> None:
    referral = case_referral(world)
    for person in (world.chair, world.second_chair):
        switch_off(world.manager.viewer, person, None)
    assert reminded(referral.due_on) & {world.independent_chair.email, world.manager.email}


def test_a_case_is_referred_answered_and_seen_on_pages(world: World, visit: Visit) -> None:
    lead, chair = visit(world.police_lead), visit(world.chair)
    assert "/case-referrals/new" in lead.get("/reviews").links()
    assert "/case-referrals" not in visit(world.reader).get("/reviews").links()
    refused = lead.send("/case-referrals/new", happened_on=["1", "1", "2030"])
    assert set(refused.errors) == {"happened_on", "reason", "summary"}
    assert set(lead.send("/case-referrals/new").errors) == {"summary", "reason"}
    sent = lead.send("/case-referrals/new", summary="A boy was hurt.", reason="Serious harm.")
    assert "1 case referred by agencies waits" in chair.get("/attention").text
    page = chair.get(sent.leads_to)
    assert "A boy was hurt." in page.text and "has not answered yet" in page.text
    nothing = chair.send(f"{sent.leads_to}/answer", reason="")
    assert set(nothing.errors) == {"outcome", "reason"}
    answered = chair.send(f"{sent.leads_to}/answer", outcome="none", reason="Not met.")
    assert answered.leads_to == sent.leads_to
    assert "No review" in lead.get(sent.leads_to).text
    assert f"{sent.leads_to}/withdraw" not in lead.get(sent.leads_to).links()
    corrected = chair.get(f"{sent.leads_to}/answer")
    assert corrected.value("reason") == "Not met." and "Correct the subgroup’s answer" in corrected.text
    assert "referred by agencies" not in chair.get("/attention").text


def test_of_two_who_answer_at_once_one_does(world: World, visit: Visit) -> None:
    referral, chair = case_referral(world), visit(world.chair)
    address = f"/case-referrals/{referral.id}/answer"
    form = chair.get(address)
    answer_case(world.second_chair.viewer, referral, NO, None, 0, BASE_URL)
    typed = {"outcome": "review", "reason": "Mine.", "answered_on": ["31", "3", "2012"]}
    late = chair.post(address, {"seen": "0", "once": form.value("once"), **typed})
    assert late.status == 403 or "since you opened it" in late.text
    assert len(answers_to(referral)) == 1


def test_the_number_of_queries_does_not_grow_with_the_referrals(world: World, visit: Visit) -> None:
    counts = []
    for _ in range(3):
        case_referral(world)
        visitor = visit(world.chair)
        with counted() as count:
            assert visitor.get("/case-referrals").status == 200
        counts.append(int(count))
    assert counts[0] == counts[1] == counts[2] <= 10, counts
