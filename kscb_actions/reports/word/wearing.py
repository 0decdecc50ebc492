"""The board's template made ready for a paper: its own styles stay, those that it lacks are the house's."""

import io
from functools import lru_cache
from pathlib import Path
from typing import Any

import docx
from docx.document import Document
from docx.oxml import parse_xml
from docx.oxml.ns import qn
from docx.oxml.xmlchemy import BaseOxmlElement

_IGNORABLE = "{http://schemas.openxmlformats.org/markup-compatibility/2006}Ignorable"
# The house's list of numbers: its abstract number in numbering.xml, and the style of its paragraphs.
_NUMBERS = "ListNumber"


@lru_cache(2)
def worn(template: bytes) -> bytes:
    """Return an empty document in this template, which `reports/template` has kept."""
    document = docx.Document(io.BytesIO(template))
    names = _add_lists(document)
    _add_styles(document, names)
    _part_lists(document)
    is_even = document.settings.odd_and_even_pages_header_footer
    fill(document.settings.element, house("settings.xml"))
    document.settings.odd_and_even_pages_header_footer = is_even
    out = io.BytesIO()
    document.save(out)
    return out.getvalue()


def house(name: str) -> BaseOxmlElement:
    """Return one of the house's own parts."""
    return parse_xml(Path(__file__).with_name(name).read_bytes())


def fill(element: BaseOxmlElement, part: BaseOxmlElement) -> None:
    """Put the content of `part` in place of that of `element`."""
    element[:] = part[:]
    # Nothing of other name spaces is in it any more.
    element.attrib.pop(_IGNORABLE, None)


def numbered_list(document: Document) -> int:
    """Return the abstract number of the house's numbered list, which each list begins anew."""
    levels = document.part.numbering_part.element.iter(qn("w:pStyle"))
    level = next(each for each in levels if each.get(qn("w:val")) == _NUMBERS)
    return int(level.getparent().getparent().get(qn("w:abstractNumId")))


def _add_lists(document: Document) -> dict[str, str]:
    """Add the house's lists under numbers that are free; returns {number in the house: number here}."""
    numbering = document.part.numbering_part.element
    ours = house("numbering.xml")
    first = 1 + max(_values(numbering, "w:abstractNum", "w:abstractNumId"), default=0)
    number = 1 + max(_values(numbering, "w:num", "w:numId"), default=0)
    place = len(numbering.findall(qn("w:abstractNum")))
    names = {}
    for each in ours.findall(qn("w:abstractNum")):
        each.set(qn("w:abstractNumId"), str(first + int(each.get(qn("w:abstractNumId")))))
        numbering.insert(place, each)
        place += 1
    for each in ours.findall(qn("w:num")):
        held = each.find(qn("w:abstractNumId"))
        held.set(qn("w:val"), str(first + int(held.get(qn("w:val")))))
        names[each.get(qn("w:numId"))] = str(number + int(each.get(qn("w:numId"))))
        each.set(qn("w:numId"), names[each.get(qn("w:numId"))])
        numbering.append(each)
    return names


def _values(numbering: Any, tag: str, name: str) -> list[int]:
    return [int(each.get(qn(name))) for each in numbering.findall(qn(tag))]


def _add_styles(document: Document, lists: dict[str, str]) -> None:
    """Add the house's styles that the template lacks; they are based on its text, so they have its font."""
    styles = document.styles.element
    held = {each.get(qn("w:styleId")): each for each in styles.findall(qn("w:style"))}
    for style in house("styles.xml").findall(qn("w:style")):
        name = style.get(qn("w:styleId"))
        for number in style.iter(qn("w:numId")):
            number.set(qn("w:val"), lists[number.get(qn("w:val"))])
        if name not in held:
            styles.append(style)
        # Each list of a paper begins anew at 1, which our numbers are made for.
        elif name == _NUMBERS or (name == "ListBullet" and held[name].find(f".//{qn('w:numPr')}") is None):
            _give_list(held[name], style)


def _give_list(style: BaseOxmlElement, ours: BaseOxmlElement) -> None:
    """Give the template's style of lists our bullets or numbers, for it has none of its own."""
    number = ours.find(f".//{qn('w:numId')}").get(qn("w:val"))
    properties = style.get_or_add_pPr()
    properties.get_or_add_numPr().get_or_add_numId().val = int(number)


def _part_lists(document: Document) -> None:
    """Let a level of a list say that it is a style's only where the style says that it has that list."""
    numbering = document.part.numbering_part.element
    abstract = {
        each.get(qn("w:numId")): each.find(qn("w:abstractNumId")).get(qn("w:val"))
        for each in numbering.findall(qn("w:num"))
    }
    own = {
        style.get(qn("w:styleId")): abstract.get(number.get(qn("w:val")))
        for style in document.styles.element.findall(qn("w:style"))
        for number in style.iter(qn("w:numId"))
    }
    for level in [*numbering.iter(qn("w:pStyle"))]:
        held = level.getparent().getparent().get(qn("w:abstractNumId"))
        if own.get(level.get(qn("w:val"))) != held:
            level.getparent().remove(level)
