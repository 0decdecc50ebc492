"""One page of a PDF, drawn as a picture and with its words, by a process that can do nothing else."""

import io
from dataclasses import dataclass
from typing import IO, Any

from kscb_actions.apart import Unfinished
from kscb_actions.confined import USUAL, Busy, Limits, run_confined
from kscb_actions.files.limits import JPEG_SIGNATURE
from kscb_actions.wording import plural

from .text import SHOWN_CHARACTERS, Text, shown

SHOWN_PAGES = 100
WIDTH = 1000
# 16 MB while it is drawn: a page of 1,000 pixels across may be four times as long.
MOST_PIXELS = 4_000_000
MOST_ACROSS = 4000
QUALITY = 90
# What `draw` needs has to be there before the process is confined.
LOADS = (
    "pypdfium2",
    "pypdfium2.raw",
    "PIL.Image",
    "PIL.JpegImagePlugin",
    "encodings.utf_16_le",
    "encodings.latin_1",
)
# What the process tells where it draws nothing; all else is a damaged file.
LOCKED, BEYOND = "locked", "beyond"
DAMAGED = "It is damaged, cut short or without pages."
# What pdfium gives for a hyphen at the end of a line.
_HYPHENS = str.maketrans({"\x02": "-", "\ufffe": "-"})


@dataclass(frozen=True)
class Page:
    """A page of a PDF: its number from 1, how many there are, its words, and the picture (JPEG)."""

    number: int
    count: int
    text: Text
    picture: bytes


class NotDrawn(Exception):
    """Why there is no picture of a page, as a sentence. `last`: the last page that can be drawn, or 0."""

    def __init__(self, why: str, last: int = 0, is_missing: bool = False, is_busy: bool = False) -> None:
        self.why = why
        self.last = last
        self.is_missing = is_missing
        self.is_busy = is_busy
        super().__init__(why)


def draw_page(opened: IO[bytes], number: int, limits: Limits = USUAL) -> Page:
    """Return one page of a PDF. Raises NotDrawn. The file is not read in this process."""
    if not 1 <= number <= SHOWN_PAGES:
        raise NotDrawn(f"Only the first {SHOWN_PAGES} pages are shown here.", SHOWN_PAGES, is_missing=True)
    try:
        told, picture = run_confined(draw, opened, number, loads=LOADS, limits=limits)
    except Unfinished as unfinished:
        raise NotDrawn(str(unfinished), is_busy=isinstance(unfinished, Busy)) from None
    return page_of(number, told, picture)


def page_of(number: int, told: dict[str, Any], picture: bytes) -> Page:
    """Return the page that the process told of. Raises NotDrawn, also where it tells what it never would.

    Whoever takes that process over can answer anything, so nothing of it is taken as it is.
    """
    count, words = told.get("count"), told.get("words")
    if told.get("why") == LOCKED:
        raise NotDrawn("It is locked with a password.")
    if told.get("why") == BEYOND and isinstance(count, int) and count > 0:
        there = f"There is no page {number}: it has {plural(count, 'page')}."
        raise NotDrawn(there, min(count, SHOWN_PAGES), is_missing=True)
    if not (isinstance(count, int) and number <= count and isinstance(words, str)):
        raise NotDrawn(DAMAGED)
    if not picture.startswith(JPEG_SIGNATURE):
        raise NotDrawn(DAMAGED)
    text = words.translate(_HYPHENS).encode("utf-8", "replace").decode().strip()
    return Page(number, count, shown(text), picture)


def draw(file: IO[bytes], number: int) -> tuple[dict[str, Any], bytes]:
    """Return what is told of a page and its picture, or why there is none (in the confined process)."""
    import pypdfium2 as pdfium
    from pypdfium2 import raw

    try:
        document = pdfium.PdfDocument(file.read())
        # What is typed into a form stands nowhere else. No script runs: the library has nothing that could.
        document.init_forms()
        count = len(document)
        if not 1 <= number <= count:
            return {"why": BEYOND, "count": count}, b""
        page = document[number - 1]
        words = page.get_textpage().get_text_bounded()[: SHOWN_CHARACTERS + 1]
        return {"count": count, "words": words}, _picture(page)
    except pdfium.PdfiumError as error:
        return {"why": LOCKED if error.err_code == raw.FPDF_ERR_PASSWORD else ""}, b""


def _picture(page: Any) -> bytes:
    scale = scale_of(*page.get_size())
    picture = io.BytesIO()
    image = page.render(scale=scale, rev_byteorder=True).to_pil().convert("RGB")
    image.save(picture, "JPEG", quality=QUALITY, subsampling=0)
    return picture.getvalue()


def scale_of(width: float, height: float) -> float:
    """Return by how much a page is scaled: to WIDTH across, and less where that were too many pixels."""
    width, height = max(width, 1e-3), max(height, 1e-3)
    return min(WIDTH / width, MOST_ACROSS / max(width, height), (MOST_PIXELS / (width * height)) ** 0.5)
