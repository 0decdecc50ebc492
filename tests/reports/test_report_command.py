"""flask report: a Word file, or a clear error and no file."""

from pathlib import Path

import pytest
from flask import Flask

from kscb_actions.audit.models import AuditEvent

from ..factories import TODAY, World
from .faces import word_face


def run(app: Flask, *words: str) -> tuple[int, str]:
    result = app.test_cli_runner().invoke(args=["report", *words])
    return result.exit_code, result.output


def test_it_writes_the_report_and_tells_the_trail(app: Flask, world: World, tmp_path: Path) -> None:
    world.action(TODAY, recommendation=world.recommendation(world.review("SCR-2011-09")))
    file = tmp_path / "paper.docx"
    code, output = run(
        app,
        "progress",
        "--review",
        "SCR-2011-09",
        "--since",
        "2011-12-01",
        "--appendix",
        "actions",
        "-o",
        str(file),
    )
    assert (code, "Wrote" in output, "changes since 1 December 2011" in output) == (0, True, True)
    assert "SCR-2011-09/A1" in repr(word_face(file.read_bytes()))
    event = AuditEvent.get(AuditEvent.event == "report.exported")
    assert event.actor_name == "The command line"


def test_restricted_reviews_are_never_in_it(app: Flask, world: World, tmp_path: Path) -> None:
    world.review("SCR-2011-66", is_restricted=True)
    file = tmp_path / "paper.docx"
    assert run(app, "progress", "-o", str(file))[0] == 0
    assert "SCR-2011-66" not in repr(word_face(file.read_bytes()))
    code, output = run(app, "progress", "--review", "SCR-2011-66", "-o", str(tmp_path / "other.docx"))
    assert code == 1
    assert "There is no review with this reference." in output


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (("--as-at", "2011-02-31"), "is not a date. There is no 31 February 2011."),
        (("--as-at", "yesterday"), "is not a date. No date can be read in"),
        (("--as-at", "Oct 2011"), "“Oct 2011” is not one day. Write it like 2012-03-31."),
        (("--as-at", "30.9.11"), "“30.9.11” is not one day. Write it like 2012-03-31."),
        (("--as-at", "TBC"), "“TBC” is not one day."),
        (("--as-at", "2012-03-31"), "--as-at: The date must be today or in the past."),
        (("--since", "2012-03-30"), "--since: The date must be before 30 March 2012"),
        (("--review", "NOPE"), "--review: There is no review with this reference."),
        (("--agency", "NOPE"), "--agency: There is no agency with this code."),
        (("--review", "SCR-2011-09", "--publication"), "--review: There is no review for publication"),
    ],
)
def test_bad_input_is_an_error_and_leaves_no_file(
    app: Flask, world: World, tmp_path: Path, words: tuple[str, ...], message: str
) -> None:
    world.review("SCR-2011-09")
    code, output = run(app, "progress", *words, "-o", str(tmp_path / "paper.docx"))
    assert code != 0
    assert message in output
    assert not list(tmp_path.glob("*paper*")) and not list(tmp_path.glob("*.part"))
    assert not AuditEvent.select().where(AuditEvent.event == "report.exported").exists()


def test_what_is_no_place_for_a_file_is_an_error(app: Flask, world: World, tmp_path: Path) -> None:
    for place in (tmp_path / "none" / "paper.docx", tmp_path, tmp_path / "paper.pdf"):
        code, output = run(app, "progress", "-o", str(place))
        assert code != 0
        assert "Error" in output
    assert run(app, "progress")[0] == 2
    assert run(app, "nonsense", "-o", str(tmp_path / "paper.docx"))[0] == 2


def test_a_file_that_was_there_stays_when_something_is_wrong(
    app: Flask, world: World, tmp_path: Path
) -> None:
    file = tmp_path / "paper.docx"
    file.write_bytes(b"kept")
    run(app, "progress", "--review", "NOPE", "-o", str(file))
    assert file.read_bytes() == b"kept"
