"""Agreement in the statistics: of the right proposals, grouped rightly, against known numbers."""

from collections.abc import Callable, Sequence
from datetime import date

import pytest

from kscb_actions.access.policy import Role
from kscb_actions.child_deaths.agreement.queries import agreement_by_meeting, agreement_by_year, list_answers
from kscb_actions.child_deaths.agreement.rules import TOO_FEW_RATERS, JudgedCase, by_number_of_raters
from kscb_actions.child_deaths.judging.rules import Judgement
from kscb_actions.people.models import User

from ...factories import World
from ...factories_deaths import Panel
from ...pages import Visitor
from ...queries import counted

# Two raters, 20 cases of two kinds: 0.7 agree, by chance 0.5 would; kappa 0.4.
PAIRS = [(3, 3)] * 10 + [(3, 8)] * 5 + [(8, 3)] * 1 + [(8, 8)] * 4


@pytest.fixture
def panel(world: World) -> Panel:
    return Panel(world)


@pytest.fixture
def members(world: World) -> list[User]:
    """Give three members."""
    return [world.person(f"member-{n}", Role.CDOP_MEMBER) for n in (1, 2, 3)]


def judged(
    panel: Panel,
    held_on: date,
    answers: Sequence[Sequence[int]],
    members: Sequence[User],
    is_closed: bool = True,
) -> None:
    """Record a meeting at which these members gave these categories, case by case."""
    meeting = panel.meeting(held_on, members=members)
    for row in answers:
        case = panel.case(meeting, panel.death(died_on=date(2008, 11, 3)))
        for member, category in zip(members, row, strict=False):
            panel.proposal(case, member, Judgement(frozenset({category, 10}), "none"))
    if is_closed:
        panel.close(meeting)


def expected_kappa(pairs: Sequence[tuple[int, int]]) -> float:
    """Return Cohen's kappa, computed from its definition."""
    total = len(pairs)
    observed = sum(one == other for one, other in pairs) / total
    chance = sum(
        sum(one == kind for one, _ in pairs) / total * sum(other == kind for _, other in pairs) / total
        for kind in {each for pair in pairs for each in pair}
    )
    return (observed - chance) / (1 - chance)


def test_two_members_are_compared_by_cohens_kappa(panel: Panel, members: list[User]) -> None:
    judged(panel, date(2012, 3, 29), PAIRS, members[:2])
    (year,) = agreement_by_year(list_answers(panel.coordinator))
    (found,) = year.categories
    assert (year.name, found.measure, found.raters, found.kappa.cases) == ("2011-12", "Cohen", 2, 20)
    assert found.kappa.observed == pytest.approx(0.7)
    # Marginals 15:5 and 11:9: by chance 0.75 × 0.55 + 0.25 × 0.45 = 0.525; (0.7 - 0.525) / 0.475.
    assert found.kappa.value == pytest.approx(0.3684, abs=0.0001)
    assert found.kappa.value == pytest.approx(expected_kappa(PAIRS))
    assert found.meaning == "Fair"
    (status,) = year.statuses
    assert (status.kappa.value, status.kappa.observed) == (None, 1.0)
    assert "Every judgement was the same" in status.meaning


def test_each_number_of_members_has_a_row_of_its_own(panel: Panel, members: list[User]) -> None:
    answers = [(3, 3, 3), (8, 8, 8), (3, 8, 3), (3, 3), (8, 3), (3,)]
    judged(panel, date(2012, 3, 29), answers, members)
    (year,) = agreement_by_year(list_answers(panel.coordinator))
    assert [(each.raters, each.measure, each.kappa.cases) for each in year.categories] == [
        (1, "Fleiss", 1),
        (2, "Cohen", 2),
        (3, "Fleiss", 3),
    ]
    alone, _, three = year.categories
    assert (alone.kappa.value, alone.meaning) == (None, TOO_FEW_RATERS)
    # Fleiss: P = (1 + 1 + 1/3) / 3 = 7/9, by chance (5/9)² + (4/9)² = 41/81; (63 - 41) / (81 - 41).
    assert three.kappa.value == pytest.approx(22 / 40)
    assert three.meaning == "Moderate. Few cases: take it with care."


def test_cohen_needs_the_same_two_and_is_told_apart_by_who_said_it() -> None:
    same = [JudgedCase((1, 2), ("a", "b")), JudgedCase((2, 1), ("a", "a")), JudgedCase((1, 2), ("b", "b"))]
    (found,) = by_number_of_raters(same)
    assert (found.measure, found.kappa.value) == (
        "Cohen",
        pytest.approx(expected_kappa([(0, 1), (0, 0), (1, 1)])),
    )
    (changing,) = by_number_of_raters([*same, JudgedCase((1, 3), ("a", "a"))])
    assert changing.measure == "Fleiss"


@pytest.mark.parametrize(
    ("agreeing", "of", "word"),
    [(0, 20, "No better than chance"), (17, 20, "Substantial"), (19, 20, "Almost perfect")],
)
def test_kappa_is_said_in_words(agreeing: int, of: int, word: str) -> None:
    cases = [JudgedCase((1, 2), (n % 2, n % 2 if n < agreeing else 1 - n % 2)) for n in range(of)]
    (found,) = by_number_of_raters(cases)
    assert found.meaning == word


def test_only_closed_meetings_and_proposals_that_count_are_taken(
    world: World, panel: Panel, members: list[User]
) -> None:
    judged(panel, date(2012, 3, 29), [(3, 8), (3, 3)], members[:2])
    judged(panel, date(2011, 3, 31), [(3, 3)], members[:2])
    judged(panel, date(2012, 5, 10), [(8, 8)], members[:2], is_closed=False)
    answers = list_answers(panel.coordinator)
    assert [each.name for each in agreement_by_year(answers)] == ["2011-12", "2010-11"]
    assert [each.name for each in agreement_by_meeting(answers)] == ["29 March 2012", "31 March 2011"]
    from kscb_actions.child_deaths.meetings.models import PanelCase

    first = PanelCase.select().order_by(PanelCase.id).get()
    panel.interest(first.death, members[1])
    (year, _) = agreement_by_year(list_answers(panel.coordinator))
    assert [(each.raters, each.kappa.cases) for each in year.categories] == [(1, 1), (2, 1)]
    for person in (world.cdop_member, world.manager):
        assert list_answers(person.viewer) == []


def test_the_page_says_it_in_words_and_in_numbers(
    world: World, visit: Callable[[User], Visitor], panel: Panel, members: list[User]
) -> None:
    coordinator = visit(world.cdop_coordinator)
    assert "No meeting’s proposals are closed yet." in coordinator.get("/panels/agreement").text
    judged(panel, date(2012, 3, 29), PAIRS, members[:2])
    page = coordinator.get("/panels/agreement")
    (table,) = page.tree.xpath("//table[caption='Primary category, by reporting year']")
    cells = [" ".join(cell.text_content().split()) for cell in table.xpath(".//tbody/tr/*")]
    assert cells == ["2011-12", "2", "20", "70%", "0.37 (Cohen)", "Fair"]
    assert len(page.tree.xpath("//table")) == 4
    assert visit(world.cdop_member).get("/panels/agreement").status == 403


def test_one_query_however_many_cases(panel: Panel, members: list[User]) -> None:
    judged(panel, date(2012, 3, 29), [(3, 8)], members[:2])
    with counted() as one:
        list_answers(panel.coordinator)
    judged(panel, date(2012, 3, 28), [(3, 8, 8)] * 30, members)
    with counted() as many:
        assert len(list_answers(panel.coordinator)) == 31
    assert int(one) == int(many) == 1
