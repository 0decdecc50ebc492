"""The commands of every module, in the order people meet them."""

from importlib import import_module

import click

MODULES = ("people", "demo", "chase", "check", "report", "deaths_table", "import_deaths")
COMMANDS = [
    command
    for module in MODULES
    for command in vars(import_module(f"kscb_actions.commands.{module}")).values()
    if isinstance(command, click.Command)
]
