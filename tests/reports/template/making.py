"""Templates as boards have them, and as they should not be."""

import io
import re
import struct
import zlib
from collections.abc import Callable
from typing import Any
from zipfile import ZipFile

import docx
from docx.document import Document
from docx.enum.style import WD_STYLE_TYPE
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Mm, Pt, RGBColor

from kscb_actions.reports.template.models import PaperTemplate
from kscb_actions.reports.template.service import keep_template

from ...factories import World

PURPLE = "7B1FA2"
OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"


def logo(width: int = 24, height: int = 12) -> bytes:
    """Return a PNG picture in one colour."""
    rows = b"".join(b"\0" + b"\x12\x34\x4d" * width for _ in range(height))

    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    head = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    return (
        b"\x89PNG\r\n\x1a\n"
        + chunk(b"IHDR", head)
        + chunk(b"IDAT", zlib.compress(rows))
        + chunk(b"IEND", b"")
    )


def letterhead() -> Document:
    """Return a board's template: A4, a logo and words above, an address below, its own fonts and colours."""
    document = docx.Document()
    section = document.sections[0]
    section.page_width, section.page_height = Mm(210), Mm(297)
    section.left_margin = section.right_margin = Mm(22)
    section.top_margin = section.bottom_margin = Mm(25)
    above = section.header.paragraphs[0]
    above.add_run().add_picture(io.BytesIO(logo()), height=Mm(10))
    section.header._element.find(f".//{qn('wp:docPr')}").set("descr", "Crest of the board")
    section.header.add_paragraph("Kent Safeguarding Children Board")
    section.footer.paragraphs[0].text = "Sessions House, Maidstone"
    for name, size, colour in (
        ("Normal", 12, "000000"),
        ("Heading 1", 18, "7B1FA2"),
        ("Title", 26, "7B1FA2"),
    ):
        style = document.styles[name]
        style.font.name, style.font.size, style.font.color.rgb = (
            "Georgia",
            Pt(size),
            RGBColor.from_string(colour),
        )
        for theme in style.element.iter(qn("w:rFonts")):
            for each in [each for each in theme.attrib if "Theme" in each]:
                del theme.attrib[each]
    document.styles.add_style("Table Text of ours", WD_STYLE_TYPE.PARAGRAPH)
    document.add_paragraph("Type here")
    document.core_properties.author = "Janet Secretary"
    document.core_properties.comments = "Draft of Janet"
    return document


def saved(document: Document) -> bytes:
    out = io.BytesIO()
    document.save(out)
    return out.getvalue()


def template(change: Callable[[Document], None] | None = None) -> bytes:
    """Return the letterhead, changed."""
    document = letterhead()
    if change:
        change(document)
    return saved(document)


def with_part(name: str, old: str, new: str) -> Callable[[bytes], bytes]:
    """Return what changes words in a part of a saved template."""

    def changed(data: bytes) -> bytes:
        source, out = ZipFile(io.BytesIO(data)), io.BytesIO()
        with ZipFile(out, "w") as target:
            for each in source.namelist():
                content = source.read(each)
                if each == name:
                    assert old.encode() in content
                    content = content.replace(old.encode(), new.encode())
                target.writestr(each, content)
        return out.getvalue()

    return changed


def without_styles(*names: str) -> Callable[[Document], None]:
    def change(document: Document) -> None:
        for name in names:
            document.styles[name].element.getparent().remove(document.styles[name].element)

    return change


def with_field(code: str) -> Callable[[Document], None]:
    """Return what puts a field into the footer."""

    def change(document: Document) -> None:
        paragraph = document.sections[0].footer.paragraphs[0]._p
        field = OxmlElement("w:fldSimple", {qn("w:instr"): code})
        paragraph.append(field)

    return change


def related(kind: str, target: str, part: str = "header") -> Callable[[Document], None]:
    """Return what lets a part refer to an address outside of the file."""

    def change(document: Document) -> None:
        owner: Any = document.sections[0].header.part if part == "header" else document.part._settings_part
        owner.relate_to(target, f"{OFFICE}/{kind}", is_external=True)

    return change


def paper_template(world: World) -> PaperTemplate:
    """Return the letterhead, kept and not in use."""
    return keep_template(world.as_viewer(world.manager), io.BytesIO(template()), "Letterhead.docx")


def words_of(data: bytes) -> str:
    """Return all that a package's parts hold, as text."""
    package = ZipFile(io.BytesIO(data))
    return " ".join(
        re.sub(r"\s+", " ", package.read(name).decode("utf-8", "replace")) for name in package.namelist()
    )
