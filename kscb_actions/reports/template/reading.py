"""What a received template has, and what is kept of it: read by a process that can only compute."""

import zipfile
import zlib
from collections.abc import Iterator
from dataclasses import asdict
from typing import IO, Any

from lxml import etree

from kscb_actions.files.limits import PNG_SIGNATURE

from .around import Around, around_of
from .package import A, Damaged, Made, Parts, R, W, w
from .rules import SMALL, STYLES, UNSEEN, Facts, advice_on, missing, problems_with_page

_UNREADABLE = (
    Damaged, zipfile.BadZipFile, zlib.error, etree.XMLSyntaxError, EOFError, KeyError, IndexError, ValueError,
    RuntimeError, NotImplementedError, OverflowError,
)  # fmt: skip
DAMAGED = "It is damaged or cut short. Open it in Word, save it again and use the new copy."
# What brings something foreign into a document, by the last word of the relation's kind.
_FOREIGN = {
    "oleObject": "an embedded object",
    "package": "an embedded file",
    "control": "an ActiveX control",
    "aFChunk": "a part in another format",
    "subDocument": "another document",
    "vbaProject": "macros",
}
_TWIPS_PER_MM = 1440 / 25.4
_STYLE_USES = (
    "pStyle", "rStyle", "tblStyle", "basedOn", "next", "link", "styleLink", "numStyleLink",
)  # fmt: skip


def cleaned_template(file: IO[bytes]) -> tuple[dict[str, Any], bytes]:
    """Return ({"facts": …}, the file to keep), or ({"problems": [sentence, …]}, b"")."""
    try:
        parts = Parts(file)
        if problems := list(_foreign(parts)):
            return {"problems": problems}, b""
        return _cleaned(parts)
    except _UNREADABLE:
        return {"problems": [DAMAGED]}, b""


def _foreign(parts: Parts) -> Iterator[str]:
    """Yield a sentence for all that leads out of the file or brings something else into it."""
    told = set()
    for name, relation in parts.every_relation():
        where = _place_of(name)
        if relation.kind == "attachedTemplate":
            told.add(
                f"It hangs on another template, “{_shown(relation.target)}”. In Word, open Developer, "
                "Document Template, and choose Normal."
            )
        elif relation.is_external:
            told.add(
                f"{where} refers to “{_shown(relation.target)}”, which is outside the file. Remove the link; "
                "its words may stay, and a picture that lies in the file."
            )
        elif relation.kind in _FOREIGN:
            told.add(f"{where} holds {_FOREIGN[relation.kind]}. Take it out.")
    yield from sorted(told)


def _place_of(name: str) -> str:
    base = name.rpartition("/")[2].removesuffix(".xml").rstrip("0123456789")
    known = {
        "header": "Its header",
        "footer": "Its footer",
        "document": "Its text",
        "settings": "Its settings",
    }
    return known.get(base, "A part of it")


def _shown(target: str) -> str:
    return "".join(each for each in target if each.isprintable())[:100]


def _cleaned(parts: Parts) -> tuple[dict[str, Any], bytes]:
    main = parts.main()
    related = {each.kind: each.target for each in parts.relations(main).values()}
    document, styles = parts.xml(main), parts.xml(related["styles"])
    page = _page_of(document)
    around = around_of(parts, main, document)
    problems = [*missing(_names(styles)), *problems_with_page(*page), *around.problems]
    if problems:
        return {"problems": problems}, b""
    names = _rename(styles)
    made = Made()
    theme = _theme(parts, related.get("theme"))
    numbering = _numbering(parts, related.get("numbering"))
    _apply(names, styles, numbering, *(each.root for each in around.kept))
    facts = _facts(styles, theme, around, round(page[2]))
    _assemble(made, document, around, {"styles": styles, "numbering": numbering, "theme": theme})
    return {"facts": asdict(facts)}, made.written()


def _page_of(document: Any) -> tuple[float, float, float]:
    """Return width and height of the page, and the width of its text, in millimetres."""
    section = _section(document)
    size, margin = section.find(w("pgSz")), section.find(w("pgMar"))
    if size is None or margin is None:
        raise Damaged("sectPr")
    width, height = (int(size.get(w(name))) / _TWIPS_PER_MM for name in ("w", "h"))
    sides = sum(int(margin.get(w(name))) for name in ("left", "right")) / _TWIPS_PER_MM
    return width, height, width - sides


def _section(document: Any) -> Any:
    found = document.findall(f"{w('body')}/{w('sectPr')}")
    if len(found) != 1:
        raise Damaged("sectPr")
    return found[0]


def _name_of(style: Any) -> str:
    name = style.find(w("name"))
    return "" if name is None else name.get(w("val"), "").lower()


def _names(styles: Any) -> set[str]:
    return {
        name
        for style in styles.iterchildren(w("style"))
        if (name := _name_of(style)) not in STYLES or STYLES[name][1] == style.get(w("type"))
    }


def _rename(styles: Any) -> dict[str, str]:
    """Give styles of ours our ids and all others new ones; returns {id before: id after}."""
    names: dict[str, str] = {}
    taken: set[str] = set()
    for place, style in enumerate(styles.iterchildren(w("style")), start=1):
        ours, kind = STYLES.get(_name_of(style), ("", ""))
        after = ours if ours and kind == style.get(w("type")) and ours not in taken else f"Own{place}"
        taken.add(after)
        names[style.get(w("styleId"), "")] = after
        style.set(w("styleId"), after)
        if after == ours and _name_of(style) in SMALL:
            style.find(w("name")).set(w("val"), _name_of(style))
        for each in style.findall(w("rsid")):
            style.remove(each)
    for each in styles.iter(w("lang")):
        each.set(w("val"), "en-GB")
    return names


def _apply(names: dict[str, str], *roots: Any) -> None:
    """Let everything refer to styles by their new ids."""
    for root in roots:
        for each in root.iter(*map(w, _STYLE_USES)):
            if (after := names.get(each.get(w("val"), ""))) is not None:
                each.set(w("val"), after)
            else:
                each.getparent().remove(each)
        for each in root.iter():
            for name in [name for name in each.attrib if name.startswith(w("rsid"))]:
                del each.attrib[name]


def _theme(parts: Parts, name: str | None) -> Any:
    if name is None:
        return None
    theme = parts.xml(name)
    for each in [*theme.iter(f"{{{A}}}blipFill")]:
        plain = etree.SubElement(each.getparent(), f"{{{A}}}solidFill")
        etree.SubElement(plain, f"{{{A}}}schemeClr", val="phClr")
        each.getparent().replace(each, plain)
    return theme


def _numbering(parts: Parts, name: str | None) -> Any:
    numbering = etree.Element(w("numbering"), nsmap={"w": W}) if name is None else parts.xml(name)
    # Bullets that are pictures become plain ones.
    for each in [*numbering.iter(w("numPicBullet"), w("lvlPicBulletId"))]:
        each.getparent().remove(each)
    return numbering


def _facts(styles: Any, theme: Any, around: Around, text_mm: int) -> Facts:
    points = _points(styles)
    found = (_name_of(each) for each in styles.iterchildren(w("style")))
    return Facts(
        body_font=_font(styles, theme, "Normal"),
        body_points=points,
        heading_font=_font(styles, theme, "Heading1"),
        text_mm=text_mm,
        header=around.text("header"),
        footer=around.text("footer"),
        pictures=around.pictures,
        own_first_page=around.own_first_page,
        own_even_pages=around.own_even_pages,
        styles=tuple(sorted(each for each in found if each in STYLES and each not in UNSEEN)),
        advice=tuple(advice_on(points, around.pictures_without_words)),
    )


def _chain(styles: Any, style_id: str) -> Iterator[Any]:
    """Yield the run properties that a style has: its own, those it is based on, the document's."""
    by_id = {each.get(w("styleId")): each for each in styles.iterchildren(w("style"))}
    seen: set[str] = set()
    while style_id in by_id and style_id not in seen:
        seen.add(style_id)
        style = by_id[style_id]
        yield style.find(w("rPr"))
        based = style.find(w("basedOn"))
        style_id = "" if based is None else based.get(w("val"), "")
    yield styles.find(f"{w('docDefaults')}/{w('rPrDefault')}/{w('rPr')}")


def _font(styles: Any, theme: Any, style_id: str) -> str:
    for properties in _chain(styles, style_id):
        fonts = None if properties is None else properties.find(w("rFonts"))
        if fonts is None:
            continue
        if named := fonts.get(w("asciiTheme")):
            which = "minorFont" if named.startswith("minor") else "majorFont"
            latin = None if theme is None else theme.find(f".//{{{A}}}{which}/{{{A}}}latin")
            if latin is not None:
                return _shown(latin.get("typeface", ""))
        if named := fonts.get(w("ascii")):
            return _shown(named)
    return "Times New Roman"


def _points(styles: Any) -> float:
    for properties in _chain(styles, "Normal"):
        size = None if properties is None else properties.find(w("sz"))
        if size is not None:
            return int(size.get(w("val"))) / 2
    return 10.0


def _assemble(made: Made, document: Any, around: Around, parts: dict[str, Any]) -> None:
    """Put the package together: an empty text on the template's page, its styles, what is around it."""
    root = etree.Element(w("document"), nsmap={"w": W, "r": R})
    kept = etree.SubElement(etree.SubElement(root, w("body")), w("sectPr"))
    main = "word/document.xml"
    for kind, part in parts.items():
        if part is not None:
            name = "word/theme/theme1.xml" if kind == "theme" else f"word/{kind}.xml"
            made.relate(main, kind, made.add(name, part).removeprefix("word/"))
    settings = etree.Element(w("settings"), nsmap={"w": W})
    if around.own_even_pages:
        etree.SubElement(settings, w("evenAndOddHeaders"))
    made.relate(main, "settings", made.add("word/settings.xml", settings).removeprefix("word/"))
    for number, each in enumerate(around.kept, start=1):
        name = made.add(f"word/{each.kind}{number}.xml", each.root)
        key = made.relate(main, each.kind, name.removeprefix("word/"))
        etree.SubElement(kept, w(f"{each.kind}Reference"), {w("type"): each.page, f"{{{R}}}id": key})
        for picture_key, content in each.pictures.items():
            ending = _ending(content)
            media = made.add(f"word/media/image{number}-{picture_key}.{ending}", content)
            made.relate(name, "image", media.removeprefix("word/"), picture_key)
    for name in ("pgSz", "pgMar"):
        kept.append(_plain(_section(document).find(w(name))))
    if around.own_first_page:
        etree.SubElement(kept, w("titlePg"))
    made.add(main, root)


def _plain(element: Any) -> Any:
    """Return a copy without attributes of other name spaces."""
    own = {name: value for name, value in element.attrib.items() if name.startswith(w(""))}
    return etree.Element(element.tag, own)


def _ending(content: bytes) -> str:
    return "png" if content.startswith(PNG_SIGNATURE) else "jpg"
