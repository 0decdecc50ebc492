"""Headers and footers of a template: what is kept of them, and why they may not be taken."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from kscb_actions.files.limits import JPEG_SIGNATURE, PNG_SIGNATURE
from kscb_actions.text import one_line

from .package import WP, A, Damaged, Parts, R, w
from .rules import problem_with_field, problem_with_words

PAGES = ("default", "first", "even")
_MC = "http://schemas.openxmlformats.org/markup-compatibility/2006"
# What is not meant for readers, or ties words to data that is not kept.
_DROPPED = (
    "dataBinding", "proofErr", "permStart", "permEnd", "commentRangeStart", "commentRangeEnd",
    "commentReference", "bookmarkStart", "bookmarkEnd", "footnoteReference", "endnoteReference",
)  # fmt: skip
_CHANGES = ("ins", "del", "moveFrom", "moveTo", "rPrChange", "pPrChange", "tblPrChange", "cellIns", "cellDel")
KINDS_OF_PICTURE = (PNG_SIGNATURE, JPEG_SIGNATURE)


@dataclass
class Piece:
    """A header or a footer (`kind`), for which pages, with its pictures by the id it calls them."""

    kind: str
    page: str
    root: Any
    pictures: dict[str, bytes] = field(default_factory=dict)


@dataclass
class Around:
    """All that stands around the text."""

    kept: list[Piece] = field(default_factory=list)
    problems: list[str] = field(default_factory=list)
    own_first_page: bool = False
    own_even_pages: bool = False
    pictures: int = 0
    pictures_without_words: int = 0

    def text(self, kind: str) -> str:
        """Return the words of the headers or footers, those of the first page first."""
        order = {"first": 0, "default": 1, "even": 2}
        pieces = sorted((each for each in self.kept if each.kind == kind), key=lambda each: order[each.page])
        return " / ".join(dict.fromkeys(filter(None, (_words(each.root) for each in pieces))))


def around_of(parts: Parts, main: str, document: Any) -> Around:
    """Return what stands around the text on the last of its pages, with what is wrong with it."""
    around = Around()
    last = document.find(f"{w('body')}/{w('sectPr')}")
    around.own_first_page = _is_on(last.find(w("titlePg")))
    settings = [each.target for each in parts.relations(main).values() if each.kind == "settings"]
    around.own_even_pages = any(_is_on(parts.xml(each).find(w("evenAndOddHeaders"))) for each in settings)
    relations = parts.relations(main)
    for kind in ("header", "footer"):
        for page in PAGES:
            if page == "first" and not around.own_first_page or page == "even" and not around.own_even_pages:
                continue
            references = [
                each
                for each in document.iter(w(f"{kind}Reference"))
                if each.get(w("type"), "default") == page
            ]
            if references:
                name = relations[references[-1].get(f"{{{R}}}id")].target
                around.kept.append(_piece(parts, around, Piece(kind, page, parts.xml(name)), name))
    return around


def _is_on(element: Any) -> bool:
    return element is not None and element.get(w("val"), "true") in ("true", "1", "on")


def _piece(parts: Parts, around: Around, piece: Piece, name: str) -> Piece:
    root = piece.root
    if root.tag not in (w("hdr"), w("ftr")):
        raise Damaged(name)
    for each in [*root.iter(*map(w, _DROPPED))]:
        each.getparent().remove(each)
    # A drawing that is kept twice, for programs of other ages: the picture of the newest is beside it as PNG.
    for each in [*root.iter(f"{{{A}}}blip")]:
        for extension in each.findall(f"{{{A}}}extLst"):
            each.remove(extension)
    for problem in _problems(root, piece.kind):
        if problem not in around.problems:
            around.problems.append(problem)
    _take_pictures(parts, around, piece, name)
    return piece


def _problems(root: Any, kind: str) -> Iterator[str]:
    if next(root.iter(*map(w, _CHANGES)), None) is not None:
        yield f"Its {kind} has tracked changes. Accept or reject them under Review, and save it again."
    if next(root.iter(w("object"), "{urn:schemas-microsoft-com:office:office}OLEObject"), None) is not None:
        yield f"Its {kind} holds an embedded object. Take it out."
    for address in _addresses(root):
        yield f"Its {kind} refers to “{address}”, which is outside the file. Take that out."
    for code in _fields(root):
        if problem := problem_with_field(code, kind):
            yield problem
    if problem := problem_with_words(_words(root), kind):
        yield problem


def _addresses(root: Any) -> Iterator[str]:
    """Yield what old drawings name by address, without any relation."""
    for each in root.iter("{*}*"):
        for name, value in each.attrib.items():
            if name.rpartition("}")[2] in ("src", "href") and value:
                yield "".join(letter for letter in value if letter.isprintable())[:100]


def _fields(root: Any) -> Iterator[str]:
    """Yield the codes of the fields."""
    yield from (each.get(w("instr"), "") for each in root.iter(w("fldSimple")))
    code: list[str] = []
    for each in root.iter(w("fldChar"), w("instrText")):
        if each.tag == w("instrText"):
            code.append(each.text or "")
        elif code:
            yield "".join(code)
            code = []
    if code:
        yield "".join(code)


def _words(root: Any) -> str:
    """Return the words of a header or footer, its paragraphs one after another; what is kept twice, once."""
    lines = []
    for paragraph in root.iter(w("p")):
        runs = (
            each.text or " "
            for each in paragraph.iter(w("t"), w("tab"))
            if next(each.iterancestors(w("p"))) is paragraph
            and next(each.iterancestors(f"{{{_MC}}}Fallback"), None) is None
        )
        lines.append(one_line("".join(runs)))
    return " · ".join(dict.fromkeys(filter(None, lines)))


def _take_pictures(parts: Parts, around: Around, piece: Piece, name: str) -> None:
    """Keep the pictures that are shown, and nothing else that the part refers to."""
    relations = parts.relations(name)
    for each in piece.root.iter():
        for attribute, key in each.attrib.items():
            if not attribute.startswith(f"{{{R}}}"):
                continue
            relation = relations.get(key)
            if relation is None or relation.kind != "image" or relation.is_external:
                around.problems.append(
                    f"Its {piece.kind} refers to something that is no picture in the file."
                )
                continue
            content = parts.read(relation.target)
            if not content.startswith(KINDS_OF_PICTURE):
                ending = relation.target.rpartition(".")[2][:10]
                around.problems.append(
                    f"Its {piece.kind} has a picture of the kind .{ending}. Put in a PNG or JPEG picture."
                )
                continue
            piece.pictures[key] = content
    around.pictures += len(piece.pictures)
    around.pictures_without_words += sum(not each.get("descr") for each in piece.root.iter(f"{{{WP}}}docPr"))
