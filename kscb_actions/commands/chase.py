"""The commands that chase by hand, or say who would be chased: one for each provider."""

import json
from collections.abc import Iterable, Iterator
from dataclasses import replace
from datetime import date
from typing import Any

import click

from kscb_actions import clock
from kscb_actions.chasing.providers import Provider, in_use, run_of
from kscb_actions.chasing.rules import Item
from kscb_actions.chasing.service import ChaseRun, Message, chase_together
from kscb_actions.mail.delivery import Watch, deliver_due

from .cli import SWITCHED_OFF, Breaking, Day, breakable, in_board, settings, shown

BROKEN_OFF = (
    "Broken off. Run the command again: it goes on with what was not done, and nobody is told anything twice."
)
NOT_SHOWN = "Not shown: it names a restricted review."


def command_for(provider: Provider[Any]) -> click.Command:
    """Return the command that chases what this provider has, by its name."""

    @click.command(provider.name, help=provider.help)
    @click.option("--on", type=Day(), help="The day to chase for, like 2012-03-30. Default: today.")
    @click.option("--dry-run", is_flag=True, help="Say who would get what; change nothing.")
    @click.option("--json", "as_json", is_flag=True, help="Answer in JSON.")
    @in_board
    def command(_: Any, on: date | None, dry_run: bool, as_json: bool) -> None:
        if provider not in in_use():
            raise click.ClickException(str(SWITCHED_OFF))
        with breakable(BROKEN_OFF) as breaking:
            with shown("Writing messages") as progress:
                day, url = on or clock.today(), settings().base_url
                run = chase_together(run_of(provider), day, url, dry_run, progress)
            _say(provider, run, as_json)
            _say_what_came(run, dry_run)
            if not dry_run and settings().mail is not None:
                _send(breaking)

    return command


def _say(provider: Provider[Any], run: ChaseRun, as_json: bool) -> None:
    told = replace(run, messages=tuple(_without_restricted(provider, run.messages)))
    if as_json:
        click.echo(json.dumps(as_plain(provider, told), indent=2))
    else:
        _tell(provider, told)
    for sentence in provider.explain_no_recipient(run.without_recipient):
        click.echo(sentence, err=True)
    click.echo("Reminders of restricted reviews, where there are any, are not shown.", err=True)


def _without_restricted(provider: Provider[Any], messages: Iterable[Message]) -> Iterator[Message]:
    """Yield the messages as the command line may tell of them: without what only named people may know of."""
    for message in messages:
        shown = tuple(item for item in message.items if not provider.is_restricted(item.waiting))
        if len(shown) == len(message.items):
            yield message
        elif shown:
            yield replace(message, subject=NOT_SHOWN, body="", items=shown)


def as_plain(provider: Provider[Any], run: ChaseRun) -> dict[str, Any]:
    """Return the run as JSON holds it."""

    def plain(item: Item[Any]) -> dict[str, Any]:
        due_on = item.waiting.due_on.isoformat()
        return {**provider.facts(item.waiting), "stage": item.stage, "due_on": due_on}

    messages = [
        {"to": told.to, "subject": told.subject, "items": [plain(item) for item in told.items]}
        for told in run.messages
    ]
    return {"on": run.on.isoformat(), "messages": messages}


def _tell(provider: Provider[Any], run: ChaseRun) -> None:
    for message in run.messages:
        click.echo(f"{message.to}: {message.subject}")
        for item in message.items:
            click.echo(f"  {item.waiting.label}  due {item.waiting.due_on}  stage {item.stage:+d}")
    if not run.messages and not run.day_off:
        click.echo(provider.idle)


def _say_what_came(run: ChaseRun, dry_run: bool) -> None:
    """Say on stderr what is beside the answer, so that JSON stays alone on stdout."""
    if run.day_off:
        click.echo(f"{run.on} is {run.day_off}: nobody is chased.", err=True)
    if dry_run:
        click.echo("Dry run: nothing was changed.", err=True)
    elif settings().mail is None and run.messages:
        click.echo("No mail server is set (KSCB_MAIL): the messages are in the outbox.", err=True)


def _send(breaking: Breaking) -> None:
    """Send all that waits in the outbox. A message that is on its way is not broken off by one signal."""
    breaking.waits_for_step = True
    with shown("Sending") as progress:
        done = deliver_due(settings(), Watch(progress, breaking.has_come), most=None)
    click.echo(f"Mail: {done}.", err=True)
    if done.left:
        raise KeyboardInterrupt
