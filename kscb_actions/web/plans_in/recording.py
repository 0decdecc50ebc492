"""How far the recording of a plan is, for whoever looks at its page meanwhile.

It is one transaction, of which nobody else reads anything before its end. So this is kept beside the
database, in a small file of the instance folder that is gone once the plan is recorded or refused.
"""

import json
import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import timedelta
from pathlib import Path

from kscb_actions import clock
from kscb_actions.plans_in.service import Tell

FOLDER = "recording"
# What has told nothing for so long was ended with its process.
MOST_SILENT = timedelta(minutes=2)


@contextmanager
def telling(instance: Path, paper_id: int) -> Iterator[Tell]:
    """Yield what is told how many of how many are recorded; at first that the file is being read.

    A disk that takes no such file keeps no plan from being recorded.
    """
    path = _path(instance, paper_id)

    def tell(done: int, all: int) -> None:
        with suppress(OSError):
            path.parent.mkdir(mode=0o700, exist_ok=True)
            new = path.with_suffix(".new")
            new.write_text(json.dumps([done, all]))
            os.replace(new, path)

    tell(0, 0)
    try:
        yield tell
    finally:
        with suppress(OSError):
            path.unlink(missing_ok=True)


def how_far(instance: Path, paper_id: int) -> tuple[int, int] | None:
    """Return how many of how many are recorded, (0, 0) while the file is read; None where nothing is."""
    path = _path(instance, paper_id)
    try:
        told_at, (done, all) = path.stat().st_mtime, json.loads(path.read_text())
    except (OSError, ValueError):
        return None
    silent = clock.real_now().timestamp() - told_at
    return (int(done), int(all)) if silent <= MOST_SILENT.total_seconds() else None


def _path(instance: Path, paper_id: int) -> Path:
    return instance / FOLDER / f"{paper_id}.json"
