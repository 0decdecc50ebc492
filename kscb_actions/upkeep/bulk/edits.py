"""The changes that can be made to many actions at once, each by the operation that changes one."""

from abc import ABC, abstractmethod
from dataclasses import dataclass
from datetime import date
from typing import Any

from kscb_actions import clock
from kscb_actions.access.policy import Permission, Viewer
from kscb_actions.actions.extensions import change_due_date
from kscb_actions.actions.models import Action, facts_of
from kscb_actions.actions.rules import STANDING_NAMES, Standing, problem_with_reason
from kscb_actions.actions.service import set_standing, why_not_lead
from kscb_actions.audit.service import change
from kscb_actions.people.models import User
from kscb_actions.prepared import prepared
from kscb_actions.reviews.models import RecommendationTheme, Theme
from kscb_actions.reviews.queries import require_on
from kscb_actions.text import InvalidInput, clean_text
from kscb_actions.upkeep.moving.service import Move, move_action, problems_of
from kscb_actions.wording import date_uk, lower_first, plural

from .rules import why_no_new_lead

NOBODY = "Nobody yet"


class Edit(ABC):
    """A change of many actions."""

    @abstractmethod
    def problems(self) -> dict[str, str]:
        """Return {field: message} for what is wrong with the change itself, whichever actions it is of."""

    @abstractmethod
    def value(self, action: Action) -> str:
        """Return in words what the action has in the place of which the change speaks."""

    @abstractmethod
    def is_so(self, action: Action) -> bool:
        """Return whether the action is already as the change makes it."""

    @abstractmethod
    def apply(self, viewer: Viewer, action: Action) -> None:
        """Make the change of one action. Raises InvalidInput, Refused, StaleEdit."""

    @abstractmethod
    def told(self, count: int) -> str:
        """Return in one sentence what was changed, of so many actions; no reference of any."""


@dataclass(frozen=True)
class NewLead(Edit):
    """Another lead of the same agency, or nobody."""

    lead: User | None
    is_chosen: bool = True

    def problems(self) -> dict[str, str]:
        """Return {field: message}."""
        return {} if self.is_chosen else {"lead": "Choose who leads them."}

    def value(self, action: Action) -> str:
        """Return who leads the action."""
        return action.lead.name if action.lead else NOBODY

    def is_so(self, action: Action) -> bool:
        """Return whether they lead it already."""
        return action.lead_id == (self.lead.id if self.lead else None)

    def apply(self, viewer: Viewer, action: Action) -> None:
        """Hand the action over."""
        require_on(viewer, Permission.EDIT_ACTION, action.review)
        wrong = why_no_new_lead(facts_of(action)) or why_not_lead(action.review, action.agency_id, self.lead)
        if wrong:
            raise InvalidInput({"lead": wrong})
        told = {"from": self.value(action), "to": self.lead.name if self.lead else NOBODY}
        action.lead = self.lead
        with change(viewer) as tx:
            tx.update(action, "action.handed-over", detail=told)

    def told(self, count: int) -> str:
        """Return it in one sentence."""
        return f"{plural(count, 'action')} handed over to {self.lead.name if self.lead else 'nobody yet'}."


@dataclass(frozen=True)
class NewAgency(Edit):
    """Another agency, which takes the actions over."""

    move: Move

    def problems(self) -> dict[str, str]:
        """Return {field: message}."""
        return problems_of(self.move)

    def value(self, action: Action) -> str:
        """Return whose the action is, and who leads it."""
        return f"{action.agency.name}, {action.lead.name if action.lead else 'no lead'}"

    def is_so(self, action: Action) -> bool:
        """Return whether it is theirs already."""
        return bool(self.move.to) and action.agency_id == self.move.to.id  # type: ignore[union-attr]

    def apply(self, viewer: Viewer, action: Action) -> None:
        """Move the action."""
        move_action(viewer, action, self.move)

    def told(self, count: int) -> str:
        """Return it in one sentence."""
        to = self.move.to.name if self.move.to else ""
        return f"{plural(count, 'action')} moved to {to} on {date_uk(self.move.on)}."


@dataclass(frozen=True)
class NewDueDate(Edit):
    """A later due date, given by the Board with the reason; counted as an extension of each action."""

    due_on: date | None
    reason: str

    def problems(self) -> dict[str, str]:
        """Return {field: message}."""
        problems = problem_with_reason(clean_text(self.reason))
        if self.due_on is None:
            problems["due_on"] = "Enter the new due date."
        elif self.due_on <= clock.today():
            problems["due_on"] = "The new due date must be in the future."
        return problems

    def value(self, action: Action) -> str:
        """Return when the action is due."""
        return date_uk(action.current_due_on) if action.current_due_on else "No date"

    def is_so(self, action: Action) -> bool:
        """Return whether it is due then already."""
        return action.current_due_on == self.due_on

    def apply(self, viewer: Viewer, action: Action) -> None:
        """Give the action the new date."""
        if self.due_on:
            change_due_date(viewer, action, self.due_on, self.reason)

    def told(self, count: int) -> str:
        """Return it in one sentence."""
        return f"Due date of {plural(count, 'action')} changed to {date_uk(self.due_on)}."


@dataclass(frozen=True)
class NewStanding(Edit):
    """On hold, superseded, withdrawn or active again, with the reason."""

    standing: str
    reason: str

    def problems(self) -> dict[str, str]:
        """Return {field: message}."""
        problems = problem_with_reason(clean_text(self.reason), "Say why, for whoever reads this later.")
        if self.standing not in STANDING_NAMES:
            problems["standing"] = "Choose what is to happen to the actions."
        return problems

    def value(self, action: Action) -> str:
        """Return the action's standing."""
        return STANDING_NAMES[Standing(action.standing)]

    def is_so(self, action: Action) -> bool:
        """Return whether it has that standing already."""
        return action.standing == self.standing

    def apply(self, viewer: Viewer, action: Action) -> None:
        """Change the action's standing."""
        set_standing(viewer, action, self.standing, self.reason)

    def told(self, count: int) -> str:
        """Return it in one sentence."""
        return f"{plural(count, 'action')} made {lower_first(STANDING_NAMES[Standing(self.standing)])}."


@dataclass(frozen=True)
class NewTheme(Edit):
    """A theme, given to the recommendations that the actions answer."""

    theme: Theme | None

    def problems(self) -> dict[str, str]:
        """Return {field: message}."""
        return {} if self.theme else {"theme": "Choose a theme."}

    def value(self, action: Action) -> str:
        """Return the themes of the action's recommendation."""
        return ", ".join(_themes_of(action)) or "No theme"

    def is_so(self, action: Action) -> bool:
        """Return whether the recommendation has the theme, also by another action of the same step."""
        return self.theme is not None and self.theme.name in _themes_of(action)

    def apply(self, viewer: Viewer, action: Action) -> None:
        """Give the recommendation the theme."""
        require_on(viewer, Permission.EDIT_REVIEW, action.review)
        row = RecommendationTheme(
            review=action.review_id, recommendation=action.recommendation_id, theme=self.theme
        )
        with change(viewer) as tx:
            tx.add(row, "recommendation.theme-added")

    def told(self, count: int) -> str:
        """Return it in one sentence."""
        name = self.theme.name if self.theme else ""
        return f"Theme “{name}” given to {plural(count, 'recommendation')}."


def _themes_of(action: Action) -> list[str]:
    return [name for (name,) in _theme_names(recommendation=action.recommendation_id)]


@prepared
def _theme_names(*, recommendation: Any) -> Any:
    query = Theme.select(Theme.name).join(RecommendationTheme)
    return query.where(RecommendationTheme.recommendation == recommendation).order_by(Theme.name).tuples()
