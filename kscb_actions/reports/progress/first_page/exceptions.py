"""The exceptions by agency: the worst of each, with what was asked, what was said last and what was done."""

from collections.abc import Iterator, Mapping, Sequence
from functools import partial
from typing import Any

from kscb_actions.actions.models import Action
from kscb_actions.actions.narrowing import RED_OR_AMBER
from kscb_actions.actions.rating import Colour, reason_of
from kscb_actions.reports.content import (
    Cell,
    Column,
    Counted,
    Group,
    Paragraph,
    Report,
    Row,
    Section,
    Table,
    counted,
)
from kscb_actions.reports.reminders import Reminders
from kscb_actions.terms import say
from kscb_actions.wording import plural

from ..actions import first_due, last_said
from ..appendices import LETTERS, Appendix
from ..challenges import Challenges
from ..counts import Counts
from ..past import among, facts_of_row, state_at
from ..queries import ACTION_FIELDS, coded, told
from ..scope import Scope
from ..words import exceptions_of, rated, short_date, shortened
from .pressing import MOST_OF_AGENCY, Item, OfAgency, Pressing

HEADING = "Exceptions by agency"
Named = list[tuple[int, OfAgency, list[Item]]]
# Of all agencies together: a paper is read at a meeting. Of few agencies more are named of each.
MOST_IN_ALL = 26
ASKED, MEASURE, SAID = 130, 90, 130


def exceptions_by_agency(
    scope: Scope, counts: Counts, pressing: Pressing, challenges: Challenges
) -> Section | None:
    """Return the worst exceptions of each agency, the agency with most red first; None without any."""
    worst = pressing.worst_agencies()
    if not worst:
        return None
    number = sum(each.exceptions.count for _, each in worst)
    shares = _shares([each.exceptions.count for _, each in worst])
    intro = Counted(
        counted(plural(number, "action"), "actions", rating=RED_OR_AMBER, turn="agency"),
        say(
            " {value} red or amber and the agency’s turn. The agency with most red ones comes "
            "first, and of each its worst. What the Board owes is charged to no agency.",
            value="is" if number == 1 else "are",
        ),
    )
    if number > sum(shares):
        tells = "has" if Appendix.EXCEPTIONS in scope.appendices else "would have"
        where = f"Appendix {LETTERS[Appendix.EXCEPTIONS]}"
        intro = Counted(intro, f" {sum(shares):,} of them are named here; {where} {tells} them all.")
    named = [
        (key, each, each.exceptions.items[:share]) for (key, each), share in zip(worst, shares, strict=True)
    ]
    rows = tuple(_rows(scope, counts, challenges, named))
    return Section(HEADING, (Paragraph(intro), Table(HEADING, _columns(scope), rows)))


def named_in(report: Report) -> list[str]:
    """Return the references of the actions that a report names as exceptions of their agencies."""
    tables = (each for section in report.sections if section.heading == HEADING for each in section.blocks)
    rows = (row for table in tables if isinstance(table, Table) for row in table.rows)
    return [str(row[0]) for row in rows if not isinstance(row, Group)]


def _shares(counts: Sequence[int]) -> list[int]:
    """Return how many of each agency are named: its worst at least, then in turns while there is room."""
    shares, room = [0] * len(counts), max(MOST_IN_ALL, len(counts))
    for turn in range(MOST_OF_AGENCY):
        for place, count in enumerate(counts):
            if count > turn and sum(shares) < room:
                shares[place] += 1
    return shares


def _columns(scope: Scope) -> tuple[Column, ...]:
    asked = Column("What is asked", 93 if scope.publication else 54)
    columns = (Column("Reference", 35), asked, Column("Due, and rating", 42 if scope.publication else 32))
    return columns if scope.publication else (*columns, Column("Last word, and what was done", 49))


def _rows(
    scope: Scope,
    counts: Counts,
    challenges: Challenges,
    named: Named,
) -> Iterator[Row | Group]:
    found = {row["id"]: row for row in _read(scope, named)}
    reminders = Reminders.of(scope)
    draw = partial(_row, scope, counts, challenges, reminders)
    for agency_id, each, items in named:
        red, amber = (
            exceptions_of(scope, agency_id, colour, f"{each.colours[colour]:,} {colour}")
            for colour in (Colour.RED, Colour.AMBER)
        )
        yield Group(Counted(f"{scope.agencies[agency_id]}: ", red, ", ", amber))
        yield from (draw(found[item.id]) for item in items)


def _read(scope: Scope, named: Named) -> Iterator[Mapping[str, Any]]:
    ids = [item.id for _, _, items in named for item in items]
    then = state_at(Action, scope.moment, (*ACTION_FIELDS, "success_measure"), scope.covered)
    return coded(scope, told(scope, then).where(among(then.c.id, ids)))


def _row(
    scope: Scope, counts: Counts, challenges: Challenges, reminders: Reminders, row: Mapping[str, Any]
) -> Row:
    facts = facts_of_row(row)
    reference = scope.reference(row)
    asked = shortened(row["text"], ASKED)
    rating = rated(counts.colour_of[row["code"]], reason_of(row["code"], facts, scope.as_at))
    due = first_due(scope, row, facts).replace("\n", " ")
    if facts.original_due_on != facts.current_due_on:
        due = f"{short_date(facts.current_due_on)} (first {due})"
    rating = Cell(f"{due}\n{rating.text}", rating.colour)
    if scope.publication:
        return (reference, asked, rating)
    measure = shortened(row["success_measure"] or "", MEASURE)
    said = last_said(row, facts, SAID)
    came_back = reminders.came_back_in_words(row["id"], facts)
    challenged = challenges.open_in_words(reference) or "no challenge open"
    return (
        reference,
        f"{asked}\nSuccess measure: {measure}" if measure else f"{asked}\nNo success measure set.",
        rating,
        f"{said}\n{came_back}; {challenged}.",
    )
