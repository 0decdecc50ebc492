"""What must be true of a child's death, its review and its age. Plain values in, plain values out."""

from calendar import monthrange
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta

from kscb_actions.child_deaths import terms
from kscb_actions.child_deaths.identity import why_not_case_number
from kscb_actions.text import why_too_long

MODIFIABLE_SINCE = date(2010, 4, 1)


ADULT = 18


NOT_A_CHILD = "The panel reviews deaths before the 18th birthday."


EARLIEST = date(1900, 1, 1)


ABUSE_OR_NEGLECT = 1


@dataclass(frozen=True)
class KeptAge:
    """Hold as much of an age as a case keeps: days below 28 days, months below two years, then years."""

    number: int
    unit: str

    @property
    def words(self) -> str:
        """Return the age as a summary says it."""
        if self.unit == "months" and self.number == 0:
            return "less than 1 month"
        return f"{self.number} {self.unit.removesuffix('s') if self.number == 1 else self.unit}"


@dataclass(frozen=True)
class Age:
    """Hold an age in days, in whole months and in whole years, each complete."""

    days: int
    months: int
    years: int

    @property
    def band(self) -> str:
        """Return the code of the age band (terms.AGE_BANDS), "" from 18.

        The bands are those of the national statistics. The first birthday ends infancy, even if it is the
        366th day.
        """
        if self.years >= 1:
            return next((code for under, code in _YEAR_BANDS if self.years < under), "")
        return "under_28_days" if self.days < 28 else "28_to_364_days"

    @property
    def kept(self) -> KeptAge:
        """Return what of it is kept."""
        if self.days < 28:
            return KeptAge(self.days, "days")
        return KeptAge(self.months, "months") if self.years < 2 else KeptAge(self.years, "years")

    @property
    def words(self) -> str:
        """Return as much as a summary needs."""
        return self.kept.words


_YEAR_BANDS = ((5, "1_to_4"), (10, "5_to_9"), (15, "10_to_14"), (ADULT, "15_to_17"))


_MONTH_BANDS = ((6, "under_6"), (8, "6_to_7"), (10, "8_to_9"), (12, "10_to_11"), (13, "12"))


@dataclass(frozen=True)
class DeathFacts:
    """Hold what Form A says of a death, without identifying the child.

    Codes are those of terms, and that of one of the board's districts.
    """

    case_number: str
    died_on: date | None
    notified_on: date | None
    age_days: int | None
    sex: str
    ethnicity: str
    district: str
    place: str
    expected: str
    looked_after: str = "not_known"
    protection_plan: str = "not_known"
    statutory_order: str = "not_known"
    asylum_seeking: str = "not_known"
    event: str = ""
    rapid_response: str = "not_known"
    rapid_response_on: date | None = None
    inquest: str = "not_known"
    criminal: str = "not_known"
    is_abuse_suspected: bool = False
    circumstances: str = ""
    suspected_category: str = ""


def primary_category(categories: Iterable[int]) -> int | None:
    """Return the uppermost of the categories that apply (Form C: the list is a hierarchy); None of none."""
    return min(categories, default=None)


def suspected_category(own: str, event: str, is_abuse_suspected: bool) -> int | None:
    """Return the category suspected before a panel has decided; None where nothing suggests one.

    What the co-ordinator says (`own`) goes before suspected abuse, and that before what happened.
    """
    if own:
        return int(own)
    return ABUSE_OR_NEGLECT if is_abuse_suspected else terms.EVENT_SUGGESTS.get(event)


def statuses_on(completed_on: date) -> Mapping[str, str]:
    """Return the statuses a review completed on this day may be given: {code: name}.

    Reviews completed before 1 April 2010 said whether a death was preventable; later ones whether modifiable
    factors were identified. Neither is translated into the other: the questions differ.
    """
    return terms.MODIFIABLE_NAMES if completed_on >= MODIFIABLE_SINCE else terms.PREVENTABLE_NAMES


def whole_months(start: date, end: date) -> int:
    """Return the complete months from `start` to `end`.

    A month is complete on the same day of the month, or on the first of the next where there is none: a
    child born on 29 February is a year old on 1 March in a common year.
    """
    return (end.year - start.year) * 12 + end.month - start.month - (end.day < start.day)


def age_on(date_of_birth: date, died_on: date) -> Age:
    """Return the age on the day of death. Raise ValueError if the birth is later."""
    if date_of_birth > died_on:
        raise ValueError("The date of birth is after the date of death.")
    months = whole_months(date_of_birth, died_on)
    return Age((died_on - date_of_birth).days, months, months // 12)


def age_after(days: int, died_on: date) -> Age:
    """Return the age of a child who lived so many days up to the day of death."""
    return age_on(died_on - timedelta(days=days), died_on)


def days_of(kept: KeptAge, died_on: date) -> int:
    """Return a number of days that is kept as this age, where the date of birth is not known."""
    if kept.unit == "days":
        return kept.number
    months = kept.number * (12 if kept.unit == "years" else 1)
    year, month = divmod(died_on.year * 12 + died_on.month - 1 - months, 12)
    if year < 1:
        return (died_on - date.min).days
    born = date(year, month + 1, min(died_on.day, monthrange(year, month + 1)[1]))
    # An age in months is never below 28 days, though the months counted back may be shorter.
    return max((died_on - born).days, 28)


def completion_band(died_on: date, completed_on: date) -> str:
    """Return how long the review took, by complete months: a code of terms.COMPLETION_BANDS."""
    return band_of_months(whole_months(died_on, completed_on))


def band_of_months(months: int) -> str:
    """Return the band of so many complete months: a code of terms.COMPLETION_BANDS."""
    return next((code for under, code in _MONTH_BANDS if months < under), "over_12")


def likeness(facts: DeathFacts) -> tuple[date | None, str, str, KeptAge | None]:
    """Return what two cases of the same child have in common. Facts without problems only."""
    kept = None
    if facts.died_on is not None and facts.age_days is not None:
        kept = age_after(facts.age_days, facts.died_on).kept
    return facts.died_on, facts.district, facts.sex, kept


def problems_with_birth(date_of_birth: date, died_on: date) -> str | None:
    """Return why a child who died on that day cannot have this date of birth; None when they can."""
    if date_of_birth > died_on:
        return "The date of birth must be on or before the date of death."
    return _why_not_age(age_on(date_of_birth, died_on))


def problems_with_death(facts: DeathFacts, today: date, districts: Collection[str]) -> dict[str, str]:
    """Return {field: message} for what is wrong with a death; `districts` are the codes on offer."""
    why_not = why_not_case_number(facts.case_number)
    problems = {"case_number": why_not} if why_not else {}
    problems |= _problems_with_days(facts, today) | _problems_with_response(facts, today)
    if facts.event and facts.event not in terms.EVENTS:
        problems["event"] = "Select what happened, or leave it open."
    if facts.suspected_category and facts.suspected_category not in map(str, terms.CATEGORIES):
        problems["suspected_category"] = "Select a category, or leave it open."
    too_long = why_too_long(facts.circumstances)
    if too_long:
        problems["circumstances"] = too_long
    lists: tuple[tuple[str, str, Collection[str], str], ...] = (
        ("sex", facts.sex, terms.SEXES, "the child’s sex"),
        ("ethnicity", facts.ethnicity, terms.ETHNICITIES, "the child’s ethnicity"),
        ("district", facts.district, districts, "the district the child lived in"),
        ("place", facts.place, terms.PLACES, "the place of death"),
        ("expected", facts.expected, terms.EXPECTED, "whether the death was expected"),
        ("looked_after", facts.looked_after, terms.YES_NO, "whether the child was looked after"),
        ("protection_plan", facts.protection_plan, terms.STANDINGS, "whether there was a protection plan"),
        ("statutory_order", facts.statutory_order, terms.STANDINGS, "whether there was a statutory order"),
        ("asylum_seeking", facts.asylum_seeking, terms.YES_NO, "whether the child was seeking asylum"),
        ("rapid_response", facts.rapid_response, terms.YES_NO, "whether there was a rapid response"),
        ("inquest", facts.inquest, terms.INQUESTS, "whether there is an inquest"),
        ("criminal", facts.criminal, terms.PROCEEDINGS, "whether there are criminal proceedings"),
    )
    return problems | {name: f"Select {what}." for name, value, known, what in lists if value not in known}


def problems_with_outcome(
    categories: Collection[int], status: str, died_on: date, completed_on: date | None, today: date
) -> dict[str, str]:
    """Return {field: message} for what is wrong with what a panel decided on a death."""
    problems = {} if categories else {"categories": "Select at least one category."}
    if set(categories) - set(terms.CATEGORIES):
        problems["categories"] = "The categories are numbered 1 to 10."
    if completed_on is None:
        return problems | {"completed_on": "Enter the date the panel completed the review."}
    if not died_on <= completed_on <= today:
        problems["completed_on"] = "The review is completed after the death, and not in the future."
    allowed = statuses_on(completed_on)
    if status not in allowed:
        choices = ", ".join(f"“{name}”" for name in allowed.values())
        problems["status"] = f"A review completed on this date says one of {choices}."
    return problems


def _problems_with_days(facts: DeathFacts, today: date) -> dict[str, str]:
    problems = {}
    died_on, notified_on = facts.died_on, facts.notified_on
    if died_on is None:
        problems["died_on"] = "Enter the date of death."
    elif not EARLIEST <= died_on <= today:
        problems["died_on"] = "The date of death must not be in the future, nor before 1900."
    if notified_on is None:
        problems["notified_on"] = "Enter the date of notification."
    elif notified_on > today:
        problems["notified_on"] = "The date of notification must not be in the future."
    elif died_on is not None and notified_on < died_on:
        problems["notified_on"] = "The date of notification must be on or after the date of death."
    why_not = _why_not_days(facts.age_days, died_on)
    return problems | ({"age_days": why_not} if why_not else {})


def _problems_with_response(facts: DeathFacts, today: date) -> dict[str, str]:
    day = facts.rapid_response_on
    if day is None:
        return {}
    if facts.rapid_response != "yes":
        return {"rapid_response_on": "Select that there was a rapid response, or leave its date empty."}
    if day > today or (facts.died_on is not None and day < facts.died_on):
        return {"rapid_response_on": "The rapid response must be between the date of death and today."}
    return {}


def _why_not_days(days: int | None, died_on: date | None) -> str | None:
    if days is None:
        return "Enter the child’s age."
    if days < 0:
        return "The age in days must be 0 or more."
    if days > 366 * ADULT:
        return NOT_A_CHILD
    return _why_not_age(age_after(days, died_on)) if died_on and died_on >= EARLIEST else None


def _why_not_age(age: Age) -> str | None:
    return NOT_A_CHILD if age.years >= ADULT else None
