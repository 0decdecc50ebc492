"""What the XML parts of an Office file would fetch or start by themselves when the file is opened.

Refused: fields and links of DDE, which start programs; templates, objects and frames that are fetched from
the web. Links that a reader has to follow, pictures and other workbooks stay, and so does a template of a
drive or a server of one's own, which every office's letterhead names.
"""

import codecs
import html
import re
from collections.abc import Iterable, Iterator

from .limits import CHUNK, Unfit, UnpackQuota

_ATTRIBUTES = r"(?:[^>\"'<]++|\"[^\"<]*+\"|'[^'<]*+')*+"
_TAG = re.compile(rf"<(?:\w+:)?(instrText|fldChar|fldSimple|ddeLink|Relationship)\b({_ATTRIBUTES})>([^<]*+)")
_ATTRIBUTE = re.compile(r"([\w:]+)\s*=\s*(?:\"([^\"]*)\"|'([^']*)')")
# A sign that no XML can hold.
_BEGINS = "\x01"
_STARTING = re.compile(rf"{_BEGINS}\s*DDE(?:AUTO)?\b", re.IGNORECASE)
_FETCHED = ("/attachedTemplate", "/oleObject", "/frame")
_FROM_WEB = re.compile(r"\s*(?:https?|ftp|mhtml|javascript):|.*!x-usc:", re.IGNORECASE | re.DOTALL)
# A field's code may stand in many pieces; no honest one is longer.
_CODE_LIMIT = 4_096


def watched(chunks: Iterable[bytes], quota: UnpackQuota) -> Iterator[bytes]:
    """Pass a part's bytes on. Raises Unfit where its XML fetches or starts something by itself."""
    decoder: codecs.IncrementalDecoder | None = None
    left = code = ""
    for chunk in chunks:
        if decoder is None:
            decoder = codecs.getincrementaldecoder(_encoding(chunk))("replace")
        text = left + decoder.decode(chunk)
        # A tag, with the text after it, may go on in the next piece.
        cut = text.rfind("<")
        cut = len(text) if cut < 0 or len(text) - cut > CHUNK else cut
        left = text[cut:]
        code = _read(text[:cut], code, quota)
        yield chunk
    _read(left, code, quota)


def _encoding(chunk: bytes) -> str:
    return "utf-16" if chunk.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)) else "utf-8"


def _read(text: str, code: str, quota: UnpackQuota) -> str:
    """Look through the tags; `code` is the end of what fields have said before, and is answered too."""
    found = _TAG.findall(text)
    quota.count_tags(len(found))
    pieces = [code]
    for tag, attributes, content in found:
        if tag == "ddeLink":
            raise _starts()
        if tag == "Relationship":
            _refuse_fetched(attributes)
        elif tag == "instrText":
            pieces.append(content)
        elif tag == "fldSimple":
            pieces += (_BEGINS, _value(attributes, "instr"))
        elif _value(attributes, "fldCharType") == "begin":
            pieces.append(_BEGINS)
    code = html.unescape("".join(pieces))
    if _STARTING.search(code):
        raise _starts()
    return code[-_CODE_LIMIT:]


def _refuse_fetched(attributes: str) -> None:
    is_external = _value(attributes, "TargetMode").lower() == "external"
    kind, target = _value(attributes, "Type"), _value(attributes, "Target")
    if is_external and kind.endswith(_FETCHED) and _FROM_WEB.match(target):
        raise Unfit(
            "fetches a part of itself from the web when it is opened", "Save it as a PDF and attach that."
        )


def _value(attributes: str, name: str) -> str:
    for found, one, other in _ATTRIBUTE.findall(attributes):
        if found.rpartition(":")[2] == name:
            return html.unescape(one or other)
    return ""


def _starts() -> Unfit:
    return Unfit("holds a field or a link that starts a program (DDE)", "Save it as a PDF and attach that.")
