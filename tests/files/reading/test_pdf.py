"""Pages of a PDF drawn apart: what is drawn, what is said where nothing is, and odd files by the dozen."""

import io
import random
import tempfile
from typing import IO

import pytest
from PIL import Image

from kscb_actions.confined import MIB, USUAL, Limits, run_confined
from kscb_actions.files.judge import judge
from kscb_actions.files.reading.pdf import (
    DAMAGED,
    LOADS,
    MOST_ACROSS,
    MOST_PIXELS,
    SHOWN_PAGES,
    NotDrawn,
    Page,
    draw_page,
    page_of,
    scale_of,
)
from kscb_actions.files.reading.text import SHOWN_CHARACTERS

from ...foundation.confined_work import hang, parts_of_pdfium
from ...long import amount
from ..pdfs import FORM, LOCKED, WITH_SCRIPT, pdf

SEED = 20121128
# Those that steer: a change there leads further than one in a text.
NUMBERS = (b"0", b"-1", b"99999999", b"4294967296", b"1e30", b"")


def opened(data: bytes) -> IO[bytes]:
    """Return these bytes as a file on disk."""
    file = tempfile.TemporaryFile()
    file.write(data)
    file.seek(0)
    return file


def drawn(data: bytes, number: int = 1, limits: Limits = USUAL) -> Page:
    """Return a page of these bytes."""
    with opened(data) as file:
        return draw_page(file, number, limits)


def picture_of(page: Page) -> Image.Image:
    """Return a page's picture in shades of grey."""
    return Image.open(io.BytesIO(page.picture)).convert("L")


def test_a_page_is_drawn_with_its_number_count_and_words() -> None:
    page = drawn(pdf("One", "Two of \\(three\\)", "Three"), 2)
    assert (page.number, page.count, page.text.words, page.text.is_whole) == (2, 3, "Two of (three)", True)
    image = picture_of(page)
    assert image.size == (1000, 1416)
    assert image.getextrema() == (0, 255)


def test_a_page_without_words_is_drawn_too() -> None:
    page = drawn(pdf(""))
    assert page.text.words == "" and picture_of(page).getextrema() == (255, 255)


def test_of_many_words_the_beginning_is_told() -> None:
    text = drawn(pdf("word " * 5000, size="400000 842")).text
    assert (len(text.words), text.is_whole) == (SHOWN_CHARACTERS, False)


def test_what_is_filled_into_a_form_is_drawn_and_no_script_runs() -> None:
    page = drawn(FORM)
    field = picture_of(page).crop((84, 740, 840, 910))
    assert field.getextrema()[0] < 60
    assert drawn(WITH_SCRIPT).text.words == "Before the script"
    with opened(b"-") as file:
        told, _ = run_confined(parts_of_pdfium, file, loads=LOADS)
    assert told == {"parts": []}, "built with what runs scripts (V8) or forms of its own (XFA)"


@pytest.mark.parametrize(
    ("data", "number", "told"),
    [
        (LOCKED, 1, "It is locked with a password."),
        (pdf(), 1, DAMAGED),
        (pdf("One"), 2, "There is no page 2: it has 1 page."),
        (b"%PDF-1.4 and nothing more", 1, DAMAGED),
        (b"", 1, DAMAGED),
        (pdf("One"), 0, f"Only the first {SHOWN_PAGES} pages are shown here."),
        (pdf("One"), SHOWN_PAGES + 1, f"Only the first {SHOWN_PAGES} pages are shown here."),
    ],
)
def test_where_no_page_is_drawn_a_sentence_says_why(data: bytes, number: int, told: str) -> None:
    with pytest.raises(NotDrawn) as reason:
        drawn(data, number)
    assert reason.value.why == told


def test_what_takes_too_long_or_too_much_is_a_sentence(monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(NotDrawn, match="more memory"):
        drawn(pdf("One"), limits=Limits(memory=20 * MIB))
    monkeypatch.setattr("kscb_actions.files.reading.pdf.draw", hang)
    with pytest.raises(NotDrawn, match="longer than"):
        drawn(pdf("One"), limits=Limits(seconds=0.5))


@pytest.mark.parametrize(
    "size", ["14400 14400", "1 1000000", "1000000 1", "0.001 0.001", "1e30 1e30", "-5 -5"]
)
def test_a_page_of_absurd_size_is_small_or_a_sentence(size: str) -> None:
    try:
        image = picture_of(drawn(pdf("One", size=size)))
    except NotDrawn as reason:
        assert reason.why
        return
    assert image.width * image.height <= MOST_PIXELS + 2 * MOST_ACROSS
    assert max(image.size) <= MOST_ACROSS + 1


def test_pages_are_as_wide_as_the_screen_unless_that_is_too_much() -> None:
    assert scale_of(595, 842) == pytest.approx(1000 / 595)
    assert scale_of(500, 8000) == pytest.approx(0.5)
    assert scale_of(0, 0) < float("inf")


@pytest.mark.parametrize(
    "told",
    [
        ({}, b"\xff\xd8\xff"),
        ({"count": "9", "words": ""}, b"\xff\xd8\xff"),
        ({"count": 1, "words": 5}, b"\xff\xd8\xff"),
        ({"count": 1, "words": ""}, b"<svg/>"),
        ({"why": ["locked"]}, b""),
        ({"why": "beyond", "count": "<b>"}, b""),
    ],
)
def test_what_a_process_taken_over_answers_is_not_trusted(told: tuple[dict, bytes]) -> None:
    with pytest.raises(NotDrawn, match="damaged"):
        page_of(1, *told)


def test_letters_that_cannot_be_sent_do_not_break_the_page() -> None:
    told = {"count": 1, "words": "so\x02\nlong \ud800 \x07"}
    assert page_of(1, told, b"\xff\xd8\xff").text.words == "so-\nlong ? \ufffd"


def changed(chance: random.Random) -> bytes:
    """Return a small PDF in which one to four things are other than they should be."""
    data = bytearray(chance.choice((pdf("One", "Two"), FORM, WITH_SCRIPT, LOCKED)))
    for _ in range(chance.randint(1, 4)):
        at = chance.randrange(len(data))
        match chance.randrange(4):
            case 0:
                data[at] = chance.randrange(256)
            case 1:
                del data[at : at + chance.randint(1, 200)]
            case 2:
                data[at:at] = data[chance.randrange(len(data)) :][: chance.randint(1, 200)]
            case _:
                digits = [place for place, byte in enumerate(data) if chr(byte).isdigit()]
                place = chance.choice(digits) if digits else 0
                data[place : place + 1] = chance.choice(NUMBERS)
        if not data:
            data += b"%"
    return bytes(data)


def test_odd_files_are_a_page_or_a_sentence_in_time() -> None:
    chance = random.Random(SEED)
    outcomes = set()
    for _ in range(amount(20, 600)):
        data = changed(chance)
        try:
            page = drawn(data)
            picture_of(page)
            outcomes.add("drawn")
        except NotDrawn as reason:
            assert reason.why.endswith(".")
            outcomes.add(reason.why)
    assert "drawn" in outcomes and len(outcomes) > 1, outcomes


@pytest.mark.parametrize("data", [FORM, WITH_SCRIPT, pdf("One")])
def test_these_files_would_be_kept(data: bytes) -> None:
    assert judge(io.BytesIO(data), "a.pdf").extension == "pdf"
