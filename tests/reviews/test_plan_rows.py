"""Pages on which a plan is typed in rows."""

from collections.abc import Callable
from datetime import date
from typing import Any

import pytest

from kscb_actions.access.policy import Role
from kscb_actions.actions.models import Action
from kscb_actions.people.models import User
from kscb_actions.reviews.models import Recommendation
from kscb_actions.reviews.service import name_person

from ..factories import World
from ..pages import Page, Visitor
from ..queries import counted

Visit = Callable[[User], Visitor]
NEW = "/reviews/SCR-2011-02/recommendations/new"
ROWS = "/reviews/SCR-2011-02/recommendations/1/rows"
DAY = ["1", "5", "2012"]


def row(place: int, agency: str = "KPOL", text: str = "Ask.", **more: Any) -> dict[str, Any]:
    """Return the fields of one row as a browser sends them."""
    fields = {"agency": agency, "lead": "", "due_on": DAY, "text": text, "success_measure": "", **more}
    return {f"r{place}_{name}": value for name, value in fields.items()}


def kept() -> list[tuple[int, int, str, int | None, str, date | None]]:
    """Return (recommendation, number, agency, lead, text, due date) of every action."""
    return [
        (
            each.recommendation.number,
            each.number,
            each.agency.code,
            each.lead_id,
            each.text,
            each.current_due_on,
        )
        for each in Action.select().order_by(Action.id)
    ]


@pytest.fixture
def board(world: World) -> World:
    """Return the small board with SCR-2011-02, which has no recommendation yet."""
    world.review("SCR-2011-02")
    return world


def test_a_page_records_a_recommendation_with_its_rows_and_the_next_stands_ready(
    board: World, visit: Visit
) -> None:
    manager, may = visit(board.manager), date(2012, 5, 1)
    fields = {"text": "Share.", "published_number": "4.3.1", "heading": "Phase one", "is_key": "y"}
    page = manager.send(
        NEW, {**fields, **row(1), **row(3, "NHSK", "Listen.", lead="nobody"), "next": "another"}
    )
    assert page.leads_to == f"{NEW}?after=1"
    assert kept() == [
        (1, 1, "KPOL", board.police_lead.id, "Ask.", may),
        (1, 2, "NHSK", None, "Listen.", may),
    ]
    saved = Recommendation.get()
    assert (saved.label, saved.heading, saved.is_key) == ("4.3.1 (R1)", "Phase one", True)
    ready = manager.get(page.leads_to)
    assert ready.value("heading") == "Phase one" and ready.value("text") == ""
    assert (ready.value("r1_agency"), ready.value("r1_lead")) == ("KPOL", str(board.police_lead.id))
    assert (ready.value("r2_agency"), ready.value("r2_lead")) == ("NHSK", "nobody")
    assert (ready.value("r1_due_on"), ready.value("r3_due_on")) == (DAY, ["", "", ""])
    beside = " ".join(ready.tree.xpath("string(//section[@aria-labelledby='recorded'])").split())
    assert "Recommendation 4.3.1 (R1) (key): Share." in beside
    assert "A1 of SCR-2011-02 Kent Police, Police lead, due 1 May 2012" in beside


def test_rows_in_which_only_proposals_stand_are_left_out(board: World, visit: Visit) -> None:
    manager = visit(board.manager)
    manager.send(NEW, {"text": "First.", **row(1), **row(2, "NHSK")})
    page = manager.send(f"{NEW}?after=1", {"text": "To note.", "next": "another"})
    assert page.status == 302 and len(kept()) == 2
    manager.send(f"{NEW}?after=2", text="And so on.")
    again = manager.send(f"{NEW}?after=1", {"text": "Third.", "r2_text": "Listen."})
    assert again.status == 302 and kept()[2:] == [
        (4, 3, "NHSK", board.health_lead.id, "Listen.", date(2012, 5, 1))
    ]


def test_one_row_for_all_agencies_is_an_action_for_each_and_is_proposed_again(
    board: World, visit: Visit
) -> None:
    manager = visit(board.manager)
    manager.send(NEW, {"text": "Share.", **row(1, "all"), **row(2, "KPRO", "Also.")})
    assert [(each[2], each[3]) for each in kept()] == [
        ("KPOL", board.police_lead.id),
        ("KPRO", board.probation_lead.id),
        ("NHSK", board.health_lead.id),
        ("KPRO", board.probation_lead.id),
    ]
    ready = manager.get(f"{NEW}?after=1")
    assert [ready.value(f"r{place}_agency") for place in (1, 2, 3)] == ["all", "KPRO", ""]


def test_rows_are_filled_for_each_agency_and_made_more_of_with_all_that_was_typed(
    board: World, visit: Visit
) -> None:
    manager = visit(board.manager)
    typed = {"text": "", "heading": "Phase one", **row(1, "all", "Ask 👶."), **row(2, "KPOL", "Listen.")}
    page = manager.send(NEW, {**typed, "next": "each"})
    assert (page.status, page.errors, kept()) == (200, {}, [])
    rows = [(page.value(f"r{place}_agency"), page.value(f"r{place}_text")) for place in (1, 2, 3, 4)]
    assert rows == [("KPOL", "Ask 👶."), ("KPRO", "Ask 👶."), ("NHSK", "Ask 👶."), ("KPOL", "Listen.")]
    assert page.value("r2_lead") == str(board.probation_lead.id) and page.value("heading") == "Phase one"
    more = manager.send(NEW, {**typed, "next": "rows"})
    assert (more.value("r1_agency"), more.value("r2_text"), more.value("r7_text")) == ("all", "Listen.", "")
    assert more.value("r8_text") == []


def test_everything_wrong_is_said_at_once_with_the_row_and_nothing_typed_is_lost(
    board: World, visit: Visit
) -> None:
    wrong = {
        **row(1, "KPOL", ""),
        **row(2, "", "Listen."),
        **row(3, "KPOL", "Look.", lead=str(board.health_lead.id), due_on=["31", "2", "2012"]),
        **row(4, "KPRO", "Kept.", success_measure="An audit."),
        **row(5, "NOWHERE", "Away."),
    }
    page = visit(board.manager).send(NEW, {"text": "", "addressed_to": "All", **wrong})
    assert page.errors == {
        "text": "Enter the recommendation.",
        "r1_text": "Action 1: Enter what the agency is to do.",
        "r2_agency": "Action 2: Choose an agency.",
        "r3_lead": "Action 3: Health lead is not an active lead of that agency.",
        "r3_due_on": "Due date of action 3: There is no 31 February 2012. That month has 29 days.",
        "r5_agency": "Action 5: Choose an agency from the list.",
    }
    assert (page.value("r4_success_measure"), page.value("addressed_to")) == ("An audit.", "All")
    assert page.value("r3_due_on") == ["31", "2", "2012"]
    assert kept() == [] and Recommendation.select().count() == 0


def test_what_only_the_service_refuses_is_said_with_the_row_too(board: World, visit: Visit) -> None:
    manager = visit(board.manager)
    manager.send(NEW, text="First.", published_number="2 (i)")
    page = manager.send(NEW, {"text": "Second.", "published_number": "2 (i)", **row(2, "", "Ask.")})
    assert page.errors == {
        "published_number": "Recommendation R1 of this review has this number.",
        "r2_agency": "Action 2: Choose an agency.",
    }
    other = manager.send(NEW, {"text": "Second.", "published_number": "2 (i)", "heading": "Phase two"})
    assert other.status == 302


def test_rows_are_added_to_a_recommendation_there_is(board: World, visit: Visit) -> None:
    board.recommendation(Recommendation.select().first() or board.review("SCR-2011-03"))
    manager = visit(board.manager)
    manager.send(NEW, text="Share.", published_number="7")
    empty = manager.send(ROWS)
    assert empty.errors == {"": "Fill in at least one action."}
    page = manager.send(ROWS, {**row(1), **row(2, "NHSK", "Listen.")})
    assert page.leads_to == "/reviews/SCR-2011-02#recommendation-1"
    assert [each[:3] for each in kept()] == [(1, 1, "KPOL"), (1, 2, "NHSK")]
    again = manager.get(ROWS)
    assert "A2 of SCR-2011-02 NHS Kent and Medway" in again.text
    assert "All agencies named here (2)" in again.text
    each = manager.send(ROWS, {**row(1, "named", "Once more."), "next": "each"})
    assert [each.value(f"r{place}_agency") for place in (1, 2, 3)] == ["KPOL", "NHSK", ""]
    manager.send(ROWS, row(1, "named", "Once more."))
    assert [(place[2], place[4]) for place in kept()[2:]] == [
        ("KPOL", "Once more."),
        ("NHSK", "Once more."),
    ]


def test_on_a_restricted_review_only_who_is_named_is_proposed(world: World, visit: Visit) -> None:
    review = world.review("SCR-2011-02", is_restricted=True)
    manager = visit(world.manager)
    page = manager.send(NEW, {"text": "Share.", **row(1)})
    assert page.status == 302 and kept()[0][3] is None
    page = manager.send(NEW, {"text": "Share.", **row(1, lead=str(world.police_lead.id))})
    assert page.errors == {"r1_lead": "Action 1: This review is restricted. Name Police lead on it first."}
    name_person(world.as_viewer(world.manager), review, world.police_lead)
    manager.send(NEW, {"text": "Share.", **row(1)})
    assert kept()[-1][3] == world.police_lead.id


def test_the_form_for_several_agencies_stands_ready_too(board: World, visit: Visit) -> None:
    second = board.person("second-police-lead", Role.AGENCY_LEAD, agency=board.police)
    manager = visit(board.manager)
    manager.send(NEW, text="Share.")
    address = "/reviews/SCR-2011-02/recommendations/1/actions/new"
    fields = {"text": "Ask.", "due_on": DAY, f"lead_{board.police.id}": str(second.id)}
    page = manager.send(address, {**fields, "agencies": ["KPOL", "NHSK"], "next": "actions"})
    assert page.leads_to == f"{address}?like=1-2"
    ready = manager.get(page.leads_to)
    assert (ready.value("agencies"), ready.value("due_on")) == (["KPOL", "NHSK"], ["01", "05", "2012"])
    assert ready.value(f"lead_{board.police.id}") == str(second.id) and ready.value("text") == ""
    assert "A2 of SCR-2011-02 NHS Kent and Medway, Health lead, due 1 May 2012" in ready.text
    every = manager.send(address, {"text": "All.", "agencies": ["all"], "next": "actions"})
    assert "all" in manager.get(every.leads_to).value("agencies")
    for strange in ("", "9-1", "x-y", "1", "1-999999999999"):
        assert manager.get(f"{address}?like={strange}").status == 200


@pytest.mark.parametrize("after", ["", "0", "7", "x", "-1", "99999999999999999999"])
def test_an_address_that_names_no_recommendation_proposes_nothing(
    board: World, visit: Visit, after: str
) -> None:
    page: Page = visit(board.manager).get(f"{NEW}?after={after}")
    assert (page.status, page.value("r1_agency"), page.value("r4_text")) == (200, "", "")
    assert "Nothing yet." in page.text


def test_the_number_of_queries_grows_neither_with_the_plan_nor_with_the_rows(
    board: World, visit: Visit
) -> None:
    manager, counts = visit(board.manager), []
    for size in (1, 8):
        for _ in range(size):
            manager.send(NEW, {"text": "Share.", **row(1, "all"), **row(2), **row(3, "NHSK")})
        with counted() as count:
            assert manager.get(f"{NEW}?after={Recommendation.select().count()}").status == 200
        counts.append(int(count))
        with counted() as count:
            assert manager.get(ROWS).status == 200
        counts.append(int(count))
    assert counts[0] == counts[2] <= 14 and counts[1] == counts[3] <= 13
