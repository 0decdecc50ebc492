"""Writing to a terminal, or a file, that knows fewer letters than our texts have."""

import codecs
import sys

from kscb_actions.text import plain_letters

NAME = "kscb_plain"


def write_what_can_be_written() -> None:
    """Have what is printed put plainly where its encoding has no such letter: ’ as ', – as -, ė as e."""
    codecs.register_error(NAME, _put_plainly)
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(errors=NAME)


def _put_plainly(error: UnicodeError) -> tuple[str, int]:
    if not isinstance(error, UnicodeEncodeError):
        raise error
    plain = plain_letters(error.object[error.start : error.end])
    return "".join(each if _fits(each, error.encoding) else "?" for each in plain), error.end


def _fits(letter: str, encoding: str) -> bool:
    try:
        letter.encode(encoding)
    except UnicodeEncodeError:
        return False
    return True
