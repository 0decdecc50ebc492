"""Forms of interests: one to declare, one to lift."""

from ..forms import HouseForm, options, save_button, select, words
from ..people.models import User


class InterestForm(HouseForm):
    """An interest to declare: one's own, or what another said to the co-ordinator."""

    person = select("Whose interest is it?", wrong="Choose a person from the list.")
    nature = words("What is the interest?", "In a few words, like “I treated the child”. No names.")
    submit = save_button("Declare the interest")

    def offer(self, own: tuple[str, str], others: list[User]) -> None:
        """Put oneself first, then these people on offer. Nobody is preset: to them the case closes."""
        self.person.choices = options(
            [("", "Choose a person"), own, *((str(each.id), each.name) for each in others)]
        )


class LiftForm(HouseForm):
    """The reason for which an interest is lifted."""

    reason = words("Reason", "For whoever reads this later.")
    submit = save_button("Lift the interest")
