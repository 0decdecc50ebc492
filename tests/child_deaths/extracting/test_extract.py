"""Cases as a file: the documented layout, for co-ordinators, behind the password and in the trail."""

import csv
import io
from collections.abc import Callable, Iterator
from datetime import date

import pytest
from cryptography.fernet import Fernet

from kscb_actions import clock
from kscb_actions.access.policy import Refused, Role
from kscb_actions.audit.models import AuditEvent
from kscb_actions.child_deaths.cases import births
from kscb_actions.child_deaths.cases.in_error import ErrorFacts, close_in_error
from kscb_actions.child_deaths.cases.models import ChildDeath
from kscb_actions.child_deaths.cases.rules import DeathFacts
from kscb_actions.child_deaths.cases.service import record_death
from kscb_actions.child_deaths.extracting.layout import COLUMNS
from kscb_actions.child_deaths.extracting.service import take_cases
from kscb_actions.child_deaths.particulars.service import save_particulars
from kscb_actions.people.models import User
from kscb_actions.text import InvalidInput

from ...factories import World
from ...factories_deaths import FACTS, Panel
from ...pages import Visitor
from ...people.visitor import PASSWORD, with_password
from ...queries import counted
from ..particulars.test_particulars import DIED, TODAY
from ..particulars.test_particulars import FACTS as PARTICULARS


@pytest.fixture
def panel(world: World) -> Panel:
    return Panel(world)


@pytest.fixture
def births_kept() -> Iterator[None]:
    births.use_key(Fernet.generate_key().decode())
    yield
    births.use_key(None)


def rows_of(text: str) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(text.removeprefix("\ufeff"), newline="")))


def test_a_case_has_everything_in_its_column(panel: Panel) -> None:
    decided = panel.death(circumstances="=1+1", event="sudi")
    panel.decision(decided)
    waiting = panel.death(district="outside-area")
    (row,) = rows_of(take_cases(panel.coordinator, "reviewed", "2011-12"))
    assert list(row) == [column.name for column in COLUMNS]
    told = {name: row[name] for name in (
        "case_number", "forms", "died_on", "age_number", "age_unit", "district", "primary_category",
        "other_categories", "modifiable", "factors", "reviewed_on", "birth_weight", "circumstances",
    )}  # fmt: skip
    assert told == {
        "case_number": decided.case_number, "forms": "2008", "died_on": "2011-11-03", "age_number": "1",
        "age_unit": "months", "district": "thanet", "primary_category": "3", "other_categories": "10",
        "modifiable": "identified", "factors": "parenting:co_sleeping:2:modifiable",
        "reviewed_on": "2012-03-29", "birth_weight": "", "circumstances": "'=1+1",
    }  # fmt: skip
    died = rows_of(take_cases(panel.coordinator, "died", "2011-12"))
    assert [each["case_number"] for each in died] == [decided.case_number, waiting.case_number]
    assert (died[1]["district"], died[1]["primary_category"], died[1]["learning"]) == ("outside-area", "", "")


def test_the_particulars_of_2018_stand_in_it(panel: Panel) -> None:
    with clock.at(TODAY):
        save_particulars(panel.coordinator, panel.death(died_on=DIED), PARTICULARS)
        (row,) = rows_of(take_cases(panel.coordinator, "died", "2019-20"))
    names = (
        "forms",
        "time_of_death",
        "birth_weight",
        "gestation",
        "coroner",
        "review_meeting_on",
        "key_worker",
    )
    assert [row[name] for name in names] == ["2018", "07:45", "3250", "38", "concluded", "2019-09-02", "yes"]


def test_who_was_born_when_is_in_it_only_where_that_is_kept_and_the_trail_says_so(
    panel: Panel, births_kept: None
) -> None:
    facts = DeathFacts(case_number="11/900", notified_on=date(2011, 11, 4), **FACTS)  # type: ignore[arg-type]
    record_death(panel.coordinator, facts, date_of_birth=date(2011, 9, 24))
    (row,) = rows_of(take_cases(panel.coordinator, "died", "2011-12"))
    assert row["date_of_birth"] == "2011-09-24"
    event = AuditEvent.select().order_by(AuditEvent.id.desc()).get()
    assert (event.event, event.room) == ("death.exported", "child_deaths")
    assert event.detail == '{"births":true,"by":"died","cases":1,"layout":"1","year":"2011-12"}'
    births.use_key(None)
    assert "2011-09-24" not in take_cases(panel.coordinator, "died", "2011-12")


def test_only_a_coordinator_takes_what_they_see_and_what_counts(panel: Panel) -> None:
    panel.meeting(cases=[panel.death()])
    hidden, closed = panel.death(), panel.death()
    second = panel.world.person("second-coordinator", Role.CDOP_COORDINATOR)
    panel.interest(hidden, second)
    close_in_error(panel.coordinator, closed, ErrorFacts("mistake", "A trial."))
    numbers = [row["case_number"] for row in rows_of(take_cases(second.viewer, "died", "2011-12"))]
    assert numbers == ["11/001"]
    for who in (panel.member, panel.world.as_viewer(panel.world.manager)):
        with pytest.raises(Refused):
            take_cases(who, "died", "2011-12")
    for by, year in (("born", "2011-12"), ("died", "2011"), ("died", "x")):
        with pytest.raises(InvalidInput):
            take_cases(panel.coordinator, by, year)


def test_it_takes_no_more_queries_with_more_cases(panel: Panel) -> None:
    panel.decision(panel.death())
    with counted() as few:
        take_cases(panel.coordinator, "died", "2011-12")
    for _ in range(3):
        panel.death()
    with counted() as many:
        take_cases(panel.coordinator, "died", "2011-12")
    assert int(many) == int(few)


def test_the_page_says_what_stands_in_it_and_asks_for_the_password(
    panel: Panel, visit: Callable[[User], Visitor]
) -> None:
    keeper = visit(with_password(panel.world.cdop_coordinator))
    assert "There is no case you can take." in keeper.get("/deaths/extract").text
    panel.death()
    page = keeper.get("/deaths/extract")
    assert "/deaths/extract" in keeper.get("/deaths").links()
    for column in COLUMNS:
        assert column.name in page.text
    assert "Select by which day" in keeper.get("/deaths/extract.csv?by=born&year=2011-12").text
    assert "Select by which day" in keeper.get("/deaths/extract.csv?by=died&year=%00").text
    address = "/deaths/extract.csv?by=died&year=2011-12"
    assert "not for release" in keeper.get(address).text
    assert "password" in keeper.post(address, {"password": "a wrong one"}).errors
    answer = keeper.client.post(address, data={"csrf_token": keeper.token, "password": PASSWORD})
    assert answer.headers["Content-Disposition"] == "attachment; filename=cases-died-2011-12.csv"
    assert len(rows_of(answer.get_data(as_text=True))) == 1 == ChildDeath.select().count()
