"""Pages of measures: what each person finds, what is answered at its field, and the line as it is drawn."""

from collections.abc import Callable
from datetime import date

from kscb_actions import clock
from kscb_actions.actions.models import Action
from kscb_actions.measures.models import Measure, Reading
from kscb_actions.measures.queries import Accepted, list_measures
from kscb_actions.people.models import User
from kscb_actions.web.measures.drawing import drawn

from ..factories import TODAY, World
from ..pages import Visitor
from ..queries import counted
from .making import ASKED_ON, measure, readings

Visit = Callable[[User], Visitor]
FIELDS = {
    "name": "Second plans",
    "unit": "percent",
    "direction": "lower",
    "target": "13.7",
    "source": "Yearly return",
    "first_period": "2011-12",
    "first_due_on": "20 April 2012",
}


def test_the_manager_adds_a_measure_of_a_recommendation_with_each_error_at_its_field(
    world: World, visit: Visit
) -> None:
    recommendation = world.recommendation()
    world.action(recommendation=recommendation)
    manager, reference = visit(world.manager), recommendation.review.reference
    address = f"/reviews/{reference}/measures/new"
    assert address in manager.get(f"/reviews/{reference}").links()
    owner = {"owner": str(world.police_lead.id), "recommendation": "1"}
    wrong = manager.send(address, FIELDS | owner | {"target": ""})
    assert wrong.errors.keys() == {"target"} and wrong.value("name") == "Second plans"
    done = manager.send(address, FIELDS | owner)
    row = Measure.get()
    assert done.leads_to == f"/measures/{row.id}" and row.recommendation_id == recommendation.id
    assert f"M{row.id}, Second plans" in manager.get(f"/reviews/{reference}").text
    edited = manager.send(f"/measures/{row.id}/edit", target="12")
    assert edited.leads_to == f"/measures/{row.id}" and Measure.get().target == "12"


def test_a_measure_of_a_priority_names_it(world: World, visit: Visit) -> None:
    manager = visit(world.manager)
    fields = FIELDS | {"owner": str(world.manager.id)}
    assert manager.send("/measures/new", fields).errors.keys() == {"priority"}
    assert manager.send("/measures/new", fields, priority="Early help").leads_to
    assert "Priority: Early help" in manager.get("/measures").text


def test_an_owner_finds_what_is_asked_gives_it_and_puts_it_right(world: World, visit: Visit) -> None:
    one = measure(world)
    lead, page = visit(world.police_lead), f"/measures/{one.id}"
    with clock.at(ASKED_ON):
        assert "1 reading of a measure for you to give" in lead.get("/my-actions").text
        assert lead.get(f"{page}/readings").value("period") == "2011-12"
        wrong = lead.send(f"{page}/readings", value="164", note="Small.")
        assert wrong.errors.keys() == {"value"} and wrong.value("note") == "Small."
        assert lead.send(f"{page}/readings", value="16.4").leads_to == page
        assert "reading of a measure for you to give" not in lead.get("/my-actions").text
        address = f"{page}/readings/2012-03-31"
        assert address in lead.get(page).links()
        assert lead.send(address, value="16.5").errors.keys() == {"why"}
        assert lead.send(address, value="16.5", why="Counted anew.").leads_to == page
        shown = lead.get(page)
        assert "2011-12: 16.5%" in shown.text and "Counted anew." in shown.text
        assert lead.send(address, why="Wrong year.", next="back").leads_to == page
        assert lead.get(address).status == 404
    assert Reading.select().count() == 3


def test_pasted_readings_are_looked_at_before_they_are_saved(world: World, visit: Visit) -> None:
    one = measure(world)
    lead, address = visit(world.police_lead), f"/measures/{one.id}/paste"
    table = "2006-07\t19.7\n2007-08\t192"
    wrong = lead.send(address, table=table)
    assert wrong.errors.keys() == {"table"} and wrong.value("table").split() == table.split()
    assert "A per cent lies between 0 and 100." in wrong.text
    looked = lead.send(address, table=table.replace("192", "19.2"))
    assert "Save 2 readings" in looked.text and Reading.select().count() == 0
    assert (
        lead.send(address, table=table.replace("192", "19.2"), next="save").leads_to == f"/measures/{one.id}"
    )
    assert Reading.select().count() == 2


def test_the_manager_ends_resumes_and_voids_a_measure(world: World, visit: Visit) -> None:
    one, manager = measure(world), visit(world.manager)
    page = f"/measures/{one.id}"
    assert manager.send(f"{page}/end", reason="").errors.keys() == {"reason"}
    assert manager.send(f"{page}/end", reason="Counted no more.").leads_to == page
    assert "No more readings are asked for since 30 March 2012: Counted no more." in manager.get(page).text
    assert manager.send(f"{page}/end").leads_to == page
    assert "is asked for on 20 April 2012" in manager.get(page).text
    assert manager.send(f"{page}/in-error", reason="A double.").leads_to == "/measures"
    assert manager.get(page).status == 404 and "no measures here yet" in manager.get("/measures").text


def test_the_line_is_drawn_with_its_target_and_what_was_accepted(world: World, visit: Visit) -> None:
    recommendation = world.recommendation()
    with clock.at(date(2012, 3, 20)):
        world.decision(world.action(recommendation=recommendation))
    one = measure(world, recommendation.review, recommendation)
    readings(world, one, y2006="14.2", y2007="19.7", y2008="19.2", y2009="15.1")
    reader = visit(world.reader)
    reader.get(f"/measures/{one.id}")
    with counted() as queries:
        page = reader.get(f"/measures/{one.id}")
    assert int(queries) <= 10
    picture = page.tree.xpath("//svg[@role='img']")[0]
    assert len(picture.xpath("./circle")) == 4 and len(picture.xpath("./line")) == 3 + 1 + 1
    assert "20 March 2012: SCR-2011-01/A1 accepted" in page.text
    assert "The target is 13.7%." in "".join(picture.xpath("./desc/text()"))
    assert [row.xpath("string(.)").split()[:2] for row in page.tree.xpath("//tbody/tr")][0] == [
        "2008-09",
        "15.1%",
    ]
    assert "1.4 above" in page.text and "Give a reading" not in page.text


def test_where_the_line_stands_follows_time_and_number(world: World) -> None:
    one = measure(world)
    readings(world, one, y2006="14.2", y2007="19.7", y2009="15.1")
    [found] = list_measures(world.reader.viewer, TODAY)
    picture = drawn(found, [Accepted(Action(number=7, review=world.review("SCR-9")), date(2007, 9, 30))])
    xs, ys = [dot.x for dot in picture.dots], [dot.y for dot in picture.dots]
    assert xs == sorted(xs) and xs[0] == 12 and xs[-1] == 88
    assert abs((xs[1] - xs[0]) * 2 - (xs[2] - xs[1])) < 0.1, "two years take twice the room of one"
    assert ys[1] == min(ys) and picture.target_y > ys[0] > ys[2]
    assert xs[1] < picture.marks[0].x < xs[2] and picture.marks[0].actions == ("SCR-9/A7",)


def test_the_list_has_the_wrong_way_on_top_in_few_queries(world: World, visit: Visit) -> None:
    right, wrong = measure(world, name="A"), measure(world, name="B")
    readings(world, right, y2008="19.2", y2009="15.1")
    readings(world, wrong, y2008="15.1", y2009="19.2")
    reader = visit(world.reader)
    reader.get("/measures")
    with counted() as queries:
        page = reader.get("/measures")
    assert int(queries) <= 9
    names = [each.split(",")[0] for each in page.tree.xpath("//tbody//th//a/text()")]
    assert names == [wrong.reference, right.reference]
    assert "Moves the wrong way: 19.2% in 2008-09 after 15.1% in 2007-08" in page.text
    assert "1 measure matches" in reader.get("/measures?moving=right").text
    assert "Nothing matches." in reader.get("/measures?waits=1").text
    assert "Measures" in visit(world.police_member).get("/challenges").source
    assert visit(world.cdop_member).get("/measures").status == 403
