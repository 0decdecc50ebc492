"""The domains, known factors and levels of influence of an analysis form. Plain values.

Sources: Form C of 2008, and the analysis form of 2018. A judgement keeps those of the form it was made by:
neither is translated into the other, and a known factor has its code in both.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from kscb_actions.child_deaths import terms
from kscb_actions.child_deaths.particulars.rules import FORMS_2018


@dataclass(frozen=True)
class AnalysisForm:
    """Hold what one form asks on factors.

    domains, influences  {code: name}; the weakest influence first
    factors              {domain: {code: name}} of the known factors
    levels               (code, short name) of the levels that a factor may be given
    contributing         the levels at which a factor may be modifiable
    """

    domains: Mapping[str, str]
    influences: Mapping[str, str]
    factors: Mapping[str, Mapping[str, str]]
    levels: tuple[tuple[str, str], ...]
    contributing: tuple[str, ...]


OF_2008 = AnalysisForm(
    terms.DOMAINS,
    terms.INFLUENCES,
    terms.FACTORS,
    # Short, so that a list on a telephone shows them whole; the page gives the form's words beside them.
    (
        ("0", "0 Not known"),
        ("1*", "1* Unlikely to have contributed"),
        ("2", "2 May have contributed"),
        ("3", "3 Explains the death"),
    ),
    ("2", "3"),
)
OF_2018 = AnalysisForm(
    terms.DOMAINS_2018,
    terms.INFLUENCES_2018,
    terms.FACTORS_2018,
    (("0", "0 Not known"), ("1", "1 Unlikely to have contributed"), ("2", "2 May have contributed")),
    ("2",),
)
# Of both, with the names of 2008 where both have one.
DOMAIN_NAMES = terms.DOMAINS | {
    code: name for code, name in terms.DOMAINS_2018.items() if code not in terms.DOMAINS
}
ONLY_2018 = frozenset(terms.DOMAINS_2018) - frozenset(terms.DOMAINS)


def form_for(forms: str) -> AnalysisForm:
    """Return the analysis form that belongs to these forms (particulars.rules.forms_of)."""
    return OF_2018 if forms == FORMS_2018 else OF_2008


def form_with_domains(domains: Iterable[str]) -> AnalysisForm:
    """Return the form by which a judgement with factors in these domains was made; that of 2008 of none."""
    return OF_2018 if ONLY_2018 & set(domains) else OF_2008
