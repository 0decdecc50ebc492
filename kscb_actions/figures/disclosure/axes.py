"""Classification variables: each axis has its codes in the order of print, and finds a record's code.

A record is anything with the fields named here, or a mapping with them. The codes are those of the national
templates for child death reviews, kept in child_deaths.terms.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from enum import Enum
from typing import Any

from kscb_actions.child_deaths import terms
from kscb_actions.child_deaths.cases.rules import completion_band, primary_category
from kscb_actions.child_deaths.years import year_of
from kscb_actions.settings.rules import BESIDE

NOT_KNOWN = "not_known"
# Rows of the report that stand for several codes: {(axis, code of the row): the codes}.
GROUPS = {
    ("ethnicity", "group_white"): frozenset({"white_irish", "irish_traveller", "gypsy_roma", "white_other"}),
    ("ethnicity", "group_mixed"): frozenset(
        {"white_black_caribbean", "white_black_african", "white_asian", "mixed_other"}
    ),
    ("ethnicity", "group_asian"): frozenset({"indian", "pakistani", "bangladeshi", "asian_other", "chinese"}),
    ("ethnicity", "group_black"): frozenset({"black_caribbean", "black_african", "black_other"}),
    ("ethnicity", "group_other"): frozenset({"other", "not_stated"}),
    ("place", "group_hospital"): frozenset({"hospital", "hospice"}),
    ("place", "group_home"): frozenset({"home", "other_home", "foster", "residential"}),
    ("place", "group_elsewhere"): frozenset({"school", "public", "abroad", "other"}),
    ("category", "group_external"): frozenset({"1", "2", "3"}),
    ("category", "group_illness"): frozenset({"4", "5", "6"}),
    ("category", "group_birth"): frozenset({"7", "8"}),
    ("category", "group_sudden"): frozenset({"9", "10"}),
}


class Membership(Enum):
    """State in how many of an axis's rows a death is counted."""

    ONE = "one"
    SOME = "some"
    EVERY = "every"


@dataclass(frozen=True, eq=False)
class Axis:
    """Hold one variable by which deaths are classified.

    code        its name in commands and addresses
    title       its name in print
    labels      {code: name}, in the order of print
    find        a record's code; where it may have several or none, its codes
    membership  in how many rows a death is counted
    """

    code: str
    title: str
    labels: Mapping[str, str]
    find: Callable[[Any], Any]
    membership: Membership = Membership.ONE

    def code_of(self, record: Any) -> str:
        """Return the one code of this record."""
        return str(self.find(record))

    def __getstate__(self) -> dict[str, Any]:
        """Return what another process gets of it: it knows the rows there, but counts no records."""
        return {**self.__dict__, "find": _nothing}


def _nothing(record: Any) -> Any:
    raise LookupError("In another process an axis counts no records.")


def value(record: Any, name: str) -> Any:
    """Return a field of a record; None where a mapping lacks it."""
    return record.get(name) if isinstance(record, Mapping) else getattr(record, name)


def _field(name: str, missing: str = NOT_KNOWN) -> Callable[[Any], Any]:
    return lambda record: value(record, name) or missing


def _category(record: Any) -> Any:
    return primary_category(value(record, "categories") or ()) or NOT_KNOWN


def _completion(record: Any) -> str:
    return completion_band(value(record, "died_on"), value(record, "reviewed_on"))


CATEGORY = Axis(
    "category", "Category", {str(code): name for code, name in terms.CATEGORIES.items()}, _category
)
MODIFIABLE = Axis("modifiable", "Modifiable factors", terms.MODIFIABLE_NAMES, _field("modifiable"))
PREVENTABLE = Axis("preventable", "Preventable", terms.PREVENTABLE_NAMES, _field("modifiable"))
AGE = Axis("age", "Age at death", terms.AGE_BANDS, _field("age_band"))
SEX = Axis("sex", "Sex", terms.SEXES, _field("sex"))
ETHNICITY = Axis("ethnicity", "Ethnicity", terms.ETHNICITIES, _field("ethnicity", "not_stated"))
PLACE = Axis("place", "Place of death", terms.PLACES, _field("place"))
EXPECTED = Axis("expected", "Expected or unexpected", terms.EXPECTED, _field("expected"))
LOOKED_AFTER = Axis("looked-after", "Looked after", terms.YES_NO, _field("looked_after"))
PLAN = Axis("protection-plan", "Child protection plan", terms.STANDINGS, _field("protection_plan"))
ORDER = Axis("statutory-order", "Statutory order", terms.STANDINGS, _field("statutory_order"))
ASYLUM = Axis("asylum-seeking", "Seeking asylum", terms.YES_NO, _field("asylum_seeking"))
MONTHS = Axis("months", "Months from death to completion", terms.COMPLETION_BANDS, _completion)
DOMAIN = Axis(
    "domain", "Factors in the domain", terms.DOMAINS, lambda record: terms.DOMAINS, Membership.EVERY
)
INFLUENCE = Axis("influence", "Strongest influence", terms.INFLUENCES, lambda record: "")
AXES = {
    axis.code: axis
    for axis in (
        CATEGORY,
        MODIFIABLE,
        AGE,
        SEX,
        ETHNICITY,
        PLACE,
        EXPECTED,
        LOOKED_AFTER,
        PLAN,
        ORDER,
        ASYLUM,
        MONTHS,
    )
}
# What is known of every death, by code.
KNOWN_AT_DEATH = (
    "age",
    "sex",
    "ethnicity",
    "district",
    "place",
    "expected",
    "looked-after",
    "protection-plan",
    "statutory-order",
    "asylum-seeking",
)


def known_at_death(districts: Mapping[str, str]) -> tuple[Axis, ...]:
    """Return the axes of what is known of every death; the rows of one are these districts, {code: name}."""
    known = {**AXES, "district": district_axis(districts)}
    return tuple(known[code] for code in KNOWN_AT_DEATH)


def district_axis(districts: Mapping[str, str]) -> Axis:
    """Return the axis of these districts, {code: name}, with rows for outside the area and for not known.

    Reports that were issued before there were two have one row for both.
    """
    labels = {**districts, **BESIDE}
    return Axis("district", "District", labels, lambda record: _known(value(record, "district"), labels))


def theme_axis(themes: Mapping[str, str]) -> Axis:
    """Return the axis of these themes, {code: name}. A death may have several, or none."""
    return Axis(
        "theme", "Theme", themes, lambda record: value(record, "themes") or (), membership=Membership.SOME
    )


def died_in(years: Iterable[str]) -> Axis:
    """Return the axis of the year of death, 1 April to 31 March, with a row for each of `years`."""
    return Axis("died", "Year of death", _years(years), lambda record: year_of(value(record, "died_on")))


def reviewed_in(years: Iterable[str]) -> Axis:
    """Return the axis of the year in which the review was completed, with a row for each of `years`."""
    return Axis(
        "reviewed", "Year of review", _years(years), lambda record: year_of(value(record, "reviewed_on"))
    )


def _known(code: Any, codes: Mapping[str, str]) -> str:
    return code if code in codes else NOT_KNOWN


def _years(years: Iterable[str]) -> dict[str, str]:
    return {year: year for year in years}
