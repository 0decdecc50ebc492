"""The difference made in papers: what was judged by their day, in whose, and none for the public."""

from datetime import date, timedelta

from kscb_actions import clock
from kscb_actions.access.policy import SYSTEM
from kscb_actions.audit.service import change
from kscb_actions.impact.service import take_judgement_back
from kscb_actions.people.models import User
from kscb_actions.reports.content import Paragraph, Report, Section, Table
from kscb_actions.reports.progress.appendices import Appendix
from kscb_actions.reports.progress.attached.impact import HEADING, WAITS
from kscb_actions.reports.progress.scope import ReportingYear

from ..factories import TODAY, World
from ..reports.stories import report
from ..reports.test_audiences import made
from .making import BACK_ON, came_back, judged, said

YEAR = ReportingYear("2011-12", date(2011, 4, 1), date(2012, 3, 31))


def section(paper: Report) -> Section | None:
    """Return the section; None without."""
    return next((each for each in paper.sections if each.heading == HEADING), None)


def rows(paper: Report, title: str) -> list[list[str]]:
    """Return the rows of a table of the section."""
    found = section(paper)
    tables = [each for each in found.blocks if isinstance(each, Table)] if found else []
    return [[str(cell) for cell in row] for each in tables if each.caption == title for row in each.rows]


def paper(by: User, **asked: object) -> Report:
    """Return the subgroup's paper with the appendix."""
    return report(by, appendices=(Appendix.IMPACT,), **asked)


def test_a_paper_has_what_was_judged_by_its_day_and_what_waits(world: World) -> None:
    assert section(paper(world.chair)) is None
    one, other = came_back(world), came_back(world)
    with clock.at(BACK_ON):
        said(world, one)
        judgement = judged(world, one, "none")
    [row] = rows(paper(world.chair), "What was judged")
    assert row[0].startswith("SCR-2011-01, recommendation 1\n")
    assert row[1:] == ["No difference\n15 March 2012", "Nothing changed.\nNew work: SCR-2011-01/A2"]
    [waiting] = rows(paper(world.chair), WAITS)
    assert (
        waiting[0] == f"{other.review.reference}, recommendation 1"
        and "asked what difference it made: 1; that have said it: 0." in waiting[1]
    )
    assert section(paper(world.chair, as_at=BACK_ON - timedelta(days=1))) is None
    assert section(paper(world.chair, publication=True)) is None
    with clock.at(TODAY + timedelta(days=1)):
        take_judgement_back(world.manager.viewer, judgement, "Wrong one.", 1)
    assert len(rows(paper(world.chair), "What was judged")) == 1
    assert rows(paper(world.chair, today=TODAY + timedelta(days=1)), "What was judged") == []


def test_an_agency_has_its_own_alone_and_nobody_a_restricted_one(world: World) -> None:
    one, hidden = came_back(world), came_back(world, review=world.review("SCR-2011-66"))
    for each in (one, hidden):
        said(world, each)
        judged(world, each)
    review = hidden.review
    review.is_restricted = True
    with change(SYSTEM) as tx:
        tx.update(review, "review.changed")
    asked = {"appendices": (Appendix.IMPACT,)}
    assert len(rows(made(world.police_lead, "agency", agency="KPOL", **asked), "What was judged")) == 1
    assert section(made(world.health_lead, "agency", agency="NHSK", **asked)) is None
    assert len(rows(paper(world.chair), "What was judged")) == 1


def test_the_years_section_has_the_figure(world: World) -> None:
    assert section(made(world.chair, "annual", year=YEAR)) is None
    for outcome in ("partly", "none"):
        judged(world, came_back(world), outcome)
    found = section(made(world.chair, "annual", year=YEAR))
    assert found is not None and isinstance(found.blocks[0], Paragraph) and TODAY <= YEAR.last
    assert "2 judged: partly made a difference 1; no difference 1 in 2011-12." in repr(found.blocks[0])
