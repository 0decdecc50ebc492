"""What compound files mean: Outlook messages, old Office files, macros, locks, and the files they carry."""

from collections.abc import Iterator
from typing import IO

from .limits import CHUNK, Allowance, Carried, Unfit, spooled
from .ole import CompoundFile, Entry

MACRO_NAMES = {"vba", "_vba_project", "_vba_project_cur", "macros"}
OFFICE_STREAMS = {
    "worddocument": ("Word", "docx"),
    "workbook": ("Excel", "xlsx"),
    "book": ("Excel", "xlsx"),
    "powerpoint document": ("PowerPoint", "pptx"),
}


def refuse_macros_and_locks(file: CompoundFile) -> None:
    """Raise Unfit for Office macros anywhere inside, and for what a password or a protection label locks."""
    if {"encryptedpackage", "encryptioninfo"} & file.root_names():
        raise Unfit(
            "is locked with a password or a protection label",
            "Open it, remove the protection, save it again and attach that.",
        )
    if MACRO_NAMES & file.names():
        raise Unfit("holds macros", "Save it as a .docx, .xlsx or .pptx without macros and attach that.")


def is_message(file: CompoundFile) -> bool:
    """Whether it is an Outlook item ([MS-OXMSG] 2.4: its property stream lies under the root)."""
    return "__properties_version1.0" in file.root_names()


def old_office(file: CompoundFile) -> tuple[str, str] | None:
    """The program and the new extension of an Office file from before 2007, such as ("Word", "docx")."""
    roots = file.root_names()
    return next((kind for name, kind in OFFICE_STREAMS.items() if name in roots), None)


def carried_in_ole(file: CompoundFile, allowance: Allowance) -> Iterator[Carried]:
    """An Outlook item's attachments, and files packed into a document as objects, wherever they lie."""
    streams = {entry.path: entry for entry in file.streams()}
    for path, entry in streams.items():
        name = path[-1].lower()
        if name == "__substg1.0_37010102":
            allowance.count_entries(1)
            shown = _attachment_name(file, streams, path[:-1], allowance)
            yield Carried(shown, spooled(file.read(entry, allowance)))
        elif name == "\x01ole10native":
            allowance.count_entries(1)
            yield _unpacked_object(spooled(file.read(entry, allowance)))


def _attachment_name(
    file: CompoundFile, streams: dict[tuple[str, ...], Entry], folder: tuple[str, ...], allowance: Allowance
) -> str:
    # The long name, then the short one; each in UTF-16 or in the sender's code page ([MS-OXPROPS]).
    for tag in ("3707001F", "3707001E", "3704001F", "3704001E"):
        entry = streams.get((*folder, f"__substg1.0_{tag}"))
        if entry and 0 < entry.size < 4096:
            encoding = "utf-16-le" if tag.endswith("F") else "cp1252"
            return b"".join(file.read(entry, allowance)).decode(encoding, "replace").strip("\x00")
    return "attachment"


def _unpacked_object(packed: IO[bytes]) -> Carried:
    # [MS-OLEDS] 2.3.6, and in it what Windows writes: flags, label, path, flags, short path, size, bytes.
    head = packed.read(4096)
    try:
        label_end = head.index(b"\x00", 6)
        path_end = head.index(b"\x00", label_end + 1)
        skipped = int.from_bytes(head[path_end + 5 : path_end + 9], "little")
        start = path_end + 9 + skipped + 4
    except ValueError:
        packed.seek(0)
        return Carried("object", packed)
    packed.seek(start)
    content = spooled(iter(lambda: packed.read(CHUNK), b""))
    packed.close()
    path = (head[label_end + 1 : path_end] or head[6:label_end]).decode("cp1252", "replace")
    return Carried(path.replace("\\", "/").rsplit("/", 1)[-1], content)
