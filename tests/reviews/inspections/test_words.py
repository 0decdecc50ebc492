"""What an inspection asks for is called an area wherever it stands, and nowhere a recommendation."""

from collections.abc import Callable
from datetime import date, timedelta

import pytest

from kscb_actions.assurance.challenges.service import Subject, raise_challenge
from kscb_actions.chasing.answers.queries import list_waiting as awaited_on
from kscb_actions.chasing.answers.rules import ANSWERS, VIEWS
from kscb_actions.impact.provider import list_waiting
from kscb_actions.measures.queries import list_measures, words_of_subject
from kscb_actions.people.models import User
from kscb_actions.reports.progress.appendices import Appendix
from kscb_actions.reviews.answers.service import ask_for_answers
from kscb_actions.reviews.inspections.rules import area_in
from kscb_actions.reviews.models import Recommendation

from ...factories import TODAY, World
from ...impact.making import BACK_ON, came_back
from ...measures.making import measure
from ...pages import Visitor
from ...plans_in.test_service import taken
from ...reports.faces import told
from ...reports.stories import report
from .making import area_of

Visit = Callable[[User], Visitor]
ROWS = (
    ("No", "Recommendation", "Action", "Lead agency", "Target date"),
    ("Areas for priority action", "", "", "", ""),
    ("1", "See each child alone.", "Train workers.", "Kent Police", "1 May 2012"),
    ("Areas for development", "", "", "", ""),
    ("2", "Supervise every worker.", "Plan supervision.", "Kent Police", "1 May 2012"),
)


@pytest.mark.parametrize(
    ("heading", "area"),
    [
        ("Areas for priority action", "priority"),
        ("AREA FOR PRIORITY ACTION: social care", "priority"),
        ("Priority actions", "priority"),
        ("Areas for development", "development"),
        ("Priority area 1", ""),
        ("Actions by priority", ""),
        ("", ""),
    ],
)
def test_the_heading_of_a_plan_says_what_kind_of_area_stands_under_it(heading: str, area: str) -> None:
    assert area_in(heading) == area


def test_an_imported_plan_marks_areas_for_priority_action(world: World) -> None:
    inspection = world.review("INS-2011-02", kind="inspection", title="An inspection")
    taken(world, inspection, ROWS)
    areas = Recommendation.select().where(Recommendation.review == inspection).order_by(Recommendation.number)
    assert [each.area for each in areas] == ["priority", "development"]
    other = world.review()
    taken(world, other, ROWS)
    assert {each.area for each in Recommendation.select().where(Recommendation.review == other)} == {""}


def test_challenges_measures_reminders_and_papers_say_area(world: World, visit: Visit) -> None:
    inspection = world.review("INS-2011-02", kind="inspection", title="An inspection")
    area = area_of(world, inspection, "See each child alone.", "priority")
    world.action(date(2012, 3, 1), recommendation=area)
    subject = Subject(world.police, recommendation=area)
    raise_challenge(world.chair.viewer, subject, "lead", "Why?", TODAY + timedelta(days=9), "")
    name = f"INS-2011-02, area for priority action {area.label}"
    assert name in visit(world.manager).get("/challenges").text
    measure(world, inspection, area)
    assert [words_of_subject(each.measure) for each in list_measures(world.manager.viewer, TODAY)] == [name]
    ask_for_answers(world.manager.viewer, inspection, ["KPOL"], TODAY + timedelta(days=3), "")
    [awaited] = awaited_on(TODAY + timedelta(days=30), dict.fromkeys((ANSWERS.code, VIEWS.code), 0))
    assert awaited.label == name
    paper = repr(told(report(world.chair, review="INS-2011-02", appendices=(Appendix.ANSWERS,))))
    assert "Areas for development in full" in paper and "Recommendations in full" not in paper
    listed = visit(world.manager).get(f"/actions?review=INS-2011-02&recommendation={area.number}").text
    assert f"Area for priority action {area.label}" in listed


def test_a_reminder_of_the_difference_made_says_area(world: World) -> None:
    inspection = world.review("INS-2011-02", kind="inspection", title="An inspection")
    came_back(world, review=inspection)
    [waiting] = list_waiting(BACK_ON + timedelta(days=40), dict.fromkeys(("impact",), 0))
    assert waiting.label == "INS-2011-02, area for development 1"
