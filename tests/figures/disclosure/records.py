"""Tables made by counting records one by one: what the database counts, counted in another way."""

from collections import Counter
from collections.abc import Iterable
from typing import Any

from kscb_actions.child_deaths import terms
from kscb_actions.figures.disclosure.axes import DOMAIN, INFLUENCE, Axis, Membership, value
from kscb_actions.figures.disclosure.tables import ALL_DEATHS, Conditions, CountTable, build_table

STRENGTH = {level: strength for strength, level in enumerate(terms.INFLUENCES)}


def tabulate(
    records: Iterable[Any],
    rows_by: Axis,
    columns_by: Axis | None = None,
    of: Conditions = ALL_DEATHS,
    has_sum: bool = False,
) -> CountTable:
    """Return the table of these records by the two axes."""
    return build_table(counts_of(records, rows_by, columns_by), rows_by, columns_by, of, has_sum)


def counts_of(records: Iterable[Any], rows_by: Axis, columns_by: Axis | None = None) -> Counter:
    """Return the counts of these records for `build_table`, by their codes on the axes."""
    found: Counter = Counter()
    for record in records:
        column = columns_by.code_of(record) if columns_by else None
        if rows_by.membership == Membership.SOME:
            found.update((code, column) for code in {None, *map(str, rows_by.find(record))})
        else:
            found[rows_by.code_of(record), column] += 1
    return found


def tabulate_factors(records: Iterable[Any], of: Conditions = ALL_DEATHS) -> CountTable:
    """Return deaths by domain and by the strongest influence found in it (Form C, section on factors).

    Each death is counted once in every row.
    """
    found: Counter = Counter()
    for record in records:
        found.update((domain, strongest_influence(record, domain)) for domain in DOMAIN.labels)
    return build_table(found, DOMAIN, INFLUENCE, of, has_sum=True)


def strongest_influence(record: Any, domain: str) -> str:
    """Return the strongest level of influence of the record's factors in this domain.

    `factors` of a record are (domain, level) pairs; without one the weakest level stands for "not
    available".
    """
    levels = [level for of, level in value(record, "factors") or () if of == domain]
    return max(levels, key=STRENGTH.__getitem__, default=next(iter(terms.INFLUENCES)))
