"""A case in a line of an agenda: what a panel asks first, and by what an agenda is narrowed."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from kscb_actions.child_deaths import terms
from kscb_actions.wording import date_short, lower_first

from .models import ChildDeath
from .rules import suspected_category, whole_months

# By complete months since the panel was notified.
WAITING = {
    "3": "Three months or more",
    "6": "Six months or more",
    "12": "A year or more",
}


@dataclass(frozen=True)
class Glance:
    """Hold what an agenda says of a case, in words. `category` is "" where nothing suggests one."""

    age: str
    category: str
    district: str
    waiting: str

    @property
    def line(self) -> str:
        """Return all of it as one line."""
        return ", ".join(
            part for part in (self.age, self.district, self.category, lower_first(self.waiting)) if part
        )


@dataclass(frozen=True)
class AgendaFilter:
    """Say by what an agenda is narrowed; an empty value narrows nothing.

    age, district  codes  category  the number of the category suspected, as text
    waiting        a code of WAITING
    """

    age: str = ""
    category: str = ""
    district: str = ""
    waiting: str = ""

    @property
    def is_any(self) -> bool:
        """Return whether it narrows anything."""
        return any((self.age, self.category, self.district, self.waiting))

    def keeps(self, death: ChildDeath, today: date) -> bool:
        """Return whether a case is left on the agenda; what cannot be meant keeps none."""
        suspected = suspected_category(death.suspected_category, death.event, death.is_abuse_suspected)
        return (
            self.age in ("", death.age_band)
            and self.district in ("", death.district)
            and self.category in ("", str(suspected or ""))
            and self._has_waited(death, today)
        )

    def _has_waited(self, death: ChildDeath, today: date) -> bool:
        if not self.waiting:
            return True
        if self.waiting not in WAITING or death.decision_number:
            return False
        return whole_months(death.notified_on, today) >= int(self.waiting)


def at_a_glance(death: ChildDeath, districts: Mapping[str, str]) -> Glance:
    """Return what an agenda says of a case.

    districts  {code: name}, all of the board's
    """
    suspected = suspected_category(death.suspected_category, death.event, death.is_abuse_suspected)
    return Glance(
        age=terms.AGE_BANDS.get(death.age_band, ""),
        category=f"{suspected}. {terms.CATEGORIES[suspected]}" if suspected else "",
        district=districts.get(death.district, death.district),
        waiting="" if death.decision_number else f"Waiting since {date_short(death.notified_on)}",
    )
