"""`flask import-plan` says what a file holds, in JSON alone on standard output, and what is wrong with it."""

import json
from pathlib import Path

from kscb_actions.actions.models import Action
from kscb_actions.assurance.queries import kept_names
from kscb_actions.config import Settings
from kscb_actions.files.store import EvidenceStore
from kscb_actions.reviews.models import Recommendation
from kscb_actions.reviews.papers.models import ReviewPaper
from tests.commands.running import flask
from tests.factories import World

from .made import excel, word

GOLDEN = Path(__file__).with_name("golden.json")
ROWS = [
    ["No", "Recommendation", "Action", "Lead agency", "Target date", "RAG", "Date completed"],
    ["Information sharing", *[""] * 6],
    ["4.1", "Share minutes.", "Send them", "Police", "End of Q3 2011/12", "Green", ""],
    ["", "", "Keep them", "Kent Probation & Kent Police", "30.9.11", "Complete", "28 September 2011"],
    ["4.2", "Note the report.", "", "", "", "", ""],
    ["4.3", "Ask schools.", "Write", "Schools", "TBC", "", ""],
]


def written(tmp_path: Path, content: bytes, name: str = "plan.docx") -> str:
    """Return the path of a file with this content."""
    path = tmp_path / name
    path.write_bytes(content)
    return str(path)


def test_a_dry_run_prints_the_plan_and_records_nothing(
    world: World, settings: Settings, tmp_path: Path
) -> None:
    world.review("SCR-2011-02")
    done = flask(settings, "import-plan", written(tmp_path, word(ROWS)), "--review", "SCR-2011-02",
                 "--dry-run", "--json")  # fmt: skip
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout) == json.loads(GOLDEN.read_text(encoding="utf-8"))
    said = (
        "3 recommendations, 2 actions, 1 action without a known owner can be recorded. Dry run: nothing was"
    )
    assert said in done.stderr
    assert (Recommendation.select().count(), Action.select().count()) == (0, 0)


def test_what_stops_an_import_is_told_on_standard_error(
    world: World, settings: Settings, tmp_path: Path
) -> None:
    world.review("SCR-2011-02")
    hidden = world.review("SCR-2011-03", is_restricted=True)
    file = written(tmp_path, excel(("Plan", [ROWS[0], ["1", "=A1", *ROWS[2][2:]]])), "plan.xlsx")
    bad = written(tmp_path, word(), "none.docx")
    for arguments, place, said in (
        ((file, "--review", "SCR-2011-02"), "sheet Plan, B2", "This is a formula"),
        ((bad, "--review", "SCR-2011-02"), "", "There is no table in the document"),
        ((file, "--review", "SCR-2011-99"), None, "There is no review SCR-2011-99."),
        ((file, "--review", hidden.reference), None, f"There is no review {hidden.reference}."),
        ((file, "--review", "SCR-2011-02", "--table", "table 9"), "", "There is no “table 9” in the file."),
    ):
        for options in ((), ("--dry-run",)):
            done = flask(settings, "import-plan", *arguments, *options, "--json")
            assert done.returncode == 1 and said in done.stderr and "Traceback" not in done.stderr
            if place is not None:
                [problem] = json.loads(done.stdout)["problems"]
                assert problem["place"] == place and said in problem["problem"]
    assert (Recommendation.select().count(), Action.select().count()) == (0, 0)


def test_headings_that_are_not_known_are_given_a_meaning(
    world: World, settings: Settings, tmp_path: Path
) -> None:
    world.review("SCR-2011-02")
    rows = [["Way forward", "Champion"], ["Share minutes.", "Kent Police"]]
    file = written(tmp_path, word(rows))
    told = ("import-plan", file, "--review", "SCR-2011-02", "--dry-run")
    assert "No table has the headings of a plan" in flask(settings, *told).stderr
    mapped = flask(settings, *told, "--column", "Way forward=action", "--column", "Champion=agency")
    assert mapped.returncode == 0 and "Column 1, “Way forward”: Action" in mapped.stdout
    wrong = flask(settings, *told, "--column", "Champion=owner")
    assert wrong.returncode == 2 and "does not end in = and one of number, recommendation" in wrong.stderr


def test_a_plan_is_recorded_and_the_same_again_is_known(
    world: World, settings: Settings, tmp_path: Path
) -> None:
    review = world.review("SCR-2011-02")
    told = ("import-plan", written(tmp_path, word(ROWS)), "--review", "SCR-2011-02")
    done = flask(settings, *told)
    assert done.returncode == 0 and "recorded. The file is kept with the review." in done.stderr
    assert [each.agency.code for each in Action.select()] == ["KPOL", "KPRO"]
    again = flask(settings, *told)
    assert again.returncode == 0 and "The review has all of it already. Nothing was changed." in again.stderr
    owned = flask(settings, *told, "--owner", "Schools=NHSK")
    assert "0 recommendations, 1 action recorded." in owned.stderr
    assert Action.select().where(Action.review == review).count() == 3
    wrong = flask(settings, *told, "--owner", "Schools=NOBODY")
    assert wrong.returncode == 2 and "There is no agency NOBODY." in wrong.stderr
    check = flask(settings, "check")
    assert check.returncode == 0, check.stderr
    [paper] = ReviewPaper.select().where(ReviewPaper.id == 1)
    assert paper.stored_name in kept_names()
    EvidenceStore(settings.evidence).discard(paper.stored_name)
    assert "reviews: paper 1" in flask(settings, "check").stderr
