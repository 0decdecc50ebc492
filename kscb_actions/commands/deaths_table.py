"""The command that prints a table of child deaths."""

import json
from typing import Any

import click

from kscb_actions import clock
from kscb_actions.access.policy import Role, Viewer
from kscb_actions.child_deaths.years import year_of
from kscb_actions.database import reading
from kscb_actions.figures.annual.service import record_export
from kscb_actions.figures.annual.year import (
    NOT_FOR_RELEASE,
    is_open_year,
    issued_tables,
    live_tables,
    tables_by,
)
from kscb_actions.figures.counting.queries import years
from kscb_actions.figures.counting.tally import NAMES, Basis
from kscb_actions.figures.disclosure.marks import legend_for
from kscb_actions.figures.disclosure.tables import CountTable
from kscb_actions.figures.printing.blocks import caption_of, lines_of, titles_of
from kscb_actions.text import InvalidInput

from .cli import in_child_deaths

# The command line reads as the panel's co-ordinator does: whoever may run it may read the database.
NOT_IN_IT = "The report of {year} was issued without a table by “{code}”."
COMMAND_LINE = Viewer(id=None, name="The command line", roles=frozenset({Role.CDOP_COORDINATOR}))


@click.command("deaths-table")
@click.option("--reviewed-in", metavar="YEAR", help="Deaths whose review was completed in this year.")
@click.option("--died-in", metavar="YEAR", help="Deaths in this year.")
@click.option("--by", "code", default="category", show_default=True, help=f"One of {', '.join(NAMES)}.")
@click.option("--publication", is_flag=True, help="As it stands in the year’s issued report.")
@click.option("--json", "as_json", is_flag=True, help="For a machine.")
@in_child_deaths
def deaths_table(
    board: Any, reviewed_in: str | None, died_in: str | None, code: str, publication: bool, as_json: bool
) -> None:
    """Print a table of child deaths. A year runs from 1 April to 31 March.

    Example: flask deaths-table --reviewed-in 2011-12 --by category --publication
    """
    if bool(reviewed_in) == bool(died_in):
        raise click.UsageError("Give either --reviewed-in or --died-in with a year, like 2011-12.")
    basis = Basis.REVIEWED if reviewed_in else Basis.DIED
    year = str(reviewed_in or died_in)
    table = _table(basis, year, code, publication)
    record_export(
        COMMAND_LINE,
        {"as": "json" if as_json else "text", "basis": basis.value, "year": year, "table": code}
        | ({"publication": "y"} if publication else {}),
    )
    if as_json:
        told = {"notice": board.notice} if board.notice else {}
        told |= {} if publication else {"release": NOT_FOR_RELEASE}
        click.echo(json.dumps(told | table.as_dict(), ensure_ascii=False))
    else:
        if board.notice:
            click.echo(f"{board.notice}\n")
        if not publication:
            click.echo(f"{NOT_FOR_RELEASE}\n")
        click.echo(_as_text(caption_of(basis, year, code), table))


def _table(basis: Basis, year: str, code: str, publication: bool) -> CountTable:
    _check(basis, year, code)
    with reading():
        if not publication:
            return live_tables(COMMAND_LINE, basis, year)[code]
        try:
            _, tables = issued_tables(COMMAND_LINE, basis, year)
        except InvalidInput as wrong:
            raise click.ClickException(str(wrong)) from None
    if code not in tables:
        raise click.ClickException(NOT_IN_IT.format(code=code, year=year))
    return tables[code]


def _check(basis: Basis, year: str, code: str) -> None:
    """Refuse a year or a table that cannot be; say where a year has no deaths: its tables are of noughts."""
    option = "--reviewed-in" if basis is Basis.REVIEWED else "--died-in"
    if not is_open_year(year):
        now = year_of(clock.today())
        raise click.BadParameter(
            f"“{year}” is not a year from 2008-09 to {now}, like {now}.", param_hint=option
        )
    if code not in (names := tables_by(basis)):
        told = f"There is no table by “{code}” with {option}. There is {', '.join(names)}."
        raise click.BadParameter(told, param_hint="--by")
    if year not in (known := years(COMMAND_LINE, basis)):
        there = f"There is {', '.join(known)}." if known else "There is none yet."
        click.echo(f"Nothing is counted in {year}. {there}", err=True)


def _as_text(caption: str, table: CountTable) -> str:
    """Return the table in columns, numbers to the right."""
    lines = [titles_of(table), *([str(cell) for cell in line] for line in lines_of(table))]
    first, *widths = (max(len(line[place]) for line in lines) for place in range(len(lines[0])))
    shown = []
    for label, *cells in lines:
        numbers = [cell.rjust(width) for cell, width in zip(cells, widths, strict=True)]
        shown.append("  ".join([label.ljust(first), *numbers]))
    marks = legend_for(cell for line in table.lines() for cell in line)
    legend = ["", *(f"{mark}: {meaning}" for mark, meaning in marks.items())] if marks else []
    return "\n".join([caption, "", *shown, *legend])
