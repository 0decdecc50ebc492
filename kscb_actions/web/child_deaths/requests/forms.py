"""Forms of an agency's answer to a request, and of what is said of it."""

from typing import Any

from flask_wtf.file import MultipleFileField
from govuk_frontend_wtf.wtforms_widgets import GovFileInput
from wtforms import HiddenField

from kscb_actions.child_deaths import terms
from kscb_actions.child_deaths.identity import CHECKED
from kscb_actions.child_deaths.requests.models import ReturnPart
from kscb_actions.child_deaths.requests.rules import MOST_FILES, OUTCOME_NAMES, Answer, Section
from kscb_actions.text import whole_number
from kscb_actions.web.shared.forms import DayField, HouseForm, radios, save_button, text_area


class PartForm(HouseForm):
    """Ask one section of the form."""

    choice = radios("", terms.YES_NO.items())
    text = text_area("", "")
    submit = save_button("Save and go on")

    def __init__(self, section: Section, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.text.label.text, self.text.description = section.title, f"{section.hint} {CHECKED}"
        if section.question:
            self.choice.label.text = section.question
            self.text.label.text = "Say more"
        else:
            del self.choice

    @property
    def answer(self) -> Answer:
        """Return what was typed."""
        return Answer(self.text.data, self.choice.data if "choice" in self else "")

    @staticmethod
    def filled(part: ReturnPart | None) -> dict[str, Any]:
        """Return the values of the fields as the section was last saved."""
        if part is None:
            return {"version": "0"}
        return {"version": str(part.version), "choice": part.choice, "text": part.text}


class FilesForm(HouseForm):
    """Ask for files that go with the answer."""

    takes_files = ("files",)
    files = MultipleFileField(
        "Files",
        description=f"Up to {MOST_FILES} files, each at most 25 MB: Word, Excel or PowerPoint "
        "(docx, xlsx, pptx), PDF, jpg, png, saved email (eml, msg), txt or csv. "
        "To choose several, hold Ctrl or Shift.",
        widget=GovFileInput(multiple=True),
    )
    submit = save_button("Attach")


class SendForm(HouseForm):
    """Ask nothing: what was saved is sent."""

    submit = save_button("Send the answer")


class RemoveFileForm(HouseForm):
    """Ask nothing: the file is taken off."""

    submit = save_button("Take the file off")


class JudgeForm(HouseForm):
    """Ask whether an answer is accepted, and if not what is missing. `seen`: the number of the answer."""

    outcome = radios("What do you do with this answer?", OUTCOME_NAMES.items())
    reason = text_area(
        "If you return it: what is missing?",
        f"The agency’s contact reads this beside the form. {CHECKED}",
    )
    due_on = DayField("If you return it: when is it due again?", called="Date it is due again")
    seen = HiddenField()
    submit = save_button("Save")

    @property
    def seen_number(self) -> int:
        """Return the number of the answer that the page showed; 0, which fits none, when it is no number."""
        return whole_number(self.seen.data) or 0
