"""Dates as people write them, day first: one reading for every field, every file and every command."""

from .rules import Written, read_cell, read_date, read_parts, read_serial, words_beside

__all__ = ["Written", "read_cell", "read_date", "read_parts", "read_serial", "words_beside"]
