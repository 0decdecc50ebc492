"""An inspection and the one before it: judgements, strengths, areas, and what became of them."""

import re
from collections.abc import Callable
from datetime import timedelta

import pytest

from kscb_actions import clock
from kscb_actions.access.policy import Refused
from kscb_actions.audit.service import StaleEdit
from kscb_actions.people.models import User
from kscb_actions.reports.audiences.action_plan import build_action_plan
from kscb_actions.reports.content import Table
from kscb_actions.reports.progress.scope import ReportRequest
from kscb_actions.reviews.inspections.models import InspectionFinding
from kscb_actions.reviews.inspections.rules import AreaFacts, FindingFacts
from kscb_actions.reviews.inspections.service import correct_finding, record_finding
from kscb_actions.reviews.models import Recommendation, Review
from kscb_actions.reviews.recommendations import add_recommendation, edit_recommendation
from kscb_actions.reviews.rules import RecommendationFacts
from kscb_actions.reviews.service import name_person
from kscb_actions.settings.rules import Board
from kscb_actions.text import InvalidInput

from ...commands.test_check_rows import found
from ...factories import TODAY, World
from ...pages import Visitor
from ...queries import counted
from ...reports.faces import told
from .making import JUDGED, area_of

Visit = Callable[[User | None], Visitor]


@pytest.fixture
def before(world: World) -> Review:
    """Return an inspection of 2010 with a judgement and two areas, one with an action that is accepted."""
    review = world.review("INS-2010-01", kind="inspection", title="The first inspection")
    record_finding(world.manager.viewer, review, JUDGED)
    area = area_of(world, review, "Answer referrals in a day.")
    area_of(world, review, "Supervise every worker.", "priority")
    world.decision(world.action(recommendation=area))
    return review


@pytest.fixture
def after(world: World, before: Review) -> Review:
    """Return the next one, with nothing in it yet."""
    return world.review("INS-2011-01", kind="inspection", title="The second inspection", pseudonym="")


def paper(user: User, reference: str, **choice: object) -> str:
    asked = ReportRequest(review=reference, **choice)  # type: ignore[arg-type]
    return repr(told(build_action_plan(user.viewer, Board(), asked, TODAY)))


def columns(user: User, reference: str) -> list[str]:
    """Return the headings of the plan on paper."""
    made = build_action_plan(user.viewer, Board(), ReportRequest(review=reference), TODAY)
    (plan,) = [section for section in made.sections if section.heading == "Action plan"]
    (table,) = [each for each in plan.blocks if isinstance(each, Table)]
    return [each.title for each in table.columns]


def ids() -> list[str]:
    return [str(each.id) for each in Recommendation.select().order_by(Recommendation.id)]


def test_an_inspection_is_recorded_and_linked_to_the_one_before(
    world: World, visit: Visit, after: Review
) -> None:
    manager, at, (tackled, supervised) = visit(world.manager), "/reviews/INS-2011-01", ids()
    # It is about no one child.
    assert "Pseudonym" not in manager.get(at).text
    page = manager.get(at)
    assert "No area for development is recorded yet." in page.text and "ecommendation" not in page.text
    judgement = str(InspectionFinding.get().id)
    fields = {"text": "Leadership", "grade": "Good", "earlier": judgement}
    assert manager.send(f"{at}/judgements/new", fields).leads_to == f"{at}#findings"
    fields = {"text": "Referrals are answered.", "earlier": tackled, "became": "tackled"}
    assert manager.send(f"{at}/strengths/new", fields).leads_to == f"{at}#findings"
    new = f"{at}/recommendations/new"
    refused = manager.send(new, text="Supervise all.", area="priority", earlier=supervised)
    assert list(refused.errors) == ["became"] and refused.value("area") == ["priority"]
    refused = manager.send(new, text="Supervise all.", became="partly")
    assert list(refused.errors) == ["earlier"] and refused.value("became") == "partly"
    fields = {"text": "Supervise all.", "area": "priority", "earlier": supervised, "became": "partly"}
    assert manager.send(new, fields).status == 302
    page = manager.get(at)
    assert "Leadership Good Adequate, INS-2010-01" in page.text
    assert "Before: INS-2010-01, area for development 1. Tackled. Its actions: done." in page.text
    assert "Area for priority action 1" in page.text and "1 area for development" in page.text
    assert "Before: INS-2010-01, area for priority action 2. Tackled in part." in page.text
    # The area of before says what became of it.
    earlier = manager.get("/reviews/INS-2010-01")
    assert "What became of it: tackled in part, by INS-2011-01, area for priority action 1." in earlier.text
    assert "What became of it: tackled, by INS-2011-01, a strength." in earlier.text
    assert f"{at}#recommendation-1" in earlier.links()
    # So do the papers, in the words of the inspection.
    said = paper(world.chair, "INS-2011-01")
    assert "Before: INS-2010-01, area for priority action 2. Tackled in part" in said
    assert "'Leadership', 'Good', 'Adequate (INS-2010-01)'" in said
    assert "Recommendation" not in said and "1 area for development" in said
    assert "What became of it: tackled in part (INS-2011-01, area" in paper(world.chair, "INS-2010-01")
    assert columns(world.chair, "INS-2011-01")[:2] == ["No.", "Area for development"]
    other = world.recommendation().review
    assert columns(world.chair, other.reference)[:2] == ["Rec.", "Recommendation"]
    assert found() == []


def test_pages_about_an_inspection_speak_of_its_areas(world: World, visit: Visit, before: Review) -> None:
    manager, at = visit(world.manager), "/reviews/INS-2010-01"
    area = f"{at}/recommendations/1"
    pages = [at, f"{at}/recommendations/new", f"{at}/shared/new", f"{at}/actions/1"]
    pages += [f"{area}/{page}" for page in ("edit", "withdraw", "rows", "actions/new", "answers/new")]
    for address in pages:
        page = manager.get(address)
        old = re.search(r".{,40}recommendation.{,40}", page.text, re.IGNORECASE)
        assert page.status == 200 and not old, f"{address}: {old}"


def test_a_finding_is_put_right_and_taken_out_again(world: World, visit: Visit, before: Review) -> None:
    manager, row = visit(world.manager), InspectionFinding.get()
    at = f"/reviews/INS-2010-01/findings/{row.id}"
    refused = manager.send(at, grade="")
    assert list(refused.errors) == ["grade"]
    assert manager.send(at, grade="Inadequate").status == 302
    assert "Leadership Inadequate" in manager.get("/reviews/INS-2010-01").text
    with pytest.raises(StaleEdit):
        correct_finding(world.manager.viewer, row, JUDGED, 1)
    assert list(manager.send(f"{at}/in-error", reason="").errors) == ["reason"]
    assert manager.send(f"{at}/in-error", reason="A double.").status == 302
    assert "Leadership" not in manager.get("/reviews/INS-2010-01").text and manager.get(at).status == 404
    assert "Leadership" not in paper(world.chair, "INS-2010-01") and found() == []


def test_of_a_restricted_inspection_nothing_is_named_to_others(
    world: World, visit: Visit, before: Review
) -> None:
    closed = world.review("INS-2011-09", kind="inspection", title="Closed", is_restricted=True)
    area, _ = ids()
    area_of(world, closed, "Answer sooner.", "development", int(area), "not_tackled")
    record_finding(
        world.manager.viewer, closed, FindingFacts("strength", "It hears.", "", int(area), "partly")
    )
    assert "INS-2011-09" in visit(world.manager).get("/reviews/INS-2010-01").text
    chair = visit(world.chair)
    assert "INS-2011-09" not in chair.get("/reviews/INS-2010-01").text
    for person in (world.manager, world.chair):
        assert "INS-2011-09" not in paper(person, "INS-2010-01")
    name_person(world.manager.viewer, Review.get_by_id(closed.id), world.chair)
    assert "INS-2011-09" in chair.get("/reviews/INS-2010-01").text
    # A lead sees their own areas and no findings.
    lead = visit(world.police_lead).get("/reviews/INS-2010-01").text
    assert "Answer referrals" in lead and "Leadership" not in lead and "INS-2011-09" not in lead


def test_only_areas_of_other_inspections_can_come_before(world: World, after: Review) -> None:
    manager, (first, _) = world.manager.viewer, map(int, ids())
    own = area_of(world, after, "Its own.")
    other = world.recommendation()
    for earlier in (own.id, other.id, 10_000):
        facts = RecommendationFacts("Another.", area=AreaFacts("development", earlier, "partly"))
        with pytest.raises(InvalidInput) as wrong:
            add_recommendation(manager, after, facts)
        assert set(wrong.value.errors) == {"earlier"}
    with pytest.raises(InvalidInput):
        record_finding(manager, after, FindingFacts("judgement", "Leadership", "Good", 10_000))
    with pytest.raises(Refused):
        record_finding(manager, other.review, JUDGED)
    # What says nothing of the area leaves it as it is, such as a plan taken in anew.
    area = area_of(world, after, "Follows.", "priority", first, "partly")
    edit_recommendation(manager, area, RecommendationFacts("Follows on."), area.version)
    assert (area.area, area.earlier_area_id, area.became) == ("priority", first, "partly")
    assert Recommendation.get_by_id(other.id).area == ""


def test_a_review_that_is_no_inspection_asks_nothing_more(world: World, visit: Visit) -> None:
    action = world.action()
    at = f"/reviews/{action.review.reference}"
    manager = visit(world.manager)
    assert "Only an inspection has judgements" in manager.get(f"{at}/judgements/new").text
    assert 'name="area"' not in manager.get(f"{at}/recommendations/new").source
    manager.get(at)
    with counted() as queries:
        manager.get(at)
    assert not any("inspection_finding" in each for each in queries.queries)


def test_more_findings_cost_no_more_queries(
    world: World, visit: Visit, before: Review, after: Review
) -> None:
    manager, (area, other), first = visit(world.manager), map(int, ids()), InspectionFinding.get().id

    def add(earlier: int) -> None:
        area_of(world, after, f"Comes back {earlier}.", "priority", earlier, "partly")
        for facts in (
            FindingFacts("judgement", f"Leadership {earlier}", "Good", first),
            FindingFacts("strength", "It hears.", "", earlier, "tackled"),
        ):
            record_finding(world.manager.viewer, after, facts)

    numbers = []
    for earlier in (area, other, area):
        add(earlier)
        manager.get("/reviews/INS-2011-01")
        with counted() as queries:
            manager.get("/reviews/INS-2011-01")
        numbers.append(int(queries))
    assert len(set(numbers)) == 1


def test_a_paper_of_a_past_day_has_what_stood_then(world: World) -> None:
    manager, days = world.manager.viewer, [TODAY - timedelta(days=number) for number in (20, 10)]
    with clock.at(days[0]):
        review = world.review("INS-2010-01", kind="inspection")
        area_of(world, review, "Answer referrals in a day.", "priority")
        row = record_finding(manager, review, JUDGED)
    with clock.at(days[1]):
        correct_finding(manager, row, FindingFacts("judgement", "Leadership", "Good"), 1)
        after = world.review("INS-2011-01", kind="inspection")
        area_of(world, after, "Comes back.", "priority", int(ids()[0]), "partly")
    then, now = (paper(world.chair, "INS-2010-01", as_at=day) for day in (days[0], TODAY))
    assert "'Leadership', 'Adequate'" in then and "INS-2011-01" not in then
    assert "'Leadership', 'Good'" in now and "INS-2011-01, area for priority action 1" in now
    past = paper(world.chair, "INS-2011-01", as_at=days[1])
    assert "Before: INS-2010-01, area for priority action 1. Tackled in part" in past
