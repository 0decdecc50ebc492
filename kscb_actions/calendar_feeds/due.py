"""One's due dates: of the open actions that one leads, and of the challenges that wait for one's answer."""

from collections.abc import Iterator
from datetime import date
from urllib.parse import quote

from kscb_actions.access.policy import Viewer
from kscb_actions.actions.models import Action
from kscb_actions.actions.narrowing import as_sql, visible_action
from kscb_actions.actions.rating import OPEN
from kscb_actions.assurance.challenges.queries import list_to_answer
from kscb_actions.reviews.models import Review

from .rules import Entry

MOST = 2000


def actions_led(viewer: Viewer, today: date) -> Iterator[Entry]:
    """Yield the open actions with a date that this person leads and may see. One query."""
    columns = (Action.id, Action.number, Action.current_due_on, Action.updated_on, Review.reference)
    query = Action.select(*columns).join(Review)
    query = query.where(
        visible_action(viewer),
        Action.lead == viewer.id,
        Action.current_due_on.is_null(False),
        as_sql(OPEN, today),
    )
    for key, number, due_on, updated_on, review in query.order_by(Action.current_due_on).limit(MOST).tuples():
        path = f"/reviews/{quote(review)}/actions/{number}"
        yield Entry(f"action-{key}", due_on, f"Due: {review}/A{number}", path, updated_on)


def challenges_to_answer(viewer: Viewer, today: date) -> Iterator[Entry]:
    """Yield the challenges that wait for this person's answer. One query at most."""
    for each in list_to_answer(viewer, MOST):
        key, path = f"challenge-{each.id}", f"/challenges/{each.id}"
        yield Entry(key, each.due_on, f"Reply by: challenge {each.reference}", path, each.raised_on)
