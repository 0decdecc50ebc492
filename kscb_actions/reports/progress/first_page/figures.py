"""The figures of a paper: each rating then and now, and which actions got better or worse in between.

Both days are computed by the same rules from the same reviews, so that two papers in a row meet.
"""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property, partial
from typing import Any

import peewee

from kscb_actions.actions.rating import Colour, rating_rules
from kscb_actions.reports.content import Bullets, Column, Paragraph, Row, Rows, Section, Table, counted
from kscb_actions.terms import say_all
from kscb_actions.wording import date_uk, plural

from ..appendices import LETTERS, Appendix
from ..changed.rules import Stand
from ..changed.stands import stands_of
from ..counts import Counts
from ..past import Moment, among, read
from ..queries import actions_then
from ..scope import Scope
from ..words import in_few_words, short_date

HEADING = "Figures"
# What reads without colour: the letter of each rating. Grey is called by what it means.
INITIALS = say_all(
    {
        Colour.RED: "R Red: overdue, or cannot be done",
        Colour.AMBER: "A Amber: at risk",
        Colour.GREEN: "G Green: on course, not done",
        Colour.BLUE: "B Blue: accepted by the Board",
        Colour.GREY: "S Stopped (grey): not counted as late",
    }
)
# From best to worst. What is stopped is neither: it is not counted as late.
STANDS = {Colour.BLUE: 0, Colour.GREEN: 1, Colour.AMBER: 2, Colour.RED: 3}
NAMED = 5


@dataclass(frozen=True)
class Move:
    """An action whose rating is another one than it was."""

    id: int
    was: Colour
    now: Colour

    @property
    def steps(self) -> int:
        """Return by how much it got worse; below 0 where it got better."""
        return STANDS[self.now] - STANDS[self.was]


@dataclass(frozen=True)
class Figures:
    """How every action stood at the end of the day `since`, and at the end of the paper's day."""

    then: Mapping[int, Stand]
    now: Mapping[int, Stand]
    colour_of: Mapping[str, Colour]

    @classmethod
    def of(cls, scope: Scope) -> "Figures":
        """Read them. Two queries."""
        earlier = replace(scope, moment=Moment(scope.since, True, scope.moment.has_earlier))
        then, rules = stands_of(earlier), rating_rules(scope.board.thresholds)
        # Most stand as they stood: those are kept once.
        now = {
            key: was if (was := then.get(key)) == stand else stand for key, stand in stands_of(scope).items()
        }
        return cls(then, now, {rule.code: Colour(rule.result) for rule in rules})

    @cached_property
    def moves(self) -> list[Move]:
        """Return those that got better or worse, the furthest first."""
        found = (
            Move(key, self.colour_of[was.code], self.colour_of[now.code])
            for key, now in self.now.items()
            if (was := self.then.get(key, now)) is not now
        )
        rated = (move for move in found if move.was in STANDS and move.now in STANDS and move.steps)
        return sorted(rated, key=lambda move: (-abs(move.steps), STANDS[move.now], move.id))

    @property
    def better(self) -> list[Move]:
        """Return those that got better, the furthest first."""
        return [move for move in self.moves if move.steps < 0]

    @property
    def worse(self) -> list[Move]:
        """Return those that got worse, the furthest first."""
        return [move for move in self.moves if move.steps > 0]


def figures_section(scope: Scope, counts: Counts, figures: Figures) -> Section:
    """Return the counts of both days, with what each rating means."""
    before = Counter(figures.colour_of[stand.code] for stand in figures.then.values())
    rows = [
        (
            INITIALS[colour],
            f"{before[colour]:,}",
            counted(f"{counts.by_colour[colour]:,}", "actions", rating=colour.value),
            _difference(counts.by_colour[colour] - before[colour]),
        )
        for colour in Colour
    ]
    everything = sum(before.values())
    total = counted(f"{counts.total:,}", "actions", closed="1")
    rows.append(("All", f"{everything:,}", total, _difference(counts.total - everything)))
    columns = (
        Column("Rating", 95),
        Column(short_date(scope.since), 25, "end"),
        Column(short_date(scope.as_at), 25, "end"),
        Column("Difference", 25, "end"),
    )
    return Section(HEADING, (Table("Actions by rating, then and now", columns, tuple(rows)),))


def _difference(number: int) -> str:
    # A true minus sign, which does not part from its number at the end of a line.
    return f"+{number:,}" if number > 0 else f"−{-number:,}" if number else "0"


def moves_section(scope: Scope, figures: Figures) -> Section | None:
    """Return what got better and what got worse since, the furthest first by name; None where nothing did."""
    named = [*figures.better[:NAMED], *figures.worse[:NAMED]]
    if not named:
        return None
    texts = {row["id"]: row for row in _texts(scope, [move.id for move in named])}
    blocks: list[Paragraph | Bullets] = []
    for word, moves in (("better", figures.better), ("worse", figures.worse)):
        if moves:
            blocks.append(Paragraph(f"{plural(len(moves), 'action')} got {word}:"))
            blocks.append(Bullets(tuple(_named(scope, moves, texts))))
    return Section(f"What got better, and what got worse, since {date_uk(scope.since)}", tuple(blocks))


def _named(scope: Scope, moves: Sequence[Move], texts: Mapping[int, Mapping[str, Any]]) -> Iterator[str]:
    for move in moves[:NAMED]:
        row = texts[move.id]
        yield f"{scope.reference(row)} {in_few_words(row['text'])}: was {move.was}, is {move.now}"
    more = len(moves) - NAMED
    if more > 0:
        where = f" (Appendix {LETTERS[Appendix.CLOSED]})" if Appendix.CLOSED in scope.appendices else ""
        yield f"and {more:,} more{where}"


def moved_section(scope: Scope, figures: Figures) -> Section | None:
    """Return every action that got better or worse since; None where none did."""
    moves = [*figures.better, *figures.worse]
    if not moves:
        return None
    heading = "Ratings that got better or worse"
    columns = (
        Column("Reference", 30),
        Column("Action", 127),
        Column("Agency", 60),
        Column("Was", 20),
        Column("Is", 20),
    )
    table = Table(heading, columns, Rows(partial(_moved_rows, scope, moves), len(moves)))
    intro = Paragraph(
        f"Ratings of {date_uk(scope.since)} and of {date_uk(scope.as_at)}, by the same rules. "
        "What got better comes first."
    )
    return Section(heading, (intro, table), landscape=True)


def _moved_rows(
    scope: Scope, moves: Sequence[Move], start: int = 0, most: int | None = None
) -> Iterator[Row]:
    part = moves[start : None if most is None else start + most]
    texts = {row["id"]: row for row in _texts(scope, [move.id for move in part])}
    for move in part:
        row = texts[move.id]
        yield (
            scope.reference(row),
            row["text"],
            scope.agencies[row["agency_id"]],
            move.was.capitalize(),
            move.now.capitalize(),
        )


def _texts(scope: Scope, ids: Iterable[int]) -> Iterator[Mapping[str, Any]]:
    then = actions_then(scope)
    columns = [then.c.id, then.c.review_id, then.c.number, then.c.agency_id, then.c.text]
    return read(peewee.Select([then], columns).where(among(then.c.id, list(ids))))
