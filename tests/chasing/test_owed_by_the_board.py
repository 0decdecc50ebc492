"""Answered challenges, and answers to look at, wait for the Board: chased, in its week, on its first page."""

from collections.abc import Callable
from datetime import date, timedelta

from kscb_actions import clock
from kscb_actions.access.policy import SYSTEM
from kscb_actions.actions.models import Action
from kscb_actions.audit.service import change
from kscb_actions.chasing.answers.provider import AWAITED_ANSWERS
from kscb_actions.chasing.challenges.provider import UNANSWERED_CHALLENGES
from kscb_actions.chasing.news.board_week import BOARD_WEEK
from kscb_actions.chasing.service import chase
from kscb_actions.people.service import edit_person, facts_of
from kscb_actions.reviews.answers.models import GivenAnswer
from kscb_actions.reviews.answers.queries import count_to_view
from kscb_actions.reviews.models import AgencyResponse
from kscb_actions.upkeep.moving.service import Move, move_action

from ..assurance.challenges import asking as challenging
from ..factories import TODAY, World
from ..reading import see
from ..reviews.answers import asking as recommending

URL = "https://board.example"
CHAIRS = {"chair@board.example", "second-chair@board.example"}


def told(provider: object, first: date, days: int) -> dict[int, set[str]]:
    """Return {day after the first: who was reminded}, day by day."""
    found = {}
    for day in range(days):
        on = first + timedelta(days=day)
        with clock.at(on):
            messages = chase(provider, on, URL).messages  # type: ignore[arg-type]
        if messages:
            found[day] = {message.to for message in messages}
    return found


def test_an_answered_challenge_is_chased_at_the_chair_and_higher_up_at_the_independent_chair(
    world: World,
) -> None:
    challenge = challenging.answered(world, challenging.raised(world))
    answered_on = challenging.kept(challenge).answered_on
    found = told(UNANSWERED_CHALLENGES, answered_on, 60)
    assert list(found.values())[0] == CHAIRS
    assert any(who == {*CHAIRS, "manager@board.example"} for who in found.values()) and len(found) >= 3
    last = answered_on + timedelta(days=61)
    with clock.at(last):
        for _ in range(2):
            challenging.escalated(world, challenging.kept(challenge), clock.today() + timedelta(days=20))
            challenging.answered(world, challenging.kept(challenge))
        found = told(UNANSWERED_CHALLENGES, challenging.kept(challenge).answered_on, 30)
    assert list(found.values())[0] == {"independent-chair@board.example"}


def test_nobody_decides_on_what_is_their_own_and_where_nobody_can_the_managers_are_told(world: World) -> None:
    challenge = challenging.answered(world, challenging.raised(world))
    for person in (world.chair, world.second_chair):
        edit_person(SYSTEM, person, facts_of(person), person.version, is_active=False)
    world.person("police-chair", *world.chair.role_set, agency=world.police)
    on = challenging.kept(challenge).answered_on + timedelta(days=11)
    (message,) = chase(UNANSWERED_CHALLENGES, on, URL).messages
    assert message.to == "manager@board.example" and "nobody is active who decides" in message.body


def test_an_answer_that_is_not_a_yes_is_chased_until_it_is_looked_at(world: World) -> None:
    review = recommending.planned(world)
    recommending.asked(world, review, "KPOL")
    recommending.answered(world, review, 1, "accepted")
    recommending.answered(world, review, 2, "not_accepted")
    found = told(AWAITED_ANSWERS, TODAY, 40)
    assert next(iter(found.values())) == CHAIRS and len(found) == 2
    with clock.at(TODAY + timedelta(days=90)):
        (message, *_) = chase(AWAITED_ANSWERS, clock.today(), URL).messages
    assert message.subject == f"1 agency’s answer to look at ({review.reference}, recommendation 2)"
    assert "Waits for the Board since 30 March 2012: 90 days" in message.body


def test_an_answer_that_came_along_with_an_action_is_looked_at_too(world: World) -> None:
    """It is another agency's now, and no row says when that agency gave it: the first answer's day counts."""
    review = recommending.planned(world)
    recommending.answered(world, review, 1, "not_accepted")
    action = Action.get(Action.agency == world.police)
    world.action(recommendation=action.recommendation)
    with clock.at(TODAY + timedelta(days=20)):
        move_action(world.manager.viewer, action, Move(world.probation, clock.today(), "It is theirs."))
        moved = AgencyResponse.get(AgencyResponse.agency == world.probation)
    assert (moved.answer, moved.first_answered_on) == ("not_accepted", TODAY)
    assert not GivenAnswer.select().where(GivenAnswer.response == moved).exists()
    assert count_to_view(world.second_chair.viewer) == (2, TODAY)
    on = TODAY + timedelta(days=90)
    with clock.at(on):
        found = {each.to: each.subject for each in chase(AWAITED_ANSWERS, on, URL).messages}
    # One chair is of the agency that has it now.
    assert found["second-chair@board.example"].startswith("2 agencies’ answers to look at")
    assert found["chair@board.example"].startswith("1 agency’s answer to look at")


def test_an_answer_of_which_the_trail_alone_tells_waits_since_then(world: World) -> None:
    """As one that is older than the rows of answers given."""
    review = recommending.planned(world)
    response = recommending.of_police(world, review)
    response.answer, response.reason = "partly", "No budget."
    with clock.at(TODAY + timedelta(days=3)), change(SYSTEM) as tx:
        tx.update(response, "recommendation.answered")
    assert count_to_view(world.second_chair.viewer) == (1, TODAY + timedelta(days=3))
    found = told(AWAITED_ANSWERS, TODAY, 30)
    assert min(found) >= 10 and set.union(*found.values()) == CHAIRS


def test_the_week_and_the_first_page_tell_them_with_their_age(world: World, sign_in: Callable) -> None:
    challenging.answered(world, challenging.raised(world))
    high = challenging.answered(world, challenging.raised(world, world.action(), level="independent_chair"))
    review = recommending.planned(world, "SCR-2011-77")
    recommending.asked(world, review, "KPOL")
    recommending.answered(world, review, 2, "partly")
    on = TODAY + timedelta(days=31)
    age = (on - challenging.kept(high).answered_on).days
    with clock.at(on):
        parts = {part.to.email.split("@")[0]: part.body for part in BOARD_WEEK.parts(on, URL).values()}
        page = see(sign_in(world.chair), "/attention")
    assert set(parts) == {"chair", "second-chair", "independent-chair"}
    mine = f"1 answered challenge waits for your decision (level: Agency lead), the oldest for {age} days:"
    assert f"{mine}\n{URL}/challenges?state=answered&level=lead" in parts["chair"]
    looks = f"1 agency’s answer waits to be looked at, the oldest for 31 days:\n{URL}/answers?to_view=1"
    assert looks in parts["chair"] and "Independent chair" not in parts["chair"]
    assert (
        "(level: Independent chair)" in parts["independent-chair"]
        and "Agency lead" not in parts["independent-chair"]
    )
    tiles = dict(page.links("app-tiles"))
    assert (
        tiles[f"2 Challenges answered, waiting for the Board, oldest {age} days"]
        == "/challenges?state=answered"
    )
    assert tiles["1 Agencies’ answers to look at, oldest 31 days"] == "/answers?to_view=1"


def test_the_independent_chair_and_a_board_member_see_first_what_waits_for_them(
    world: World, sign_in: Callable
) -> None:
    nothing = [see(sign_in(who), "/").location for who in (world.independent_chair, world.police_member)]
    assert nothing == ["/attention", "/challenges"]
    assert "Nothing waits for your decision." in see(sign_in(world.independent_chair), "/attention").text
    assert "Nothing waits for your answer." in see(sign_in(world.police_member), "/challenges").text
    high = challenging.raised(world, world.action(), level="independent_chair")
    challenging.raised(world)  # Its lead's to answer.
    page = see(sign_in(world.police_member), "/challenges")
    waits = page.text.split("Waits for you")[1].split("Challenges raised in")[0]
    assert waits.strip() == f"Challenge C{high.id}, to be answered by 20 April 2012"
    assert (f"Challenge C{high.id}", f"/challenges/{high.id}") in page.links()
    challenging.answered(world, high)
    page = see(sign_in(world.independent_chair), "/attention")
    words, address = page.links()[0]
    assert words.startswith("1 answered challenge waits for your decision (level: Independent chair)")
    assert address == "/challenges?state=answered&level=independent_chair"
    for who in (world.reader, world.manager):
        assert "Waits for you" not in see(sign_in(who), "/attention").text


def test_the_week_that_was_told_is_the_one_that_is_not_told_again(world: World) -> None:
    """A run can be asked for by its day, in another week than the clock's."""
    world.submission(world.action())
    later = TODAY + timedelta(days=14)
    with change(SYSTEM) as tx:
        BOARD_WEEK.record(tx, list(BOARD_WEEK.parts(later, URL).values()))
    assert BOARD_WEEK.parts(later, URL) == {}
    assert BOARD_WEEK.parts(TODAY, URL) != {}
