"""A Word table is read as its reader sees it: controls, tracked changes, symbols, tables in tables."""

import io
import re
from collections.abc import Callable

import pytest

from kscb_actions.plans_in.reading.word import read_word

from .made import ABOVE, BEFORE, changed, word

ROWS = [["Recommendation", "Action", "Lead"], ["Share minutes.", "Send them", "Kent Police"]]


def texts(change: Callable[[str], str], rows: list = ROWS) -> list[list[list[str]]]:
    """Return the texts of each table of a document whose XML was changed."""
    content = changed(word(rows), "word/document.xml", lambda xml: change(xml.decode()).encode())
    return [
        [[cell.text for _, cell in sorted(row.cells.items())] for row in table.rows]
        for table in read_word(io.BytesIO(content)).tables
    ]


def run(text: str) -> str:
    """Return the run of Word's XML that says a text."""
    return f"<w:r><w:t>{text}</w:t></w:r>"


def with_action(text: str) -> list[str]:
    """Return the row of the action with another text."""
    return ["Share minutes.", text, "Kent Police"]


def in_control(xml: str, tag: str) -> str:
    """Put the row (tr) or the cell (tc) of the action into a content control."""
    found = re.compile(rf"(<w:{tag}>(?:(?!<w:{tag}>).)*Send them.*?</w:{tag}>)")
    return found.sub(r"<w:sdt><w:sdtContent>\1</w:sdtContent></w:sdt>", xml)


def instead(xml: str, given: str) -> str:
    """Put other XML in place of the run of the action."""
    return xml.replace(run("Send them"), given)


def deleted_row(xml: str) -> str:
    """Mark the row of the action as deleted, as tracked changes do."""
    found = re.compile(r"<w:tr>((?:(?!<w:tr>).)*Send them.*?</w:tr>)")
    return found.sub(r"<w:tr><w:trPr><w:del w:id='3'/></w:trPr>\1", xml)


DELETED = "<w:del w:id='1'><w:r><w:delText> all</w:delText></w:r></w:del>"
MOVED = f"<w:moveFrom w:id='1'>{run('Keep')}</w:moveFrom><w:ins w:id='2'>{run('Send')}</w:ins>{run(' them')}"
TICK = '<w:r><w:sym w:font="Wingdings" w:char="F0FC"/></w:r>'
NESTED = f"</w:p><w:tbl><w:tr><w:tc><w:p>{run('By May')}</w:p></w:tc></w:tr></w:tbl><w:p>{run('Send them')}"
WAYS: dict[str, tuple[Callable[[str], str], list[list[list[str]]]]] = {
    "as it is": (lambda xml: xml, [ROWS]),
    "row in a control": (lambda xml: in_control(xml, "tr"), [ROWS]),
    "cell in a control": (lambda xml: in_control(xml, "tc"), [ROWS]),
    "deleted words": (lambda xml: instead(xml, run("Send them") + DELETED), [ROWS]),
    "moved words": (lambda xml: instead(xml, MOVED), [ROWS]),
    "lines": (
        lambda xml: instead(xml, run("Send</w:t><w:br/><w:t>them")),
        [[ROWS[0], with_action("Send\nthem")]],
    ),
    "tick": (lambda xml: instead(xml, TICK), [[ROWS[0], with_action("✓")]]),
    "table in a cell": (
        lambda xml: instead(xml, NESTED),
        [[ROWS[0], with_action("By May\nSend them")], [["By May"]]],
    ),
    "deleted row": (deleted_row, [ROWS[:1]]),
}


@pytest.mark.parametrize("way", WAYS)
def test_a_table_is_read_as_it_is_seen(way: str) -> None:
    change, expected = WAYS[way]
    assert texts(change) == expected


def test_merged_cells_are_filled_downward_and_stand_once_across() -> None:
    rows = [["Area", BEFORE, "Lead"], ["Training", "Courses", "Kent Police"], [ABOVE, "Dates", ABOVE]]
    table = read_word(io.BytesIO(word(rows))).tables[0]
    cells = [[(at, cell.text, cell.mark, cell.width) for at, cell in row.cells.items()] for row in table.rows]
    assert cells == [
        [(1, "Area", "", 2), (3, "Lead", "", 1)],
        [(1, "Training", "", 1), (2, "Courses", "", 1), (3, "Kent Police", "", 1)],
        [(1, "Training", "merged", 1), (2, "Dates", "", 1), (3, "Kent Police", "merged", 1)],
    ]
