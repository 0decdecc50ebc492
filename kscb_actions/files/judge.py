"""Which uploaded files may be kept as evidence, judged by what they hold and not by what they are called.

Kept: docx, xlsx, pptx, pdf, jpg, png, eml, msg, txt, csv. Not kept: macros, web pages, scripts, programs,
archives, locked Office files, files that are two kinds at once. The name's ending and the content must agree.
"""

import contextlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

import filetype

from .embedded import ARCHIVE_EXTENSIONS, extension_of, judge_embedded, refuse_by_name
from .limits import (
    ALLOWED_KINDS,
    JPEG_SIGNATURE,
    OLE_SIGNATURE,
    PNG_SIGNATURE,
    ZIP_SIGNATURE,
    FileRefused,
    Unfit,
    UnpackQuota,
    head_of,
    is_program,
    mapped,
    polyglot,
    refuse_zip_at_end,
    size_of,
)
from .mail import embedded_in_mail
from .ole import CompoundFile, embedded_in_ole, is_message, old_office, refuse_macros_and_locks
from .pdf import HEADER, HEADER_WITHIN, is_pdf, judge_pdf
from .pictures import judge_jpeg, judge_png
from .text import judge_text
from .zip import embedded_in_zip, office_extension, open_zip

__all__ = ["MEDIA_TYPES", "FileRefused", "FileType", "judge"]

_OFFICE = "application/vnd.openxmlformats-officedocument."
MEDIA_TYPES = {
    "docx": _OFFICE + "wordprocessingml.document",
    "xlsx": _OFFICE + "spreadsheetml.sheet",
    "pptx": _OFFICE + "presentationml.presentation",
    "pdf": "application/pdf",
    "jpg": "image/jpeg",
    "png": "image/png",
    "eml": "message/rfc822",
    "msg": "application/vnd.ms-outlook",
    "txt": "text/plain",
    "csv": "text/csv",
}
_KINDS = {
    "docx": "a Word document",
    "xlsx": "an Excel workbook",
    "pptx": "a PowerPoint presentation",
    "pdf": "a PDF",
    "jpg": "a JPEG picture",
    "png": "a PNG picture",
    "eml": "a saved email",
    "msg": "a saved Outlook email",
    "txt": "plain text",
    "csv": "comma-separated text",
}
_TEXTS = ("txt", "csv", "eml")
_SAVE_AS = {
    **dict.fromkeys(("doc", "dot", "dotx", "odt", "rtf", "wps", "pages"), "docx"),
    **dict.fromkeys(("xls", "xlt", "xltx", "ods", "numbers"), "xlsx"),
    **dict.fromkeys(("ppt", "pps", "ppsx", "pot", "potx", "odp", "key"), "pptx"),
    **dict.fromkeys(("heic", "heif", "gif", "bmp", "tif", "tiff", "webp", "avif"), "jpg"),
    **dict.fromkeys(("htm", "html", "xhtml", "mht", "mhtml", "svg", "svgz", "xml", "xps"), "pdf"),
}


@dataclass(frozen=True)
class FileType:
    """`extension` without its stop, one of MEDIA_TYPES ("jpg" also for .jpeg), and the type it is sent as."""

    extension: str
    media_type: str


def judge(source: Path | BinaryIO, shown_name: str) -> FileType:
    """Return what kind of file this is, by its content. Raises FileRefused with a sentence that names it.

    `source` is a path or a seekable stream, left open. `shown_name` is its name as the person knows it.
    """
    with _opened(source) as stream:
        try:
            extension = _judge(stream, {"jpeg": "jpg"}.get(asked := extension_of(shown_name), asked))
        except Unfit as unfit:
            raise FileRefused(f"“{shown_name}” {unfit.what}.", unfit.advice) from unfit
    return FileType(extension, MEDIA_TYPES[extension])


@contextlib.contextmanager
def _opened(source: Path | BinaryIO) -> Iterator[BinaryIO]:
    if isinstance(source, Path):
        with source.open("rb") as stream:
            yield stream
    else:
        yield source


def _judge(stream: BinaryIO, asked: str) -> str:
    size = size_of(stream)
    if size == 0:
        raise Unfit("is empty", "Check that you chose the right file.")
    _refuse_ending(asked)
    found = _find_kind(stream, asked, UnpackQuota(size))
    if found != asked:
        raise Unfit(
            f"ends in .{asked} but is really {_KINDS[found]}",
            f"Change the end of its name to .{found} and attach it again.",
        )
    return found


def _refuse_ending(asked: str) -> None:
    if asked in MEDIA_TYPES:
        return
    refuse_by_name(asked)
    if asked in _SAVE_AS:
        raise Unfit(
            "is not a kind of file that can be kept", f"Save it as .{_SAVE_AS[asked]} and attach that."
        )
    raise Unfit("is not a kind of file that can be kept", ALLOWED_KINDS)


def _find_kind(stream: BinaryIO, asked: str, quota: UnpackQuota) -> str:
    head = head_of(stream)
    if is_program(head):
        raise Unfit("is a program or a script", ALLOWED_KINDS)
    if head.startswith(OLE_SIGNATURE):
        return _find_ole_kind(stream, head, quota)
    if head.startswith(ZIP_SIGNATURE):
        return _find_zip_kind(stream, head, quota)
    if head.startswith((PNG_SIGNATURE, JPEG_SIGNATURE)):
        return _find_picture_kind(stream, head)
    with mapped(stream) as view:
        if (asked == "pdf" and HEADER.search(head[:HEADER_WITHIN])) or is_pdf(view):
            judge_pdf(view, quota)
            return "pdf"
        if asked in _TEXTS:
            refuse_zip_at_end(view)
    if asked == "eml":
        judge_embedded(embedded_in_mail(stream, quota), quota)
        return asked
    if asked in _TEXTS:
        judge_text(stream, is_table=asked == "csv")
        return asked
    raise _not_what_it_says(head, asked)


def _find_ole_kind(stream: BinaryIO, head: bytes, quota: UnpackQuota) -> str:
    if b"%PDF-" in head[:512]:
        raise polyglot()
    compound = CompoundFile(stream)
    refuse_macros_and_locks(compound)
    if is_message(compound):
        judge_embedded(embedded_in_ole(compound, quota), quota)
        compound.refuse_cut_short(quota)
        return "msg"
    if old := old_office(compound):
        raise Unfit(f"is in the old {old[0]} format", f"Save it as .{old[1]} and attach that.")
    raise Unfit("is not a kind of file that can be kept", ALLOWED_KINDS)


def _find_zip_kind(stream: BinaryIO, head: bytes, quota: UnpackQuota) -> str:
    if b"%PDF-" in head[:HEADER_WITHIN]:
        raise polyglot()
    with open_zip(stream, quota) as archive:
        extension = office_extension(archive)
        if extension is None:
            raise Unfit("is an archive or another kind of file", ALLOWED_KINDS)
        judge_embedded(embedded_in_zip(archive, quota), quota)
    return extension


def _find_picture_kind(stream: BinaryIO, head: bytes) -> str:
    if b"%PDF-" in head[:HEADER_WITHIN]:
        raise polyglot()
    with mapped(stream) as view:
        if head.startswith(PNG_SIGNATURE):
            judge_png(view)
            return "png"
        judge_jpeg(view)
    return "jpg"


def _not_what_it_says(head: bytes, asked: str) -> Unfit:
    guessed = filetype.guess_extension(head)
    if guessed in ARCHIVE_EXTENSIONS:
        return Unfit("is an archive", "Attach the files inside it on their own.")
    really = f" but is really a .{guessed} file" if guessed else f" but does not hold {_KINDS[asked]}"
    return Unfit(f"ends in .{asked}{really}", ALLOWED_KINDS)
