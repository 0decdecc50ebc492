"""The beginning of a text as it stands, in the encoding it seems to have."""

import io

import pytest

from kscb_actions.files.reading.text import SHOWN_CHARACTERS, read_text


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (b"one\r\ntwo\rthree", "one\ntwo\nthree"),
        ("café".encode(), "café"),
        ("café".encode("utf-8-sig"), "café"),
        ("café".encode("utf-16"), "café"),
        ("“café”".encode("cp1252"), "“café”"),
        (b"a\x00b\x1bc\td", "a\ufffdb\ufffdc\td"),
        (b"", ""),
    ],
)
def test_a_text_is_decoded_safely(data: bytes, words: str) -> None:
    text = read_text(io.BytesIO(data))
    assert (text.words, text.is_whole) == (words, True)


@pytest.mark.parametrize("letter", ["a", "é", "😀"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-16"])
def test_of_a_long_text_the_beginning_is_shown_and_no_letter_broken(letter: str, encoding: str) -> None:
    exact = (letter * SHOWN_CHARACTERS).encode(encoding)
    assert read_text(io.BytesIO(exact)).is_whole
    text = read_text(io.BytesIO((letter * (SHOWN_CHARACTERS + 1)).encode(encoding)))
    assert text.words == letter * SHOWN_CHARACTERS and not text.is_whole
    assert read_text(io.BytesIO((letter * 10**6).encode(encoding))).words == letter * SHOWN_CHARACTERS
