"""What stands around the text of each page: marking, notice, title, and page x of y."""

from collections.abc import Iterator
from typing import Any

from docx.document import Document
from docx.oxml.ns import qn

from kscb_actions.reports.content import Report
from kscb_actions.text import one_line

from . import text as words
from .package import parsed

_MARKED = '<w:rStyle w:val="Marking"/>'


def add_around(document: Document, report: Report) -> None:
    """Put marking above and below, item number, notice, title, and page x of y on every page.

    Sections inherit. A template's own header and footer stay; ours follow below them. Where its footer
    counts the pages already, they are not counted twice.
    """
    marking, notice = one_line(report.marking), one_line(report.notice)
    item = f" · Item {one_line(report.item)}" if report.item else ""
    lines = [
        (f"{marking}{item}", _MARKED),
        *([(notice, _MARKED)] if notice else []),
        (one_line(report.title), ""),
    ]
    above = [words.paragraph(text, "Header", properties=how) for text, how in lines]
    # Several lines reach down to the text, and a heading there would stand against them.
    above[-1] = above[-1].replace("</w:pPr>", '<w:spacing w:after="80"/></w:pPr>', 1)
    below = words.paragraph(marking, "Footer", properties=_MARKED)
    for header, footer in _pairs(document):
        _append(header, above)
        _append(footer, [below] if _counts_pages(footer) else [_page_x_of_y(), below])


def _pairs(document: Document) -> Iterator[tuple[Any, Any]]:
    """Yield header and footer of the pages that have their own: usually one pair."""
    section = document.sections[0]
    pairs = [(section.header, section.footer)]
    if section.different_first_page_header_footer:
        pairs.append((section.first_page_header, section.first_page_footer))
    if document.settings.odd_and_even_pages_header_footer:
        pairs.append((section.even_page_header, section.even_page_footer))
    for header, footer in pairs:
        yield _own(header), _own(footer)


def _own(around: Any) -> Any:
    """Return the element of a header or footer, without the one empty paragraph that a new one has."""
    is_new = around.is_linked_to_previous
    around.is_linked_to_previous = False
    if is_new:
        around._element[:] = []
    return around._element


def _append(element: Any, paragraphs: list[str]) -> None:
    element.extend(parsed(xml) for xml in paragraphs)


def _counts_pages(footer: Any) -> bool:
    codes = [each.text or "" for each in footer.iter(qn("w:instrText"))]
    codes += [each.get(qn("w:instr"), "") for each in footer.iter(qn("w:fldSimple"))]
    named = {code.split()[0].upper() for code in codes if code.split()}
    return {"PAGE", "NUMPAGES"} <= named


def _page_x_of_y() -> str:
    counted = (words.literal("Page "), words.field("PAGE", "1"), words.literal(" of "))
    pages = words.field("NUMPAGES", "1")
    return f"{words.paragraph_opening('Footer')}{''.join(counted)}{pages}</w:p>"
