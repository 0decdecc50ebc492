"""How a due date was written stays beside it: on the action's page, in the list and in the paper."""

from collections.abc import Callable
from datetime import date
from typing import Any

import pytest

from kscb_actions import clock
from kscb_actions.actions.extensions import change_due_date
from kscb_actions.actions.models import Action
from kscb_actions.actions.service import ActionFacts, add_actions
from kscb_actions.assurance.correcting.service import correct_date
from kscb_actions.people.models import User
from kscb_actions.reviews.models import Recommendation
from kscb_actions.text import InvalidInput

from ..factories import World
from ..pages import Visitor

Visit = Callable[[User], Visitor]
ONE = "/reviews/SCR-2011-02/actions/1"
PLACES = (ONE, "/actions", "/reports/progress?review=SCR-2011-02&appendix=actions")


@pytest.fixture
def plan(world: World) -> Recommendation:
    """Return a recommendation of SCR-2011-02."""
    return world.recommendation(world.review("SCR-2011-02"))


def added(world: World, plan: Recommendation, due_on: date | None, written: str) -> Action:
    """Return an action of the police with its due date as it was written."""
    facts = ActionFacts("Change it.", due_on=due_on, due_written=written)
    return add_actions(world.manager.viewer, plan, [world.police], facts)[0]


def said_in(visit: Visit, person: User, words: str) -> list[bool]:
    """Return for each of the places whether the words stand there."""
    return [words in visit(person).get(path).text for path in PLACES]


def in_rows(typed: dict[str, Any]) -> dict[str, Any]:
    """Return what is typed for one action as a row of the page for several."""
    return {"r1_agency": "KPOL", **{f"r1_{name}": value for name, value in typed.items()}}


@pytest.mark.parametrize(
    ("address", "name"), [("actions/new", "due_on"), ("rows", "r1_due_on")], ids=["one action", "rows"]
)
def test_a_month_is_asked_about_and_then_kept_as_it_was_written(
    world: World, plan: Recommendation, visit: Visit, address: str, name: str
) -> None:
    path = f"/reviews/SCR-2011-02/recommendations/1/{address}"
    typed: dict[str, Any] = {"text": "Change it.", "due_on": ["Nov 2011", "", ""]}
    fields = {**typed, "agencies": ["KPOL"]} if name == "due_on" else in_rows(typed)
    page = visit(world.manager).send(path, fields)
    assert "“Nov 2011” is read as 30 November 2011. Save again if that is right." in page.errors[name]
    assert Action.select().count() == 0

    again = visit(world.manager).post(path, {**fields, name: page.value(name)})
    assert again.status == 302
    action = Action.get()
    assert (action.original_due_on, action.current_due_on) == (date(2011, 11, 30), date(2011, 11, 30))
    assert action.due_written == "Nov 2011"
    assert said_in(visit, world.manager, "“Nov 2011”") == [True] * 3


def test_an_exact_date_needs_no_words(world: World, plan: Recommendation, visit: Visit) -> None:
    path = "/reviews/SCR-2011-02/recommendations/1/actions/new"
    fields = {"text": "Change it.", "due_on": ["30", "11", "2011", "30.11.11"], "agencies": ["KPOL"]}
    assert visit(world.manager).send(path, fields).status == 302
    assert (Action.get().original_due_on, Action.get().due_written) == (date(2011, 11, 30), None)


def test_words_without_a_date_stand_there_too_and_a_date_may_follow(
    world: World, plan: Recommendation, visit: Visit
) -> None:
    added(world, plan, None, "Ongoing")
    assert said_in(visit, world.manager, "“Ongoing”") == [True] * 3
    visit(world.manager).send(f"{ONE}/edit", {"due_on": ["June 2012", "", ""]})
    visit(world.manager).send(f"{ONE}/edit", {"due_on": ["30", "6", "2012", "June 2012"]})
    assert (Action.get().original_due_on, Action.get().due_written) == (date(2012, 6, 30), "June 2012")


def test_more_time_leaves_the_words_with_the_first_date(
    world: World, plan: Recommendation, visit: Visit
) -> None:
    action = added(world, plan, date(2012, 4, 30), "by end of April 2012")
    change_due_date(world.as_viewer(world.second_chair), action, date(2012, 6, 1), "Agreed.", action.version)
    assert said_in(visit, world.manager, "“by end of April 2012”") == [True] * 3


def test_words_that_name_another_date_than_the_one_put_right_are_gone(
    world: World, plan: Recommendation, visit: Visit
) -> None:
    action = added(world, plan, date(2012, 4, 30), "April 2012")
    viewer = world.manager.viewer
    correct_date(viewer, action, "current_due_on", date(2012, 5, 31), "Mistyped.", action.version)
    assert said_in(visit, world.manager, "“April 2012”") == [False] * 3


def test_a_public_paper_has_the_date_alone(world: World, visit: Visit) -> None:
    review = world.review("IR-2011-05", classification="OFFICIAL", kind="independent")
    added(world, world.recommendation(review), date(2012, 4, 30), "Mrs Hill by April 2012")
    world.release(review)
    paper = "/reports/progress?review=IR-2011-05&appendix=actions"
    assert "Mrs Hill" in visit(world.manager).get(paper).text
    public = visit(world.manager).get(f"{paper}&publication=y").text
    assert "30 Apr 2012" in public and "Mrs Hill" not in public


def test_a_paper_of_a_past_day_has_the_words(world: World, visit: Visit) -> None:
    with clock.at(date(2011, 6, 1)):
        added(world, world.recommendation(world.review("SCR-2011-02")), date(2011, 9, 30), "Q2 2011/12")
    page = visit(world.manager).get("/reports/progress?review=SCR-2011-02&as_at=2011-07-01&appendix=actions")
    assert "“Q2 2011/12”" in page.text


def test_words_too_long_are_refused_at_the_date(world: World, plan: Recommendation) -> None:
    with pytest.raises(InvalidInput) as wrong:
        added(world, plan, None, "x" * 10_001)
    assert set(wrong.value.errors) == {"due_on"}
