"""How far something long is that a request does, for whoever looks at its page meanwhile.

It is one transaction, of which nobody else reads anything before its end: a plan that is recorded, a year
that is frozen. So this is kept beside the database, in a small file of the instance folder that is gone once
it is done or refused.
"""

import json
import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from datetime import timedelta
from pathlib import Path

from kscb_actions import clock

FOLDER = "how-far"
# What has told nothing for so long was ended with its process.
MOST_SILENT = timedelta(minutes=2)


@contextmanager
def telling(instance: Path, what: str) -> Iterator[Callable[..., None]]:
    """Yield what is told how far something is, in whole numbers; at first that it has begun.

    A disk that takes no such file keeps nothing from being done. `what` is the name of a file.
    """
    path = _path(instance, what)

    def tell(*numbers: int) -> None:
        with suppress(OSError):
            path.parent.mkdir(mode=0o700, exist_ok=True)
            new = path.with_suffix(".new")
            new.write_text(json.dumps(numbers))
            os.replace(new, path)

    tell()
    try:
        yield tell
    finally:
        with suppress(OSError):
            path.unlink(missing_ok=True)


def how_far(instance: Path, what: str) -> tuple[int, ...] | None:
    """Return what was told last, () while it begins; None where nothing is being done."""
    path = _path(instance, what)
    try:
        told_at, numbers = path.stat().st_mtime, json.loads(path.read_text())
    except (OSError, ValueError):
        return None
    silent = clock.real_now().timestamp() - told_at
    return tuple(map(int, numbers)) if silent <= MOST_SILENT.total_seconds() else None


def _path(instance: Path, what: str) -> Path:
    return instance / FOLDER / f"{what}.json"
