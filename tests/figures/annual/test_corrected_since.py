"""An issued report keeps what was recorded in error, and says where it is listed that it was corrected."""

import json
from collections.abc import Callable
from datetime import date

from kscb_actions import clock
from kscb_actions.assurance.voiding.service import restore, void
from kscb_actions.child_deaths.learning.lessons import recommend
from kscb_actions.figures.annual.corrected import corrected_since
from kscb_actions.figures.annual.models import IssuedReport
from kscb_actions.people.models import User
from kscb_actions.reviews.models import Recommendation
from kscb_actions.reviews.rules import RecommendationFacts
from tests.figures.annual.issuing import issue_year
from tests.figures.annual.year_rows import put

from ...factories import World
from ...factories_deaths import Panel
from ...pages import Visitor

TEXT = "Tell every parent “early” of it."


def now(row: Recommendation) -> Recommendation:
    return Recommendation.get_by_id(row.id)


def test_it_says_so_on_its_page_and_in_the_list(
    world: World, visit: Callable[[User | None], Visitor]
) -> None:
    panel, manager = Panel(world), world.as_viewer(world.manager)
    death = panel.death()
    panel.decision(death)
    learnt = recommend(panel.coordinator, death, RecommendationFacts(TEXT))
    early = recommend(panel.coordinator, death, RecommendationFacts("Another one, marked before."))
    void(manager, early, "", early.version)
    put([{"died_on": date(2010, 5, 1), "reviewed_on": None}] * 9)
    with clock.at(date(2012, 5, 10)):
        held = issue_year("2011-12")
        other = issue_year("2010-11")
    assert json.dumps(TEXT) in IssuedReport.get_by_id(held.id).report_json
    visitor, told = visit(world.reader), "Corrected since"
    assert told not in visitor.get("/published").text + visitor.get(f"/published/{held.id}").text
    with clock.at(date(2012, 6, 11)):
        void(manager, now(learnt), "A double.", now(learnt).version)
    assert corrected_since([held, other]) == {held.id: date(2012, 6, 11)}
    assert "Corrected since, on 11 June 2012" in visitor.get("/published").text
    page = visitor.get(f"/published/{held.id}").text
    assert f"{told}: on 11 June 2012" in page and TEXT in page
    assert told not in visitor.get(f"/published/{other.id}").text
    restore(manager, now(learnt), "It is none.", now(learnt).version)
    assert corrected_since([held, other]) == {}
