"""Keeping a ladder: each version for good, the one before stays until then."""

import json
from collections.abc import Sequence

from kscb_actions import clock
from kscb_actions.access.policy import Permission, Viewer, require
from kscb_actions.audit.service import change
from kscb_actions.database import writing
from kscb_actions.text import InvalidInput

from .models import LadderVersion
from .queries import number_of
from .rules import Ladder, Subject, Typed, read_ladder


class StaleLadder(Exception):
    """Somebody else has kept another ladder since this one was opened."""


class BadLadder(InvalidInput):
    """What was typed is no ladder. `problems`: {(rung, field): message}, as `read_ladder` gives them."""

    def __init__(self, problems: dict[tuple[int, str], str]) -> None:
        super().__init__({f"{number}-{field}": message for (number, field), message in problems.items()})
        self.problems = problems


def keep_ladder(
    viewer: Viewer, subject: Subject, typed: Sequence[Typed], expected: int | None = None
) -> Ladder:
    """Keep a ladder as the one in force from now on, and return it.

    expected  the number of the version the person had before them. Raises BadLadder, StaleLadder.
    """
    require(viewer, Permission.MANAGE_SETTINGS)
    ladder, problems = read_ladder(subject, typed)
    if ladder is None:
        raise BadLadder(problems)
    with writing():
        number = number_of(subject)
        if expected is not None and expected != number:
            raise StaleLadder
        with change(viewer) as tx:
            row = LadderVersion(
                subject=subject.code,
                number=number + 1,
                rungs=json.dumps(ladder.facts(), ensure_ascii=False),
                kept_by=viewer.id,
                kept_at=clock.now(),
            )
            tx.add(row, "ladder.kept")
    return ladder
