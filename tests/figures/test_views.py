"""The pages of the tables: who sees them, what is exported with a password, and what odd addresses get."""

import csv
import io
import json
import random
import re
from collections.abc import Callable, Iterator
from datetime import date
from typing import Any

import pytest
from flask import Flask

from kscb_actions import apart, clock, database
from kscb_actions.access.policy import Role
from kscb_actions.audit.models import AuditEvent
from kscb_actions.config import Settings
from kscb_actions.figures.annual import issuing, protection
from kscb_actions.figures.annual.issuing import freeze_year
from kscb_actions.figures.annual.models import AnnualDraft, FrozenYear, IssuedReport
from kscb_actions.figures.disclosure.tables import CountTable, TableRow
from kscb_actions.figures.printing.csv_file import csv_of, escape_formula
from kscb_actions.people.models import User
from kscb_actions.web.how_far import telling
from tests.figures.annual.issuing import COORDINATOR, issue_year

from ..factories import World
from ..pages import Page, Visitor
from ..people.visitor import PASSWORD, with_password
from ..queries import counted
from .annual.year_rows import put, some
from .counting import kent

TABLES = "/child-death-tables"
ANNUAL = f"{TABLES}/annual/2011-12"
SEEN = ".//text()[not(ancestor::*[contains(@class, 'govuk-visually-hidden')])]"


@pytest.fixture
def coordinator(app: Flask, world: World) -> Iterator[User]:
    """Give the co-ordinator, with a password, on the day after the published year."""
    put(kent.deaths())
    with clock.at(date(2012, 4, 1)):
        yield with_password(world.cdop_coordinator)


@pytest.fixture
def visitor(coordinator: User, visit: Callable[..., Visitor]) -> Visitor:
    """Give the co-ordinator at the pages."""
    return visit(coordinator)


def everybody(world: World) -> list[User]:
    """Return a person of each role."""
    people = [each for each in vars(world).values() if isinstance(each, User)]
    assert {role for each in people for role in each.role_set} == set(Role) - {Role.DEPUTY}
    return people


def rows_of(page: Page, number: int = 0) -> list[list[str]]:
    table = page.tree.xpath("//main//table")[number]
    return [
        ["".join(cell.xpath(SEEN)).strip() for cell in row.xpath("./th|./td")]
        for row in table.xpath("./tbody/tr")
    ]


def test_the_year_is_shown_with_every_number_and_as_published(visitor: Visitor) -> None:
    page = visitor.get(f"{TABLES}?basis=reviewed&year=2011-12&table=category")
    assert rows_of(page)[2] == ["Trauma and other external factors", "3", "5"]
    assert "Not for release" in page.text and "For the panel only" in page.text
    asked = f"{TABLES}?basis=reviewed&year=2011-12&table=category&publication=y"
    assert "has not been issued" in visitor.get(asked).errors["publication"]
    issue_year("2011-12")
    assert len(page.tree.xpath("//main//table")) == len(page.tree.xpath("//main//svg[@role='img']")) == 1
    page = visitor.get(asked)
    assert "Not for release" not in page.text
    printed = [list(map(str, pair)) for pair in zip(*kent.PRINTED.values(), strict=True)]
    assert [row[1:] for row in rows_of(page)] == [*printed, ["58", "48"]]
    assert "<5 means 1 to 4, not shown so that no child can be recognised." in page.text
    drawn = page.tree.xpath("//main//svg[@role='img']//*[local-name()='title']/text()")
    trauma = "Trauma and other external factors"
    assert [words for words in drawn if trauma in words] == [f"{trauma}, 2011-12: 5"]
    assert not [words for words in drawn if "Infection" in words]
    assert [words for words in drawn if "Perinatal/neonatal event, 2010-11: 34" in words]


def test_nobody_waits_to_save_while_a_year_is_protected(
    visitor: Visitor, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = []

    def seen(*asked: Any) -> dict:
        made.append(database.db.in_transaction())
        return protection.protect_year(*asked)

    monkeypatch.setattr(issuing, "protect_year", seen)
    assert visitor.send(f"{ANNUAL}/freeze").leads_to.endswith(ANNUAL)
    assert made == [False]


def test_a_year_solved_and_drawn_apart_is_the_same(visitor: Visitor, monkeypatch: pytest.MonkeyPatch) -> None:
    def seen() -> tuple[str, bytes]:
        visitor.send(f"{ANNUAL}/freeze")
        form = {"csrf_token": visitor.token, "password": PASSWORD}
        return FrozenYear.get().tables_json, visitor.client.post(f"{ANNUAL}/word", data=form).data

    here = seen()
    monkeypatch.setattr(apart, "_lasts", True)
    assert seen() == here
    assert here[1].startswith(b"PK")


def test_a_member_is_told_that_more_is_counted_than_they_see(
    visitor: Visitor, world: World, visit: Callable[..., Visitor]
) -> None:
    assert "those you do not see" in visit(world.cdop_member).get(TABLES).text
    assert "those you do not see" not in visitor.get(TABLES).text


def test_percentages_say_of_what_they_are(visitor: Visitor) -> None:
    rows = rows_of(visitor.get(f"{TABLES}?year=2011-12&table=modifiable"))
    assert rows[-1] == ["All", "14", "92", "0", "106", "106", "13%"]
    issue_year("2011-12")
    shown = rows_of(visitor.get(f"{TABLES}?year=2011-12&table=modifiable&publication=y"))
    assert [row[-1] for row in shown if "<5" in row[1:4]] == ["–"] * sum("<5" in row[1:4] for row in shown)


def test_all_tables_of_a_year_stand_on_one_page(visitor: Visitor) -> None:
    assert len(visitor.get(TABLES).tree.xpath("//main//table")) == 16
    assert len(visitor.get(f"{TABLES}?basis=died").tree.xpath("//main//table")) == 17


def test_many_tables_have_a_list_that_leads_to_each_and_back(visitor: Visitor) -> None:
    page = visitor.get(TABLES)
    listed = page.tree.xpath("//nav[@aria-labelledby='contents']//a")
    headings = page.tree.xpath("//section/h2")
    assert len(listed) == 16
    assert [link.get("href") for link in listed] == [f"#{heading.get('id')}" for heading in headings]
    assert [link.text_content() for link in listed] == [heading.text_content() for heading in headings]
    backs = page.tree.xpath("//main//p/a[@href='#contents']")
    assert len({link.text_content() for link in backs}) == 16
    assert page.tree.xpath("//*[@id='contents']")
    one = visitor.get(f"{TABLES}?table=sex")
    assert one.tree.xpath("//nav[@aria-labelledby='contents']|//main//a[@href='#contents']") == []


def test_page_csv_and_command_print_the_same(visitor: Visitor, app: Flask) -> None:
    issue_year("2011-12")
    for code in ("category", "age", "expected", "ethnicity", "place", "modifiable"):
        asked = {"basis": "reviewed", "year": "2011-12", "table": code, "publication": "y"}
        on_page = rows_of(visitor.get(f"{TABLES}?basis=reviewed&year=2011-12&table={code}&publication=y"))
        answer = visitor.client.post(
            f"{TABLES}.csv", data={"csrf_token": visitor.token, "password": PASSWORD, **asked}
        )
        name = "child-death-tables-as-issued-edition-1-reviewed-2011-12.csv"
        assert name in answer.headers["Content-Disposition"] and b"Not for release" not in answer.data
        in_file = list(csv.reader(io.StringIO(answer.data.decode("utf-8-sig"))))[4:]
        assert in_file[: len(on_page)] == on_page
        words = ["--reviewed-in", "2011-12", "--by", code, "--publication", "--json"]
        table = json.loads(app.test_cli_runner().invoke(args=["deaths-table", *words]).output)
        across = len(table["columns"]) + 1
        plain = [[row["label"], *map(str, row["cells"])] for row in table["rows"]]
        assert plain == [row[:across] for row in on_page][: len(plain)]


def test_a_file_is_handed_out_for_a_password_only_and_recorded(visitor: Visitor) -> None:
    asked = {"basis": "died", "year": "2011-12", "table": ""}
    for password in ("", "not it at all"):
        page = visitor.post(f"{TABLES}.csv", asked, password=password)
        assert page.errors
        assert page.value("year") == "2011-12"
    assert AuditEvent.select().where(AuditEvent.event == "figures.exported").count() == 0
    answer = visitor.client.post(
        f"{TABLES}.csv", data={"csrf_token": visitor.token, "password": PASSWORD, **asked}
    )
    assert answer.mimetype == "text/csv"
    assert "child-death-tables-not-for-release-died-2011-12.csv" in answer.headers["Content-Disposition"]
    assert answer.data.decode("utf-8-sig").startswith("Not for release")
    assert AuditEvent.select().where(AuditEvent.event == "figures.exported").count() == 1
    visitor.send(f"{ANNUAL}/freeze")
    word = visitor.client.post(f"{ANNUAL}/word", data={"csrf_token": visitor.token, "password": PASSWORD})
    assert word.data[:2] == b"PK"
    assert "child-death-annual-report-2011-12-draft-not-for-release.docx" in str(word.headers)
    assert AuditEvent.select().where(AuditEvent.event == "figures.exported").count() == 2
    assert visitor.client.get(f"{ANNUAL}/word").mimetype == "text/html"


@pytest.mark.parametrize("text", ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1", " =1"])
def test_no_cell_is_a_formula(text: str) -> None:
    table = CountTable((text,), (TableRow(text, (7,)),), (7,))
    cells = [cell for row in csv.reader(io.StringIO(csv_of([(text, table)])[1:])) for cell in row]
    assert not [cell for cell in cells if cell.startswith(("=", "+", "-", "@", "\t", "\r"))]
    assert escape_formula(7) == 7
    assert escape_formula("<5") == "<5"


def test_no_cell_of_the_csv_is_taken_for_a_date() -> None:
    table = CountTable(("2010-11", "1-4"), (TableRow("2011-12", (7, 8)),), (7, 8))
    cells = [cell for row in csv.reader(io.StringIO(csv_of([("2011-12", table)])[1:])) for cell in row]
    assert {"Year 2010-11", "Year 2011-12", "'1-4"} <= {*cells}
    assert not [cell for cell in cells if re.fullmatch(r"[0-9]+[-/][0-9]+", cell)]


@pytest.mark.parametrize(
    "query",
    [
        "year=2099-00",
        "year=%00",
        "year=2011-12&table=name",
        "basis=other&year=2011-12",
        "basis=died&year=1066-67",
        "year=2011-12&year=2010-11&table=sex&table=age",
        "publication=y&year=%F0%9F%98%80",
        "rows-1=99&year=2011-12",
    ],
)
def test_odd_addresses_are_answered_in_words(visitor: Visitor, query: str) -> None:
    page = visitor.get(f"{TABLES}?{query}")
    assert page.status == 200
    assert page.errors or page.tree.xpath("//main//table")
    answer = visitor.client.post(
        f"{TABLES}.csv?{query}", data={"csrf_token": visitor.token, "password": PASSWORD}
    )
    assert answer.status_code == 200


@pytest.mark.parametrize("year", ["2011-13", "2011", "1999-00", "x" * 7, "２０１１-12", "2011-12 "])
def test_a_year_that_is_none_is_not_there(visitor: Visitor, year: str) -> None:
    for more in ("", "/texts", "/freeze", "/issue", "/agree", "/word"):
        assert visitor.get(f"{TABLES}/annual/{year}{more}").status == 404


def test_a_year_without_deaths_has_a_page_and_one_not_begun_has_none(
    visitor: Visitor,
) -> None:
    assert visitor.get(f"{TABLES}/annual/2009-10").status == 200
    assert visitor.get(f"{TABLES}/annual/2013-14").status == 404
    assert "has not ended" in visitor.get(f"{TABLES}/annual/2012-13").text


def test_before_anything_is_recorded_the_page_says_what_comes(
    app: Flask, world: World, visit: Callable[..., Visitor]
) -> None:
    visitor = visit(with_password(world.cdop_coordinator))
    assert "No review is complete yet." in visitor.get(TABLES).text
    assert "No death is recorded yet." in visitor.get(f"{TABLES}?basis=died").text
    answer = visitor.post(f"{TABLES}.csv", {"password": PASSWORD})
    assert "No review is complete yet." in answer.text


def test_the_texts_are_kept_and_a_second_editor_sees_both(visitor: Visitor) -> None:
    visitor.send(f"{ANNUAL}/freeze", {"left_out": ["reviewed:sex"]})
    page = visitor.send(f"{ANNUAL}/texts", {"foreword": "A year of change."})
    assert page.leads_to.endswith(ANNUAL)
    assert "A year of change." in visitor.get(ANNUAL).text
    assert "Reviews by age" in visitor.get(ANNUAL).text
    assert "Reviews by sex" not in visitor.get(ANNUAL).text
    other = visitor.send(f"{ANNUAL}/texts", {"foreword": "Another.", "version": "0"})
    assert other.status == 409
    assert other.value("foreword") == "Another."
    assert "A year of change." in other.text
    long = visitor.send(f"{ANNUAL}/texts", {"foreword": "x" * 10_001, "author": "Post"})
    assert "foreword" in long.errors
    assert long.value("author") == "Post"
    assert AnnualDraft.get().foreword == "A year of change."


def test_it_is_issued_after_a_last_look_and_then_read(
    visitor: Visitor, world: World, visit: Callable[..., Visitor]
) -> None:
    assert "Nothing has been issued yet." in visit(world.reader).get("/published").text
    assert visitor.get(f"{ANNUAL}/issue").status == 302, "nothing is frozen"
    visitor.send(f"{ANNUAL}/freeze")
    assert "Foreword" in visitor.get(f"{ANNUAL}/issue").text
    assert visitor.send(f"{ANNUAL}/issue", {"password": PASSWORD}).leads_to.endswith(ANNUAL)
    assert "the panel’s chair has to agree" in visitor.get(ANNUAL).text
    chair = visit(with_password(world.cdop_chair))
    assert "Not for release" in chair.get(ANNUAL).text
    assert chair.send(f"{ANNUAL}/agree", {"password": "not it"}).errors["password"]
    assert IssuedReport.select().count() == 0
    assert chair.send(f"{ANNUAL}/agree", {"password": PASSWORD}).leads_to.endswith("/published")
    for more in ("/freeze", "/issue"):
        assert visitor.post(f"{ANNUAL}{more}", {"password": PASSWORD}).leads_to.endswith(ANNUAL)
    assert "not issued again" in visitor.get(ANNUAL).text and "Late cases wait" in visitor.get(ANNUAL).text
    issued = IssuedReport.get()
    reader = visit(world.reader)
    assert f"/published/{issued.id}" in reader.get("/published").links()
    assert "58" in reader.get(f"/published/{issued.id}").text
    assert reader.get("/published/999999").status == 404
    for user in everybody(world):
        assert "/published" in visit(user).get("/account").source
        assert visit(user).get(f"/published/{issued.id}").status == 200
        assert visit(user).client.get(f"/published/{issued.id}/paper").data == bytes(issued.paper)


def test_a_reader_sees_nothing_live(visitor: Visitor, world: World, visit: Callable[..., Visitor]) -> None:
    for path in (TABLES, f"{TABLES}.csv"):
        assert visit(world.reader).get(path).status == 403
    for more in ("", "/texts", "/freeze", "/issue", "/agree", "/word"):
        assert visit(world.reader).get(ANNUAL + more).status == 404
    member = visit(world.cdop_member)
    assert member.get(ANNUAL).status == 200
    assert not member.get(ANNUAL).links() & {f"{ANNUAL}/texts", f"{ANNUAL}/freeze", f"{ANNUAL}/issue"}
    for more in ("/texts", "/freeze", "/issue", "/agree"):
        assert member.get(ANNUAL + more).status == 403


def test_the_number_of_queries_of_a_page_is_fixed(visitor: Visitor) -> None:
    def asked(path: str) -> int:
        with counted() as queries:
            visitor.get(path)
        return int(queries)

    freeze_year(COORDINATOR, "2011-12")
    paths = [TABLES, f"{TABLES}?publication=y", ANNUAL]
    before: list[Any] = [asked(path) for path in paths]
    put(some(random.Random(9), 150))
    assert [asked(path) for path in paths] == before


def test_the_page_says_how_far_the_freezing_is_and_then_asks_again(
    visitor: Visitor, settings: Settings
) -> None:
    keeper, address = visitor, "/child-death-tables/annual/2010-11/freeze"
    with telling(settings.instance, "freezing-2010-11") as tell:
        assert "are being counted" in keeper.get(address).text
        tell(12, 3, 40, 181, 5)
        page = keeper.get(address)
        assert "40 of 181 small numbers proven hidden, after 5 of at most 90 seconds" in page.text
        [bar] = page.tree.xpath("//progress")
        assert (bar.get("value"), bar.get("max")) == ("40", "181")
    assert "Leave out" in keeper.get(address).text
