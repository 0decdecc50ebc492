"""Conditions on a case by which lists are narrowed, from codes as they come in an address."""

from collections.abc import Mapping
from typing import Any

from kscb_actions.child_deaths.years import days_of
from kscb_actions.reviews.queries import NOTHING
from kscb_actions.settings.models import District
from kscb_actions.settings.rules import OUTSIDE
from kscb_actions.text import whole_number

from .models import ChildDeath

# Of the year of review: any at all, and none so far. Of the district: neither one of the board's nor
# outside its area.
ANY, NOT_YET, NO_DISTRICT = "any", "not_yet", "not_known"
_FIELDS = {
    "expected": ChildDeath.expected,
    "age": ChildDeath.age_band,
    "sex": ChildDeath.sex,
    "place": ChildDeath.place,
    "modifiable": ChildDeath.status,
}


def about_the_case(asked: Mapping[str, str]) -> list[Any]:
    """Return the conditions on ChildDeath for what is asked of its facts and its review.

    asked  names of DeathFilter and codes; an empty value asks nothing, and what cannot be meant keeps no
    case
    """
    found = [field == asked[name] for name, field in _FIELDS.items() if asked.get(name)]
    if year := asked.get("year"):
        found.append(in_year(ChildDeath.died_on, year))
    if reviewed := asked.get("reviewed"):
        found.append(_reviewed(reviewed))
    if district := asked.get("district"):
        found.append(_lived_in(district))
    if category := asked.get("category"):
        number = whole_number(category, 3)
        found.append(NOTHING if number is None else ChildDeath.primary_category == number)
    return found


def in_year(field: Any, year: str) -> Any:
    """Return the condition that this day is in a year like "2011-12"; none is, in what is no year."""
    days = days_of(year)
    return NOTHING if days is None else field.between(*days)


def _reviewed(when: str) -> Any:
    if when in (ANY, NOT_YET):
        return ChildDeath.reviewed_on.is_null(when == NOT_YET)
    return in_year(ChildDeath.reviewed_on, when)


def _lived_in(district: str) -> Any:
    if district == NO_DISTRICT:
        in_a_row = ChildDeath.district.in_(District.select(District.code)) | (ChildDeath.district == OUTSIDE)
        return ~in_a_row
    return ChildDeath.district == district
