"""Counts of a progress report: by agency, by review and by the reason of the rating."""

from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from functools import cached_property, partial
from types import MappingProxyType

from kscb_actions.actions.rating import Colour, rating_rules
from kscb_actions.actions.turn import WaitsForBoard
from kscb_actions.reports.content import (
    Block,
    Chart,
    Column,
    Counted,
    Paragraph,
    Row,
    Rows,
    Section,
    Series,
    Table,
    counted,
)
from kscb_actions.terms import LazyText, say, say_later
from kscb_actions.wording import plural

from .changed.rules import Stand
from .scope import Scope
from .words import led_by, listed, review_name

COLOUR_COLUMNS = tuple(Column(colour.capitalize(), 15, "end") for colour in Colour)


@dataclass(frozen=True)
class Counts:
    """How many actions there are; `each` is (agency id, code of the rating's rule, count).

    `of_reviews` is the same with the id of a review in place of the agency's.
    """

    each: tuple[tuple[int, str, int], ...]
    of_reviews: tuple[tuple[int, str, int], ...]
    colour_of: Mapping[str, Colour]

    @cached_property
    def total(self) -> int:
        """Return the number of all actions."""
        return sum(count for *_, count in self.each)

    @cached_property
    def by_colour(self) -> dict[Colour, int]:
        """Return {colour: count}, every colour present."""
        return _by_colour((self.colour_of[code], count) for _, code, count in self.each)

    @cached_property
    def _by_code(self) -> dict[str, int]:
        counts: dict[str, int] = {}
        for _, code, number in self.each:
            counts[code] = counts.get(code, 0) + number
        return counts

    def of_code(self, code: str) -> int:
        """Return how many are rated by this rule."""
        return self._by_code.get(code, 0)

    def agencies_with(self, code: str) -> list[tuple[int, int]]:
        """Return (agency id, count) of the actions rated by this rule, most first."""
        counts: dict[int, int] = {}
        for agency_id, each, count in self.each:
            if each == code:
                counts[agency_id] = counts.get(agency_id, 0) + count
        return sorted(counts.items(), key=lambda pair: (-pair[1], pair[0]))

    def by_agency(self) -> dict[int, dict[Colour, int]]:
        """Return {agency id: {colour: count}} of the agencies with an action."""
        return self._by_key(self.each)

    @cached_property
    def by_review(self) -> dict[int, dict[Colour, int]]:
        """Return {review id: {colour: count}} of the reviews with an action."""
        return self._by_key(self.of_reviews)

    def _by_key(self, each: Iterable[tuple[int, str, int]]) -> dict[int, dict[Colour, int]]:
        grouped: dict[int, list[tuple[Colour, int]]] = {}
        for key, code, number in each:
            grouped.setdefault(key, []).append((self.colour_of[code], number))
        return {key: _by_colour(pairs) for key, pairs in grouped.items()}


@dataclass(frozen=True)
class TurnCounts:
    """How many actions are overdue, silent or wait for the Board: the numbers that the lists have too.

    `by_agency` is {agency id: {name of one of `queries.conditions_counted`: count}}.
    """

    by_agency: Mapping[int, Mapping[str, int]]
    oldest: date | None

    def of(self, name: str) -> int:
        """Return how many there are of all agencies."""
        return sum(counts[name] for counts in self.by_agency.values())

    def agencies_with(self, name: str) -> list[tuple[int, int]]:
        """Return (agency id, count) of the agencies with any, most first."""
        found = ((key, counts[name]) for key, counts in self.by_agency.items() if counts[name])
        return sorted(found, key=lambda pair: (-pair[1], pair[0]))

    @property
    def waits(self) -> WaitsForBoard:
        """Return what waits for the Board."""
        return WaitsForBoard(self.of("board"), self.oldest)


def count(scope: Scope, stands: Collection[Stand]) -> Counts:
    """Return the counts of everything a report covers, of how each action stands at the end of its day."""
    by_agency = Counter((stand.agency, stand.code) for stand in stands)
    by_review = Counter((stand.review, stand.code) for stand in stands)
    rules = rating_rules(scope.board.thresholds)
    each, of_reviews = (tuple((*key, number) for key, number in by.items()) for by in (by_agency, by_review))
    return Counts(each, of_reviews, {rule.code: Colour(rule.result) for rule in rules})


def waiting_words(scope: Scope, turns: TurnCounts) -> str:
    """Return how many actions wait for the Board, and how long the oldest has, as a sentence."""
    if not turns.waits.count:
        return say("Nothing waits for the Board.")
    number = plural(turns.waits.count, "action")
    rest = turns.waits.words(scope.as_at).removeprefix(number)
    return Counted(counted(number, "actions", turn="board"), f"{rest}.")


TURNS = "Whose turn it is, and since when"
# The lines of the table of turns, and the list that each leads to: its name, and the filter of its address.
TURN_LINES: tuple[tuple[str | LazyText, str, Mapping[str, str]], ...] = (
    ("Overdue", "overdue", {"timeliness": "overdue"}),
    ("Overdue, and the agency’s turn", "overdue_agency", {"timeliness": "overdue", "turn": "agency"}),
    ("No update for {silent}, on the agency’s own turn", "silent", {"silent": "1"}),
    (say_later("Waiting for the Board"), "board", {"turn": "board"}),
    (say_later("Waiting for the Board to check what was reported done"), "check", {"turn": "check"}),
    (say_later("Waiting for the Board to decide on more time"), "more_time", {"turn": "more_time"}),
    (
        say_later("Waiting for the Board to decide what takes the place of what cannot be done"),
        "to_replace",
        {"turn": "cannot_be_done"},
    ),
)


def turns_table(scope: Scope, turns: TurnCounts) -> Table:
    """Return how many are overdue, silent or wait for the Board, each a number that a list has too."""
    days = plural(scope.board.thresholds.silent_days, "day")
    rows = tuple(
        (say(name).replace("{silent}", days), counted(f"{turns.of(key):,}", "actions", **by))
        for name, key, by in TURN_LINES
    )
    return Table(TURNS, (Column("Actions that are", 120), Column("Actions", 20, "end")), rows)


def counts_section(scope: Scope, counts: Counts, turns: TurnCounts) -> Section | None:
    """Return counts by agency and rating as a chart and its table, and by review where there are several.

    None where there is no action.
    """
    if not counts.total:
        return None
    found = counts.by_agency()
    agencies = {name: found[key] for key, name in scope.agencies.items() if key in found}
    owners = [led_by(scope, key) for key in scope.agencies if key in found]
    blocks: list[Block] = [
        Paragraph(in_words(counts)),
        _chart(agencies),
        _agency_table(agencies.items(), owners, counts),
        turns_table(scope, turns),
    ]
    if scope.review is None:
        columns = (Column("Review", 80), *COLOUR_COLUMNS, Column("All", 15, "end"))
        number = len(scope.reviews) + 1 if scope.reviews else 0
        rows = Rows(partial(_review_rows, scope, counts), number)
        blocks.append(Table("Actions by review and rating", columns, rows, about="reviews"))
    return Section("Counts by agency and rating", tuple(blocks))


def _review_rows(scope: Scope, counts: Counts, start: int = 0, most: int | None = None) -> Iterator[Row]:
    """Yield a row for each review, and after the last of them the one of all."""
    end = len(scope.reviews) + 1 if most is None else start + most
    none = dict.fromkeys(Colour, 0)
    for key in scope.review_ids[start:end]:
        of = {"review": scope.reviews[key]["reference"]}
        yield _row(review_name(scope, key), counts.by_review.get(key, none), of)
    if end > len(scope.reviews):
        yield _row("All", counts.by_colour)


def in_words(counts: Counts) -> str:
    """Return all counts in a sentence.

    Like “Of 200 actions 12 are red, 30 amber, 40 green, 110 blue and 8 grey.”
    """
    parts: list[str] = ["Of ", counted(plural(counts.total, "action"), "actions", closed="1"), " "]
    for place, (colour, number) in enumerate(counts.by_colour.items()):
        verb = "" if place else " is" if number == 1 else " are"
        before = "" if not place else " and " if place == len(Colour) - 1 else ", "
        of = counted(f"{number:,}", "actions", rating=colour.value)
        parts += [before, of, f"{verb} {colour}"]
    return Counted(*parts, ".")


def _chart(agencies: Mapping[str, Mapping[Colour, int]]) -> Chart:
    series = tuple(
        Series(colour.capitalize(), colour.value, tuple(row[colour] for row in agencies.values()))
        for colour in Colour
    )
    worst = max(agencies, key=lambda name: agencies[name][Colour.RED], default="")
    alt = f"One bar for each of {plural(len(agencies), 'agency', 'agencies')}, divided by rating."
    if worst and agencies[worst][Colour.RED]:
        alt += f" {worst} has the most red actions: {agencies[worst][Colour.RED]}."
    bare = [each.name.lower() for each in series if not each.has_bar] if agencies else []
    note = f"Not in the key, because no action is rated so: {listed(bare)}." if bare else ""
    return Chart("Actions of each agency by rating", alt, tuple(agencies), series, note=note)


def _agency_table(
    named: Iterable[tuple[str, Mapping[Colour, int]]], owners: Iterable[Mapping[str, str]], counts: Counts
) -> Table:
    rows = [_row(name, row, of) for (name, row), of in zip(named, owners, strict=True)]
    if rows:
        rows.append(_row("All", counts.by_colour))
    columns = (Column("Agency", 80), *COLOUR_COLUMNS, Column("All", 15, "end"))
    return Table("Actions by agency and rating", columns, tuple(rows))


def _row(name: str, row: Mapping[Colour, int], of: Mapping[str, str] = MappingProxyType({})) -> Row:
    figures = [counted(f"{row[colour]:,}", "actions", **of, rating=colour.value) for colour in Colour]
    return (name, *figures, counted(f"{sum(row.values()):,}", "actions", **of, closed="1"))


def _by_colour(pairs: Iterable[tuple[Colour, int]]) -> dict[Colour, int]:
    counts = dict.fromkeys(Colour, 0)
    for colour, number in pairs:
        counts[colour] += number
    return counts
