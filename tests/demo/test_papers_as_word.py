"""Every kind of paper of the demonstration as a Word file: as the standard and as its readers want it."""

import io
from collections.abc import Callable, Iterator
from datetime import date
from functools import partial
from typing import Any

import docx
import pytest

from kscb_actions import clock
from kscb_actions.access.policy import Role, Viewer
from kscb_actions.assurance.challenges.models import Challenge
from kscb_actions.assurance.challenges.queries import list_steps
from kscb_actions.child_deaths.cases.papers import build_papers
from kscb_actions.child_deaths.meetings.models import PanelMeeting
from kscb_actions.commands.report import COMMAND_LINE
from kscb_actions.figures.annual.models import FrozenYear
from kscb_actions.figures.annual.report import build_annual
from kscb_actions.figures.annual.service import annual_of
from kscb_actions.people.models import User
from kscb_actions.plans_in.exporting.service import plan_lines
from kscb_actions.plans_in.headings import Part
from kscb_actions.reports.challenge_letter import challenge_letter
from kscb_actions.reports.content import Report, Table, rows_read
from kscb_actions.reports.freezing.minutes import build_minutes
from kscb_actions.reports.freezing.models import MeetingPaper
from kscb_actions.reports.kept.serialisation import read_content
from kscb_actions.reports.papers import PAPERS
from kscb_actions.reports.plan_table import plan_table
from kscb_actions.reports.progress.appendices import Appendix
from kscb_actions.reports.progress.report import build_progress
from kscb_actions.reports.progress.scope import ReportingYear, ReportRequest
from kscb_actions.reports.word.file import word_file
from kscb_actions.reviews.models import Review
from kscb_actions.settings.queries import get_board

from ..demonstration import Demonstration
from ..reports.schema import against_the_readers, against_the_standard


def progress(**asked: object) -> Report:
    choice = ReportRequest(**{"appendices": tuple(Appendix), **asked})  # type: ignore[arg-type]
    return build_progress(COMMAND_LINE, get_board(), choice, clock.today())


def letter() -> Report:
    challenge = Challenge.select().order_by(Challenge.id).get()
    return challenge_letter(get_board(), challenge, list_steps(challenge), clock.today())


def coordinator() -> Viewer:
    person = User.get(User.email == "cdop.coordinator@kscb.example")
    return Viewer(id=person.id, name=person.name, roles=frozenset({Role.CDOP_COORDINATOR}))


def manager() -> Viewer:
    return User.get(User.email == "board.manager@kscb.example").viewer


ASKED: dict[str, Any] = {
    "agency": "POL",
    "review": "SCR-2009-01",
    "year": ReportingYear("2011-12", date(2011, 4, 1), date(2012, 3, 31)),
}


def of_kind(kind: str) -> Report:
    """Return a kind of paper that people choose, with all that it can be asked for."""
    paper = PAPERS[kind]
    asked = {name: ASKED[name] for name in paper.needs}
    if kind == "learning":
        asked["review"] = Review.select().where(~Review.is_restricted, Review.summary != "").get().reference
    appendices = tuple(each.value for each in Appendix) if "appendices" in paper.takes else ()
    if paper.is_for_agency:
        # Stages and clocks are the Board's own.
        appendices = tuple(each for each in appendices if each != Appendix.STAGES)
    choice = ReportRequest(**asked, appendices=appendices)
    return paper.make(manager(), get_board(), choice, clock.today())


def plan(has_layout: bool) -> Report:
    """Return a review's plan as it goes out to come in again, in our layout or in one that a board had."""
    review = Review.get(Review.reference == "SCR-2009-01")
    layout = (("Ref", Part.NUMBER), ("What was recommended", Part.RECOMMENDATION), ("Do", Part.ACTION))
    lines = plan_lines(manager(), review)
    return plan_table(get_board(), review, lines, layout if has_layout else (), clock.today())


def frozen() -> Report:
    """Return the paper of a meeting that was held, as it was frozen."""
    row = MeetingPaper.select().order_by(MeetingPaper.id).first()
    return read_content(row.paper.content, row.paper.version)


def minutes() -> Report:
    """Return the minutes of a meeting that was held."""
    row = MeetingPaper.select().order_by(MeetingPaper.id).first()
    return build_minutes(manager(), get_board(), row.meeting)


KINDS: dict[str, Callable[[], Report]] = {
    "subgroup": lambda: progress(appendices=()),
    "appendices": progress,
    "agency": lambda: progress(agency="POL"),
    "review": lambda: progress(review="SCR-2009-01"),
    "public": lambda: progress(publication=True),
    "letter": letter,
    "annual": lambda: build_annual(annual_of(get_board(), FrozenYear.get(FrozenYear.year == "2011-12"))),
    **{f"paper-{kind}": partial(of_kind, kind) for kind in PAPERS},
    "plan to come in again": lambda: plan(has_layout=False),
    "plan in its own layout": lambda: plan(has_layout=True),
    "frozen for a meeting": frozen,
    "minutes": minutes,
    "panel": lambda: build_papers(coordinator(), get_board(), PanelMeeting.get(), clock.today()),
}


@pytest.mark.parametrize("kind", KINDS)
def test_each_kind_is_as_the_standard_and_as_its_readers_want_it_and_says_what_it_is_given(
    loaded: Demonstration, kind: str
) -> None:
    report = rows_read(KINDS[kind]())
    data = word_file(report)
    assert against_the_standard(data) == []
    assert against_the_readers(data) == []
    document = docx.Document(io.BytesIO(data))
    headings = [p.text for p in document.paragraphs if p.style.name.startswith("Heading")]
    assert [each.heading for each in report.sections if each.heading not in headings] == []
    written = sum(len(table.rows) for table in document.tables)
    assert written >= sum(1 for _ in rows_of(report))


def rows_of(report: Report) -> Iterator[object]:
    for section in report.sections:
        for block in section.blocks:
            if isinstance(block, Table):
                yield from block.rows
