"""The words that every part of a report shares: dates, references, ratings, texts made short."""

from collections.abc import Iterable
from functools import lru_cache

from kscb_actions.actions.rating import Colour
from kscb_actions.reports.content import Cell, Counted, counted
from kscb_actions.reports.paper_kind import Audience
from kscb_actions.text import one_line
from kscb_actions.wording import date_short, lower_first, plural

from .scope import Scope

NARRATIVE_LENGTH = 240
REFERENCES_SHOWN = 60
FEW_WORDS = 8

short_date = lru_cache(maxsize=8192)(date_short)


def shortened(text: str, length: int = NARRATIVE_LENGTH) -> str:
    """Return `text` on one line and, where it is longer than `length`, cut after a word and marked as cut."""
    text = one_line(text)
    if len(text) <= length:
        return text
    kept = text[:length].rsplit(" ", 1)[0] if " " in text[:length] else text[:length]
    return f"{kept.rstrip(' ,;:.')} … (shortened)"


def in_few_words(text: str) -> str:
    """Return a text in its first eight words, marked where there are more."""
    words = text.split()
    if len(words) <= FEW_WORDS:
        return " ".join(words)
    return f"{' '.join(words[:FEW_WORDS]).rstrip(' ,;:.')} …"


@lru_cache(maxsize=1024)
def rated(colour: Colour, reason: str) -> Cell:
    """Return the coloured cell of a rating, with its word and its reason: “Red: overdue by 3 days”."""
    return Cell(f"{colour.capitalize()}: {lower_first(reason)}", colour.value)


def some_references(actions: Iterable[tuple[str, int]], count: int) -> str:
    """Return the first of `count` actions, a line for each review, saying how many more there are.

    `actions` are (reference of the review, number of the action), those of one review together.
    """
    lines: dict[str, list[str]] = {}
    for review, number in actions:
        lines.setdefault(review, []).append(f"A{number}")
    shown = [f"{review}/{', '.join(numbers)}" for review, numbers in lines.items()]
    more = count - sum(map(len, lines.values()))
    if more:
        shown.append(f"and {more:,} more")
    return "\n".join(shown) or "–"


def listed(parts: Iterable[str]) -> str:
    """Return parts as a sentence has them: “a, b and c”."""
    *first, last = parts
    return f"{', '.join(first)} and {last}" if first else last


def verb(count: int, one: str, many: str) -> str:
    """Return a count of actions with its verb: “1 action is”, “12 actions are”."""
    return f"{plural(count, 'action')} {one if count == 1 else many}"


def led_by(scope: Scope, agency_id: int) -> dict[str, str]:
    """Return how the list of actions is narrowed to what an agency leads, as a paper counts."""
    return {"agency": scope.codes[agency_id], "owner": "leads"}


def exceptions_of(scope: Scope, agency_id: int, colour: Colour, words: str) -> Counted:
    """Return words that count an agency's actions of a rating on which the next move is its own."""
    return counted(words, "actions", rating=colour.value, turn="agency", **led_by(scope, agency_id))


def review_name(scope: Scope, review_id: int) -> str:
    """Return a review's reference and title, and in a paper that is not for publication its pseudonym.

    In an agency's paper the pseudonym alone: agencies are not told titles.
    """
    review = scope.reviews[review_id]
    if scope.kind.audience is Audience.AGENCY:
        return f"{review['reference']}: {review['pseudonym']}" if review["pseudonym"] else review["reference"]
    name = f"{review['reference']}: {review['title']}"
    hidden = scope.publication or not review["pseudonym"] or review["pseudonym"] in review["title"]
    return name if hidden else f"{name} ({review['pseudonym']})"
