"""The form of one row of "My actions"."""

from typing import Any

from wtforms import HiddenField

from kscb_actions.actions.rules import PROGRESS_NAMES, Progress
from kscb_actions.assurance.own_work import Work
from kscb_actions.text import clean_text
from kscb_actions.web.actions.action import AddingForm
from kscb_actions.web.assurance.forms import read_ids, write_ids
from kscb_actions.web.shared.forms import options, radios, words


class RowForm(AddingForm):
    """What a lead says of one action. `was` is the progress the row was drawn with, `seen` the
    ids of the evidence shown.

    A row nobody wrote in is left alone: no narrative, and the progress as it was drawn.
    """

    class Meta:
        csrf = False

    progress = radios("How far is it?")
    narrative = words("What has happened since the last update?")
    was = HiddenField()
    seen = HiddenField()

    @property
    def is_touched(self) -> bool:
        """Return whether somebody has written in this row."""
        moved = bool(self.progress.data) and self.progress.data != self.was.data
        return moved or bool(self.said)

    @property
    def said(self) -> str:
        """Return the narrative as it would be kept."""
        return clean_text(self.narrative.data).strip()

    @property
    def seen_evidence(self) -> set[int]:
        """Return the ids of the evidence the row was drawn with."""
        return read_ids(self.seen.data)

    def offer(self, work: Work) -> "RowForm":
        """Make the row's choices: done is one of them once there is evidence that can be submitted."""
        names = {
            name: text for name, text in PROGRESS_NAMES.items() if name != Progress.DONE or work.evidence
        }
        self.progress.choices = options(names.items())
        self.seen.data = write_ids(work.evidence)
        if self.is_stale:
            # Clearing the narrative then leaves the row alone.
            self.was.data = self.progress.data
        return self

    def problems(self, reference: str) -> list[dict[str, Any]]:
        """Return the row's errors for the error summary, each leading to its field."""
        found = [
            {"text": f"{reference}: {field.errors[0]}", "href": f"#{field.id}"}
            for field in self
            if field.errors
        ]
        narrative = f"#{self.narrative.id}"
        return found + [{"text": f"{reference}: {each}", "href": narrative} for each in self.form_errors]


def row_prefix(action_id: int) -> str:
    """Return what the names of a row's fields begin with."""
    return f"a{action_id}-"


def posted_row(action_id: int) -> RowForm:
    """Return a row as it came in with this request."""
    return RowForm(prefix=row_prefix(action_id))


def fresh_row(work: Work) -> RowForm:
    """Return a row as it is first drawn, with progress preset so that a narrative alone is enough.

    Nothing is preset where the agency last reported done and the Board has returned it.
    """
    action = work.action
    progress = "" if action.progress == Progress.DONE else action.progress
    form = RowForm(
        formdata=None,
        prefix=row_prefix(action.id),
        progress=progress,
        was=progress,
        version=str(action.version),
    )
    return form.offer(work)
