"""What a panel is shown of a case: its facts and what agencies returned, in words."""

from collections.abc import Callable, Iterable, Mapping

from kscb_actions.child_deaths import terms
from kscb_actions.child_deaths.particulars.rules import FORMS_2018, forms_of
from kscb_actions.child_deaths.particulars.words import particulars_in_words, particulars_of
from kscb_actions.child_deaths.returns.models import AgencyReturn
from kscb_actions.settings.queries import get_board
from kscb_actions.settings.rules import FORMS_2018_FIRST
from kscb_actions.wording import date_uk

from .models import ChildDeath
from .rules import KeptAge

# What is known of a death, in the order in which a panel asks. A summary names the month of death only.
_FACTS: Mapping[str, Callable[[ChildDeath], str]] = {
    "Age at death": lambda death: KeptAge(death.age_number, death.age_unit).words,
    "Sex": lambda death: terms.SEXES.get(death.sex, ""),
    "Died in": lambda death: f"{death.died_on:%B %Y}",
    "Died on": lambda death: date_uk(death.died_on),
    "Notified on": lambda death: date_uk(death.notified_on),
    "Ethnicity": lambda death: terms.ETHNICITIES.get(death.ethnicity, ""),
    "Place of death": lambda death: terms.PLACES.get(death.place, ""),
    "What happened": lambda death: terms.EVENTS.get(death.event, ""),
    "Category suspected": lambda death: terms.CATEGORIES.get(int(death.suspected_category or 0), ""),
    "Expected or not": lambda death: terms.EXPECTED.get(death.expected, ""),
    "Rapid response": lambda death: terms.YES_NO.get(death.rapid_response, ""),
    "Looked after": lambda death: terms.YES_NO.get(death.looked_after, ""),
    "Child protection plan": lambda death: terms.STANDINGS.get(death.protection_plan, ""),
    "Statutory order": lambda death: terms.STANDINGS.get(death.statutory_order, ""),
    "Seeking asylum": lambda death: terms.YES_NO.get(death.asylum_seeking, ""),
    "Inquest": lambda death: terms.INQUESTS.get(death.inquest, ""),
    "Criminal proceedings": lambda death: terms.PROCEEDINGS.get(death.criminal, ""),
    "Abuse or neglect suspected": lambda death: "Yes" if death.is_abuse_suspected else "No",
    "Circumstances": lambda death: death.circumstances,
}
_OF_A_REFERRAL = ("Age at death", "Sex", "Died in", "Abuse or neglect suspected", "Circumstances")
_NOT_IN_PAPERS = (
    *("Died on", "Notified on", "Seeking asylum", "Category suspected"),
    *("Time of death", "Child death review meeting", "Key worker"),
)
# What a fact is called where the forms of 2018 are used.
OF_2018 = {"Rapid response": "Joint agency response"}
NOT_KNOWN = terms.YES_NO["not_known"]


def facts_of_case(death: ChildDeath, districts: Mapping[str, str]) -> list[tuple[str, str]]:
    """Return (name, value) of what is known of a death, in the order in which a panel asks.

    districts  {code: name}, all of the board's
    """
    facts = {name: put(death) for name, put in _FACTS.items() if name != "Died in"}
    if death.rapid_response_on:
        facts["Rapid response"] += f", on {date_uk(death.rapid_response_on)}"
    if is_of_2018(death):
        facts = {OF_2018.get(name, name): value for name, value in facts.items()}
    found = list(facts.items())
    found.insert(2, ("District", districts.get(death.district, death.district)))
    # The circumstances stand last, over the whole width.
    return [*found[:-1], *_particulars(death), found[-1]]


def is_of_2018(death: ChildDeath) -> bool:
    """Return whether a death is reviewed by the forms of 2018; asks the settings where it may be."""
    # No board can have set an earlier day.
    if death.died_on < FORMS_2018_FIRST:
        return False
    return forms_of(death.died_on, get_board().forms_2018_since) == FORMS_2018


def _particulars(death: ChildDeath) -> list[tuple[str, str]]:
    row = particulars_of([death.id]).get(death.id) if death.died_on >= FORMS_2018_FIRST else None
    return particulars_in_words(row) if row else []


def facts_for_referral(death: ChildDeath) -> list[tuple[str, str]]:
    """Return (name, value) of what the SCR subgroup needs to know of a death that was referred to it."""
    return [("Case number", death.case_number), *((name, _FACTS[name](death)) for name in _OF_A_REFERRAL)]


def facts_for_paper(death: ChildDeath) -> list[tuple[str, str]]:
    """Return (name, value) of what a printed summary says of a death; unknowns share one line."""
    facts = [(name, put(death)) for name, put in _FACTS.items() if name not in _NOT_IN_PAPERS]
    if is_of_2018(death):
        facts = [(OF_2018.get(name, name), value) for name, value in facts]
    facts += [each for each in _particulars(death) if each[0] not in _NOT_IN_PAPERS]
    unknown = ", ".join(name for name, value in facts if value == NOT_KNOWN)
    known = [(name, value) for name, value in facts if value not in ("", NOT_KNOWN)]
    return [*known, (NOT_KNOWN, unknown)] if unknown else known


def returns_in_words(returns: Iterable[AgencyReturn]) -> list[tuple[str, str]]:
    """Return (agency, what it returned) of what agencies were asked on a case."""
    return [(each.agency.name, _return_in_words(each)) for each in returns]


def _return_in_words(each: AgencyReturn) -> str:
    if each.answered_on is None:
        return f"Not answered yet. Due on {date_uk(each.due_on)}."
    known = {"no": "The agency did not know the child."}.get(each.knows_child, "")
    return each.summary or known or f"Answered on {date_uk(each.answered_on)}, without a summary."
