"""Names and codes of the board's districts. Plain values in, plain values out."""

import re
import unicodedata
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field

LONGEST_NAME, LONGEST_CODE = 60, 30
# What tables call the row of those who lived in none of the districts.
RESERVED = frozenset({"not_known"})


@dataclass(frozen=True)
class Districts:
    """The board's districts, {code: name} by name: those that are offered, and the closed ones."""

    open: Mapping[str, str]
    closed: Mapping[str, str] = field(default_factory=dict)

    @property
    def names(self) -> dict[str, str]:
        """All of them."""
        return {**self.open, **self.closed}

    def offered(self, own: str | None = None) -> dict[str, str]:
        """Those that a case may be given; `own`, the one it has, even when it is closed."""
        return {**self.open, **{code: name for code, name in self.closed.items() if code == own}}


def problem_with_name(name: str, others: Mapping[str, str]) -> str | None:
    """Why a district cannot be called so, for the reader; None when it can.

    others  {code: name} of the other districts. A code is the name that a district had first.
    """
    alike = _letters(name)
    if not alike or len(name) > LONGEST_NAME:
        return f"Enter the district in up to {LONGEST_NAME} characters."
    for other in others.values():
        if alike == _letters(other):
            return f"“{other}” is on the list already."
    for code, other in others.items():
        if alike == _letters(code):
            return f"“{other}” was called this before, and a file to import may still call it so."
    return None


def code_for(name: str, taken: Collection[str]) -> str:
    """The code of a new district: its name in small letters, with a number where that is taken."""
    plain = unicodedata.normalize("NFKD", name.casefold()).replace("'", "").encode("ascii", "ignore").decode()
    code = first = "_".join(re.findall("[a-z0-9]+", plain))[:LONGEST_CODE].rstrip("_") or "district"
    number = 1
    while code in RESERVED or code in taken:
        number += 1
        code = f"{first[: LONGEST_CODE - len(str(number)) - 1]}_{number}"
    return code


def _letters(name: str) -> str:
    """The letters and digits of a name: all in which two names can differ."""
    return "".join(each for each in unicodedata.normalize("NFKD", name.casefold()) if each.isalnum())
