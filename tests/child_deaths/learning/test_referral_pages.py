"""The pages of referrals: the co-ordinator's, the chair's, and the number on the chair's first page."""

from collections.abc import Callable
from datetime import date

import pytest

from kscb_actions.child_deaths.cases.models import ChildDeath
from kscb_actions.child_deaths.learning.models import Referral, ReferralAnswer
from kscb_actions.child_deaths.learning.referrals import answer_referral, record_referral
from kscb_actions.child_deaths.meetings.models import Interest
from kscb_actions.people.models import User

from ...factories import TODAY, World
from ...factories_deaths import Panel
from ...pages import Visitor
from ...queries import counted

DAY = ["30", "3", "2012"]


@pytest.fixture
def panel(world: World) -> Panel:
    return Panel(world)


@pytest.fixture
def death(panel: Panel) -> ChildDeath:
    return panel.death(case_number="77/777", is_abuse_suspected=True, circumstances="Found by a carer.")


@pytest.fixture
def keeper(panel: Panel, visit: Callable[[User], Visitor]) -> Visitor:
    return visit(panel.world.cdop_coordinator)


@pytest.fixture
def chair(panel: Panel, visit: Callable[[User], Visitor]) -> Visitor:
    return visit(panel.world.chair)


def test_from_the_prompt_to_the_answer(
    panel: Panel, death: ChildDeath, keeper: Visitor, chair: Visitor
) -> None:
    assert f"/deaths/{death.id}/referral" in keeper.get("/panel-work").links()
    address = f"/deaths/{death.id}/referral"
    assert "Record whether the death is referred" in keeper.get(address).text
    keeper.post(address, {"is_referred": "yes", "reason": "Neglect is likely.", "decided_on": DAY})
    referral = Referral.get()
    assert (referral.is_referred, referral.due_on) == (True, date(2012, 4, 30))
    assert f"/deaths/{death.id}/referral" not in keeper.get("/panel-work").links()
    attention = chair.get("/attention")
    assert "1 referral from the child death overview panel waits" in attention.text
    assert "/referrals" in attention.links()
    assert "due in 31 days" in chair.get("/referrals").text
    page = chair.get(f"/referrals/{referral.id}")
    for told in ("77/777", "1 month", "Male", "November 2011", "Found by a carer.", "Neglect is likely."):
        assert told in page.text
    for untold in ("3 November", "Thanet", "White British"):
        assert untold not in page.source
    chair.post(
        f"/referrals/{referral.id}/answer",
        {"outcome": "none", "reason": "The test is not met.", "answered_on": DAY},
    )
    assert "The test is not met." in keeper.get(address).text
    assert "met on time" in chair.get("/referrals").text
    assert "referral" not in chair.get("/attention").text
    address_of_answer = f"/referrals/{referral.id}/answer"
    assert address_of_answer in chair.get(f"/referrals/{referral.id}").links()
    assert chair.get(address_of_answer).value("reason") == "The test is not met."
    fields = {"outcome": "scr", "reason": "It is met.", "answered_on": DAY, "seen": "1"}
    assert set(chair.post(address_of_answer, fields).errors) == {"correction_reason"}
    chair.post(address_of_answer, fields | {"correction_reason": "Ticked wrongly."})
    for page in (chair.get(f"/referrals/{referral.id}"), keeper.get(address)):
        for told in ("The test is not met.", "It is met.", "Ticked wrongly.", "before it was corrected"):
            assert told in page.text


def test_the_number_moves_for_nobody_who_may_not_read_referrals(
    panel: Panel, death: ChildDeath, visit: Callable[[User], Visitor]
) -> None:
    pages = {
        user.id: visit(user).get("/attention").text for user in (panel.world.manager, panel.world.reader)
    }
    record_referral(panel.coordinator, death, True, "Neglect.", TODAY)
    for user in (panel.world.manager, panel.world.reader):
        assert visit(user).get("/attention").text == pages[user.id]
        assert visit(user).get("/referrals").status == 403
        assert visit(user).get(f"/referrals/{Referral.get().id}").status == 404
    assert visit(panel.world.cdop_member).get("/referrals").status == 403


def test_the_chair_reads_no_case_and_no_unreferred_one(
    panel: Panel, death: ChildDeath, chair: Visitor
) -> None:
    kept = record_referral(panel.coordinator, death, False, "An accident.", TODAY)
    assert chair.get(f"/referrals/{kept.id}").status == 404
    assert "Nothing has been referred." in chair.get("/referrals").text
    assert chair.get(f"/deaths/{death.id}/referral").status == 404


def test_a_linked_review_is_named_to_those_who_may_see_it(
    panel: Panel, death: ChildDeath, keeper: Visitor, chair: Visitor
) -> None:
    review = panel.world.review("SCR-2012-01")
    referral = record_referral(panel.coordinator, death, True, "Neglect.", TODAY)
    fields = {"outcome": "scr", "reason": "Met.", "answered_on": DAY, "review": "SCR-2012-01"}
    chair.post(f"/referrals/{referral.id}/answer", fields)
    assert ReferralAnswer.get().review_id == review.id
    assert "/reviews/SCR-2012-01" in chair.get(f"/referrals/{referral.id}").links()
    for page in (keeper.get(f"/referrals/{referral.id}"), keeper.get(f"/deaths/{death.id}/referral")):
        assert "A review is recorded." in page.text
        assert "SCR-2012-01" not in page.source


@pytest.mark.parametrize(
    ("fields", "wrong"),
    [
        ({"decided_on": DAY}, {"is_referred-1", "reason"}),
        ({"is_referred": "x", "reason": "Why.", "decided_on": DAY}, {"is_referred-1"}),
        ({"is_referred": "no", "reason": "Why.", "decided_on": ["31", "3", "2012"]}, {"decided_on"}),
        ({"is_referred": "no", "reason": "Why.", "decided_on": ["x", "", "2012"]}, {"decided_on"}),
        ({"is_referred": "no", "reason": "Why.", "decided_on": []}, {"decided_on"}),
    ],
)
def test_odd_input_records_nothing(
    panel: Panel, death: ChildDeath, keeper: Visitor, fields: dict[str, object], wrong: set[str]
) -> None:
    page = keeper.post(f"/deaths/{death.id}/referral", fields)
    assert {each.removesuffix("-1") for each in page.errors} == {each.removesuffix("-1") for each in wrong}
    assert Referral.select().count() == 0


@pytest.mark.parametrize(
    "fields",
    [
        {},
        {"outcome": "x", "reason": "Why.", "answered_on": DAY},
        {"outcome": "none", "reason": "Why.", "answered_on": DAY, "review": "NO-SUCH"},
        {"outcome": "none", "reason": "Why.", "answered_on": ["29", "3", "2012"]},
    ],
)
def test_odd_answers_record_nothing(
    panel: Panel, death: ChildDeath, chair: Visitor, fields: dict[str, object]
) -> None:
    referral = record_referral(panel.coordinator, death, True, "Neglect.", TODAY)
    page = chair.post(f"/referrals/{referral.id}/answer", fields)
    assert page.status == 200
    assert page.errors
    assert ReferralAnswer.select().count() == 0


def test_the_list_takes_no_more_queries_with_more_referrals(
    panel: Panel, death: ChildDeath, chair: Visitor
) -> None:
    record_referral(panel.coordinator, death, True, "Neglect.", TODAY)
    with counted() as few:
        chair.get("/referrals")
    for _ in range(3):
        referral = record_referral(panel.coordinator, panel.death(), True, "Neglect.", TODAY)
    answer_referral(panel.world.as_viewer(panel.world.chair), referral, "none", "No.", TODAY)
    with counted() as many:
        chair.get("/referrals")
    assert int(many) == int(few)


def test_the_chair_declares_an_interest_and_no_longer_sees_the_referral(
    panel: Panel, death: ChildDeath, keeper: Visitor, chair: Visitor
) -> None:
    referral = record_referral(panel.coordinator, death, True, "Neglect is likely.", TODAY)
    address = f"/referrals/{referral.id}/interest"
    assert address in chair.get(f"/referrals/{referral.id}").links()
    assert address not in keeper.get(f"/referrals/{referral.id}").links()
    wrong = chair.send(address, {"nature": " "})
    assert list(wrong.errors) == ["nature"] and Interest.select().count() == 0
    landed = chair.get(chair.send(address, {"nature": "I led the inquiry."}).leads_to)
    assert "You no longer see this referral." in landed.text and "77/777" not in landed.source
    for path in (address, f"/referrals/{referral.id}", f"/referrals/{referral.id}/answer"):
        assert chair.get(path).status == 404
    assert "referral" not in chair.get("/attention").text
    assert "I led the inquiry." in keeper.get(f"/deaths/{death.id}/interests").text
