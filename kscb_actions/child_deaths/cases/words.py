"""What a panel is shown of a case: its facts and what agencies returned, in words."""

from collections.abc import Iterable, Mapping

from kscb_actions.child_deaths import terms
from kscb_actions.child_deaths.returns.models import AgencyReturn
from kscb_actions.wording import date_uk

from .models import ChildDeath
from .rules import KeptAge


def facts_of_case(death: ChildDeath, districts: Mapping[str, str]) -> list[tuple[str, str]]:
    """Return (name, value) of what is known of a death, in the order in which a panel asks.

    districts  {code: name}, all of the board's
    """
    return [
        ("Age at death", KeptAge(death.age_number, death.age_unit).words),
        ("Sex", terms.SEXES.get(death.sex, "")),
        ("Ethnicity", terms.ETHNICITIES.get(death.ethnicity, "")),
        ("District", districts.get(death.district, death.district)),
        ("Died on", date_uk(death.died_on)),
        ("Notified on", date_uk(death.notified_on)),
        ("Place of death", terms.PLACES.get(death.place, "")),
        ("What happened", terms.EVENTS.get(death.event, "")),
        ("Expected or not", terms.EXPECTED.get(death.expected, "")),
        ("Rapid response", _rapid_response(death)),
        ("Looked after", terms.YES_NO.get(death.looked_after, "")),
        ("Child protection plan", terms.STANDINGS.get(death.protection_plan, "")),
        ("Statutory order", terms.STANDINGS.get(death.statutory_order, "")),
        ("Seeking asylum", terms.YES_NO.get(death.asylum_seeking, "")),
        ("Inquest", terms.INQUESTS.get(death.inquest, "")),
        ("Criminal proceedings", terms.PROCEEDINGS.get(death.criminal, "")),
        ("Abuse or neglect suspected", "Yes" if death.is_abuse_suspected else "No"),
        ("Circumstances", death.circumstances),
    ]


def returns_in_words(returns: Iterable[AgencyReturn]) -> list[tuple[str, str]]:
    """Return (agency, what it returned) of what agencies were asked on a case."""
    return [(each.agency.name, _return_in_words(each)) for each in returns]


def _return_in_words(each: AgencyReturn) -> str:
    if each.answered_on is None:
        return f"Not answered yet. Due on {date_uk(each.due_on)}."
    known = {"no": "The agency did not know the child."}.get(each.knows_child, "")
    return each.summary or known or f"Answered on {date_uk(each.answered_on)}, without a summary."


def _rapid_response(death: ChildDeath) -> str:
    words = terms.YES_NO.get(death.rapid_response, "")
    return f"{words}, on {date_uk(death.rapid_response_on)}" if death.rapid_response_on else words


NOT_KNOWN = terms.YES_NO["not_known"]


def facts_for_referral(death: ChildDeath) -> list[tuple[str, str]]:
    """Return (name, value) of what the SCR subgroup needs to know of a death that was referred to it."""
    return [
        ("Case number", death.case_number),
        *_who(death),
        ("Abuse or neglect suspected", "Yes" if death.is_abuse_suspected else "No"),
        ("Circumstances", death.circumstances),
    ]


def facts_for_paper(death: ChildDeath) -> list[tuple[str, str]]:
    """Return (name, value) of what a printed summary says of a death; unknowns share one line."""
    facts = [
        *_who(death),
        ("Ethnicity", terms.ETHNICITIES.get(death.ethnicity, "")),
        ("Place of death", terms.PLACES.get(death.place, "")),
        ("What happened", terms.EVENTS.get(death.event, "")),
        ("Expected or not", terms.EXPECTED.get(death.expected, "")),
        ("Rapid response", terms.YES_NO.get(death.rapid_response, "")),
        ("Looked after", terms.YES_NO.get(death.looked_after, "")),
        ("Child protection plan", terms.STANDINGS.get(death.protection_plan, "")),
        ("Statutory order", terms.STANDINGS.get(death.statutory_order, "")),
        ("Inquest", terms.INQUESTS.get(death.inquest, "")),
        ("Criminal proceedings", terms.PROCEEDINGS.get(death.criminal, "")),
        ("Abuse or neglect suspected", "Yes" if death.is_abuse_suspected else "No"),
        ("Circumstances", death.circumstances),
    ]
    unknown = ", ".join(name for name, value in facts if value == NOT_KNOWN)
    known = [(name, value) for name, value in facts if value not in ("", NOT_KNOWN)]
    return [*known, (NOT_KNOWN, unknown)] if unknown else known


def _who(death: ChildDeath) -> list[tuple[str, str]]:
    return [
        ("Age at death", KeptAge(death.age_number, death.age_unit).words),
        ("Sex", terms.SEXES.get(death.sex, "")),
        ("Died in", f"{death.died_on:%B %Y}"),
    ]
