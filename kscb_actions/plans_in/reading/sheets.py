"""The sheets of an Excel workbook, one table each. Hidden sheets are passed over, and that is said."""

import re
from collections.abc import Iterator
from functools import lru_cache
from typing import IO, Any

from kscb_actions.text import clean_text, whole_number

from ..tables import (
    DATE,
    ERROR,
    LAST_COLUMN,
    LAST_ROW,
    MERGED,
    PLAIN,
    UNKNOWN,
    Allowance,
    Cell,
    NotRead,
    Problem,
    Row,
    Source,
    Table,
)  # fmt: skip
from .formats import Formats
from .package import DAMAGED, Package, forget, local, name_in, relationship_id

HIDDEN = "This sheet is hidden, so it was not read."
_LETTERS = re.compile("[A-Z]{1,3}")
_MOST_DIGITS = 7
_RANGE = re.compile(r"([A-Z]{1,3})([0-9]{1,7}):([A-Z]{1,3})([0-9]{1,7})")
# More merged ranges than rows of a plan: the rest is a drawing made of cells.
_MOST_MERGED = 50_000


def read_workbook(stream: IO[bytes]) -> Source:
    """Return the sheets of a workbook that are shown. Raises NotRead and one of package.UNREADABLE."""
    package = Package(stream)
    main = package.main()
    related = package.related(main)
    shown: list[tuple[str, str]] = []
    source, is_1904 = Source(), False
    for element in package.elements(main, "sheet", "workbookPr"):
        if local(element) == "workbookPr":
            is_1904 = element.get("date1904", "").lower() in ("1", "true")
            continue
        name = clean_text(element.get("name", "")).strip() or f"{len(shown) + 1}"
        part = related.get(relationship_id(element), ("", ""))
        if element.get("state", "visible") != "visible":
            source.notices.append(Problem(f"sheet {name}", HIDDEN, False))
        elif part[0].endswith("/worksheet"):
            shown.append((name, part[1]))
    workbook = _Workbook(package, dict(related.values()), is_1904)
    source.tables = [Table(f"sheet {name}", list(workbook.rows(part)), True) for name, part in shown]
    if not source.tables:
        raise NotRead("The workbook has no sheet with cells.")
    return source


class _Workbook:
    """What cells of all sheets share: texts, formats, and how much may still be read."""

    def __init__(self, package: Package, parts: dict[str, str], is_1904: bool) -> None:
        named = {kind.rpartition("/")[2]: part for kind, part in parts.items()}
        styles = package.elements(named["styles"], "numFmt", "cellXfs") if "styles" in named else ()
        self._package = package
        self._allowance = Allowance()
        self._formats = Formats(styles, is_1904)
        shared = self._shared(named["sharedStrings"]) if "sharedStrings" in named else ()
        # By their numbers as cells name them.
        self._texts = {str(number): text for number, text in enumerate(shared)}

    def _shared(self, part: str) -> Iterator[str]:
        allowance = Allowance()
        for element in self._package.elements(part, "si"):
            text = _text_of(element)
            allowance.take(len(text))
            yield text
            forget(element)

    def rows(self, part: str) -> list[Row]:
        """Return the rows of a sheet that have something in them, what is merged filled in."""
        rows: list[Row] = []
        merged: list[tuple[int, int, int, int]] = []
        number = 0
        for element in self._package.elements(part, "row", "mergeCell"):
            if local(element) == "row":
                number = _whole(element.get("r"), LAST_ROW) or number + 1
                row = self._row(number, element)
                if row.cells and (not rows or number > rows[-1].number):
                    rows.append(row)
            elif (area := _area(element.get("ref", ""))) and len(merged) < _MOST_MERGED:
                merged.append(area)
            forget(element)
        _fill(rows, merged)
        return rows

    def _row(self, number: int, element: Any) -> Row:
        row, column, characters = Row(number), 0, 0
        cells = row.cells
        for each in element.iterchildren("{*}c"):
            column = _column_of(each.get("r", "")) or column + 1
            if len(each) and column <= LAST_COLUMN:
                text, mark = self._read(each)
                if text or mark == UNKNOWN:
                    characters += len(text)
                    cells[column] = Cell(text, mark)
        self._allowance.take(characters, len(cells))
        return row

    def _read(self, cell: Any) -> tuple[str, str]:
        kind, value, is_formula = cell.get("t", "n"), "", False
        for each in cell:
            name = name_in(each.tag)
            if name == "v":
                value = each.text or ""
            elif name == "f":
                is_formula = True
            elif name == "is":
                value = _text_of(each)
        if is_formula and not value:
            # A formula may give an empty text, and then Excel says that it is one.
            return "", PLAIN if kind == "str" else UNKNOWN
        if kind == "s":
            return self._texts.get(value) or self._text_at(value), PLAIN
        if kind == "e":
            return value, ERROR
        if kind == "b":
            return ("TRUE" if value == "1" else "FALSE"), PLAIN
        if kind == "d":
            return value.partition("T")[0], DATE
        return (
            self._formats.shown(value, cell.get("s", ""))
            if kind == "n" and value
            else (clean_text(value).strip(), PLAIN)
        )

    def _text_at(self, value: str) -> str:
        """Return a shared text by its number, as few programs write it: 007, or nothing. Raises NotRead."""
        return self._texts.get(str(_whole(value, len(self._texts))), "") if value else ""


def _text_of(element: Any) -> str:
    """Return the text of a string with all its runs, without how it is read aloud (phonetic runs)."""
    if len(element) == 1 and local(element[0]) == "t":
        return clean_text(element[0].text or "").strip()
    runs = [each.text or "" for each in element.iter("{*}t") if local(each.getparent()) != "rPh"]
    return clean_text("".join(runs)).strip()


def _fill(rows: list[Row], merged: list[tuple[int, int, int, int]]) -> None:
    """Show the text of merged cells in all their rows; across columns it stands once, with their width."""
    by_number = {row.number: row for row in rows}
    filled = 0
    for top, left, bottom, right in merged:
        cell = by_number[top].cells.get(left) if top in by_number else None
        if cell is None:
            continue
        width = right - left + 1
        by_number[top].cells[left] = Cell(cell.text, cell.mark, width)
        for number in range(top + 1, min(bottom, rows[-1].number) + 1):
            if number in by_number and filled < LAST_ROW:
                by_number[number].cells[left] = Cell(cell.text, MERGED, width)
                filled += 1


def _area(reference: str) -> tuple[int, int, int, int] | None:
    found = _RANGE.fullmatch(reference)
    if not found:
        return None
    left, top, right, bottom = found.groups()
    area = (int(top), _column(left), int(bottom), _column(right))
    return area if area[0] <= area[2] <= LAST_ROW and area[1] <= area[3] <= LAST_COLUMN else None


def _column_of(reference: str) -> int:
    """Return the column of an address like B7; 0 where it is none."""
    letters = reference.rstrip("0123456789")
    return _column_named(letters) if 0 < len(reference) - len(letters) <= _MOST_DIGITS else 0


@lru_cache(1024)
def _column_named(letters: str) -> int:
    return _column(letters) if _LETTERS.fullmatch(letters) else 0


def _column(letters: str) -> int:
    column = 0
    for letter in letters:
        column = column * 26 + ord(letter) - 64
    return column


def _whole(value: str | None, most: int) -> int:
    """Return a number of the file; 0 where it is none. Raises NotRead where it is beyond what Excel has."""
    number = whole_number(value) or 0
    if number > most:
        raise NotRead(DAMAGED)
    return number
