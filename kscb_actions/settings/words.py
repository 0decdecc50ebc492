"""What a board may call itself and its posts. Plain values."""

import re
from collections.abc import Mapping
from dataclasses import asdict, fields

from kscb_actions.terms import STANDARD, Terms

LONGEST_WORD = 40
WORDS = tuple(field.name for field in fields(Terms))
# Their settings are called so, each with its word after it.
WORD = "word_"
# Letters and digits of any script, and what stands between them: nothing that HTML or a format string reads.
_WORD = re.compile(r"[^\W_][\w’ -]*")
_ARTICLE = re.compile(r"(?:the|an?) ", re.IGNORECASE)


def terms_of(kept: Mapping[str, str]) -> Terms:
    """Return the board's words as the settings have them."""
    return Terms(**{word: kept.get(f"{WORD}{word}", "") for word in WORDS})


def problems_with_words(terms: Terms) -> dict[str, str]:
    """Return {setting: message for the reader} for each word that cannot be used beside the others."""
    problems = {}
    for name, word in asdict(terms).items():
        if word and (message := _problem(word) or _taken(terms, name)):
            problems[f"{WORD}{name}"] = message
    return problems


def _problem(word: str) -> str | None:
    if len(word) > LONGEST_WORD:
        return f"Use at most {LONGEST_WORD} characters."
    if not _WORD.fullmatch(word) or "_" in word:
        return "Use letters, digits, spaces, hyphens and apostrophes, and begin with a letter or digit."
    if found := _ARTICLE.match(word):
        return f"Leave out “{found.group().strip()}”: sentences have it already."
    return None


def _taken(terms: Terms, name: str) -> str | None:
    """Return that another word says the same already, so that no reader could tell the two apart."""
    standard = asdict(STANDARD)
    own = asdict(terms)
    for other, word in own.items():
        short_of_it = {name, other} == {"subgroup", "subgroup_short"}
        if other != name and not short_of_it and (word or standard[other]).lower() == own[name].lower():
            return f"“{own[name]}” is the word for “{standard[other]}” already. Choose another."
    return None
