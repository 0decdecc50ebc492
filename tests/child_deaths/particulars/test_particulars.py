"""What the forms of 2018 ask of a death: for deaths from the day the board set, and for no other."""

from collections.abc import Callable
from dataclasses import replace
from datetime import date, timedelta

import pytest

from kscb_actions import clock
from kscb_actions.access.policy import Refused
from kscb_actions.audit.service import StaleEdit
from kscb_actions.child_deaths.cases.history import history_of
from kscb_actions.child_deaths.cases.models import ChildDeath
from kscb_actions.child_deaths.cases.words import facts_for_paper, facts_of_case
from kscb_actions.child_deaths.particulars.models import Particulars
from kscb_actions.child_deaths.particulars.rules import (
    ParticularsFacts,
    forms_of,
    problems_with_particulars,
    time_as_kept,
)
from kscb_actions.child_deaths.particulars.service import save_particulars
from kscb_actions.people.models import User
from kscb_actions.settings.rules import problems_with
from kscb_actions.settings.service import change_settings
from kscb_actions.text import InvalidInput

from ...factories import World
from ...factories_deaths import DISTRICTS, Panel
from ...foundation.test_audit_is_complete import unaudited
from ...pages import Visitor

SINCE, DIED, TODAY = date(2019, 4, 1), date(2019, 6, 3), date(2020, 1, 10)
FACTS = ParticularsFacts(
    "7.45", 3250, 38, "concluded", "coroner", "1a Sepsis", date(2019, 9, 2), "yes", "Bereavement nurse",
    "Could it have been seen earlier?",
)  # fmt: skip


@pytest.fixture
def panel(world: World) -> Panel:
    return Panel(world)


@pytest.fixture
def death(panel: Panel) -> ChildDeath:
    with clock.at(TODAY):
        return panel.death(died_on=DIED, rapid_response="yes", rapid_response_on=DIED)


@pytest.mark.parametrize(
    ("died_on", "forms"),
    [(SINCE - timedelta(days=1), "2008"), (SINCE, "2018"), (date(2011, 11, 3), "2008"), (DIED, "2018")],
)
def test_the_day_of_death_decides_on_the_forms(died_on: date, forms: str) -> None:
    assert forms_of(died_on, SINCE) == forms


@pytest.mark.parametrize(
    ("typed", "kept"),
    [("", ""), ("07:45", "07:45"), ("7.45", "07:45"), ("0745", "07:45"), ("23:59", "23:59"), ("24:00", None),
     ("7:5", None), ("noon", None), ("07:60", None)],
)  # fmt: skip
def test_a_time_is_read_as_people_write_it(typed: str, kept: str | None) -> None:
    assert time_as_kept(typed) == kept


@pytest.mark.parametrize(
    ("changes", "fields"),
    [
        ({}, set()),
        ({"time_of_death": "25:00"}, {"time_of_death"}),
        ({"birth_weight": 199}, {"birth_weight"}),
        ({"birth_weight": 200}, set()),
        ({"birth_weight": 8000}, set()),
        ({"birth_weight": 8001, "gestation": 46}, {"birth_weight", "gestation"}),
        ({"birth_weight": None, "gestation": None}, set()),
        ({"gestation": -1}, {"gestation"}),
        ({"coroner": "", "certificate": "x", "key_worker": "perhaps"},
         {"coroner", "certificate", "key_worker", "key_worker_post"}),
        ({"review_meeting_on": DIED - timedelta(days=1)}, {"review_meeting_on"}),
        ({"review_meeting_on": TODAY}, set()),
        ({"review_meeting_on": TODAY + timedelta(days=1)}, {"review_meeting_on"}),
        ({"key_worker": "no"}, {"key_worker_post"}),
        ({"key_worker_post": "Mrs Jones"}, {"key_worker_post"}),
        ({"family_questions": "Ask Dr Smith."}, {"family_questions"}),
        ({"cause": "x" * 20_001}, {"cause"}),
    ],
)  # fmt: skip
def test_what_is_wrong_is_said_beside_its_field(changes: dict[str, object], fields: set[str]) -> None:
    facts = replace(FACTS, **changes)  # type: ignore[arg-type]
    assert set(problems_with_particulars(facts, DIED, TODAY)) == fields
    assert problems_with_particulars(ParticularsFacts(), DIED, TODAY) == {}


def test_they_are_saved_shown_and_told_in_the_history(panel: Panel, death: ChildDeath) -> None:
    facts = dict(facts_of_case(death, DISTRICTS))
    assert facts["Joint agency response"] == "Yes, on 3 June 2019" and "Coroner" not in facts
    with clock.at(TODAY):
        assert unaudited(lambda: save_particulars(panel.coordinator, death, FACTS)) == set()
        with pytest.raises(StaleEdit):
            save_particulars(panel.coordinator, death, FACTS)
        later = replace(FACTS, coroner="investigates")
        assert unaudited(lambda: save_particulars(panel.coordinator, death, later, 1)) == set()
        with pytest.raises(Refused):
            save_particulars(panel.member, death, FACTS, 2)
    facts = dict(facts_of_case(death, DISTRICTS))
    assert (facts["Time of death"], facts["Birth weight"], facts["Coroner"]) == (
        "07:45",
        "3,250 grams",
        "Investigates",
    )
    assert list(facts)[-1] == "Circumstances"
    paper = dict(facts_for_paper(death))
    assert paper["Gestation"] == "38 weeks" and not {"Time of death", "Key worker"} & paper.keys()
    newest = history_of(death, DISTRICTS)[0]
    assert newest.title == "Particulars of a death changed"
    assert ("Coroner", "Investigation concluded → Investigates") in newest.detail


def test_an_earlier_death_has_none_until_the_board_sets_another_day(panel: Panel) -> None:
    with clock.at(TODAY):
        death = panel.death(died_on=date(2018, 6, 1), rapid_response="no")
        with pytest.raises(Refused, match="1 April 2019"):
            save_particulars(panel.coordinator, death, FACTS)
        assert "Rapid response" in dict(facts_of_case(death, DISTRICTS))
        manager = panel.world.as_viewer(panel.world.manager)
        change_settings(manager, {"forms_2018_since": "2018-04-01"})
        assert "Joint agency response" in dict(facts_of_case(death, DISTRICTS))
        save_particulars(panel.coordinator, death, replace(FACTS, review_meeting_on=None))
    assert Particulars.select().count() == 1


@pytest.mark.parametrize("value", ["2018-03-31", "", None, "2011-04-01"])
def test_the_forms_are_not_used_before_they_were(value: str | None) -> None:
    assert "1 April 2018" in problems_with({"forms_2018_since": value})["forms_2018_since"]
    assert problems_with({"forms_2018_since": "2018-04-01"}) == {}


def test_the_page_begins_with_not_known_and_keeps_what_was_typed(
    panel: Panel, death: ChildDeath, visit: Callable[[User], Visitor]
) -> None:
    old = panel.death()
    with clock.at(TODAY):
        keeper = visit(panel.world.cdop_coordinator)
        address = f"/deaths/{death.id}/particulars"
        assert address in keeper.get(f"/deaths/{death.id}").links()
        assert f"/deaths/{old.id}/particulars" not in keeper.get(f"/deaths/{old.id}").links()
        assert keeper.get(f"/deaths/{old.id}/particulars").status == 302
        page = keeper.get(address)
        assert page.value("coroner") == page.value("certificate") == page.value("key_worker") == ["not_known"]
        wrong = keeper.send(address, {"birth_weight": "3.2 kg", "time_of_death": "noon"})
        assert set(wrong.errors) == {"birth_weight", "time_of_death"}
        assert wrong.value("birth_weight") == "3.2 kg"
        keeper.send(address, {"birth_weight": "3,250", "gestation": "38"})
        assert "3,250 grams" in keeper.get(f"/deaths/{death.id}").text
        stale = keeper.post(address, {"version": "0", "coroner": "informed", "certificate": "doctor",
                                      "key_worker": "no"})  # fmt: skip
        assert stale.status == 409 and Particulars.get().coroner == "not_known"
        new = keeper.get("/deaths/new")
        for name in ("looked_after", "statutory_order", "rapid_response", "inquest", "criminal"):
            assert new.value(name) == ["not_known"]
    with pytest.raises(InvalidInput):
        save_particulars(panel.coordinator, death, replace(FACTS, gestation=99), 1)
