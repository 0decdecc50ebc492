"""The Word file of a report, written, opened again and compared with its content."""

import io
from collections.abc import Iterator
from datetime import UTC, date, datetime
from itertools import pairwise

import docx
import pytest
from docx.document import Document
from docx.enum.section import WD_ORIENT
from docx.oxml.ns import qn
from docx.table import Table as WordTable
from python_calamine import CalamineWorkbook

from kscb_actions.reports.content import (
    Bullets,
    Cell,
    Chart,
    Column,
    Facts,
    Numbered,
    Paragraph,
    Report,
    Row,
    Section,
    Series,
    Table,
)
from kscb_actions.reports.word.paper import write_docx
from kscb_actions.reports.word.table import COLOURS

ACTION_COLUMNS = (
    Column("Ref", 30),
    Column("Agency", 60),
    Column("Days late", 20, "end"),
    Column("Rating", 60),
)


class Actions:
    """Rows that are made as they are asked for, as they are when a database is read."""

    def __iter__(self) -> Iterator[Row]:
        for number in range(1, 31):
            rating = Cell(f"Red: overdue by {number} days", "red") if number % 2 else Cell("No rating")
            yield (f"SCR-2011-02/A{number}", "Health & <social> care\nKent", str(number), rating)


COUNTS = Chart(
    "Actions by agency",
    "Police have 3 red actions; health has 1.",
    ("Police", "=Health"),
    (Series("Red", "red", (3, 1)), Series("Green", "green", (0, 7))),
)
SECTIONS = (
    Section("Purpose", (Paragraph("First line\nsecond line\tafter a tab"), Bullets(("One", "Two")))),
    Section(
        "Changes", (Numbered(("a", "b")), Numbered(("c",)), Facts((("Reviews", "10"), ("Actions", "200"))))
    ),
    Section("Counts", (COUNTS, Chart("Nothing yet", "Nothing.", (), ())), level=2),
    Section("All actions", (Table("Every action", ACTION_COLUMNS, Actions()),), landscape=True),
    Section(
        "Overdue", (Table("Overdue actions", ACTION_COLUMNS, (), "No action is overdue."),), landscape=True
    ),
    Section("Legend", (Table("Ratings", (Column("Rating", 300),), tuple((Cell(c, c),) for c in COLOURS)),)),
)
REPORT = Report(
    title="Progress of reviews",
    marking="OFFICIAL-SENSITIVE",
    organisation="Example Safeguarding Children Board",
    header=(("By", "Subgroup chair"), ("To", "The Board"), ("Summary", "All is told here.")),
    asked=("NOTE the progress.", "COMMENT on what is late."),
    as_at=date(2012, 3, 31),
    since=date(2012, 1, 1),
    sections=SECTIONS,
)


def written(report: Report) -> bytes:
    out = io.BytesIO()
    write_docx(report, out)
    return out.getvalue()


@pytest.fixture(scope="module")
def document() -> Document:
    return docx.Document(io.BytesIO(written(REPORT)))


def table_with(document: Document, first_cell: str) -> WordTable:
    return next(table for table in document.tables if table.cell(0, 0).text == first_cell)


def styled(document: Document, style: str) -> list[str]:
    return [paragraph.text for paragraph in document.paragraphs if paragraph.style.name == style]


def test_title_dates_and_organisation_stand_first(document: Document) -> None:
    assert [(p.style.name, p.text) for p in document.paragraphs[:3]] == [
        ("Organisation", "Example Safeguarding Children Board"),
        ("Title", "Progress of reviews"),
        ("Subtitle", "As at 31 March 2012, with changes since 1 January 2012"),
    ]


def test_head_of_the_paper_tells_by_to_summary_and_what_is_asked(document: Document) -> None:
    head = document.tables[0]
    assert [row.cells[0].text for row in head.rows] == ["By", "To", "Summary", "Recommendations"]
    assert head.cell(2, 1).text == "All is told here."
    asked = head.cell(3, 1).paragraphs
    assert [p.text for p in asked] == [
        "Members are asked to:",
        "NOTE the progress.",
        "COMMENT on what is late.",
    ]
    assert [p.style.name for p in asked] == ["Fact Text", "Asked", "Asked"]


def test_headings_are_real_headings_of_their_level(document: Document) -> None:
    headings = [(p.style.name, p.text) for p in document.paragraphs if p.style.name.startswith("Heading")]
    assert headings == [(f"Heading {section.level}", section.heading) for section in SECTIONS]


def test_paragraphs_keep_their_line_breaks_and_tabs(document: Document) -> None:
    assert "First line\nsecond line\tafter a tab" in styled(document, "Normal")


def test_lists_are_real_lists_and_each_numbered_one_starts_again(document: Document) -> None:
    assert styled(document, "List Bullet") == ["One", "Two"]
    numbered = [p for p in document.paragraphs if p.style.name == "List Number"]
    assert [p.text for p in numbered] == ["a", "b", "c"]
    a, b, c = (p._p.pPr.numPr.numId.val for p in numbered)
    assert a == b != c
    starts = document.part.numbering_part.element.findall(f".//{qn('w:startOverride')}")
    assert [start.get(qn("w:val")) for start in starts] == ["1", "1"]


def test_facts_are_a_table_of_labels(document: Document) -> None:
    facts = table_with(document, "Reviews")
    assert [[cell.text for cell in row.cells] for row in facts.rows] == [
        ["Reviews", "10"],
        ["Actions", "200"],
    ]


def test_every_row_of_a_table_is_there_under_its_caption(document: Document) -> None:
    table = table_with(document, "Ref")
    rows = [[cell.text for cell in row.cells] for row in table.rows]
    texts = [[cell.text if isinstance(cell, Cell) else cell for cell in row] for row in Actions()]
    assert rows == [[column.title for column in ACTION_COLUMNS], *texts]
    assert "Table 1: Every action" in styled(document, "Caption")
    assert table._tbl.tblPr.find(qn("w:tblCaption")).get(qn("w:val")) == "Every action"


def test_a_table_without_rows_is_a_sentence(document: Document) -> None:
    assert "No action is overdue." in styled(document, "Normal")
    assert sum(table.cell(0, 0).text == "Ref" for table in document.tables) == 1


def test_header_row_repeats_and_no_row_of_a_small_table_splits_over_pages(document: Document) -> None:
    rows = table_with(document, "Ref")._tbl.tr_lst
    assert [row.trPr.find(qn("w:tblHeader")) is not None for row in rows] == [True] + [False] * 30
    for table in document.tables:
        assert all(row.trPr.find(qn("w:cantSplit")) is not None for row in table._tbl.tr_lst)


def test_widths_are_fixed_as_asked_and_never_wider_than_the_page(document: Document) -> None:
    table = table_with(document, "Ref")._tbl
    assert table.tblPr.find(qn("w:tblLayout")).get(qn("w:type")) == "fixed"
    assert [round(column.w.mm) for column in table.tblGrid.gridCol_lst] == [30, 60, 20, 60]
    assert [round(cell.width.mm) for cell in table.tr_lst[-1].tc_lst] == [30, 60, 20, 60]
    assert round(table_with(document, "Rating")._tbl.tblGrid.gridCol_lst[0].w.mm) == 170


def test_figures_stand_at_the_end_of_their_column(document: Document) -> None:
    alignments = {cell.paragraphs[0].alignment for cell in table_with(document, "Ref").columns[2].cells}
    assert [str(alignment) for alignment in alignments] == ["RIGHT (2)"]


def test_coloured_cells_carry_their_words_on_their_colour(document: Document) -> None:
    table = table_with(document, "Ref")
    red, plain = table.cell(1, 3), table.cell(2, 3)
    assert red._tc.tcPr.find(qn("w:shd")).get(qn("w:fill")) == COLOURS["red"][0]
    assert str(red.paragraphs[0].runs[0].font.color.rgb) == COLOURS["red"][1]
    assert plain._tc.tcPr.find(qn("w:shd")) is None


@pytest.mark.parametrize("colour", COLOURS)
def test_words_on_a_colour_have_enough_contrast(colour: str) -> None:
    dark, light = sorted(luminance(value) for value in COLOURS[colour])
    assert (light + 0.05) / (dark + 0.05) >= 4.5


def luminance(colour: str) -> float:
    """Return relative luminance of RRGGBB, as WCAG 2.2 defines it."""
    channels = (int(colour[at : at + 2], 16) / 255 for at in (0, 2, 4))
    red, green, blue = (c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def test_landscape_sections_share_their_pages_and_portrait_returns(document: Document) -> None:
    pages = [(s.orientation, round(s.page_width.mm), round(s.page_height.mm)) for s in document.sections]
    portrait, landscape = (WD_ORIENT.PORTRAIT, 210, 297), (WD_ORIENT.LANDSCAPE, 297, 210)
    assert pages == [portrait, landscape, portrait]


def test_marking_and_page_x_of_y_are_on_every_page(document: Document) -> None:
    for section in document.sections:
        assert [p.text for p in section.header.paragraphs] == ["OFFICIAL-SENSITIVE", "Progress of reviews"]
        assert section.footer.paragraphs[-1].text == "OFFICIAL-SENSITIVE"
        pages = section.footer.paragraphs[0]._p
        assert [code.text for code in pages.iter(qn("w:instrText"))] == [" PAGE ", " NUMPAGES "]
        assert "".join(text.text for text in pages.iter(qn("w:t"))) == "Page 1 of 1"
        assert not section.different_first_page_header_footer


def test_properties_name_the_organisation_and_no_person(document: Document) -> None:
    properties = document.core_properties
    assert properties.title == "Progress of reviews"
    assert properties.author == properties.last_modified_by == "Example Safeguarding Children Board"
    assert properties.language == "en-GB"
    assert (properties.comments, properties.keywords, properties.category) == ("", "", "OFFICIAL-SENSITIVE")
    assert properties.created == properties.modified == datetime(2012, 3, 31, tzinfo=UTC)


def test_a_title_too_long_for_the_properties_is_cut_there_and_whole_on_paper() -> None:
    title = "long " * 100
    document = docx.Document(io.BytesIO(written(Report(title, "", "", (), (), date(2012, 3, 31), None, ()))))
    assert document.core_properties.title == title[:254]
    assert styled(document, "Title") == [title.strip()]


def test_language_is_british_english_in_the_styles(document: Document) -> None:
    languages = document.styles.element.findall(f".//{qn('w:lang')}")
    assert [language.get(qn("w:val")) for language in languages] == ["en-GB"]


def test_every_table_is_followed_by_a_paragraph(document: Document) -> None:
    kinds = [element.tag for element in document.element.body if isinstance(element.tag, str)]
    assert (qn("w:tbl"), qn("w:tbl")) not in pairwise(kinds)
    assert kinds[-2:] == [qn("w:p"), qn("w:sectPr")]


def test_chart_has_words_for_those_who_do_not_see_it(document: Document) -> None:
    [drawn] = document.element.body.iter(qn("wp:docPr"))
    assert (drawn.get("descr"), drawn.get("title")) == (COUNTS.alt, COUNTS.title)
    assert "Figure 2: Nothing yet" in styled(document, "Caption")
    assert "No figures to show." in styled(document, "Normal")


def test_chart_is_editable_and_its_workbook_holds_its_figures(document: Document) -> None:
    [chart] = [part for part in document.part.related_parts.values() if "/charts/" in part.partname]
    workbook = CalamineWorkbook.from_object(
        io.BytesIO(
            chart.part_related_by(
                "http://schemas.openxmlformats.org/officeDocument/2006/relationships/package"
            ).blob
        )
    )
    assert workbook.get_sheet_by_index(0).to_python() == [
        ["", "R Red", "G Green"],
        ["Police", 3, 0],
        ["=Health", 1, 7],
    ]
    text = chart.blob.decode()
    assert "Sheet1!$B$2:$B$3" in text and '<c:externalData r:id="rId1"' in text
    assert all(COLOURS[series.colour][0] in text for series in COUNTS.series)


@pytest.mark.parametrize(("landscape", "most_mm"), [(False, 220), (True, 90)])
def test_a_chart_of_many_bars_stays_on_its_page(landscape: bool, most_mm: int) -> None:
    agencies = tuple(f"Agency {number}" for number in range(80))
    chart = Chart("Many", "Many.", agencies, (Series("Red", "red", (1,) * 80),))
    sections = (Section("S", (chart,), landscape=landscape),)
    paper = docx.Document(io.BytesIO(written(Report("T", "", "", (), (), date(2012, 3, 31), None, sections))))
    [extent] = paper.element.body.iter(qn("wp:extent"))
    assert round(extent.cy.mm) == most_mm


def test_a_chart_with_figures_missing_is_refused() -> None:
    with pytest.raises(ValueError, match="“Red” has 1 values for 2 categories"):
        Chart("Counts", "Words", ("Police", "Health"), (Series("Red", "red", (1,)),))


def test_a_row_with_cells_missing_is_refused() -> None:
    table = Table("Short", ACTION_COLUMNS, (("SCR-2011-02/A1",),))
    with pytest.raises(ValueError, match="longer than"):
        written(Report("T", "", "", (), (), date(2012, 3, 31), None, (Section("S", (table,)),)))
