"""How far the drawing of a paper is. Nearly all the time goes into the rows of its tables."""

from collections.abc import Callable, Iterable, Iterator

from kscb_actions.reports.content import Report, rows_in

# Sections done, of how many, rows done, of how many.
Tell = Callable[[int, int, int, int], object]
# Between so many pieces, mostly a row each, it is told of.
PIECES_AT_ONCE = 250


def nobody_asks(*_: int) -> None:
    """Tell nobody."""


class Progress:
    """Counts what is drawn of one paper: its streams are read one after the other, section by section."""

    def __init__(self, report: Report, tell: Tell) -> None:
        self._tell = tell
        self._sections = len(report.sections)
        self._rows = rows_in(report) if tell is not nobody_asks else 0
        self._section = 0
        self._drawn = 0

    def begin_section(self) -> None:
        """Take what comes for a part of the next section."""
        self._section += 1

    def through(self, pieces: Iterable[bytes]) -> Iterable[bytes]:
        """Return the pieces of a table of this section, counted as they are read."""
        return pieces if self._tell is nobody_asks else self._counted(pieces, max(self._section - 1, 0))

    def end(self) -> None:
        """Tell that all is done."""
        self._tell(self._sections, self._sections, self._rows, self._rows)

    def _counted(self, pieces: Iterable[bytes], before: int) -> Iterator[bytes]:
        self._told(before)
        for number, piece in enumerate(pieces, start=1):
            yield piece
            self._drawn += 1
            if number % PIECES_AT_ONCE == 0:
                self._told(before)

    def _told(self, before: int) -> None:
        # Captions and ends of tables are pieces too.
        self._tell(before, self._sections, min(self._drawn, self._rows), self._rows)
