"""The commands of the rooms, in the order people meet them."""

COMMANDS: list = []
