"""Changing many actions in one step: all of them or none, and first shown as it would come out."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from kscb_actions.access.policy import Permission, Refused, Viewer, require
from kscb_actions.actions.models import Action
from kscb_actions.actions.narrowing import visible_action
from kscb_actions.actions.owners.queries import know_owners
from kscb_actions.audit.service import StaleEdit, one_step
from kscb_actions.people.models import Agency, User
from kscb_actions.reviews.models import Review
from kscb_actions.text import InvalidInput

from .edits import Edit

CHANGED = "Somebody has changed it since you looked. Look at it again."
GONE = "It is not there any more."
PIECE = 400


@dataclass(frozen=True)
class ChangedRow:
    """One action of a selection: what a change makes of it, or why it cannot.

    version  of the action as it was read
    is_same  nothing of it changes
    """

    id: int
    reference: str
    review: str
    number: int
    text: str
    version: int
    before: str = ""
    after: str = ""
    problem: str = ""
    is_same: bool = False


@dataclass(frozen=True)
class Outcome:
    """What a change of a selection makes of each action. `is_done`: it has been made, not only shown."""

    rows: Sequence[ChangedRow]
    is_done: bool

    @property
    def refused(self) -> list[ChangedRow]:
        """Return the actions that cannot be changed."""
        return [row for row in self.rows if row.problem]

    @property
    def changed(self) -> list[ChangedRow]:
        """Return the actions of which something changes."""
        return [row for row in self.rows if not row.problem and not row.is_same]


class _NotDone(Exception):
    """The change is taken back: it was only to be shown, or an action cannot be changed."""


def preview(viewer: Viewer, chosen: Mapping[int, int | None], edit: Edit) -> Outcome:
    """Return what a change would make of the actions chosen: it is made, and taken back again.

    So what is shown is what would be done. `chosen` is {id: the version seen, None for the present one}.
    Raises InvalidInput where the change itself is wrong, Refused.
    """
    return _run(viewer, chosen, edit, is_wanted=False)


def apply(
    viewer: Viewer,
    chosen: Mapping[int, int | None],
    edit: Edit,
    also: Callable[[], object] = lambda: None,
    event: str = "actions.changed-together",
) -> Outcome:
    """Change every action chosen in one audited step, or where one cannot be changed none of them.

    `also` is done in the same step, before. Raises InvalidInput where the change itself is wrong, Refused.
    """
    return _run(viewer, chosen, edit, also, event, is_wanted=True)


def _run(
    viewer: Viewer,
    chosen: Mapping[int, int | None],
    edit: Edit,
    also: Callable[[], object] = lambda: None,
    event: str = "actions.changed-together",
    *,
    is_wanted: bool,
) -> Outcome:
    require(viewer, Permission.EDIT_ACTION)
    if problems := edit.problems():
        raise InvalidInput(problems)
    rows: list[ChangedRow] = []
    try:
        with one_step(viewer, event, "actions", lambda: edit.told(len(Outcome(rows, True).changed))):
            also()
            found = _actions(viewer, list(chosen))
            rows += [_changed(viewer, found.get(each), each, chosen[each], edit) for each in chosen]
            outcome = Outcome(rows, is_done=True)
            if not is_wanted or outcome.refused:
                raise _NotDone
    except _NotDone:
        return Outcome(rows, is_done=False)
    return outcome


def _actions(viewer: Viewer, ids: Sequence[int]) -> dict[int, Action]:
    """Return {id: action} with review, agency and lead, each of these read once: they are few."""
    found: dict[int, Action] = {}
    for start in range(0, len(ids), PIECE):
        some = ids[start : start + PIECE]
        seen = Action.select().where(Action.id.in_(some), visible_action(viewer))
        found |= {row.id: row for row in seen}
        know_owners(found[each] for each in some if each in found)
    reviews, agencies, people = (
        {row.id: row for row in model.select().where(model.id.in_(named))}
        for model, named in (
            (Review, {row.review_id for row in found.values()}),
            (Agency, {row.agency_id for row in found.values()}),
            (User, {row.lead_id for row in found.values() if row.lead_id}),
        )
    )
    for row in found.values():
        row.review, row.agency = reviews[row.review_id], agencies[row.agency_id]
        row.lead = people.get(row.lead_id)
    return found


def _changed(viewer: Viewer, action: Action | None, row_id: int, seen: int | None, edit: Edit) -> ChangedRow:
    if action is None:
        return ChangedRow(row_id, "An action", "", 0, "", seen or 0, problem=GONE)
    about: dict[str, Any] = {
        "id": action.id,
        "reference": action.reference,
        "review": action.review.reference,
        "number": action.number,
        "text": action.text,
        "version": action.version,
        "before": edit.value(action),
    }
    if seen is not None and action.version != seen:
        return ChangedRow(**about, problem=CHANGED)
    if edit.is_so(action):
        return ChangedRow(**about, after=about["before"], is_same=True)
    try:
        edit.apply(viewer, action)
    except InvalidInput as wrong:
        return ChangedRow(**about, problem=" ".join(wrong.errors.values()))
    except Refused as refusal:
        return ChangedRow(**about, problem=str(refusal))
    except StaleEdit:
        return ChangedRow(**about, problem=CHANGED)
    return ChangedRow(**about, after=edit.value(action))
