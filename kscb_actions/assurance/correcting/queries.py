"""Reading what a correction of a date depends on. What is asked about has been fetched for a viewer."""

import json
from datetime import date

from kscb_actions.actions.models import Action
from kscb_actions.actions.rules import DATE_CORRECTED
from kscb_actions.audit.models import AuditEvent

from ..models import AssuranceDecision, Evidence, SubmittedEvidence
from ..queries import decision_stands
from .rules import GROUP_OF_DATE, ActionDates, Which


def dates_of(action: Action) -> ActionDates:
    """Return the dates of an action as they are recorded."""
    return ActionDates(**{which: getattr(action, which) for which in Which})


def earlier_corrections(action: Action, which: str) -> list[tuple[date, frozenset[date]]]:
    """Return what that entry was put right to before, and instead of which dates, oldest first."""
    own = (AuditEvent.kind == "action") & (AuditEvent.object_id == action.id)
    events = AuditEvent.select().where(own, AuditEvent.event == DATE_CORRECTED).order_by(AuditEvent.id)
    details = [json.loads(event.detail) for event in events]
    return [
        (date.fromisoformat(each["to"]), frozenset(map(date.fromisoformat, each["instead_of"].split())))
        for each in details
        if each["group"] == GROUP_OF_DATE[which]
    ]


def is_checked(evidence: Evidence) -> bool:
    """Return whether the Board has decided on a report that this evidence belongs to."""
    bound = SubmittedEvidence.select(SubmittedEvidence.submission).where(
        SubmittedEvidence.evidence == evidence
    )
    decided = AssuranceDecision.select().where(AssuranceDecision.submission.in_(bound), decision_stands())
    return decided.exists()
