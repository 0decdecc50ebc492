"""A report as a Word file: a committee paper that opens in Word, prints, and can be edited."""

from collections.abc import Iterable
from itertools import count, zip_longest
from typing import IO

from docx.enum.section import WD_SECTION
from docx.oxml.text.paragraph import CT_P
from docx.text.paragraph import Paragraph as WordParagraph

from kscb_actions.reports.content import (
    Block,
    Bullets,
    Chart,
    Facts,
    LineChart,
    Numbered,
    Paragraph,
    Report,
    Section,
    Table,
)
from kscb_actions.text import one_line

from . import text as words
from .around import add_around
from .contents import Contents
from .package import Pages, marker, new_document, parsed, save
from .progress import Progress, Tell, nobody_asks
from .table import before_paragraph, facts_xml, header_block_xml, table_xml
from .wearing import numbered_list

_CHART_HIGH_MM = 220
# So many sentences still belong on the page of the heading that follows them.
_FEW = 4
_CHART_LANDSCAPE_MM = (220, 90)


def write_docx(
    report: Report, out: IO[bytes], template: bytes | None = None, tell: Tell = nobody_asks
) -> None:
    """Write `report` to `out` as a .docx file; the same content gives the same bytes.

    `template` is one that `reports/template` has kept; without any the paper has the house's own look.
    `tell` hears how far it is: sections done, of how many, rows of tables done, of how many.

    The rows of tables are read once and streamed, so that memory does not grow with them. When reading
    them fails, the error passes through and what is in `out` is no whole file: write to a temporary one.
    """
    paper = _Paper(report, template, Progress(report, tell))
    add_around(paper.document, report)
    paper.add_front()
    for section, after in zip_longest(report.sections, report.sections[1:]):
        paper.progress.begin_section()
        paper.add_section(section, leads_on=after is not None and _leads_to(section, after))
    paper.end()
    save(paper.document, paper.streams, out)
    paper.progress.end()


class _Paper:
    """A document under construction, and the streams that its markers stand for."""

    def __init__(self, report: Report, template: bytes | None, progress: Progress) -> None:
        self.report = report
        self.progress = progress
        self.document = new_document(report, template)
        self._pages = Pages.of(self.document)
        self.streams: list[Iterable[bytes]] = []
        self._landscape = False
        self._charts = count(1)
        # Counted as rows are read, for a table without any has no caption of its own kind.
        self._tables = count(1)
        self._contents = Contents.of(report)

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
        style = f"Heading{min(max(section.level, 1), 3)}"
        # A template's own styles need not say so.
        heading = self._add_text(one_line(section.heading), style, is_kept=True)
        self._contents.mark(section, heading._p)
        if section.own_page and not turned:
            heading.paragraph_format.page_break_before = True
        before = len(self.document.paragraphs) if leads_on else 0
        for block, after in zip_longest(section.blocks, section.blocks[1:]):
            self._add_block(block, after)
        for paragraph in self.document.paragraphs[before:] if leads_on else ():
            paragraph.paragraph_format.keep_with_next = True

    def end(self) -> None:
        """End what goes through the whole paper."""
        self._contents.end(self.document.element.body)

    def _add_block(self, block: Block, after: Block | None) -> None:
        match block:
            case Paragraph(text):
                # A sentence introduces the list or the table below it.
                is_kept = after is not None and not isinstance(after, Paragraph)
                self._add_text(text, "Normal", is_kept=is_kept)
            case Bullets(items) if self._contents.are(items):
                self._add_xml(self._contents.xml(self._page_mm))
            case Bullets(items):
                for item in items:
                    self._add_text(item, "ListBullet")
            case Numbered(items):
                self._add_numbered(items)
            case Facts(rows):
                self._stream(facts_xml(rows, self._pages.text_mm(landscape=False)))
            case Table():
                self._stream(table_xml(block, self._page_mm, self._tables))
            case Chart():
                self._add_chart(block)
            case LineChart():
                self._add_line(block)

    @property
    def _page_mm(self) -> int:
        return self._pages.text_mm(self._landscape)

    def _turn_page(self, landscape: bool) -> None:
        self._keep_end()
        section = self.document.add_section(WD_SECTION.NEW_PAGE)
        # The break sits in a paragraph of its own, made low: it is the gap after a table as well.
        self.document.paragraphs[-1].style = "Table End"
        # A letterhead of its own is for the first page of the paper only.
        section.different_first_page_header_footer = False
        self._pages.set(section, landscape)
        self._landscape = landscape

    def _keep_end(self) -> None:
        """Keep what the paper ends with on the page of what follows: alone, that would fill an empty page."""
        last = self.document.element.body.get_or_add_sectPr().getprevious()
        if isinstance(last, CT_P):
            WordParagraph(last, self.document).paragraph_format.keep_with_next = True
        elif last is not None:
            self.streams[-1] = before_paragraph(self.streams[-1])

    def _add_text(self, text: str, style: str, *, is_kept: bool = False) -> WordParagraph:
        return self._add_xml([words.paragraph(text, style, is_kept=is_kept)])

    def _add_xml(self, paragraphs: Iterable[str]) -> WordParagraph:
        """Add the paragraphs at the end of the body; returns the last."""
        end = self.document.element.body.get_or_add_sectPr()
        for xml in paragraphs:
            end.addprevious(parsed(xml))
        return WordParagraph(end.getprevious(), self.document)

    def _add_numbered(self, items: Iterable[str]) -> None:
        numbers = self.document.part.numbering_part.element.add_num(numbered_list(self.document))
        numbers.add_lvlOverride(ilvl=0).add_startOverride(1)
        for item in items:
            properties = self._add_text(item, "ListNumber")._p.get_or_add_pPr()
            properties.get_or_add_numPr().get_or_add_numId().val = numbers.numId

    def _add_line(self, chart: LineChart) -> None:
        # As below.
        from .line import add_line

        number = next(self._charts)
        self._add_xml([words.caption(one_line(chart.title), "Figure", number)])
        add_line(self.document, self.document.add_paragraph(), chart, number=number, as_at=self.report.as_at)

    def _add_chart(self, chart: Chart) -> None:
        # Half of all that is loaded to draw, and few papers have a chart.
        from .chart import add_chart

        number = next(self._charts)
        # On paper “Figure” says what it is.
        title = one_line(chart.title).removeprefix("Chart: ")
        self._add_xml([words.caption(title, "Figure", number)])
        if chart.with_bars:
            place = self.document.add_paragraph()
            place.paragraph_format.keep_with_next = bool(chart.note)
            room = _CHART_LANDSCAPE_MM if self._landscape else (self._page_mm, _CHART_HIGH_MM)
            add_chart(self.document, place, chart, number=number, as_at=self.report.as_at, room_mm=room)
        else:
            self._add_text(chart.empty, "Normal")
        if chart.note:
            self._add_text(chart.note, "Normal")

    def _stream(self, pieces: Iterable[bytes]) -> None:
        self.document.element.body.get_or_add_sectPr().addprevious(marker(len(self.streams)))
        self.streams.append(self.progress.through(pieces))


def _leads_to(section: Section, after: Section) -> bool:
    """Return whether this is a heading with a sentence or two before its first subsection."""
    blocks = section.blocks
    return (
        after.level > section.level and len(blocks) <= _FEW and all(isinstance(b, Paragraph) for b in blocks)
    )
