"""A case in fewer words than its page has: for a paper that can be lost, and for those outside the panel.

The day of death becomes month and year, and the district is left out: with age and sex, either would do to
find a child in a newspaper.
"""

from ..deaths import terms
from ..deaths.models import ChildDeath
from ..deaths.rules import KeptAge

NOT_KNOWN = terms.YES_NO["not_known"]


def facts_for_referral(death: ChildDeath) -> list[tuple[str, str]]:
    """(name, value) of what the SCR subgroup needs to know of a death that was referred to it."""
    return [
        ("Case number", death.case_number),
        *_who(death),
        ("Abuse or neglect suspected", "Yes" if death.is_abuse_suspected else "No"),
        ("Circumstances", death.circumstances),
    ]


def facts_for_paper(death: ChildDeath) -> list[tuple[str, str]]:
    """(name, value) of what a printed summary says of a death; what is not known is named in one line."""
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
