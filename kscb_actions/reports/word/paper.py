"""A report as a Word file: a committee paper that opens in Word, prints, and can be edited."""

from collections.abc import Iterable
from copy import deepcopy
from itertools import zip_longest
from typing import IO

from docx.enum.section import WD_SECTION
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.oxml.text.paragraph import CT_P
from docx.shared import Pt
from docx.text.paragraph import Paragraph as WordParagraph

from kscb_actions.reports.content import (
    Block,
    Bullets,
    Chart,
    Facts,
    Numbered,
    Paragraph,
    Report,
    Section,
    Table,
)
from kscb_actions.text import REPORTING_YEAR, clean_text, one_line

from .package import LANDSCAPE_MM, PORTRAIT_MM, marker, new_document, save, set_page
from .table import YEAR_HYPHEN, before_paragraph, facts_xml, header_block_xml, table_xml

_NUMBERED_DEFINITION = 2
_CHART_MM = (170, 220)
# So many sentences still belong on the page of the heading that follows them.
_FEW = 4
_CHART_LANDSCAPE_MM = (220, 90)


def write_docx(report: Report, out: IO[bytes]) -> None:
    """Write `report` to `out` as a .docx file; the same content gives the same bytes.

    The rows of tables are read once and streamed, so that memory does not grow with them. When reading
    them fails, the error passes through and what is in `out` is no whole file: write to a temporary one.
    """
    paper = _Paper(report)
    paper.add_header_and_footer()
    paper.add_front()
    for section, after in zip_longest(report.sections, report.sections[1:]):
        paper.add_section(section, leads_on=after is not None and _leads_to(section, after))
    save(paper.document, paper.streams, out)


class _Paper:
    """A document under construction, and the streams that its markers stand for."""

    def __init__(self, report: Report) -> None:
        self.report = report
        self.document = new_document(report)
        self.streams: list[Iterable[str]] = []
        self._landscape = False
        self._charts = 0

    def add_header_and_footer(self) -> None:
        """Put marking above and below, notice, title, and page x of y on every page; sections inherit."""
        section = self.document.sections[0]
        marking = one_line(self.report.marking)
        section.header.paragraphs[0].add_run(marking, style="Marking")
        if notice := one_line(self.report.notice):
            section.header.add_paragraph(style="Header").add_run(notice, style="Marking")
        title = section.header.add_paragraph(one_line(self.report.title), "Header")
        keep_years(title)
        # Three lines reach down to the text, and a heading there would stand against them.
        title.paragraph_format.space_after = Pt(4)
        line = section.footer.paragraphs[0]
        line.add_run("Page ")
        _add_field(line, "PAGE")
        line.add_run(" of ")
        _add_field(line, "NUMPAGES")
        section.footer.add_paragraph(style="Footer").add_run(marking, style="Marking")

    def add_front(self) -> None:
        self._add_text(one_line(self.report.organisation), "Organisation")
        self._add_text(one_line(self.report.title), "Title")
        self._add_text(self.report.period, "Subtitle")
        self._stream(header_block_xml(self.report, self._page_mm))

    def add_section(self, section: Section, leads_on: bool = False) -> None:
        """Add the heading and what stands under it; all stays with the next section when it `leads_on`."""
        turned = section.landscape != self._landscape
        if turned:
            self._turn_page(section.landscape)
        level = min(max(section.level, 1), 3)
        heading = keep_years(self.document.add_heading(one_line(section.heading), level))
        if section.own_page and not turned:
            heading.paragraph_format.page_break_before = True
        before = len(self.document.paragraphs) if leads_on else 0
        for block in section.blocks:
            self._add_block(block)
        for paragraph in self.document.paragraphs[before:] if leads_on else ():
            paragraph.paragraph_format.keep_with_next = True

    def _add_block(self, block: Block) -> None:
        match block:
            case Paragraph(text):
                self._add_text(clean_text(text), "Normal")
            case Bullets(items):
                for item in items:
                    self._add_text(clean_text(item), "List Bullet")
            case Numbered(items):
                self._add_numbered(items)
            case Facts(rows):
                self._stream(facts_xml(rows, min(self._page_mm, PORTRAIT_MM)))
            case Table():
                self._stream(table_xml(block, self._page_mm))
            case Chart():
                self._add_chart(block)

    @property
    def _page_mm(self) -> int:
        return LANDSCAPE_MM if self._landscape else PORTRAIT_MM

    def _turn_page(self, landscape: bool) -> None:
        self._keep_end()
        section = self.document.add_section(WD_SECTION.NEW_PAGE)
        # The break sits in a paragraph of its own, made low: it is the gap after a table as well.
        self.document.paragraphs[-1].style = "Table End"
        set_page(section, landscape)
        self._landscape = landscape

    def _keep_end(self) -> None:
        """Keep what the paper ends with on the page of what follows: alone, that would fill an empty page."""
        last = self.document.element.body.get_or_add_sectPr().getprevious()
        if isinstance(last, CT_P):
            WordParagraph(last, self.document).paragraph_format.keep_with_next = True
        elif last is not None:
            self.streams[-1] = before_paragraph(self.streams[-1])

    def _add_text(self, text: str, style: str) -> WordParagraph:
        return keep_years(self.document.add_paragraph(text, style))

    def _add_numbered(self, items: Iterable[str]) -> None:
        numbers = self.document.part.numbering_part.element.add_num(_NUMBERED_DEFINITION)
        numbers.add_lvlOverride(ilvl=0).add_startOverride(1)
        for item in items:
            properties = self._add_text(clean_text(item), "List Number")._p.get_or_add_pPr()
            properties.get_or_add_numPr().get_or_add_numId().val = numbers.numId

    def _add_chart(self, chart: Chart) -> None:
        # Half of all that is loaded to draw, and few papers have a chart.
        from .chart import add_chart

        self._add_text(one_line(chart.title), "Caption")
        if chart.with_bars:
            self._charts += 1
            place = self.document.add_paragraph()
            place.paragraph_format.keep_with_next = bool(chart.note)
            room = _CHART_LANDSCAPE_MM if self._landscape else _CHART_MM
            add_chart(self.document, place, chart, number=self._charts, as_at=self.report.as_at, room_mm=room)
        else:
            self._add_text(clean_text(chart.empty), "Normal")
        if chart.note:
            self._add_text(clean_text(chart.note), "Normal")

    def _stream(self, pieces: Iterable[str]) -> None:
        self.document.element.body.get_or_add_sectPr().addprevious(marker(len(self.streams)))
        self.streams.append(pieces)


def _leads_to(section: Section, after: Section) -> bool:
    """Return whether this is a heading with a sentence or two before its first subsection."""
    blocks = section.blocks
    return (
        after.level > section.level and len(blocks) <= _FEW and all(isinstance(b, Paragraph) for b in blocks)
    )


def _add_field(paragraph: WordParagraph, name: str) -> None:
    field = OxmlElement("w:fldSimple", {qn("w:instr"): name})
    run = OxmlElement("w:r")
    text = OxmlElement("w:t")
    text.text = "1"
    run.append(text)
    field.append(run)
    paragraph._p.append(field)


def keep_years(paragraph: WordParagraph) -> WordParagraph:
    """Give the years of this paragraph Word's own hyphen, which reads as a hyphen everywhere; returns it."""
    for text in paragraph._p.xpath(".//w:t[contains(., '-')]"):
        first, *more = REPORTING_YEAR.sub("\\1\0\\2", text.text).split("\0")
        for piece in reversed(more):
            rest = deepcopy(text)
            rest.text = piece
            text.addnext(rest)
            text.addnext(OxmlElement(YEAR_HYPHEN))
        text.text = first
        for each in (text, *text.itersiblings(text.tag)):
            each.set("{http://www.w3.org/XML/1998/namespace}space", "preserve")
    return paragraph
