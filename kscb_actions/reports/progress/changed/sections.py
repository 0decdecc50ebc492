"""What changed between two days, as sections of a paper: the counts, and a table of each change."""

from collections.abc import Iterator, Mapping, Sequence
from functools import partial

from kscb_actions.reports.content import Column, Paragraph, Report, Row, Rows, Section, Table
from kscb_actions.wording import date_uk, plural

from ..first_page.figures import Figures
from ..scope import Scope
from ..words import REFERENCES_SHOWN, in_few_words, some_references
from .queries import list_changed, list_numbers, texts_of
from .rules import CHANGE_NAMES, CHANGE_RULES, Change, Changed

COUNTS = "Changes, with the actions they are about"
NOTHING = "No action changed between the two days."


def period_in_words(scope: Scope) -> str:
    """Return which days are told of."""
    days = f"after {date_uk(scope.since)} and up to the end of {date_uk(scope.as_at)}"
    return f"What happened {days}. An action counts once in each row that fits it."


def heading_of(scope: Scope) -> str:
    """Return the heading of the counts."""
    return f"What has changed since {date_uk(scope.since)}"


def changes_section(scope: Scope, figures: Figures) -> Section | None:
    """Return the changes as a table, after a sentence on which days they cover; None without any."""
    changes = list_changed(scope, figures)
    if not any(changes.values()):
        return None
    columns = (Column("Change", 45), Column("Actions", 18, "end"), Column("Which", 107))
    first = {action for every in changes.values() for action in _ids(every[:REFERENCES_SHOWN])}
    numbers = list_numbers(scope, sorted(first))
    rows = tuple(
        (CHANGE_NAMES[change], f"{len(every):,}", _references(every, numbers))
        for change, every in changes.items()
    )
    blocks = (Paragraph(period_in_words(scope)), Table(COUNTS, columns, rows))
    return Section(heading_of(scope), blocks)


def _ids(every: Sequence[Changed]) -> list[int]:
    return [each.action for each in every]


def _references(every: Sequence[Changed], numbers: Mapping[int, tuple[str, int]]) -> str:
    shown = [numbers[action] for action in _ids(every[:REFERENCES_SHOWN])]
    return some_references(shown, len(every))


def counts_section(scope: Scope, changes: Mapping[Change, Sequence[Changed]]) -> Section:
    """Return how many actions each change has; each count stands beside the heading of its list."""
    columns = (Column("Change", 140), Column("Actions", 30, "end"))
    rows = tuple((CHANGE_NAMES[change], f"{len(every):,}") for change, every in changes.items())
    told = period_in_words(scope) if any(changes.values()) else NOTHING
    return Section(heading_of(scope), (Paragraph(told), Table(COUNTS, columns, rows)))


def lists_of(scope: Scope, changes: Mapping[Change, Sequence[Changed]]) -> Iterator[Section]:
    """Yield a section for each change that any action has: its rule in a sentence, and the actions."""
    columns = (Column("Reference", 30), Column("Action", 70), Column("Agency", 55), Column("Why", 100))
    for change, every in changes.items():
        if every:
            name = CHANGE_NAMES[change]
            rows = Rows(partial(_rows, scope, every), len(every))
            told = Paragraph(f"{plural(len(every), 'action')}. {CHANGE_RULES[change]}")
            yield Section(name, (told, Table(name, columns, rows)), landscape=True)


def _rows(scope: Scope, every: Sequence[Changed], start: int = 0, most: int | None = None) -> Iterator[Row]:
    part = every[start : None if most is None else start + most]
    texts = texts_of(scope, _ids(part))
    for each in part:
        row = texts[each.action]
        agency = scope.agencies[row["agency_id"]]
        yield scope.reference(row), in_few_words(row["text"]), agency, each.because


def places_of_lists(report: Report) -> list[int]:
    """Return for each row of the counts which table of the report is its list, from 1; 0 for none.

    [] where the report has no counts with lists: an appendix names the actions in their row.
    """
    tables = [
        block.caption for section in report.sections for block in section.blocks if isinstance(block, Table)
    ]
    if tables[:1] != [COUNTS]:
        return []
    return [tables.index(name) + 1 if name in tables else 0 for name in CHANGE_NAMES.values()]
