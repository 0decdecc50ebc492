"""The board's own words: what it calls itself, its subgroup, its chairs and its manager.

The product's texts are written in the standard words. Each stands in `say`, `say_later` or `say_all`, which
put the board's words in their place; what people typed is handed in as values and never changed. The words in
force are held as the day is: the edges take them from the settings when a request, a command or a job begins.
"""

import re
from collections.abc import Iterator, Mapping
from contextvars import ContextVar
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, TypeVar, cast

from .wording import lower_first, upper_first

Key = TypeVar("Key")
Text = TypeVar("Text", bound=str | tuple[str, ...])


@dataclass(frozen=True)
class Terms:
    """The board's words as they stand inside a sentence, in the singular; "" where the standard one is used.

    board              what the board calls itself: “Partnership”
    manager            who runs its business; of itself the board's word and “manager”
    subgroup           the subgroup that follows the plans
    subgroup_short     what texts call it after that; of itself as `subgroup`
    chair              who chairs the subgroup, a panel or a meeting
    independent_chair  who leads the board from outside: “independent scrutineer”
    scrutiny           to whom the board's paper is addressed beside the board
    """

    board: str = ""
    manager: str = ""
    subgroup: str = ""
    subgroup_short: str = ""
    chair: str = ""
    independent_chair: str = ""
    scrutiny: str = ""


STANDARD = Terms(
    board="Board",
    manager="Board manager",
    subgroup="SCR subgroup",
    subgroup_short="subgroup",
    chair="chair",
    independent_chair="independent chair",
    scrutiny="scrutiny committee",
)
# Every way in which the product's texts write a standard word, in small letters, and which it is.
SPELLINGS = {
    "board": "board",
    "board manager": "manager",
    "scr subgroup": "subgroup",
    "serious case review subgroup": "subgroup",
    "subgroup": "subgroup_short",
    "chair": "chair",
    "independent chair": "independent_chair",
    "scrutiny committee": "scrutiny",
}
# The subgroup's name has a capital wherever it stands, so its place says whether it begins a sentence.
_SENTENCE_BEGINS = re.compile(r"(?:\A|[.!?>“]|\n)\s*\Z")
# What is said with a vowel first: letters read one by one, and words, but for a “one” and a “unit”.
_SAID_BY_LETTERS = re.compile(r"[AEFHILMNORSX](?:[A-Z]|\b)")
_VOWEL_FIRST = re.compile(r"e(?!u)|[aio](?!ne\b)|u(?!ni(?!n)|s[ei]|til)|hono|hour", re.IGNORECASE)


def finding(spellings: list[str]) -> re.Pattern[str]:
    """Return what finds these words in a text: whole ones, in no address, path or placeholder."""
    spelt = "|".join(map(re.escape, sorted(spellings, key=len, reverse=True)))
    return re.compile(
        rf"(?<![\w@./#{{=-])(?:(?P<article>an?) )?\b(?P<word>{spelt})(?P<many>s)?(?P<whose>’s)?"
        r"(?![\w@}/=-]|\.\w)",
        re.IGNORECASE,
    )


# Finds every standard word.
ANY = finding(list(SPELLINGS))


class _Sayer:
    """Says texts in one board's words, and knows what it has said once."""

    def __init__(self, terms: Terms) -> None:
        self.terms = terms
        own = {name: str(getattr(terms, field)) for name, field in SPELLINGS.items()}
        own["subgroup"] = own["subgroup"] or terms.subgroup
        self._words = {name: word for name, word in own.items() if word}
        self._pattern = finding(list(self._words))
        self._said: dict[str, str] = {}

    def say(self, text: str) -> str:
        """Return one of the product's own texts in the board's words."""
        said = self._said.get(text)
        if said is None:
            said = self._said[text] = self._pattern.sub(self._put, text)
        return said

    def _put(self, found: re.Match[str]) -> str:
        standard, article = found["word"], found["article"]
        word = self._words[standard.lower()]
        is_capital = standard[0].isupper()
        if SPELLINGS[standard.lower()] == "subgroup":
            is_capital = not article and bool(_SENTENCE_BEGINS.search(found.string[: found.start()]))
        word = upper_first(word) if is_capital else inside(word)
        if found["many"]:
            word = plural_of(word)
        if found["whose"]:
            word += "’" if word.endswith("s") else "’s"
        return f"{article_for(word, article)} {word}" if article else word


def inside(word: str) -> str:
    """Return a word as it stands in small letters; names and single letters keep their capitals."""
    first, *rest = word.split()
    is_name = first[1:] != first[1:].lower() or any(each != each.lower() for each in rest)
    return word if is_name else lower_first(word)


def plural_of(word: str) -> str:
    """Return the plural of a word: partnerships, bodies, boxes."""
    if re.search("[^aeiou]y$", word):
        return f"{word[:-1]}ies"
    return f"{word}es" if re.search("(?:s|x|z|ch|sh)$", word) else f"{word}s"


def article_for(word: str, article: str) -> str:
    """Return “a” or “an” as it is said before a word, with the capital of the article that stood there."""
    is_vowel = _SAID_BY_LETTERS.match(word) or _VOWEL_FIRST.match(word)
    return article[0] + ("n" if is_vowel else "")


_NONE = Terms()
_sayer_of = lru_cache(8)(_Sayer)
_in_force: ContextVar[_Sayer | None] = ContextVar("terms", default=None)


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
