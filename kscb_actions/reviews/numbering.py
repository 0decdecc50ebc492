"""What a recommendation is called, and the order in which a report has its recommendations. Plain values."""

import re
from collections.abc import Iterable, Sequence
from typing import NamedTuple

LONGEST_NUMBER = 20
LONGEST_HEADING = 200
_PIECE = re.compile(r"[0-9]+|[^\W\d_]+")
_ROMAN = re.compile(r"(x{0,3})(ix|iv|v?i{0,3})")
_VALUES = {"i": 1, "v": 5, "x": 10}

Piece = tuple[int, int, str]
Place = tuple[bool, tuple[Piece, ...], int]


class Numbered(NamedTuple):
    """A recommendation's id, its number in the product, the number its report gives it, and its heading."""

    id: int
    number: int
    published_number: str
    heading: str


def label_of(number: int, published_number: str | None) -> str:
    """Return what a recommendation is called: "3", or "4.3.1 (R3)" where its report has a number for it."""
    return f"{published_number} (R{number})" if published_number else str(number)


def in_reading_order(recommendations: Iterable[Numbered]) -> list[Numbered]:
    """Return the recommendations of one review as its report has them.

    By published number, 4.3.2 before 4.3.10 and (iv) before (v), then those without one as they were
    recorded. Those under one heading stay together, where the first of them stands; those under none come
    before.
    """
    rows = list(recommendations)
    numbers = {row.id: _PIECE.findall(row.published_number.casefold()) for row in rows}
    letters = _letters(numbers.values())
    places: dict[int, Place] = {
        row.id: (not numbers[row.id], _key(numbers[row.id], letters), row.number) for row in rows
    }
    rows.sort(key=lambda row: places[row.id])
    first: dict[str, int] = {"": -1}
    for place, row in enumerate(rows):
        first.setdefault(row.heading, place)
    return sorted(rows, key=lambda row: first[row.heading])


def _letters(numbers: Iterable[Sequence[str]]) -> set[tuple[str, ...]]:
    """Return the beginnings after which letters count: a letter that is no Roman numeral follows one of them.

    So (h), (i), (j) are letters, and (i), (ii), (iii) numerals.
    """
    return {
        tuple(pieces[:place])
        for pieces in numbers
        for place, piece in enumerate(pieces)
        if not piece.isdecimal() and not _ROMAN.fullmatch(piece)
    }


def _key(pieces: Sequence[str], letters: set[tuple[str, ...]]) -> tuple[Piece, ...]:
    return tuple(_piece(piece, tuple(pieces[:place]) in letters) for place, piece in enumerate(pieces))


def _piece(piece: str, is_letter: bool) -> Piece:
    if piece.isdecimal():
        return (0, int(piece), "")
    return (2, 0, piece) if is_letter else (1, _roman(piece), "")


def _roman(numeral: str) -> int:
    values = [_VALUES[letter] for letter in numeral]
    after = [*values[1:], 0]
    return sum(-value if value < following else value for value, following in zip(values, after, strict=True))
