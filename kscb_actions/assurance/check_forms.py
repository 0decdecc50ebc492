"""The form of the Board's check."""

from wtforms.validators import ValidationError

from ..forms import HouseForm, radios, save_button, words
from ..text import clean_text

ACCEPT, RETURN = "accept", "return"


class CheckForm(HouseForm):
    """Accept what was reported done, or return it; each with its own reason."""

    decision = radios(
        "What do you decide?",
        [
            (ACCEPT, "Accept it: the evidence shows that it was done"),
            (RETURN, "Return it: something is missing"),
        ],
        "The agency sees your decision and the reason.",
    )
    convinced = words("What convinced you?", "Name the evidence, for whoever reads this in two years.")
    missing = words("What is missing?", "Say what the agency has to show, so that it can put it right.")
    submit = save_button("Save the decision")

    @property
    def is_accepted(self) -> bool:
        """Whether it is to be accepted."""
        return bool(self.decision.data == ACCEPT)

    @property
    def reason(self) -> str:
        """The reason that goes with the decision."""
        return clean_text((self.convinced if self.is_accepted else self.missing).data or "")

    def validate_decision(self, field: object) -> None:
        """One of the two has to be chosen."""
        if self.decision.data not in (ACCEPT, RETURN):
            raise ValidationError("Choose whether to accept or return it.")

    def validate_convinced(self, field: object) -> None:
        """An acceptance says what convinced."""
        if self.decision.data == ACCEPT and not self.reason.strip():
            raise ValidationError("Say what convinced you.")

    def validate_missing(self, field: object) -> None:
        """A return says what is missing."""
        if self.decision.data == RETURN and not self.reason.strip():
            raise ValidationError("Say what is missing, so it can be put right.")
