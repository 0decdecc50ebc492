"""The way of two years to the public, as the people of the panel and a lay member walk it."""

from collections.abc import Callable
from datetime import date

from flask import Flask

from kscb_actions import clock
from kscb_actions.child_deaths.cases.models import ChildDeath
from kscb_actions.database import writing
from kscb_actions.figures.annual.models import IssuedReport

from ...factories import World
from ...pages import Page, Visitor
from ...people.visitor import PASSWORD, with_password
from ..counting import kent
from .year_rows import put

FIRST, SECOND = "/child-death-tables/annual/2010-11", "/child-death-tables/annual/2011-12"
AGAIN = {"password": PASSWORD}


def test_two_reports_with_a_late_case_and_a_correction_between_them(
    app: Flask, world: World, visit: Callable[..., Visitor]
) -> None:
    put(kent.deaths())
    keeper, chair = visit(with_password(world.cdop_coordinator)), visit(with_password(world.cdop_chair))
    issue(keeper, chair, FIRST)
    lay = visit(world.reader)
    first = read(lay, 1)
    put([{"died_on": date(2010, 12, 5), "reviewed_on": date(2011, 9, 1), "sex": "not_known"}])
    with writing():
        ChildDeath.update(sex="male").where(ChildDeath.id == 1).execute()
    assert read(lay, 1) == first, "what is issued is never altered"
    assert keeper.get(f"{SECOND}/freeze").status == 200
    assert "has not ended" in keeper.send(f"{SECOND}/freeze").text
    with clock.at(date(2012, 4, 1)):
        keeper, chair = visit(world.cdop_coordinator), visit(world.cdop_chair)
        issue(keeper, chair, SECOND)
        lay = visit(world.reader)
        second = read(lay, 2)
    # Side by side no table stands in both, so nothing can be subtracted; and nobody counts who was late.
    assert {caption for caption, _ in first} & {caption for caption, _ in second} == set()
    assert "late" not in " ".join(text for _, text in second)
    totals = next(text for caption, text in second if caption.startswith("Deaths and reviews of earlier"))
    assert "2010-11" in totals and " 58 " in f" {totals} "


def issue(keeper: Visitor, chair: Visitor, address: str) -> None:
    """Freeze, propose and agree on the pages."""
    assert keeper.send(f"{address}/freeze").leads_to.endswith(address)
    assert keeper.send(f"{address}/issue", AGAIN).leads_to.endswith(address)
    assert "Agree to its issue" in chair.get(address).text
    assert chair.send(f"{address}/agree", AGAIN).leads_to.endswith("/published")


def read(lay: Visitor, number: int) -> list[tuple[str, str]]:
    """Return every table of the report with this number: its caption and its text."""
    issued = IssuedReport.select().order_by(IssuedReport.id)[number - 1]
    page: Page = lay.get(f"/published/{issued.id}")
    return [
        (" ".join(table.xpath("string(./caption)").split()), " ".join(table.text_content().split()))
        for table in page.tree.xpath("//main//table")
    ]
