"""The days by which one's agency answers requests about deaths, for one's own calendar: numbers, no case."""

from collections.abc import Iterator
from datetime import date

from kscb_actions.access.policy import Permission, Reach, Viewer, reach
from kscb_actions.calendar_feeds.rules import Entry

from .queries import list_requests, owes


def answers_to_give(viewer: Viewer, today: date) -> Iterator[Entry]:
    """Yield the answers that this person's agency owes. One query; none for who answers for none."""
    if reach(viewer, Permission.ANSWER_RETURN) is Reach.NONE:
        return
    for row in list_requests(viewer):
        if owes(row):
            path = f"/death-requests/{row.id}"
            yield Entry(f"request-{row.id}", row.due_on, f"Reply by: request {row.label}", path, row.asked_on)
