"""The paper for the Board or a scrutiny committee, in the form of a county council's committee papers."""

from collections.abc import Iterable, Iterator
from dataclasses import replace
from datetime import date

from kscb_actions.access.policy import Viewer
from kscb_actions.actions.rating import COLOUR_NOTES, Colour
from kscb_actions.reports.content import (
    Block,
    Bullets,
    Column,
    Counted,
    Paragraph,
    Report,
    Section,
    Table,
    counted,
)
from kscb_actions.reports.paper_kind import COMMITTEE, Audience
from kscb_actions.reports.progress.attached.sections import Facts, attached, list_section, sections_of
from kscb_actions.reports.progress.counts import waiting_words
from kscb_actions.reports.progress.first_page.decisions import LISTS
from kscb_actions.reports.progress.first_page.figures import figures_section, moves_section
from kscb_actions.reports.progress.first_page.front import (
    accepted_of,
    contact_section,
    coverage_of,
    header_of,
    overdue_words,
    summary_of,
)
from kscb_actions.reports.progress.first_page.pressing import Pressing
from kscb_actions.reports.progress.report import facts_of, paper_of
from kscb_actions.reports.progress.scope import ReportRequest, Scope, scope_of
from kscb_actions.reports.progress.words import exceptions_of, led_by
from kscb_actions.settings.rules import Board
from kscb_actions.terms import say
from kscb_actions.wording import date_uk, plural

AGENCIES_NAMED = 4


def build_committee(viewer: Viewer, board: Board, choice: ReportRequest, today: date) -> Report:
    """Return the paper. For publication it is unrestricted, and has no people and no wording of agencies.

    Raises Refused, and InvalidInput with a message for each field of `choice` that cannot be used.
    """
    choice = replace(choice, audience=Audience.BOARD, form=COMMITTEE)
    facts = facts_of(scope_of(viewer, board, choice, today))
    scope, pressing, found = facts.scope, facts.pressing, attached(facts)
    summary = summary_of(scope, facts.counts, facts.turns, pressing)
    sections = (*_body(facts, pressing), *filter(None, [list_section(scope, found)]), *sections_of(found))
    return paper_of(
        scope,
        (*header_of(scope, viewer), ("Summary", summary)),
        sections,
        tuple(_asked(facts, pressing)),
        f"{board.name} is asked to:",
    )


def _asked(facts: Facts, pressing: Pressing) -> Iterator[str]:
    scope, counts, turns = facts.scope, facts.counts, facts.turns
    late = overdue_words(turns.of("overdue"))
    yield Counted("NOTE that ", accepted_of(counts), " accepted and ", late, ".")
    if found := pressing.agencies_with("overdue_agency"):
        parts = ["SUPPORT the challenge of the agencies with most that is overdue"]
        for place, (key, count, _) in enumerate(found[:AGENCIES_NAMED]):
            number = counted(f"{count:,}", "actions", **LISTS["overdue_agency"], **led_by(scope, key))
            parts += ["; " if place else ": ", scope.agencies[key], " (", number, ")"]
        yield Counted(*parts, ".")
    if turns.waits.count:
        number = counted(plural(turns.waits.count, "action"), "actions", turn="board")
        yield Counted(say("ASK that the Board decides what waits for it: "), number, ".")


def _body(facts: Facts, pressing: Pressing) -> Iterator[Section]:
    scope = facts.scope
    yield _numbered(
        "Introduction",
        [
            Counted(
                say(
                    "The Board follows what agencies do about the recommendations of its reviews until it "
                    "has accepted the evidence. This report covers "
                ),
                coverage_of(scope),
            ),
            COLOUR_NOTES[Colour.GREEN],
        ],
    )
    figures = figures_section(scope, facts.counts, facts.figures)
    yield _numbered("Progress", ["Every action by its rating, on both days:"], figures.blocks)
    if moves := moves_section(scope, facts.figures):
        told = [each.text for each in moves.blocks if isinstance(each, Paragraph)]
        lists = [each for each in moves.blocks if isinstance(each, Bullets)]
        paired: list[Block] = []
        for place, (text, items) in enumerate(zip(told, lists, strict=True), start=1):
            paired += [Paragraph(Counted(f"({place}) ", text)), items]
        yield Section(moves.heading, tuple(paired))
    if late := _late(scope, pressing):
        words = say("By agency, the one with most red first. What the Board owes is charged to no agency.")
        yield _numbered("What is late or at risk", [words], [late])
    yield from _ending(facts)


def _ending(facts: Facts) -> Iterator[Section]:
    scope, turns = facts.scope, facts.turns
    if turns.waits.count:
        yield _numbered(say("What waits for the Board"), [waiting_words(scope, turns)])
    if challenges := facts.challenges.section(scope):
        yield _numbered(
            "Challenges", [each.text for each in challenges.blocks if isinstance(each, Paragraph)]
        )
    yield contact_section(scope)
    record = say("The Board’s record of its action plans, as at {as_at}.", as_at=date_uk(scope.as_at))
    yield Section("Background documents", (Paragraph(record),))


def _late(scope: Scope, pressing: Pressing) -> Table | None:
    rows = tuple(
        (
            scope.agencies[key],
            *(
                exceptions_of(scope, key, colour, f"{each.colours[colour]:,}")
                for colour in (Colour.RED, Colour.AMBER)
            ),
            counted(
                f"{each.kinds['overdue_agency'].count:,}",
                "actions",
                **LISTS["overdue_agency"],
                **led_by(scope, key),
            ),
            _oldest(scope, each.kinds["overdue_agency"].items),
        )
        for key, each in pressing.worst_agencies()
    )
    columns = (
        Column("Agency", 62),
        Column("Red", 16, "end"),
        Column("Amber", 18, "end"),
        Column("Overdue", 22, "end"),
        Column("Oldest overdue", 52),
    )
    return Table("Exceptions by agency", columns, rows) if rows else None


def _oldest(scope: Scope, items: list) -> str:
    if not items:
        return "–"
    [first, *_] = items
    reference = scope.reference({"review_id": first.review_id, "number": first.number})
    return f"{reference}, {plural(first.days, 'day')}"


def _numbered(heading: str, texts: Iterable[str], blocks: Iterable[Block] = ()) -> Section:
    """Return a section whose paragraphs are numbered (1), (2) as in a committee's papers."""
    numbered = [Paragraph(Counted(f"({place}) ", text)) for place, text in enumerate(texts, start=1)]
    return Section(heading, (*numbered, *blocks))
