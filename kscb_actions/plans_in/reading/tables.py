"""Reading a file, in the process that is confined: the answer is JSON, whatever the file does."""

import csv
from typing import IO, Any

from ..tables import NotRead, as_plain
from .delimited import read_csv, read_pasted

# What the readers need has to be there before the process is confined.
LOADS = (
    "lxml.etree",
    "kscb_actions.plans_in.reading.word",
    "kscb_actions.plans_in.reading.sheets",
    "encodings.cp437",
    "encodings.cp1252",
    "encodings.utf_16",
    "encodings.utf_8_sig",
)
DAMAGED_TEXT = "It cannot be read as a table. Save it as CSV again and use the new copy."
TOO_DEEP = "It is nested more deeply than a plan is. Save the plan alone and use that."


def read_tables(stream: IO[bytes], kind: str) -> tuple[dict[str, Any], bytes]:
    """Return the tables of a file of this kind (`docx`, `xlsx`, `csv`, `txt`) as `as_plain` has them.

    Where it cannot be read: {"problem": a sentence, "place": where, or ""}.
    """
    try:
        return _read(stream, kind), b""
    except NotRead as wrong:
        return {"problem": wrong.problem, "place": wrong.place}, b""
    except csv.Error:
        return {"problem": DAMAGED_TEXT, "place": ""}, b""
    except RecursionError:
        return {"problem": TOO_DEEP, "place": ""}, b""


def _read(stream: IO[bytes], kind: str) -> dict[str, Any]:
    if kind == "csv":
        return as_plain(read_csv(stream))
    if kind == "txt":
        return as_plain(read_pasted(stream))
    from .package import DAMAGED, UNREADABLE
    from .sheets import read_workbook
    from .word import read_word

    try:
        return as_plain(read_word(stream) if kind == "docx" else read_workbook(stream))
    except UNREADABLE as error:
        raise NotRead(DAMAGED) from error
