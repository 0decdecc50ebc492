"""The words of a web page, without everything else: for the body of a mail that has no other.

In one pass from left to right. The parser of the standard library needs half a minute for 64 KB of tags
that nobody has closed.
"""

import html
import re

_UNSHOWN = frozenset(("script", "style", "head", "title", "template", "noscript", "iframe", "object", "svg"))
_BREAKS = frozenset(
    "address article blockquote br dd div dl dt footer form h1 h2 h3 h4 h5 h6 header hr li ol p pre section "
    "table tr ul".split()
)
# A cell begins after a tab, so that the words of two cells do not run together.
_CELLS = frozenset(("td", "th"))
_NAME = re.compile(r"</?([a-z][a-z0-9]{0,20})", re.IGNORECASE | re.ASCII)


def words_of_html(page: str) -> str:
    """Return the words of a page, a line for each block. Nothing of it is fetched, run or kept as markup."""
    found: list[str] = []
    hidden_in, at = "", 0
    while (start := page.find("<", at)) >= 0:
        if not hidden_in:
            found.append(_data(page[at:start]))
        mark, end = _tag(page, start)
        if end < 0:
            at = len(page)
            break
        name = mark.removeprefix("/")
        if hidden_in:
            hidden_in = "" if mark == f"/{hidden_in}" else hidden_in
        elif mark in _UNSHOWN and page[end - 2] != "/":
            hidden_in = mark
        elif name in _BREAKS:
            found.append("\n")
        elif mark in _CELLS:
            found.append("\t")
        elif not mark and end == start + 1:
            found.append("<")
        at = end
    if not hidden_in:
        found.append(_data(page[at:]))
    lines = [line.strip(" ") for line in "".join(found).split("\n")]
    return re.sub(r"\n{3,}", "\n\n", "\n".join(lines)).strip()


def _data(words: str) -> str:
    return html.unescape(re.sub(r"\s+", " ", words))


def _tag(page: str, start: int) -> tuple[str, int]:
    """Return the tag that begins here ("p", "/p", "" for no tag), and where it ends: -1 for never."""
    if page.startswith("<!--", start):
        end = page.find("-->", start + 4)
        return "", end + 3 if end >= 0 else -1
    named = _NAME.match(page, start)
    if not named and page[start + 1 : start + 2] not in ("!", "?", "/"):
        return "", start + 1
    end = page.find(">", start)
    closing = "/" if page.startswith("</", start) else ""
    return f"{closing}{named[1].lower()}" if named else "", end + 1 if end >= 0 else -1
