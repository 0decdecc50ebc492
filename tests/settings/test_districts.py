"""The board's districts: what they may be called, who keeps them, and what of them a case is offered."""

from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kscb_actions.access.policy import Refused
from kscb_actions.audit.models import AuditEvent
from kscb_actions.child_deaths.cases.models import ChildDeath
from kscb_actions.child_deaths.cases.queries import counted_districts
from kscb_actions.child_deaths.intake.rules import read_cases
from kscb_actions.child_deaths.intake.service import import_cases
from kscb_actions.child_deaths.learning.lessons import recommend
from kscb_actions.figures.disclosure.axes import NOT_KNOWN
from kscb_actions.people.models import User
from kscb_actions.reviews.rules import RecommendationFacts
from kscb_actions.settings.districts import (
    add_district,
    close_district,
    open_district,
    read_districts,
    rename_district,
)
from kscb_actions.settings.models import District
from kscb_actions.settings.rules import BESIDE, RESERVED, Districts, code_for, problem_with_name
from kscb_actions.text import InvalidInput

from ..child_deaths.cases.test_pages import TYPED
from ..child_deaths.intake.test_intake import table
from ..factories import TODAY, World
from ..factories_deaths import DISTRICTS, Panel
from ..foundation.test_audit_is_complete import unaudited
from ..pages import Page, Visitor
from ..queries import counted

LIST = "/deaths/districts"
TOO_LONG = "Enter the district in up to 60 characters."
OTHERS = {"shepway": "Folkestone and Hythe", "st_albans": "St Albans", "ynys_mon": "Ynys Môn"}


@pytest.fixture
def panel(world: World) -> Panel:
    return Panel(world)


@pytest.fixture
def coordinator(visit: Callable[[User], Visitor], world: World) -> Visitor:
    return visit(world.cdop_coordinator)


def called(code: str) -> District:
    return District.get(District.code == code)


def offered(page: Page) -> list[str]:
    """Return the names in the list of districts of a case's form."""
    texts = page.tree.xpath("//select[@name='district']/option/text()")
    return [" ".join(each.split()) for each in texts][1:]


@pytest.mark.parametrize(
    ("name", "code"),
    [
        ("Dover", "dover"),
        ("Tonbridge and Malling", "tonbridge_and_malling"),
        ("St. Albans", "st_albans"),
        ("King’s Lynn & West Norfolk", "kings_lynn_west_norfolk"),
        ("King's Lynn", "kings_lynn"),
        ("Ynys Môn", "ynys_mon"),
        ("  -12- ", "12"),
        ("北京", "district"),
        ("Taken", "taken_3"),
        ("Not known", "not_known_2"),
        ("Kensington and Chelsea and Fulham", "kensington_and_chelsea_and_ful"),
        ("x" * 60, "x" * 28 + "_2"),
    ],
)
def test_a_code_is_made_of_the_name(name: str, code: str) -> None:
    assert code_for(name, {"taken", "taken_2", "x" * 30}) == code


@given(st.text(max_size=60), st.sets(st.sampled_from(["district", "district_2", "a", "a_2", "0"])))
def test_a_code_is_new_and_fits_whatever_the_name(name: str, taken: set[str]) -> None:
    code = code_for(name, taken)
    assert code not in taken | RESERVED
    assert 1 <= len(code) <= 30 and code.isascii() and code.replace("_", "").isalnum()


def test_the_row_of_those_who_lived_in_none_is_nobodys_code() -> None:
    assert {NOT_KNOWN, *BESIDE} == RESERVED


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("Dover", None),
        ("x" * 60, None),
        ("x" * 61, TOO_LONG),
        ("", TOO_LONG),
        ("–!–", TOO_LONG),
        ("St Albans", "“St Albans” is on the list already."),
        ("ST  ALBANS", "“St Albans” is on the list already."),
        ("St. Albans", "“St Albans” is on the list already."),
        ("StAlbans", "“St Albans” is on the list already."),
        ("Outside the Boards area", "“Outside the Board’s area” is on the list already."),
        ("not known", "“Not known” is on the list already."),
        ("Ynys Mon", "“Ynys Môn” is on the list already."),
        ("St Albans East", None),
        (
            "Shepway",
            "“Folkestone and Hythe” was called this before, and a file to import may still call it so.",
        ),
    ],
)
def test_two_names_that_are_alike_are_refused(name: str, said: str | None) -> None:
    assert problem_with_name(name, OTHERS) == said


@pytest.mark.parametrize(
    ("own", "found"),
    [(None, ["a"]), ("a", ["a"]), ("b", ["a", "b"]), ("elsewhere", ["a"]), (NOT_KNOWN, ["a"])],
)
def test_a_closed_district_is_offered_to_a_case_that_has_it(own: str | None, found: list[str]) -> None:
    kept = Districts({"a": "A"}, {"b": "B", "c": "C"})
    assert list(kept.offered(own)) == [*found, *BESIDE]
    assert kept.names == {"a": "A", "b": "B", "c": "C", **BESIDE}


def test_a_new_database_begins_with_kents(world: World) -> None:
    with counted() as count:
        assert read_districts() == Districts(DISTRICTS, {})
        assert counted_districts() == DISTRICTS
    assert int(count) == 2


def test_a_district_is_added_with_a_code_of_its_own(coordinator: Visitor, panel: Panel) -> None:
    assert LIST in coordinator.get("/deaths").links()
    answer = coordinator.post(LIST, name="  Folkestone  and\tHythe ")
    assert (answer.status, answer.leads_to) == (302, LIST)
    page = coordinator.get(LIST)
    assert "The district is on the list." in page.text and "Folkestone and Hythe" in page.text
    new = called("folkestone_and_hythe")
    assert (new.name, new.is_closed) == ("Folkestone and Hythe", False)
    assert "Folkestone and Hythe" in offered(coordinator.get("/deaths/new"))
    assert coordinator.post("/deaths/new", TYPED | {"district": new.code}).status == 302
    event = AuditEvent.get(AuditEvent.event == "district.added")
    assert (event.room, event.object_id, event.actor_id) == (
        "child_deaths",
        new.id,
        panel.world.cdop_coordinator.id,
    )


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("", TOO_LONG),
        (" \x00\x08 ", TOO_LONG),
        ("d" * 61, TOO_LONG),
        ("dover", "“Dover” is on the list already."),
        ("TUNBRIDGE  WELLS", "“Tunbridge Wells” is on the list already."),
        ("Do\x00ver", "“Dover” is on the list already."),
    ],
)
def test_what_no_district_can_be_called_is_said_beside_it(
    coordinator: Visitor, panel: Panel, name: str, said: str
) -> None:
    page = coordinator.post(LIST, name=name)
    assert (page.status, page.errors) == (200, {"name": said})
    if "\x00" not in name:
        assert page.value("name") == name
    path = f"{LIST}/{called('swale').id}"
    page = coordinator.send(path, name=name)
    assert (page.status, page.errors) == (200, {"name": said})
    assert read_districts() == Districts(DISTRICTS, {})


def test_a_district_is_renamed_wherever_a_case_has_it(coordinator: Visitor, panel: Panel) -> None:
    death, shepway = panel.death(district="shepway"), called("shepway")
    path = f"{LIST}/{shepway.id}"
    assert path in coordinator.get(LIST).links()
    answer = coordinator.send(path, name=" Folkestone   and Hythe")
    assert (answer.status, answer.leads_to) == (302, LIST)
    assert "“Shepway” is now called “Folkestone and Hythe”." in coordinator.get(LIST).text
    assert called("shepway").name == "Folkestone and Hythe"
    assert "Folkestone and Hythe" in coordinator.get(f"/deaths/{death.id}").text
    assert offered(coordinator.get("/deaths/new"))[4] == "Folkestone and Hythe"
    event = AuditEvent.get(AuditEvent.event == "district.renamed")
    assert "Shepway" in event.changes and "Folkestone and Hythe" in event.changes
    page = coordinator.post(LIST, name="Shepway")
    assert page.errors["name"].startswith("“Folkestone and Hythe” was called this before")
    # Its own first name is nobody else's.
    assert coordinator.send(path, name="Shepway").status == 302


def test_a_district_that_somebody_else_renamed_is_not_renamed_over(
    coordinator: Visitor, panel: Panel
) -> None:
    shepway = called("shepway")
    rename_district(panel.coordinator, shepway, "Folkestone", shepway.version)
    page = coordinator.post(f"{LIST}/{shepway.id}", name="Mine", version="1")
    assert page.status == 409 and page.value("name") == "Mine" and "Folkestone" in page.text
    assert called("shepway").name == "Folkestone"
    assert coordinator.post(f"{LIST}/{shepway.id}", name="Mine", version=page.value("version")).status == 302
    assert coordinator.get(f"{LIST}/999").status == 404


def test_a_closed_district_is_no_longer_offered_and_stays_where_cases_have_it(
    coordinator: Visitor, panel: Panel
) -> None:
    death, dover = panel.death(district="dover"), called("dover")
    answer = coordinator.post(LIST, close=str(dover.id))
    assert (answer.status, answer.leads_to) == (302, LIST)
    page = coordinator.get(LIST)
    assert "“Dover” is closed. It is no longer offered." in page.text and "Closed districts" in page.text
    assert "Dover" not in offered(coordinator.get("/deaths/new"))
    page = coordinator.post("/deaths/new", TYPED | {"district": "dover"})
    assert page.errors == {"district": "Select the district the child lived in."}
    assert "Dover" in coordinator.get(f"/deaths/{death.id}").text
    edit = f"/deaths/{death.id}/edit"
    assert coordinator.get(edit).value("district") == "dover"
    assert coordinator.send(edit, place="home").status == 302
    assert ChildDeath.get_by_id(death.id).district == "dover"
    assert coordinator.send(edit, district="swale").status == 302
    assert "Dover → Swale" in coordinator.get(f"/deaths/{death.id}").text
    assert "Dover" not in offered(coordinator.get(edit))
    assert coordinator.send(edit, district="dover").errors.keys() == {"district"}


def test_a_closed_district_is_opened_again(coordinator: Visitor, panel: Panel) -> None:
    dover = close_district(panel.coordinator, called("dover"))
    assert coordinator.post(LIST, open=str(dover.id)).leads_to == LIST
    page = coordinator.get(LIST)
    assert "“Dover” is open again." in page.text and "Closed districts" not in page.text
    assert "Dover" in offered(coordinator.get("/deaths/new"))
    events = AuditEvent.select().where(AuditEvent.kind == "district").order_by(AuditEvent.id)
    assert [each.event for each in events] == ["district.closed", "district.opened"]


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ({"close": "999"}, "Look again."),
        ({"close": "x"}, "Look again."),
        ({"open": ""}, "Look again."),
        ({"open": "ashford"}, "“Ashford” is open already."),
        ({"close": "dover"}, "“Dover” is closed already."),
    ],
)
def test_a_button_of_an_old_page_changes_nothing(
    coordinator: Visitor, panel: Panel, fields: dict[str, str], said: str
) -> None:
    close_district(panel.coordinator, called("dover"))
    ids = {row.code: str(row.id) for row in District.select()}
    page = coordinator.post(LIST, {name: ids.get(value, value) for name, value in fields.items()})
    assert page.status == 200 and said in " ".join(page.errors.values())
    assert list(read_districts().closed) == ["dover"]


def test_the_last_one_closed_leaves_a_way_back(coordinator: Visitor, panel: Panel) -> None:
    for district in District.select():
        close_district(panel.coordinator, district)
    assert "No district is open." in coordinator.get(LIST).text
    assert offered(coordinator.get("/deaths/new")) == list(BESIDE.values())
    assert coordinator.post("/deaths/new", TYPED).errors.keys() == {"district"}


@pytest.mark.parametrize("name", ["manager", "chair", "reader", "police_lead", "cdop_member"])
def test_nobody_else_keeps_them(
    world: World, visit: Callable[[User], Visitor], panel: Panel, name: str
) -> None:
    user: User = getattr(world, name)
    dover, who = called("dover"), world.as_viewer(user)
    for path in (LIST, f"{LIST}/{dover.id}"):
        assert visit(user).get(path).status == 404
        assert visit(user).post(path, name="Mine", close=str(dover.id), version="1").status == 404
    refused: tuple[Callable[[], Any], ...] = (
        lambda: add_district(who, "Medway"),
        lambda: rename_district(who, dover, "Mine", 1),
        lambda: close_district(who, dover),
        lambda: open_district(who, dover),
    )
    for operation in refused:
        with pytest.raises(Refused):
            operation()
    assert read_districts() == Districts(DISTRICTS, {})
    assert LIST not in visit(world.cdop_member).get("/deaths").links()


def test_every_operation_tells_of_exactly_what_it_changed_and_the_board_hears_nothing(
    panel: Panel, visit: Callable[[User], Visitor]
) -> None:
    who, said = panel.coordinator, visit(panel.world.manager).get("/audit").text
    operations: dict[str, Callable[[], object]] = {
        "add": lambda: add_district(who, "Medway"),
        "rename": lambda: rename_district(who, called("medway"), "Medway Towns", 1),
        "close": lambda: close_district(who, called("medway")),
        "open": lambda: open_district(who, called("medway")),
    }
    assert {name: found for name, each in operations.items() if (found := unaudited(each))} == {}
    assert called("medway").version == 4
    assert visit(panel.world.manager).get("/audit").text == said


def test_an_import_takes_the_boards_own_and_says_by_row_what_is_closed(panel: Panel) -> None:
    who = panel.coordinator
    rename_district(who, called("shepway"), "Folkestone and Hythe", 1)
    add_district(who, "Medway")
    close_district(who, called("dover"))
    taken = table(
        {"case_number": "11/001", "district": "MEDWAY"},
        {"case_number": "11/002", "district": "folkestone and hythe"},
        {"case_number": "11/003", "district": "Shepway", "sex": "female"},
    )
    assert import_cases(who, taken, dry_run=False).recorded == 3
    rows = ChildDeath.select().order_by(ChildDeath.case_number)
    assert [row.district for row in rows] == ["medway", "shepway", "shepway"]
    for text in ("Dover", "dover"):
        both = ({"case_number": "11/008"}, {"case_number": "11/009", "district": text})
        (problem,) = import_cases(who, table(*both), dry_run=True).problems
        assert (problem.row, problem.column) == (3, "district")
        assert problem.message == "“Dover” is closed. Open it again, or write another district."
    (problem,) = read_cases(table({"district": ""}), TODAY, Districts({"a": "A"}, {"b": "B"})).problems
    assert problem.message == "Write one of a, outside-area, not_known."


def test_neither_name_of_a_district_leaves_with_the_age(panel: Panel) -> None:
    death = panel.death(district="shepway")
    rename_district(panel.coordinator, called("shepway"), "Folkestone and Hythe", 1)
    for place in ("Shepway", "Folkestone and Hythe"):
        with pytest.raises(InvalidInput, match="district and the age"):
            recommend(panel.coordinator, death, RecommendationFacts(f"Tell parents in {place} of 1 month."))


def test_the_page_takes_the_same_queries_for_many(coordinator: Visitor, panel: Panel) -> None:
    def asked(path: str) -> list[str]:
        coordinator.get(path)
        with counted() as count:
            assert coordinator.get(path).status == 200
        return [query for query in count.queries if '"district"' in query and "FROM" in query]

    death = panel.death()
    for number in range(30):
        add_district(panel.coordinator, f"District {number}")
    for path in (LIST, "/deaths/new", f"/deaths/{death.id}", f"/deaths/{death.id}/edit"):
        assert sum('FROM "district"' in query for query in asked(path)) == 1, path
