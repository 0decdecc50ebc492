"""What changes a case, and what is asked of agencies, stands in the audit trail one to one."""

import io
from collections.abc import Callable
from dataclasses import replace
from datetime import date

from kscb_actions.assurance.erasing import refuse_erased
from kscb_actions.child_deaths.cases.in_error import ErrorFacts, bring_back, close_in_error
from kscb_actions.child_deaths.cases.models import ChildDeath
from kscb_actions.child_deaths.cases.service import edit_death, facts_of
from kscb_actions.child_deaths.intake.service import import_cases
from kscb_actions.child_deaths.requests.erasing import ask_to_erase, decide_erasure, take_erasure_back
from kscb_actions.child_deaths.requests.models import ReturnErasure, ReturnFile
from kscb_actions.child_deaths.requests.rules import Answer
from kscb_actions.child_deaths.requests.service import (
    attach_files,
    judge_answer,
    remove_file,
    save_part,
    send_answer,
)
from kscb_actions.child_deaths.returns.models import AgencyReturn
from kscb_actions.child_deaths.returns.service import (
    answer_return,
    ask_returns,
    change_return,
    take_back_return,
)

from ...factories import PDF, TODAY, World
from ...factories_deaths import Panel
from ...foundation.test_audit_is_complete import unaudited
from ..intake.test_intake import table
from ..requests.making import URL


def test_every_operation_on_a_case_tells_of_exactly_what_it_changed(world: World) -> None:
    panel = Panel(world)
    coordinator, death = panel.coordinator, panel.death()
    asked, days = panel.asked(death), (date(2012, 3, 1), date(2012, 4, 1))

    def seen() -> AgencyReturn:
        return AgencyReturn.get_by_id(asked.id)

    def other() -> AgencyReturn:
        return AgencyReturn.get(AgencyReturn.agency == world.health)

    def request() -> AgencyReturn:
        return AgencyReturn.get(AgencyReturn.agency == world.probation)

    def asked_to_erase() -> ReturnErasure:
        return ReturnErasure.get(ReturnErasure.outcome == "")

    def pdf() -> tuple[str, io.BytesIO]:
        return "chronology.pdf", io.BytesIO(PDF)

    contact = world.as_viewer(world.death_contact)

    def case() -> ChildDeath:
        return ChildDeath.get_by_id(death.id)

    operations: dict[str, Callable[[], object]] = {
        "record": lambda: panel.death(district="dover"),
        "edit": lambda: edit_death(coordinator, case(), replace(facts_of(case()), place="home"), 1),
        "ask": lambda: ask_returns(coordinator, death, [world.health, world.probation], *days, URL, True),
        "answer": lambda: answer_return(coordinator, seen(), TODAY, "no", "", 1),
        "correct": lambda: answer_return(coordinator, seen(), TODAY, "yes", "Known.", 2),
        "dates": lambda: change_return(coordinator, seen(), *days, expected=3),
        "take back": lambda: take_back_return(coordinator, other(), "Asked by mistake."),
        "close": lambda: close_in_error(coordinator, case(), ErrorFacts("mistake", "A trial.")),
        "bring back": lambda: bring_back(coordinator, ChildDeath.get_by_id(death.id), "No trial."),
        "ask again": lambda: ask_returns(coordinator, death, [world.health], *days, URL, True),
        "save": lambda: save_part(contact, request(), "knows", Answer("Known.", "yes"), 0),
        "save more": lambda: save_part(contact, request(), "knows", Answer("Well known.", "yes"), 1),
        "attach": lambda: attach_files(contact, request(), world.store, [pdf()], refuse_erased),
        "take off": lambda: remove_file(contact, ReturnFile.get(), world.store),
        "attach again": lambda: attach_files(contact, request(), world.store, [pdf()], refuse_erased),
        "send": lambda: send_answer(contact, request(), URL),
        "return": lambda: judge_answer(coordinator, request(), 1, "returned", "When?", days[1], URL),
        "leave out": lambda: remove_file(contact, ReturnFile.get(), world.store),
        "send again": lambda: send_answer(contact, request(), URL),
        "accept": lambda: judge_answer(coordinator, request(), 2, "accepted", "", None, URL),
        "ask to erase": lambda: ask_to_erase(contact, ReturnFile.get(), "Another child.", URL),
        "take that back": lambda: take_erasure_back(contact, ReturnErasure.get(), URL),
        "ask again to erase": lambda: ask_to_erase(coordinator, ReturnFile.get(), "Another child.", URL),
        "erase": lambda: decide_erasure(contact, world.store, asked_to_erase(), True, "", URL),
        "import": lambda: import_cases(coordinator, table({"case_number": "I1", "district": "swale"}), False),
    }
    assert {name: found for name, each in operations.items() if (found := unaudited(each))} == {}
