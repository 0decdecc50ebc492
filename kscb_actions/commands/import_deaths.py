"""The command that takes in earlier cases."""

import json
from pathlib import Path
from typing import Any

import click

from kscb_actions.access.policy import Role, Viewer
from kscb_actions.child_deaths.intake.rules import NotText, text_of
from kscb_actions.child_deaths.intake.service import Imported, import_cases
from kscb_actions.wording import plural

from .cli import in_child_deaths

COMMAND_LINE = Viewer(id=None, name="The command line", roles=frozenset({Role.CDOP_COORDINATOR}))
MOST_SHOWN = 50


@click.command("import-deaths")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path), metavar="FILE.csv")
@click.option("--dry-run", is_flag=True, help="Only say what would be recorded and what is wrong.")
@click.option("--json", "as_json", is_flag=True, help="Answer in JSON.")
@click.option(
    "--allow-near-duplicates",
    is_flag=True,
    help="Record also cases that share date of death, district, sex and age with another.",
)
@in_child_deaths
def import_deaths(_: Any, file: Path, dry_run: bool, as_json: bool, allow_near_duplicates: bool) -> None:
    """Record earlier child deaths and what was decided on them: all rows of a file, or none.

    Example: flask import-deaths cases.csv --dry-run

    \b
    The file is CSV in UTF-8 with commas. Its first row that is not empty names the columns:
      case_number   letters, digits, hyphens and slashes, like 11/042
      died_on       like 2011-11-03 or 03/11/2011; so are notified_on and reviewed_on
      notified_on
      age_days      the age at death in days, or like 3 weeks, 5 months, 14 years 2 months;
                    as much of it is kept as a summary needs
      sex           female, male, not_known; or F, M
      ethnicity     a code like white_british, or its name
      district      a code like tonbridge_malling, or its name; none that is closed;
                    outside-area where the child lived elsewhere, not_known
      unexpected    yes, no, not_known; or Y, N
      place         a code like hospital, or its name
      categories    numbers from 1 to 10 separated by semicolons, like 3;8
      modifiable    identified, none, insufficient; for reviews before 1 April 2010
                    preventable, potentially_preventable, not_preventable, inadequate
      reviewed_on   the day the panel completed its review
    The last three are empty for a case on which no panel has decided. A column that
    would say who a child was, such as a name, is refused.

    \b
    JSON: {"recorded": 2, "cases": 2, "dry_run": false,
           "problems": [{"row": 3, "column": "sex", "message": "…"}],
           "near_duplicates": [{"row": 4, "case_number": "…", "other": "…", "other_row": null}]}
    Rows are counted as a spreadsheet counts them, the first being 1; other_row is null
    for a case that was recorded before. With problems the command exits with 1.
    """
    done = _taken(file, dry_run, allow_near_duplicates)
    if as_json:
        click.echo(json.dumps(as_plain(done, dry_run), indent=2))
    else:
        _tell(done)
    _conclude(done, dry_run, allow_near_duplicates)


def _taken(file: Path, dry_run: bool, allow_near_duplicates: bool) -> Imported:
    try:
        text = text_of(file.read_bytes())
    except NotText as wrong:
        return Imported(0, 0, (wrong.problem,))
    except OSError as error:
        raise click.ClickException(f"{file} cannot be read: {error.strerror}.") from None
    return import_cases(COMMAND_LINE, text, dry_run, allow_near_duplicates)


def as_plain(done: Imported, dry_run: bool) -> dict[str, Any]:
    """Return what came of it as JSON holds it."""
    return {
        "recorded": done.recorded,
        "cases": done.cases,
        "dry_run": dry_run,
        "problems": [vars(each) for each in done.problems],
        "near_duplicates": [vars(each) for each in done.near_duplicates],
    }


def _tell(done: Imported) -> None:
    for each in done.problems[:MOST_SHOWN]:
        click.echo(f"Row {each.row}{f', {each.column}' if each.column else ''}: {each.message}")
    _tell_rest(len(done.problems))
    for alike in done.near_duplicates[:MOST_SHOWN]:
        where = f"row {alike.other_row}" if alike.other_row else "recorded already"
        told = f"could be the same child as case {alike.other} ({where})."
        click.echo(f"Row {alike.row}, case {alike.case_number}: {told}")
    _tell_rest(len(done.near_duplicates))


def _tell_rest(count: int) -> None:
    if count > MOST_SHOWN:
        click.echo(f"… and {count - MOST_SHOWN:,} more.")


def _conclude(done: Imported, dry_run: bool, allow_near_duplicates: bool) -> None:
    """Say the outcome on stderr, so that JSON stays alone on stdout; exit with 1 when nothing is taken."""
    if done.problems:
        raise click.ClickException(f"{plural(len(done.problems), 'problem')}. Nothing was recorded.")
    if done.near_duplicates and not allow_near_duplicates:
        raise click.ClickException(
            "Nothing was recorded. If these are other children, add --allow-near-duplicates."
        )
    said = "can be recorded. Dry run: nothing was changed." if dry_run else "recorded."
    click.echo(f"{plural(done.cases, 'case')} {said}", err=True)
