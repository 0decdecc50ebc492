"""The parts of an Office file as streams of XML elements: no entity, no address and no file is followed."""

import posixpath
import re
import struct
import zipfile
import zlib
from collections.abc import Iterator, Sequence
from functools import lru_cache
from typing import IO, Any

from lxml import etree

from ..tables import NotRead

DAMAGED = "It is damaged or cut short. Open it, save it again and use the new copy."
ENTITIES = "It defines words of its own in its XML (a document type), which Office never does."
# What reading a damaged archive, or damaged XML in it, may raise.
UNREADABLE = (
    zipfile.BadZipFile, zlib.error, etree.XMLSyntaxError, EOFError, OSError, RuntimeError, ValueError,
    OverflowError, NotImplementedError, LookupError, struct.error,
)  # fmt: skip
# Of one part, unpacked; the longest plan known to us is below 2.
PART_BYTES = 150 * 1024 * 1024
# An honest table of blanks packs fifty times smaller.
RATIO = 400
RATIO_FREE = 20 * 1024 * 1024
_RELATIONSHIP_ID = re.compile(r"\{http[^}]*relationships\}id")


class Package:
    """An Office file that is open for reading."""

    def __init__(self, stream: IO[bytes]) -> None:
        self._archive = zipfile.ZipFile(stream)
        self._names = {name.lower(): name for name in self._archive.namelist()}

    def has(self, name: str) -> bool:
        """Return whether there is a part of this name."""
        return name.lower() in self._names

    def main(self) -> str:
        """Return the name of the part that Office opens first. Raises NotRead."""
        for kind, target in self._related("", "_rels/.rels").values():
            if kind.endswith("/officeDocument"):
                return target
        raise NotRead(DAMAGED)

    def related(self, name: str) -> dict[str, tuple[str, str]]:
        """Return {id: (kind, part)} of what a part relates to inside the file."""
        folder, base = posixpath.split(name)
        where = posixpath.join(folder, "_rels", f"{base}.rels")
        return self._related(folder, where) if self.has(where) else {}

    def _related(self, folder: str, where: str) -> dict[str, tuple[str, str]]:
        found = {}
        for element in self.elements(where, "Relationship"):
            target = element.get("Target", "")
            if element.get("TargetMode", "").lower() != "external":
                path = posixpath.normpath(posixpath.join("/", folder, target)).lstrip("/")
                found[element.get("Id", "")] = (element.get("Type", ""), path)
        return found

    def elements(self, name: str, *wanted: str) -> Iterator[Any]:
        """Return the elements of a part with these local names, each once its end was read.

        Raises NotRead for one that unpacks to too much or defines entities, and one of UNREADABLE.
        """
        for _, element in self.events(name, *wanted, when=("end",)):
            yield element

    def events(
        self, name: str, *wanted: str, when: Sequence[str] = ("start", "end")
    ) -> Iterator[tuple[str, Any]]:
        """Return ("start" or "end", element) for these local names, as `elements` does."""
        entry = self._archive.getinfo(self._names[name.lower()])
        too_dense = entry.file_size > RATIO_FREE and entry.file_size > RATIO * max(1, entry.compress_size)
        if entry.file_size > PART_BYTES or too_dense:
            raise NotRead("It unpacks to far more than a plan holds. Save the plan alone and use that.")
        with self._archive.open(entry) as part:
            reader = etree.iterparse(
                part,
                events=when,
                tag=tuple(f"{{*}}{each}" for each in wanted),
                resolve_entities=False,
                no_network=True,
                load_dtd=False,
                huge_tree=False,
                remove_comments=True,
                remove_pis=True,
            )
            is_first = True
            for event, element in reader:
                if is_first and element.getroottree().docinfo.doctype:
                    raise NotRead(ENTITIES)
                is_first = False
                yield event, element


def relationship_id(element: Any) -> str:
    """Return the id of what an element relates to (r:id), in either edition of the format."""
    return next((value for key, value in element.items() if _RELATIONSHIP_ID.fullmatch(key)), "")


def forget(element: Any) -> None:
    """Give back the memory of an element that was read, and of what stands before it."""
    parent = element.getparent()
    if parent is None or (before := element.getprevious()) is None:
        element.clear()
        return
    element.clear()
    while before is not None:
        parent.remove(before)
        before = element.getprevious()


def local(element: Any) -> str:
    """Return an element's name without its namespace."""
    return name_in(element.tag)


@lru_cache(1024)
def name_in(tag: Any) -> str:
    """Return the name in an element's tag, without its namespace; "" for what is no element."""
    return tag.rpartition("}")[2] if isinstance(tag, str) else ""
