"""Forms of moving actions and of changing many at once."""

from collections.abc import Iterable, Sequence
from typing import Any, ClassVar

from wtforms import HiddenField

from kscb_actions import clock
from kscb_actions.actions.rules import STANDING_NAMES
from kscb_actions.people.models import Agency, User
from kscb_actions.people.queries import list_agencies, list_leads
from kscb_actions.reviews.models import Theme
from kscb_actions.reviews.queries import list_themes
from kscb_actions.upkeep.bulk.edits import Edit, NewAgency, NewDueDate, NewLead, NewStanding, NewTheme
from kscb_actions.upkeep.moving.service import Move
from kscb_actions.upkeep.succession.queries import LeadGroup
from kscb_actions.upkeep.succession.service import Closing
from kscb_actions.web.shared.forms import (
    DayField,
    HouseForm,
    options,
    radios,
    reason_area,
    save_button,
    select,
)

NOT_CHOSEN, NOBODY = "", "nobody"
OF_LEADS = "A lead leads the actions of their own agency only."


def _with_agency(leads: Iterable[User]) -> list[tuple[str, str]]:
    return [(str(each.id), f"{each.name}, {each.agency.name}") for each in leads]


def _to_choose(first: str, pairs: Iterable[tuple[str, str]]) -> Any:
    return options([(NOT_CHOSEN, first), *pairs])


class SelectionForm(HouseForm):
    """A change of the actions chosen, which `rows` names with the versions seen."""

    heading: ClassVar[str]
    rows = HiddenField()

    def offer(self) -> None:
        """Fill the lists to choose from."""

    def edit(self) -> Edit:
        """Return the change that was typed."""
        raise NotImplementedError


class LeadForm(SelectionForm):
    """Another lead."""

    heading = "Give them another lead"
    lead = select("Who leads them?", hint=OF_LEADS, wrong="Choose a lead from the list.")

    def offer(self) -> None:
        """Offer every lead who can sign in."""
        self._leads = {str(each.id): each for each in list_leads()}
        pairs = [*_with_agency(self._leads.values()), (NOBODY, "Nobody yet")]
        self.lead.choices = _to_choose("Choose", pairs)

    def edit(self) -> Edit:
        """Return the change that was typed."""
        return NewLead(self._leads.get(self.lead.data), self.lead.data != NOT_CHOSEN)


class MoveForm(SelectionForm):
    """Another agency, which takes the work over."""

    heading = "Move them to another agency"
    to = select("Which agency takes them over?", wrong="Choose an agency from the list.")
    lead = select(
        "Who leads them there?", hint="A lead of that agency.", wrong="Choose a lead from the list."
    )
    on = DayField("From which day are they theirs?", called="The day")
    reason = reason_area("Why?", "Both agencies see it, and it stays with the action.")

    def offer(self) -> None:
        """Offer the agencies in use and their leads."""
        self._agencies = {str(each.id): each for each in list_agencies()}
        self._leads = {str(each.id): each for each in list_leads()}
        self.to.choices = _to_choose("Choose", [(key, each.name) for key, each in self._agencies.items()])
        self.lead.choices = _to_choose("Nobody yet", _with_agency(self._leads.values()))
        if not self.is_submitted() and self.on.data is None:
            self.on.data = clock.today()

    def move(self) -> Move:
        """Return the move that was typed."""
        to, lead = self._agencies.get(self.to.data), self._leads.get(self.lead.data)
        return Move(to, self.on.data, self.reason.data, lead)

    def edit(self) -> Edit:
        """Return the change that was typed."""
        return NewAgency(self.move())


class MoveOneForm(MoveForm):
    """Another agency for one action."""

    submit = save_button("Move the action")


class DueDateForm(SelectionForm):
    """A later due date."""

    heading = "Give them a new due date"
    due_on = DayField("New due date", description="It is counted as an extension of each action.")
    reason = reason_area("Why is it changed?", "The agencies see the reason, and it stays with the actions.")

    def edit(self) -> Edit:
        """Return the change that was typed."""
        return NewDueDate(self.due_on.data, self.reason.data)


class StandingForm(SelectionForm):
    """On hold, superseded, withdrawn, or active again."""

    heading = "Hold, supersede or withdraw them"
    standing = radios("What happens to them?", list(STANDING_NAMES.items()))
    reason = reason_area("Reason", "For whoever reads this later, the agencies too.")

    def edit(self) -> Edit:
        """Return the change that was typed."""
        return NewStanding(self.standing.data, self.reason.data)


class ThemeForm(SelectionForm):
    """A theme for the recommendations that the actions answer."""

    heading = "Give their recommendations a theme"
    theme = select("Theme", hint="Themes belong to recommendations.", wrong="Choose a theme from the list.")

    def offer(self) -> None:
        """Offer every theme."""
        self._themes: dict[str, Theme] = {str(each.id): each for each in list_themes()}
        self.theme.choices = _to_choose("Choose", [(key, each.name) for key, each in self._themes.items()])

    def edit(self) -> Edit:
        """Return the change that was typed."""
        return NewTheme(self._themes.get(self.theme.data))


CHANGES: dict[str, type[SelectionForm]] = {
    "lead": LeadForm,
    "agency": MoveForm,
    "due": DueDateForm,
    "standing": StandingForm,
    "theme": ThemeForm,
}


class ClosingForm(HouseForm):
    """The day an agency closed, who follows it, and who leads its open actions there.

    `closing_form` adds for each lead of today the person who takes over.
    """

    on = DayField("When did it close?", called="The day")
    successor = select(
        "Which agency follows it?",
        hint="It takes over what is open. Without one the actions stay, and wait for an agency.",
        wrong="Choose an agency from the list.",
    )
    lead = select("Who leads the open actions there?", wrong="Choose a lead from the list.")
    rows = HiddenField()

    def offer(self, agency: Agency) -> None:
        """Offer the other agencies in use, and their leads."""
        self._agencies = {str(each.id): each for each in list_agencies() if each.id != agency.id}
        leads = [each for each in list_leads() if each.agency_id != agency.id]
        self._leads = {str(each.id): each for each in leads}
        names = [(key, each.name) for key, each in self._agencies.items()]
        self.successor.choices = _to_choose("None", names)
        self.lead.choices = _to_choose("Nobody yet", _with_agency(leads))
        for name, field in self._fields.items():
            if name.startswith("lead_"):
                pairs = [*_with_agency(leads), (NOBODY, "Nobody yet")]
                field.choices = _to_choose("The same as above", pairs)

    def closing(self) -> Closing:
        """Return what was typed, for the service."""
        chosen = {
            int(name.removeprefix("lead_")): self._leads.get(field.data)
            for name, field in self._fields.items()
            if name.startswith("lead_") and field.data != NOT_CHOSEN
        }
        successor = self._agencies.get(self.successor.data)
        return Closing(self.on.data, successor, self._leads.get(self.lead.data), chosen)


def closing_form(agency: Agency, groups: Sequence[LeadGroup], **filled: Any) -> ClosingForm:
    """Return the form of closing an agency, with a lead to choose for each group of its open actions."""
    fields = {
        f"lead_{group.key}": select(
            f"Instead of {group.lead.name if group.lead else 'nobody'} ({group.count})",
            wrong="Choose a lead from the list.",
        )
        for group in groups
    }
    form: ClosingForm = type("ClosingFormWithLeads", (ClosingForm,), fields if len(fields) > 1 else {})(
        **filled
    )
    form.offer(agency)
    return form
