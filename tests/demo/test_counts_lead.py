"""Every count on every page of every role leads to exactly the rows that it counts, on the demonstration."""

from collections.abc import Iterator
from urllib.parse import urlencode

import pytest
from flask import Flask
from flask.testing import FlaskClient
from lxml import html

from kscb_actions.demo.content import AS_AT
from kscb_actions.people.models import User

from ..conftest import on_settings, settings_in, signed_in_token
from ..counted import dead_links, leads_of, no_links, pages_of, wrong_leads
from ..demonstration import Demonstration
from ..long import LONG
from ..reading import Seen, see
from ..reports.stories import QUERY

# Papers are asked for by a form, which no link sends.
PAPERS = (
    *("/reports/board", "/reports/exceptions", "/reports/changes", "/reports/annual"),
    *(f"/reports/progress?{QUERY}", "/reports/progress?publication=y", "/reports/plan?review=SCR-2011-02"),
    *("/reports/challenges?year=2011-12", "/reports/agency", "/reports/agency?agency=SCS"),
    "/reports/progress?" + urlencode({"review": "SCR-2011-02"}),
)
# Whoever sees what nobody else of these sees; in a long run everybody with a role of their own.
ROLES = ["board.manager@kscb.example", "named.nurse@kent-community-health.example"]
MORE = [
    *("scr.chair@kent-probation.example", "independent.chair@kscb.example", "board.member@kmpt.example"),
    *("cdop.coordinator@kscb.example", "public.health@kent-county.example"),
]


@pytest.fixture(scope="module")
def board(
    demonstration: Demonstration, application: Flask, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Flask]:
    copied = demonstration.copied(tmp_path_factory.mktemp("counted") / "instance")
    with on_settings(application, settings_in(copied), AS_AT):
        yield application


def client_of(board: Flask, email: str) -> FlaskClient:
    """Give a client in which this person is signed in."""
    client = board.test_client()
    user = User.get(User.email == email)
    client.set_cookie(board.config["SESSION_COOKIE_NAME"], f"s.{signed_in_token(user)}")
    return client


@pytest.mark.parametrize("email", [*ROLES, *MORE])
def test_every_count_leads_to_its_rows(board: Flask, walked: dict[str, dict[str, Seen]], email: str) -> None:
    client = client_of(board, email)
    pages = walked[email] = pages_of(board, client)
    if email not in MORE or LONG:
        pages = {**pages, **pages_of(board, client, PAPERS, pages)}
    opened: dict[str, Seen] = {}
    assert wrong_leads(board, client, pages, opened) == []
    assert no_links(pages) == set()
    assert dead_links(board, client, pages, None if LONG else 1, opened) == []


def test_a_link_that_is_refused_or_leads_nowhere_would_be_found(board: Flask) -> None:
    """Plant offenders: what another role alone may open, what is not there, and no address of ours."""
    client = client_of(board, ROLES[1])
    page = see(client, "/new")
    assert dead_links(board, client, {"/new": page}, None) == []
    planted = ("/settings", "/reviews/SCR-1999-01", "/no-such-page")
    for to in planted:
        page.tree.find(".//main").append(html.fromstring(f'<a href="{to}">Planted</a>'))
    assert [each.rsplit(" ", 1)[1] for each in dead_links(board, client, {"/new": page}, None)] == [*planted]


def test_a_count_that_leads_to_other_rows_would_be_found(board: Flask) -> None:
    client = client_of(board, ROLES[0])
    page = see(client, "/attention")
    [*_, lead] = leads_of(board, "/attention", page)
    link = next(each for each in page.tree.iter("a") if each.get("href") == lead.address)
    link.set("href", "/actions?rating=grey")
    assert len(wrong_leads(board, client, {"/attention": page}, {})) >= 1


def test_a_count_that_is_no_link_would_be_found(board: Flask) -> None:
    page = see(client_of(board, ROLES[0]), "/attention")
    assert no_links({"/attention": page}) == set()
    page.tree.find(".//main").append(html.fromstring("<p>5 open actions need somebody.</p>"))
    assert no_links({"/attention": page}) == {"/attention: N open actions need somebody."}


def test_numbers_of_a_paper_that_are_links_are_found_out_when_they_are_not(board: Flask) -> None:
    """Plant an offender: the sums of a paper's summary as mere text."""
    page = see(client_of(board, ROLES[0]), "/reports/board")
    assert no_links({"/reports/board": page}) == set()
    for link in list(page.tree.iter("a")):
        if "/actions?" in (link.get("href") or ""):
            link.drop_tag()
    assert any("waits for it" in each for each in no_links({"/reports/board": page}))


def test_a_reference_in_a_paper_shows_its_text(board: Flask) -> None:
    page: Seen = see(client_of(board, ROLES[0]), "/reports/board")
    named = [each for each in page.tree.find_class("app-reference")]
    assert len(named) > 10
    for each in named:
        told = each.find_class("app-reference__text")[0].text_content().strip()
        assert told and told == each.get("title"), each.text_content()
