"""The numbers that Word writes before a paragraph by itself, which stand in no text of the file."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

from kscb_actions.text import whole_number

from .package import Package, local

_STYLES: dict[str, Callable[[int], str]] = {
    "decimal": str,
    "lowerLetter": lambda number: chr(96 + (number - 1) % 26 + 1),
    "upperLetter": lambda number: chr(64 + (number - 1) % 26 + 1),
    "lowerRoman": lambda number: _roman(number),
    "upperRoman": lambda number: _roman(number).upper(),
}
_ROMAN = ((10, "x"), (9, "ix"), (5, "v"), (4, "iv"), (1, "i"))
_PLACE = re.compile(r"%([1-9])")
_LEVELS = 9


class Numbering:
    """The lists of a document, and how far each has been counted. Bullets give nothing."""

    def __init__(self) -> None:
        self._lists: dict[str, str] = {}
        self._levels: dict[tuple[str, int], tuple[str, str, int]] = {}
        self._counts: dict[str, list[int]] = {}

    @classmethod
    def of(cls, package: Package, main: str) -> Numbering:
        """Return the numbering of a document, at its beginning."""
        numbering = cls()
        for kind, part in package.related(main).values():
            if kind.endswith("/numbering") and package.has(part):
                for element in package.elements(part, "abstractNum", "num"):
                    numbering._learn(element)
        return numbering

    def _learn(self, element: Any) -> None:
        if local(element) == "num":
            for each in element.iter("{*}abstractNumId"):
                self._lists[_of(element, "numId")] = _of(each, "val")
            return
        for level in element.iter("{*}lvl"):
            told = {local(each): _of(each, "val") for each in level}
            place = whole_number(_of(level, "ilvl")) or 0
            key = (_of(element, "abstractNumId"), place)
            self._levels[key] = (
                told.get("numFmt", ""),
                told.get("lvlText", ""),
                whole_number(told.get("start"), 5) or 0,
            )

    def next(self, properties: Any) -> str:
        """Return the next number of a paragraph with these properties (w:numPr) and a space; or ""."""
        told = {local(each): _of(each, "val") for each in properties}
        level = min(whole_number(told.get("ilvl")) or 0, _LEVELS - 1)
        kind = self._lists.get(told.get("numId", ""))
        if kind is None or (kind, level) not in self._levels:
            return ""
        counts = self._counts.setdefault(kind, [0] * _LEVELS)
        start = self._levels[kind, level][2]
        counts[level] = counts[level] + 1 if counts[level] else start
        counts[level + 1 :] = [0] * (_LEVELS - level - 1)
        style, pattern, _ = self._levels[kind, level]
        if style not in _STYLES:
            return ""
        return _PLACE.sub(lambda found: self._shown(kind, counts, int(found[1]) - 1), pattern) + " "

    def _shown(self, kind: str, counts: list[int], level: int) -> str:
        style = self._levels.get((kind, level), ("decimal", "", 1))[0]
        return _STYLES.get(style, str)(max(1, counts[level]))


def _of(element: Any, key: str) -> str:
    return next((value for name, value in element.items() if name.rpartition("}")[2] == key), "")


def _roman(number: int) -> str:
    letters = ""
    for value, sign in _ROMAN:
        while number >= value and len(letters) < 30:
            letters, number = letters + sign, number - value
    return letters
