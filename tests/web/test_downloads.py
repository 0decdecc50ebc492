"""A list that is taken away has the rows and columns of its page, for every list and for whoever sees it."""

import csv
import io
import re
from collections.abc import Callable
from datetime import date, datetime, timedelta
from typing import Any

import pytest
from flask import Flask, url_for
from python_calamine import CalamineWorkbook

from kscb_actions import clock
from kscb_actions.assurance.challenges.service import Subject, raise_challenge
from kscb_actions.audit.models import AuditEvent
from kscb_actions.chasing.actions.provider import OPEN_ACTIONS
from kscb_actions.chasing.service import chase
from kscb_actions.people.models import User
from kscb_actions.wording import LONDON, date_short, date_uk, instant_uk

from ..factories import TODAY, World
from ..factories_deaths import Panel
from ..pages import Page, Visitor
from ..reports.stories import busy
from ..reports.test_restricted_papers import CANARY, SECRET, restricted

Visit = Callable[[User | None], Visitor]
FORMULA = '=HYPERLINK("https://evil.example","look") and = more'
# What a page says beside the cells, to a screen reader or as a label, and where a file has no value.
BESIDE = frozenset(
    "choose first due given send again the message to about answer record read look at it waits for "
    "agency in no date not asked by a be done nobody actions yet of none "
    "1 2 3 4 5 6 7 8 9 more change changes same save".split()
)
PEOPLE = ("manager", "chair", "police_lead", "reader", "independent_chair", "cdop_coordinator", "cdop_member")


@pytest.fixture
def board(world: World) -> World:
    """Return a board with something in every list, a formula among it, and a restricted review."""
    actions = busy(world)
    restricted(world)
    recommendation = actions[0].recommendation
    with clock.at(TODAY - timedelta(days=40)):
        world.action(TODAY - timedelta(days=20), recommendation=recommendation, text=FORMULA)
    raise_challenge(
        world.as_viewer(world.second_chair),
        Subject(world.police, actions[0]),
        "lead",
        "+ Why?",
        TODAY + timedelta(9),
        "https://b.example",
    )
    panel = Panel(world)
    panel.decision(panel.death())
    panel.meeting(cases=[panel.death()])
    chase(OPEN_ACTIONS, TODAY, "https://b.example")
    with clock.at(TODAY):
        yield world


def lists(app: Flask) -> list[tuple[str, str]]:
    """Return (address of the page, of its files without their kind) of every list that is offered."""
    names = [rule.endpoint for rule in app.url_map.iter_rules() if rule.endpoint.endswith("_xlsx")]
    with app.test_request_context():
        return [(url_for(name.removesuffix("_xlsx")), url_for(name).removesuffix(".xlsx")) for name in names]


def words(text: str) -> set[str]:
    return set(re.findall(r"[\w’'-]+", text.lower()))


def rows_of_page(page: Page) -> list[str]:
    """Return the text of each row of the list; what is for a screen reader only is in it."""
    tables = page.tree.xpath("//main//table[contains(@class, 'app-table')]")
    if page.tree.xpath("//h1[contains(., 'Agencies’ answers')]"):
        tables = tables[-1:]
    found = []
    for table in tables:
        # People stand under their agency.
        above = " ".join(table.xpath("./ancestor::section[1]/h2//text()"))
        rows = (" ".join([above, *row.xpath(".//text()")]) for row in table.xpath("./tbody/tr"))
        found += [" ".join(row.split()) for row in rows]
    return found


def shown(value: Any) -> list[str]:
    """Return the ways in which a page may say a value of a sheet."""
    if isinstance(value, datetime) and (value.hour or value.minute):
        return [instant_uk(value.replace(tzinfo=LONDON))]
    if isinstance(value, date):
        return [date_short(value), date_uk(value)]
    return [" ".join(str(value).split())]


def sheet(visitor: Visitor, address: str) -> list[list[Any]]:
    answer = visitor.client.get(address)
    assert answer.status_code == 200
    assert answer.headers["Cache-Control"] == "no-store"
    assert "attachment" in answer.headers["Content-Disposition"]
    return CalamineWorkbook.from_filelike(io.BytesIO(answer.data)).get_sheet_by_index(0).to_python()


def delimited(visitor: Visitor, address: str) -> list[list[str]]:
    return list(csv.reader(io.StringIO(visitor.client.get(address).data.decode("utf-8-sig"))))


def named(head: list[str], values: list[Any]) -> list[Any]:
    """Return the values there are; a number is named by its column, as a page names it."""
    pairs = zip(head, values, strict=True)
    return [
        f"{name} {value:g}" if isinstance(value, float) else value for name, value in pairs if value != ""
    ]


def same(values: list[Any], row: str) -> None:
    """Check that a row of a sheet says what a row of its page says."""
    found = " ".join(each for value in values for each in shown(value))
    for value in values:
        # A page cuts a long text.
        assert any(each[:100] in row for each in shown(value)), (value, row)
    missing = words(re.sub(r"\S*…|\S*\.\.\.", "", row)) - words(found) - BESIDE
    assert not missing or "…" in row or "..." in row, (missing, values)


def test_every_list_is_the_same_on_its_page_and_in_both_files(app: Flask, board: World, visit: Visit) -> None:
    compared: dict[str, int] = {}
    for name in PEOPLE:
        visitor = visit(getattr(board, name))
        for at, file in lists(app):
            page = visitor.get(f"{at}?page=all")
            if page.status == 403:
                assert visitor.client.get(f"{file}.xlsx").status_code == 403
                continue
            # One row a line, in a page's order: what was taken is told after the page was read.
            until = f"&until={TODAY - timedelta(days=1)}" if at == "/audit" else ""
            page = visitor.get(f"{at}?page=all{until}")
            head, *rows = sheet(visitor, f"{file}.xlsx?page=2{until}")
            head_too, *lines = delimited(visitor, f"{file}.csv?{until}")
            assert head == head_too
            assert "_".join(head).isprintable()
            on_page = rows_of_page(page)
            assert len(rows) == len(lines) == len(on_page), (at, name)
            for values, row in zip(rows, on_page, strict=True):
                same(named(head, values), row)
            for line, values in zip(lines, rows, strict=True):
                assert len(line) == len(values) == len(head)
                assert not any(cell.lstrip().startswith(("=", "+", "@", "-")) for cell in line)
            compared[at] = compared.get(at, 0) + len(rows)
    # A list with nothing in it proves nothing.
    assert len(compared) == 9
    assert not [at for at, count in compared.items() if count == 0]


def test_a_file_has_what_the_filters_in_force_leave_and_says_so(board: World, visit: Visit) -> None:
    visitor = visit(board.manager)
    query = "agency=NHSK&sort=reference&direction=descending"
    _, *rows = sheet(visitor, f"/actions.xlsx?{query}")
    assert [row[0] for row in rows] == [
        row.split()[2] for row in rows_of_page(visitor.get(f"/actions?{query}"))
    ]
    answer = visitor.client.get(f"/actions.xlsx?{query}")
    about = dict(CalamineWorkbook.from_filelike(io.BytesIO(answer.data)).get_sheet_by_index(1).to_python())
    assert about["Narrowed to"] == "Agency: NHS Kent and Medway"
    assert f"/actions.xlsx?{query}" in visitor.get(f"/actions?{query}&page=all").links()


def test_dates_are_dates_and_formulas_are_texts(board: World, visit: Visit) -> None:
    visitor = visit(board.manager)
    head, *rows = sheet(visitor, "/actions.xlsx?q=HYPERLINK&closed=1")
    [row] = [dict(zip(head, each, strict=True)) for each in rows]
    assert row["Action"] == FORMULA
    assert row["Due"] == TODAY - timedelta(days=20)
    head, line = delimited(visitor, "/actions.csv?q=HYPERLINK&closed=1")
    assert dict(zip(head, line, strict=True))["Action"] == f"'{FORMULA}"
    assert dict(zip(head, line, strict=True))["Due"] == "2012-03-10"


def test_a_restricted_review_is_in_no_list_of_who_is_not_named(
    app: Flask, board: World, visit: Visit
) -> None:
    for name in (*PEOPLE, "health_lead", "subgroup_member"):
        if name in ("police_lead", "manager"):
            continue
        visitor = visit(getattr(board, name))
        for _, file in lists(app):
            text = visitor.client.get(f"{file}.csv").data.decode()
            assert CANARY not in text, (file, name)
            assert SECRET not in text, (file, name)
    assert SECRET in visit(board.police_lead).client.get("/actions.csv").data.decode()


def test_the_trail_tells_that_a_list_was_taken_and_not_what_was_looked_for(
    board: World, visit: Visit
) -> None:
    visitor = visit(board.manager)
    sheet(visitor, "/actions.xlsx?q=bruise")
    event = AuditEvent.select().order_by(AuditEvent.id.desc()).get()
    assert (event.event, event.actor_id, event.detail) == (
        "list.exported",
        board.manager.id,
        '{"as":"xlsx","list":"Actions"}',
    )
    assert "List taken away as a file" in visitor.get("/audit").text


def test_nobody_takes_a_list_of_deaths_who_may_not_see_it(board: World, visit: Visit) -> None:
    assert visit(board.manager).client.get("/deaths.xlsx").status_code == 403
    assert visit(board.chair).client.get("/deaths.csv").status_code == 403
    assert visit(None).client.get("/deaths.csv").status_code == 302
    assert visit(board.manager).client.get("/actions.pdf").status_code == 404
