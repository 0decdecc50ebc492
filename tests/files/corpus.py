"""Labelled files: what each is called, what it holds, and whether it may be kept. Made the same each time."""

from collections.abc import Iterator

from .corpus_bad import bad_samples
from .corpus_bad_inside import bad_inside_samples
from .corpus_base import BASIC, Sample
from .corpus_good import good_samples
from .corpus_hidden import hidden_samples

_TEXTS = ("txt", "csv", "eml")


def samples() -> list[Sample]:
    """Return every labelled file."""
    return [*good_samples(), *disguised_samples(), *bad_samples(), *bad_inside_samples(), *hidden_samples()]


def disguised_samples() -> Iterator[Sample]:
    """Yield every kind under the name of every other, and every kind with no bytes."""
    for kind, content in BASIC.items():
        yield Sample(f"empty {kind}", f"evidence.{kind}", b"", None, "is empty")
        for other in BASIC:
            # A saved email and a table are text too; only text that is no email is refused as one.
            if other == kind or (kind in _TEXTS and other in ("txt", "csv")):
                continue
            yield Sample(f"{kind} called {other}", f"evidence.{other}", content, None, f"“evidence.{other}” ")
