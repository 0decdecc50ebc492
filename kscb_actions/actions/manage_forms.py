"""Forms with which a board manager records and changes actions."""

from collections.abc import Iterable
from typing import Any

from ..forms import DayField, HouseForm, options, radios, save_button, select, ticks, words
from ..people.models import Agency, User
from .models import Action
from .rules import STANDING_NAMES
from .service import ActionFacts

EVERY_AGENCY = "all"
HINT = (
    "Each gets an action of its own with these words. Where an agency has one lead it is theirs; "
    "tick the agency to choose."
)
NOBODY = ("", "Nobody yet")


class ActionForm(HouseForm):
    """The words and first due date of an action."""

    text = words("What is the agency to do?", "One thing that can be finished and shown.")
    success_measure = words("How will the Board see that it is done? (optional)", "The success measure.")
    due_on = DayField(
        "Due date (optional)", description="For example, 27 3 2012. Without one it shows as amber."
    )
    submit = save_button()


class EditActionForm(ActionForm):
    """An action to change."""

    lead = select("Lead", wrong="Choose a lead from the list.")

    def offer(self, leads: Iterable[User]) -> None:
        """Put the agency's leads on offer."""
        self.lead.choices = options([NOBODY, *((str(each.id), each.name) for each in leads)])

    @staticmethod
    def filled(action: Action) -> dict[str, Any]:
        """The values of the fields as the action has them."""
        return {
            "version": str(action.version),
            "text": action.text,
            "success_measure": action.success_measure,
            "due_on": action.original_due_on,
            "lead": str(action.lead_id or ""),
        }


class StandingForm(HouseForm):
    """Whether an action counts, and why."""

    standing = radios("What happens to the action?")
    reason = words("Reason", "For whoever reads this later, the agency too.")
    submit = save_button()

    def offer(self, action: Action) -> None:
        """Offer what would change something."""
        others = [(value, name) for value, name in STANDING_NAMES.items() if value != action.standing]
        self.standing.choices = options(others)

    @staticmethod
    def filled(action: Action) -> dict[str, Any]:
        """The standing as it is, in words."""
        return {"standing": STANDING_NAMES[action.standing], "reason": action.standing_reason}


class NewActionsForm(ActionForm):
    """One action for each agency that is ticked. `new_actions_form` adds a lead for each agency."""

    agencies = ticks("Which agencies?", hint=HINT)

    def chosen(self, agencies: list[Agency]) -> list[Agency]:
        """The agencies ticked, all of them where that is ticked."""
        ticked = self.agencies.data or ()
        return [each for each in agencies if EVERY_AGENCY in ticked or each.code in ticked]

    def reveal(self, agencies: list[Agency]) -> None:
        """Tick each agency where all are ticked, so that a message beside its lead is in sight."""
        if EVERY_AGENCY in (self.agencies.data or ()):
            self.agencies.data = [EVERY_AGENCY, *(each.code for each in agencies)]

    def leads(self, people: Iterable[User]) -> dict[int, User]:
        """{agency id: the lead chosen for it}."""
        known = {str(person.id): person for person in people}
        found = {}
        for name, field in self._fields.items():
            if name.startswith("lead_") and field.data in known:
                found[int(name.removeprefix("lead_"))] = known[field.data]
        return found

    def facts(self) -> ActionFacts:
        """What was typed, for the service."""
        return ActionFacts(self.text.data, self.success_measure.data, self.due_on.data)


def new_actions_form(agencies: list[Agency], people: list[User], named: set[int] | None) -> NewActionsForm:
    """A form with a lead to choose for each agency: its only lead unless another is chosen.

    `named` are the ids of the people named on a restricted review (None where it is not restricted): a lead
    who is not named is offered, so that the manager learns what to do, but never chosen beforehand.
    """
    fields: dict[str, Any] = {}
    for agency in agencies:
        own = [person for person in people if person.agency_id == agency.id]
        only = str(own[0].id) if len(own) == 1 and (named is None or own[0].id in named) else ""
        choices = [NOBODY, *((str(each.id), each.name) for each in own)]
        field = select(f"Lead of {agency.name}", choices, wrong="Choose a lead from the list.")
        field.kwargs["default"] = only
        fields[f"lead_{agency.id}"] = field
    form = type("NewActionsFormWithLeads", (NewActionsForm,), fields)()
    every = (EVERY_AGENCY, f"All Board agencies ({len(agencies)})")
    form.agencies.choices = options([every, *((each.code, each.name) for each in agencies)])
    return form
