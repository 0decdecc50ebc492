"""The command that chases by hand, or says who would be chased."""

import json
from datetime import date
from typing import Any

import click

from .. import clock
from ..cli import Day, in_board, settings
from ..mail.delivery import deliver_due
from .service import ChaseRun, chase


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


def as_plain(run: ChaseRun) -> dict[str, Any]:
    """The run as JSON holds it."""
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
    """What is beside the answer goes to stderr, so that JSON stays alone on stdout."""
    if run.day_off:
        click.echo(f"{run.on} is {run.day_off}: nobody is chased.", err=True)
    for reference in run.untold:
        click.echo(f"Nobody may be told of {reference}: name somebody on its review.", err=True)
    if dry_run:
        click.echo("Dry run: nothing was changed.", err=True)
    elif settings().mail is None:
        if run.messages:
            click.echo("No mail server is set (KSCB_MAIL): the messages are in the outbox.", err=True)
    else:
        done = deliver_due(settings())
        click.echo(f"Mail: {done}.", err=True)
