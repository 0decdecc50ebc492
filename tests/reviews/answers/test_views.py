"""Pages of agencies' answers: what each person finds, does and reads, and what is refused."""

from collections.abc import Callable
from datetime import date

from kscb_actions import clock
from kscb_actions.people.models import User
from kscb_actions.reviews.answers.models import AnswerView, GivenAnswer
from kscb_actions.reviews.models import AgencyResponse
from kscb_actions.reviews.recommendations import answer_recommendation

from ...factories import World
from ...pages import Visitor
from ...queries import counted
from .asking import answered, asked, of_police, planned

Visit = Callable[[User], Visitor]
ONE = "/reviews/SCR-2011-02/recommendations/1/answers/KPOL"


def test_the_manager_asks_all_of_a_review_with_a_date_proposed(world: World, visit: Visit) -> None:
    planned(world)
    manager = visit(world.manager)
    assert "Ask the agencies for their answers" in manager.get("/reviews/SCR-2011-02").text
    page = manager.get("/reviews/SCR-2011-02/ask-answers")
    assert "Kent Police: recommendations 1, 2; asks Police lead" in page.text
    sent = manager.send("/reviews/SCR-2011-02/ask-answers")
    assert sent.leads_to == "/reviews/SCR-2011-02"
    assert {row.due_on for row in AgencyResponse.select()} == {date(2012, 4, 27)}
    assert "asked before, by 27 April 2012" in manager.get("/reviews/SCR-2011-02/ask-answers").text
    assert set(manager.send("/reviews/SCR-2011-02/ask-answers", agencies=[]).errors) == {"agencies"}


def test_who_cannot_be_asked_is_said_before_sending(world: World, visit: Visit) -> None:
    planned(world, is_restricted=True)
    page = visit(world.manager).get("/reviews/SCR-2011-02/ask-answers")
    assert "Nobody of Kent Police can answer." in page.text and "name somebody on the review" in page.text
    assert "Which agencies are asked?" not in page.text


def test_a_lead_finds_what_waits_answers_it_and_changes_it_with_a_reason(world: World, visit: Visit) -> None:
    review = planned(world)
    asked(world, review)
    lead = visit(world.police_lead)
    assert "2 recommendations for your answer" in lead.get("/my-actions").text
    assert "2 recommendations for your answer" in visit(world.police_member).get("/challenges").text
    listed = lead.get("/answers?waits=1")
    assert ONE in listed.links() and "NHS Kent" not in listed.text
    page = lead.get(ONE)
    assert "Answer for Kent Police" in page.text and "Why is the answer changed?" not in page.text
    assert set(lead.send(ONE, answer="partly").errors) == {"reason"}
    sent = lead.send(ONE, answer="partly", reason="No budget.", will_do="Train half of them.")
    assert sent.leads_to == "/reviews/SCR-2011-02#recommendation-1"
    assert "1 recommendation for your answer" in lead.get("/my-actions").text
    assert set(lead.send(ONE, answer="accepted", reason="").errors) == {"why_changed"}
    lead.send(ONE, answer="accepted", reason="", why_changed="Money was found.")
    read = lead.get(f"{ONE}/read").text
    assert "Earlier answers" in read and "No budget." in read and "Money was found." in read


def test_the_manager_records_a_letter_and_it_says_so(world: World, visit: Visit) -> None:
    asked(world, planned(world))
    manager = visit(world.manager)
    sent = manager.send(ONE, answer="accepted", given_on=["28", "3", "2012"])
    assert sent.leads_to == "/reviews/SCR-2011-02#recommendation-1"
    assert GivenAnswer.get().given_on == date(2012, 3, 28)
    assert "recorded by Manager for Kent Police" in visit(world.reader).get(f"{ONE}/read").text


def test_the_chair_looks_at_what_is_not_accepted_and_challenges_it(world: World, visit: Visit) -> None:
    review = planned(world)
    answered(world, review, 1, "not_accepted")
    chair = visit(world.second_chair)
    assert "Agencies’ answers to look at" in chair.get("/attention").text
    assert f"{ONE}/view" in chair.get("/answers?to_view=1").links()
    assert set(chair.send(f"{ONE}/view", text="").errors) == {"text"}
    sent = chair.send(f"{ONE}/view", text="The Board does not agree.", next="challenge")
    assert sent.leads_to == "/reviews/SCR-2011-02/recommendations/1/challenge?agency=KPOL&answer=1"
    begun = chair.get(sent.leads_to).value("question")
    assert "does not accept it, because: No budget." in begun and "instead" in begun
    assert "The Board does not agree." in visit(world.police_lead).get(f"{ONE}/read").text
    assert f"{ONE}/view" not in chair.get("/answers").links()


def test_two_views_at_once_are_one_and_the_other_sees_it(world: World, visit: Visit) -> None:
    review = planned(world)
    answered(world, review, 1, "not_accepted")
    version = visit(world.second_chair).get(f"{ONE}/view").value("version")
    answered(world, review, 1, "partly", why_changed="Half of it.")
    page = visit(world.second_chair).post(f"{ONE}/view", version=version, text="Too late.")
    assert page.status == 409 and page.value("text") == "Too late."
    assert AnswerView.select().count() == 0


def test_what_is_restricted_is_in_no_list_of_who_is_not_named(world: World, visit: Visit) -> None:
    review = planned(world, is_restricted=True)
    manager, recommendation = world.as_viewer(world.manager), of_police(world, review).recommendation
    answer_recommendation(manager, recommendation, world.police, "partly", "Canary.")
    for person in (world.second_chair, world.police_lead, world.independent_chair, world.reader):
        for address in ("/answers", "/answers?to_view=1", "/answers?review=SCR-2011-02"):
            page = visit(person).get(address)
            assert "Canary" not in page.text and "recommendation 1" not in page.text
        assert visit(person).get(f"{ONE}/read").status == 404


def test_a_recommendation_that_is_accepted_or_awaited_has_nothing_to_look_at(
    world: World, visit: Visit
) -> None:
    planned(world)
    assert visit(world.second_chair).get(f"{ONE}/view").leads_to == f"{ONE}/read"


def test_the_list_makes_as_many_queries_for_many_answers_as_for_few(world: World, visit: Visit) -> None:
    asked(world, planned(world))
    manager = visit(world.manager)

    def queries() -> int:
        manager.get("/answers")
        with counted() as made:
            manager.get("/answers")
        return int(made)

    few = queries()
    with clock.at(date(2012, 3, 30)):
        for number in range(3, 9):
            asked(world, planned(world, f"SCR-2011-{number:02}"))
    assert queries() == few <= 10
