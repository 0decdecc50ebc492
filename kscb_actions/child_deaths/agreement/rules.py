"""How far people who judge the same cases agree, beyond what chance would give.

Sources: J. Cohen, A coefficient of agreement for nominal scales, Educational and Psychological Measurement
20 (1960), 37–46; J. L. Fleiss, Measuring nominal scale agreement among many raters, Psychological Bulletin
76 (1971), 378–382; the words for it: J. R. Landis and G. G. Koch, The measurement of observer agreement for
categorical data, Biometrics 33 (1977), 159–174.
"""

from collections import Counter, defaultdict
from collections.abc import Hashable, Iterable, Sequence
from dataclasses import dataclass

NO_CASES = "There is no case yet that enough people have judged."
TOO_FEW_RATERS = "At least two people must judge each case."
UNEVEN = "Not every case was judged by the same number of people."
ALL_THE_SAME = "Every judgement was the same, so that chance alone would give full agreement."


@dataclass(frozen=True)
class Kappa:
    """Hold agreement from -1 over 0 (as by chance) to 1 (full), or None with the reason why there is none.

    observed  the share of agreeing pairs of judgements, 0 to 1; None when there are none
    cases     how many cases were judged
    """

    value: float | None
    observed: float | None
    cases: int
    why_none: str | None = None


def cohen(pairs: Sequence[tuple[Hashable, Hashable]]) -> Kappa:
    """Return Cohen's kappa of two raters: for each case, what the one and the other said (Cohen 1960).

    Its value is None, with the reason, without cases or where chance alone gives full agreement.
    """
    if not pairs:
        return Kappa(None, None, 0, NO_CASES)
    cases = len(pairs)
    ones, others = Counter(one for one, _ in pairs), Counter(other for _, other in pairs)
    agreed = sum(one == other for one, other in pairs)
    by_chance = sum(number * others[answer] for answer, number in ones.items())
    return _kappa(agreed, cases, by_chance, cases * cases, cases)


def fleiss(cases: Sequence[Sequence[Hashable]]) -> Kappa:
    """Return Fleiss' kappa of many raters: for each case, what each rater said, in any order (Fleiss 1971).

    The raters may differ from case to case, not their number; else its value is None, with the reason.
    """
    if not cases:
        return Kappa(None, None, 0, NO_CASES)
    raters = len(cases[0])
    if any(len(answers) != raters for answers in cases):
        return Kappa(None, None, len(cases), UNEVEN)
    if raters < 2:
        return Kappa(None, None, len(cases), TOO_FEW_RATERS)
    counted = [Counter(answers) for answers in cases]
    agreeing_pairs = sum(number * (number - 1) for counts in counted for number in counts.values())
    overall = sum(counted, Counter())
    by_chance = sum(number * number for number in overall.values())
    judgements = len(cases) * raters
    return _kappa(agreeing_pairs, judgements * (raters - 1), by_chance, judgements**2, len(cases))


def _kappa(agreed: int, possible: int, by_chance: int, chances: int, cases: int) -> Kappa:
    """Return the kappa of both shares as whole numbers, so that "all by chance" is found exactly."""
    observed = agreed / possible
    if by_chance == chances:
        return Kappa(None, observed, cases, ALL_THE_SAME)
    expected = by_chance / chances
    return Kappa((observed - expected) / (1 - expected), observed, cases)


# The highest kappa of each word.
_MEANINGS = (
    (0.0, "No better than chance"),
    (0.2, "Slight"),
    (0.4, "Fair"),
    (0.6, "Moderate"),
    (0.8, "Substantial"),
    (1.0, "Almost perfect"),
)
FEW = 10


@dataclass(frozen=True)
class JudgedCase:
    """Hold what people said of one case: each person's answer, in the order of `raters`."""

    raters: tuple[int, ...]
    answers: tuple[Hashable, ...]


@dataclass(frozen=True)
class Agreement:
    """Hold how far people agree on the cases that the same number of them judged."""

    raters: int
    measure: str
    kappa: Kappa

    @property
    def meaning(self) -> str:
        """Return the kappa in words (Landis and Koch 1977), or why there is none.

        Of few cases it adds a caution.
        """
        if self.kappa.value is None:
            return self.kappa.why_none or ""
        # A kappa of just 0.6 may come out as 0.6000000000000001.
        word = next(word for most, word in _MEANINGS if self.kappa.value <= most + 1e-9)
        return f"{word}. Few cases: take it with care." if self.kappa.cases < FEW else word


def by_number_of_raters(cases: Iterable[JudgedCase]) -> list[Agreement]:
    """Return how far people agree, apart for each number of people to a case, the fewest first.

    Fleiss' kappa needs the same number of people on each case. Cohen's is of two people: it is taken where
    the same two judged every case, otherwise two are treated like any other number.
    """
    grouped: dict[int, list[JudgedCase]] = defaultdict(list)
    for case in cases:
        grouped[len(case.raters)].append(case)
    return [_agreement(raters, grouped[raters]) for raters in sorted(grouped)]


def _agreement(raters: int, cases: Sequence[JudgedCase]) -> Agreement:
    if raters == 2 and len({frozenset(case.raters) for case in cases}) == 1:
        first = cases[0].raters[0]
        ordered = [case.answers if case.raters[0] == first else case.answers[::-1] for case in cases]
        return Agreement(raters, "Cohen", cohen([(one, other) for one, other in ordered]))
    return Agreement(raters, "Fleiss", fleiss([case.answers for case in cases]))
