"""Papers of meetings, always read for a viewer, by what this person may open today."""

from collections.abc import Sequence
from dataclasses import dataclass

import peewee

from kscb_actions.access.policy import Viewer
from kscb_actions.actions.models import Action
from kscb_actions.audit.models import AuditEvent
from kscb_actions.audit.words import event_name
from kscb_actions.meetings.models import Meeting
from kscb_actions.meetings.rules import FROZEN, MINUTES
from kscb_actions.people.models import User
from kscb_actions.reports.content import Report
from kscb_actions.reports.kept.models import KeptPaper
from kscb_actions.reports.kept.queries import visible_paper
from kscb_actions.reports.kept.serialisation import read_content
from kscb_actions.reviews.models import Review
from kscb_actions.reviews.queries import told_events, visible_review
from kscb_actions.wording import instant_uk

from .late import Late, beside_the_frozen
from .models import MeetingPaper

# What an agency or the Board says of an action's state.
LATE = (
    "action.progress-told",
    "submission.made",
    "submission.accepted",
    "submission.returned",
    "extension.asked",
    "extension.agreed",
    "action.extended",
)
MOST_LATE = 500


@dataclass(frozen=True)
class Frozen:
    """The frozen paper of a meeting, as this person may open it: its row and its content."""

    row: MeetingPaper
    report: Report


def frozen_row(viewer: Viewer, meeting: Meeting) -> MeetingPaper | None:
    """Return the row of a meeting's frozen paper; None where this person may not open it today."""
    return _row(viewer, meeting, FROZEN)


def minutes_row(viewer: Viewer, meeting: Meeting) -> MeetingPaper | None:
    """Return the row of a meeting's published minutes; None where this person may not open them today."""
    return _row(viewer, meeting, MINUTES)


def _row(viewer: Viewer, meeting: Meeting, kind: str) -> MeetingPaper | None:
    query = MeetingPaper.select(MeetingPaper, KeptPaper, User).join(KeptPaper)
    query = query.switch(MeetingPaper).join(User, peewee.JOIN.LEFT_OUTER)
    return query.where(
        MeetingPaper.meeting == meeting, MeetingPaper.kind == kind, visible_paper(viewer)
    ).first()


def frozen_of(viewer: Viewer, meeting: Meeting) -> Frozen | None:
    """Return a meeting's frozen paper with its content; None where this person may not open it today."""
    row = frozen_row(viewer, meeting)
    return Frozen(row, read_content(row.paper.content, row.paper.version)) if row else None


def late_updates(viewer: Viewer, frozen: Frozen) -> Sequence[Late]:
    """Return what came in after the freeze on actions of the reviews in the paper, beside its lines.

    Told is what this person may see. At most MOST_LATE events, the earliest first.
    """
    begun = (
        AuditEvent.select(AuditEvent.id)
        .where(AuditEvent.kind == MeetingPaper._meta.table_name, AuditEvent.object_id == frozen.row.id)
        .scalar()
    )
    query = (
        AuditEvent.select(AuditEvent.at, AuditEvent.event, Action.number, Review.reference)
        .join(Action, on=(AuditEvent.action_id == Action.id))
        .join(Review, on=(Action.review == Review.id))
        .where(
            AuditEvent.id > (begun or 0),
            AuditEvent.event.in_(LATE),
            AuditEvent.review_id.in_(frozen.report.reviews),
            told_events(viewer),
            visible_review(viewer),
        )
        .order_by(AuditEvent.id)
        .limit(MOST_LATE)
    )
    came: dict[str, list[tuple[str, str]]] = {}
    for at, event, number, reference in query.tuples():
        came.setdefault(f"{reference}/A{number}", []).append((instant_uk(at), event_name(event)))
    return beside_the_frozen(frozen.report, came)
