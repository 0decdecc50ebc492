"""What has changed since a day: each kind of change with its count and the references of its actions."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from kscb_actions.actions.models import Extension
from kscb_actions.assurance.models import AssuranceDecision, Submission
from kscb_actions.assurance.queries import decision_stands
from kscb_actions.audit.models import AuditEvent
from kscb_actions.reports.content import Column, Paragraph, Section, Table
from kscb_actions.wording import date_uk

from ..queries import list_fallen_overdue, list_with_event
from ..scope import Scope, within
from ..words import REFERENCES_SHOWN, some_references


@dataclass(frozen=True)
class ChangeSummary:
    """One kind of change: how many actions, and their references in one text, cut where they are many."""

    name: str
    count: int
    references: str


def list_changes(scope: Scope) -> dict[str, ChangeSummary]:
    """Return {kind of change: what changed}, in the order of print. One query each."""
    accepted = (AssuranceDecision.decision == "accepted") & decision_stands()
    returned = (AssuranceDecision.decision == "returned") & decision_stands()
    reopened = (AssuranceDecision.decision == "reopened") & decision_stands()
    added = (AuditEvent.kind == "action") & (AuditEvent.event == "action.added")
    found = {
        "accepted": ("Accepted by the Board", _told(scope, AssuranceDecision, "at", accepted)),
        "returned": ("Returned by the Board", _told(scope, AssuranceDecision, "at", returned)),
        "reopened": (
            "Reopened by the Board, after it was accepted",
            _told(scope, AssuranceDecision, "at", reopened),
        ),
        "overdue": ("Fell overdue, and still are", list_fallen_overdue(scope, REFERENCES_SHOWN)),
        "extended": (
            "Given a later due date",
            _told(scope, Extension, "decided_at", Extension.state == "agreed"),
        ),
        "submitted": ("Reported done by the agency", _told(scope, Submission, "at")),
        "new": (
            "New actions",
            list_with_event(
                scope,
                AuditEvent,
                AuditEvent.object_id,
                added & within(scope, AuditEvent.at),
                REFERENCES_SHOWN,
            ),
        ),
    }
    return {kind: _change(scope, name, rows) for kind, (name, rows) in found.items()}


def changes_section(scope: Scope) -> Section | None:
    """Return the changes as a table, after a sentence on which days they cover; None without any."""
    changes = list_changes(scope)
    if not any(change.count for change in changes.values()):
        return None
    days = f"after {date_uk(scope.since)} and up to the end of {date_uk(scope.as_at)}"
    columns = (Column("Change", 45), Column("Actions", 18, "end"), Column("Which", 107))
    rows = tuple((change.name, f"{change.count:,}", change.references) for change in changes.values())
    explained = Paragraph(f"What happened {days}. An action counts once in each row that fits it.")
    table = Table("Changes, with the actions they are about", columns, rows)
    return Section(f"What has changed since {date_uk(scope.since)}", (explained, table))


def _told(scope: Scope, model: Any, instant: str, condition: Any = None) -> Iterator[Mapping[str, Any]]:
    when = within(scope, getattr(model, instant))
    condition = when if condition is None else condition & when
    return list_with_event(scope, model, model.action, condition, REFERENCES_SHOWN)


def _change(scope: Scope, name: str, rows: Iterator[Mapping[str, Any]]) -> ChangeSummary:
    first = list(rows)
    count = first[0]["every"] if first else 0
    told = ((scope.reviews[row["review_id"]]["reference"], row["number"]) for row in first)
    return ChangeSummary(name, count, some_references(told, count))
