"""The board's own words, and how one of the product's texts is said in them. Plain values.

The product's texts are written in the standard words.
"""

import re
from dataclasses import dataclass

from kscb_actions.wording import lower_first, upper_first


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


class Sayer:
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
            said = self._said[text] = self._pattern.sub(self._put, text) if self._words else text
        return said

    def _put(self, found: re.Match[str]) -> str:
        standard, article = found["word"], found["article"]
        name = standard.casefold()
        if name not in self._words:
            # A letter of another script that folds to one of these.
            return found.group()
        word = self._words[name]
        is_capital = standard[0].isupper()
        if SPELLINGS[name] == "subgroup":
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
