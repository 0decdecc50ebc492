"""Reading a plan's file that nobody trusts: judged here, taken apart by a process that can only compute."""

from pathlib import Path
from typing import IO

from kscb_actions.apart import Unfinished
from kscb_actions.confined import MIB, Limits, run_confined
from kscb_actions.files.judge import judge
from kscb_actions.files.limits import ALLOWED_KINDS, FileRefused

from ..tables import NotRead, Source, from_plain
from .tables import LOADS, read_tables

# Address space, of which libraries take a third before anything is read.
LIMITS = Limits(seconds=60, memory=300 * MIB)
KINDS = ("docx", "xlsx", "csv", "txt")
WANTED = "Use a Word document (.docx), an Excel workbook (.xlsx) or comma-separated text (.csv)."


def read_file(opened: IO[bytes], shown_name: str) -> Source:
    """Return the tables of a file on disk. Raises NotRead with a sentence for the reader.

    What would not be kept as a file of the review is not read either: macros, locked files, programs.
    """
    try:
        kind = judge(opened, shown_name).extension  # type: ignore[arg-type]
    except FileRefused as refused:
        # Not every kind that can be attached holds a plan.
        advice = WANTED if refused.advice == ALLOWED_KINDS else refused.advice
        raise NotRead(f"{refused.why} {advice}") from None
    if kind not in KINDS:
        raise NotRead(f"“{shown_name}” holds no table that can be read. {WANTED}")
    try:
        told, _ = run_confined(read_tables, opened, kind, loads=LOADS, limits=LIMITS)
    except Unfinished as unfinished:
        raise NotRead(f"“{shown_name}” could not be read. {unfinished}") from None
    return _source_of(told, shown_name)


def read_path(path: Path) -> Source:
    """Return the tables of a file by its path. Raises NotRead, OSError."""
    with path.open("rb") as opened:
        return read_file(opened, path.name)


def _source_of(told: dict, shown_name: str) -> Source:
    """Return the source that the process told of. Raises NotRead, also where it tells what it never would."""
    if isinstance(problem := told.get("problem"), str):
        place = told.get("place")
        raise NotRead(problem, place if isinstance(place, str) else "")
    try:
        return from_plain(told)
    except ValueError:
        raise NotRead(f"“{shown_name}” could not be read.") from None
