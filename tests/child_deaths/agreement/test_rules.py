"""Agreement against published worked examples."""

import pytest

from kscb_actions.child_deaths.agreement import rules as agreement

# Fleiss' kappa as worked in the textbooks: ten subjects, fourteen raters, five categories.
FLEISS = (
    (0, 0, 0, 0, 14),
    (0, 2, 6, 4, 2),
    (0, 0, 3, 5, 6),
    (0, 3, 9, 2, 0),
    (2, 2, 8, 1, 1),
    (7, 7, 0, 0, 0),
    (3, 2, 6, 3, 0),
    (2, 5, 3, 2, 2),
    (6, 5, 2, 1, 0),
    (0, 2, 2, 3, 7),
)


def test_fleiss_worked_example() -> None:
    cases = [[answer for answer, number in enumerate(row) for _ in range(number)] for row in FLEISS]
    found = agreement.fleiss(cases)
    assert found.value == pytest.approx(0.210, abs=0.0005)
    assert found.observed == pytest.approx(0.378, abs=0.0005)
    assert (found.cases, found.why_none) == (10, None)


@pytest.mark.parametrize(
    ("both_yes", "yes_no", "no_yes", "both_no", "kappa"),
    [
        (20, 5, 10, 15, 0.4),
        (45, 15, 25, 15, 0.1304),
        (25, 35, 5, 35, 0.2593),
        (1, 0, 0, 1, 1),
        (0, 1, 1, 0, -1),
    ],
)
def test_cohen_worked_examples(both_yes: int, yes_no: int, no_yes: int, both_no: int, kappa: float) -> None:
    pairs = (
        [("yes", "yes")] * both_yes
        + [("yes", "no")] * yes_no
        + [("no", "yes")] * no_yes
        + [("no", "no")] * both_no
    )
    assert agreement.cohen(pairs).value == pytest.approx(kappa, abs=0.00005)


def test_two_raters_who_answer_alike_in_sum_have_the_same_kappa_either_way() -> None:
    pairs = [(1, 1), (1, 2), (2, 1), (2, 2), (3, 3)]
    assert agreement.cohen(pairs).value == pytest.approx(agreement.fleiss(pairs).value)


@pytest.mark.parametrize(
    ("found", "reason"),
    [
        (agreement.cohen([]), agreement.NO_CASES),
        (agreement.cohen([(1, 1), (1, 1)]), agreement.ALL_THE_SAME),
        (agreement.fleiss([]), agreement.NO_CASES),
        (agreement.fleiss([[1], [2]]), agreement.TOO_FEW_RATERS),
        (agreement.fleiss([[], []]), agreement.TOO_FEW_RATERS),
        (agreement.fleiss([[1, 2], [1, 2, 3]]), agreement.UNEVEN),
        (agreement.fleiss([[7, 7, 7]]), agreement.ALL_THE_SAME),
    ],
)
def test_where_there_is_no_kappa_the_reason_is_given(found: agreement.Kappa, reason: str) -> None:
    assert (found.value, found.why_none) == (None, reason)


def test_no_agreement_at_all_is_a_number() -> None:
    assert agreement.cohen([(1, 2), (1, 2)]).value == 0
    assert agreement.fleiss([[1, 2]]).value == -1
