"""Where pages may break: a heading stays with what follows it, and the last rows of a table together."""

import io
from collections.abc import Iterable, Iterator
from datetime import date

import docx
import pytest
from docx.document import Document
from docx.oxml.ns import qn

from kscb_actions.figures.annual.report import build_annual
from kscb_actions.figures.annual.service import annual_of
from kscb_actions.reports.content import (
    Block,
    Chart,
    Column,
    Facts,
    Group,
    Paragraph,
    Report,
    Row,
    Section,
    Series,
    Table,
)
from kscb_actions.reports.word.paper import write_docx
from kscb_actions.reports.word.table import table_xml
from kscb_actions.settings.rules import Board

from ..factories import World
from ..figures.annual.year_rows import put
from ..figures.counting import kent

COLUMNS = (Column("Group", 40), Column("Deaths", 20, "end"))


def paper_of(*sections: Section) -> Document:
    out = io.BytesIO()
    write_docx(Report("T", "M", "O", (), (), date(2012, 3, 31), None, sections), out)
    return docx.Document(io.BytesIO(out.getvalue()))


def kept_rows(*rows: Row | Group) -> list[list[int]]:
    """Return, for each table, the rows that stay with the next one; 0 is the first below the heading."""
    paper = paper_of(Section("S", (Table("Deaths", COLUMNS, rows),)))
    return [
        [
            place
            for place, row in enumerate(table.rows[1:])
            if all(p.paragraph_format.keep_with_next for cell in row.cells for p in cell.paragraphs)
        ]
        for table in paper.tables
    ]


def numbered(count: int) -> Iterable[Row]:
    return [(f"Row {number}", str(number)) for number in range(count)]


@pytest.mark.parametrize(
    ("count", "kept"),
    [
        (1, []),
        (2, [0]),
        (4, [0, 1, 2]),
        (15, [*range(14)]),
        (16, [0, 1, 13, 14]),
        (17, [0, 1, 14, 15]),
        (40, [0, 1, 37, 38]),
    ],
)
def test_a_small_table_stays_whole_and_of_a_long_one_the_first_and_last_three_rows(
    count: int, kept: list[int]
) -> None:
    assert kept_rows(*numbered(count)) == [kept]


def test_the_table_of_each_group_is_one_of_its_own() -> None:
    rows = (Group("A"), *numbered(20), Group("B"), *numbered(3), Group("C"))
    assert kept_rows(*rows) == [[0, 1, 17, 18], [0, 1]]


def test_a_row_of_long_text_is_held_to_no_other() -> None:
    assert kept_rows(("a", "1"), ("long " * 30, "2"), ("c", "3"), ("d", "4")) == [[0, 2]]


def test_the_rows_of_a_table_are_read_only_a_few_ahead() -> None:
    read = []

    class Rows:
        def __iter__(self) -> Iterator[Row]:
            for row in numbered(1000):
                read.append(row)
                yield row

    pieces = table_xml(Table("Deaths", COLUMNS, Rows()), 170)
    for _ in range(3):
        next(pieces)
    assert len(read) <= 17


def styles_kept(paper: Document, text: str) -> bool:
    [paragraph] = [each for each in paper.paragraphs if each.text == text]
    own = paragraph.paragraph_format.keep_with_next
    return bool(paragraph.style.paragraph_format.keep_with_next if own is None else own)


def test_headings_captions_and_the_heads_of_tables_stay_with_what_follows() -> None:
    chart = Chart("A chart", "Alt.", ("x",), (Series("Red", "red", (1,)),), note="Not drawn: y.")
    blocks: tuple[Block, ...] = (chart, Table("A table", COLUMNS, ((("x"), "1"),)))
    paper = paper_of(Section("Charts", blocks), Section("Facts", (Facts((("a", "b"),)),)))
    assert [styles_kept(paper, text) for text in ("Charts", "A chart", "A table", "Facts")] == [True] * 4
    assert all(p.style.paragraph_format.keep_with_next for p in paper.tables[0].rows[0].cells[0].paragraphs)
    [drawn] = [p for p in paper.paragraphs if p._p.findall(f".//{qn('w:drawing')}")]
    assert drawn.paragraph_format.keep_with_next
    assert not styles_kept(paper, "Not drawn: y.")
    gap = paper.paragraphs[[p.text for p in paper.paragraphs].index("Facts") + 1]
    assert (gap.style.name, gap.paragraph_format.keep_with_next) == ("Table End", True)


def test_a_heading_and_a_sentence_stay_with_the_section_they_lead_to() -> None:
    told, last = Section("Time", (Paragraph("In months."),)), Section("End", (Paragraph("Of all."),))
    paper = paper_of(told, Section("By months", (Table("T", COLUMNS, (("x", "1"),)),), 2), last)
    assert styles_kept(paper, "In months.")
    assert not styles_kept(paper, "Of all.")
    assert not styles_kept(paper_of(told, last), "In months.")
    many = Section("Time", tuple(Paragraph(f"Sentence {number}.") for number in range(5)))
    assert not styles_kept(paper_of(many, Section("By months", (), 2)), "Sentence 4.")


def test_no_section_of_the_annual_report_turns_the_page_between_a_sentence_and_its_table(
    world: World,
) -> None:
    put(kent.deaths())
    report = build_annual(annual_of(world.as_viewer(world.cdop_coordinator), Board(name="Kent"), "2011-12"))
    sections = {each.heading: each for each in report.sections}
    below = sections["Reviews by category and modifiable factors"]
    assert below.landscape
    assert sections["Modifiable factors"].landscape
    assert not sections["Time taken"].landscape
