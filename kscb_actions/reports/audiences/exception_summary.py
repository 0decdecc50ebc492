"""The exceptions on one page: what is late or at risk, by agency, and the worst of all by name."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import date

from kscb_actions.access.policy import Viewer
from kscb_actions.actions.models import Action
from kscb_actions.actions.narrowing import RED_OR_AMBER
from kscb_actions.actions.rating import Colour, reason_of
from kscb_actions.reports.content import Column, Counted, Paragraph, Report, Row, Section, Table, counted
from kscb_actions.reports.paper_kind import SUMMARY
from kscb_actions.reports.progress.attached.sections import Facts
from kscb_actions.reports.progress.first_page.front import short_header_of, summary_section
from kscb_actions.reports.progress.first_page.pressing import Item, Pressing
from kscb_actions.reports.progress.past import among, facts_of_row, state_at
from kscb_actions.reports.progress.queries import ACTION_FIELDS, coded, told
from kscb_actions.reports.progress.report import facts_of, paper_of
from kscb_actions.reports.progress.scope import ReportRequest, scope_of
from kscb_actions.reports.progress.words import exceptions_of, rated, short_date, shortened
from kscb_actions.settings.rules import Board
from kscb_actions.terms import say
from kscb_actions.wording import plural

# What fits on the one page below the summary, whatever a board has.
MOST, AGENCIES, LETTERS = 8, 3, 45


def build_exception_summary(viewer: Viewer, board: Board, choice: ReportRequest, today: date) -> Report:
    """Return the paper: the summary, exceptions by agency in a sentence, and the worst of all.

    Raises Refused, and InvalidInput with a message for each field of `choice` that cannot be used.
    """
    choice = replace(choice, form=SUMMARY, appendices=())
    facts = facts_of(scope_of(viewer, board, choice, today))
    pressing = facts.pressing
    summary = summary_section(facts.scope, facts.counts, facts.turns, pressing)
    return paper_of(
        facts.scope, short_header_of(facts.scope, viewer), (summary, _exceptions(facts, pressing))
    )


def _exceptions(facts: Facts, pressing: Pressing) -> Section:
    scope, agencies = facts.scope, pressing.worst_agencies()
    if not agencies:
        return Section("Exceptions", (Paragraph("No action is red or amber with its agency’s turn."),))
    number = sum(each.exceptions.count for _, each in agencies)
    parts = [
        counted(plural(number, "action"), "actions", rating=RED_OR_AMBER, turn="agency"),
        f" {'is' if number == 1 else 'are'} red or amber and the agency’s turn",
    ]
    for place, (key, each) in enumerate(agencies[:AGENCIES]):
        red, amber = (
            exceptions_of(scope, key, colour, f"{each.colours[colour]:,} {colour}")
            for colour in (Colour.RED, Colour.AMBER)
        )
        parts += ["; " if place else ": ", f"{scope.agencies[key]} ", red, ", ", amber]
    if (more := len(agencies) - AGENCIES) > 0:
        parts.append(f"; and {plural(more, 'other agency', 'other agencies')}")
    items = sorted(item for _, each in agencies for item in each.exceptions.items)[:MOST]
    named = f" The worst {len(items):,} stand below." if number > len(items) else ""
    words = Counted(*parts, say(".{named} What the Board owes is charged to no agency.", named=named))
    columns = (Column("Reference", 34), Column("Action, and agency", 82), Column("Due, and rating", 54))
    table = Table("The worst exceptions", columns, tuple(_rows(facts, items)))
    return Section("Exceptions", (Paragraph(words), table))


def _rows(facts: Facts, items: list[Item]) -> Iterator[Row]:
    scope = facts.scope
    then = state_at(Action, scope.moment, ACTION_FIELDS, scope.covered)
    query = told(scope, then).where(among(then.c.id, [item.id for item in items]))
    found = {row["id"]: row for row in coded(scope, query)}
    for row in (found[item.id] for item in items):
        of_action = facts_of_row(row)
        rating = rated(facts.counts.colour_of[row["code"]], reason_of(row["code"], of_action, scope.as_at))
        words = shortened(row["text"], LETTERS).removesuffix(" (shortened)")
        due = f"{short_date(of_action.current_due_on)}\n{rating.text}"
        yield (
            scope.reference(row),
            f"{words}\n{scope.agencies[row['agency_id']]}",
            replace(rating, text=due),
        )
