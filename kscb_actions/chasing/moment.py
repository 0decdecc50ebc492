"""What many texts that are written at one moment have in common is read once."""

from collections.abc import Callable, Hashable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any, TypeVar

V = TypeVar("V")
_known: ContextVar[dict[Hashable, Any] | None] = ContextVar("known", default=None)


@contextmanager
def one_moment() -> Iterator[None]:
    """Remember inside the block what `once` has read; nothing of that may be changed meanwhile."""
    known = _known.get()
    token = _known.set({} if known is None else known)
    try:
        yield
    finally:
        _known.reset(token)


def once(key: Hashable, read: Callable[[], V]) -> V:
    """Return what `read` returns: inside `one_moment` what it returned for this key before."""
    known = _known.get()
    if known is None:
        return read()
    if key not in known:
        known[key] = read()
    found: V = known[key]
    return found
