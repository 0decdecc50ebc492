"""Forms of referrals: whether a death is referred, and what the SCR subgroup answers."""

from ..forms import DayField, HouseForm, options, radios, save_button, select, words
from .rules import OUTCOMES

ANSWERS = {"yes": "Refer the death to the SCR subgroup", "no": "Do not refer it"}


class ReferForm(HouseForm):
    """Whether a death is referred, with the reason."""

    is_referred = radios("Is the death referred?", ANSWERS.items())
    reason = words("Reason", "The subgroup reads it if you refer. No names, dates of birth or addresses.")
    decided_on = DayField(
        "When was this decided?", called="Date of the decision", description="For example, 27 3 2012."
    )
    submit = save_button("Record")

    @property
    def said(self) -> bool | None:
        """The answer; None when there is none."""
        return {"yes": True, "no": False}.get(self.is_referred.data)


class AnswerForm(HouseForm):
    """What the subgroup decided on a referral."""

    outcome = radios("What did the subgroup decide?", OUTCOMES.items())
    reason = words("Reason", "The panel’s co-ordinator reads it.")
    answered_on = DayField(
        "When was this decided?", called="Date of the decision", description="For example, 27 3 2012."
    )
    review = select("The review, if it is recorded here (optional)", wrong="Choose a review from the list.")
    submit = save_button("Record the answer")

    def offer(self, references: list[str]) -> None:
        """Put these reviews on offer."""
        self.review.choices = options([("", "None"), *((each, each) for each in references)])
