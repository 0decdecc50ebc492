"""Forms of those outside the agency who decide on due dates."""

from wtforms.validators import ValidationError

from ..forms import DayField, HouseForm, radios, save_button, words
from ..text import clean_text
from .forms import AddingForm

AGREE, REFUSE = "agree", "refuse"
NO_REASON = "Say why, for the agency and for the record."


class DueDateForm(AddingForm):
    """A new due date, given from outside the agency."""

    due_on = DayField("New due date", missing="Enter the new due date.")
    reason = words("Why is it changed?", "The agency sees the reason, and it stays with the action.")
    submit = save_button("Change the due date")

    def validate_reason(self, field: object) -> None:
        """Said together with a date that cannot be read, so that nothing is found wrong twice."""
        if self.due_on.data is None and not clean_text(self.reason.data or "").strip():
            raise ValidationError(NO_REASON)


class DecideExtensionForm(HouseForm):
    """The answer to a request for more time."""

    answer = radios(
        "Do you agree to the new date?",
        [(AGREE, "Agree: the due date moves"), (REFUSE, "Refuse: the due date stays")],
        "Either way the first due date stays in sight.",
    )
    reason = words("Why?", "The agency sees the reason, and it stays with the action.")
    submit = save_button("Save the decision")

    def validate_answer(self, field: object) -> None:
        """One of the two has to be chosen."""
        if self.answer.data not in (AGREE, REFUSE):
            raise ValidationError("Choose whether you agree to the new date.")

    def validate_reason(self, field: object) -> None:
        """Said together with a missing answer, so that nothing is found wrong twice."""
        if not clean_text(self.reason.data or "").strip():
            raise ValidationError(NO_REASON)
