"""Rows of a plan gathered into recommendations and actions: texts with their places, not yet read."""

import re
from collections.abc import Iterable
from dataclasses import dataclass, field

from kscb_actions.text import one_line

from .headings import Part
from .layout import Section
from .tables import MERGED, Cell, Row
from .words import is_like_number, is_recommendation, numbered

# What stands under the rows of a spreadsheet and is no heading.
_NOTE = re.compile(r"(?:rag\b.*key|key|legend|notes?|sources?|total|rag rating)s?\s*[:–-]", re.IGNORECASE)
_LIKE_HEADING = re.compile(
    r"(?:section|theme|priority|part|chapter|area|objective|appendix|learning|outcome|aim|strand)\b(?:\s+\w+)?\s*[:–.-]?",
    re.IGNORECASE,
)
_LONGEST_HEADING = 100


@dataclass(slots=True)
class Draft:
    """What rows say of one action, or of one recommendation.

    columns  {column: its text}, of several cells a line each
    rows     {column: the row in which its text begins}, where that is not the first of all
    marks    (row, column, mark) of the cells that are more than a text
    """

    section: Section
    row: int
    columns: dict[int, str] = field(default_factory=dict)
    rows: dict[int, int] = field(default_factory=dict)
    marks: tuple[tuple[int, int, str], ...] = ()

    def take(self, row: Row, columns: Iterable[int]) -> None:
        """Take the cells of these columns in."""
        for column in columns:
            if (cell := row.cells.get(column)) is None:
                continue
            text, mark, _ = cell
            before = self.columns.get(column)
            if before is None and row.number != self.row:
                self.rows[column] = row.number
            self.columns[column] = f"{before}\n{text}" if before and text else before or text
            if mark and mark != MERGED:
                self.marks += ((row.number, column, mark),)

    def texts(self, part: Part) -> list[tuple[int, str]]:
        """Return (column, text) of the columns that hold this."""
        own = self.columns
        return [(at, own[at]) for at in self.section.columns(part) if at in own]

    def text(self, part: Part) -> str:
        """Return what the columns of a part say together."""
        own = self.columns
        return "\n".join([own[at] for at in self.section.columns(part) if own.get(at)])

    @property
    def place(self) -> str:
        """Return where it begins."""
        return self.section.table.place(self.row)


@dataclass(slots=True)
class RecommendationDraft:
    """A recommendation: what its rows say, the heading above it, its actions; `title`: a row of its own."""

    heading: str
    draft: Draft
    actions: list[Draft] = field(default_factory=list)
    title: str = ""


@dataclass
class Drafts:
    """All that was gathered, and rows that were passed over as (row, why)."""

    recommendations: list[RecommendationDraft] = field(default_factory=list)
    passed_over: list[tuple[Section, int, str]] = field(default_factory=list)


class Gatherer:
    """Gathers the rows of one section after the other. A recommendation goes on over the rows below it."""

    def __init__(self) -> None:
        self.found = Drafts()
        self._heading = ""
        self._heading_row: tuple[Section, int, str] | None = None
        self._last: RecommendationDraft | None = None

    def gather(self, section: Section) -> None:
        """Take the rows of a section in."""
        own = _Columns(section)
        for row in section.rows:
            new = {at: cell for at, cell in row.cells.items() if cell.mark != MERGED}
            if title := own.title(new):
                self._take_title(own, row, title)
            elif all(at in own.number for at in new):
                # Only merged, or a number that waits for its row to be filled in.
                continue
            elif own.has_recommendations:
                self._take(own, row, new)
            else:
                self._take_action(own, row, new)
        self._last = None

    def finish(self) -> Drafts:
        """Return what was gathered."""
        self._pass_heading()
        return self.found

    def _take_title(self, own: "_Columns", row: Row, title: str) -> None:
        if _NOTE.match(title):
            self.found.passed_over.append((own.section, row.number, "a note"))
            return
        number, _ = numbered(title)
        if not own.has_recommendations and number:
            # "Recommendation 3: …" above its actions, in a table that has no column for it.
            self._pass_heading()
            self._last = RecommendationDraft(self._heading, Draft(own.section, row.number), title=title)
            self.found.recommendations.append(self._last)
            return
        self._pass_heading()
        self._heading, self._last = one_line(title), None
        self._heading_row = (own.section, row.number, "a heading with nothing under it")

    def _pass_heading(self) -> None:
        if self._heading_row:
            self.found.passed_over.append(self._heading_row)
        self._heading_row = None

    def _take(self, own: "_Columns", row: Row, new: dict[int, Cell]) -> None:
        """Take a row of a table that has a column of recommendations."""
        if self._last is None or self._begins(own, row, new):
            self._begin(own, row)
            self._last_of().draft.take(row, [at for at in own.of_recommendation if at in new])
        last = self._last_of()
        if own.action:
            text = any(at in new for at in own.action)
            if text or (not last.actions and any(at in new for at in own.of_action)):
                self._add_action(own, row, last)
            elif any(at in new for at in own.of_action):
                last.actions[-1].take(row, [at for at in own.of_action if at in new])
        elif any(at in new for at in own.of_action):
            self._add_action(own, row, last)

    def _begins(self, own: "_Columns", row: Row, new: dict[int, Cell]) -> bool:
        """Return whether a row has a recommendation of its own, rather than going on with the last one."""
        at = own.recommendation
        if at not in new:
            return False
        before = self._last_of().draft
        same = before.section is own.section and before.text(Part.RECOMMENDATION) == new[at].text
        number = row.text(own.number[0]) if own.number else ""
        is_repeated = bool(new[at].text) and same and number in ("", before.text(Part.NUMBER))
        return not (is_repeated and (own.action or own.of_action))

    def _take_action(self, own: "_Columns", row: Row, new: dict[int, Cell]) -> None:
        """Take a row of a table of actions alone: each is a recommendation too, unless one stands above."""
        has_text = any(at in new for at in own.action)
        if self._last is not None and self._last.title:
            if has_text or not self._last.actions:
                self._add_action(own, row, self._last)
            else:
                self._last.actions[-1].take(row, [at for at in own.of_action if at in new])
        elif has_text or self._last is None:
            self._begin(own, row)
            self._last_of().draft.take(row, own.of_recommendation)
            self._add_action(own, row, self._last_of())
        else:
            self._last.actions[-1].take(row, [at for at in own.of_action if at in new])

    def _begin(self, own: "_Columns", row: Row) -> None:
        column = own.section.columns(Part.HEADING)
        if column and row.text(column[0]):
            self._heading = one_line(row.text(column[0]))
        self._heading_row = None
        self._last = RecommendationDraft(self._heading, Draft(own.section, row.number))
        self.found.recommendations.append(self._last)

    def _add_action(self, own: "_Columns", row: Row, last: RecommendationDraft) -> None:
        self._heading_row = None
        draft = Draft(own.section, row.number)
        draft.take(row, own.of_action)
        last.actions.append(draft)

    def _last_of(self) -> RecommendationDraft:
        if self._last is None:
            raise ValueError("No recommendation has begun")
        return self._last


_OF_RECOMMENDATION = (Part.NUMBER, Part.RECOMMENDATION, Part.RESPONSE)


class _Columns:
    """Which columns of a section are of the recommendation, and which of the action."""

    def __init__(self, section: Section) -> None:
        self.section = section
        self.number = section.columns(Part.NUMBER)
        self.action = section.columns(Part.ACTION)
        recommendations = section.columns(Part.RECOMMENDATION)
        self.has_recommendations = bool(recommendations)
        self.recommendation = recommendations[0] if recommendations else 0
        self.of_recommendation = [at for at, part in section.parts.items() if part in _OF_RECOMMENDATION]
        unnamed = set(section.headings) - set(section.parts)
        left_out = {*self.of_recommendation, *section.columns(Part.HEADING)}
        self.of_action = sorted((set(section.parts) | unnamed) - left_out)
        if recommendations and not self.action:
            # What no heading explains belongs to the recommendation, where nothing else makes an action.
            others = {*section.columns(Part.OTHER), *unnamed}
            self.of_action = [at for at in self.of_action if at not in others]
            self.of_recommendation += sorted(others)

    def title(self, new: dict[int, Cell]) -> str:
        """Return the text of a row that is a heading of those below it; "" for any other row."""
        if len(new) != 1:
            return ""
        [(at, cell)] = new.items()
        if not cell.text:
            return ""
        wide = cell.width > 1 and 2 * cell.width >= self.section.last_column
        if wide or (not self.has_recommendations and is_recommendation(cell.text)):
            return cell.text
        first = self.recommendation or (self.action[0] if self.action else 0)
        if at < first and not is_like_number(cell.text) and at not in self.section.columns(Part.HEADING):
            return cell.text
        if at == first and not self.number and len(cell.text) <= _LONGEST_HEADING:
            is_heading = _LIKE_HEADING.match(cell.text) or (cell.text.isupper() and len(cell.text) > 3)
            return cell.text if is_heading or _NOTE.match(cell.text) else ""
        return ""


def gathered(sections: Iterable[Section]) -> Drafts:
    """Return the recommendations and actions that stand in the rows of these sections."""
    gatherer = Gatherer()
    for section in sections:
        gatherer.gather(section)
    return gatherer.finish()
