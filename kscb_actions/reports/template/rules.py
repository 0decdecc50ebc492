"""What a template must have, what it may not have, and what is told of it. Plain values."""

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields

# Of what is received: a letterhead has a logo and no more.
MOST_BYTES = 4 * 1024 * 1024
# {name in Word, in small letters: (id in our papers, kind)}. By its name a template's own style is found.
STYLES: Mapping[str, tuple[str, str]] = {
    "normal": ("Normal", "paragraph"),
    "title": ("Title", "paragraph"),
    "subtitle": ("Subtitle", "paragraph"),
    "heading 1": ("Heading1", "paragraph"),
    "heading 2": ("Heading2", "paragraph"),
    "heading 3": ("Heading3", "paragraph"),
    "caption": ("Caption", "paragraph"),
    "list bullet": ("ListBullet", "paragraph"),
    "list number": ("ListNumber", "paragraph"),
    "header": ("Header", "paragraph"),
    "footer": ("Footer", "paragraph"),
    "toc 1": ("TOC1", "paragraph"),
    "organisation": ("Organisation", "paragraph"),
    "asked": ("Asked", "paragraph"),
    "fact label": ("FactLabel", "paragraph"),
    "fact text": ("FactText", "paragraph"),
    "table text": ("TableText", "paragraph"),
    "table heading": ("TableHeading", "paragraph"),
    "table end": ("TableEnd", "paragraph"),
    "marking": ("Marking", "character"),
    "report table": ("ReportTable", "table"),
    "report facts": ("ReportFacts", "table"),
    "default paragraph font": ("DefaultParagraphFont", "character"),
    "normal table": ("TableNormal", "table"),
    "no list": ("NoList", "numbering"),
}
# What every document has, and nobody sees.
UNSEEN = ("default paragraph font", "normal table", "no list")
# Names that Word writes in small letters, and other programs do not.
SMALL = ("heading 1", "heading 2", "heading 3", "caption", "header", "footer", "toc 1")
# {name in Word: what papers write in it}: without these a paper would not look like the board's.
NEEDED: Mapping[str, str] = {
    "Normal": "the text of the paper",
    "Title": "its title",
    "Subtitle": "the line below the title: the day, and since when",
    "Heading 1": "the headings of its parts and appendices",
    "Heading 2": "headings below those",
    "Heading 3": "headings below those again",
    "Caption": "what stands above each table and chart",
    "List Bullet": "lists with bullets",
    "List Number": "lists with numbers",
    "Header": "the marking and the title at the top of each page",
    "Footer": "page x of y and the marking at the foot of each page",
}
# Fields that say the same in every paper or count its pages; others would change with the day or name people.
FIELDS = ("PAGE", "NUMPAGES", "SECTIONPAGES", "SECTION", "STYLEREF", "TITLE")
# A paper's own marking stands on it; another in the template would contradict it.
MARKINGS = (
    "UNRESTRICTED", "OFFICIAL", "OFFICIAL-SENSITIVE", "PROTECT", "RESTRICTED", "CONFIDENTIAL", "SECRET",
)  # fmt: skip
A4_MM = (210, 297)
TEXT_MM = (150, 190)
BODY_POINTS = 12


@dataclass(frozen=True)
class Facts:
    """What a template has, for who decides on it. Sizes are millimetres and points.

    advice  what it would do well to change, and need not
    """

    body_font: str
    body_points: float
    heading_font: str
    text_mm: int
    header: str
    footer: str
    pictures: int
    own_first_page: bool
    own_even_pages: bool
    styles: tuple[str, ...]
    advice: tuple[str, ...]

    def as_json(self) -> str:
        """Return it as it is kept."""
        return json.dumps(asdict(self), ensure_ascii=False)


def facts_of(text: str) -> Facts:
    """Return the facts that `as_json` gave."""
    kept = json.loads(text)
    tuples = {name: tuple(kept[name]) for name in ("styles", "advice")}
    return Facts(**{each.name: kept[each.name] for each in fields(Facts)} | tuples)


def missing(names: set[str]) -> list[str]:
    """Return a sentence for each style that is needed and not among these names (in small letters)."""
    return [
        f"It has no style “{name}”, in which papers write {use}. In Word, use the style once in the "
        "template, set how it looks, and save it again."
        for name, use in NEEDED.items()
        if name.lower() not in names
    ]


def problems_with_page(width_mm: float, height_mm: float, text_mm: float) -> list[str]:
    """Return a sentence for each measure of the page that papers cannot be printed on."""
    if abs(width_mm - A4_MM[0]) > 1 or abs(height_mm - A4_MM[1]) > 1:
        size = f"{width_mm:.0f} × {height_mm:.0f} mm"
        return [f"Its pages are {size}. Papers are printed on A4, upright: choose it under Layout, Size."]
    if not TEXT_MM[0] <= text_mm <= TEXT_MM[1]:
        return [
            f"Its margins leave {text_mm:.0f} mm for text. Papers have tables that need {TEXT_MM[0]} to "
            f"{TEXT_MM[1]} mm: change the margins under Layout."
        ]
    return []


def problem_with_field(code: str, where: str) -> str | None:
    """Return why a field may not stand in the template's header or footer; None when it may."""
    name = (code.split() or [""])[0].upper()
    if name in FIELDS:
        return None
    return (
        f"Its {where} has the field “{name}”, which would change from day to day or from computer to "
        "computer. Put plain words in its place."
    )


def problem_with_words(text: str, where: str) -> str | None:
    """Return why these words may not stand in the header or footer; None when they may."""
    words = {each.strip(".,:;()[]") for each in text.split()}
    found = next((each for each in reversed(MARKINGS) if each in words), None)
    if found is None:
        return None
    return f"Its {where} says “{found}”. Each paper has its own marking there, so take this out."


def advice_on(points: float, pictures_without_words: int) -> list[str]:
    """Return what would serve readers better, in sentences."""
    told = []
    if points < BODY_POINTS:
        told.append(
            f"Its text is {points:g} point. Papers are easier to read in {BODY_POINTS} point or more."
        )
    if pictures_without_words:
        told.append(
            "A picture in its header or footer has no alternative text. In Word, right-click the picture and "
            "choose Edit Alt Text."
        )
    return told
