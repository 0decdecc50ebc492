"""The chart of agreement over time: each kappa of the table is a point, in words too and by no colour."""

from collections.abc import Callable
from datetime import date
from itertools import pairwise

import pytest

from kscb_actions.access.policy import Role
from kscb_actions.child_deaths.agreement.chart import (
    BOTTOM,
    LEFT,
    RIGHT,
    TOP,
    AgreementChart,
    agreement_chart,
)
from kscb_actions.child_deaths.agreement.rules import Agreement, Kappa
from kscb_actions.child_deaths.judging.rules import Judgement

from ...factories import World
from ...factories_deaths import Panel
from ...pages import Visitor


def of(value: float | None, raters: int = 4, cases: int = 10) -> Agreement:
    return Agreement(raters, "Fleiss", Kappa(value, 0.9, cases))


def chart(*periods: list[Agreement]) -> AgreementChart:
    made = agreement_chart([(f"P{number}", found) for number, found in enumerate(periods)])
    assert made is not None
    return made


@pytest.mark.parametrize("periods", [[], [("2011-12", [])], [("2011-12", [of(None)])]])
def test_without_any_kappa_there_is_no_picture(periods: list[tuple[str, list[Agreement]]]) -> None:
    assert agreement_chart(periods) is None


def test_a_single_point_stands_in_the_middle_and_is_named() -> None:
    made = chart([of(0.62)])
    (point,) = made.points
    assert (point.x, point.text, made.lines) == ((LEFT + RIGHT) / 2, "0.62", ())
    assert made.names == (((LEFT + RIGHT) / 2, "P0", "middle"),)
    assert made.alt == "1 point. The latest kappa is 0.62 in P0 with 4 members on each case."


@pytest.mark.parametrize(
    ("value", "y"),
    [(1.0, TOP), (0.0, BOTTOM), (0.5, (TOP + BOTTOM) // 2)],
)
def test_full_agreement_is_above_and_chance_below(value: float, y: int) -> None:
    assert chart([of(value)]).points[0].y == y


@pytest.mark.parametrize(
    ("lowest", "levels"),
    [(0.0, ["1", "0.5", "0"]), (-0.01, ["1", "0.5", "0", "−0.5"]), (-0.51, ["1", "0.5", "0", "−0.5", "−1"])],
)
def test_less_than_chance_has_room_below_it(lowest: float, levels: list[str]) -> None:
    made = chart([of(0.9)], [of(lowest)])
    assert [level for _, level in made.levels] == levels
    assert made.levels[-1][0] == BOTTOM
    assert all(TOP <= point.y <= BOTTOM for point in made.points)
    assert made.points[1].text.startswith("−") == (lowest < 0)


def test_the_same_number_of_members_is_joined_from_period_to_period() -> None:
    made = chart([of(0.1), of(0.2, 5)], [of(0.3), of(None, 5)], [of(0.4), of(0.5, 5)])
    assert [(one.raters, one.value, other.value) for one, other in made.lines] == [
        (4, 0.1, 0.3),
        (4, 0.3, 0.4),
    ]
    first = [point.x for point in made.points if point.period == "P0"]
    assert first[0] < first[1]


def test_few_cases_are_marked() -> None:
    made = chart([of(0.5, cases=9)], [of(0.5, cases=10)])
    assert [point.is_few for point in made.points] == [True, False]


def test_of_many_periods_the_first_and_last_are_named_and_nothing_leaves_the_picture() -> None:
    made = chart(*[[of(0.5, raters) for raters in (2, 3, 4, 5, 6)]] * 60)
    assert [(name, anchor) for _, name, anchor in made.names] == [("P0", "start"), ("P59", "end")]
    assert all(0 < point.x < 100 for point in made.points)


@pytest.mark.parametrize(
    ("periods", "members", "has_numbers"),
    [(1, 1, True), (8, 1, True), (10, 1, False), (3, 2, True), (4, 2, True), (5, 2, False), (2, 5, False)],
)
def test_numbers_stand_at_the_points_where_they_do_not_overlap(
    periods: int, members: int, has_numbers: bool
) -> None:
    made = chart(*[[of(0.5, raters) for raters in range(2, 2 + members)]] * periods)
    assert made.has_numbers == has_numbers
    places = sorted(point.x for point in made.points)
    assert (LEFT - 0.01 <= places[0]) & (places[-1] <= RIGHT + 0.01)
    if has_numbers:
        assert min([one - other for other, one in pairwise(places)], default=10) > 9.98


def test_the_page_draws_the_points_of_its_tables(world: World, visit: Callable[..., Visitor]) -> None:
    panel = Panel(world)
    members = [world.person(f"member-{number}", Role.CDOP_MEMBER) for number in (1, 2)]
    meeting = panel.meeting(date(2012, 3, 29), members=members)
    for answers in [(3, 3)] * 6 + [(3, 8), (8, 8), (8, 8)]:
        case = panel.case(meeting, panel.death(died_on=date(2008, 11, 3)))
        for member, category in zip(members, answers, strict=True):
            panel.proposal(case, member, Judgement(frozenset({category}), "none"))
    panel.close(meeting)
    page = visit(world.cdop_coordinator).get("/panels/agreement")
    pictures = page.tree.xpath("//main//svg[@role='img']")
    # By year and by meeting; of the status every judgement was the same: there is nothing to draw.
    assert len(pictures) == 2
    (value,) = {
        cell.strip() for cell in page.tree.xpath("//td[@data-label='Kappa']//text()") if "Cohen" in cell
    }
    for picture in pictures:
        texts = picture.xpath(".//*[local-name()='text']/text()")
        assert value.split()[0] in texts
        assert "2" in texts
        for part in picture.get("aria-labelledby").split():
            assert page.tree.xpath(f"//*[@id='{part}']")
        assert len(picture.xpath(".//*[contains(@class, 'app-agreement__point--few')]")) == 1
    tables = page.tree.xpath("//main//table")
    assert len(tables) == 4
