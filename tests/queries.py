"""Counts the queries a block makes, so that a page's number of them can be held fixed; forgets kept texts."""

import logging
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from functools import lru_cache

import pytest

from kscb_actions.prepared import Prepared
from kscb_actions.reports.progress import past


class Count(logging.Handler):
    """Keeps the SQL of every query that peewee logs."""

    def __init__(self) -> None:
        super().__init__()
        self.queries: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        """Keep one query."""
        self.queries.append(str(record.msg[0] if isinstance(record.msg, tuple) else record.msg))

    def __int__(self) -> int:
        return len(self.queries)


@contextmanager
def counted() -> Iterator[Count]:
    """Yield a Count of the queries made inside the block; int() of it is their number."""
    logger, count = logging.getLogger("peewee"), Count()
    level = logger.level
    logger.addHandler(count)
    logger.setLevel(logging.DEBUG)
    try:
        yield count
    finally:
        logger.removeHandler(count)
        logger.setLevel(level)


def forget_texts(monkeypatch: pytest.MonkeyPatch) -> None:
    """Have the texts of queries that are kept made anew, for the rest of this test alone."""
    ours = [module for name, module in [*sys.modules.items()] if name.startswith("kscb_actions")]
    for each in {each for module in ours for each in vars(module).values() if isinstance(each, Prepared)}:
        monkeypatch.setattr(each, "_compiled", lru_cache(each._compile))
    monkeypatch.setattr(past, "states_written", lru_cache(past.states_written.__wrapped__))
