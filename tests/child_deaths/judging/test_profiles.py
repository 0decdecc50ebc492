"""Domains and levels of 2018 beside those of 2008: by the day of death, and never one for the other."""

from collections.abc import Callable
from datetime import date

import pytest

from kscb_actions import clock
from kscb_actions.access.policy import SYSTEM
from kscb_actions.child_deaths import terms
from kscb_actions.child_deaths.judging.comparing import compare, suggestion
from kscb_actions.child_deaths.judging.decisions import list_decisions
from kscb_actions.child_deaths.judging.models import Factor, PanelDecision
from kscb_actions.child_deaths.judging.profiles import OF_2008, OF_2018, form_with_domains
from kscb_actions.child_deaths.judging.rules import FactorFacts, Judgement, problems_with_judgement
from kscb_actions.child_deaths.meetings.models import PanelCase
from kscb_actions.figures.counting import queries
from kscb_actions.figures.counting.tally import Basis, tables_of
from kscb_actions.people.models import User

from ...factories import World
from ...factories_deaths import Panel
from ...pages import Visitor

DIED, HELD = date(2019, 6, 3), date(2020, 1, 9)
SOCIAL = FactorFacts("social", "co_sleeping", "2", "On a sofa", True)
BY_2018 = Judgement(
    frozenset({3, 10}), "identified", "The sofa.",
    (SOCIAL, FactorFacts("physical", "overheating", "1"), FactorFacts("child", "", "1"),
     FactorFacts("services", "", "0")),
)  # fmt: skip


def test_each_form_has_every_known_factor_once() -> None:
    for form in (OF_2008, OF_2018):
        codes = [code for known in form.factors.values() for code in known]
        assert sorted(codes) == sorted(terms.FACTOR_NAMES)
        assert list(form.factors) == list(form.domains)
        assert {level for level, _ in form.levels} | {"1"} == set(form.influences)
        assert set(form.contributing) <= set(form.influences)


@pytest.mark.parametrize(
    ("domains", "form"),
    [
        ((), OF_2008),
        (("child", "services"), OF_2008),
        (("child", "social"), OF_2018),
        (("parenting",), OF_2008),
    ],
)
def test_a_judgement_keeps_its_form(domains: tuple[str, ...], form: object) -> None:
    assert form_with_domains(domains) is form


@pytest.mark.parametrize(
    ("factor", "wrong"),
    [
        (SOCIAL, ""),
        (FactorFacts("parenting", "co_sleeping", "2"), "Select one of the four domains."),
        (FactorFacts("physical", "co_sleeping", "2"), "not a known factor"),
        (FactorFacts("social", "smoking", "3"), "Select how much"),
        (FactorFacts("social", "smoking", "1*"), "Select how much"),
        (FactorFacts("physical", "housing", "1", is_modifiable=True), "may have contributed"),
    ],
)
def test_levels_and_factors_are_those_of_its_form(factor: FactorFacts, wrong: str) -> None:
    judged = Judgement(frozenset({3}), "identified", "So.", (FactorFacts("physical", "", "1"), factor))
    found = problems_with_judgement(judged, HELD)
    assert wrong in found["factors-1"] if wrong else found == {}


def test_proposals_are_compared_in_their_own_domains() -> None:
    other = Judgement(frozenset({3}), "none", "", (FactorFacts("social", "co_sleeping", "2"),))
    compared = compare([("One", BY_2018), ("Two", other)])
    assert [part for part, _ in compared.parts[1:]] == list(terms.DOMAINS_2018.values())
    assert suggestion([BY_2018, other]).factors == (FactorFacts("social", "co_sleeping", "2", "On a sofa"),)


def test_a_death_of_2019_is_judged_by_the_form_of_2018_and_counted_there(
    world: World, visit: Callable[[User], Visitor]
) -> None:
    panel = Panel(world)
    old = panel.death()
    panel.decision(old)
    with clock.at(HELD):
        death = panel.death(died_on=DIED)
        meeting = panel.meeting(HELD, cases=[death])
        member = visit(world.cdop_member)
        page = member.get(f"/panels/{meeting.id}/cases/{death.id}/propose")
        for told in ("Social environment, with parenting capacity", "Physical environment"):
            assert told in page.text
        assert "1* Unlikely" not in page.text and "Family and environment" not in page.text
        member.send(
            f"/panels/{meeting.id}/cases/{death.id}/propose",
            {"categories": ["3", "10"], "outcome": "identified", "status_reason": "The sofa.",
             "level_co_sleeping": "2", "modifiable_co_sleeping": "y", "level_overheating": "1"},
        )  # fmt: skip
        panel.close(meeting)
        keeper = visit(world.cdop_coordinator)
        assert "Social environment" in keeper.get(f"/panels/{meeting.id}/cases/{death.id}").text
        address = f"/panels/{meeting.id}/cases/{death.id}/decide"
        assert keeper.send(address, {"reasons": "All agreed."}).status == 302
        (decided,) = list_decisions(panel.coordinator, death)
        assert decided.judgement.form is OF_2018
        assert {each.domain for each in decided.judgement.factors} == set(terms.DOMAINS_2018)
        text = keeper.get(f"/deaths/{death.id}").text
        assert "Physical environment" in text and "No factors identified, or unlikely" in text
        # The board moves the day: what was judged stays as it was, and its correction keeps the form.
        from kscb_actions.settings.service import change_settings

        change_settings(world.as_viewer(world.manager), {"forms_2018_since": "2020-01-01"})
        assert "Physical environment" in keeper.get(f"/deaths/{death.id}/correct").text
    assert PanelDecision.select().count() == 2 and PanelCase.select().count() == 2
    new = tables_of(queries.tally(SYSTEM, Basis.REVIEWED, "2019-20"))["domain"]
    assert [row.code for row in new.rows] == list(terms.DOMAINS_2018)
    assert all(row.cells[-1] == 1 for row in new.rows)
    before = tables_of(queries.tally(SYSTEM, Basis.REVIEWED, "2011-12"))["domain"]
    assert [(row.code, row.label) for row in before.rows] == list(terms.DOMAINS.items())
    assert all(row.cells[-1] == 1 for row in before.rows)
    assert Factor.select().where(Factor.domain == "social").exists()
