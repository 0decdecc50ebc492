"""The tables of an annual report: what boards print, with small categories merged by stated rules.

All others are on the panel's own pages.
"""

from collections.abc import Mapping
from dataclasses import replace

from kscb_actions.figures.disclosure.axes import CATEGORY, ETHNICITY, GROUPS, PLACE, Axis
from kscb_actions.figures.disclosure.tables import CountTable, TableRow

from .tally import Basis, Tally, table_of

TableName = tuple[Basis, str]
REPORT_TABLES: tuple[TableName, ...] = (
    (Basis.DIED, "expected"),
    (Basis.DIED, "age"),
    (Basis.DIED, "sex"),
    (Basis.DIED, "district"),
    (Basis.REVIEWED, "category"),
    (Basis.REVIEWED, "expected"),
    (Basis.REVIEWED, "age"),
    (Basis.REVIEWED, "sex"),
    (Basis.REVIEWED, "ethnicity"),
    (Basis.REVIEWED, "place"),
    (Basis.REVIEWED, "months"),
    (Basis.REVIEWED, "modifiable"),
)
# The rows of a merged table, in the order of print: {code: name}; what each holds is in GROUPS.
ETHNIC_GROUPS = {
    "white_british": "White British",
    "group_white": "Any other White background",
    "group_mixed": "Mixed background",
    "group_asian": "Asian or Chinese",
    "group_black": "Black",
    "group_other": "Any other, or not stated",
}
PLACE_GROUPS = {
    "group_hospital": "Hospital or hospice",
    "group_home": "Home, another home or residential care",
    "group_elsewhere": "Elsewhere",
    "not_known": "Not known",
}
CATEGORY_GROUPS = {
    "group_external": "1 to 3: abuse, self-harm, trauma and other external factors",
    "group_illness": "4 to 6: malignancy, acute and chronic medical conditions",
    "group_birth": "7 and 8: congenital anomalies and perinatal events",
    "group_sudden": "9 and 10: infection, and sudden unexplained deaths",
}
MERGED: dict[TableName, Axis] = {
    (Basis.REVIEWED, "ethnicity"): replace(ETHNICITY, labels=ETHNIC_GROUPS),
    (Basis.REVIEWED, "place"): replace(PLACE, labels=PLACE_GROUPS),
    (Basis.REVIEWED, "modifiable"): replace(CATEGORY, labels=CATEGORY_GROUPS),
}
MERGING_RULES = (
    "Ethnicity is printed in six groups, place of death in three and the unknown, and categories in four "
    "groups where they are crossed with modifiable factors. These rows are the same every year.",
)


def report_tables(tallies: Mapping[Basis, Tally]) -> dict[TableName, CountTable]:
    """Return the tables of the year's report with every count in them, in the order of print."""
    return {
        (basis, code): merged(table_of(tallies[basis], code), MERGED.get((basis, code)))
        for basis, code in REPORT_TABLES
    }


def merged(table: CountTable, rows_by: Axis | None) -> CountTable:
    """Return the table with the rows of this axis, each the sum of what its group holds."""
    if rows_by is None:
        return table
    rows = []
    for code, label in rows_by.labels.items():
        held = GROUPS.get((rows_by.code, code), frozenset({code}))
        lines = [row.cells for row in table.rows if row.code in held]
        rows.append(
            TableRow(label, tuple(sum(map(int, column)) for column in zip(*lines, strict=True)), code)
        )
    return replace(table, rows=tuple(rows), rows_by=rows_by)
