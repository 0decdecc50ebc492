"""What changed between two days, such as those of two meetings: counts, lists, and ratings over time."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import date

from kscb_actions.access.policy import Viewer
from kscb_actions.reports.content import Report, Section
from kscb_actions.reports.paper_kind import CHANGES
from kscb_actions.reports.progress.changed.queries import list_changed
from kscb_actions.reports.progress.changed.ratings import ratings_section
from kscb_actions.reports.progress.changed.sections import counts_section, lists_of
from kscb_actions.reports.progress.first_page.figures import Figures, moves_section
from kscb_actions.reports.progress.first_page.front import short_header_of
from kscb_actions.reports.progress.report import paper_of
from kscb_actions.reports.progress.scope import ReportRequest, Scope, scope_of
from kscb_actions.settings.rules import Board


def build_what_changed(viewer: Viewer, board: Board, choice: ReportRequest, today: date) -> Report:
    """Return the paper. `choice.days`: the days of earlier meetings, for its chart.

    Raises Refused, and InvalidInput with a message for each field of `choice` that cannot be used.
    """
    scope = scope_of(viewer, board, replace(choice, form=CHANGES, appendices=()), today)
    return paper_of(scope, short_header_of(scope, viewer), tuple(_sections(scope, choice)))


def _sections(scope: Scope, choice: ReportRequest) -> Iterator[Section]:
    figures = Figures.of(scope)
    changes = list_changed(scope, figures)
    yield counts_section(scope, changes)
    yield from filter(None, (moves_section(scope, figures), ratings_section(scope, choice.days)))
    yield from lists_of(scope, changes)
