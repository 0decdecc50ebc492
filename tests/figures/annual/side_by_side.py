"""Whole reports of several years read into one attacker, as somebody would who has them all.

Written without the code it attacks: which counts are sums of which is written here anew. Each death has one
year of death and one of review, and of each attribute one value; a review is never of an earlier year than
its death.
"""

from collections.abc import Iterable, Mapping
from itertools import product

from kscb_actions.child_deaths import terms
from kscb_actions.figures.counting.report_tables import TableName
from kscb_actions.figures.counting.tally import Basis
from kscb_actions.figures.disclosure.tables import CountTable

from ..disclosure.attacker import Attacker

NOT_YET = "not_yet"
# A row that stands for several codes, where another table has these one by one.
HELD = {
    "group_external": ("1", "2", "3"),
    "group_illness": ("4", "5", "6"),
    "group_birth": ("7", "8"),
    "group_sudden": ("9", "10"),
}
ONLY_REVIEWED = ("category", "months")
OUTCOMES = (*terms.MODIFIABLE_NAMES, *terms.PREVENTABLE_NAMES)
Report = tuple[str, Mapping[TableName, CountTable]]


class SideBySide:
    """Hold an attacker who reads reports and lays them side by side."""

    def __init__(self, died: Iterable[str], reviewed: Iterable[str], corrected: Iterable[str] = ()) -> None:
        self.attacker, self.corrected = Attacker(), set(corrected)
        self.pairs = [(d, r) for d, r in product(list(died), (*reviewed, NOT_YET)) if r == NOT_YET or d <= r]
        self.codes: dict[str, set[object]] = {}

    def read(self, year: str, papers: Mapping[TableName, CountTable]) -> None:
        """Read a report of a year: every cell and every total."""
        for (basis, code), paper in papers.items():
            kind = (
                "category" if code == "modifiable" else f"{code} {year}" if code in self.corrected else code
            )
            columns = paper.column_codes or (None,)
            for row in paper.rows:
                for column, text in zip((*columns, "all"), row.cells, strict=False):
                    self._state(year, basis, kind, (row.code,), column, code, text)
            rows = tuple(row.code for row in paper.rows)
            for column, text in zip((*columns, "all"), paper.totals, strict=False):
                self._state(year, basis, kind, rows, column, code, text)

    def finish(self) -> Attacker:
        """Return the attacker, who now knows all sums."""
        for kind, codes in self.codes.items():
            for pair in self.pairs:
                if pair[1] != NOT_YET or kind not in ONLY_REVIEWED:
                    self.attacker.know_sum(("all", pair), [(kind, code, pair) for code in codes])
        return self.attacker

    def _state(
        self,
        year: str,
        basis: Basis,
        kind: str,
        rows: tuple[str, ...],
        column: str | None,
        code: str,
        text: int | str,
    ) -> None:
        fine = [one for row in rows for one in HELD.get(row, (row,))]
        mine = [(one, outcome) for one in fine for outcome in OUTCOMES] if kind == "category" else fine
        if code == "modifiable" and column != "all":
            mine = [each for each in mine if each[1] == column]
        self.codes.setdefault(kind, set()).update(
            [(one, outcome) for one in fine for outcome in OUTCOMES] if kind == "category" else fine
        )
        pairs = [pair for pair in self.pairs if pair[basis is Basis.REVIEWED] == year]
        if code in ("category", "expected") and column not in (None, "all"):
            pairs = [pair for pair in pairs if pair[0] == column]
        place = (year, basis, code, rows, column)
        self.attacker.know_sum(place, [(kind, each, pair) for each in mine for pair in pairs])
        self.attacker.read(place, text)


def read_reports(reports: Iterable[Report], years: Iterable[str], corrected: Iterable[str] = ()) -> Attacker:
    """Return an attacker who has read all these reports, of deaths and reviews in these years.

    Of what was `corrected` between them, sums of several reports hold no longer: each has its own.
    """
    reader = SideBySide(years, years, corrected)
    for year, papers in reports:
        reader.read(year, papers)
    return reader.finish()
