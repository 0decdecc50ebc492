"""Marking as recorded in error what was recorded by mistake, and bringing it back."""

import json
from collections.abc import Iterable

from kscb_actions.access.policy import Permission, Refused, Viewer
from kscb_actions.actions.models import Action
from kscb_actions.actions.narrowing import owned_by
from kscb_actions.actions.owners.queries import list_joint_owners
from kscb_actions.actions.rules import VOID
from kscb_actions.actions.service import ask_for_answer
from kscb_actions.audit.models import AuditEvent
from kscb_actions.audit.queries import last_event
from kscb_actions.audit.service import Change, change
from kscb_actions.people.models import Agency
from kscb_actions.reviews.models import AgencyResponse, Recommendation, Review
from kscb_actions.reviews.queries import require_on
from kscb_actions.text import InvalidInput, clean_text

from .mail import withhold
from .queries import events_about, is_void, kind_of, last_voiding
from .rules import problems_with_restoring, problems_with_voiding

# A challenge is marked by operations of its own.
Kept = Review | Recommendation | Action
ALREADY = "This is marked as recorded in error already."
NOT_VOID = "This is not marked as recorded in error."


def void(viewer: Viewer, row: Kept, reason: str, expected: int) -> Kept:
    """Mark an action, a recommendation or a review as recorded in error, with all that belongs to it.

    Without a reason while nobody has acted on it. Requests, submissions and challenges of it go with it as
    they stand. Raises InvalidInput, Refused, StaleEdit.
    """
    _require(viewer, row)
    reason = clean_text(reason)
    with change(viewer) as tx:
        if is_void(row):
            raise Refused(ALREADY)
        problems = problems_with_voiding(reason, events_about(row))
        if problems:
            raise InvalidInput(problems)
        _mark(tx, row, reason, "", expected)
        if isinstance(row, Action):
            for agency_id in _agencies_of(row):
                drop_unasked(tx, row.recommendation_id, agency_id)
            withhold(tx, [row])
        else:
            withhold(tx, _mark_below(tx, row, reason), row)
    return row


def restore(viewer: Viewer, row: Kept, reason: str, expected: int) -> Kept:
    """Bring back what was marked as recorded in error, with what was marked together with it.

    Raises InvalidInput, Refused, StaleEdit.
    """
    _require(viewer, row)
    reason = clean_text(reason)
    with change(viewer) as tx:
        if not is_void(row):
            raise Refused(NOT_VOID)
        problems = problems_with_restoring(reason, _void_above(row))
        if problems:
            raise InvalidInput(problems)
        marked = kind_of(row)
        _unmark(tx, row, reason, expected)
        for below in _below(row):
            if is_void(below) and json.loads(last_voiding(below).detail)["with"] == marked:
                _unmark(tx, below, reason)
    return row


def _require(viewer: Viewer, row: Kept) -> None:
    review = row if isinstance(row, Review) else row.review
    require_on(viewer, Permission.EDIT_ACTION if isinstance(row, Action) else Permission.EDIT_REVIEW, review)


def _mark(tx: Change, row: Kept, reason: str, with_what: str, expected: int | None = None) -> None:
    if isinstance(row, Action):
        row.standing = VOID
    else:
        row.is_void = True
    tx.update(row, f"{kind_of(row)}.voided", expected, {"reason": reason, "with": with_what})


def _mark_below(tx: Change, row: Review | Recommendation, reason: str) -> list[Action]:
    """Mark what belongs to a row and is not void yet; returns the actions among it."""
    marked = [each for each in _below(row) if not is_void(each)]
    for each in marked:
        _mark(tx, each, reason, kind_of(row))
    return [each for each in marked if isinstance(each, Action)]


def _unmark(tx: Change, row: Kept, reason: str, expected: int | None = None) -> None:
    if isinstance(row, Action):
        row.standing = json.loads(last_voiding(row).changes)["standing"][0]
    else:
        row.is_void = False
    tx.update(row, f"{kind_of(row)}.restored", expected, {"reason": reason})
    if isinstance(row, Action):
        for agency in Agency.select().where(Agency.id.in_(_agencies_of(row))).order_by(Agency.id):
            ask_for_answer(tx, row.recommendation, agency)


def _below(row: Kept) -> Iterable[Kept]:
    if isinstance(row, Action):
        return []
    with_context = Action.select(Action, Review, Agency).join_from(Action, Review).join_from(Action, Agency)
    if isinstance(row, Recommendation):
        return list(with_context.where(Action.recommendation == row).order_by(Action.number))
    recommendations = Recommendation.select().where(Recommendation.review == row)
    actions = with_context.where(Action.review == row).order_by(Action.number)
    return [*recommendations.order_by(Recommendation.number), *actions]


def _void_above(row: Kept) -> str:
    """Return what is void that a row belongs to, as it is now."""
    if isinstance(row, Review):
        return ""
    if Review.get_by_id(row.review_id).is_void:
        return "review"
    is_action = isinstance(row, Action)
    return "recommendation" if is_action and Recommendation.get_by_id(row.recommendation_id).is_void else ""


def _agencies_of(action: Action) -> list[int]:
    """Return the agency that leads an action and those that share it."""
    return [action.agency_id, *(each.agency_id for each in list_joint_owners(action))]


def drop_unasked(tx: Change, recommendation_id: int, agency_id: int) -> None:
    """Remove an answer that was asked for because of an action that the agency does not have any more.

    Else the agency would still see the recommendation, and be asked. What it has answered stays.
    """
    others = Action.select().where(
        Action.recommendation == recommendation_id, owned_by(agency_id), Action.standing != VOID
    )
    response = _response(recommendation_id, agency_id)
    if response is None or others.exists():
        return
    event: AuditEvent | None = last_event(response)
    if event is not None and event.event == "recommendation.answer-asked":
        tx.remove(response, "recommendation.answer-not-asked")


def _response(recommendation_id: int, agency_id: int) -> AgencyResponse | None:
    return AgencyResponse.get_or_none(
        AgencyResponse.recommendation == recommendation_id, AgencyResponse.agency == agency_id
    )
