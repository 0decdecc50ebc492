"""Texts of the product in the words of the board whose request, command or job it is.

The words in force are held as the day is: the edges take them from the settings when something begins. They
are looked up as a translation is, so plain rules may say in them what they refuse: nothing that is decided
hangs on them.
"""

from collections.abc import Iterator, Mapping
from contextvars import ContextVar
from functools import lru_cache
from typing import Any, TypeVar, cast

from .rules import Sayer, Terms

Key = TypeVar("Key")
Text = TypeVar("Text", bound=str | tuple[str, ...])

_NONE = Terms()
_sayer_of = lru_cache(8)(Sayer)
_in_force: ContextVar[Sayer | None] = ContextVar("terms", default=None)


def use(terms: Terms) -> None:
    """Speak in these words in this context from now on."""
    _in_force.set(None if terms == _NONE else _sayer_of(terms))


def in_force() -> Terms:
    """Return the words that this context speaks in."""
    sayer = _in_force.get()
    return sayer.terms if sayer else _NONE


class LazyText:
    """One of the product's own texts, said in the board's words whenever it is read."""

    __slots__ = ("text",)

    def __init__(self, text: str) -> None:
        self.text = text

    def __str__(self) -> str:
        """Return it in the words in force."""
        return say(self.text)

    def format(self, **values: object) -> str:
        """Return it in the words in force, with values for its {names}."""
        return say(self.text, **values)


def say(text: str | LazyText, **values: object) -> str:
    """Return one of the product's own texts in the board's words; `values` are then put in for {names}."""
    own = text.text if isinstance(text, LazyText) else text
    sayer = _in_force.get()
    said = sayer.say(own) if sayer else own
    return said.format(**values) if values else said


def say_in(terms: Terms, text: str) -> str:
    """Return one of the product's own texts in these words, whatever is in force."""
    return _sayer_of(terms).say(text)


def say_later(text: str) -> LazyText:
    """Return a text of the product for a module to hold: it is said when it is read."""
    return LazyText(text)


class _Said(Mapping[Key, Text]):
    def __init__(self, texts: Mapping[Key, Text]) -> None:
        self._texts: Mapping[Key, Text] = texts

    def __getitem__(self, key: Key) -> Text:
        text: Any = self._texts[key]
        sayer = _in_force.get()
        if sayer is None:
            return cast(Text, text)
        return cast(Text, sayer.say(text) if isinstance(text, str) else tuple(map(sayer.say, text)))

    def __contains__(self, key: object) -> bool:
        return key in self._texts

    def __iter__(self) -> Iterator[Key]:
        return iter(self._texts)

    def __len__(self) -> int:
        return len(self._texts)


def say_all(texts: Mapping[Key, Text]) -> Mapping[Key, Text]:
    """Return texts of the product by their keys, or tuples of texts, for a module to hold.

    Each is said when it is looked up.
    """
    return _Said(texts)
