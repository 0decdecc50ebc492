"""Embedded files: attachments of emails and objects in documents, judged like the file itself.

Less is asked of them than of an upload, because nobody chose them one by one: pictures, calendars and old
Office files may be there; programs, scripts, macros, archives and locked files may not.
"""

import contextlib
import zipfile
from collections.abc import Iterator
from typing import IO

import filetype

from .limits import (
    OLE_SIGNATURE,
    ZIP_SIGNATURE,
    EmbeddedFile,
    OfficeTemplate,
    Unfit,
    UnpackQuota,
    head_of,
    is_program,
    mapped,
)
from .ole import CompoundFile, embedded_in_ole, refuse_macros_and_locks
from .pdf import refuse_active
from .zip import embedded_in_zip, office_extension, open_zip

DEPTH_LIMIT = 4
PROGRAM_EXTENSIONS = frozenset(
    "exe com scr pif msi msix dll cpl sys jar class apk app dmg pkg deb rpm bat cmd ps1 psm1 vbs vbe js jse "
    "mjs ws wsf wsc wsh hta sct reg inf lnk url scf chm py pl rb sh bash php asp aspx jsp application".split()
)
MACRO_EXTENSIONS = frozenset("docm dotm xlsm xltm xlam xlsb xll xla pptm potm ppsm ppam sldm ppa".split())
ARCHIVE_EXTENSIONS = frozenset("zip rar 7z gz tgz tar bz2 xz cab iso img vhd vhdx ace arj lzh z".split())


def extension_of(name: str) -> str:
    """Return what follows the last full stop, in lower case; empty when there is none."""
    return name.rpartition(".")[2].strip().lower() if "." in name else ""


def judge_embedded(found: Iterator[EmbeddedFile], quota: UnpackQuota, depth: int = 1) -> None:
    """Raise Unfit, naming the inner file, when one of them may not be kept. Closes each after reading."""
    for inner in found:
        with inner.content:
            try:
                _judge_one(inner, quota, depth)
            except Unfit as unfit:
                name = "".join(c for c in inner.name if c.isprintable())[:100]
                raise Unfit(
                    f"has “{name}” inside it, which {unfit.what}",
                    "Take that out, save it again and attach the new copy.",
                ) from unfit


def _judge_one(inner: EmbeddedFile, quota: UnpackQuota, depth: int) -> None:
    # Windows takes stops and spaces at the end away.
    refuse_by_name(extension_of(inner.name.rstrip(". ")))
    head = head_of(inner.content)
    if depth > DEPTH_LIMIT:
        raise Unfit("is packed too deeply")
    if is_program(head):
        raise Unfit("is a program")
    if head.startswith(OLE_SIGNATURE):
        compound = CompoundFile(inner.content)
        refuse_macros_and_locks(compound)
        judge_embedded(embedded_in_ole(compound, quota), quota, depth + 1)
    elif head.startswith(ZIP_SIGNATURE):
        _judge_zip(inner.content, quota, depth)
    elif head.startswith(b"%PDF-"):
        with mapped(inner.content) as view:
            refuse_active(view, quota)
    elif filetype.archive_match(head) and filetype.guess_extension(head) not in ("pdf", "rtf", "epub", "swf"):
        raise Unfit("is an archive")


def refuse_by_name(extension: str) -> None:
    """Raise Unfit for an extension that a computer would run, unpack, or open with macros."""
    if extension in PROGRAM_EXTENSIONS:
        raise Unfit("is a program or a script", "Save what it shows as a PDF and attach that.")
    if extension in MACRO_EXTENSIONS:
        kept = {"d": "docx", "x": "xlsx"}.get(extension[0], "pptx")
        raise Unfit("holds macros", f"Save it as .{kept} and attach that.")
    if extension in ARCHIVE_EXTENSIONS:
        raise Unfit("is an archive", "Attach the files inside it on their own.")


def _judge_zip(content: IO[bytes], quota: UnpackQuota, depth: int) -> None:
    with open_zip(content, quota) as archive:
        try:
            kind = office_extension(archive)
        except OfficeTemplate:
            kind = "template"
        if kind is None:
            _refuse_plain_archive(archive)
        judge_embedded(embedded_in_zip(archive, quota), quota, depth + 1)


def _refuse_plain_archive(archive: zipfile.ZipFile) -> None:
    # OpenDocument names its type in its first part (ODF 1.2 part 3, 3.3); its macros lie in Basic/.
    names = archive.namelist()
    with contextlib.suppress(KeyError):
        is_document = archive.getinfo("mimetype").file_size < 100 and archive.read("mimetype").startswith(
            b"application/vnd.oasis.opendocument."
        )
        if is_document and not any(name.startswith(("Basic/", "Scripts/")) for name in names):
            return
        if is_document:
            raise Unfit("holds macros")
    raise Unfit("is an archive")
