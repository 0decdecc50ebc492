"""What providers share whose things wait for somebody by a date: each is told of by name, date and link."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from types import MappingProxyType
from typing import Protocol, TypeVar

from kscb_actions.actions.acknowledging.rules import is_put_off
from kscb_actions.terms import LazyText, say
from kscb_actions.wording import plural

from .providers import OfReview, ReviewMatters
from .rules import Digest, Item, due_words, paragraph_of, waits_words


@dataclass(frozen=True)
class DigestWords:
    """What a digest says beside what it tells of. Nothing of a case.

    one, many  how many there are, like "challenge waits for an answer"
    asked      what stands before those that somebody is asked to do
    all_words  what the page with all of them is called
    all_path   its address, from the root
    orphaned   what stands before those that nobody can be asked to do any more, where that can be
    """

    one: str
    many: str
    asked: str | LazyText
    all_words: str
    all_path: str
    orphaned: str | LazyText = ""


class Dated(OfReview, Protocol):
    """What waits by a date and has a page."""

    @property
    def until_on(self) -> date | None:
        """Return the last day on which nobody is reminded of it, as who is to do it has said; or None."""

    @property
    def path(self) -> str:
        """Return the address of its page, from the root."""


D = TypeVar("D", bound=Dated)


class DatedMatters(ReviewMatters[D]):
    """What is told of such things, in these words.

    of_board  {code of a subject: the words for it}, where it is the Board that is waited for
    """

    words: DigestWords
    of_board: Mapping[str, DigestWords] = MappingProxyType({})

    def words_of(self, waiting: D) -> DigestWords:
        """Return the words for things of its kind."""
        return self.of_board.get(self.kind_of(waiting), self.words)

    def is_put_off(self, waiting: D, on: date) -> bool:
        """Return whether it has been said that it is done by this day, or a later one."""
        return is_put_off(waiting.until_on, on)

    def called(self, waiting: D) -> str:
        """Return what a digest calls it."""
        return waiting.label

    def link(self, waiting: D, base_url: str) -> str:
        """Return the address of its page."""
        return f"{base_url}{waiting.path}"

    def paragraph(self, item: Item[D], on: date, base_url: str) -> str:
        """Return one thing as a digest tells of it."""
        each = item.waiting
        due = due_words(each.due_on, on)
        if self.kind_of(each) in self.of_board:
            due = waits_words(each.due_on, on)
        return paragraph_of(self.called(each), due, item.said, self.link(each, base_url))

    def subject(self, digest: Digest[D], on: date) -> str:
        """Return how many there are, and which comes first. Nothing of a case but the reference."""
        first = digest.items[0].waiting.label
        words = [plural(len(items), each.one, each.many) for each, items in self._by_words(digest)]
        return f"{', '.join(words)} ({first}{' first' if len(digest.items) > 1 else ''})"

    def body(self, digest: Digest[D], on: date, base_url: str) -> str:
        """Return the text: what somebody is asked to do, then what nobody else can be asked to do."""
        parts: list[str] = []
        for words, items in self._by_words(digest):
            for heading, is_asked in ((words.asked, True), (words.orphaned, False)):
                found = [self.paragraph(item, on, base_url) for item in items if item.is_asked == is_asked]
                parts += [say(heading), *found] if found else []
            parts.append(f"{words.all_words}:\n{base_url}{words.all_path}")
        return "\n\n".join(parts)

    def _by_words(self, digest: Digest[D]) -> list[tuple[DigestWords, list[Item[D]]]]:
        found: dict[DigestWords, list[Item[D]]] = {}
        for item in digest.items:
            found.setdefault(self.words_of(item.waiting), []).append(item)
        return list(found.items())

    def explain_no_recipient(self, without_recipient: Sequence[D]) -> Sequence[str]:
        """Return what an operator is told of things that nobody may be told of."""
        return [
            say(
                "Nobody may be told of {label}: name somebody on its review, or record a board manager.",
                label=each.label,
            )
            for each in without_recipient
        ]
