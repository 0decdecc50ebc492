"""Reporting years such as 2011-12 in a Word file: Word must not break the line at their hyphen."""

from copy import deepcopy

from docx.oxml import OxmlElement
from docx.text.paragraph import Paragraph

from kscb_actions.text import REPORTING_YEAR

HYPHEN = "w:noBreakHyphen"


def year_xml(xml_text: str, opening: str) -> str:
    """Return escaped text for the inside of a `w:t` (`opening` opens one), with Word's hyphen in years."""
    if "-" not in xml_text:
        return xml_text
    return REPORTING_YEAR.sub(rf"\1</w:t><{HYPHEN}/>{opening}\2", xml_text)


def keep_years(paragraph: Paragraph) -> Paragraph:
    """Give the years of this paragraph Word's own hyphen, which reads as a hyphen everywhere; returns it."""
    for text in paragraph._p.xpath(".//w:t[contains(., '-')]"):
        first, *more = REPORTING_YEAR.sub("\\1\0\\2", text.text).split("\0")
        for piece in reversed(more):
            rest = deepcopy(text)
            rest.text = piece
            text.addnext(rest)
            text.addnext(OxmlElement(HYPHEN))
        text.text = first
        for each in (text, *text.itersiblings(text.tag)):
            each.set("{http://www.w3.org/XML/1998/namespace}space", "preserve")
    return paragraph
