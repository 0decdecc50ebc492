"""What the pages of a meeting show of each case, and by what its agenda is narrowed."""

from collections.abc import Callable
from dataclasses import dataclass, fields

from kscb_actions import clock
from kscb_actions.child_deaths import terms
from kscb_actions.child_deaths.cases.at_a_glance import WAITING, AgendaFilter, Glance, at_a_glance
from kscb_actions.child_deaths.cases.models import ChildDeath
from kscb_actions.child_deaths.judging.rules import category_words
from kscb_actions.child_deaths.meetings.queries import ListedItem
from kscb_actions.settings.districts import read_districts
from kscb_actions.web.shared.asked import Choice, asked_for, choice, in_force

CATEGORIES = {str(number): category_words(number) for number in terms.CATEGORIES}


@dataclass(frozen=True)
class ShownAgenda:
    """Hold how an agenda is narrowed, as the address says, and what is said of each case."""

    asked: dict[str, str]
    filters: AgendaFilter
    choices: list[Choice]
    applied: list[dict[str, str]]
    glance: Callable[[ChildDeath], Glance]

    def keeps(self, death: ChildDeath) -> bool:
        """Return whether a case is shown."""
        return self.filters.keeps(death, clock.today())

    def narrowed(self, items: list[ListedItem]) -> list[ListedItem]:
        """Return the items that are shown, with their numbers; a closed one only where nothing is asked."""
        if not self.filters.is_any:
            return items
        return [(number, row) for number, row in items if row and self.keeps(row.case.death)]


def shown_agenda() -> ShownAgenda:
    """Return how the agenda on this page is narrowed. One query."""
    asked, districts = asked_for(), read_districts()
    names = [field.name for field in fields(AgendaFilter)]
    choices = [
        choice("age", "Age at death", terms.AGE_BANDS),
        choice("category", "Category suspected", CATEGORIES),
        choice("district", "District", districts.names),
        choice("waiting", "Waiting", WAITING),
    ]
    words: list[tuple[str, str]] = [each.in_words(asked.get(each.name, "")) for each in choices]
    filters = AgendaFilter(**{name: asked.get(name, "") for name in names})

    def glance(death: ChildDeath) -> Glance:
        return at_a_glance(death, districts.names)

    return ShownAgenda(asked, filters, choices, in_force(asked, words), glance)
