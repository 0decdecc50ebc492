"""Who was probably at a meeting, from its seats and from who came before."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

from kscb_actions.people.models import Agency, User

from .models import Attendance, PanelMeeting
from .queries import seated
from .rules import next_post


@dataclass(frozen=True)
class ProposedPresence:
    """Hold that somebody with a seat was probably there: of which agency, and in which post, as last time."""

    user: User
    agency: Agency
    post: str


def proposed_presences(meeting: PanelMeeting) -> list[ProposedPresence]:
    """Return a proposal for each seat whose agency is not recorded as often yet, by agency. Five queries.

    A seat of somebody whose account names no agency proposes nothing.
    """
    people = seated(meeting)
    agencies = {row.id: row for row in Agency.select().where(Agency.id.in_([p.agency_id for p in people]))}
    here = _posts_by_agency(list(Attendance.select().where(Attendance.meeting == meeting)))
    before = _posts_before(meeting)
    left = {agency: len(posts) for agency, posts in here.items()}
    found = []
    for user in people:
        if user.agency_id is None:
            continue
        if left.get(user.agency_id, 0):
            left[user.agency_id] -= 1
            continue
        posts = [post for post in before[user.agency_id] if post not in here[user.agency_id]]
        post = posts[0] if posts else next_post(here[user.agency_id])
        here[user.agency_id].append(post)
        found.append(ProposedPresence(user, agencies[user.agency_id], post))
    return sorted(found, key=lambda each: (each.agency.name, each.user.name, each.user.id))


def _posts_before(meeting: PanelMeeting) -> defaultdict[int, list[str]]:
    """Return {id of agency: the posts in which it came to the last meeting before this at which it was}."""
    rows = (
        Attendance.select(Attendance, PanelMeeting)
        .join(PanelMeeting)
        .where(PanelMeeting.held_on < meeting.held_on)
        .order_by(PanelMeeting.held_on.desc(), Attendance.id)
    )
    last: dict[int, int] = {}
    found = [row for row in rows if last.setdefault(row.agency_id, row.meeting_id) == row.meeting_id]
    return _posts_by_agency(found)


def _posts_by_agency(rows: Sequence[Attendance]) -> defaultdict[int, list[str]]:
    found: defaultdict[int, list[str]] = defaultdict(list)
    for row in rows:
        found[row.agency_id].append(row.post)
    return found
