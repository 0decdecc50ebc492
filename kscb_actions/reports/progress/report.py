"""The progress report: one review or all, as at a day, with what has changed since another."""

from collections.abc import Iterator
from datetime import date

from kscb_actions.access.policy import Viewer
from kscb_actions.reports.content import Report, Section
from kscb_actions.reports.public import for_the_public
from kscb_actions.settings.rules import Board

from .attached.sections import Facts, attached, list_section, sections_of
from .challenges import Challenges
from .changed.ratings import ratings_section
from .counts import count
from .first_page.decisions import decisions_section
from .first_page.exceptions import exceptions_by_agency
from .first_page.figures import Figures, figures_section, moves_section
from .first_page.front import contact_section, short_header_of, summary_section, title_of
from .first_page.pressing import gather
from .scope import ReportRequest, Scope, scope_of


def build_progress(
    viewer: Viewer, board: Board, choice: ReportRequest, today: date, from_trail: bool = False
) -> Report:
    """Return the report for this person. Build it and draw it inside one `database.reading()`.

    Long tables read their rows when they are drawn. Of the appendices only those of `choice.appendices` are
    in it; of `choice.days` the ratings are charted. Restricted reviews are in it only when
    `choice.restricted`, those on which this person is named, and every face then says so. For publication
    (`choice.publication`) leads, narratives, reasons, pseudonyms and lists of evidence are left out, nobody
    is asked for anything, and only released reviews are in it. `from_trail` reads today's state from the
    audit trail too: the report is the same.
    Raises Refused, and InvalidInput with a message for each field of `choice` that cannot be used.
    """
    facts = facts_of(scope_of(viewer, board, choice, today, from_trail))
    found = attached(facts)
    rated = ratings_section(facts.scope, choice.days) if choice.days else None
    read = (*_paper(facts, list_section(facts.scope, found)), *filter(None, (rated,)))
    sections = (*read, *sections_of(found))
    return paper_of(facts.scope, short_header_of(facts.scope, viewer), sections)


def facts_of(scope: Scope) -> Facts:
    """Return what every paper of a scope counts, by the same functions."""
    figures, (pressing, turns) = Figures.of(scope), gather(scope)
    counts = count(scope, figures.now.values())
    return Facts(scope, counts, turns, pressing, Challenges.of(scope), figures)


def paper_of(
    scope: Scope,
    header: tuple[tuple[str, str], ...],
    sections: tuple[Section, ...],
    asked: tuple[str, ...] = (),
    asked_intro: str = "Members are asked to:",
) -> Report:
    """Return a paper of a scope: what its audience decides of it stands in `scope.kind`."""
    made = Report(
        title=title_of(scope),
        marking=scope.marking,
        organisation=scope.board.name,
        header=header,
        asked=asked,
        as_at=scope.as_at,
        since=scope.since,
        sections=sections,
        asked_intro=asked_intro,
        notice=scope.board.notice,
        file_name=scope.kind.file_name(scope.as_at, scope.review["reference"] if scope.review else ""),
        restricted=scope.restricted,
        reviews=tuple(scope.review_ids),
    )
    return for_the_public(made, scope.review_ids) if scope.publication else made


def _paper(facts: Facts, appendices: Section | None) -> Iterator[Section]:
    """Yield what a subgroup reads: the first page, and the exceptions by agency."""
    scope, counts, pressing = facts.scope, facts.counts, facts.pressing
    sections = (
        summary_section(scope, counts, facts.turns, pressing),
        decisions_section(scope, pressing, facts.challenges),
        figures_section(scope, counts, facts.figures),
        moves_section(scope, facts.figures),
        appendices,
        contact_section(scope),
        exceptions_by_agency(scope, counts, pressing, facts.challenges),
    )
    yield from filter(None, sections)
