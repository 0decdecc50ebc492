"""Agencies that close, and who does their work after them."""

from datetime import date

from kscb_actions import clock
from kscb_actions.access.policy import Permission, Viewer, require
from kscb_actions.audit.service import change
from kscb_actions.text import InvalidInput

from .models import Agency
from .rules import body_of, heir_of, problems_with_closing


def own_body(viewer: Viewer) -> frozenset[int]:
    """Return the agencies that count as this person's own when something is decided: of one body with theirs.

    Where an agency has taken another's work over, nobody of either decides on what is the other's. One query
    for somebody of an agency.
    """
    if viewer.agency_id is None:
        return frozenset()
    return body_of(viewer.agency_id, Agency.successors())


def heir(agency: Agency) -> Agency | None:
    """Return the agency that does the work of one which has closed; None where no other has taken it over."""
    heir_id = heir_of(agency.id, Agency.successors())
    return None if heir_id == agency.id else Agency.get_by_id(heir_id)


def close_agency(
    viewer: Viewer, agency: Agency, closed_on: date | None, successor: Agency | None, expected: int
) -> Agency:
    """Record that an agency has closed and, where there is one, who follows it: it gets nothing new.

    Raises InvalidInput, StaleEdit.
    """
    require(viewer, Permission.MANAGE_PEOPLE)
    following = (successor.id, successor.is_active) if successor else None
    if problems := problems_with_closing(agency.id, closed_on, following, clock.today()):
        raise InvalidInput(problems)
    agency.is_active, agency.closed_on, agency.successor = False, closed_on, successor
    with change(viewer) as tx:
        return tx.update(agency, "agency.closed", expected)
