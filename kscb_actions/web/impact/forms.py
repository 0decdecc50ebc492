"""Forms with which a difference is told, judged and taken back."""

from collections.abc import Iterable
from typing import Any

from flask_wtf.file import MultipleFileField
from govuk_frontend_wtf.wtforms_widgets import GovFileInput

from kscb_actions.impact.models import ImpactAccount
from kscb_actions.impact.rules import OUTCOME_NAMES, JudgementFacts
from kscb_actions.people.models import Agency
from kscb_actions.web.shared.forms import (
    DayField,
    HouseForm,
    options,
    radios,
    save_button,
    select,
    text_area,
)


class SayForm(HouseForm):
    """What one agency says of the difference made."""

    text = text_area(
        "What is different for children?",
        "Or what is not. In your agency’s words, without names of families.",
    )
    takes_files = ("files",)
    shown_by = text_area("What shows it?", "Such as an audit, figures, what children and families have said.")
    files = MultipleFileField(
        "Files that show it (optional)",
        description="Word, Excel or PowerPoint (docx, xlsx, pptx), PDF, jpg, png, saved email (eml, msg), "
        "txt or csv, at most 25 MB each. Without names of families.",
        widget=GovFileInput(multiple=True),
    )
    submit = save_button()

    @staticmethod
    def filled(row: ImpactAccount) -> dict[str, Any]:
        """Return the values of the fields as they are saved."""
        return {"text": row.text, "shown_by": row.shown_by}


class JudgeForm(HouseForm):
    """What is judged of the difference made, and the new work it opens."""

    outcome = radios(
        "Did it make a difference for children?", [(str(each), name) for each, name in OUTCOME_NAMES.items()]
    )
    reason = text_area("What is this judged by?")
    work = text_area(
        "What is to be done instead?", "Where it made no difference. Else leave these three empty."
    )
    agency = select("Who is to do it?", wrong="Choose an agency from the list.")
    due_on = DayField("By when?", called="The day by which it is to be done")
    submit = save_button("Save the judgement")

    def offer(self, agencies: Iterable[Agency]) -> None:
        """Offer these agencies for the new work."""
        named = [(str(each.id), each.name) for each in agencies]
        self.agency.choices = options([("", "Choose an agency"), *named])

    def facts(self) -> JudgementFacts:
        """Return what was typed, for the service."""
        agency = self.agency.data
        return JudgementFacts(
            outcome=self.outcome.data,
            reason=self.reason.data,
            work=self.work.data,
            agency_id=int(agency) if agency else None,
            due_on=self.due_on.data,
        )


class TakeBackForm(HouseForm):
    """What was wrong with what is taken back."""

    reason = text_area("What was wrong with it?", "It stays readable, with this reason.")
    submit = save_button("Take it back")
