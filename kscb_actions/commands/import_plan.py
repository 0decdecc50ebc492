"""The command that takes in a plan from a file."""

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import click

from kscb_actions import clock
from kscb_actions.access.policy import Role, Viewer
from kscb_actions.plans_in.headings import Part, plain
from kscb_actions.plans_in.plan import Plan, as_json, problems_json
from kscb_actions.plans_in.queries import directory
from kscb_actions.plans_in.reading.service import read_path
from kscb_actions.plans_in.rules import read_plan
from kscb_actions.plans_in.tables import NotRead, Problem
from kscb_actions.reviews.queries import get_review
from kscb_actions.wording import plural

from .cli import in_board

COMMAND_LINE = Viewer(id=None, name="The command line", roles=frozenset({Role.MANAGER}))
MOST_SHOWN = 50
_PARTS = ", ".join(Part)


class Column(click.ParamType):
    """What a heading means, like "Way forward=action"."""

    name = "HEADING=PART"

    def convert(self, value: Any, param: Any, ctx: Any) -> tuple[str, Part]:
        """Return the heading as it is compared, and what its column holds; fails with a sentence."""
        heading, is_told, part = str(value).rpartition("=")
        if not is_told or part.strip() not in list(Part):
            self.fail(f"“{value}” does not end in = and one of {_PARTS}.", param, ctx)
        return plain(heading), Part(part.strip())


@click.command("import-plan")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path), metavar="FILE")
@click.option("--review", "reference", required=True, metavar="REF", help="The review whose plan it is.")
@click.option("--dry-run", is_flag=True, help="Only say what would be recorded and what is wrong.")
@click.option("--json", "is_json", is_flag=True, help="Answer in JSON.")
@click.option("--table", "tables", multiple=True, metavar="NAME", help="Read this table, like “table 2”.")
@click.option("--column", "columns", multiple=True, type=Column(), help="Say what a heading means.")
@in_board
def import_plan(
    _: Any,
    file: Path,
    reference: str,
    dry_run: bool,
    is_json: bool,
    tables: Sequence[str],
    columns: Sequence[tuple[str, Part]],
) -> None:
    """Read the plan of a review from Word (.docx), Excel (.xlsx), CSV or a table pasted as text (.txt).

    Example: flask import-plan plan.docx --review SCR-2011-02 --dry-run

    \b
    The plan is found by its headings, such as Recommendation, Action, Lead agency,
    Target date; other tables are passed over. Where several tables could be it, name
    those to read: --table "table 2", --table "sheet Plan". A heading that is not
    known is given a meaning: --column "Way forward=action". Meanings:
      number, recommendation, heading, action, agency, person, due, revised, status,
      ticked, progress, done, success, evidence, milestones, response, other

    \b
    JSON: {"recommendations": [{"number": "4.2", "text": "…", "heading": "…",
             "actions": [{"text": "…", "agency": "POL", "owner_text": "…",
                          "due_on": "2011-12-31", "due_text": "End of Q3 2011/12",
                          "status_text": "Green", "done_on": null,
                          "place": "table 2, row 5"}]}],
           "problems": [{"place": "sheet Plan, B7", "problem": "…"}]}
    An owner who is no known agency, and a date that cannot be read, are kept as text
    and told among the problems. With any other problem the command exits with 1.
    """
    if get_review(COMMAND_LINE, reference) is None:
        raise click.ClickException(f"There is no review {reference}.")
    try:
        plan = read_plan(read_path(file), directory(), clock.today(), dict(columns), tables)
    except NotRead as wrong:
        if is_json:
            _print(problems_json([Problem(wrong.place, wrong.problem)]))
        raise click.ClickException(wrong.sentence) from None
    except OSError as error:
        raise click.ClickException(f"{file} cannot be read: {error.strerror}.") from None
    if is_json:
        _print(as_json(plan))
    else:
        _tell(plan)
    _conclude(plan)


def _print(told: dict[str, Any]) -> None:
    click.echo(json.dumps(told, indent=2, ensure_ascii=False))


def _tell(plan: Plan) -> None:
    for place, heading, meaning in plan.columns:
        click.echo(f"{place[0].upper()}{place[1:]}, “{heading}”: {meaning}")
    _tell_each("Could not be read", plan.problems)
    _tell_each("Guessed", plan.guesses)


def _tell_each(title: str, found: Sequence[Problem]) -> None:
    if found:
        click.echo(f"{title}:")
    for each in found[:MOST_SHOWN]:
        click.echo(f"  {each.place}: {each.problem}")
    if len(found) > MOST_SHOWN:
        click.echo(f"  … and {len(found) - MOST_SHOWN:,} more.")


def _conclude(plan: Plan) -> None:
    """Say the outcome on stderr, so that JSON stays alone on stdout; exit with 1 where something stops it."""
    if stopped := plan.stopped_by:
        told = "\n".join(f"{each.place}: {each.problem}" for each in stopped[:MOST_SHOWN])
        raise click.ClickException(f"{told}\n{plural(len(stopped), 'problem')}. Nothing was recorded.")
    recommendations = plural(len(plan.recommendations), "recommendation")
    actions = plural(len(plan.actions), "action")
    click.echo(f"{recommendations} with {actions} can be recorded. Dry run: nothing was changed.", err=True)
