"""The two faces of a message, plain text and HTML, made of one text. Plain values."""

import html
import re

NO_REPLIES = "Nobody reads replies to this message."
_PAGE = """<!DOCTYPE html>
<html lang="en-GB">
<head><meta charset="utf-8"><meta name="viewport" content="width=device-width"><title>{title}</title></head>
<body style="margin: 0; padding: 16px; background: #ffffff; color: #0b0c0c;">
<div style="max-width: 600px; font: 16px/1.5 Arial, sans-serif; overflow-wrap: anywhere;">
{paragraphs}
</div>
</body>
</html>
"""


def text_of(body: str, reply_to: str) -> str:
    """Return the text of a message, which says at its end that nobody reads replies where nobody does.

    reply_to  the mailbox that replies go to; "" for none
    """
    return body if reply_to else f"{body}\n\n{NO_REPLIES}"


def html_of(text: str, title: str, base_url: str) -> str:
    """Return a page of the same text: its paragraphs and lines, with our own addresses as links.

    Nothing in it is fetched from anywhere. An address of somebody else's stays words, whatever it looks like.
    """
    paragraphs = [each for each in re.split(r"\n{2,}", text) if each.strip()]
    made = "\n".join(_paragraph(each, base_url) for each in paragraphs)
    return _PAGE.format(title=html.escape(title), paragraphs=made)


def _paragraph(text: str, base_url: str) -> str:
    lines = [_with_links(line, base_url) for line in text.split("\n")]
    # What a reminder is about stands above its address.
    if len(lines) > 2 and "<a " in lines[-1]:
        lines[0] = f"<strong>{lines[0]}</strong>"
    return '<p style="margin: 0 0 16px 0;">' + "<br>\n".join(lines) + "</p>"


def _with_links(line: str, base_url: str) -> str:
    if not base_url:
        return html.escape(line)
    parts = re.split(rf"(?<!\S)({re.escape(base_url)}(?:[/?#][^\s<>\"']*)?)(?!\S)", line)
    return "".join(
        f'<a href="{html.escape(part)}" style="color: #1d70b8;">{html.escape(part)}</a>'
        if number % 2
        else html.escape(part)
        for number, part in enumerate(parts)
    )
