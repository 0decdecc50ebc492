"""One review's action plan as a table by recommendation, as such plans have always been kept."""

from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import date
from typing import Any

from kscb_actions.access.policy import Viewer
from kscb_actions.assurance.rules import EVIDENCE_KIND_NAMES, EvidenceKind
from kscb_actions.reports.content import Column, Counted, Group, Paragraph, Report, Row, Section, Table
from kscb_actions.reports.paper_kind import PLAN
from kscb_actions.reports.progress.actions import cells_of_action
from kscb_actions.reports.progress.attached.legend import legend_section
from kscb_actions.reports.progress.attached.measured import measures_section
from kscb_actions.reports.progress.attached.sections import Facts
from kscb_actions.reports.progress.counts import in_words
from kscb_actions.reports.progress.first_page.front import SUMMARY, contact_section, short_header_of
from kscb_actions.reports.progress.past import facts_of_row
from kscb_actions.reports.progress.queries import list_actions
from kscb_actions.reports.progress.record.queries import list_evidence, list_recommendations
from kscb_actions.reports.progress.record.sections import recommendation_words
from kscb_actions.reports.progress.report import facts_of, paper_of
from kscb_actions.reports.progress.scope import ReportRequest, scope_of
from kscb_actions.reviews.inspections.rules import RECOMMENDATION, Words
from kscb_actions.settings.rules import Board
from kscb_actions.wording import plural, upper_first

from .inspected import Inspected, inspected

HEADING = "Action plan"
COLUMNS = (
    Column("Rec.", 14),
    Column("Recommendation", 52),
    Column("Action", 56),
    Column("Owner", 36),
    Column("Due", 24),
    Column("Progress", 48),
    Column("Evidence", 24),
    Column("Rating", 28),
)
NO_ACTION = "No action recorded"


def build_action_plan(viewer: Viewer, board: Board, choice: ReportRequest, today: date) -> Report:
    """Return the plan of `choice.review`: every recommendation, those without an action too.

    Raises Refused, and InvalidInput with a message for each field of `choice` that cannot be used.
    """
    facts = facts_of(scope_of(viewer, board, replace(choice, form=PLAN, appendices=()), today))
    scope = facts.scope
    ids = scope.numbering.ids
    told = inspected(viewer, scope)
    called = told.words
    words = Counted(f"{plural(len(ids), called.one, called.many)}. ", in_words(facts.counts))
    table = Table(HEADING, _columns(called), tuple(_rows(facts, told)), f"No {called.one} is recorded.")
    found = (
        Section(SUMMARY, (Paragraph(words),)),
        legend_section(scope),
        contact_section(scope),
        told.section(),
        Section(HEADING, (table,), landscape=True),
        measures_section(scope),
    )
    return paper_of(scope, short_header_of(scope, viewer), tuple(filter(None, found)))


def _columns(words: Words) -> tuple[Column, ...]:
    if words == RECOMMENDATION:
        return COLUMNS
    return (Column("No.", 14), Column(upper_first(words.one), 52), *COLUMNS[2:])


def _rows(facts: Facts, told: Inspected) -> Iterator[Row | Group]:
    scope, evidence = facts.scope, _evidence(facts)
    actions: dict[int, list[Mapping[str, Any]]] = {}
    for row in list_actions(scope):
        actions.setdefault(row["recommendation_id"], []).append(row)
    under = None
    for recommendation in list_recommendations(scope):
        heading = recommendation["heading"] or ""
        if heading != under and (heading or under):
            yield Group(heading or "Without a heading", 2)
        under = heading
        label = scope.numbering.label(recommendation["id"], recommendation["number"])
        words = "\n".join((recommendation_words(scope, recommendation), *told.lines(recommendation)))
        own = actions.get(recommendation["id"])
        if not own:
            yield (label, words, NO_ACTION, "–", "–", "–", "–", "–")
        for place, row in enumerate(own or ()):
            yield (label, "As above" if place else words, *_cells(facts, row, evidence))


def _cells(facts: Facts, row: Mapping[str, Any], evidence: Mapping[int, list[str]]) -> Row:
    reference, _, text, owner, first, due, when, rating, progress = cells_of_action(
        facts.scope, facts.counts, row, facts_of_row(row)
    )
    dates = due if first == due else f"{due}\nfirst: {first}"
    return (
        f"{reference}\n{text}",
        owner,
        f"{dates}\n{when}",
        progress,
        "\n".join(evidence.get(row["number"], ["None held"])),
        rating,
    )


def _evidence(facts: Facts) -> dict[int, list[str]]:
    """Return {number of an action: kinds of the evidence held for it, each with how many}."""
    counted: dict[int, dict[str, int]] = {}
    for row in list_evidence(facts.scope):
        kinds = counted.setdefault(row["number"], {})
        name = EVIDENCE_KIND_NAMES[EvidenceKind(row["kind"])]
        kinds[name] = kinds.get(name, 0) + 1
    return {
        number: [name if count == 1 else f"{name} ({count:,})" for name, count in kinds.items()]
        for number, kinds in counted.items()
    }
