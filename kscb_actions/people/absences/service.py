"""Entering, correcting, ending and cancelling absences."""

from datetime import date, timedelta

from kscb_actions import clock
from kscb_actions.access.policy import Refused, Viewer
from kscb_actions.audit.service import Change, change
from kscb_actions.people.models import User
from kscb_actions.text import InvalidInput

from .models import Absence
from .queries import ENDED_EARLY, known_of
from .rules import can_be_away, may_keep, problems_with, why_not_changed, why_not_ended

MISSING = {
    "from_on": "Enter the first day away.",
    "until_on": "Enter the last day away.",
    "stand_in": "Choose who stands in.",
}


def enter(
    viewer: Viewer, person: User, stand_in: User | None, from_on: date | None, until_on: date | None
) -> Absence:
    """Record that somebody is away and who stands in. Raises InvalidInput, Refused."""
    absence = Absence(person=person)
    with change(viewer) as tx:
        _keep(viewer, absence, stand_in, from_on, until_on)
        return tx.add(absence, "absence.entered")


def correct(
    viewer: Viewer,
    absence: Absence,
    stand_in: User | None,
    from_on: date | None,
    until_on: date | None,
    expected: int | None = None,
) -> Absence:
    """Put the days of an absence right, or who stands in. Raises InvalidInput, Refused, StaleEdit."""
    with change(viewer) as tx:
        if refusal := why_not_changed(Absence.get_by_id(absence.id).facts, clock.today()):
            raise Refused(refusal)
        _keep(viewer, absence, stand_in, from_on, until_on)
        return tx.update(absence, "absence.changed", expected)


def end(viewer: Viewer, absence: Absence) -> Absence:
    """End an absence early: whoever was away is back today. On its first day it is cancelled.

    Raises Refused.
    """
    today = clock.today()
    with change(viewer) as tx:
        now = _fresh(viewer, absence)
        if refusal := why_not_ended(now.facts, today):
            raise Refused(refusal)
        if now.from_on == today:
            return _cancel(tx, now)
        now.until_on = today - timedelta(days=1)
        return tx.update(now, ENDED_EARLY)


def cancel(viewer: Viewer, absence: Absence) -> Absence:
    """Cancel an absence, such as one that was entered by mistake. Raises Refused."""
    with change(viewer) as tx:
        now = _fresh(viewer, absence)
        if refusal := why_not_changed(now.facts, clock.today()):
            raise Refused(refusal)
        return _cancel(tx, now)


def _cancel(tx: Change, absence: Absence) -> Absence:
    absence.cancelled_at = clock.now()
    return tx.update(absence, "absence.cancelled")


def _fresh(viewer: Viewer, absence: Absence) -> Absence:
    now = Absence.get_by_id(absence.id)
    if not (verdict := may_keep(viewer, now.person_id)):
        raise Refused(verdict.reason)
    return now


def _keep(
    viewer: Viewer, absence: Absence, stand_in: User | None, from_on: date | None, until_on: date | None
) -> None:
    """Put what was entered into the row, once it is right."""
    person = absence.person
    for verdict in (may_keep(viewer, person.id), can_be_away(person.viewer)):
        if not verdict:
            raise Refused(verdict.reason)
    given = {"from_on": from_on, "until_on": until_on, "stand_in": stand_in}
    problems = {name: MISSING[name] for name, value in given.items() if value is None}
    if stand_in is None or from_on is None or until_on is None:
        raise InvalidInput(problems)
    if not stand_in.is_active:
        raise InvalidInput({"stand_in": f"{stand_in.name} is switched off. Choose somebody else."})
    absence.stand_in, absence.from_on, absence.until_on = stand_in, from_on, until_on
    known = known_of(person.id, stand_in.id)
    if wrong := problems_with(absence.facts, person.viewer, stand_in.viewer, known, clock.today()):
        raise InvalidInput(wrong)
