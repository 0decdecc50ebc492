"""Boards for the tests of reports, and reports of them."""

from datetime import date, timedelta
from functools import cache
from pathlib import Path
from tempfile import mkdtemp
from typing import Any

from kscb_actions import clock
from kscb_actions.actions.extensions import ask_extension, change_due_date
from kscb_actions.actions.models import Action
from kscb_actions.actions.service import set_standing
from kscb_actions.database import db, is_sqlite
from kscb_actions.people.models import User
from kscb_actions.reports.content import Report
from kscb_actions.reports.kept.models import KeptPaper
from kscb_actions.reports.kept.service import keep_paper, named
from kscb_actions.reports.papers import PAPERS
from kscb_actions.reports.progress.appendices import Appendix
from kscb_actions.reports.progress.report import build_progress
from kscb_actions.reports.progress.scope import ReportingYear, ReportRequest
from kscb_actions.reviews.models import Review
from kscb_actions.reviews.recommendations import answer_recommendation
from kscb_actions.settings.queries import get_board
from kscb_actions.settings.rules import Board

from ..conftest import settings_in
from ..factories import TODAY, World
from ..keeping import Keeper
from ..measures.making import measure, readings
from .faces import rows_if_any, told

# What a page or a file is asked for to have every appendix.
EVERY = {"appendix": [each.value for each in Appendix]}
QUERY = "&".join(f"appendix={each}" for each in Appendix)
OPTIONS = tuple(word for each in Appendix for word in ("--appendix", each.value))
# What a kind of paper is given on the busy board for each thing that it cannot do without.
GIVEN = {
    "agency": "KPOL",
    "review": "IR-2011-01",
    "year": ReportingYear("2011-12", date(2011, 4, 1), date(2012, 3, 31)),
}


def needed(kind: str) -> dict[str, Any]:
    """Return what a kind of paper has to be asked with, of the busy board."""
    return {name: GIVEN[name] for name in PAPERS[kind].needs}


def report(person: User, today: date = TODAY, from_trail: bool = False, **choice: Any) -> Report:
    """Return the paper with every appendix, unless others are chosen."""
    choice.setdefault("appendices", tuple(Appendix))
    return build_progress(person.viewer, Board(), ReportRequest(**choice), today, from_trail)


def keep(person: User, kind: str = "progress", edited: tuple[str, ...] = (), **choice: Any) -> KeptPaper:
    """Return a paper as it is kept when it is downloaded."""
    asked = ReportRequest(**choice)
    made = named(PAPERS[kind].make(person.viewer, get_board(), asked, TODAY))
    return keep_paper(person.viewer, kind, asked, made, PAPERS[kind].is_for_agency, edited)


def everything(person: User, **choice: Any) -> str:
    return repr(told(report(person, **choice)))


def actions_in(made: Report) -> list[list[str]]:
    """Return the rows of all open actions, and of those closed since; a group is a row of its heading."""
    return [*rows_if_any(made, "Open actions"), *rows_if_any(made, "Closed since")]


def row_of(made: Report, reference: str) -> list[str]:
    """Return the row of an action, open or closed since."""
    [row] = [row for row in actions_in(made) if row[0] == reference]
    return row


def changes_of(made: Report) -> dict[str, tuple[str, str]]:
    """Return {kind of change: (how many, which)}; without any change there is no table of them."""
    return {name: (number, which) for name, number, which in rows_if_any(made, "Changes")}


def number_of(made: Report, change: str) -> str:
    """Return how many changes of a kind there are."""
    return changes_of(made).get(change, ("0", ""))[0]


@cache
def _keeper() -> Keeper:
    return Keeper(Path(mkdtemp()))


def busy(world: World) -> list[Action]:
    """Return actions of every rating, with answers, extensions and evidence.

    Recorded once for the tests of a process that begin with them.
    """
    is_first = is_sqlite() and not db.connection().total_changes() and not Review.select().exists()
    if not is_first or clock.today() != TODAY:
        return _record(world)
    settings = settings_in(Path(db.database).parent)
    return _keeper().board("busy", world, settings, lambda: _record(world))


def _record(world: World) -> list[Action]:
    open_review = world.review("IR-2011-01", classification="OFFICIAL", kind="independent")
    world.release(open_review)
    recommendation = world.recommendation(open_review)
    with clock.at(TODAY - timedelta(days=200)):
        silent = world.action(TODAY + timedelta(days=100), recommendation=recommendation)
        overdue = world.action(TODAY - timedelta(days=30), world.health, recommendation=recommendation)
        world.action(TODAY - timedelta(days=60), recommendation=recommendation)
    with clock.at(TODAY - timedelta(days=10)):
        world.progress(
            overdue, narrative="Half of \U0001f600 \x0b<staff> & volunteers trained.\nMore to come."
        )
    actions = [silent, overdue]
    for due_on in (None, TODAY, TODAY + timedelta(days=14), TODAY + timedelta(days=15)):
        actions.append(world.action(due_on, recommendation=recommendation))
    world.progress(actions[-1], "cannot_be_done", "There is no money.")
    returned = world.decision(world.action(TODAY + timedelta(days=40)), accepted=False)
    accepted = world.decision(world.action(TODAY - timedelta(days=1), recommendation=recommendation))
    submitted = world.action(TODAY + timedelta(days=50), recommendation=recommendation)
    world.submission(submitted)
    held = world.action(TODAY - timedelta(days=5), recommendation=recommendation)
    set_standing(world.as_viewer(world.manager), held, "on_hold", "An inquest.")
    extended = world.action(TODAY + timedelta(days=20), recommendation=recommendation)
    for days in (30, 40):
        change_due_date(world.as_viewer(world.chair), extended, TODAY + timedelta(days=days), "Trainer ill.")
        extended = Action.get_by_id(extended.id)
    ask_extension(world.as_viewer(world.police_lead), extended, TODAY + timedelta(days=90), "More time.")
    manager = world.as_viewer(world.manager)
    answer_recommendation(manager, recommendation, world.police, "partly", "Not for volunteers.")
    answer_recommendation(manager, recommendation, world.health, "accepted")
    kept = measure(world, open_review, recommendation, owner_id=world.manager.id)
    readings(world, kept, y2008="19.2", y2009="15.1")
    return [*actions, returned, accepted, submitted, held, extended]


def rows_of_exceptions(made: Report) -> list[list[str]]:
    [section] = [each for each in made.sections if each.heading == "Exceptions"]
    table: Any = section.blocks[-1]
    return [
        [row.heading] if hasattr(row, "heading") else [getattr(c, "text", c) for c in row]
        for row in table.rows
    ]
