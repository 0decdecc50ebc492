"""The parts of a template that is taken apart, and the package that is made of what is kept."""

import io
import posixpath
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import IO, Any
from zipfile import ZIP_DEFLATED, ZipFile, ZipInfo

from lxml import etree

W = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
R = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
A = "http://schemas.openxmlformats.org/drawingml/2006/main"
WP = "http://schemas.openxmlformats.org/drawingml/2006/wordprocessingDrawing"
_PACKAGE = "http://schemas.openxmlformats.org/package/2006"
_WML = "application/vnd.openxmlformats-officedocument.wordprocessingml."
_TYPES = {
    "document": f"{_WML}document.main+xml",
    "styles": f"{_WML}styles+xml",
    "numbering": f"{_WML}numbering+xml",
    "settings": f"{_WML}settings+xml",
    "header": f"{_WML}header+xml",
    "footer": f"{_WML}footer+xml",
    "theme": "application/vnd.openxmlformats-officedocument.theme+xml",
}
_PICTURES = {"png": "image/png", "jpg": "image/jpeg"}
_DIGITS = re.compile(r"\d+$", re.ASCII)


class Damaged(Exception):
    """A part is missing, or is no XML."""


def w(name: str) -> str:
    """Return the qualified name of an element of WordprocessingML."""
    return f"{{{W}}}{name}"


@dataclass(frozen=True)
class Relation:
    """What a part refers to: the last word of its kind, a part or an address, whether it is outside."""

    kind: str
    target: str
    is_external: bool


class Parts:
    """The parts of a file that is open for reading."""

    def __init__(self, stream: IO[bytes]) -> None:
        self._archive = ZipFile(stream)
        self._names = {f"/{name}".lower(): name for name in self._archive.namelist()}

    def names(self) -> list[str]:
        """Return the names of all parts, with a / in front."""
        return [f"/{name}" for name in self._archive.namelist()]

    def read(self, name: str) -> bytes:
        """Return the bytes of a part. Raises Damaged."""
        if name.lower() not in self._names:
            raise Damaged(name)
        return self._archive.read(self._names[name.lower()])

    def xml(self, name: str) -> Any:
        """Return a part's root element; nothing that it names is fetched. Raises Damaged."""
        parser = etree.XMLParser(
            resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False, remove_comments=True
        )
        root = etree.fromstring(self.read(name), parser)
        if root.getroottree().docinfo.doctype:
            raise Damaged(name)
        return root

    def main(self) -> str:
        """Return the name of the document itself. Raises Damaged."""
        for relation in self.relations("/").values():
            if relation.kind == "officeDocument":
                return relation.target
        raise Damaged("/")

    def relations(self, name: str) -> dict[str, Relation]:
        """Return what a part ("/" for the package) refers to, by id."""
        folder, base = posixpath.split(name)
        where = posixpath.join(folder, "_rels", f"{base}.rels")
        if where.lower() not in self._names:
            return {}
        found = {}
        for each in self.xml(where).iterchildren("{*}Relationship"):
            target, is_external = each.get("Target", ""), each.get("TargetMode", "").lower() == "external"
            path = target if is_external else posixpath.normpath(posixpath.join(folder, target))
            found[each.get("Id", "")] = Relation(each.get("Type", "").rpartition("/")[2], path, is_external)
        return found

    def every_relation(self) -> Iterator[tuple[str, Relation]]:
        """Yield (the part's name, what it refers to) of every part."""
        yield from (("/", each) for each in self.relations("/").values())
        for name in self.names():
            yield from ((name, each) for each in self.relations(name).values())


@dataclass
class Made:
    """A package under construction: parts by name, and what each refers to."""

    parts: dict[str, bytes] = field(default_factory=dict)
    relations: dict[str, list[tuple[str, str, str]]] = field(default_factory=dict)

    def add(self, name: str, content: bytes | Any) -> str:
        """Add a part, given as bytes or as a root element; returns its name."""
        if not isinstance(content, bytes):
            content = etree.tostring(content, encoding="UTF-8", standalone=True)
        self.parts[name] = content
        return name

    def relate(self, name: str, kind: str, target: str, key: str = "") -> str:
        """Let a part refer to another; returns the id of the relation."""
        found = self.relations.setdefault(name, [])
        key = key or f"rId{len(found) + 1}"
        found.append((key, kind, target))
        return key

    def written(self) -> bytes:
        """Return the package: the same parts give the same bytes."""
        out = io.BytesIO()
        with ZipFile(out, "w") as target:
            _write(target, "[Content_Types].xml", self._types())
            _write(target, "_rels/.rels", _relations([("rId1", "officeDocument", "word/document.xml")]))
            for name, content in self.parts.items():
                _write(target, name, content)
            for name, found in self.relations.items():
                folder, base = posixpath.split(name)
                _write(target, posixpath.join(folder, "_rels", f"{base}.rels"), _relations(found))
        return out.getvalue()

    def _types(self) -> bytes:
        root = etree.Element(f"{{{_PACKAGE}/content-types}}Types", nsmap={None: f"{_PACKAGE}/content-types"})
        rels = "application/vnd.openxmlformats-package.relationships+xml"
        for extension, kind in {"rels": rels, "xml": "application/xml", **_PICTURES}.items():
            etree.SubElement(root, f"{{{root.nsmap[None]}}}Default", Extension=extension, ContentType=kind)
        for name in self.parts:
            stem = _DIGITS.sub("", posixpath.basename(name).removesuffix(".xml"))
            if name.endswith(".xml") and stem in _TYPES:
                etree.SubElement(
                    root, f"{{{root.nsmap[None]}}}Override", PartName=f"/{name}", ContentType=_TYPES[stem]
                )
        return etree.tostring(root, encoding="UTF-8", standalone=True)


def _relations(found: list[tuple[str, str, str]]) -> bytes:
    space = f"{_PACKAGE}/relationships"
    root = etree.Element(f"{{{space}}}Relationships", nsmap={None: space})
    for key, kind, target in found:
        etree.SubElement(root, f"{{{space}}}Relationship", Id=key, Type=f"{R}/{kind}", Target=target)
    return etree.tostring(root, encoding="UTF-8", standalone=True)


def _write(target: ZipFile, name: str, content: bytes) -> None:
    entry = ZipInfo(name, date_time=(1980, 1, 1, 0, 0, 0))
    entry.compress_type = ZIP_DEFLATED
    target.writestr(entry, content)
