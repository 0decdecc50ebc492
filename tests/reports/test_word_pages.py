"""Where pages may break: a heading stays with what follows it, and the last rows of a table together."""

import io
from collections.abc import Iterable, Iterator
from datetime import date
from itertools import count
from typing import Any

import docx
import pytest
from docx.document import Document
from docx.oxml.ns import qn
from docx.text.paragraph import Paragraph as WordParagraph

from kscb_actions.figures.annual.models import FrozenYear
from kscb_actions.figures.annual.report import build_annual
from kscb_actions.figures.annual.service import annual_of
from kscb_actions.reports.content import (
    Block,
    Bullets,
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
from ..figures.annual.issuing import issue_year
from ..figures.annual.year_rows import put
from ..figures.counting import kent

COLUMNS = (Column("Group", 40), Column("Deaths", 20, "end"))


def paper_of(*sections: Section) -> Document:
    out = io.BytesIO()
    write_docx(Report("T", "M", "O", (), (), date(2012, 3, 31), None, sections), out)
    return docx.Document(io.BytesIO(out.getvalue()))


def kept_rows(*rows: Row | Group) -> list[list[int]]:
    """Return, for each table, the rows that stay with what follows; 0 is the first below the heading."""
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
        (1, [0]),
        (2, [0, 1]),
        (4, [0, 1, 2, 3]),
        (15, [*range(15)]),
        (16, [0, 1, 13, 14, 15]),
        (17, [0, 1, 14, 15, 16]),
        (40, [0, 1, 37, 38, 39]),
    ],
)
def test_a_small_table_stays_whole_and_of_a_long_one_the_first_and_last_three_rows(
    count: int, kept: list[int]
) -> None:
    assert kept_rows(*numbered(count)) == [kept]


def test_the_table_of_each_group_is_one_of_its_own() -> None:
    rows = (Group("A"), *numbered(20), Group("B"), *numbered(3), Group("C"))
    assert kept_rows(*rows) == [[0, 1, 17, 18, 19], [0, 1, 2]]


def test_a_row_of_long_text_is_held_to_no_other() -> None:
    assert kept_rows(("a", "1"), ("long " * 30, "2"), ("c", "3"), ("d", "4")) == [[0, 2, 3]]


def what_stays(element: Any) -> bool:
    """Return whether each paragraph of this part of a paper says that it stays with what follows."""
    paragraphs = element.findall(f".//{qn('w:p')}") or [element]
    return all(each.find(f"{qn('w:pPr')}/{qn('w:keepNext')}") is not None for each in paragraphs)


LONG = ("long " * 60, "9")
ENDS: dict[str, tuple[Block, ...]] = {
    "long table": (Table("T", COLUMNS, (*numbered(40), LONG)),),
    "small table": (Table("T", COLUMNS, numbered(2)),),
    "groups": (Table("T", COLUMNS, (Group("A"), *numbered(2), Group("B"), LONG)),),
    "empty table": (Table("T", COLUMNS, (), empty="Nothing."),),
    "facts": (Facts((("a", "b"), ("c", "d " * 300))),),
    "sentence": (Paragraph("A sentence."),),
    "bullets": (Bullets(("One.", "Two.")),),
    "chart": (Chart("A chart", "Alt.", ("x",), (Series("Red", "red", (1,)),)),),
    "nothing": (),
}


@pytest.mark.parametrize("blocks", ENDS.values(), ids=ENDS)
def test_the_break_before_pages_that_are_turned_never_stands_on_a_page_alone(
    blocks: tuple[Block, ...],
) -> None:
    paper = paper_of(Section("S", blocks), Section("Turned", (Paragraph("x"),), landscape=True))
    [turn] = [p for p in paper.element.body if p.find(f"{qn('w:pPr')}/{qn('w:sectPr')}") is not None]
    before = turn.getprevious()
    if before.tag == qn("w:tbl"):
        before = before.findall(qn("w:tr"))[-1]
        assert what_stays(before)
    else:
        paragraph = WordParagraph(before, paper)
        assert what_stays(before) or paragraph.style.paragraph_format.keep_with_next


def test_the_last_row_of_a_paper_stays_with_the_paragraph_that_word_wants_after_a_table() -> None:
    paper = paper_of(Section("S", (Table("T", COLUMNS, (*numbered(40), LONG)),)))
    gap = paper.paragraphs[-1]
    assert (gap.text, gap.style.name, gap._p.getprevious().tag) == ("", "Table End", qn("w:tbl"))
    assert what_stays(paper.tables[-1].rows[-1]._tr)


def test_the_rows_of_a_table_are_read_only_a_few_ahead() -> None:
    read = []

    class Rows:
        def __iter__(self) -> Iterator[Row]:
            for row in numbered(1000):
                read.append(row)
                yield row

    pieces = table_xml(Table("Deaths", COLUMNS, Rows()), 170, count(1))
    for _ in range(3):
        next(pieces)
    assert len(read) <= 17


KEPT = ("Charts", "Figure 1: A chart", "Table 1: A table", "Facts")


def styles_kept(paper: Document, text: str) -> bool:
    [paragraph] = [each for each in paper.paragraphs if each.text == text]
    own = paragraph.paragraph_format.keep_with_next
    return bool(paragraph.style.paragraph_format.keep_with_next if own is None else own)


def test_headings_captions_and_the_heads_of_tables_stay_with_what_follows() -> None:
    chart = Chart("A chart", "Alt.", ("x",), (Series("Red", "red", (1,)),), note="Not drawn: y.")
    blocks: tuple[Block, ...] = (chart, Table("A table", COLUMNS, ((("x"), "1"),)))
    paper = paper_of(Section("Charts", blocks), Section("Facts", (Facts((("a", "b"),)),)))
    assert [styles_kept(paper, text) for text in KEPT] == [True] * len(KEPT)
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
    issue_year("2011-12")
    report = build_annual(annual_of(Board(name="Kent"), FrozenYear.get()))
    sections = {each.heading: each for each in report.sections}
    below = sections["Reviews by category and modifiable factors"]
    assert below.landscape
    assert sections["Modifiable factors"].landscape
    assert not sections["Time taken"].landscape
