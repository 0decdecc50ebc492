"""The command that takes in a plan from a file."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import click

from kscb_actions import clock
from kscb_actions.access.policy import Role, Viewer
from kscb_actions.files.store import EvidenceStore, StoreFull
from kscb_actions.people.models import Agency
from kscb_actions.plans_in.headings import PART_NAMES, Part, plain
from kscb_actions.plans_in.layout import possible_layouts
from kscb_actions.plans_in.plan import Plan, as_json, problems_json
from kscb_actions.plans_in.queries import directory, remembered
from kscb_actions.plans_in.reading.service import read_path
from kscb_actions.plans_in.remembering import Said
from kscb_actions.plans_in.rules import read_plan
from kscb_actions.plans_in.service import Taken, foreseen, take_in
from kscb_actions.plans_in.tables import NotRead, Problem
from kscb_actions.reviews.models import Review
from kscb_actions.reviews.queries import get_review
from kscb_actions.text import InvalidInput
from kscb_actions.wording import plural

from .cli import in_board, settings

COMMAND_LINE = Viewer(id=None, name="The command line", roles=frozenset({Role.MANAGER}))
MOST_SHOWN = 50
_PARTS = ", ".join(Part)


@dataclass(frozen=True)
class Options:
    """How a file is read and taken in, as the command line says it."""

    dry_run: bool
    is_json: bool
    is_updating: bool
    tables: Sequence[str]
    columns: Sequence[tuple[str, Part]]
    owners: Sequence[tuple[str, Sequence[str]]]


class Column(click.ParamType):
    """What a heading means, like "Way forward=action"."""

    name = "HEADING=PART"

    def convert(self, value: Any, param: Any, ctx: Any) -> tuple[str, Part]:
        """Return the heading as it is compared, and what its column holds; fails with a sentence."""
        heading, is_told, part = str(value).rpartition("=")
        if not is_told or part.strip() not in list(Part):
            self.fail(f"“{value}” does not end in = and one of {_PARTS}.", param, ctx)
        return plain(heading), Part(part.strip())


class Owner(click.ParamType):
    """Whom words name, like "Policy manager=CSS" or "Thanet pilot=CSS,POL"."""

    name = "WORDS=CODE"

    def convert(self, value: Any, param: Any, ctx: Any) -> tuple[str, list[str]]:
        """Return the words and the codes of agencies; fails with a sentence."""
        words, is_told, codes = str(value).rpartition("=")
        if not is_told or not words.strip() or not codes.strip():
            self.fail(f"“{value}” does not end in = and the code of an agency.", param, ctx)
        return words.strip(), [code.strip() for code in codes.split(",")]


@click.command("import-plan")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path), metavar="FILE")
@click.option("--review", "reference", required=True, metavar="REF", help="The review whose plan it is.")
@click.option("--dry-run", is_flag=True, help="Only say what would be recorded and what is wrong.")
@click.option("--json", "is_json", is_flag=True, help="Answer in JSON.")
@click.option("--update", "is_updating", is_flag=True, help="Take over what the file words anew.")
@click.option("--table", "tables", multiple=True, metavar="NAME", help="Read this table, like “table 2”.")
@click.option("--column", "columns", multiple=True, type=Column(), help="Say what a heading means.")
@click.option("--owner", "owners", multiple=True, type=Owner(), help="Say whom words name.")
@in_board
def import_plan(_: Any, file: Path, reference: str, **asked: Any) -> None:
    """Take the plan of a review in from Word (.docx), Excel (.xlsx), CSV or pasted text (.txt).

    Example: flask import-plan plan.docx --review SCR-2011-02 --dry-run

    \b
    The plan is found by its headings, such as Recommendation, Action, Lead agency,
    Target date; other tables are passed over. Where several tables could be it, name
    those to read: --table "table 2", --table "sheet Plan". A heading that is not
    known is given a meaning: --column "Way forward=action". Meanings:
      number, recommendation, heading, action, agency, person, due, revised, status,
      ticked, progress, done, success, evidence, milestones, response, other
    An owner that is not known is given one: --owner "Policy manager=CSS"; several
    agencies have an action each: --owner "Thanet pilot=CSS,POL". Both are remembered
    when the plan is taken in.

    \b
    The same plan again adds what is new and leaves the rest; where its words have
    changed, that is told, and with --update taken over.

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
    options = Options(**asked)
    review = get_review(COMMAND_LINE, reference)
    if review is None:
        raise click.ClickException(f"There is no review {reference}.")
    _refuse_unknown_agencies(options)
    plan = _read(file, options)
    if options.is_json:
        _print(as_json(plan))
    else:
        _tell(plan)
    if stopped := plan.stopped_by:
        told = "\n".join(f"{each.place}: {each.problem}" for each in stopped[:MOST_SHOWN])
        raise click.ClickException(f"{told}\n{plural(len(stopped), 'problem')}. Nothing was recorded.")
    _conclude(_taken(file, review, plan, options), options)


def _refuse_unknown_agencies(options: Options) -> None:
    known = {code for (code,) in Agency.select(Agency.code).tuples()}
    for words, codes in options.owners:
        for code in codes:
            if code not in known:
                raise click.BadParameter(f"There is no agency {code}.", param_hint=f"--owner {words}")


def _read(file: Path, options: Options) -> Plan:
    try:
        source = read_path(file)
        by_hand = remembered(possible_layouts(source)) | dict(options.columns)
        known = directory(dict(options.owners))
        return read_plan(source, known, clock.today(), by_hand, options.tables)
    except NotRead as wrong:
        if options.is_json:
            _print(problems_json([Problem(wrong.place, wrong.problem)]))
        raise click.ClickException(wrong.sentence) from None
    except OSError as error:
        raise click.ClickException(f"{file} cannot be read: {error.strerror}.") from None


def _taken(file: Path, review: Review, plan: Plan, options: Options) -> Taken:
    if options.dry_run:
        return foreseen(COMMAND_LINE, review, plan, options.is_updating)
    said = Said(dict(options.owners), dict(options.columns))
    store = EvidenceStore(settings().evidence)
    try:
        with file.open("rb") as opened:
            return take_in(COMMAND_LINE, review, plan, store, opened, file.name, said, options.is_updating)
    except InvalidInput as wrong:
        raise click.ClickException("\n".join(wrong.errors.values())) from None
    except StoreFull as full:
        raise click.ClickException(full.message) from None


def _print(told: dict[str, Any]) -> None:
    click.echo(json.dumps(told, indent=2, ensure_ascii=False))


def _tell(plan: Plan) -> None:
    for each in plan.columns:
        click.echo(f"{each.place.capitalize()}, “{each.heading}”: {PART_NAMES[each.part]}")
    _tell_each("Could not be read", plan.problems)
    _tell_each("Guessed", plan.guesses)


def _tell_each(title: str, found: Sequence[Problem], is_error: bool = False) -> None:
    if found:
        click.echo(f"{title}:", err=is_error)
    for each in found[:MOST_SHOWN]:
        click.echo(f"  {each.place}: {each.problem}", err=is_error)
    if len(found) > MOST_SHOWN:
        click.echo(f"  … and {len(found) - MOST_SHOWN:,} more.", err=is_error)


def _conclude(taken: Taken, options: Options) -> None:
    """Say the outcome on stderr, so that JSON stays alone on stdout."""
    if not options.is_updating:
        _tell_each("Other in the file; --update takes words over", taken.changes, is_error=True)
    if taken.is_nothing:
        click.echo("The review has all of it already. Nothing was changed.", err=True)
    elif options.dry_run:
        click.echo(f"{taken.told} can be recorded. Dry run: nothing was changed.", err=True)
    else:
        click.echo(f"{taken.told} recorded. The file is kept with the review.", err=True)
