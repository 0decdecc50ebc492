"""Counts the queries a block makes, so that a page's number of them can be held fixed."""

import logging
from collections.abc import Iterator
from contextlib import contextmanager


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
