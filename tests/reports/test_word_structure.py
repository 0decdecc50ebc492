"""What Word users expect of a document: structure that programs and screen readers can follow."""

import io
from collections.abc import Callable
from dataclasses import replace
from datetime import date
from zipfile import ZipFile

import docx
import pytest
from docx.oxml.ns import qn
from lxml import etree

from kscb_actions.reports.content import (
    Bullets,
    Cell,
    Chart,
    Column,
    Facts,
    Paragraph,
    Report,
    Section,
    Series,
    Table,
)

from .schema import against_the_readers, against_the_standard, text_of
from .test_word import written

COLUMNS = (Column("Ref", 30), Column("Text", 100))
URDU = "رپورٹ 2011-12 مکمل"
CHART = Chart("Counts", "Two.", ("Police",), (Series("Red", "red", (24,)), Series("Grey", "grey", (1,))))
LONG = ("A1", "long " * 70)
SECTIONS = (
    Section("Summary", (Paragraph("Told."), Table("Named", COLUMNS, (("A1", f"Said: {URDU}"), (URDU, "x"))))),
    Section("Appendices", (Bullets(("Appendix A: Counts", "Appendix B: Actions")),)),
    Section("Appendix A: Counts", (Paragraph("Below."), CHART), own_page=True),
    Section("Appendix B: Actions", (Table("All", COLUMNS, (LONG,) * 30),), landscape=True, own_page=True),
    Section("Late", (Paragraph(URDU), Facts((("Name", URDU),)), Table("None", COLUMNS, ())), level=2),
)
REPORT = Report("Paper", "PROTECT", "Board", (("By", URDU),), (), date(2012, 3, 31), None, SECTIONS)


@pytest.fixture(scope="module")
def paper() -> bytes:
    return written(REPORT)


def part(data: bytes, name: str = "word/document.xml") -> etree._Element:
    return etree.fromstring(ZipFile(io.BytesIO(data)).read(name))


def test_every_part_is_as_the_standard_has_it_and_as_readers_want_it(paper: bytes) -> None:
    assert against_the_standard(paper) == []
    assert against_the_readers(paper) == []


def test_the_contents_lead_to_the_appendices_and_are_right_before_any_program_has_updated_them(
    paper: bytes,
) -> None:
    body = part(paper)
    links = {text_of(link): link.get(qn("w:anchor")) for link in body.iter(qn("w:hyperlink"))}
    assert [*links] == ["Appendix A: Counts", "Appendix B: Actions"]
    marked = {
        start.get(qn("w:name")): text_of(start.getparent()) for start in body.iter(qn("w:bookmarkStart"))
    }
    assert {text: marked[anchor] for text, anchor in links.items()} == {text: text for text in links}
    codes = [code.text.strip() for code in body.iter(qn("w:instrText"))]
    assert codes[1] == r'TOC \b Appendices \o "1-1" \h \z'
    assert codes[2:4] == [rf"PAGEREF {anchor} \h" for anchor in links.values()]


def test_a_list_of_anything_else_is_no_contents() -> None:
    only = replace(
        REPORT, sections=(Section("A", (Bullets(("Appendix A", "B")),)), Section("B", (Paragraph("x"),)))
    )
    assert not [*part(written(only)).iter(qn("w:hyperlink"))]


def test_captions_count_tables_and_figures_by_a_field_each(paper: bytes) -> None:
    captions = [p.text for p in docx.Document(io.BytesIO(paper)).paragraphs if p.style.name == "Caption"]
    assert captions == ["Table 1: Named", "Figure 1: Counts", "Table 2: All", "Table 3: None"]
    codes = [code.text.strip() for code in part(paper).iter(qn("w:instrText"))]
    assert [code for code in codes if code.startswith("SEQ")] == [
        r"SEQ Table \* ARABIC", r"SEQ Figure \* ARABIC", r"SEQ Table \* ARABIC", r"SEQ Table \* ARABIC",
    ]  # fmt: skip


def test_what_is_read_from_right_to_left_says_so_and_reads_as_before(paper: bytes) -> None:
    document = docx.Document(io.BytesIO(paper))
    assert document.tables[1].cell(1, 1).text == f"Said: {URDU}"
    said, alone = (document.tables[1].cell(*place).paragraphs[0] for place in ((1, 1), (2, 0)))
    assert said._p.find(f"{qn('w:pPr')}/{qn('w:bidi')}") is None
    assert alone._p.find(f"{qn('w:pPr')}/{qn('w:bidi')}") is not None
    turned = [run.text for run in said.runs if run._r.find(f"{qn('w:rPr')}/{qn('w:rtl')}") is not None]
    assert turned == ["رپورٹ", "مکمل"]


def test_on_a_colour_both_directions_keep_its_ink() -> None:
    table = Table("T", COLUMNS, (("A1", Cell(f"Red: {URDU}", "red")),))
    document = docx.Document(io.BytesIO(written(replace(REPORT, sections=(Section("S", (table,)),)))))
    runs = document.tables[1].cell(1, 1).paragraphs[0].runs
    assert {str(run.font.color.rgb) for run in runs if run.text} == {"FFFFFF"}
    assert against_the_standard(written(REPORT)) == []


def test_a_row_of_long_text_may_be_split_in_a_long_table_only(paper: bytes) -> None:
    tables = [*part(paper).iter(qn("w:tbl"))]
    splits = [
        sum(row.find(f".//{qn('w:cantSplit')}") is None for row in each.iter(qn("w:tr"))) for each in tables
    ]
    assert splits == [0, 0, 30, 0]


def test_bars_are_told_apart_without_colour(paper: bytes) -> None:
    chart = part(paper, "word/charts/chart1.xml")
    formats = [each.get("formatCode") for each in chart.iter("{*}numFmt")]
    assert [each for each in formats if '"' in each] == [
        '[>=3]"R "#,##0;[>0]#,##0;',
        '[>=3]"S "#,##0;[>0]#,##0;',
    ]
    assert {"R Red", "S Grey"} <= {value.text for value in chart.iter("{*}v")}
    beside = replace(CHART, is_stacked=False, series=(Series("a", "green", (1,)), Series("b", "blue", (2,))))
    side = part(written(replace(REPORT, sections=(Section("S", (beside,)),))), "word/charts/chart1.xml")
    assert [each.get("prst") for each in side.iter("{*}pattFill")] == ["wdUpDiag"]


def dropped(tag: str) -> Callable[[etree._Element], None]:
    def break_it(body: etree._Element) -> None:
        for each in [*body.iter(qn(tag))]:
            each.getparent().remove(each)

    return break_it


def unnamed(body: etree._Element) -> None:
    for each in body.iter(qn("wp:docPr")):
        del each.attrib["descr"]


def emptied(body: etree._Element) -> None:
    [told] = [p for p in body.iter(qn("w:p")) if text_of(p) == "Below."]
    told.getparent().remove(told)
    for each in [*body.iter(qn("w:drawing"))]:
        paragraph = each.getparent().getparent()
        paragraph.getparent().remove(paragraph.getprevious())
        paragraph.getparent().remove(paragraph)


OFFENDERS = {
    "parted": (dropped("w:keepNext"), "may be parted"),
    "no row heads": (dropped("w:tblLook"), "has no row heads"),
    "head not repeated": (dropped("w:tblHeader"), "does not repeat its head"),
    "small rows split": (dropped("w:cantSplit"), "splits a row"),
    "direction": (dropped("w:rtl"), "marked as read from right to left"),
    "bookmark": (dropped("w:bookmarkStart"), "leads nowhere"),
    "contents": (dropped("w:hyperlink"), "do not list the appendices"),
    "no words": (unnamed, "has no words"),
    "empty": (emptied, "has nothing below it"),
}


@pytest.mark.parametrize(("break_it", "told"), OFFENDERS.values(), ids=OFFENDERS)
def test_a_paper_that_breaks_a_rule_is_found(
    paper: bytes, break_it: Callable[[etree._Element], None], told: str
) -> None:
    broken = changed(paper, break_it)
    assert [wrong for wrong in against_the_readers(broken) if told in wrong]


def changed(data: bytes, break_it: Callable[[etree._Element], None]) -> bytes:
    """Return a Word file whose document was changed."""
    source, out = ZipFile(io.BytesIO(data)), io.BytesIO()
    with ZipFile(out, "w") as target:
        for name in source.namelist():
            content = source.read(name)
            if name == "word/document.xml":
                body = etree.fromstring(content)
                break_it(body)
                content = etree.tostring(body)
            target.writestr(name, content)
    return out.getvalue()


def test_a_paper_that_is_not_as_the_standard_has_it_is_found(paper: bytes) -> None:
    def misplace(body: etree._Element) -> None:
        style = next(body.iter(qn("w:pStyle")))
        style.getparent().append(style)
        style.getparent().insert(0, style.makeelement(qn("w:keepNext")))

    assert "word/document.xml: Element" in against_the_standard(changed(paper, misplace))[0]
