"""The command that chases by hand, or says who would be chased."""

import json
from datetime import date
from typing import Any

import click

from kscb_actions import clock
from kscb_actions.chasing.service import ChaseRun, chase
from kscb_actions.child_deaths.returns.chasing import ReturnRun, chase_returns
from kscb_actions.mail.delivery import deliver_due

from .cli import Day, in_board, settings


@click.command("chase")
@click.option("--on", type=Day(), help="The day to chase for, like 2012-03-30. Default: today.")
@click.option("--dry-run", is_flag=True, help="Say who would get what; change nothing.")
@click.option("--json", "as_json", is_flag=True, help="Answer in JSON.")
@in_board
def chase_command(_: Any, on: date | None, dry_run: bool, as_json: bool) -> None:
    """Remind people of what fell due: one digest a person, nothing twice, on working days only.

    Example: flask chase --on 2012-03-30 --dry-run --json
    """
    run = chase(on or clock.today(), settings().base_url, dry_run)
    if as_json:
        click.echo(json.dumps(as_plain(run), indent=2))
    else:
        _tell(run)
    _say_to_operator(run, dry_run)


@click.command("chase-returns")
@click.option("--on", type=Day(), help="The day to chase for, like 2012-03-30. Default: today.")
@click.option("--dry-run", is_flag=True, help="Say who would get what; change nothing.")
@click.option("--json", "as_json", is_flag=True, help="Answer in JSON.")
@in_board
def chase_returns_command(_: Any, on: date | None, dry_run: bool, as_json: bool) -> None:
    """Remind the panel's co-ordinators, and an agency's own panel members, of returns that are waited for.

    The scheduler does it beside the chasing of actions. Example: flask chase-returns --dry-run --json
    """
    run = chase_returns(on or clock.today(), settings().base_url, dry_run)
    if as_json:
        click.echo(json.dumps(returns_as_plain(run), indent=2))
    else:
        _tell_returns(run)
    if run.untold:
        click.echo("Nobody can be told of some returns: record a CDOP co-ordinator.", err=True)
    _say_what_came(run.on, run.day_off, bool(run.messages), dry_run)


def returns_as_plain(run: ReturnRun) -> dict[str, Any]:
    """Return the run as JSON holds it, each case by the number in its address, not by its case number."""
    return {
        "on": run.on.isoformat(),
        "messages": [
            {
                "to": message.to,
                "subject": message.subject,
                "items": [
                    {
                        "return": item.waiting.return_id,
                        "death": item.waiting.death_id,
                        "agency": item.waiting.agency,
                        "stage": item.stage,
                        "due_on": item.waiting.due_on.isoformat(),
                    }
                    for item in message.items
                ],
            }
            for message in run.messages
        ],
    }


def _tell_returns(run: ReturnRun) -> None:
    for message in run.messages:
        click.echo(f"{message.to}: {message.subject}")
        for item in message.items:
            due = item.waiting.due_on
            click.echo(
                f"  {item.waiting.agency}, /deaths/{item.waiting.death_id}  due {due}  stage {item.stage:+d}"
            )
    if not run.messages and not run.day_off:
        click.echo("No return fell due for anybody.")


def as_plain(run: ChaseRun) -> dict[str, Any]:
    """Return the run as JSON holds it."""
    return {
        "on": run.on.isoformat(),
        "messages": [
            {
                "to": message.to,
                "subject": message.subject,
                "items": [
                    {
                        "action": item.action.reference,
                        "stage": item.stage,
                        "due_on": item.action.due_on.isoformat(),
                    }
                    for item in message.items
                ],
            }
            for message in run.messages
        ],
    }


def _tell(run: ChaseRun) -> None:
    for message in run.messages:
        click.echo(f"{message.to}: {message.subject}")
        for item in message.items:
            click.echo(f"  {item.action.reference}  due {item.action.due_on}  stage {item.stage:+d}")
    if not run.messages and not run.day_off:
        click.echo("Nothing fell due for anybody.")


def _say_to_operator(run: ChaseRun, dry_run: bool) -> None:
    for reference in run.untold:
        click.echo(f"Nobody may be told of {reference}: name somebody on its review.", err=True)
    _say_what_came(run.on, run.day_off, bool(run.messages), dry_run)


def _say_what_came(on: date, day_off: str | None, has_messages: bool, dry_run: bool) -> None:
    """Say on stderr what is beside the answer, so that JSON stays alone on stdout."""
    if day_off:
        click.echo(f"{on} is {day_off}: nobody is chased.", err=True)
    if dry_run:
        click.echo("Dry run: nothing was changed.", err=True)
    elif settings().mail is None:
        if has_messages:
            click.echo("No mail server is set (KSCB_MAIL): the messages are in the outbox.", err=True)
    else:
        done = deliver_due(settings())
        click.echo(f"Mail: {done}.", err=True)
