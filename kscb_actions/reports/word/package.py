"""The Word package: an empty document in the house style, and the zip file it becomes."""

import io
import re
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from functools import cache
from itertools import islice
from pathlib import Path
from typing import IO
from zipfile import ZIP_DEFLATED, ZipFile, ZipInfo

import docx
from docx.document import Document
from docx.enum.section import WD_ORIENT
from docx.opc.constants import RELATIONSHIP_TYPE
from docx.oxml import parse_xml
from docx.oxml.xmlchemy import BaseOxmlElement
from docx.section import Section, _Footer, _Header
from docx.shared import Mm
from lxml import etree

from kscb_actions.reports.content import Report
from kscb_actions.text import one_line

from . import text as words

PORTRAIT_MM = 170
LANDSCAPE_MM = 267
_PROPERTY_LENGTH = 255
_PIECES_AT_ONCE = 200
_KEPT_BY_PACKAGE = {RELATIONSHIP_TYPE.OFFICE_DOCUMENT, RELATIONSHIP_TYPE.CORE_PROPERTIES}
_KEPT_BY_DOCUMENT = {
    RELATIONSHIP_TYPE.STYLES,
    RELATIONSHIP_TYPE.NUMBERING,
    RELATIONSHIP_TYPE.SETTINGS,
    RELATIONSHIP_TYPE.THEME,
}
_W = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
_IGNORABLE = "{http://schemas.openxmlformats.org/markup-compatibility/2006}Ignorable"
_MARKED = '<w:rStyle w:val="Marking"/>'
_STREAM = "kscb-stream"
_MARKER = re.compile(rb"<\?" + _STREAM.encode() + rb" (\d+)\?>")


def new_document(report: Report) -> Document:
    """Return an empty portrait document in the house style.

    Its properties name the organisation, never a person.
    """
    document = docx.Document(io.BytesIO(_skeleton()))
    properties = document.core_properties
    properties.title = _property(report.title)
    properties.author = properties.last_modified_by = _property(report.organisation)
    properties.category = _property(report.marking)
    properties.language = "en-GB"
    properties.comments = _property(report.notice)
    as_at = datetime(report.as_at.year, report.as_at.month, report.as_at.day, tzinfo=UTC)
    properties.created = properties.modified = as_at
    return document


def add_around(document: Document, report: Report) -> None:
    """Put marking above and below, notice, title, and page x of y on every page; sections inherit."""
    section, marking = document.sections[0], one_line(report.marking)
    notice = [(text, _MARKED)] if (text := one_line(report.notice)) else []
    lines = [(marking, _MARKED), *notice, (one_line(report.title), "")]
    _put(section.header, [words.paragraph(text, "Header", properties=how) for text, how in lines])
    _put(section.footer, [_page_x_of_y(), words.paragraph(marking, "Footer", properties=_MARKED)])


def _page_x_of_y() -> str:
    counted = (words.literal("Page "), words.field("PAGE", "1"), words.literal(" of "))
    pages = words.field("NUMPAGES", "1")
    return f"{words.paragraph_opening('Footer')}{''.join(counted)}{pages}</w:p>"


def _put(around: _Header | _Footer, paragraphs: Sequence[str]) -> None:
    """Put these paragraphs in place of the empty one that a new header or footer has."""
    element = around._element
    element[:] = [parsed(xml) for xml in paragraphs]


def parsed(xml: str) -> BaseOxmlElement:
    """Return a piece of WordprocessingML as an element."""
    return parse_xml(f'<w:body xmlns:w="{_W}">{xml}</w:body>')[0]


def _property(text: str) -> str:
    return one_line(text)[:_PROPERTY_LENGTH].rstrip()


def set_page(section: Section, landscape: bool) -> None:
    """Make the pages of `section` A4, with margins that leave PORTRAIT_MM or LANDSCAPE_MM for text."""
    section.orientation = WD_ORIENT.LANDSCAPE if landscape else WD_ORIENT.PORTRAIT
    short, long, side = Mm(210), Mm(297), Mm(15 if landscape else 20)
    section.page_width, section.page_height = (long, short) if landscape else (short, long)
    section.left_margin = section.right_margin = side
    section.top_margin, section.bottom_margin = Mm(22), Mm(22)
    section.header_distance = section.footer_distance = Mm(10)


def marker(number: int) -> etree._ProcessingInstruction:
    """Return the mark of stream `number` in the body: a processing instruction, which no text can imitate."""
    return etree.ProcessingInstruction(_STREAM, str(number))


def save(document: Document, streams: Sequence[Iterable[str]], out: IO[bytes]) -> None:
    """Write the package to `out`, each stream in place of its marker, without timestamps.

    The same content gives the same bytes. A stream is read once, some pieces at a time, and never held whole.
    """
    package = io.BytesIO()
    document.save(package)
    with ZipFile(package) as source, ZipFile(out, "w") as target:
        for item in source.infolist():
            entry = ZipInfo(item.filename, date_time=(1980, 1, 1, 0, 0, 0))
            entry.compress_type = ZIP_DEFLATED
            with target.open(entry, "w") as file:
                if item.filename == "word/document.xml":
                    _splice(source.read(item), streams, file)
                else:
                    file.write(source.read(item))


def _splice(xml: bytes, streams: Sequence[Iterable[str]], file: IO[bytes]) -> None:
    texts_and_numbers = _MARKER.split(xml)
    file.write(texts_and_numbers[0])
    for number, text in zip(texts_and_numbers[1::2], texts_and_numbers[2::2], strict=True):
        pieces = iter(streams[int(number)])
        while some := list(islice(pieces, _PIECES_AT_ONCE)):
            file.write("".join(some).encode())
        file.write(text)


@cache
def _skeleton() -> bytes:
    """Return the library's default document, emptied, with the house's own styles, lists and settings."""
    document = docx.Document()
    _keep_only(document.part.rels, _KEPT_BY_DOCUMENT)
    _keep_only(document.part.package.rels, _KEPT_BY_PACKAGE)
    _fill(document.styles.element, "styles.xml")
    _fill(document.part.numbering_part.element, "numbering.xml")
    _fill(document.settings.element, "settings.xml")
    set_page(document.sections[0], landscape=False)
    out = io.BytesIO()
    document.save(out)
    return out.getvalue()


def _keep_only(relationships: dict, types: set[str]) -> None:
    for key in [key for key, relationship in relationships.items() if relationship.reltype not in types]:
        del relationships[key]


def _fill(element: BaseOxmlElement, name: str) -> None:
    element[:] = parse_xml(Path(__file__).with_name(name).read_bytes())[:]
    # Nothing of other name spaces is in it any more.
    element.attrib.pop(_IGNORABLE, None)
