"""How far people who judge the same cases agree, beyond what chance would give.

Sources: J. Cohen, A coefficient of agreement for nominal scales, Educational and Psychological Measurement
20 (1960), 37–46; J. L. Fleiss, Measuring nominal scale agreement among many raters, Psychological Bulletin
76 (1971), 378–382.
"""

from collections import Counter
from collections.abc import Hashable, Sequence
from dataclasses import dataclass

NO_CASES = "There is no case yet that enough people have judged."
TOO_FEW_RATERS = "At least two people must judge each case."
UNEVEN = "Not every case was judged by the same number of people."
ALL_THE_SAME = "Every judgement was the same, so that chance alone would give full agreement."


@dataclass(frozen=True)
class Kappa:
    """Agreement from -1 over 0 (as by chance) to 1 (full), or None with the reason why there is no number.

    observed  the share of agreeing pairs of judgements, 0 to 1; None when there are none
    """

    value: float | None
    observed: float | None
    cases: int
    why_none: str | None = None


def cohen(pairs: Sequence[tuple[Hashable, Hashable]]) -> Kappa:
    """Cohen's kappa of two raters: for each case, what the one and the other said."""
    if not pairs:
        return Kappa(None, None, 0, NO_CASES)
    cases = len(pairs)
    ones, others = Counter(one for one, _ in pairs), Counter(other for _, other in pairs)
    agreed = sum(one == other for one, other in pairs)
    by_chance = sum(number * others[answer] for answer, number in ones.items())
    return _kappa(agreed, cases, by_chance, cases * cases, cases)


def fleiss(cases: Sequence[Sequence[Hashable]]) -> Kappa:
    """Fleiss' kappa of many raters: for each case, what each rater said, in any order.

    The raters may differ from case to case, not their number.
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
    """Both shares as whole numbers, so that "all by chance" is found exactly."""
    observed = agreed / possible
    if by_chance == chances:
        return Kappa(None, observed, cases, ALL_THE_SAME)
    expected = by_chance / chances
    return Kappa((observed - expected) / (1 - expected), observed, cases)
