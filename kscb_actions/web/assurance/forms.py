"""Forms of evidence and of reporting done."""

from collections.abc import Iterable, Sequence
from textwrap import shorten

from flask_wtf.file import MultipleFileField
from govuk_frontend_wtf.wtforms_widgets import GovFileInput
from wtforms import HiddenField

from kscb_actions.assurance.models import Evidence
from kscb_actions.assurance.rules import EVIDENCE_KIND_NAMES, MAX_FILES, EvidenceKind
from kscb_actions.text import whole_number
from kscb_actions.web.actions.action import AddingForm
from kscb_actions.web.shared.forms import (
    DayField,
    HouseForm,
    checkboxes,
    options,
    radios,
    reason_area,
    save_button,
    text_area,
)
from kscb_actions.wording import date_uk


class EvidenceForm(HouseForm):
    """One piece of evidence: one or more files, and what they show."""

    takes_files = ("files",)
    files = MultipleFileField(
        "Files",
        description=f"Up to {MAX_FILES} files, each at most 25 MB: Word, Excel or PowerPoint "
        "(docx, xlsx, pptx), PDF, jpg, png, saved email (eml, msg), txt or csv. "
        "To choose several, hold Ctrl or Shift.",
        widget=GovFileInput(multiple=True),
    )
    kind = radios("What kind of evidence is it?", EVIDENCE_KIND_NAMES.items())
    dated_on = DayField(
        "What date does it speak of?",
        called="Date it speaks of",
        description="The date of the audit, the meeting or the policy; not of today.",
    )
    description = text_area("What does it show?", "A sentence or two. No names of children or families.")
    submit = save_button("Attach the evidence")

    def split_refusals(self) -> list[dict[str, str]]:
        """Return the errors for the summary, one for each file refused; the field shows them as one text."""
        found = []
        for field in self:
            for each in field.errors[:1]:
                found += [{"text": text, "href": f"#{field.id}"} for text in str(each).split("\n")]
        return found + [{"text": str(each), "href": "#files"} for each in self.form_errors]


class WithdrawEvidenceForm(HouseForm):
    """Why a piece of evidence is taken back."""

    reason = reason_area("Why is it withdrawn?", "For example, it was attached to the wrong action.")
    submit = save_button("Withdraw the evidence")


class DoneForm(AddingForm):
    """Reporting an action done. `seen` holds the ids of the evidence that the page showed."""

    chosen = checkboxes(
        "Which evidence goes with your report?",
        hint="The Board checks exactly what you choose. The rest stays with the action.",
    )
    narrative = text_area(
        "What was done, and what is different now?",
        "Say how the evidence meets the success measure. No names of children or families.",
    )
    seen = HiddenField()
    submit = save_button("Report it done")

    @property
    def seen_evidence(self) -> set[int]:
        """Return the ids of the evidence the page showed."""
        return read_ids(self.seen.data)

    @property
    def chosen_evidence(self) -> set[int]:
        """Return the ids of the evidence that was ticked."""
        return read_ids(",".join(self.chosen.data or []))

    def offer(self, evidence: Sequence[Evidence]) -> None:
        """Offer this evidence, all of it ticked until somebody has chosen."""
        self.chosen.choices = options((str(each.id), _piece(each)) for each in evidence)
        if not self.is_submitted():
            self.chosen.data = [str(each.id) for each in evidence]


def _piece(evidence: Evidence) -> str:
    kind = EVIDENCE_KIND_NAMES[EvidenceKind(evidence.kind)]
    return f"{kind}, of {date_uk(evidence.dated_on)}: {shorten(evidence.description, 120, placeholder='…')}"


def read_ids(text: str | None) -> set[int]:
    """Return the ids in a hidden field, joined by commas; what is not a number is none."""
    return {id for each in (text or "").split(",") if (id := whole_number(each)) is not None}


def write_ids(ids: Iterable[int]) -> str:
    """Return ids as `read_ids` reads them."""
    return ",".join(map(str, ids))
