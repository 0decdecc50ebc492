"""The board's own words: what it calls itself, its subgroup, its chairs and its manager.

Each of the product's texts that has a standard word stands in `say`, `say_later` or `say_all`, which put the
board's words in its place. What people typed is handed in as values, and never changed.
"""

from .rules import ANY, STANDARD, Terms
from .saying import LazyText, in_force, say, say_all, say_in, say_later, use

__all__ = [
    "ANY",
    "STANDARD",
    "LazyText",
    "Terms",
    "in_force",
    "say",
    "say_all",
    "say_in",
    "say_later",
    "use",
]
