"""Disclosure control: which cells of published tables are suppressed."""
