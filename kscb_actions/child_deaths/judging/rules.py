"""What a member proposes or a panel decides on a death, and what must be true of it. Plain values only."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date

from kscb_actions.child_deaths import terms
from kscb_actions.child_deaths.cases.rules import MODIFIABLE_SINCE, primary_category, statuses_on
from kscb_actions.child_deaths.identity import why_not_text
from kscb_actions.text import clean_text, one_line
from kscb_actions.wording import date_uk

from .profiles import AnalysisForm, form_with_domains

LONGEST_FACTOR = 500
# Weakest first, as on Form C.
_STRENGTH = {level: place for place, level in enumerate(terms.INFLUENCES)}
NOT_AVAILABLE, NONE_IDENTIFIED = "0", "1"
# What says that nothing was found may be said of a domain as a whole.
WHOLE_DOMAIN = "The domain as a whole"


@dataclass(frozen=True)
class FactorFacts:
    """Hold a factor: one of the known ones (`code`, with or without a text), or another (`text` alone).

    With neither it is about the whole domain: no information, or none identified.
    """

    domain: str
    code: str
    influence: str
    text: str = ""
    is_modifiable: bool = False

    @property
    def is_found(self) -> bool:
        """Return whether the factor was there: not at level 0, not known, or 1, none identified."""
        return self.influence not in (NOT_AVAILABLE, NONE_IDENTIFIED)

    @property
    def name(self) -> str:
        """Return what the factor is called: the known factor's name and text, or the free text."""
        known = terms.FACTOR_NAMES.get(self.code, "")
        return ": ".join(part for part in (known, self.text) if part) or WHOLE_DOMAIN


@dataclass(frozen=True)
class Judgement:
    """Hold everything a member proposes, or the panel decides, on one death."""

    categories: frozenset[int]
    status: str
    status_reason: str = ""
    factors: tuple[FactorFacts, ...] = ()
    learning: str = ""

    @property
    def form(self) -> AnalysisForm:
        """Return the form by which it was made: that of its factors' domains."""
        return form_with_domains(each.domain for each in self.factors)


def by_domain(judgement: Judgement) -> list[tuple[str, list[FactorFacts]]]:
    """Return (domain, factors) of the domains with any, in the order of its form."""
    found = [
        (domain, [each for each in judgement.factors if each.domain == domain])
        for domain in judgement.form.domains
    ]
    return [(domain, factors) for domain, factors in found if factors]


def other_categories(judgement: Judgement) -> str:
    """Return the categories that apply beside the primary one, in words; "" of none."""
    rest = sorted(judgement.categories - {primary_category(judgement.categories)})
    return "; ".join(category_words(each) for each in rest)


def cleaned(judgement: Judgement) -> Judgement:
    """Return the judgement with its texts as they are stored."""
    return replace(
        judgement,
        status_reason=clean_text(judgement.status_reason),
        factors=tuple(replace(each, text=one_line(each.text)) for each in judgement.factors),
        learning=clean_text(judgement.learning),
    )


def joined(categories: Iterable[int]) -> str:
    """Return the categories as they are stored: "3;8", uppermost first, each once."""
    return ";".join(str(each) for each in sorted(set(categories)))


def split(kept: str) -> frozenset[int]:
    """Return the categories that `joined` put together; none from ""."""
    return frozenset(int(each) for each in kept.split(";") if each)


def category_words(category: int | None) -> str:
    """Return a category as people read it, "8. Perinatal/neonatal event"; "None" of none."""
    return f"{category}. {terms.CATEGORIES[category]}" if category in terms.CATEGORIES else "None"


def status_words(code: str) -> str:
    """Return what a status of either period is called; "" of one that is unknown."""
    return {**terms.MODIFIABLE_NAMES, **terms.PREVENTABLE_NAMES}.get(code, "")


def strongest(judgement: Judgement, domain: str) -> str:
    """Return the strongest influence in a domain; where no factor is named, none was identified."""
    levels = [each.influence for each in judgement.factors if each.domain == domain]
    return max(levels, key=lambda level: _STRENGTH[level], default=NONE_IDENTIFIED)


def strength(influence: str) -> int:
    """Return the place of a level of influence among all, weakest first."""
    return _STRENGTH[influence]


def problems_with_judgement(judgement: Judgement, on: date) -> dict[str, str]:
    """Return {field: message} for what is wrong with a judgement. A factor's field is "factors-<its place>".

    `on` is the day on which the review is, or would be, completed: it decides which statuses there are.
    """
    problems = {}
    if not judgement.categories:
        problems["categories"] = "Select at least one category."
    elif judgement.categories - set(terms.CATEGORIES):
        problems["categories"] = "The categories are numbered 1 to 10."
    if why := _why_not_status(judgement, on):
        problems["status"] = why
    if judgement.status == terms.Modifiable.IDENTIFIED and not judgement.status_reason:
        problems["status_reason"] = "Say which factors could be modified, and why."
    elif why := why_not_text(judgement.status_reason):
        problems["status_reason"] = why
    if why := why_not_text(judgement.learning):
        problems["learning"] = why
    return problems | _problems_with_factors(judgement.factors)


def _why_not_status(judgement: Judgement, on: date) -> str | None:
    allowed = statuses_on(on)
    if not judgement.status:
        asks = "modifiable factors were identified" if on >= MODIFIABLE_SINCE else "the death was preventable"
        return f"Select whether {asks}."
    if judgement.status not in allowed:
        choices = ", ".join(f"“{name}”" for name in allowed.values())
        return f"A review completed on {date_uk(on)} says one of {choices}."
    is_marked = any(each.is_modifiable for each in judgement.factors)
    if is_marked and judgement.status in (terms.Modifiable.NONE, terms.Modifiable.INSUFFICIENT):
        return "A factor is marked modifiable. Say that modifiable factors were identified, or unmark it."
    return None


def _problems_with_factors(factors: Iterable[FactorFacts]) -> dict[str, str]:
    problems: dict[str, str] = {}
    seen: set[str] = set()
    factors = tuple(factors)
    form = form_with_domains(each.domain for each in factors)
    for place, factor in enumerate(factors):
        why = _why_not_factor(factor, form)
        if not why and factor.code and factor.code in seen:
            why = "This factor is named twice. Say everything of it in one place."
        if why:
            problems[f"factors-{place}"] = why
        seen.add(factor.code)
    return problems


def _why_not_factor(factor: FactorFacts, form: AnalysisForm) -> str | None:
    if factor.domain not in form.domains:
        return "Select one of the four domains."
    if factor.code and factor.code not in form.factors[factor.domain]:
        return f"This is not a known factor of “{form.domains[factor.domain]}”."
    if factor.influence not in form.influences:
        return "Select how much the factor influenced the death."
    if factor.is_found and not (factor.code or factor.text):
        return "Say what the factor is."
    # By its definition a modifiable factor may have contributed to the death: what was not found, what
    # nothing is known of and what is unlikely to have contributed is none.
    if factor.is_modifiable and factor.influence not in form.contributing:
        return "Only a factor that may have contributed can be modifiable. Unmark it, or raise its influence."
    return why_not_text(factor.text, LONGEST_FACTOR)
