"""A paper with a bit of everything, to see how papers look in a template before it is taken into use."""

from datetime import date

from kscb_actions.reports.content import (
    Bullets,
    Cell,
    Chart,
    Column,
    Facts,
    Numbered,
    Paragraph,
    Report,
    Section,
    Series,
    Table,
)
from kscb_actions.settings.rules import Board
from kscb_actions.terms import say

_APPENDIX = "Appendix A: A wide table"
_COLUMNS = (
    Column("Reference", 30),
    Column("What is asked", 90),
    Column("Days", 20, "end"),
    Column("Rating", 30),
)
_ROWS = tuple(
    (
        f"SCR-0000-01/A{number}",
        "An action as it stands in a table of a paper.",
        str(number * 7),
        Cell(word, colour),
    )
    for number, (word, colour) in enumerate(
        (("Red", "red"), ("Amber", "amber"), ("Green", "green"), ("Blue", "blue"), ("Grey", "grey")), start=1
    )
)
_RATINGS = (
    Series("Red", "red", (8, 3)),
    Series("Amber", "amber", (4, 6)),
    Series("Green", "green", (12, 9)),
    Series("Blue", "blue", (14, 2)),
)


def sample_report(board: Board, today: date) -> Report:
    """Return a paper of this board that is about nothing."""
    return Report(
        title="How papers look in this template",
        marking=board.marking,
        organisation=board.name,
        header=(
            ("By", say("Board manager")),
            ("To", "Whoever decides on the template"),
            ("Subject", "A SAMPLE"),
        ),
        asked=("NOTE how the paper looks.", "COMMENT on its fonts and its header."),
        as_at=today,
        since=None,
        sections=(
            Section("A part of the paper", (Paragraph("Text of a paper, in the style Normal."),)),
            Section("Below it", (Paragraph("A list with bullets:"), Bullets(("One.", "Another."))), level=2),
            Section(
                "Below that", (Paragraph("A list with numbers:"), Numbered(("First.", "Second."))), level=3
            ),
            Section("Figures", (Facts((("Reviews", "2"), ("Actions", "5"))), _chart(), _table(_ROWS))),
            Section("Appendices", (Bullets((_APPENDIX,)),)),
            Section(_APPENDIX, (_table(_ROWS * 4),), landscape=True, own_page=True),
        ),
        notice=board.notice,
        file_name=f"paper-template-sample-{today}.docx",
    )


def _chart() -> Chart:
    words = "Two agencies: the one has 8 red actions of 38, the other 3 of 20."
    return Chart("Actions of two agencies by rating", words, ("One agency", "Another agency"), _RATINGS)


def _table(rows: tuple) -> Table:
    return Table("Actions", _COLUMNS, rows)
