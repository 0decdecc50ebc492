"""Finding the plan in a file: which tables are it, where their headings stand, which rows are below."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from .headings import BESIDE, CORE, Part, mean_something, parts_of, plain
from .tables import MERGED, Cell, NotRead, Row, SeveralTables, Source, Table
from .words import is_recommendation

# A heading of two rows names in the second what belongs under one of the first.
_MOST_TITLES = 40
_NAMED = 5
NEEDED = (
    "A plan has headings in one row: Recommendation or Action, and beside it one such as Lead agency, Target "
    "date or Progress."
)


@dataclass
class Section:
    """The rows of one table below one row of headings: `parts` says what each column holds.

    layout  the headings as they are compared, in their order: what a mapping is remembered by
    """

    table: Table
    headings: dict[int, str]
    parts: dict[int, Part]
    layout: tuple[str, ...]
    rows: list[Row] = field(default_factory=list)
    # The columns of each part, and those with a heading that means nothing else, from the left.
    _by_part: dict[Part, list[int]] = field(init=False)
    others: list[int] = field(init=False)

    def __post_init__(self) -> None:
        self.take_for(self.parts)

    def take_for(self, parts: dict[int, Part]) -> None:
        """Take the columns for these parts."""
        self.parts, self._by_part = parts, {}
        for at in sorted(parts):
            self._by_part.setdefault(parts[at], []).append(at)
        self.others = [at for at in sorted(self.headings) if parts.get(at, Part.OTHER) == Part.OTHER]

    def columns(self, part: Part) -> Sequence[int]:
        """Return the columns that hold something, from the left."""
        return self._by_part.get(part, ())

    @property
    def last_column(self) -> int:
        """Return the last column that has a heading."""
        return max(self.headings)


def find_plan(
    source: Source, by_hand: Mapping[str, Part] | None = None, chosen: Collection[str] = ()
) -> list[Section]:
    """Return the parts of a file that are the plan, in its order. `chosen` are names of tables to keep to.

    Raises NotRead where there is none, and where tables of several layouts could be it.
    """
    tables = [table for table in source.tables if not chosen or table.name in chosen]
    missing = sorted(set(chosen) - {table.name for table in tables})
    if missing:
        names = ", ".join(f"“{table.name}”" for table in source.tables[:_NAMED])
        raise NotRead(f"There is no “{missing[0]}” in the file. It has {names}.")
    sections = _sections(tables, by_hand, is_strict=True) or _sections(tables, by_hand, is_strict=False)
    sections = [section for section in sections if section.rows]
    if not sections:
        raise NotRead(_why_none(tables))
    if len({section.layout for section in sections}) > 1 and not chosen:
        raise SeveralTables(_why_several(sections))
    return sections


def layout_of(row: Row) -> tuple[str, ...]:
    """Return the texts of a row of headings as they are compared, in their order."""
    return tuple(plain(row.cells[at].text) for at in sorted(row.cells))


def possible_layouts(source: Source) -> list[tuple[str, ...]]:
    """Return the layouts that the first rows of each table would be, if they were its headings."""
    return [layout_of(row) for table in source.tables for row in table.rows[:_MOST_TITLES]]


def _sections(tables: list[Table], by_hand: Mapping[str, Part] | None, is_strict: bool) -> list[Section]:
    found: list[Section] = []
    before: Section | None = None
    for table in tables:
        own = list(_sections_of(table, by_hand, is_strict))
        if not own and before is not None and _goes_on(before, table):
            own = [Section(table, before.headings, before.parts, before.layout, table.rows)]
        found += own
        before = own[-1] if own else None
    return found


def _goes_on(section: Section, table: Table) -> bool:
    """Return whether a table without headings goes on with the one before it, as where a page has ended."""
    columns = max((at + cell.width - 1 for row in table.rows for at, cell in row.cells.items()), default=0)
    return not table.is_sheet and columns == section.last_column and columns > 2


def _sections_of(table: Table, by_hand: Mapping[str, Part] | None, is_strict: bool) -> Iterator[Section]:
    section: Section | None = None
    titles = 0
    above: list[Row] = []
    for row in table.rows:
        headings = {at: cell.text for at, cell in row.cells.items() if cell.mark != MERGED or not section}
        # Of a row of headings half have to mean something, or more than three.
        least = min((len(row.cells) + 1) // 2, 4)
        parts = parts_of(headings, by_hand) if mean_something(headings.values(), least, by_hand) else {}
        if _is_header(row, parts, is_strict):
            if section is None or parts != section.parts:
                if section is not None:
                    yield section
                section = Section(table, headings, parts, layout_of(row))
                _name_first(section)
        elif section is None:
            above = _recommendation_above(row)
            titles += 1
            if titles > _MOST_TITLES:
                return
        elif not section.rows and _is_second_header(section, row):
            _add_second(section, row, by_hand)
        else:
            section.rows += [*(above if not section.columns(Part.RECOMMENDATION) else ()), row]
            above = []
    if section is not None:
        yield section


def _recommendation_above(row: Row) -> list[Row]:
    """Return the row, where it is one recommendation: the headings of its actions may stand below it."""
    own = [cell for cell in row.cells.values() if cell.mark != MERGED]
    return [row] if len(own) == 1 and is_recommendation(own[0].text) else []


def _is_header(row: Row, parts: Mapping[int, Part], is_strict: bool) -> bool:
    kinds = {part for part in parts.values() if part != Part.OTHER}
    core = kinds.intersection(CORE)
    if not core:
        return False
    if not is_strict and len(row.cells) <= 2:
        return len(parts) == len(row.cells)
    is_mostly = 2 * len(parts) >= len(row.cells) or len(kinds) > 3
    return is_mostly and (len(core) > 1 or bool(kinds.intersection(BESIDE)))


def _is_second_header(section: Section, row: Row) -> bool:
    """Return whether the row below the headings names columns under a heading that goes over several."""
    wide = {
        at + step
        for at, cell in _header_cells(section).items()
        for step in range(cell.width)
        if cell.width > 1
    }
    own = {at: cell for at, cell in row.cells.items() if cell.mark != MERGED}
    return bool(own) and set(own) <= wide and all(len(cell.text) <= 60 for cell in own.values())


def _header_cells(section: Section) -> dict[int, Cell]:
    for row in section.table.rows:
        if {at: cell.text for at, cell in row.cells.items()} == section.headings:
            return row.cells
    return {}


def _add_second(section: Section, row: Row, by_hand: Mapping[str, Part] | None) -> None:
    """Take the second row's words for a column, with those above them where they mean nothing alone."""
    above = ""
    for at in range(1, section.last_column + max(row.cells, default=0) + 1):
        above = section.headings.get(at, above)
        cell = row.cells.get(at)
        if cell is None or cell.mark == MERGED:
            continue
        alone = parts_of({at: cell.text}, by_hand)
        section.headings[at] = cell.text if alone else f"{above} {cell.text}"
    section.take_for(parts_of(section.headings, by_hand))
    _name_first(section)


def _name_first(section: Section) -> None:
    """Take the column before all headings, or one without a heading in the first place, for the number."""
    first = min(section.parts)
    if first > 1 and Part.NUMBER not in section.parts.values() and 1 not in section.headings:
        section.take_for({**section.parts, 1: Part.NUMBER})


def _why_none(tables: list[Table]) -> str:
    looked = []
    for table in tables[:_NAMED]:
        cells = list(table.rows[0].cells.values())[:3] if table.rows else []
        words = ", ".join(f"“{cell.text[:40]}”" for cell in cells)
        name = table.name or "the table"
        looked.append(f"{name} begins with {words}" if words else f"{name} is empty")
    return f"No table has the headings of a plan: {'; '.join(looked)}. {NEEDED}"


def _why_several(sections: list[Section]) -> str:
    places: dict[tuple[str, ...], str] = {}
    for section in sections:
        shown = ", ".join(f"“{section.headings[at]}”" for at in sorted(section.headings)[:4])
        places.setdefault(section.layout, f"{section.table.name or 'the first table'} has {shown}")
    told = "; ".join(list(places.values())[:_NAMED])
    return f"More than one table could be the plan: {told}. Say which of them to read."
