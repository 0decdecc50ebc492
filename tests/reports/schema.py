"""Word files by the schemas of ISO/IEC 29500, and by what Word users expect of a document's structure."""

import io
from collections.abc import Iterator
from functools import cache
from itertools import pairwise
from pathlib import Path
from typing import Any
from zipfile import ZipFile

from docx.oxml.ns import qn
from lxml import etree

_MC = "http://schemas.openxmlformats.org/markup-compatibility/2006"
# Parts of other schemas (Dublin Core, the theme's own, custom properties) are not asked about.
_LEFT_OUT = ("docProps/", "word/theme/")
LISTS = ("Caption", "ListBullet", "ListNumber", "TOC1")
HEADINGS = {"Heading1": 1, "Heading2": 2, "Heading3": 3}


@cache
def _schema() -> etree.XMLSchema:
    return etree.XMLSchema(etree.parse(Path(__file__).parent / "schemas" / "all.xsd"))


def against_the_standard(data: bytes) -> list[str]:
    """Return where a Word file's parts are not as ISO/IEC 29500 (transitional) has them; none is good."""
    package, schema = ZipFile(io.BytesIO(data)), _schema()
    wrong = []
    for name in package.namelist():
        if name.endswith((".xml", ".rels")) and not name.startswith(_LEFT_OUT):
            part = _preprocessed(etree.fromstring(package.read(name)))
            if not schema.validate(part):
                wrong += [f"{name}: {error.message}" for error in schema.error_log]
    return wrong


def _preprocessed(part: Any) -> Any:
    """Return a part as a consumer sees it that knows no extension (ISO/IEC 29500-3, 10)."""
    ignorable = {part.nsmap[prefix] for prefix in part.attrib.pop(f"{{{_MC}}}Ignorable", "").split()}
    for element in [*part.iter("{*}*")]:
        for name in [name for name in element.attrib if etree.QName(name).namespace in ignorable]:
            del element.attrib[name]
        if etree.QName(element).namespace in ignorable:
            element.getparent().remove(element)
    for choice in [*part.iter(f"{{{_MC}}}AlternateContent")]:
        fallback = choice.find(f"{{{_MC}}}Fallback")
        for inner in [] if fallback is None else [*fallback]:
            choice.addprevious(inner)
        choice.getparent().remove(choice)
    return part


def against_the_readers(data: bytes) -> list[str]:
    """Return where a document's structure would mislead or disturb its readers; none is good."""
    body = etree.fromstring(ZipFile(io.BytesIO(data)).read("word/document.xml"))[0]
    styles = etree.fromstring(ZipFile(io.BytesIO(data)).read("word/styles.xml"))
    met = [each for each in body if each.tag in (qn("w:p"), qn("w:tbl"))]
    return [
        *_headings(met),
        *_parted(met, _kept_styles(styles)),
        *_tables(body),
        *_pictures(body),
        *_directions(body),
        *_contents(body),
    ]


def style_of(paragraph: Any) -> str:
    """Return the id of a paragraph's style."""
    found = paragraph.find(f"{qn('w:pPr')}/{qn('w:pStyle')}")
    return "" if found is None else found.get(qn("w:val"))


def text_of(element: Any) -> str:
    """Return the text of an element's runs."""
    return "".join(each.text or "" for each in element.iter(qn("w:t")))


def _kept_styles(styles: Any) -> set[str]:
    return {
        each.get(qn("w:styleId"))
        for each in styles.iter(qn("w:style"))
        if each.find(f"{qn('w:pPr')}/{qn('w:keepNext')}") is not None
    }


def _headings(met: list[Any]) -> Iterator[str]:
    level = 0
    met = [each for each in met if each.tag == qn("w:tbl") or style_of(each) != "TableEnd"]
    for element, after in pairwise([*met, None]):
        found = HEADINGS.get(style_of(element), 0) if element.tag == qn("w:p") else 0
        if not found:
            continue
        if found > level + 1:
            yield f"heading {text_of(element)!r} leaves out a level"
        level = found
        below = HEADINGS.get(style_of(after), 9) if after is not None and after.tag == qn("w:p") else 9
        if after is None or below <= found:
            yield f"heading {text_of(element)!r} has nothing below it"


def _parted(met: list[Any], kept: set[str]) -> Iterator[str]:
    """Yield what may be parted from what it introduces: a heading, a caption, a sentence before a table."""
    for before, element, after in zip(met, met[1:], met[2:], strict=False):
        # What stands below a picture tells of it, and introduces nothing.
        if element.tag != qn("w:p") or before.find(f".//{qn('w:drawing')}") is not None:
            continue
        style = style_of(element)
        leads = style in HEADINGS or style == "Caption"
        if style == "Normal":
            leads = after.tag == qn("w:tbl") or style_of(after) in LISTS
        own = element.find(f"{qn('w:pPr')}/{qn('w:keepNext')}") is not None
        if leads and text_of(element) and not own and style not in kept:
            yield f"{text_of(element)!r} may be parted from what it introduces"


def _tables(body: Any) -> Iterator[str]:
    for table in body.iter(qn("w:tbl")):
        rows = table.findall(qn("w:tr"))
        look = table.find(f"{qn('w:tblPr')}/{qn('w:tblLook')}")
        if look is None or look.get(qn("w:firstColumn")) != "1":
            yield f"table {text_of(rows[0])!r} has no row heads"
        is_headed = look is not None and look.get(qn("w:firstRow")) == "1"
        if is_headed != (rows[0].find(f"{qn('w:trPr')}/{qn('w:tblHeader')}") is not None):
            yield f"table {text_of(rows[0])!r} does not repeat its head"
        splits = [row for row in rows if row.find(f"{qn('w:trPr')}/{qn('w:cantSplit')}") is None]
        if splits and len(rows) <= 16:
            yield f"small table {text_of(rows[0])!r} splits a row"


def _pictures(body: Any) -> Iterator[str]:
    for drawn in body.iter(qn("wp:docPr")):
        if not drawn.get("descr"):
            yield f"picture {drawn.get('name')} has no words"


def _directions(body: Any) -> Iterator[str]:
    for run in body.iter(qn("w:r")):
        letters = [letter for letter in text_of(run) if "\u0590" <= letter <= "\u08ff"]
        is_marked = run.find(f"{qn('w:rPr')}/{qn('w:rtl')}") is not None
        if bool(letters) != is_marked:
            yield f"run {text_of(run)!r} is {'' if is_marked else 'not '}marked as read from right to left"


def _contents(body: Any) -> Iterator[str]:
    marks = {each.get(qn("w:name")) for each in body.iter(qn("w:bookmarkStart"))}
    starts = [each.get(qn("w:id")) for each in body.iter(qn("w:bookmarkStart"))]
    ends = [each.get(qn("w:id")) for each in body.iter(qn("w:bookmarkEnd"))]
    if sorted(starts) != sorted(ends) or len(set(starts)) != len(starts):
        yield "a bookmark does not end, or ends twice"
    for link in body.iter(qn("w:hyperlink")):
        if link.get(qn("w:anchor")) not in marks:
            yield f"the entry {text_of(link)!r} leads nowhere"
    kinds = [each.get(qn("w:fldCharType")) for each in body.iter(qn("w:fldChar"))]
    if kinds.count("begin") != kinds.count("end"):
        yield "a field does not end"
    headings = [text_of(each) for each in body.iter(qn("w:p")) if style_of(each) == "Heading1"]
    named = [text_of(link) for link in body.iter(qn("w:hyperlink"))]
    if [each for each in headings if each.startswith("Appendix ")] != named:
        yield "the contents do not list the appendices"
