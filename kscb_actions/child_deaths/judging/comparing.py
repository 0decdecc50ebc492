"""Several judgements of one death side by side: who said what, where they agree, where to begin deciding.

Plain values only. Agreement is always given in words.
"""

from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from kscb_actions.child_deaths.cases.rules import primary_category

from .profiles import DOMAIN_NAMES, AnalysisForm, form_with_domains
from .rules import FactorFacts, Judgement, category_words, status_words, strength, strongest

ALL_AGREE, ONLY_ONE, ALL_DIFFER = "All agree", "Only one proposal", "All differ"
NOT_FOUND = "Not found"


@dataclass(frozen=True)
class Compared:
    """Hold one question of a part, each person's answer in words (in their order), how far they agree."""

    part: str
    question: str
    answers: tuple[str, ...]
    agreement: str

    @property
    def is_agreed(self) -> bool:
        """Return whether all say the same."""
        return self.agreement == ALL_AGREE


@dataclass(frozen=True)
class Comparison:
    """Hold the people, in their order, the form they used, and the parts: heading and questions."""

    people: tuple[str, ...]
    form: AnalysisForm
    parts: tuple[tuple[str, tuple[Compared, ...]], ...]

    @property
    def differing(self) -> tuple[Compared, ...]:
        """Return the questions to discuss."""
        return tuple(
            each
            for _, questions in self.parts
            for each in questions
            if each.agreement not in (ALL_AGREE, ONLY_ONE)
        )


def compare(judgements: Sequence[tuple[str, Judgement]]) -> Comparison:
    """Put judgements side by side: category, status, each domain's strongest influence, each factor named.

    judgements  (who, what they judged) of each person
    """
    judgements_made = [judgement for _, judgement in judgements]
    outcome = "Category and status"
    first = (
        _compared(outcome, "Primary category", judgements_made, _primary),
        _compared(outcome, "All categories", judgements_made, _all_categories),
        _compared(outcome, "Modifiable factors", judgements_made, lambda each: status_words(each.status)),
    )
    form = _form_of(judgements_made)
    domains = tuple((name, _domain(form, domain, judgements_made)) for domain, name in form.domains.items())
    return Comparison(tuple(who for who, _ in judgements), form, ((outcome, first), *domains))


def agreement_of(answers: Sequence[object]) -> str:
    """Return how far answers agree, in words: "All agree", "3 of 4 agree", "All differ"."""
    if len(answers) == 1:
        return ONLY_ONE
    counts = sorted(Counter(answers).values(), reverse=True)
    if len(counts) < 2:
        return ALL_AGREE
    if counts[0] == 1:
        return ALL_DIFFER
    together = f"{counts[0]} of {len(answers)} agree"
    return f"Divided: at most {together}" if counts[0] == counts[1] else together


def in_other_words(judgements: Sequence[tuple[str, Judgement]]) -> dict[str, list[tuple[str, FactorFacts]]]:
    """Return {domain: (who, factor)} of the factors in free text, which nothing can compare."""
    found: dict[str, list[tuple[str, FactorFacts]]] = {domain: [] for domain in DOMAIN_NAMES}
    for who, judgement in judgements:
        for factor in judgement.factors:
            if not factor.code and factor.text:
                found[factor.domain].append((who, factor))
    return found


def suggestion(judgements: Sequence[Judgement]) -> Judgement:
    """Return where the panel may begin: what more than half proposed, and every reason and lesson they gave.

    Nothing is suggested where there is no majority. Factors in free text are left out: nothing shows that
    two of them are the same.
    """
    categories = Counter(each for judgement in judgements for each in judgement.categories)
    statuses = Counter(judgement.status for judgement in judgements)
    status = next((code for code, number in statuses.items() if _is_most(number, judgements)), "")
    return Judgement(
        categories=frozenset(each for each, number in categories.items() if _is_most(number, judgements)),
        status=status,
        status_reason=_together(each.status_reason for each in judgements if each.status == status),
        factors=tuple(
            factor
            for domain, known in _form_of(judgements).factors.items()
            for code in known
            if (factor := _suggested(domain, code, judgements))
        ),
        learning=_together(each.learning for each in judgements),
    )


def _suggested(domain: str, code: str, judgements: Sequence[Judgement]) -> FactorFacts | None:
    named = [factor for judgement in judgements if (factor := _named(judgement, code))]
    found = [factor for factor in named if factor.is_found]
    if not _is_most(len(found), judgements):
        return None
    levels = Counter(factor.influence for factor in found)
    # Where as many say more as say less, the weaker level: the panel raises it knowingly.
    influence = min(levels, key=lambda level: (-levels[level], strength(level)))
    marked = sum(factor.is_modifiable for factor in found)
    return FactorFacts(
        domain=domain,
        code=code,
        influence=influence,
        text="; ".join(dict.fromkeys(factor.text for factor in found if factor.text)),
        is_modifiable=influence in _form_of(judgements).contributing and _is_most(marked, judgements),
    )


def _form_of(judgements: Sequence[Judgement]) -> AnalysisForm:
    return form_with_domains(factor.domain for judgement in judgements for factor in judgement.factors)


def _domain(form: AnalysisForm, domain: str, judgements_made: Sequence[Judgement]) -> tuple[Compared, ...]:
    named = {factor.code for judgement in judgements_made for factor in judgement.factors}
    part = form.domains[domain]
    level = _compared(
        part, "Strongest influence", judgements_made, lambda each: form.influences[strongest(each, domain)]
    )

    def said_of(code: str) -> Callable[[Judgement], str]:
        return lambda each: _factor_words(form, _named(each, code))

    known = (
        _compared(part, name, judgements_made, said_of(code))
        for code, name in form.factors[domain].items()
        if code in named
    )
    return (level, *known)


def _compared(
    part: str, question: str, judgements_made: Sequence[Judgement], words: Callable[[Judgement], str]
) -> Compared:
    answers = tuple(words(each) for each in judgements_made)
    return Compared(part, question, answers, agreement_of(answers))


def _primary(judgement: Judgement) -> str:
    return category_words(primary_category(judgement.categories))


def _all_categories(judgement: Judgement) -> str:
    return "; ".join(category_words(each) for each in sorted(judgement.categories))


def _named(judgement: Judgement, code: str) -> FactorFacts | None:
    return next((factor for factor in judgement.factors if factor.code == code), None)


def _factor_words(form: AnalysisForm, factor: FactorFacts | None) -> str:
    if factor is None:
        return NOT_FOUND
    return form.influences[factor.influence] + (". Modifiable" if factor.is_modifiable else "")


def _is_most(number: int, judgements: Sequence[Judgement]) -> bool:
    return 2 * number > len(judgements)


def _together(texts: Iterable[str]) -> str:
    return "\n\n".join(dict.fromkeys(text for text in texts if text))
