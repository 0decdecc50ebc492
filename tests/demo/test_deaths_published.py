"""The demonstration as people meet it: the published year cell by cell, and something true on every page."""

import json
from collections.abc import Callable, Iterator
from datetime import timedelta

import pytest
from flask import Flask
from flask.testing import FlaskClient

from kscb_actions import clock, database
from kscb_actions.demo.content import AS_AT, FOLDER, parse_file
from kscb_actions.people.models import SignInSession, User
from kscb_actions.people.passwords import new_token, token_hash

from ..conftest import on_settings, settings_in
from ..demonstration import Demonstration
from ..pages import Page

COUNTS = parse_file(FOLDER / "deaths_counts.toml")
COORDINATOR, MEMBER = "cdop.coordinator@kscb.example", "designated.doctor@nhs-kent-medway.example"
CHAIR = "scr.chair@kent-probation.example"


@pytest.fixture(scope="module")
def app(
    application: Flask, demonstration: Demonstration, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Flask]:
    """Give the application on a copy of the demonstration, on its day."""
    copied = demonstration.copied(tmp_path_factory.mktemp("published") / "instance")
    with on_settings(application, settings_in(copied), AS_AT):
        yield application


@pytest.fixture(scope="module")
def visitor(app: Flask) -> Callable[[str], FlaskClient]:
    """Return somebody who is signed in, at the pages."""

    def client_of(email: str) -> FlaskClient:
        client, token, now = app.test_client(), new_token(), clock.real_now()
        user = User.get(User.email == email)
        with database.writing(SignInSession):
            SignInSession.create(
                token_hash=token_hash(token),
                user=user,
                data=f'{{"_user_id": "{user.id}", "_fresh": true}}',
                started_at=now - timedelta(seconds=1),
                seen_at=now,
            )
        client.set_cookie(app.config["SESSION_COOKIE_NAME"], f"s.{token}")
        return client

    return client_of


def table(app: Flask, *words: str) -> dict:
    """Return what `flask deaths-table --json` prints."""
    done = app.test_cli_runner().invoke(args=["deaths-table", *words, "--json"])
    assert done.exit_code == 0, done.output
    return json.loads(done.output)


def test_the_published_table_comes_out_cell_by_cell(app: Flask) -> None:
    printed = table(app, "--reviewed-in", "2011-12", "--by", "category", "--publication")
    assert printed["columns"] == [year["died"] for year in COUNTS["year"]]
    for column, year in enumerate(COUNTS["year"]):
        published = ["<5" if 1 <= number <= 4 else number for number in year["categories"]]
        assert [row["cells"][column] for row in printed["rows"]] == published
        inferred = [number for number, cell in enumerate(published, start=1) if cell == "<5"]
        assert inferred == year["inferred"]
    assert printed["totals"] == [58, 48]


@pytest.mark.parametrize(
    ("by", "further"),
    [
        ("months", [("12 months", 7)]),
        # The deaths of the year before are told by age too.
        ("age", [("1 to 4 years", 7), ("15 to 17 years", 5)]),
        ("sex", []),
    ],
)
def test_the_fewest_people_are_hidden_for_the_sake_of_others(
    app: Flask, by: str, further: list[tuple[str, int]]
) -> None:
    words = ("--reviewed-in", "2011-12", "--by", by)
    numbers, printed = table(app, *words), table(app, *words, "--publication")
    hidden = [
        (row["label"], number)
        for row, paper in zip(numbers["rows"], printed["rows"], strict=True)
        for number, text in zip(row["cells"], paper["cells"], strict=True)
        if text in ("*", "[c]")
    ]
    assert hidden == further
    assert printed["totals"] == numbers["totals"]


def test_with_every_number_it_is_what_the_content_says(app: Flask) -> None:
    counted = table(app, "--reviewed-in", "2011-12", "--by", "category")
    for column, year in enumerate(COUNTS["year"]):
        assert [row["cells"][column] for row in counted["rows"]] == year["categories"]
    assert cells(app, "expected", "Unexpected") == [19, 13]
    identified = sum(
        row["cells"][0] for row in table(app, "--reviewed-in", "2011-12", "--by", "modifiable")["rows"]
    )
    assert identified == COUNTS["modifiable"]


def cells(app: Flask, by: str, label: str) -> list[int]:
    """Return one row of a table of the year's reviews."""
    rows = table(app, "--reviewed-in", "2011-12", "--by", by)["rows"]
    return next(row["cells"] for row in rows if row["label"] == label)


def test_the_deaths_of_the_year(app: Flask) -> None:
    died = table(app, "--died-in", "2011-12", "--by", "expected")
    assert died["totals"] == [94]
    assert {row["label"]: row["cells"] for row in died["rows"]}["Unexpected"] == [40]


@pytest.mark.parametrize(
    ("email", "address", "words"),
    [
        (COORDINATOR, "/panel-work", ("overdue",)),
        (COORDINATOR, "/deaths", ("152 cases",)),
        (COORDINATOR, "/deaths?returns=overdue", ("case",)),
        (COORDINATOR, "/panels", ("19 April 2012", "15 March 2012", "6 cases")),
        (COORDINATOR, "/panels/agreement", ("2011-12",)),
        (COORDINATOR, "/referrals", ("Not answered yet", "Another review")),
        (COORDINATOR, "/child-death-tables", ("Perinatal/neonatal event", "106")),
        (COORDINATOR, "/child-death-tables/annual/2011-12", ("Edition 1 was issued on 31 March 2012",)),
        (COORDINATOR, "/published/2", ("94 deaths of children", "of which 40")),
        (MEMBER, "/panel-work", ("19 April 2012",)),
        (MEMBER, "/deaths", ("37 cases",)),
        (MEMBER, "/panels", ("Open for comments", "10 of 10 made")),
        (CHAIR, "/referrals", ("Not answered yet", "Another review")),
        (COORDINATOR, "/published", ("issued",)),
    ],
)  # fmt: skip
def test_every_page_has_something_true_to_show(
    visitor: Callable[[str], FlaskClient], email: str, address: str, words: tuple[str, ...]
) -> None:
    page = Page(visitor(email).get(address))
    assert page.status == 200
    for each in words:
        assert each in page.text, page.text[:2000]
