"""The SQL by hand that pages are measured against counts and finds exactly what the pages show."""

import pytest
from flask import Flask

from kscb_actions.access.policy import SYSTEM
from kscb_actions.actions.listing import count_actions, list_actions
from kscb_actions.actions.narrowing import Filter
from kscb_actions.actions.queries import count_by_agency
from kscb_actions.settings.rules import Thresholds

from .bench_pages import PAGES, TODAY
from .filling import fill
from .pages_by_hand import BY_HAND, ask

LISTS = {
    "/actions?rating=amber&sort=updated": (Filter(rating="amber"), "updated"),
    "/actions?rating=green": (Filter(rating="green"), "due"),
    "/actions?silent=1&sort=reference": (Filter(silent=True), "reference"),
    "/actions": (Filter(not_closed=True), "rating"),
    "/actions?direction=descending": (Filter(not_closed=True), "rating"),
    "/actions?sort=reference": (Filter(not_closed=True), "reference"),
    "/actions?sort=agency": (Filter(not_closed=True), "agency"),
    "/actions?q=household": (Filter(words="household"), "rating"),
}


@pytest.fixture(autouse=True)
def board(app: Flask) -> None:
    """Fill a board as it is measured, with few actions."""
    fill(200, TODAY)


def test_only_what_is_measured_is_said_by_hand() -> None:
    assert set(BY_HAND) == {"/attention", *LISTS} <= {address for _, address in PAGES}


@pytest.mark.parametrize("address", LISTS)
def test_a_list_by_hand_has_the_rows_of_the_page(address: str) -> None:
    narrow, sort = LISTS[address]
    is_descending = "direction=descending" in address
    page = list_actions(SYSTEM, narrow, TODAY, Thresholds(), sort, is_descending)
    ((total,),), rows = ask(address)
    assert total == page.total > 0
    assert {row[0] for row in rows} == {row.action.id for row in page.rows}


def test_attention_by_hand_has_the_numbers_of_the_page() -> None:
    by_agency, ((silent,),), ((overdue,),), rows = ask("/attention")
    counts = count_by_agency(SYSTEM, TODAY, Thresholds())
    told = {(agency.id, str(colour)): n for agency, of in counts.items() for colour, n in of.items() if n}
    assert {(agency, colour): n for agency, colour, n in by_agency} == told
    assert silent == count_actions(SYSTEM, Filter(silent=True), TODAY, Thresholds())
    first = list_actions(SYSTEM, Filter(timeliness="overdue"), TODAY, Thresholds(), per_page=5)
    assert overdue == first.total
    assert [row[0] for row in rows] == [row.action.id for row in first.rows]
