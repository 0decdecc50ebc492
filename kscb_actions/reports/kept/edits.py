"""What can be worded anew before a paper is kept: who it is by, to whom it goes, and what is asked."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from hashlib import sha256

from kscb_actions.reports.content import Block, Column, Report, Section, Table
from kscb_actions.text import clean_text, one_line

LONGEST_LINE, LONGEST_ASK, MOST_ASKS, LONGEST_ITEM = 200, 600, 20, 12
PARTS = {"by": "By", "to": "To", "asks": "what is asked", "item": "item number"}


@dataclass(frozen=True)
class Edits:
    """The words of a paper that can be edited. An empty ask is dropped; their order is that of print.

    item  which item of an agenda the paper is, like "7" or "4 (b)"; "" for none
    """

    by: str
    to: str
    asks: tuple[str, ...]
    item: str = ""

    @property
    def mark(self) -> str:
        """Return what is the same only while the words are."""
        return sha256("\0".join((self.by, self.to, self.item, *self.asks)).encode()).hexdigest()[:16]


def drafted(report: Report) -> Edits:
    """Return the words as the paper has them of itself."""
    head = dict(report.header)
    return Edits(head.get("By", ""), head.get("To", ""), asks_of(report), report.item)


def asks_of(report: Report) -> tuple[str, ...]:
    """Return what a paper asks of its readers, wherever it says it."""
    if report.asked:
        return report.asked
    return tuple(_text(row) for table in _tables(report) for row in table.rows)


def tidied(edits: Edits) -> Edits:
    """Return the words cleaned, without the asks that are empty."""
    asks = (clean_text(ask).strip() for ask in edits.asks)
    return Edits(
        one_line(edits.by), one_line(edits.to), tuple(ask for ask in asks if ask), one_line(edits.item)
    )


def problems_with(edits: Edits) -> dict[str, str]:
    """Return {part: message for the reader} of what cannot be kept so."""
    found = {
        name: f"Enter from 1 to {LONGEST_LINE} characters."
        for name, text in (("by", edits.by), ("to", edits.to))
        if not 0 < len(text) <= LONGEST_LINE
    }
    if len(edits.item) > LONGEST_ITEM:
        found["item"] = f"Enter the number as the agenda has it, of at most {LONGEST_ITEM} characters."
    if len(edits.asks) > MOST_ASKS:
        found["asks"] = f"Ask for at most {MOST_ASKS} things."
    elif any(len(ask) > LONGEST_ASK for ask in edits.asks):
        found["asks"] = f"Say each in at most {LONGEST_ASK} characters."
    return found


def changed(before: Edits, after: Edits) -> tuple[str, ...]:
    """Return the names of the parts that somebody worded anew."""
    return tuple(name for part, name in PARTS.items() if getattr(before, part) != getattr(after, part))


def with_edits(report: Report, edits: Edits) -> Report:
    """Return the paper with these words in place of its own. What it contains, and its marking, stay."""
    words = {"By": edits.by, "To": edits.to}
    header = tuple((label, words.get(label, text)) for label, text in report.header)
    report = replace(report, header=header, item=edits.item)
    if edits.asks == asks_of(report):
        return report
    if report.asked or not any(True for _ in _tables(report)):
        return replace(report, asked=edits.asks)
    sections = (_with_asks(section, edits.asks) for section in report.sections)
    return replace(report, sections=tuple(section for section in sections if section.blocks))


def _with_asks(section: Section, asks: Sequence[str]) -> Section:
    blocks: list[Block] = []
    for block in section.blocks:
        if not isinstance(block, Table) or block.about != "asks":
            blocks.append(block)
        elif asks:
            rows = tuple(_row(place, ask, block.columns) for place, ask in enumerate(asks))
            blocks.append(replace(block, rows=rows))
    return replace(section, blocks=tuple(blocks))


def _row(place: int, ask: str, columns: Sequence[Column]) -> tuple[str, ...]:
    return (f"({chr(ord('a') + place)})", ask, *("" for _ in columns[2:]))


def _tables(report: Report) -> list[Table]:
    blocks = (block for section in report.sections for block in section.blocks)
    return [block for block in blocks if isinstance(block, Table) and block.about == "asks"]


def _text(row: object) -> str:
    cells = list(row)  # type: ignore[call-overload]
    return str(cells[1])
