"""flask deaths-table: what a machine reads, what a person reads, and the answer where there is no table."""

import json
from datetime import date

import pytest
from click.testing import Result
from flask import Flask

from kscb_actions.audit.models import AuditEvent
from kscb_actions.child_deaths.cases.models import ChildDeath
from kscb_actions.database import writing
from kscb_actions.figures.counting.tally import NAMES
from tests.figures.annual.issuing import issue_year

from .annual.year_rows import put
from .counting import kent


@pytest.fixture
def year(app: Flask) -> Flask:
    """Record the deaths of the published year."""
    put(kent.deaths())
    return app


@pytest.fixture
def issued(year: Flask) -> Flask:
    """Issue the report of the published year."""
    issue_year("2011-12")
    return year


def run(app: Flask, *words: str) -> Result:
    return app.test_cli_runner().invoke(args=["deaths-table", *words])


def test_the_published_table_as_a_machine_reads_it(issued: Flask) -> None:
    done = run(issued, "--reviewed-in", "2011-12", "--by", "category", "--publication", "--json")
    assert done.exit_code == 0, done.output
    table = json.loads(done.output)
    assert set(table) == {"columns", "rows", "totals"}
    assert table["columns"] == ["2010-11", "2011-12"]
    assert [row["cells"] for row in table["rows"]] == [
        list(pair) for pair in zip(*kent.PRINTED.values(), strict=True)
    ]
    assert table["rows"][7]["label"] == "Perinatal/neonatal event"
    assert table["totals"] == [58, 48]


def test_with_every_number_in_it(year: Flask) -> None:
    table = json.loads(run(year, "--reviewed-in", "2011-12", "--json").output)
    assert [row["cells"] for row in table["rows"]][1:4] == [[1, 1], [3, 5], [2, 9]]
    died = json.loads(run(year, "--died-in", "2011-12", "--by", "expected", "--json").output)
    assert died["totals"] == [94]
    assert {row["label"]: row["cells"] for row in died["rows"]}["Unexpected"] == [40]


def test_as_people_read_it(issued: Flask) -> None:
    done = run(issued, "--reviewed-in", "2011-12", "--publication")
    assert "Reviews completed in 2011-12 by category of death" in done.output
    assert "<5: 1 to 4, not shown so that no child can be recognised" in done.output
    line = next(line for line in done.output.splitlines() if line.startswith("Malignancy"))
    assert line.split() == ["Malignancy", "<5", "9"]


@pytest.mark.parametrize("by", [name for name in NAMES if name != "completed"])
def test_every_table_can_be_asked_for(year: Flask, by: str) -> None:
    done = run(year, "--reviewed-in", "2011-12", "--by", by, "--json")
    assert done.exit_code == 0, done.output
    assert json.loads(done.output)["rows"]


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("--reviewed-in", "2012-13"), "“2012-13” is not a year from 2008-09 to 2011-12, like 2011-12."),
        (("--reviewed-in", "nonsense"), "“nonsense” is not a year"),
        (("--died-in", "2007-08"), "“2007-08” is not a year"),
        (("--reviewed-in", "2011-12", "--by", "name"), "There is category, modifiable, age"),
        (("--reviewed-in", "2011-12", "--by", "completed"), "no table by “completed” with --reviewed-in"),
        (("--reviewed-in", "2011-12", "--by", "completed", "--publication"), "no table by “completed” with"),
        ((), "Give either --reviewed-in or --died-in"),
        (("--reviewed-in", "2011-12", "--died-in", "2011-12"), "Give either"),
    ],
)
def test_what_is_not_there_is_refused_plainly_and_nothing_is_recorded(
    year: Flask, words: tuple[str, ...], said: str
) -> None:
    done = run(year, *words)
    assert done.exit_code != 0
    assert said in " ".join(done.output.split())
    assert AuditEvent.select().where(AuditEvent.event == "figures.exported").count() == 0


def test_as_published_comes_from_an_issued_report_only_and_all_else_is_not_for_release(year: Flask) -> None:
    for words in (("--reviewed-in", "2011-12"), ("--died-in", "2010-11")):
        done = run(year, *words, "--publication", "--json")
        assert done.exit_code == 1 and done.stdout == ""
        assert "has not been issued" in done.stderr
        assert json.loads(run(year, *words, "--json").stdout)["release"].startswith("Not for release")
        assert run(year, *words).stdout.startswith("Not for release")
    issue_year("2011-12")
    unknown_at_death = run(year, "--died-in", "2011-12", "--by", "category", "--publication")
    assert unknown_at_death.exit_code == 1
    assert "was issued without a table by “category”" in unknown_at_death.stderr
    with_every_number = run(year, "--reviewed-in", "2011-12", "--by", "sex", "--json").stdout
    as_issued = run(year, "--reviewed-in", "2011-12", "--by", "sex", "--publication", "--json").stdout
    with writing():
        ChildDeath.update(sex="male").execute()
    assert run(year, "--reviewed-in", "2011-12", "--by", "sex", "--json").stdout != with_every_number
    again = run(year, "--reviewed-in", "2011-12", "--by", "sex", "--publication", "--json").stdout
    assert again == as_issued and "Not for release" not in again


def test_it_is_recorded_as_an_export(issued: Flask) -> None:
    run(issued, "--died-in", "2011-12", "--by", "sex", "--publication", "--json")
    event = AuditEvent.select().where(AuditEvent.event == "figures.exported").get()
    assert (event.room, event.actor_name) == ("figures", "The command line")
    assert json.loads(event.detail) == {
        "as": "json",
        "basis": "died",
        "year": "2011-12",
        "table": "sex",
        "publication": "y",
    }
    help_text = run(issued, "--help").output
    assert "flask deaths-table --reviewed-in 2011-12 --by category --publication" in help_text


@pytest.mark.parametrize("more", [(), ("--publication",)])
def test_a_year_without_deaths_is_a_table_of_zeros(app: Flask, more: tuple[str, ...]) -> None:
    if more:
        put([{"died_on": date(2011, 5, 1), "reviewed_on": None}] * 9)
        issue_year("2011-12")
    done = run(app, "--reviewed-in", "2011-12", "--json", *more)
    assert done.exit_code == 0
    assert "Nothing is counted in 2011-12. There is none yet." in done.stderr
    table = json.loads(done.stdout)
    assert len(table["rows"]) == 10
    assert {cell for row in table["rows"] for cell in (*row["cells"], *table["totals"])} == {0}
