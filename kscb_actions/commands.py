"""The commands of the rooms, in the order people meet them."""

from importlib import import_module

import click

MODULES = (
    "people.commands",
    "demo.commands",
    "chasing.commands",
    "home.commands",
    "reports.commands",
    "figures.commands",
    "panels.commands",
)
COMMANDS = [
    command
    for module in MODULES
    for command in vars(import_module(f"kscb_actions.{module}")).values()
    if isinstance(command, click.Command)
]
