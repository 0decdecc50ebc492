"""The command that takes in a plan from a file."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import click

from kscb_actions import clock
from kscb_actions.access.policy import Role, Viewer
from kscb_actions.actions.earlier.rules import Reading
from kscb_actions.dates_written.rules import read_date
from kscb_actions.files.store import EvidenceStore, StoreFull
from kscb_actions.people.models import Agency, User
from kscb_actions.plans_in.earlier.rules import (
    Earlier,
    StatusWords,
    count_pasts,
    doubts,
    problems_with,
    unread,
    words_to_read,
)
from kscb_actions.plans_in.headings import PART_NAMES, Part, plain
from kscb_actions.plans_in.plan import Plan, as_json, problems_json
from kscb_actions.plans_in.queries import put_right_before, readings_of, understood
from kscb_actions.plans_in.reading.service import read_path
from kscb_actions.plans_in.remembering import Said
from kscb_actions.plans_in.service import Taken, foreseen, take_in
from kscb_actions.plans_in.tables import NotRead, Problem, corrected, put_right_again
from kscb_actions.plans_in.words import status_key
from kscb_actions.reviews.models import Review
from kscb_actions.reviews.queries import get_review
from kscb_actions.reviews.rules import as_reference
from kscb_actions.terms import say
from kscb_actions.text import InvalidInput, one_line
from kscb_actions.wording import date_uk, plural

from .cli import in_board, settings, shown

COMMAND_LINE = Viewer(id=None, name="The command line", roles=frozenset({Role.MANAGER}))
MOST_SHOWN = 50
_PARTS = ", ".join(Part)
READINGS = {
    "not started": Reading.NOT_STARTED,
    "on track": Reading.IN_PROGRESS,
    "done": Reading.DONE,
    "accepted": Reading.ACCEPTED,
    "cannot be done": Reading.CANNOT,
    "superseded": Reading.SUPERSEDED,
    "withdrawn": Reading.WITHDRAWN,
    "nothing": Reading.NOTHING,
}


@dataclass(frozen=True)
class Options:
    """How a file is read and taken in, as the command line says it."""

    dry_run: bool
    is_json: bool
    is_updating: bool
    tables: Sequence[str]
    columns: Sequence[tuple[str, Part]]
    owners: Sequence[tuple[str, Sequence[str]]]
    readings: Sequence[tuple[str, Reading]]
    as_of: date | None
    accepted_by: str
    accepted_on: date | None
    by: str

    @property
    def has_past(self) -> bool:
        """Return whether anything is said of the past, so that it is to come in too."""
        return bool(self.readings or self.as_of or self.accepted_by or self.accepted_on)


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


class ReadAs(click.ParamType):
    """What words of a status say, like "Green=on track"."""

    name = "WORDS=READING"

    def convert(self, value: Any, param: Any, ctx: Any) -> tuple[str, Reading]:
        """Return the words as they are known, and what they say; fails with a sentence."""
        words, is_told, reading = str(value).rpartition("=")
        if not is_told or not status_key(words) or reading.strip().casefold() not in READINGS:
            self.fail(f"“{value}” does not end in = and one of {', '.join(READINGS)}.", param, ctx)
        return status_key(words), READINGS[reading.strip().casefold()]


class Day(click.ParamType):
    """A day, like 2012-06-30 or "30 June 2012"."""

    name = "DATE"

    def convert(self, value: Any, param: Any, ctx: Any) -> date:
        """Return the day; fails with a sentence."""
        if isinstance(value, date):
            return value
        try:
            return date.fromisoformat(str(value))
        except ValueError:
            written = read_date(str(value), clock.today())
        if written.on is None or not written.is_exact:
            self.fail(f"“{value}” is no day, such as 30 June 2012.", param, ctx)
        return written.on


@click.command("import-plan")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path), metavar="FILE")
@click.option("--review", "reference", required=True, metavar="REF", help="The review whose plan it is.")
@click.option("--dry-run", is_flag=True, help="Only say what would be recorded and what is wrong.")
@click.option("--json", "is_json", is_flag=True, help="Answer in JSON.")
@click.option("--update", "is_updating", is_flag=True, help="Take over what the file words anew.")
@click.option("--table", "tables", multiple=True, metavar="NAME", help="Read this table, like “table 2”.")
@click.option("--column", "columns", multiple=True, type=Column(), help="Say what a heading means.")
@click.option("--owner", "owners", multiple=True, type=Owner(), help="Say whom words name.")
@click.option("--read", "readings", multiple=True, type=ReadAs(), help="Say what words of a status say.")
@click.option("--as-of", type=Day(), help="The day of which the file speaks, where it does not say so.")
@click.option("--accepted-by", default="", metavar="WHO", help="Who accepted what is read as accepted.")
@click.option("--accepted-on", type=Day(), help="On which day that was.")
@click.option(
    "--by", default="", metavar="EMAIL", help="The board manager who confirms how the past is read."
)
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
      ticked, progress, done, accepted-on, accepted-by, success, evidence, milestones, response, other
    An owner that is not known is given one: --owner "Policy manager=CSS"; several
    agencies have an action each: --owner "Thanet pilot=CSS,POL". Both are remembered
    when the plan is taken in.

    \b
    What the file says of the past (status, progress, days of completion and to which
    dates were moved) comes in where a board manager says how its words are read:
      --by manager@board.uk --as-of "30 June 2012" --read "Green=on track"
      --read "Blue=accepted" --accepted-by "SCR subgroup" --accepted-on 2012-03-12
    Readings: not started, on track, done, accepted, cannot be done, superseded,
    withdrawn, nothing. They are remembered for plans of the same layout. Without any
    of these options the words are kept and change nothing.

    \b
    The same plan again adds what is new and leaves the rest; where its words have
    changed, that is told, and with --update taken over.

    \b
    JSON: {"recommendations": [{"number": "4.2", "text": "…", "heading": "…",
             "actions": [{"text": "…", "agency": "POL", "owners": ["POL"],
                          "owner_text": "…", "due_on": "2011-12-31", "due_text": "End of Q3 2011/12",
                          "status_text": "Green", "done_on": null,
                          "place": "table 2, row 5"}]}],
           "problems": [{"place": "sheet Plan, B7", "problem": "…"}]}
    An owner who is no known agency, and a date that cannot be read, are kept as text
    and told among the problems. With any other problem the command exits with 1.
    """
    options = Options(**asked)
    review = get_review(COMMAND_LINE, as_reference(reference))
    if review is None:
        raise click.ClickException(f"There is no review {reference}.")
    _refuse_unknown_agencies(options)
    viewer = _manager(options.by) if options.by or options.has_past else COMMAND_LINE
    plan = _read(file, review, options)
    if options.is_json:
        _print(as_json(plan))
    else:
        _tell(plan)
    if stopped := plan.stopped_by:
        told = "\n".join(f"{each.place}: {each.problem}" for each in stopped[:MOST_SHOWN])
        raise click.ClickException(f"{told}\n{plural(len(stopped), 'problem')}. Nothing was recorded.")
    earlier = _earlier(plan, options)
    _conclude(_taken(viewer, file, review, plan, earlier, options), options)
    if earlier is None and (words := count_pasts(plan)):
        _tell_unread(plan, words)


def _refuse_unknown_agencies(options: Options) -> None:
    known = {code for (code,) in Agency.select(Agency.code).tuples()}
    for words, codes in options.owners:
        for code in codes:
            if code not in known:
                raise click.BadParameter(f"There is no agency {code}.", param_hint=f"--owner {words}")


def _manager(email: str) -> Viewer:
    """Return the board manager with this address, who answers for what is entered of the past."""
    person = User.get_or_none(User.email == email.strip().lower(), User.is_active) if email else None
    if person is None or Role.MANAGER not in person.role_set:
        told = (
            say("{email} is no board manager who signs in here.", email=email)
            if email
            else "Nobody confirms the past."
        )
        told = say("{told} Give the address of a board manager.", told=told)
        raise click.BadParameter(told, param_hint="--by")
    return person.viewer


def _read(file: Path, review: Review, options: Options) -> Plan:
    try:
        source = read_path(file)
        source = corrected(source, put_right_again(source, put_right_before(review)))
        return understood(source, clock.today(), dict(options.columns), dict(options.owners), options.tables)[
            0
        ]
    except NotRead as wrong:
        if options.is_json:
            _print(problems_json([Problem(wrong.place, wrong.problem)]))
        raise click.ClickException(wrong.sentence) from None
    except OSError as error:
        raise click.ClickException(f"{file} cannot be read: {error.strerror}.") from None


def _earlier(plan: Plan, options: Options) -> Earlier | None:
    """Return how the past is read; None where nothing is said of it. Fails with what is to be said still."""
    if not options.has_past:
        return None
    as_of = options.as_of or plan.as_of
    if as_of is None:
        raise click.BadParameter(
            "The file does not say of which day it speaks. Say it, such as --as-of 2012-06-30.",
            param_hint="--as-of",
        )
    readings = {**readings_of(plan.layout), **dict(options.readings)}
    earlier = Earlier(as_of, readings, options.accepted_on, one_line(options.accepted_by))
    if missing := unread(plan, readings):
        raise click.ClickException(_to_say(missing))
    if problems := problems_with(plan, earlier, clock.today()):
        told = "\n".join(f"{each.place}: {each.problem}" for each in problems[:MOST_SHOWN])
        raise click.ClickException(f"{told}\nNothing was recorded.")
    click.echo(f"The past is read as of {date_uk(as_of)}.", err=True)
    _tell_each("Rows that say two things", doubts(plan, earlier), is_error=True)
    return earlier


def _tell_unread(plan: Plan, count: int) -> None:
    """Say on stderr that the past has not come in, and what it takes."""
    needed = _to_say(words_to_read(plan)) if words_to_read(plan) else "It needs --by and --as-of."
    click.echo(
        say(
            "The file says of {actions} what happened before. Its words are kept and change "
            "nothing until a board manager confirms how they are read. {needed}",
            actions=plural(count, "action"),
            needed=needed,
        ),
        err=True,
    )


def _to_say(words: Sequence[StatusWords]) -> str:
    told = " ".join(f'--read "{each.shown}={_usual(each)}"' for each in words[:MOST_SHOWN])
    return f"Say, with --by and --as-of: {told} with one of {', '.join(READINGS)}."


def _usual(words: StatusWords) -> str:
    names = {reading: name for name, reading in READINGS.items()}
    return names[words.usual] if words.usual else "…"


def _taken(
    viewer: Viewer, file: Path, review: Review, plan: Plan, earlier: Earlier | None, options: Options
) -> Taken:
    if options.dry_run:
        return foreseen(viewer, review, plan, options.is_updating, earlier)
    said = Said(dict(options.owners), dict(options.columns), earlier)
    store = EvidenceStore(settings().evidence)
    try:
        with file.open("rb") as opened:
            with shown("Recording") as tell:
                return take_in(
                    viewer, review, plan, store, opened, file.name, said, options.is_updating, tell
                )
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
    if taken.clashes:
        told = "\n".join(f"{each.place}: {each.problem}" for each in taken.clashes[:MOST_SHOWN])
        raise click.ClickException(f"{told}\nNothing was recorded.")
    if not options.is_updating:
        _tell_each("Other in the file; --update takes words over", taken.changes, is_error=True)
    if taken.is_nothing:
        click.echo("The review has all of it already. Nothing was changed.", err=True)
    elif options.dry_run:
        click.echo(f"{taken.told} can be recorded. Dry run: nothing was changed.", err=True)
    else:
        click.echo(f"{taken.told} recorded. The file is kept with the review.", err=True)
