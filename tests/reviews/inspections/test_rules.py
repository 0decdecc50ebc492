"""What a finding and an area of an inspection need, and what they are called."""

import pytest

from kscb_actions.reviews.inspections.rules import (
    AREA_NAMES,
    AREA_WORDS,
    Area,
    AreaFacts,
    FindingFacts,
    problems_with_area,
    problems_with_finding,
    words_of,
)


@pytest.mark.parametrize(
    ("facts", "fields"),
    [
        (AreaFacts(), set()),
        (AreaFacts("priority", 1, "partly"), set()),
        (AreaFacts("priority", 1), {"became"}),
        (AreaFacts("priority", None, "tackled"), {"earlier"}),
        (AreaFacts("priority", 1, "vanished"), {"became"}),
        (AreaFacts("", None), {"area"}),
        (AreaFacts("other", 1), {"area", "became"}),
    ],
)
def test_what_is_wrong_with_an_area_is_said_at_its_field(facts: AreaFacts, fields: set[str]) -> None:
    assert set(problems_with_area(facts)) == fields


@pytest.mark.parametrize(
    ("facts", "fields"),
    [
        (FindingFacts("judgement", "Leadership", "Good"), set()),
        (FindingFacts("judgement", "t" * 200, "g" * 60, 4), set()),
        (FindingFacts("judgement", "", ""), {"text", "grade"}),
        (FindingFacts("judgement", "t" * 201, "g" * 61), {"text", "grade"}),
        (FindingFacts("strength", "Referrals are answered in a day."), set()),
        (FindingFacts("strength", "Referrals.", earlier_id=4, became="tackled"), set()),
        (FindingFacts("strength", "Referrals.", earlier_id=4), {"became"}),
        (FindingFacts("strength", "", became="tackled"), {"text", "earlier"}),
        (FindingFacts("strength", "t" * 10_001), {"text"}),
    ],
)
def test_what_is_wrong_with_a_finding_is_said_at_its_field(facts: FindingFacts, fields: set[str]) -> None:
    assert set(problems_with_finding(facts)) == fields


def test_what_is_asked_for_is_called_by_its_area_in_an_inspection_alone() -> None:
    assert words_of(False, "priority").one == "recommendation"
    assert words_of(True).many == "areas for development"
    assert words_of(True, "").a_one == "an area for development"
    assert words_of(True, "priority").one == "area for priority action"
    assert all(AREA_NAMES[each].lower() == AREA_WORDS[each].one for each in Area)
