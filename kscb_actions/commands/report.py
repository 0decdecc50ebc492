"""The command that makes a report."""

import os
import tempfile
from pathlib import Path
from typing import Any

import click

from kscb_actions import clock
from kscb_actions.access.policy import Role, Viewer
from kscb_actions.child_deaths.years import days_of, year_of
from kscb_actions.database import reading
from kscb_actions.reports.content import Report, rows_read
from kscb_actions.reports.kept.service import keep_paper, named
from kscb_actions.reports.papers import PAPERS, Paper
from kscb_actions.reports.progress.appendices import Appendix
from kscb_actions.reports.progress.scope import ReportingYear, ReportRequest
from kscb_actions.reports.template.queries import template_in_use
from kscb_actions.text import InvalidInput

from .cli import Day, in_board

# It reads as a reader does and is named on no restricted review, and it has no option to ask for one: those
# are reported on the page only.
COMMAND_LINE = Viewer(id=None, name="The command line", roles=frozenset({Role.READER}))
OPTIONS = {
    "review": "--review",
    "agency": "--agency",
    "as_at": "--as-at",
    "since": "--since",
    "publication": "--publication",
    "appendices": "--appendix",
    "year": "--year",
}


@click.command("report")
@click.argument("kind", type=click.Choice(list(PAPERS)))
@click.option("--review", default="", metavar="REF", help="One review. All when not given.")
@click.option("--agency", default="", metavar="CODE", help="One agency. All when not given.")
@click.option("--as-at", type=Day(), help="The day whose end is reported. Today when not given.")
@click.option("--since", type=Day(), help="Tell changes since this day. Three months before when not given.")
@click.option("--year", metavar="YEAR", help="The year from April, like 2011-12. This year when not given.")
@click.option("--publication", is_flag=True, help="Leave out what is not for the public.")
@click.option(
    "--appendix",
    "appendices",
    multiple=True,
    type=click.Choice([each.value for each in Appendix]),
    help="Have this appendix in it. May be given several times; none unless asked for.",
)
@click.option(
    "-o", "output", required=True, type=click.Path(dir_okay=False, path_type=Path), metavar="FILE.docx"
)
@in_board
def report(board: Any, kind: str, output: Path, **asked: Any) -> None:
    """Write a report as a Word file.

    KIND says for whom it is: progress for the SCR subgroup, board for the Board or a committee, agency for
    one agency, exceptions on one page, plan for one review’s action plan, public, challenges of a year,
    learning from one review on one page, annual for the year’s section of the Board’s annual report.
    Restricted reviews are left out: only the people named on them can open their report, on the page.
    Example: flask report progress --review SCR-2011-02 --appendix actions -o progress.docx
    """
    if output.suffix.lower() != ".docx":
        raise click.BadParameter(f"“{output}” must end in .docx.", param_hint="-o")
    paper = PAPERS[kind]
    refused = [OPTIONS[name] for name, value in asked.items() if value and name not in paper.takes]
    if refused:
        raise click.ClickException(f"This paper cannot be asked for with {', '.join(refused)}.")
    if "year" in paper.takes:
        asked["year"] = _year(asked["year"] or year_of(clock.today()))
    choice = paper.settled(ReportRequest(**asked))
    try:
        made = _written(board, choice, output, paper)
    except InvalidInput as wrong:
        told = "\n".join(f"{OPTIONS[field]}: {message}" for field, message in wrong.errors.items())
        raise click.ClickException(told) from None
    except OSError as error:
        raise click.ClickException(f"Cannot write {output}: {error.strerror}.") from None
    click.echo(f"Wrote {output}: {made.title}. {made.period}. It is kept as {made.reference}.")
    click.echo("Restricted reviews, where there are any, are not in it.")


def _year(name: str) -> ReportingYear:
    days = days_of(name)
    if days is None:
        raise click.ClickException(f"--year: “{name}” is not a year. Write it like 2011-12.")
    return ReportingYear(name, *days)


def _written(board: Any, choice: ReportRequest, output: Path, paper: Paper) -> Report:
    """Write beside the file first: where anything fails, what was there before is still there."""
    from kscb_actions.reports.word.paper import write_docx

    descriptor, name = tempfile.mkstemp(dir=output.parent, suffix=".docx.part")
    try:
        with os.fdopen(descriptor, "wb") as file:
            with reading():
                made = named(rows_read(paper.make(COMMAND_LINE, board, choice, clock.today())))
                template = template_in_use()
            write_docx(made, file, template)
        keep_paper(COMMAND_LINE, paper.code, choice, made, paper.is_for_agency)
        os.replace(name, output)
    except BaseException:
        os.unlink(name)
        raise
    return made
