"""The annual report: what it says is what the tables print, on the page, in the file and once issued."""

import io
from collections.abc import Callable
from datetime import date

import docx
import pytest
from flask import Flask

from kscb_actions.access.policy import Refused, Viewer
from kscb_actions.audit.models import AuditEvent
from kscb_actions.child_deaths.cases.models import ChildDeath
from kscb_actions.database import writing
from kscb_actions.figures.annual import serialisation
from kscb_actions.figures.annual.models import IssuedReport
from kscb_actions.figures.annual.report import Texts
from kscb_actions.figures.annual.service import DraftFacts, issue, save_draft
from kscb_actions.figures.annual.year import published_year
from kscb_actions.figures.counting.tally import NAMES, Basis
from kscb_actions.figures.printing.blocks import COUNTED_BY, caption_of
from kscb_actions.reports.content import Paragraph, Report, Table
from kscb_actions.settings.rules import Board
from kscb_actions.text import InvalidInput

from ...factories import World
from ...pages import Visitor
from ..counting import kent
from .year_rows import put

YEAR = "2011-12"
BOARD = Board(name="Kent Safeguarding Children Board")
ORDER = (
    "Document control", "Foreword", "Introduction", "Scope and terminology",
    "What happens after a child has died",
    "How the panel reviews a death", "Reported deaths", "Reviews completed", "Time taken",
    "Modifiable factors",
    "Serious case reviews", "Achievements", "Learning", "Training", "Appendix: definitions",
)  # fmt: skip

# What the panel's own people write; what they leave empty does not print.
WRITTEN = ("Foreword", "Achievements", "Learning", "Training")


@pytest.fixture
def coordinator(app: Flask, world: World) -> Viewer:
    """Give the co-ordinator, with the deaths of the published year recorded."""
    put(kent.deaths())
    return world.as_viewer(world.cdop_coordinator)


def text_of(report: Report) -> str:
    blocks = [block for section in report.sections for block in section.blocks]
    return "\n".join(block.text for block in blocks if isinstance(block, Paragraph))


def tables_of(report: Report) -> dict[str, list[tuple[str, ...]]]:
    blocks = [block for section in report.sections for block in section.blocks]
    return {block.caption: [tuple(row) for row in block.rows] for block in blocks if isinstance(block, Table)}


def test_it_prints_the_published_numbers_in_the_order_of_a_panel_report(coordinator: Viewer) -> None:
    issued = issue(coordinator, BOARD, YEAR, 1, 0)
    report = serialisation.read_report(issued.report_json)
    headings = tuple(section.heading for section in report.sections if section.level == 1)
    assert headings == tuple(each for each in ORDER if each not in WRITTEN)
    text = text_of(report)
    for said in (
        "94 deaths of children in 2011-12 are known, of which 40 were unexpected.",
        "The panel completed 106 reviews in 2011-12.",
        "58 of them were of deaths in 2010-11, of which 19 were unexpected.",
        "48 of them were of deaths in 2011-12, of which 13 were unexpected.",
        "Modifiable factors were identified in 14 of 106 reviews completed (13%).",
    ):
        assert said in text
    rows = tables_of(report)["Reviews completed in 2011-12 by category of death"]
    printed = zip(*kent.PRINTED.values(), strict=True)
    assert [row[1:] for row in rows] == [*(tuple(map(str, pair)) for pair in printed), ("58", "48")]


def test_the_paper_has_the_same_tables_as_the_page(
    coordinator: Viewer, world: World, visit: Callable[..., Visitor]
) -> None:
    issued = issue(coordinator, BOARD, YEAR, 1, 0)
    report = serialisation.read_report(issued.report_json)
    paper = docx.Document(io.BytesIO(issued.paper))
    in_paper = [
        [tuple(cell.text for cell in row.cells) for row in table.rows[1:]]
        for table in paper.tables
        if len(table.rows[0].cells) > 1 and table.style.name == "Report Table"
    ]
    assert in_paper == [rows for rows in tables_of(report).values() if rows]
    page = visit(world.reader).get(f"/published/{issued.id}")
    on_page = [
        [
            tuple(" ".join(c.text_content().split()) for c in row.xpath("./th|./td"))
            for row in table.xpath("./tbody/tr")
        ]
        for table in page.tree.xpath("//main//table")
    ]
    assert on_page == in_paper
    assert paper.core_properties.author == BOARD.name
    assert "Co-ordinator" not in paper.core_properties.last_modified_by
    answer = visit(world.reader).client.get(f"/published/{issued.id}/paper")
    assert answer.data == bytes(issued.paper)


def test_an_issued_report_stays_as_it_is_when_a_case_is_corrected(
    coordinator: Viewer, world: World, visit: Callable[..., Visitor]
) -> None:
    issued = issue(coordinator, BOARD, YEAR, 1, 0)
    reader = visit(world.reader)
    page, paper = (
        reader.get(f"/published/{issued.id}").text,
        reader.client.get(f"/published/{issued.id}/paper"),
    )
    with writing():
        ChildDeath.update(primary_category=3, sex="male").where(ChildDeath.primary_category == 8).execute()
    assert reader.get(f"/published/{issued.id}").text == page
    assert reader.client.get(f"/published/{issued.id}/paper").data == paper.data
    assert published_year(coordinator, YEAR).counts[Basis.REVIEWED, "category"].totals == (58, 48)


def test_an_issued_year_is_not_issued_again_whatever_has_become_known(coordinator: Viewer) -> None:
    first = issue(coordinator, BOARD, YEAR, 1, 0)
    with writing():
        ChildDeath.update(primary_category=9).where(ChildDeath.id == 2).execute()
    for number in (1, 2):
        with pytest.raises(InvalidInput, match="late cases wait for the next report"):
            issue(coordinator, BOARD, YEAR, number, 0)
    assert [each.id for each in IssuedReport.select()] == [first.id]


def test_nothing_is_issued_of_what_was_not_seen(coordinator: Viewer) -> None:
    for number, version in ((2, 0), (0, 0), (1, 1)):
        with pytest.raises(InvalidInput, match="Look again"):
            issue(coordinator, BOARD, YEAR, number, version)
    save_draft(coordinator, YEAR, DraftFacts(Texts(foreword="A year of change.")), 0)
    with pytest.raises(InvalidInput, match="Look again"):
        issue(coordinator, BOARD, YEAR, 1, 0)
    report = serialisation.read_report(issue(coordinator, BOARD, YEAR, 1, 1).report_json)
    assert "A year of change." in text_of(report)
    assert IssuedReport.select().count() == 1


def test_a_table_may_be_left_out_and_the_numbers_of_the_text_stay_true(coordinator: Viewer) -> None:
    facts = DraftFacts(
        Texts(), ("reviewed:category", "reviewed:expected", "died:expected", "reviewed:modifiable")
    )
    save_draft(coordinator, YEAR, facts, 0)
    report = serialisation.read_report(issue(coordinator, BOARD, YEAR, 1, 1).report_json)
    captions = tables_of(report)
    assert "Reviews completed in 2011-12 by sex" in captions
    assert not {caption for caption in captions if "category" in caption or "was expected" in caption}
    assert "The panel completed 106 reviews in 2011-12." in text_of(report)
    assert "No number of reviews with modifiable factors is published for this year." in text_of(report)
    with pytest.raises(InvalidInput) as wrong:
        save_draft(
            coordinator, YEAR, DraftFacts(Texts(author="x" * 121, foreword="y" * 10_001), ("none",)), 1
        )
    assert set(wrong.value.errors) == {"author", "foreword", "left_out"}


def test_only_the_coordinator_writes_and_issues(coordinator: Viewer, world: World) -> None:
    for user in (world.cdop_member, world.reader, world.manager, world.chair):
        with pytest.raises(Refused):
            issue(world.as_viewer(user), BOARD, YEAR, 1, 0)
        with pytest.raises(Refused):
            save_draft(world.as_viewer(user), YEAR, DraftFacts(Texts()), 0)
    assert IssuedReport.select().count() == 0
    assert AuditEvent.select().where(AuditEvent.room == "figures").count() == 0


def test_the_day_of_issue_is_the_boards(coordinator: Viewer) -> None:
    issued = issue(coordinator, BOARD, YEAR, 1, 0)
    assert issued.issued_on == date(2012, 3, 30)


def test_a_year_stays_on_one_line_on_page_and_paper(
    coordinator: Viewer, world: World, visit: Callable[..., Visitor]
) -> None:
    issued = issue(coordinator, BOARD, YEAR, 1, 0)
    page = visit(world.reader).get(f"/published/{issued.id}")
    title = "Child Death Overview Panel: annual report 2011-12"
    assert page.tree.xpath("//h1/span[@class='app-nowrap']/text()") == [YEAR]
    assert "".join(page.tree.xpath("//title/text()")).strip().startswith(title)
    captions = page.tree.xpath("//main//caption")
    assert [each.xpath("./span[@class='app-nowrap']/text()") for each in captions[1:]] == [[YEAR]] * (
        len(captions) - 1
    )
    paper = docx.Document(io.BytesIO(issued.paper))
    head = next(each for each in paper.paragraphs if each.style.name == "Title")
    assert head.text == title
    assert [part.text for part in head._p.xpath(".//w:t")] == [title.removesuffix("-12"), "12"]


def test_captions_read_as_sentences_do(coordinator: Viewer) -> None:
    report = serialisation.read_report(issue(coordinator, BOARD, YEAR, 1, 0).report_json)
    headings = {section.heading for section in report.sections if section.level == 2}
    assert {"Deaths by sex", "Reviews by sex", "Reviews by category of death"} <= headings
    assert "Deaths in 2011-12 by sex" in tables_of(report)
    assert caption_of(Basis.DIED, YEAR, "category") == (
        "Deaths in 2011-12 that have been reviewed, by category of death"
    )
    assert set(COUNTED_BY) == set(NAMES)
