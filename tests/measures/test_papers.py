"""Measures in papers: which, with which readings, in whose, and none for the public."""

import io
import zipfile
from dataclasses import replace
from datetime import date

import pytest

from kscb_actions import clock
from kscb_actions.measures.queries import get_reading
from kscb_actions.measures.service import correct_reading
from kscb_actions.people.models import User
from kscb_actions.reports.content import LineChart, Report, Table
from kscb_actions.reports.kept.serialisation import read_text, write_text
from kscb_actions.reports.progress.appendices import Appendix
from kscb_actions.reports.progress.attached.measured import HEADING
from kscb_actions.reports.progress.scope import ReportingYear
from kscb_actions.reports.word.paper import write_docx
from kscb_actions.web.reports.line_layout import line_of

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


def test_a_measure_with_two_readings_is_a_line_with_its_target_and_its_table(world: World) -> None:
    one = measure(world)
    readings(world, one, y2008="19.2", y2009="15.1")
    readings(world, measure(world, name="Read once"), y2008="3")
    paper = report(world.chair, appendices=(Appendix.MEASURES,))
    [section] = [each for each in paper.sections if each.heading == HEADING]
    [line] = [each for each in section.blocks if isinstance(each, LineChart)]
    assert (line.categories, line.values) == (("2007-08", "2008-09"), ("19.2", "15.1"))
    assert (line.target, line.unit) == ("13.7", "%")
    assert line.alt.startswith("A line through the readings 19.2% in 2007-08, 15.1% in 2008-09. The target")
    assert isinstance(section.blocks[-1], Table)
    [kept] = [each for each in read_text(write_text(paper)).sections if each.heading == HEADING]
    assert line in kept.blocks
    with pytest.raises(ValueError, match="not one of each"):
        replace(line, values=("1",))


def test_the_line_in_a_word_file_is_editable_and_said_in_words(world: World) -> None:
    readings(world, measure(world), y2008="19.2", y2009="15.1", y2011="14")
    drawn = io.BytesIO()
    write_docx(report(world.chair, appendices=(Appendix.MEASURES,)), drawn)
    with zipfile.ZipFile(drawn) as packed:
        text = packed.read("word/document.xml").decode()
        charts = [packed.read(name).decode() for name in packed.namelist() if "charts/chart" in name]
        sheets = [name for name in packed.namelist() if name.startswith("word/embeddings/")]
    [line] = [chart for chart in charts if "lineChart" in chart]
    assert len(sheets) == len(charts)
    assert (
        "A line through the readings 19.2% in 2007-08, 15.1% in 2008-09, 14% in 2010-11. The target" in text
    )
    assert "2009-10" in line and 'dispBlanksAs val="span"' in line
    assert "Target: 13.7%" in line and 'prstDash val="dash"' in line


def test_the_page_of_a_paper_draws_the_same_line() -> None:
    years = ("2007-08", "2008-09", "2009-10")
    line = LineChart("M1", "In words.", years, ("19.2", "15.1", "13.7"), "13.7", "%")
    picture = line_of(line)
    assert [dot.value for dot in picture.dots] == ["19.2%", "15.1%", "13.7%"]
    assert [dot.x for dot in picture.dots] == [12, 50, 88]
    assert picture.dots[-1].y == picture.target_y and picture.dots[0].y < picture.dots[1].y
    assert picture.alt == "In words."
    gap = line_of(replace(line, values=("19.2", "", "13.7")))
    assert [(dot.x, dot.period) for dot in gap.dots] == [(12, "2007-08"), (88, "2009-10")]
    assert line_of(replace(line, categories=("2007-08",), values=("13.7",))).dots[0].x == 50


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


def test_the_line_has_how_many_actions_were_accepted_in_each_period(world: World) -> None:
    recommendation = world.action().recommendation
    one = measure(world, recommendation.review, recommendation)
    readings(world, one, y2008="19.2", y2009="15.1")
    with clock.at(date(2012, 2, 20)):
        for action in (world.action(recommendation=recommendation) for _ in range(2)):
            world.decision(action)
    paper = report(world.chair, appendices=(Appendix.MEASURES,))
    [section] = [each for each in paper.sections if each.heading == HEADING]
    [line] = [each for each in section.blocks if isinstance(each, LineChart)]
    assert line.categories[-1] == "2011-12" and line.accepted == (0, 0, 0, 0, 2)
    assert line.values == ("19.2", "15.1", "", "", "") and "Actions accepted: 2 in 2011-12." in line.alt
    [kept] = [each for each in read_text(write_text(paper)).sections if each.heading == HEADING]
    assert line in kept.blocks
    picture = line_of(line)
    assert [(mark.x, mark.number, mark.actions) for mark in picture.marks] == [(88, 2, ())]
    drawn = io.BytesIO()
    write_docx(paper, drawn)
    with zipfile.ZipFile(drawn) as packed:
        [chart] = [
            text
            for name in packed.namelist()
            if "charts/chart" in name and "lineChart" in (text := packed.read(name).decode())
        ]
    assert "Actions accepted, how many" in chart and 'symbol val="triangle"' in chart
    before = report(world.chair, appendices=(Appendix.MEASURES,), as_at=date(2012, 2, 19))
    assert all(
        not block.accepted
        for each in before.sections
        for block in each.blocks
        if isinstance(block, LineChart)
    )
    with pytest.raises(ValueError, match="not one of each"):
        replace(line, accepted=(1,))
