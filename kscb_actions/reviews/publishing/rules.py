"""What may be released for publication, and what a public paper calls a review. Plain values."""

import re
import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from kscb_actions.terms import say
from kscb_actions.text import LONGEST_REASON, why_too_long
from kscb_actions.wording import date_uk

# Markings of what anybody may read, before and after April 2014.
PUBLISHABLE = frozenset({"UNRESTRICTED", "OFFICIAL"})
LONGEST = {"edition": 120, "link": 300, "authority": 200}
_LINK = re.compile(r"https?://[^\s/]+\.[^\s]+", re.ASCII)
# What stands before a letter or a code in a pseudonym and is no name: “Child LG”, “Family Q4”.
_KINDS = frozenset("adult baby boy case child children family girl infant person siblings the young".split())
_JOINED = re.compile(r"\s+and\s+|[&,;/+]")
_WORDS = re.compile(r"[^\W_]+")
# What stands between the words of one name. A full stop begins another sentence: “each child. A plan”.
_GAP = re.compile(r"[\s_‐‑–/-]{1,3}")


class Decision(StrEnum):
    """What was decided."""

    RELEASED = "released"
    WITHDRAWN = "withdrawn"


class Form(StrEnum):
    """In what form a review is published."""

    FULL = "full"
    PARTS_LEFT_OUT = "parts_left_out"
    EXECUTIVE_SUMMARY = "executive_summary"
    LEARNING_SUMMARY = "learning_summary"


FORM_NAMES = {
    Form.FULL: "Overview report in full",
    Form.PARTS_LEFT_OUT: "Overview report with parts left out",
    Form.EXECUTIVE_SUMMARY: "Executive summary",
    Form.LEARNING_SUMMARY: "Learning summary",
}
RESTRICTED = "This review is restricted. While it is, it cannot be released for publication."
RELEASED_ALREADY = "This review is released already. Withdraw that release before you record another."
NOT_RELEASED = "This review is not released for publication."
WHEN_RESTRICTED = "The review was restricted."


@dataclass(frozen=True)
class ReleaseFacts:
    """What is recorded of a release."""

    decided_on: date | None
    edition: str
    published_as: str
    link: str
    reason: str
    authority: str = ""


def stands_at(decisions: Iterable[tuple[str, date]], day: date) -> bool:
    """Return whether a review is released at the end of a day.

    `decisions` are (decision, day from which it holds), in the order in which they were recorded.
    """
    last = ""
    for decision, decided_on in decisions:
        if decided_on <= day:
            last = decision
    return last == Decision.RELEASED


def why_not_released(is_restricted: bool, classification: str, is_released: bool) -> str | None:
    """Return why a review cannot be released for publication; None when it can."""
    if is_restricted:
        return RESTRICTED
    if is_released:
        return RELEASED_ALREADY
    if classification not in PUBLISHABLE:
        return (
            f"This review is marked {classification}. Change its classification to UNRESTRICTED or OFFICIAL "
            "before it is released."
        )
    return None


def problems_with_release(
    facts: ReleaseFacts, pseudonym: str, is_own: bool, since: date | None, today: date
) -> dict[str, str]:
    """Return {field: message} for what is wrong with a release.

    is_own  whoever records it decides; otherwise it has to say whose decision it is
    since   the day of the decision before it, which no later one goes behind
    """
    problems = problems_with_reason(facts.reason) | _problem_with_day(facts.decided_on, since, today)
    if not facts.edition:
        problems["edition"] = (
            "Say which version of the report is published, like “Overview report, March 2012”."
        )
    elif gives_away(facts.edition, pseudonym):
        problems["edition"] = "This has the pseudonym in it. Name the version without it: papers print this."
    if facts.published_as not in FORM_NAMES:
        problems["published_as"] = "Choose in what form it is published."
    if facts.link and not _LINK.fullmatch(facts.link):
        problems["link"] = "Enter an address that begins with https:// or http://, or leave it empty."
    elif gives_away(facts.link, pseudonym):
        problems["link"] = "This address has the pseudonym in it. Leave it empty: papers print this."
    if not is_own and not facts.authority:
        problems["authority"] = say(
            "Say whose decision it is, like “The Board, in its meeting of 12 March 2012”."
        )
    for name, longest in LONGEST.items():
        if wrong := why_too_long(getattr(facts, name), longest):
            problems[name] = wrong
    return problems


def problems_with_withdrawing(
    decided_on: date | None, reason: str, since: date, today: date
) -> dict[str, str]:
    """Return {field: message} for what is wrong with the end of a release that holds since a day."""
    return problems_with_reason(reason) | _problem_with_day(decided_on, since, today)


def problems_with_reason(reason: str) -> dict[str, str]:
    """Return {"reason": message} where it is missing or too long."""
    wrong = why_too_long(reason, LONGEST_REASON) if reason else "Say why, for whoever reads this later."
    return {"reason": wrong} if wrong else {}


def _problem_with_day(decided_on: date | None, since: date | None, today: date) -> dict[str, str]:
    if decided_on is None:
        return {"decided_on": "Enter the day of the decision."}
    if decided_on > today:
        return {"decided_on": "The date must be today or in the past."}
    if since and decided_on < since:
        told = f"The decision before this one is of {date_uk(since)}. Enter that day or a later one."
        return {"decided_on": told}
    return {}


def names_in(pseudonym: str) -> tuple[str, ...]:
    """Return by what a pseudonym can be recognised, longest first.

    “Ashley and Antonio” is also known by either name, and “Child LG” by its code; a single letter alone says
    nothing.
    """
    parts = _JOINED.split(pseudonym)
    found = dict.fromkeys([pseudonym, *parts])
    for part in parts:
        words = _words(part)
        while words and words[0] in _KINDS:
            words = words[1:]
        if len("".join(words)) > 1 and words != _words(part):
            found[" ".join(_WORDS.findall(part)[-len(words) :])] = None
    kept = (" ".join(_WORDS.findall(each)) for each in found)
    known = [each for each in kept if len(each) > 1 and set(_words(each)) - _KINDS]
    return tuple(sorted(dict.fromkeys(known), key=lambda each: (-len(each), each)))


def gives_away(wording: str, pseudonym: str) -> bool:
    """Return whether a wording has a pseudonym in it, or is itself a part of one."""
    said = _words(wording)
    if any(_has(said, _words(name)) for name in names_in(pseudonym)):
        return True
    return len("".join(said)) > 1 and not set(said) <= _KINDS and _has(_words(pseudonym), said)


def public_title(title: str, pseudonym: str, otherwise: str) -> str:
    """Return what a public paper calls a review: `otherwise` where its title gives the pseudonym away."""
    return otherwise if gives_away(title, pseudonym) else title


class NamesLeftOut:
    """Puts something else in the place of names and references in texts for the public."""

    def __init__(self, instead: Mapping[str, str]) -> None:
        """Take {what must not be read: what stands in its place}. Where two begin alike the longer counts."""
        self._names: dict[str, list[tuple[list[str], str]]] = {}
        for name in sorted(instead, key=lambda each: (-len(each), each)):
            if words := _WORDS.findall(name):
                self._names.setdefault(_plain(words[0]), []).append((words, instead[name]))

    def __call__(self, text: str) -> str:
        """Return a text without them."""
        found, pieces, done, at = list(_WORDS.finditer(text)), [], 0, 0
        while at < len(found):
            words, put = self._name_at(text, found, at)
            if words:
                pieces += [text[done : found[at].start()], put]
                done = found[at + words - 1].end()
            at += words or 1
        return "".join([*pieces, text[done:]]) if pieces else text

    def _name_at(self, text: str, found: list[re.Match[str]], at: int) -> tuple[int, str]:
        """Return of how many words the name is that begins here, 0 for none, and what to put in its place."""
        for words, put in self._names.get(_plain(found[at][0]), ()):
            said = found[at : at + len(words)]
            gaps = (text[a.end() : b.start()] for a, b in zip(said, said[1:], strict=False))
            if (
                len(said) == len(words)
                and all(_is_said(word, each[0]) for word, each in zip(words, said, strict=True))
                and all(map(_GAP.fullmatch, gaps))
            ):
                return len(words), put
        return 0, ""


def _is_said(word: str, said: str) -> bool:
    """Return whether a word of a name is said: “a” is not the A of “Child A”, and “child” is its Child."""
    is_alike = _plain(word) == _plain(said)
    return is_alike and (not word[0].isupper() or _plain(word) in _KINDS or not said[0].islower())


def _plain(word: str) -> str:
    return unicodedata.normalize("NFKC", word).casefold()


def _words(text: str) -> list[str]:
    return _WORDS.findall(_plain(text))


def _has(words: list[str], part: list[str]) -> bool:
    """Return whether one run of words has another in it."""
    return bool(part) and any(words[at : at + len(part)] == part for at in range(len(words) - len(part) + 1))
