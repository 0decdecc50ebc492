"""Text of a Word file as runs and paragraphs of WordprocessingML: cleaned, its direction marked."""

import re
from xml.sax.saxutils import escape, quoteattr

from kscb_actions.text import REPORTING_YEAR, clean_text

# Word must not break the line at the hyphen of a year such as 2011-12.
YEAR_HYPHEN = "w:noBreakHyphen"
TEXT = '<w:t xml:space="preserve">'
# Hebrew, Arabic, Syriac, Thaana, NKo and their neighbours, with the forms that are kept for old fonts.
_RTL = "\u0590-\u08ff\ufb1d-\ufdff\ufe70-\ufefc\U00010800-\U00010fff\U0001e800-\U0001efff"
_RTL_LETTER = re.compile(f"[{_RTL}]")
# From one letter to the last that follows it with nothing between but signs, figures' spaces and stops.
_RTL_RUN = re.compile(f"([{_RTL}](?:[^\\w<]*[{_RTL}])*)")
FIELD_END = '<w:r><w:fldChar w:fldCharType="end"/></w:r>'
_FIRST_LETTER = re.compile(r"[^\W\d_]")


def run(text: str, properties: str = "") -> str:
    """Return `text` as a run, or as several where its direction changes."""
    return f"{run_opening(properties)}{run_text(text, properties)}</w:t></w:r>"


def literal(text: str) -> str:
    """Return our own words as a run, with the spaces at their ends; they hold nothing to escape."""
    return f"{run_opening()}{text}</w:t></w:r>"


def run_opening(properties: str = "") -> str:
    """Return what stands before the text of a run."""
    return f"<w:r><w:rPr>{properties}</w:rPr>{TEXT}" if properties else f"<w:r>{TEXT}"


def run_text(text: str, properties: str = "") -> str:
    """Return `text` cleaned and escaped for the inside of a `w:t`, with elements for line breaks and tabs.

    Where letters are read from right to left, they are a run of their own that says so. `properties` are
    those of the run, which the runs made here have too.
    """
    text = escape(clean_text(text))
    if not text.isascii() and _RTL_LETTER.search(text):
        marked = f"{properties}<w:rtl/>"
        text = _RTL_RUN.sub(
            rf"</w:t></w:r>{run_opening(marked)}\1</w:t></w:r>{run_opening(properties)}", text
        )
    if "\n" in text:
        text = text.replace("\n", f"</w:t><w:br/>{TEXT}")
    if "\t" in text:
        text = text.replace("\t", f"</w:t><w:tab/>{TEXT}")
    return text


def reads_from_right(text: str) -> bool:
    """Return whether the first letter of `text` is one that is read from right to left."""
    if text.isascii():
        return False
    first = _FIRST_LETTER.search(text)
    return bool(first and _RTL_LETTER.match(first[0]))


def paragraph_opening(style: str, align: str = "start", is_kept: bool = False, is_rtl: bool = False) -> str:
    """Return what stands before the runs of a paragraph."""
    keep = "<w:keepNext/>" if is_kept else ""
    direction = "<w:bidi/>" if is_rtl else ""
    justify = '<w:jc w:val="right"/>' if align == "end" else ""
    return f'<w:p><w:pPr><w:pStyle w:val="{style}"/>{keep}{direction}{justify}</w:pPr>'


def paragraph(text: str, style: str, before: str = "", *, properties: str = "", is_kept: bool = False) -> str:
    """Return `text` as a paragraph; `before` are runs in front of it, `properties` those of its runs."""
    opening = paragraph_opening(style, is_kept=is_kept, is_rtl=reads_from_right(text))
    return f"{opening}{before}{runs(text, properties)}</w:p>"


def runs(text: str, properties: str = "") -> str:
    """Return `text` as runs, with Word's hyphen in years; nothing for no text."""
    made = run(text, properties)
    if "-" not in made:
        return made
    return REPORTING_YEAR.sub(rf"\1</w:t><{YEAR_HYPHEN}/>{TEXT}\2", made)


def field(code: str, result: str, *, is_stale: bool = False) -> str:
    """Return a field with the result that is shown until a program works it out anew.

    One that `is_stale` asks a program to do so when it opens the file.
    """
    return f"{field_begin(code, is_stale=is_stale)}{run(result) if result else ''}{FIELD_END}"


def field_begin(code: str, *, is_stale: bool = False) -> str:
    """Return the runs before a field's result."""
    stale = ' w:dirty="true"' if is_stale else ""
    return (
        f'<w:r><w:fldChar w:fldCharType="begin"{stale}/></w:r>'
        f'<w:r><w:instrText xml:space="preserve"> {escape(code)} </w:instrText></w:r>'
        '<w:r><w:fldChar w:fldCharType="separate"/></w:r>'
    )


def caption(text: str, kind: str, number: int) -> str:
    """Return the caption of a table or a figure (`kind`), the document's `number`th of them."""
    numbered = literal(f"{kind} ") + field(rf"SEQ {kind} \* ARABIC", str(number)) + literal(": ")
    return paragraph(text, "Caption", numbered, is_kept=True)


def attribute(text: str) -> str:
    """Return `text` quoted as the value of an attribute."""
    return quoteattr(text)
