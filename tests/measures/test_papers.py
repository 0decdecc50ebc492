"""Measures in papers: which, with which readings, in whose, and none for the public."""

from datetime import date

from kscb_actions import clock
from kscb_actions.measures.queries import get_reading
from kscb_actions.measures.service import correct_reading
from kscb_actions.people.models import User
from kscb_actions.reports.content import Report, Table
from kscb_actions.reports.progress.appendices import Appendix
from kscb_actions.reports.progress.attached.measured import HEADING
from kscb_actions.reports.progress.scope import ReportingYear

from ..factories import TODAY, World
from ..reports.stories import report
from ..reports.test_audiences import made
from .making import measure, readings

YEAR = ReportingYear("2011-12", date(2011, 4, 1), date(2012, 3, 31))


def rows(paper: Report) -> list[list[str]]:
    """Return the rows of the table of measures; none without its section."""
    tables = [block for each in paper.sections if each.heading == HEADING for block in each.blocks]
    return [[str(cell) for cell in row] for table in tables if isinstance(table, Table) for row in table.rows]


def appendix(by: User, **asked: object) -> list[list[str]]:
    """Return the measures in the subgroup's paper."""
    return rows(report(by, appendices=(Appendix.MEASURES,), **asked))


def test_a_paper_has_the_measures_of_its_reviews_and_as_they_were_on_its_day(world: World) -> None:
    with clock.at(date(2012, 1, 10)):
        recommendation = world.action().recommendation
        one = measure(world, recommendation.review, recommendation)
        readings(world, one, y2008="19.2")
    with clock.at(date(2012, 2, 10)):
        readings(world, one, y2009="15.1")
    with clock.at(date(2012, 3, 10)):
        lead = world.police_lead.viewer
        correct_reading(lead, get_reading(lead, one.id, "2009-03-31"), "20.1", "Counted anew.")
        measure(world, name="Of a priority")
    of_review, _ = appendix(world.chair)
    assert of_review[0] == "M1, Children with a second plan\nSCR-2011-01, recommendation 1"
    assert of_review[1] == "19.2% in 2007-08\nTarget: 13.7%\nLower is better"
    assert of_review[2] == "2007-08: 19.2%\n2008-09: 20.1%"
    assert of_review[3].startswith("Moves the wrong way: 20.1% in 2008-09 after 19.2%")
    [then] = appendix(world.chair, as_at=date(2012, 2, 20))
    assert then[2] == "2007-08: 19.2%\n2008-09: 15.1%"
    [before] = appendix(world.chair, as_at=date(2012, 1, 20))
    assert before[2] == "2007-08: 19.2%"
    assert appendix(world.chair, as_at=date(2012, 1, 5)) == []
    assert len(appendix(world.chair, review="SCR-2011-01")) == 1
    assert appendix(world.chair, publication=True) == []
    assert len(rows(made(world.chair, "annual", year=YEAR))) == 2
    assert len(rows(made(world.chair, "plan", review="SCR-2011-01"))) == 1


def test_no_paper_has_a_section_without_a_measure_or_with_one_of_others(world: World) -> None:
    recommendation = world.action(due_on=TODAY).recommendation
    review = recommendation.review
    for kind, asked in (
        ("annual", {"year": YEAR}),
        ("plan", {"review": review.reference}),
    ):
        assert rows(made(world.chair, kind, **asked)) == []
    hidden = world.review("SCR-2011-66", is_restricted=True)

    measure(world, hidden, name="Canary", owner_id=world.manager.id)
    assert appendix(world.chair) == [] and appendix(world.manager) == []
    assert len(appendix(world.manager, restricted=True)) == 1
    world.action(agency=world.health, recommendation=recommendation)
    measure(world, review, owner_id=world.health_lead.id)
    own = {"agency": "KPOL", "appendices": (Appendix.MEASURES,)}
    assert rows(made(world.police_lead, "agency", **own)) == []
    assert len(rows(made(world.health_lead, "agency", **{**own, "agency": "NHSK"}))) == 1
