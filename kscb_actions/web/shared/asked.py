"""What the address of a page asks for: cleaned texts, whole numbers, page, sort, and filters in force."""

from collections.abc import Container, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from flask import redirect, request
from werkzeug.routing import IntegerConverter, Map

from kscb_actions.pages import WHOLE
from kscb_actions.text import one_line, whole_number

from .templating import changed_address

# Longer than any name, reference or word that is looked for.
LONGEST = 200


class RowNumber(IntegerConverter):
    """Match a whole number in an address, no larger than a database key can be: a larger one is not there."""

    def __init__(self, url_map: Map) -> None:
        super().__init__(url_map, max=2**31 - 1)


@dataclass(frozen=True)
class Choice:
    """A thing a list can be narrowed by: its name in the address, its label, its (value, words) pairs.

    `is_typed`: there are too many to list, so `options` holds only some.
    """

    name: str
    label: str
    options: tuple[tuple[str, str], ...]
    is_typed: bool = False

    def words_of(self, value: str) -> str:
        """Return what a value is called; the value itself when it is none of the options."""
        return dict(self.options).get(value, value)

    def in_words(self, value: str) -> tuple[str, str]:
        """Return the filter for this value, as `in_force` takes it: name in the address, and words."""
        return self.name, f"{self.label}: {self.words_of(value)}"


def choice(name: str, label: str, options: Mapping[Any, str]) -> Choice:
    """Return a choice between the values of a mapping of {value: words}."""
    return Choice(name, label, tuple((str(value), words) for value, words in options.items()))


def asked_for(longest: int = LONGEST) -> dict[str, str]:
    """Return what the address asks for by name: each text on one line, cut at `longest` characters."""
    return {name: one_line(text[:longest]) for name, text in request.args.items()}


def without_empty() -> Any:
    """Return a redirect to this address without its empty values, as a form leaves them; None without any."""
    if "" not in request.args.values():
        return None
    filled = [pair for pair in request.args.items(multi=True) if pair[1]]
    return redirect(changed_address(request.script_root + request.path, filled, {}))


def page_number(asked: Mapping[str, str], name: str = "page") -> int:
    """Return the page that is asked for, counted from 1, or WHOLE; the first where none can be meant."""
    return WHOLE if asked.get(name) == "all" else whole_number(asked.get(name)) or 1


@dataclass(frozen=True)
class Sort:
    """How a list is sorted: the key of its column, and "ascending" or "descending"."""

    key: str
    direction: str

    @property
    def is_descending(self) -> bool:
        """Return whether the last comes first."""
        return self.direction == "descending"


def sort_of(asked: Mapping[str, str], sorts: Container[str], default: Sort) -> Sort:
    """Return how the address asks to sort a list that has these `sorts`; where it does not, the default."""
    key, direction = asked.get("sort"), asked.get("direction")
    return Sort(
        key if key is not None and key in sorts else default.key,
        direction if direction in ("ascending", "descending") else default.direction,
    )


def in_force(asked: Mapping[str, str], words: Iterable[tuple[str, str]]) -> list[dict[str, str]]:
    """Return the filters of `asked` for the filter bar, from (name in the address, words) pairs.

    Each has its words and the address without it, on the first page.
    """
    path, query = request.script_root + request.path, list(request.args.items(multi=True))
    return [
        {"text": text, "remove": changed_address(path, query, {name: None, "page": None})}
        for name, text in words
        if asked.get(name)
    ]
