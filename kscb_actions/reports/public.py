"""What no paper for the public may have: pseudonyms, and other reviews than those in it."""

from collections.abc import Callable, Collection, Iterator
from dataclasses import replace
from typing import Any

from kscb_actions.reports.content import (
    Block,
    Bullets,
    Cell,
    Chart,
    Facts,
    Group,
    LineChart,
    Numbered,
    Paragraph,
    Report,
    Row,
    Rows,
    Section,
    Table,
)
from kscb_actions.reports.progress.past import read
from kscb_actions.reviews.models import Review
from kscb_actions.reviews.publishing.rules import NamesLeftOut, names_in

ANOTHER = "another review"
# Where several reviews have one pseudonym, nobody can say of whom a text speaks.
SOMEBODY = "the child"

Words = Callable[[str], str]


def for_the_public(report: Report, review_ids: Collection[int]) -> Report:
    """Return a report whose texts have a review's reference in place of its pseudonym. One query.

    `review_ids` are the reviews in it. Of all others, whoever may see them, neither pseudonym nor reference
    is in it.
    """
    instead: dict[str, str] = {}
    for row in read(Review.select(Review.id, Review.reference, Review.pseudonym)):
        is_in = row["id"] in review_ids
        if not is_in:
            instead[row["reference"]] = ANOTHER
        for name in names_in(row["pseudonym"]):
            put = row["reference"] if is_in else ANOTHER
            instead[name] = put if instead.get(name, put) == put else SOMEBODY
    return with_texts(report, NamesLeftOut(instead))


def with_texts(report: Report, words: Words) -> Report:
    """Return a report with each of its texts put through `words`; rows are, when they are read."""
    return replace(
        report,
        title=words(report.title),
        header=tuple((words(label), words(text)) for label, text in report.header),
        asked=tuple(map(words, report.asked)),
        sections=tuple(_section(section, words) for section in report.sections),
    )


def _section(section: Section, words: Words) -> Section:
    blocks = tuple(_block(block, words) for block in section.blocks)
    return replace(section, heading=words(section.heading), blocks=blocks)


def _block(block: Block, words: Words) -> Block:
    match block:
        case Paragraph(text):
            return Paragraph(words(text))
        case Bullets(items):
            return Bullets(tuple(map(words, items)))
        case Numbered(items):
            return Numbered(tuple(map(words, items)))
        case Facts(rows):
            return Facts(tuple((words(label), words(text)) for label, text in rows))
        case Chart():
            return _chart(block, words)
        case LineChart():
            return replace(
                block,
                title=words(block.title),
                alt=words(block.alt),
                categories=tuple(map(words, block.categories)),
            )
        case Table():
            return replace(block, caption=words(block.caption), rows=_rows(block, words))


def _chart(chart: Chart, words: Words) -> Chart:
    return replace(
        chart,
        title=words(chart.title),
        alt=words(chart.alt),
        note=words(chart.note),
        categories=tuple(map(words, chart.categories)),
    )


def _rows(table: Table, words: Words) -> Any:
    rows = table.rows
    if not isinstance(rows, Rows):
        return tuple(_row(row, words) for row in rows)

    def reading(**part: int) -> Iterator[Row | Group]:
        return (_row(row, words) for row in rows.read(**part))

    return Rows(reading, rows.count)


def _row(row: Row | Group, words: Words) -> Row | Group:
    if isinstance(row, Group):
        return replace(row, heading=words(row.heading))
    return tuple(
        replace(cell, text=words(cell.text)) if isinstance(cell, Cell) else words(cell) for cell in row
    )
