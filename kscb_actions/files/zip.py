"""Zip containers: read with every unpacked byte counted, and the Office files among them told apart."""

from __future__ import annotations

import codecs
import itertools
import struct
import zipfile
import zlib
from collections.abc import Iterator
from typing import IO, TYPE_CHECKING

from .limits import (
    CHUNK,
    MIB,
    OLE_SIGNATURE,
    ZIP_SIGNATURE,
    EmbeddedFile,
    OfficeTemplate,
    Unfit,
    UnpackQuota,
    damaged,
    is_program,
    polyglot,
    size_of,
    spooled,
)
from .office import watched

if TYPE_CHECKING:
    from lxml import etree

DIRECTORY_LIMIT = 4 * MIB
PART_LIMIT = 2 * MIB
CONTENT_TYPES = "[Content_Types].xml"
ROOT_RELATIONSHIPS = "_rels/.rels"

_UNREADABLE = (
    zipfile.BadZipFile, zlib.error, struct.error, EOFError, KeyError, IndexError, ValueError, RuntimeError,
    NotImplementedError, OverflowError,
)  # fmt: skip
_OFFICE = "application/vnd.openxmlformats-officedocument."
_MAIN_PARTS = {
    _OFFICE + "wordprocessingml.document.main+xml": "docx",
    _OFFICE + "spreadsheetml.sheet.main+xml": "xlsx",
    _OFFICE + "presentationml.presentation.main+xml": "pptx",
}
_TEMPLATES = {
    _OFFICE + "wordprocessingml.template.main+xml": "docx",
    _OFFICE + "spreadsheetml.template.main+xml": "xlsx",
    _OFFICE + "presentationml.template.main+xml": "pptx",
    _OFFICE + "presentationml.slideshow.main+xml": "pptx",
}
# What the programs that write Office files call their own parts; they hold words and pictures.
_USUAL_PARTS = frozenset("xml rels vml png jpg jpeg gif bmp tif tiff emf wmf bin".split())
_MARKS = (codecs.BOM_UTF8, codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)
_MACRO_WORDS = ("macroenabled", "vbaproject", "vbadata", "macrosheet", "ms-excel.sheet.binary")


def open_zip(stream: IO[bytes], quota: UnpackQuota) -> zipfile.ZipFile:
    """Return the archive, its directory checked first. Raises Unfit when it is damaged, hostile or locked."""
    size = size_of(stream)
    _check_directory(stream, size, quota)
    try:
        archive = zipfile.ZipFile(stream)
    except (*_UNREADABLE, OSError) as error:
        raise damaged() from error
    if b"%PDF-" in archive.comment:
        raise polyglot()
    _check_entries(archive.infolist(), quota)
    return archive


def _check_directory(stream: IO[bytes], size: int, quota: UnpackQuota) -> None:
    # zipfile holds the whole directory in memory, so its length is checked before zipfile sees it.
    start = max(0, size - 65_557)
    stream.seek(start)
    tail = stream.read()
    stream.seek(0)
    found = tail.rfind(b"PK\x05\x06")
    if found < 0 or len(tail) - found < 22:
        raise damaged()
    count, length, offset, comment = struct.unpack("<HLLH", tail[found + 10 : found + 22])
    if tail[found - 20 : found - 16] == b"PK\x06\x07" or 0xFFFF == count or 0xFFFFFFFF in (length, offset):
        raise Unfit("is packed in a way that only very large files need")
    if start + found + 22 + comment != size or offset + length != start + found:
        raise damaged("has something joined to it, or is cut short")
    quota.count_entries(count)
    if length > DIRECTORY_LIMIT:
        raise Unfit("holds too many parts", "Split it into smaller files and attach those.")


def _check_entries(entries: list[zipfile.ZipInfo], quota: UnpackQuota) -> None:
    seen: set[str] = set()
    for entry in entries:
        name = entry.filename.replace("\\", "/")
        if not name:
            raise damaged("holds a part without a name")
        if name.startswith("/") or ":" in name.split("/")[0] or ".." in name.split("/"):
            raise Unfit("holds a part whose name points outside the file")
        if name.lower() in seen:
            raise damaged("holds two parts of the same name")
        seen.add(name.lower())
        if entry.flag_bits & 0x1:
            raise Unfit("is locked with a password", "Remove the password, save it again and attach that.")
        if entry.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
            raise Unfit("is packed in an unusual way")
    quota.foresee(sum(entry.file_size for entry in entries))


def _chunks(archive: zipfile.ZipFile, entry: zipfile.ZipInfo, quota: UnpackQuota) -> Iterator[bytes]:
    try:
        with archive.open(entry) as part:
            while chunk := part.read(CHUNK):
                quota.spend(len(chunk))
                yield chunk
    except (*_UNREADABLE, OSError) as error:
        raise damaged() from error


def embedded_in_zip(archive: zipfile.ZipFile, quota: UnpackQuota) -> Iterator[EmbeddedFile]:
    """Read every part to its end; hand over those whose content or name may be that of a program."""
    for entry in archive.infolist():
        if entry.is_dir():
            continue
        name = entry.filename.replace("\\", "/").rsplit("/", 1)[-1]
        chunks = _chunks(archive, entry, quota)
        first = next(chunks, b"")
        whole: Iterator[bytes] = itertools.chain([first], chunks)
        if first.lstrip()[:1] == b"<" or first.startswith(_MARKS):
            whole = watched(whole, quota)
        is_usual = name.rpartition(".")[2].lower() in _USUAL_PARTS
        is_file = first.startswith((OLE_SIGNATURE, ZIP_SIGNATURE, b"%PDF-")) or is_program(first)
        if is_usual and not is_file:
            for _ in whole:
                pass
            continue
        yield EmbeddedFile(name, spooled(whole))


def office_extension(archive: zipfile.ZipFile) -> str | None:
    """Return "docx", "xlsx" or "pptx" by the archive's main part; None when it is no Office file.

    Raises Unfit for macros under any name, OfficeTemplate for templates. The main part is the one that
    Office itself opens (ECMA-376 part 2: the root relationship whose type ends in "/officeDocument").
    """
    names = set(archive.namelist())
    if CONTENT_TYPES not in names:
        return None
    kinds = _read_xml(archive, CONTENT_TYPES)
    overrides = _content_types(kinds, "Override", "PartName")
    defaults = _content_types(kinds, "Default", "Extension")
    if ROOT_RELATIONSHIPS not in names:
        raise damaged()
    targets = [
        "/" + node.get("Target", "").lstrip("/")
        for node in _named(_read_xml(archive, ROOT_RELATIONSHIPS), "Relationship")
        if node.get("Type", "").endswith("/officeDocument")
    ]
    if len(targets) != 1 or targets[0].lower() not in {"/" + name.lower() for name in names}:
        raise damaged()
    main = overrides.get(targets[0].lower()) or defaults.get(targets[0].rsplit(".", 1)[-1].lower(), "")
    _refuse_macros([*overrides.values(), *defaults.values(), *names], main)
    if main in _TEMPLATES:
        raise OfficeTemplate(
            "is a template or a slide show", f"Save it as .{_TEMPLATES[main]} and attach that."
        )
    return _MAIN_PARTS.get(main)


def _refuse_macros(words: list[str], main: str) -> None:
    if any(macro in word.lower() for word in words for macro in _MACRO_WORDS):
        extension = "xlsx" if "excel" in main or "sheet" in main else "docx"
        extension = "pptx" if "powerpoint" in main or "presentation" in main else extension
        raise Unfit("holds macros", f"Save it as .{extension} and attach that.")


def _read_xml(archive: zipfile.ZipFile, name: str) -> etree._Element:
    from lxml import etree

    if archive.getinfo(name).file_size > PART_LIMIT:
        raise damaged()
    parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False)
    try:
        root = etree.fromstring(archive.read(name), parser)
    except (*_UNREADABLE, OSError, etree.XMLSyntaxError) as error:
        raise damaged() from error
    if root.getroottree().docinfo.doctype:
        raise damaged()
    return root


def _content_types(root: etree._Element, tag: str, key: str) -> dict[str, str]:
    return {node.get(key, "").lower(): node.get("ContentType", "") for node in _named(root, tag)}


def _named(root: etree._Element, name: str) -> list[etree._Element]:
    from lxml import etree

    return [node for node in root if isinstance(node.tag, str) and etree.QName(node).localname == name]
