"""Judgements side by side: how far they agree, and where the panel may begin."""

import pytest

from kscb_actions.child_deaths.judging.comparing import agreement_of, compare, in_other_words, suggestion
from kscb_actions.child_deaths.judging.rules import FactorFacts, Judgement


def judged(*categories: int, status: str = "none", **more: object) -> Judgement:
    """Return a judgement with these categories."""
    return Judgement(frozenset(categories), status, **more)  # type: ignore[arg-type]


def factor(code: str, influence: str, text: str = "", is_modifiable: bool = False) -> FactorFacts:
    """Return a known factor of parenting."""
    return FactorFacts("parenting", code, influence, text, is_modifiable)


@pytest.mark.parametrize(
    ("answers", "words"),
    [
        ("a", "Only one proposal"),
        ("aa", "All agree"),
        ("ab", "All differ"),
        ("aab", "2 of 3 agree"),
        ("abc", "All differ"),
        ("aaab", "3 of 4 agree"),
        ("aabb", "Divided: at most 2 of 4 agree"),
        ("aabbc", "Divided: at most 2 of 5 agree"),
        ("aaabb", "3 of 5 agree"),
        ("aaaaa", "All agree"),
    ],
)
def test_agreement_is_said_in_words(answers: str, words: str) -> None:
    assert agreement_of(list(answers)) == words


def test_who_said_what_is_put_side_by_side() -> None:
    found = compare(
        [
            ("One", judged(3, 8, factors=(factor("co_sleeping", "3", is_modifiable=True),))),
            ("Two", judged(3, factors=(factor("co_sleeping", "2"),))),
            ("Three", judged(8, status="insufficient")),
        ]
    )
    assert found.people == ("One", "Two", "Three")
    questions = {(part, each.question): each for part, rows in found.parts for each in rows}
    primary = questions["Category and status", "Primary category"]
    assert primary.answers == (
        "3. Trauma and other external factors",
        "3. Trauma and other external factors",
        "8. Perinatal/neonatal event",
    )
    assert primary.agreement == "2 of 3 agree"
    assert questions["Category and status", "All categories"].agreement == "All differ"
    assert questions["Category and status", "Modifiable factors"].agreement == "2 of 3 agree"
    assert questions["Parenting capacity", "Sleeping in the same bed or on a sofa"].answers == (
        "A complete and sufficient explanation of the death. Modifiable",
        "May have contributed to vulnerability, ill health or death",
        "Not found",
    )
    assert questions["Parenting capacity", "Strongest influence"].answers[2] == "No factors identified"
    assert questions["Service provision", "Strongest influence"].is_agreed
    assert "Overheating or loose bedding" not in {question for _, question in questions}
    assert len(found.differing) == 5


def test_one_proposal_differs_from_none() -> None:
    found = compare([("One", judged(3))])
    assert found.differing == ()
    assert {each.agreement for _, rows in found.parts for each in rows} == {"Only one proposal"}


def test_the_panel_begins_with_what_most_proposed() -> None:
    found = suggestion(
        [
            judged(3, 8, status="identified", status_reason="The cot.", learning="Tell parents."),
            judged(3, status="identified", status_reason="The cot.", learning="Tell midwives."),
            judged(3, 9, status="none", status_reason="Nothing."),
        ]
    )
    assert found.categories == {3}
    assert (found.status, found.status_reason) == ("identified", "The cot.")
    assert found.learning == "Tell parents.\n\nTell midwives."


def test_half_is_not_most() -> None:
    found = suggestion([judged(3, status="none"), judged(8, status="identified", status_reason="A")])
    assert (found.categories, found.status, found.status_reason) == (frozenset(), "", "")
    assert suggestion([]) == Judgement(frozenset(), "")


@pytest.mark.parametrize(
    ("levels", "expected"),
    [
        (("2",), "2"),
        (("2", None), None),
        (("2", "2", None), "2"),
        (("2", "3", None), "2"),
        (("3", "3", "2"), "3"),
        (("0", "0", "2"), None),
        (("1*", "3"), "1*"),
    ],
)
def test_a_factor_is_suggested_when_most_found_it(
    levels: tuple[str | None, ...], expected: str | None
) -> None:
    said = [judged(3, factors=(factor("co_sleeping", level),) if level else ()) for level in levels]
    found = suggestion(said).factors
    assert [each.influence for each in found] == ([expected] if expected else [])


def test_a_suggested_factor_is_modifiable_when_most_say_so_and_never_when_it_cannot_be() -> None:
    marked, plain = factor("co_sleeping", "2", "A", True), factor("co_sleeping", "2", "B")
    most = suggestion([judged(3, factors=(each,)) for each in (marked, marked, plain)]).factors[0]
    assert (most.is_modifiable, most.text) == (True, "A; B")
    half = suggestion([judged(3, factors=(each,)) for each in (marked, plain)]).factors[0]
    assert not half.is_modifiable


def test_what_is_told_in_other_words_is_kept_apart() -> None:
    own = FactorFacts("services", "", "2", "No interpreter")
    said = [("One", judged(3, factors=(own, factor("co_sleeping", "2", "A sofa"))))]
    assert in_other_words(said)["services"] == [("One", own)]
    assert in_other_words(said)["parenting"] == []
    assert [each.code for each in suggestion([said[0][1]]).factors] == ["co_sleeping"]
