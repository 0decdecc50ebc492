"""Who owns an action, from the words of a plan: agencies by any of their names, posts inside them, or all."""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from kscb_actions.text import alike, one_line

# Longer words name nobody, and are not remembered.
LONGEST_WORDS = 200
# "All Board agencies", "All partners", "All".
_ALL = re.compile(
    r"(?:to )?(?:all|every|each)(?: (?:of )?(?:the )?)?"
    r"(?:(?:kscb|lscb|scb|safeguarding|childrens|board|partners?|partnership|member|statutory|key) ?)*"
    r"(?:agency|agencies|partners?|members?|organisations?|bodies|services|others)?"
    r"(?: (?:to|as|via|through)\b.*)?"
)
# "All health", "All schools": those of a kind.
_ALL_OF = re.compile(
    r"(?:all|every|each) (?:of )?(?:the )?(.+?)(?: (?:agencies|organisations|bodies|services|trusts))?"
)
_JOINS = re.compile(r"\s*(?:\n|;|/|&|\+|,|\band\b|\bwith\b|\bjointly\b|\bplus\b)\s*", re.IGNORECASE)
_BRACKETS = re.compile(r"\([^()]*\)")
# Words that many agencies have in their names, so that they point to none.
_SMALL = frozenset({"and", "of", "the", "for", "in", "to"})
_COMMON = frozenset({"the", "of", "and", "for", "health", "nhs", "council", "trust"})
_LETTERS = re.compile(r"[^\W_]")
# What makes a body one of health, where the manager keeps no group of that name.
_HEALTH = re.compile(r"\b(?:nhs|health|hospitals?|pct|ambulance)\b")


@dataclass(frozen=True)
class KnownAgency:
    """An agency as plans may name it: its code, its name, and other names of it."""

    code: str
    name: str
    aliases: tuple[str, ...] = ()


@dataclass(frozen=True)
class Owners:
    """Whom some words name.

    agencies   codes; the first of several leads, the others own the action with it
    is_each    they have one action each, rather than one together
    unknown    the words that name nobody who is known
    guesses    sentences on what was taken for what
    """

    agencies: tuple[str, ...] = ()
    is_each: bool = False
    unknown: tuple[str, ...] = ()
    guesses: tuple[str, ...] = ()


class Directory:
    """The agencies of a board, the groups that its manager keeps, and how words find them."""

    def __init__(
        self, agencies: Iterable[KnownAgency], groups: Mapping[str, Sequence[str]] | None = None
    ) -> None:
        self._agencies = list(agencies)
        self._groups = {_plain(name): tuple(codes) for name, codes in (groups or {}).items()}
        self._names: dict[str, str] = {}
        for name, code in self._written_names():
            self._names.setdefault(_plain(name), code)
        self._codes = {agency.code.casefold(): agency.code for agency in self._agencies}
        short = {each: code for each, code in self._written_names() if each.isupper() and len(each) > 2}
        self._short = short | {agency.code: agency.code for agency in self._agencies}
        self._name_pattern = re.compile(_any_of(self._names))
        written = {_straight(each).lower() for each, _ in self._written_names() if not each.isupper()}
        self._written_pattern = re.compile(_any_of(written))
        # In a sentence a short form counts as it is written, for "IT" is not "it".
        self._code_pattern = re.compile(_any_of(self._short))
        self._found: dict[str, Owners] = {}

    def _written_names(self) -> Iterator[tuple[str, str]]:
        """Return (name, code) of each agency's names, as they are written: what is short goes after."""
        for agency in self._agencies:
            yield from ((name, agency.code) for name in (agency.name, *agency.aliases))
        for agency in self._agencies:
            for name in (agency.name, *agency.aliases):
                yield from ((short, agency.code) for short in _short_names(name))

    def find(self, text: str) -> Owners:
        """Return whom a cell of a plan names as the owner of an action."""
        if text not in self._found:
            said = _plain(_BRACKETS.sub(" ", text)) or _plain(text)
            has_words = bool(_LETTERS.search(said))
            self._found[text] = (self._together(said) or self._each_part(text)) if has_words else Owners()
        return self._found[text]

    def _together(self, said: str) -> Owners | None:
        """Return whom words name as a whole: one agency, all of them, or a group."""
        if code := self._names.get(said) or self._codes.get(said):
            return Owners((code,))
        if said in self._groups:
            return Owners(self._groups[said], is_each=True)
        if _ALL.fullmatch(said):
            return Owners(tuple(agency.code for agency in self._agencies), is_each=True)
        kind = _ALL_OF.fullmatch(said)
        if kind is None:
            return None
        if kind[1] in self._groups:
            return Owners(self._groups[kind[1]], is_each=True)
        if kind[1] in ("health", "nhs"):
            codes = tuple(each.code for each in self._agencies if _HEALTH.search(_plain(each.name)))
            return (
                Owners(codes, True, (), (f"“{said}” was taken for {', '.join(codes)}.",)) if codes else None
            )
        return None

    def _each_part(self, text: str) -> Owners:
        """Return whom the parts of a text name that “and”, “&”, “/” or a line's end joins."""
        agencies: list[str] = []
        unknown: list[str] = []
        guesses: list[str] = []
        is_each = False
        for part in self._parts(text):
            codes, guess, each = self._one(part)
            agencies += [code for code in codes if code not in agencies]
            is_each = is_each or each
            if guess:
                guesses.append(guess)
            if not codes:
                unknown.append(one_line(part).strip(" ,;/&"))
        return Owners(tuple(agencies), is_each, tuple(filter(None, unknown)), tuple(guesses))

    def _parts(self, text: str) -> list[str]:
        """Return the parts of a text; a name that has an “and” or a comma of its own stays whole.

        A comma parts a post from its agency as well, so what follows one belongs to what is before it where
        only one of the two names an agency.
        """
        kept: list[str] = []
        masked = self._masked(text, kept)
        parts: list[str] = []
        joined_by = ""
        at = 0
        for join in [*_JOINS.finditer(masked), None]:
            piece = masked[at : join.start() if join else len(masked)]
            self._append(parts, piece, joined_by, kept)
            joined_by = join[0].strip().lower() if join else ""
            at = join.end() if join else at
        return [_unmasked(part, kept) for part in parts if _LETTERS.search(_unmasked(part, kept))]

    def _append(self, parts: list[str], piece: str, joined_by: str, kept: Sequence[str]) -> None:
        """Add a piece, to the last one where only together they are one post: "Head of Services, CFE"."""
        if not parts or joined_by not in (",", "&", "and"):
            parts.append(piece)
            return
        known = [bool(self._one(_unmasked(each, kept))[0]) for each in (parts[-1], piece)]
        is_one = not all(known) if joined_by == "," else not any(known) and "(" not in parts[-1]
        if is_one:
            parts[-1] += f"{joined_by} {piece}" if joined_by == "," else f" {joined_by} {piece}"
        else:
            parts.append(piece)

    def _masked(self, text: str, kept: list[str]) -> str:
        """Return a text with each known name as a sign and its place in `kept`."""

        def keep(hit: re.Match[str]) -> str:
            kept.append(hit[0])
            return f"\x00{len(kept) - 1}\x01"

        spaced = _straight(text.replace("\x00", " ").replace("\x01", " "))
        # Names are compared in small letters; lengths stay, so that places in the text do.
        lowered = "".join(c.lower() if len(c.lower()) == 1 else c for c in spaced)
        pieces, at = [], 0
        for hit in self._written_pattern.finditer(lowered):
            pieces.append(spaced[at : hit.start()])
            kept.append(spaced[hit.start() : hit.end()])
            pieces.append(f"\x00{len(kept) - 1}\x01")
            at = hit.end()
        pieces.append(spaced[at:])
        return self._code_pattern.sub(keep, "".join(pieces))

    def _one(self, part: str) -> tuple[tuple[str, ...], str, bool]:
        """Return the codes that one part names, what was guessed, and whether they have an action each."""
        said = _plain(_BRACKETS.sub(" ", part))
        whole = self._together(said) if said else None
        if whole:
            return whole.agencies, "".join(whole.guesses), whole.is_each
        within = [code for _, code in sorted(self._within(part))]
        if within:
            return tuple(dict.fromkeys(within[:1] if len(set(within)) == 1 else within)), "", False
        near = self._near(said)
        if near:
            return (near.code,), f"“{one_line(part)}” was taken for {near.name}.", False
        return (), "", False

    def _within(self, part: str) -> list[tuple[int, str]]:
        """Return (place, code) of the agencies that stand inside the words of a post."""
        said = _plain(part)
        found = [(hit.start(), self._names[hit[0]]) for hit in self._name_pattern.finditer(said)]
        for hit in self._code_pattern.finditer(part):
            found.append((hit.start(), self._short[hit[0]]))
        return found

    def _near(self, said: str) -> KnownAgency | None:
        """Return the one agency whose name has all the words, such as "Police" for "Kent Police"."""
        words = set(said.split()) - _COMMON
        if not words or max(map(len, words)) < 4:
            return None
        near = [each for each in self._agencies if words <= set(_plain(each.name).split())]
        return near[0] if len(near) == 1 else None


def same_words(text: str) -> str:
    """Return what is the same for all words that a plan may name somebody by without a difference."""
    return _plain(text)


def _any_of(names: Iterable[str]) -> str:
    ordered = sorted(filter(None, names), key=len, reverse=True)
    return r"(?<!\w)(?:" + "|".join(map(re.escape, ordered)) + r")(?!\w)" if ordered else r"(?!)"


def _short_names(name: str) -> tuple[str, ...]:
    """Return what else a name is said as: without the body that it is a part of, and by its first letters."""
    _, comma, inner = name.partition(", ")
    own = inner if comma and len(inner.split()) > 1 else name
    letters = "".join(word[0] for word in re.findall(r"[^\W\d_][\w’']*", own) if word not in _SMALL)
    inside = (own,) if own != name else ()
    return (*inside, letters.upper()) if len(letters) > 2 else inside


def _plain(text: str) -> str:
    said = alike(text).replace("&", " and ")
    words = re.sub(r"[^\w' ]|_", " ", said).replace("'", "").split()
    return " ".join(word for word in words if word != "the")


def _straight(text: str) -> str:
    return re.sub("[’`]", "'", text)


def _unmasked(part: str, kept: Sequence[str]) -> str:
    return re.sub("\x00(\\d+)\x01", lambda hit: kept[int(hit[1])], part)
