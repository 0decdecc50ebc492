"""What changes a case, and what is asked of agencies, stands in the audit trail one to one."""

from collections.abc import Callable
from dataclasses import replace
from datetime import date

from kscb_actions.child_deaths.cases.in_error import ErrorFacts, bring_back, close_in_error
from kscb_actions.child_deaths.cases.models import ChildDeath
from kscb_actions.child_deaths.cases.service import edit_death, facts_of
from kscb_actions.child_deaths.intake.service import import_cases
from kscb_actions.child_deaths.returns.models import AgencyReturn
from kscb_actions.child_deaths.returns.service import (
    answer_return,
    ask_returns,
    change_return,
    take_back_return,
)

from ...factories import TODAY, World
from ...factories_deaths import Panel
from ...foundation.test_audit_is_complete import unaudited
from ..intake.test_intake import table


def test_every_operation_on_a_case_tells_of_exactly_what_it_changed(world: World) -> None:
    panel = Panel(world)
    coordinator, death = panel.coordinator, panel.death()
    asked, days = panel.asked(death), (date(2012, 3, 1), date(2012, 4, 1))

    def seen() -> AgencyReturn:
        return AgencyReturn.get_by_id(asked.id)

    def other() -> AgencyReturn:
        return AgencyReturn.get(AgencyReturn.agency == world.health)

    def case() -> ChildDeath:
        return ChildDeath.get_by_id(death.id)

    operations: dict[str, Callable[[], object]] = {
        "record": lambda: panel.death(district="dover"),
        "edit": lambda: edit_death(coordinator, case(), replace(facts_of(case()), place="home"), 1),
        "ask": lambda: ask_returns(coordinator, death, [world.health, world.probation], *days),
        "answer": lambda: answer_return(coordinator, seen(), TODAY, "no", "", 1),
        "correct": lambda: answer_return(coordinator, seen(), TODAY, "yes", "Known.", 2),
        "dates": lambda: change_return(coordinator, seen(), *days, expected=3),
        "take back": lambda: take_back_return(coordinator, other(), "Asked by mistake."),
        "ask again": lambda: ask_returns(coordinator, death, [world.health], *days),
        "close": lambda: close_in_error(coordinator, case(), ErrorFacts("mistake", "A trial.")),
        "bring back": lambda: bring_back(coordinator, ChildDeath.get_by_id(death.id), "No trial."),
        "import": lambda: import_cases(coordinator, table({"case_number": "I1", "district": "swale"}), False),
    }
    assert {name: found for name, each in operations.items() if (found := unaudited(each))} == {}
