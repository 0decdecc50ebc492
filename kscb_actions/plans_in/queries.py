"""What the board has that plans name: its agencies, by every name they have had."""

import json
from collections import defaultdict

from kscb_actions.audit.models import AuditEvent
from kscb_actions.people.models import Agency
from kscb_actions.people.rules import heir_of

from .owners import Directory, KnownAgency


def directory() -> Directory:
    """Return the agencies that are active, as plans may name them.

    A name that one had earlier is its name too, and so are those of agencies whose work it took over.
    """
    agencies = {each.id: each for each in Agency.select().order_by(Agency.id)}
    successors = Agency.successors()
    names: dict[int, list[str]] = defaultdict(list)
    for agency_id, name in _earlier_names():
        names[heir_of(agency_id, successors)].append(name)
    for agency in agencies.values():
        if not agency.is_active:
            names[heir_of(agency.id, successors)] += [agency.name, agency.code]
    return Directory(
        KnownAgency(each.code, each.name, tuple(names[each.id]))
        for each in agencies.values()
        if each.is_active
    )


def _earlier_names() -> list[tuple[int, str]]:
    changed = AuditEvent.select(AuditEvent.object_id, AuditEvent.changes).where(
        AuditEvent.event == "agency.changed"
    )
    found = []
    for agency_id, changes in changed.order_by(AuditEvent.id).tuples():
        changed_name = json.loads(changes).get("name")
        if changed_name:
            found.append((agency_id, changed_name[0]))
    return found
