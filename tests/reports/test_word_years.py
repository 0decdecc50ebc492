"""No line breaks at the hyphen of a reporting year, on paper or page, and it still reads as a hyphen."""

import io
from datetime import date

import docx
import pytest
from docx.oxml.ns import qn

from kscb_actions.reports.content import Bullets, Column, Facts, Paragraph, Report, Section, Table
from kscb_actions.reports.word.paper import write_docx
from kscb_actions.web.shared.templating import years_kept

YEAR = "2011-12"


def paper_of(report: Report) -> docx.document.Document:
    file = io.BytesIO()
    write_docx(report, file)
    return docx.Document(file)


def test_each_year_on_paper_has_words_own_hyphen_and_reads_as_before() -> None:
    texts = [
        f"Annual report {YEAR}",
        f"Deaths in {YEAR} & 2010-11 < all",
        f"{YEAR}\nand {YEAR}.",
        f"A list: {YEAR}",
        f"A fact of {YEAR}",
        f"Table of {YEAR}",
    ]
    blocks = (
        Paragraph(texts[2]),
        Bullets((texts[3],)),
        Facts((("Label", texts[4]),)),
        Table(texts[5], (Column("One", 20),), (("1",),)),
    )
    report = Report(texts[0], "", "", (), (), date(2012, 3, 31), None, (Section(texts[1], blocks),))
    paper = paper_of(report)
    body = [*paper.element.body.iter(qn("w:p"))]
    header = [each._p for each in paper.sections[0].header.paragraphs]
    read = ["".join(str(part) for run in one.r_lst for part in [run.text]) for one in (*body, *header)]
    for text in (*texts[:-1], f"Table 1: {texts[-1]}"):
        assert text in read
    hyphens = [sum(1 for _ in one.iter(qn("w:noBreakHyphen"))) for one in (*body, *header)]
    # The title stands in the header too.
    assert sum(hyphens) == sum(text.count("-") for text in texts) + 1
    assert not [one for one in (*body, *header) for t in one.iter(qn("w:t")) if YEAR in (t.text or "")]


@pytest.mark.parametrize("text", ["SCR-2011-01", "2011-12-31", "1-2 deaths", "x2011-12", "no year"])
def test_what_is_no_year_stays_as_it_is(text: str) -> None:
    paper = paper_of(Report(text, "", "", (), (), date(2012, 3, 31), None, (Section(text, ()),)))
    assert not [*paper.element.body.iter(qn("w:noBreakHyphen"))]
    assert years_kept(text) == text


@pytest.mark.parametrize(
    ("text", "on_page"),
    [
        ("2011-12", '<span class="app-nowrap">2011-12</span>'),
        (
            "<b> of 2010-11 & 2011-12.",
            '&lt;b&gt; of <span class="app-nowrap">2010-11</span> &amp; '
            '<span class="app-nowrap">2011-12</span>.',
        ),
    ],
)
def test_each_year_on_a_page_stays_on_its_line(text: str, on_page: str) -> None:
    assert str(years_kept(text)) == on_page
