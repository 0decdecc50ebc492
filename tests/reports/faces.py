"""The two faces of a report, each as one list of what a reader meets, so that they can be compared."""

import io
import re
from collections.abc import Iterator
from typing import Any

import docx
from docx.oxml.ns import qn
from docx.table import Table
from docx.text.paragraph import Paragraph
from lxml import html

from kscb_actions.reports.content import Cell, Group, Report
from kscb_actions.reports.content import Paragraph as Words
from kscb_actions.reports.content import Table as ReportTable

KINDS = {"Caption": "caption", "List Bullet": "item", "List Number": "item", "toc 1": "item"}
_NUMBER = re.compile(r"^(?:Table|Figure) \d+: ", re.ASCII)
Met = tuple[str, Any]


def word_face(data: bytes) -> list[Met]:
    """Return the headings, captions, texts, list items and tables of a Word report, in order."""
    return [(kind, without_reference(met)) for kind, met in _met_in_word(docx.Document(io.BytesIO(data)))]


def without_reference(met: Any) -> Any:
    """Return texts without the reference of a kept paper, which its page does not have before it is kept."""
    if isinstance(met, list):
        return [without_reference(each) for each in met]
    return re.sub(r", P-[2-9A-Z]{6}", "", met)


def _met_in_word(document: Any) -> Iterator[Met]:
    for element in document.element.body:
        if element.tag == qn("w:tbl"):
            yield "table", [[cell.text for cell in row.cells] for row in Table(element, document).rows]
        elif element.tag == qn("w:p"):
            paragraph = Paragraph(element, document)
            name, text = paragraph.style.name, paragraph.text
            if text and name not in ("Organisation", "Title", "Subtitle"):
                kind = KINDS.get(name, "text")
                # On paper a caption has a number, and an entry of the contents the page it leads to.
                text = (
                    _NUMBER.sub("", text)
                    if kind == "caption"
                    else text.split("\t")[0]
                    if name == "toc 1"
                    else text
                )
                yield (name.lower(), text) if name.startswith("Heading") else (kind, text)


def page_face(page: str) -> list[Met]:
    """Return the same of a report's page."""
    tree = html.fromstring(page)
    # Beside what a screen shows: where a link leads, and what a reference names.
    for each in tree.xpath(
        "//a//span[contains(@class, 'hidden') or contains(@class, 'app-reference__text')]"
    ):
        each.drop_tree()
    [head] = tree.find_class("app-report__head")
    rows = [[_text(row[0]), _head_text(row[1])] for row in head]
    [body] = tree.find_class("app-report")
    return [("table", rows), *(met for element in body.iter() for met in _met_on_page(element))]


def _head_text(cell: Any) -> str:
    return "\n".join(_text(each) for each in cell.iter("p", "li")) or _text(cell)


def _met_on_page(element: Any) -> Iterator[Met]:
    classes = (element.get("class") or "").split()
    if "app-report__heading" in classes:
        yield f"heading {int(element.tag[1]) - 1}", _text(element)
    elif "app-report__caption" in classes or element.tag == "figcaption":
        yield "caption", _text(element)
    elif element.tag == "table":
        caption = element.find("caption")
        if "govuk-visually-hidden" not in caption.get("class"):
            yield "caption", _text(caption)
        yield "table", [[_text(cell) for cell in row] for row in element.iter("tr")]
    elif element.tag == "p" and "app-report__turn" not in classes:
        yield "text", _text(element)
    elif element.tag == "li" and "app-chart__key" not in (element.getparent().get("class") or ""):
        yield "item", _text(element)


def _text(element: Any) -> str:
    return element.text_content().strip()


def told(report: Report) -> list[Any]:
    """Return everything a report says, with the rows of its tables read."""
    parts: list[Any] = [report.title, report.marking, report.header, report.asked, report.period]
    for section in report.sections:
        parts.append(section.heading)
        for block in section.blocks:
            parts.append(
                [block.caption, *map(_plain, block.rows)] if isinstance(block, ReportTable) else block
            )
    return parts


def rows_of(report: Report, caption: str) -> list[list[str]]:
    """Return the rows of the table with this caption as texts; a group is a row of its heading alone."""
    for section in report.sections:
        for block in section.blocks:
            if isinstance(block, ReportTable) and block.caption.startswith(caption):
                return [_plain(row) for row in block.rows]
    raise AssertionError(f"no table {caption}")


def decisions_of(report: Report) -> list[str]:
    """Return what members are asked to decide, in order; nothing where nothing is."""
    blocks = (block for section in report.sections for block in section.blocks)
    tables = (block for block in blocks if isinstance(block, ReportTable) and block.about == "asks")
    return [str(row[1]) for table in tables for row in table.rows]  # type: ignore[index]


def summary_of(report: Report) -> str:
    """Return the summary of a progress report."""
    [section] = [each for each in report.sections if each.heading == "Summary"]
    return "\n".join(block.text for block in section.blocks if isinstance(block, Words))


def has_table(report: Report, caption: str) -> bool:
    """Return whether there is a table with this caption: one without rows is in no paper."""
    blocks = [block for section in report.sections for block in section.blocks]
    return any(isinstance(block, ReportTable) and block.caption.startswith(caption) for block in blocks)


def rows_if_any(report: Report, caption: str) -> list[list[str]]:
    """Return the rows of a table, or none where there is no such table."""
    return rows_of(report, caption) if has_table(report, caption) else []


def _plain(row: Any) -> list[str]:
    if isinstance(row, Group):
        return [row.heading]
    return [cell.text if isinstance(cell, Cell) else cell for cell in row]
