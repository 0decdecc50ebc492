"""The Word file as a package: its parts, its bytes, and any text that anybody may have typed."""

import io
import random
import re
from collections.abc import Iterator
from datetime import date
from zipfile import ZipFile

import docx
from docx.oxml.ns import qn
from hypothesis import example, given, settings
from hypothesis import strategies as st
from lxml import etree

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
from kscb_actions.text import clean_text, one_line

from ..long import amount

AWKWARD = (
    "a<b>&\"' \x00\x0b\r\n]]>\ttab \ud83d \U0001f44d cafe\u0301 \ufffe"
    " <?kscb-stream 0?> =1+1 {0} %s\u2028end  "
)
any_text = st.text(st.characters(exclude_categories=()), max_size=40)


def report_of(texts: tuple[str, ...]) -> Report:
    """Return a report with a text typed by somebody in every place that can hold one."""
    a, b, c, d = texts
    blocks = (
        Paragraph(b),
        Bullets((c, d)),
        Numbered((d, a)),
        Facts(((a, b),)),
        Chart(b, c, (a, d), (Series(b, "red", (1, 2)), Series(c, "grey", (0, 4)))),
        Table(c, (Column(a, 40), Column(b, 40, "end")), ((b, Cell(c, "amber")), (d, Cell(a)))),
        Table(d, (Column(a, 40),), (), b),
    )
    sections = (Section(a, blocks), Section(d, (Paragraph(c),), 3, landscape=True))
    asked_intro = c
    return Report(a, b, c, ((d, a), (b, c)), (c, d), date(2012, 3, 31), None, sections, asked_intro)


def written(report: Report) -> bytes:
    out = io.BytesIO()
    write_docx(report, out)
    return out.getvalue()


@given(st.tuples(any_text, any_text, any_text, any_text))
@example((AWKWARD, AWKWARD, AWKWARD, AWKWARD))
@example(("", "", "", ""))
@settings(max_examples=amount(60), deadline=None)
def test_any_text_in_any_place_opens_again_as_it_was_cleaned(texts: tuple[str, ...]) -> None:
    document = docx.Document(io.BytesIO(written(report_of(texts))))
    a, b, c, d = (clean_text(text) for text in texts)
    a1, b1, c1, d1 = (one_line(text) for text in texts)
    body = [p.text for p in document.paragraphs if p.style.name != "Table End"]
    captioned = (f"Figure 1: {b1}", "", f"Table 1: {c1}", f"Table 2: {d1}", b)
    assert body == [c1, a1, "As at 31 March 2012", a1, b, c, d, d, a, *captioned, d1, c]
    tables = [[[cell.text for cell in row.cells] for row in table.rows] for table in document.tables]
    head = [[d, a], [b, c], ["Recommendations", f"{c}\n{c}\n{d}"]]
    assert tables == [head, [[a, b]], [[a, b], [b, c], [d, a]]]
    assert [p.text for p in document.sections[1].header.paragraphs] == [b1, a1]
    assert document.sections[1].footer.paragraphs[-1].text == b1
    [drawn] = document.element.body.iter(qn("wp:docPr"))
    assert (drawn.get("descr"), drawn.get("title")) == (c, b1)
    assert document.core_properties.title == a1


@given(any_text, any_text)
@example(AWKWARD, "=1+1")
@settings(max_examples=amount(30), deadline=None)
def test_any_text_in_a_chart_is_in_its_drawing(category: str, series: str) -> None:
    package = ZipFile(io.BytesIO(written(report_of((category, series, "c", "d")))))
    chart = etree.fromstring(package.read("word/charts/chart1.xml"))
    words = [value.text or "" for value in chart.iter("{*}v")]
    assert words[:3] == [one_line(series), one_line(category), "d"]


def test_every_part_is_well_formed_and_of_a_declared_type() -> None:
    package = ZipFile(io.BytesIO(written(report_of((AWKWARD, AWKWARD, AWKWARD, AWKWARD)))))
    names = package.namelist()
    assert package.testzip() is None
    assert len(names) == len(set(names))
    types = etree.fromstring(package.read("[Content_Types].xml"))
    endings = {default.get("Extension") for default in types.iter("{*}Default")}
    listed = {override.get("PartName") for override in types.iter("{*}Override")}
    assert {name.removeprefix("/") for name in listed} <= set(names)
    for name in names:
        assert name == "[Content_Types].xml" or f"/{name}" in listed or name.rsplit(".", 1)[1] in endings
        if name.endswith((".xml", ".rels")):
            etree.fromstring(package.read(name))


def test_every_relationship_leads_to_a_part() -> None:
    package = ZipFile(io.BytesIO(written(report_of(("a", "b", "c", "d")))))
    names = set(package.namelist())
    for name in [name for name in names if name.endswith(".rels")]:
        folder = name.split("_rels/")[0]
        for relationship in etree.fromstring(package.read(name)):
            path = re.sub(r"[^/]+/\.\./", "", folder + relationship.get("Target")).removeprefix("/")
            assert path in names


def test_nothing_of_the_librarys_own_document_is_left() -> None:
    package = ZipFile(io.BytesIO(written(report_of(("a", "b", "c", "d")))))
    everything = b"".join(package.read(name) for name in package.namelist())
    for left_over in (b"python-docx", b"Macintosh", b"en-US", b"vbaProject", b"Normal.dotm", b"thumbnail"):
        assert left_over not in everything
    assert b"<?kscb-stream" not in package.read("word/document.xml")


def test_the_same_content_gives_the_same_bytes() -> None:
    texts = (AWKWARD, "b", "c", "d")
    assert written(report_of(texts)) == written(report_of(texts))


def test_no_part_carries_a_time_of_day() -> None:
    package = ZipFile(io.BytesIO(written(report_of(("a", "b", "c", "d")))))
    assert {item.date_time for item in package.infolist()} == {(1980, 1, 1, 0, 0, 0)}
    workbook = ZipFile(io.BytesIO(package.read("word/embeddings/Microsoft_Excel_Sheet1.xlsx")))
    for core in (package.read("docProps/core.xml"), workbook.read("docProps/core.xml")):
        assert set(re.findall(rb"\d{4}-\d\d-\d\dT[\d:]+Z", core)) == {b"2012-03-31T00:00:00Z"}
        assert not re.search(rb"<dc:creator>(?!c<)[^<]+<", core)


def test_rows_are_read_once_and_written_as_they_come() -> None:
    asked_for: list[int] = []
    asked_for_at_write: list[int] = []
    texts = random.Random(2012)

    class Rows:
        def __iter__(self) -> Iterator[Row]:
            for number in range(3_000):
                asked_for.append(number)
                yield (texts.randbytes(50).hex(),)

    class Watched(io.BytesIO):
        def write(self, data: bytes) -> int:
            asked_for_at_write.append(len(asked_for))
            return super().write(data)

    table = Table("Numbers", (Column("Number", 40),), Rows())
    write_docx(Report("T", "", "", (), (), date(2012, 3, 31), None, (Section("S", (table,)),)), Watched())
    assert asked_for == list(range(3_000))
    assert any(0 < rows < 1_000 for rows in asked_for_at_write)
