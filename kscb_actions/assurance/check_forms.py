"""The form of the Board's check."""

from wtforms.validators import ValidationError

from ..actions.forms import AddingForm
from ..forms import radios, save_button, words
from ..text import clean_text

ACCEPT, RETURN = "accept", "return"


class CheckForm(AddingForm):
    """Accept what was reported done, or return it; either with the reason."""

    decision = radios(
        "What do you decide?",
        [
            (ACCEPT, "Accept it: the evidence shows that it was done"),
            (RETURN, "Return it: something is missing"),
        ],
        "The agency sees your decision and the reason.",
    )
    reason = words(
        "What convinced you, or what is missing?",
        "If you accept it, name the evidence. If you return it, say what the agency has to show.",
    )
    submit = save_button("Save the decision")

    @property
    def is_accepted(self) -> bool:
        """Whether it is to be accepted."""
        return bool(self.decision.data == ACCEPT)

    def validate_decision(self, field: object) -> None:
        """One of the two has to be chosen."""
        if self.decision.data not in (ACCEPT, RETURN):
            raise ValidationError("Choose whether to accept or return it.")

    def validate_reason(self, field: object) -> None:
        """What is asked for depends on the decision."""
        if clean_text(self.reason.data or "").strip():
            return
        if self.decision.data == RETURN:
            raise ValidationError("Say what is missing, so that it can be put right.")
        raise ValidationError(
            "Say what convinced you." if self.is_accepted else "Say what convinced you, or what is missing."
        )
