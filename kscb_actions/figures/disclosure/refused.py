"""What is raised where no answer can be given; apart from the solver, which is heavy to load."""

from collections.abc import Hashable, Sequence


class CannotPublish(Exception):
    """Report that tables have to be left out: `tables` are the names of the smallest set that is enough."""

    def __init__(self, tables: Sequence[Hashable]) -> None:
        self.tables = tuple(tables)
        super().__init__("Not all of these tables can be published together.")


class OutOfTime(Exception):
    """Report that the time was over before an answer was proven."""
