"""Text cleaned at entry and at export."""

import re
import unicodedata
from xml.etree import ElementTree
from xml.sax.saxutils import escape

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kscb_actions.text import InvalidInput, clean_text, one_line

any_text = st.text(st.characters(exclude_categories=())) | st.text(
    st.sampled_from("a \t\r\n\x00\x0b\ud83d\ude00é\u0301\ufffe")
)


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("plain", "plain"),
        ("", ""),
        ("   ", ""),
        ("trailing  ", "trailing"),
        ("  indented", "  indented"),
        ("one  \r\ntwo\rthree\n\n", "one\ntwo\nthree"),
        ("tab\tkept", "tab\tkept"),
        ("bell\x07 and \x00nul \x0b\x0c\x1f", "bell and nul"),
        ("cafe\u0301", "café"),
        ("split e\x00\u0301", "split é"),
        ("thumb \U0001f44d up", "thumb \U0001f44d up"),
        ("halves \ud83d\udc4d joined", "halves \U0001f44d joined"),
        ("lone \ud83d half \udc4d", "lone  half"),
        ("non-characters \ufffe\uffff!", "non-characters !"),
        ("non-breaking\u00a0space kept", "non-breaking\u00a0space kept"),
    ],
)
def test_text_is_kept_but_for_what_no_file_can_hold(typed: str, kept: str) -> None:
    assert clean_text(typed) == kept


@given(any_text)
def test_clean_text_can_stand_in_any_xml_file_and_comes_back_the_same(typed: str) -> None:
    cleaned = clean_text(typed)
    read_back = ElementTree.fromstring(f"<t>{escape(cleaned)}</t>".encode()).text or ""  # noqa: S314
    assert read_back == cleaned


@given(any_text)
def test_clean_text_is_composed_and_has_no_space_before_a_line_end(typed: str) -> None:
    cleaned = clean_text(typed)
    assert unicodedata.is_normalized("NFC", cleaned)
    assert not re.search(r"[^\S\n](\n|\Z)|\n\Z", cleaned)


@given(any_text)
def test_cleaning_twice_changes_nothing(typed: str) -> None:
    assert clean_text(clean_text(typed)) == clean_text(typed)
    assert one_line(one_line(typed)) == one_line(typed)


@given(st.text(st.characters(exclude_categories=["C", "Z"])))
def test_cleaning_loses_no_visible_character(typed: str) -> None:
    assert clean_text(typed) == unicodedata.normalize("NFC", typed)


@given(any_text)
def test_one_line_is_one_line_without_double_spaces(typed: str) -> None:
    line = one_line(typed)
    assert line.split(" ") == clean_text(typed).split() or line == ""
    assert len(line.splitlines()) <= 1


def test_invalid_input_carries_one_message_for_each_field() -> None:
    refused = InvalidInput({"due_on": "Enter a due date.", "agency": "Choose an agency."})
    assert refused.errors == {"due_on": "Enter a due date.", "agency": "Choose an agency."}
    assert str(refused) == "Enter a due date. Choose an agency."
