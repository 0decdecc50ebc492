"""What providers share whose things wait for somebody by a date: each is told of by name, date and link."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Protocol, TypeVar

from kscb_actions.actions.acknowledging.rules import is_put_off
from kscb_actions.wording import plural

from .providers import OfReview, ReviewMatters
from .rules import Digest, Item, due_words, paragraph_of


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
    asked: str
    all_words: str
    all_path: str
    orphaned: str = ""


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
    """What is told of such things, in these words."""

    words: DigestWords

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
        due, link = due_words(each.due_on, on), self.link(each, base_url)
        return paragraph_of(self.called(each), due, item.said, link)

    def subject(self, digest: Digest[D], on: date) -> str:
        """Return how many there are, and which comes first. Nothing of a case but the reference."""
        count, first = len(digest.items), digest.items[0].waiting.label
        words = plural(count, self.words.one, self.words.many)
        return f"{words} ({first})" if count == 1 else f"{words} ({first} first)"

    def body(self, digest: Digest[D], on: date, base_url: str) -> str:
        """Return the text: what somebody is asked to do, then what nobody else can be asked to do."""
        parts: list[str] = []
        for heading, is_asked in ((self.words.asked, True), (self.words.orphaned, False)):
            found = [self.paragraph(item, on, base_url) for item in digest.items if item.is_asked == is_asked]
            parts += [heading, *found] if found else []
        return "\n\n".join([*parts, f"{self.words.all_words}:\n{base_url}{self.words.all_path}"])

    def explain_no_recipient(self, without_recipient: Sequence[D]) -> Sequence[str]:
        """Return what an operator is told of things that nobody may be told of."""
        return [
            f"Nobody may be told of {each.label}: name somebody on its review, or record a board manager."
            for each in without_recipient
        ]
