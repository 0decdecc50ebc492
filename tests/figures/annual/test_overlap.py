"""A year whose tables by death and review are not protected against each other: the warning, its record."""

import json
import random
from collections.abc import Callable
from pathlib import Path

import pytest
from flask import Flask

from kscb_actions import database
from kscb_actions.access.policy import SYSTEM
from kscb_actions.audit.models import AuditEvent
from kscb_actions.figures.annual.models import IssuedReport
from kscb_actions.figures.annual.service import NOT_CONFIRMED, Confirmations, issue
from kscb_actions.figures.annual.year import Overlap, overlap_of, published_year
from kscb_actions.settings.queries import get_board

from ...factories import World
from ...foundation.steps import insert, rows_of, schema_before, take_step
from ...pages import Page, Visitor
from ...people.visitor import with_password
from ..counting import kent
from .year_rows import put, some

ANNUAL = "/child-death-tables/annual/2011-12"
PUBLISHED = "/child-death-tables?year=2011-12&publication=y"
AT_STAKE = ["reviewed:category", "reviewed:expected", "died:completed"]
SAID = (
    "laid side by side, row by row, might let a number that is hidden be worked out",
    "Category of death, by year of review; Expected and unexpected deaths, by year of review",
)


@pytest.fixture
def visitor(app: Flask, world: World, visit: Callable[..., Visitor]) -> Visitor:
    """Give the co-ordinator of a board with few deaths, very few of them of the year by both bases."""
    put(some(random.Random("overlap 5"), 40))
    return visit(with_password(world.cdop_coordinator))


def warns(page: Page) -> bool:
    assert page.status == 200
    found = [words in page.text for words in SAID]
    assert len(set(found)) == 1
    return found[0]


def test_the_page_of_tables_says_of_issued_ones_that_they_overlap(visitor: Visitor, world: World) -> None:
    issue(SYSTEM, get_board(), "2011-12", 1, 0, Confirmations(overlap=True))
    known = "when this was issued, its tables"
    assert known in visitor.get(PUBLISHED).text
    assert known in visitor.get(f"{PUBLISHED}&table=sex&basis=died").text
    assert known not in visitor.get("/child-death-tables?year=2011-12").text


def test_a_member_is_told_who_decides(visitor: Visitor, world: World, visit: Callable[..., Visitor]) -> None:
    page = visit(world.cdop_member).get(ANNUAL)
    assert warns(page)
    assert "The co-ordinator can leave these tables out" in page.text
    assert f"{ANNUAL}/texts#left_out" not in page.links()


def test_the_draft_warns_until_the_tables_are_left_out(visitor: Visitor) -> None:
    assert warns(visitor.get(ANNUAL))
    assert "left_out" in visitor.get(f"{ANNUAL}/texts").tree.xpath("//*/@id")
    visitor.send(f"{ANNUAL}/texts", {"left_out": AT_STAKE})
    assert not warns(visitor.get(ANNUAL))
    assert not warns(visitor.get(f"{ANNUAL}/issue"))
    assert visitor.send(f"{ANNUAL}/issue").leads_to.endswith("/published")
    assert IssuedReport.get().is_overlap_protected is True


def test_it_is_issued_nevertheless_for_a_tick_only_and_kept(
    visitor: Visitor, world: World, visit: Callable[..., Visitor]
) -> None:
    refused = visitor.send(f"{ANNUAL}/issue")
    assert warns(refused)
    assert refused.errors == {"overlap": NOT_CONFIRMED}
    assert IssuedReport.select().count() == 0
    assert visitor.send(f"{ANNUAL}/issue", {"overlap": "y"}).leads_to.endswith("/published")
    issued = IssuedReport.get()
    assert issued.is_overlap_protected is False
    event = AuditEvent.select().where(AuditEvent.event == "annual-report.issued").get()
    assert "not protected against each other" in json.loads(event.detail)["note"]
    assert json.loads(event.state)["is_overlap_protected"] is False
    known = "when this was issued, its tables"
    assert known in visitor.get(f"/published/{issued.id}").text
    assert known in visit(world.cdop_member).get(f"/published/{issued.id}").text
    assert known not in visit(world.reader).get(f"/published/{issued.id}").text


def test_nothing_is_said_where_all_is_protected(
    app: Flask, world: World, visit: Callable[..., Visitor]
) -> None:
    put(kent.deaths())
    visitor = visit(with_password(world.cdop_coordinator))
    for path in (ANNUAL, f"{ANNUAL}/issue"):
        assert not warns(visitor.get(path))
    protected = published_year(SYSTEM, "2011-12")
    assert (protected.is_overlap_protected, overlap_of("2011-12", protected)) == (True, None)


def test_where_no_table_holds_what_is_at_stake_none_is_named() -> None:
    assert len(Overlap("2011-12", ("Sex",)).explanation) == len(Overlap("2011-12", ()).explanation) + 1
    assert "numbers of the text" in Overlap("2011-12", ()).note


def test_reports_issued_before_say_that_it_is_not_known(tmp_path: Path) -> None:
    step = "0008_issued_overlap"
    with schema_before(step, tmp_path) as steps:
        texts = {name: "x" for name in ("year", "title", "issued_by", "report_json", "counts_json")}
        days = {"issued_on": "2012-03-30", "issued_at": "2012-03-30 12:00:00"}
        insert("issued_report", id=1, number=1, paper=b"", paper_sha256="", **texts, **days)
        before = rows_of("issued_report")
        take_step(steps, step)
        assert rows_of("issued_report") == [(*before[0], None)]
        if database.is_sqlite():
            assert IssuedReport.get().is_overlap_protected is None
