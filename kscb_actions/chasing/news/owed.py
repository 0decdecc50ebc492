"""What waits for the Board beside actions: answered challenges, and answers to recommendations to look at."""

from dataclasses import dataclass
from datetime import date

from kscb_actions.access.policy import Role, Viewer
from kscb_actions.assurance.challenges.queries import count_answered
from kscb_actions.assurance.challenges.rules import DECIDES, LEVEL_NAMES, Level
from kscb_actions.reviews.answers.queries import count_to_view
from kscb_actions.wording import plural


@dataclass(frozen=True)
class Owed:
    """How many things of a kind wait for the Board, since when the oldest does, and the list of them.

    one, many  what one and several of them do, like "agency’s answer waits to be looked at"
    since      the day since which the oldest has waited; None where nothing tells it
    """

    one: str
    many: str
    count: int
    since: date | None
    path: str

    def words(self, on: date) -> str:
        """Return it in words, such as "3 agencies’ answers wait to be looked at, the oldest for 12 days"."""
        told = plural(self.count, self.one, self.many)
        if self.since is None:
            return told
        days = max((on - self.since).days, 0)
        how_long = f"for {plural(days, 'day')}" if days else "since today"
        return f"{told}, the oldest {how_long}"


def list_owed(viewer: Viewer, restricted: bool = False) -> list[Owed]:
    """Return what waits for this person to decide or to look at.

    restricted  also what is about restricted reviews on which they are named
    Of challenges those at the levels on which their roles decide. A query for each kind.
    """
    found = []
    for level in Level:
        if not viewer.roles & DECIDES[level]:
            continue
        count, since = count_answered(viewer, level, restricted)
        one = f"answered challenge waits for your decision (level: {LEVEL_NAMES[level]})"
        many = f"answered challenges wait for your decision (level: {LEVEL_NAMES[level]})"
        found.append(Owed(one, many, count, since, f"/challenges?state=answered&level={level}"))
    if Role.CHAIR in viewer.roles or Role.DEPUTY in viewer.roles:
        count, since = count_to_view(viewer, restricted)
        one, many = "agency’s answer waits to be looked at", "agencies’ answers wait to be looked at"
        found.append(Owed(one, many, count, since, "/answers?to_view=1"))
    return [each for each in found if each.count]
