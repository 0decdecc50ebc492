"""Reading what the Board did last to an action, and whether that can be taken back now."""

from collections.abc import Sequence
from datetime import date

from kscb_actions import clock
from kscb_actions.access.policy import Permission, Viewer, may
from kscb_actions.actions.models import Action
from kscb_actions.people.models import User

from ..models import DecisionTakenBack
from ..timeline.rules import TrailEvent
from .rules import FIELDS, Decided, last_decided, why_not_undone


def why_decision_stays(action: Action, last: Decided | None) -> str | None:
    """Return why what the Board did last to an action cannot be taken back; None when it can."""
    made_on = clock.local_date(last.event.at) if last else None
    own = _of_owners(action, last) if last and made_on == clock.today() else set()
    now = {name: _as_kept(getattr(action, name)) for name in FIELDS}
    return why_not_undone(last, made_on, clock.today(), own, now)


def can_take_back(viewer: Viewer, action: Action, steps: Sequence[TrailEvent]) -> str:
    """Return what the viewer can take back now, a key of `rules.WORDS`; "" where nothing."""
    last = last_decided(steps)
    if last is None or not may(viewer, Permission.TAKE_DECISION_BACK, action.owners):
        return ""
    return "" if why_decision_stays(action, last) else last.what


def last_decision_taken_back(action: Action) -> DecisionTakenBack | None:
    """Return what the Board took back last of an action, with who did; None where it never did."""
    every = DecisionTakenBack.select(DecisionTakenBack, User).join(User)
    return every.where(DecisionTakenBack.action == action).order_by(DecisionTakenBack.id.desc()).first()


def _of_owners(action: Action, last: Decided) -> set[int]:
    """Return who of those that have acted since belongs to an agency that owns the action."""
    actors, owners = last.actors_since(), action.owners
    if not actors:
        return set()
    agencies = [each for each in (owners.leading, *owners.joint, *owners.former) if each is not None]
    people = User.select(User.id).where(User.id.in_(sorted(actors)), User.agency.in_(agencies))
    return {person_id for (person_id,) in people.tuples()}


def _as_kept(value: date | str | None) -> str | None:
    """Return a value as the trail keeps it."""
    return value.isoformat() if isinstance(value, date) else value
