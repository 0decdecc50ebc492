"""The command that loads the demonstration board."""

from collections.abc import Sequence
from typing import Any

import click

from kscb_actions.demo.content import figures_told, read_content
from kscb_actions.demo.loader import NotEmpty, load
from kscb_actions.files.store import EvidenceStore
from kscb_actions.people.models import User
from kscb_actions.settings.rules import DEMONSTRATION
from kscb_actions.text import InvalidInput

from .cli import in_board, settings

PASSWORD = "orchard-lantern-ferry"  # noqa: S105


@click.command("demo")
@click.option("--password", default=PASSWORD, show_default=True, help="The password of every account.")
@click.option("--if-empty", is_flag=True, help="Do nothing, and succeed, when there is a board already.")
@in_board
def demo(board: Any, password: str, if_empty: bool) -> None:
    """Load the demonstration board (Kent, 31 March 2012) into an empty database; print its accounts.

    Example: flask demo --password "three random words"
    """
    if if_empty and User.select().exists():
        click.echo(f"Keeping the records of {board.name}.")
        return
    try:
        accounts = load(password, click.echo, EvidenceStore(settings().evidence), settings().base_url)
    except NotEmpty as error:
        raise click.ClickException(str(error)) from None
    except InvalidInput as wrong:
        raise click.ClickException(" ".join(wrong.errors.values())) from None
    click.echo(f"\nAccounts, all with the password {password}\n")
    _echo_columns([(account.email, f"{account.name} ({', '.join(account.roles)})") for account in accounts])
    click.echo("\nBegin with the first of these:\n")
    _echo_columns(read_content().begin_with)
    click.echo(f"\n{DEMONSTRATION}.")
    for told in figures_told():
        click.echo(f"\n{told}")


def _echo_columns(rows: Sequence[tuple[str, str]]) -> None:
    width = max(len(first) for first, _ in rows)
    for first, second in rows:
        click.echo(f"  {first.ljust(width)}  {second}")
