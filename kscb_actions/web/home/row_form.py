"""The form of one row of "My actions": read with WTForms, drawn from plain values."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from wtforms import Field, HiddenField

from kscb_actions.actions.rules import PROGRESS_NAMES, Progress
from kscb_actions.assurance.timeline.rules import TimelineEntry
from kscb_actions.text import clean_text
from kscb_actions.web.actions.action import AddingForm
from kscb_actions.web.assurance.forms import read_ids, write_ids
from kscb_actions.web.shared.forms import radios, text_area

# (value, words) of each progress; done can be chosen once there is evidence that can be submitted.
CHOICES = tuple((str(value), text) for value, text in PROGRESS_NAMES.items())
WITHOUT_DONE = tuple(each for each in CHOICES if each[0] != Progress.DONE)


@dataclass(frozen=True)
class Fields:
    """What the fields of a row hold when they are drawn, what is wrong with them, and what others did."""

    choices: Sequence[tuple[str, str]]
    progress: str
    was: str
    seen: str
    version: str
    narrative: str = ""
    progress_error: str = ""
    narrative_error: str = ""
    form_errors: Sequence[str] = ()
    since: Sequence[TimelineEntry] = ()

    def problems(self, prefix: str, reference: str) -> Iterable[dict[str, str]]:
        """Yield the errors for the error summary, each leading to its field."""
        if self.progress_error:
            yield {"text": f"{reference}: {self.progress_error}", "href": f"#{prefix}progress"}
        for text in (self.narrative_error, *self.form_errors):
            if text:
                yield {"text": f"{reference}: {text}", "href": f"#{prefix}narrative"}


class RowForm(AddingForm):
    """What a lead says of one action. `was` is the progress the row was drawn with, `seen` the
    ids of the evidence shown.

    A row nobody wrote in is left alone: no narrative, and the progress as it was drawn.
    """

    class Meta:
        csrf = False

    progress = radios("How far is it?")
    narrative = text_area("What has happened since the last update?")
    was = HiddenField()
    seen = HiddenField()

    @property
    def is_touched(self) -> bool:
        """Return whether somebody has written in this row."""
        moved = bool(self.progress.data) and self.progress.data != self.was.data
        return moved or bool(self.cleaned_narrative)

    @property
    def cleaned_narrative(self) -> str:
        """Return the narrative as it would be kept."""
        return clean_text(self.narrative.data).strip()

    @property
    def seen_evidence(self) -> set[int]:
        """Return the ids of the evidence the row was drawn with."""
        return read_ids(self.seen.data)

    def fields(self, evidence: Sequence[int]) -> Fields:
        """Return the row as it comes back with what was typed; `evidence` is there now."""
        return Fields(
            choices=_choices(evidence),
            progress=self.progress.data,
            # After a conflict, clearing the narrative leaves the row alone.
            was=self.progress.data if self.is_stale else self.was.data or "",
            seen=write_ids(evidence),
            version=self.version.data or "",
            narrative=self.narrative.data,
            progress_error=_error(self.progress),
            narrative_error=_error(self.narrative),
            form_errors=self.form_errors,
            since=self.since,
        )


def row_prefix(action_id: int) -> str:
    """Return what the names of a row's fields begin with."""
    return f"a{action_id}-"


def posted_row(action_id: int) -> RowForm:
    """Return a row as it came in with this request."""
    return RowForm(prefix=row_prefix(action_id))


def fresh_fields(action: Any, evidence: Sequence[int]) -> Fields:
    """Return a row as it is first drawn, with progress preset so that a narrative alone is enough.

    Nothing is preset where the agency last reported done and the Board has returned it.
    """
    progress = "" if action.progress == Progress.DONE else action.progress
    return Fields(_choices(evidence), progress, progress, write_ids(evidence), str(action.version))


def _choices(evidence: Sequence[int]) -> Sequence[tuple[str, str]]:
    return CHOICES if evidence else WITHOUT_DONE


def _error(field: Field) -> str:
    return str(field.errors[0]) if field.errors else ""
