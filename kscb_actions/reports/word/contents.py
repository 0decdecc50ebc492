"""The list of a paper's appendices as a contents field: each entry leads to its heading and says its page."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

from docx.oxml import OxmlElement
from docx.oxml.ns import qn

from kscb_actions.reports.content import Bullets, Report, Section
from kscb_actions.text import one_line

from . import text as words

_RANGE = "Appendices"
# What a program does that makes the list anew: the first level, within the bookmark, as links.
_CODE = rf'TOC \b {_RANGE} \o "1-1" \h \z'
_TWIPS_PER_MM = 1440 / 25.4


@dataclass
class Contents:
    """Know which list of a report names sections further on: {heading: bookmark}.

    The numbers of pages are fields, which only a program that lays out pages can work out; they are empty
    until one has, for a number that is wrong is worse than none. The entries are right from the beginning.
    """

    bookmarks: dict[str, str]
    _is_open: bool = field(default=False)

    @classmethod
    def of(cls, report: Report) -> "Contents":
        """Return those of the first list that holds nothing but headings of later sections."""
        headings = [one_line(section.heading) for section in report.sections if section.level == 1]
        for section in report.sections:
            for block in section.blocks:
                if isinstance(block, Bullets) and (named := [one_line(each) for each in block.items]):
                    if set(named) <= set(headings) and len(set(named)) == len(named):
                        return cls({each: f"_Toc{place:09}" for place, each in enumerate(named, start=1)})
        return cls({})

    def are(self, items: Sequence[str]) -> bool:
        """Return whether a list of these items is the one."""
        return bool(self.bookmarks) and [one_line(each) for each in items] == [*self.bookmarks]

    def xml(self, page_mm: int) -> Iterator[str]:
        """Yield the paragraphs of the field, one an entry, with the page at the right end of the line."""
        last = len(self.bookmarks)
        tab = f'<w:tabs><w:tab w:val="right" w:pos="{int(page_mm * _TWIPS_PER_MM)}"/></w:tabs>'
        for place, (heading, bookmark) in enumerate(self.bookmarks.items(), start=1):
            page = words.field(rf"PAGEREF {bookmark} \h", "", is_stale=True)
            begin = words.field_begin(_CODE) if place == 1 else ""
            yield (
                f'<w:p><w:pPr><w:pStyle w:val="TOC1"/>{tab}</w:pPr>{begin}'
                f'<w:hyperlink w:anchor="{bookmark}" w:history="1">{words.runs(heading)}'
                f"<w:r><w:tab/></w:r>{page}</w:hyperlink>{words.FIELD_END if place == last else ''}</w:p>"
            )

    def mark(self, section: Section, heading: Any) -> None:
        """Put the bookmark round the text of a section's heading, where the list leads to it."""
        bookmark = self.bookmarks.get(one_line(section.heading)) if section.level == 1 else None
        if bookmark is None:
            return
        number = [*self.bookmarks].index(one_line(section.heading)) + 1
        first = next(each for each in heading if each.tag == qn("w:r"))
        first.addprevious(_bookmark("Start", number, bookmark))
        if not self._is_open:
            first.addprevious(_bookmark("Start", 0, _RANGE))
            self._is_open = True
        heading.append(_bookmark("End", number))

    def end(self, body: Any) -> None:
        """End the range that the list is made from: it goes to the end of the paper."""
        if self._is_open:
            body.get_or_add_sectPr().addprevious(_bookmark("End", 0))


def _bookmark(which: str, number: int, name: str = "") -> Any:
    element = OxmlElement(f"w:bookmark{which}")
    element.set(qn("w:id"), str(number))
    if name:
        element.set(qn("w:name"), name)
    return element
