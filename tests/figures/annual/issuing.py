"""A year's report issued, as its two people do it, in one call."""

from datetime import date

from kscb_actions import clock
from kscb_actions.access.policy import Role, Viewer
from kscb_actions.figures.annual.issuing import Seen, agree, freeze_year, propose
from kscb_actions.figures.annual.models import FrozenYear, IssuedReport
from kscb_actions.figures.annual.service import draft_version
from kscb_actions.figures.annual.year import draft_of, has_ended
from kscb_actions.settings.queries import get_board
from kscb_actions.settings.rules import Board

COORDINATOR = Viewer(id=None, name="CDOP co-ordinator", roles=frozenset({Role.CDOP_COORDINATOR}))
CHAIR = Viewer(id=None, name="Panel’s chair", roles=frozenset({Role.CDOP_CHAIR}))


def issue_year(year: str, board: Board | None = None, left_out: tuple[str, ...] = ()) -> IssuedReport:
    """Freeze, propose and agree: at the clock's time, or on the day after the year where that is to come."""
    if not has_ended(year):
        first = date(int(year[:4]) + 1, 4, 1)
        with clock.at(first):
            return issue_year(year, board, left_out)
    frozen = freeze_year(COORDINATOR, year, left_out)
    seen = Seen(propose(COORDINATOR, year, seen_now(frozen), has_read=True).version, texts_of(year))
    return agree(CHAIR, board or get_board(), year, seen)


def seen_now(frozen: FrozenYear) -> Seen:
    """Return what somebody has before them who opens the page now."""
    return Seen(frozen.version, texts_of(frozen.year))


def texts_of(year: str) -> int:
    """Return the version of the year's texts."""
    return draft_version(draft_of(year))


def freeze_anew(year: str) -> FrozenYear:
    """Freeze a year, and again."""
    first = freeze_year(COORDINATOR, year)
    return freeze_year(COORDINATOR, year, expected=first.version)
