"""From a number in a table to the list of the cases that it counts."""

from kscb_actions.figures.disclosure.publish import conditions_of
from kscb_actions.figures.disclosure.suppression import Printed
from kscb_actions.figures.disclosure.tables import Conditions, CountTable

# The axes by which the list of cases can be narrowed, and what its address calls them.
_FILTERS = {
    "died": "year",
    "reviewed": "reviewed",
    "category": "category",
    "modifiable": "modifiable",
    "expected": "expected",
    "age": "age",
    "sex": "sex",
    "district": "district",
    "place": "place",
}


def case_filters(table: CountTable, caption: str) -> list[list[tuple[dict[str, str], str] | None]]:
    """Return for each cell, line by line, the totals last, the filter of the list of cases, and its words.

    The words are read after the number: “deaths, Female: Deaths in 2011-12 by sex”. None where nothing is
    counted, or the list cannot be filtered so.
    """
    labels = [*(row.label for row in table.rows), "All"]
    titles = [f", {title}" if table.columns_by else "" for title in table.columns]
    found = []
    for label, keys, line in zip(labels, conditions_of(table), table.lines(), strict=False):
        cells = zip(titles, keys, line, strict=True)
        found.append([_case_filter(key, cell, f"{label}{title}: {caption}") for title, key, cell in cells])
    return found


def _case_filter(conditions: Conditions, cell: Printed, words: str) -> tuple[dict[str, str], str] | None:
    if not cell or any(axis not in _FILTERS for axis, _ in conditions):
        return None
    asked = {_FILTERS[axis]: code for axis, code in sorted(conditions)}
    return asked, f"{'death' if cell == 1 else 'deaths'}, {words}"
