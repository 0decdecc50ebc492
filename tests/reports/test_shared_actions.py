"""A paper on one agency shows what it shares, marked, and counts of it nothing: who leads it does."""

from datetime import date, timedelta

import pytest

from kscb_actions import clock
from kscb_actions.actions.models import Action, JointOwner
from kscb_actions.actions.owners.service import share, stop_sharing
from kscb_actions.assurance.voiding.service import void
from kscb_actions.reports.progress.attached.shared import HEADING

from ..factories import TODAY, World
from .faces import rows_of, told
from .stories import actions_in, everything, report

JANUARY, FEBRUARY = date(2012, 1, 10), date(2012, 2, 10)


@pytest.fixture
def shared(world: World) -> Action:
    """Return an action of the police, late and since February shared by health, which leads another."""
    with clock.at(JANUARY):
        action = world.action(TODAY - timedelta(days=20), text="Share the herons.")
        world.action(TODAY + timedelta(days=40), world.health, recommendation=action.recommendation)
    with clock.at(FEBRUARY):
        share(world.as_viewer(world.manager), action, world.health, world.health_lead)
    return Action.get_by_id(action.id)


def sections(world: World, **choice: object) -> list[str]:
    return [section.heading for section in report(world.chair, **choice).sections]


def test_it_is_shown_and_marked_and_counted_for_who_leads_it(world: World, shared: Action) -> None:
    paper = report(world.chair, agency="NHSK")
    (row,) = rows_of(paper, HEADING)
    assert row[0] == shared.reference and "Shared, led by Kent Police" in repr(row[2])
    assert "Red: overdue by 20 days" in repr(row)
    assert [each[0] for each in actions_in(paper) if "/A" in str(each[0])] == [
        f"{shared.review.reference}/A2"
    ]
    # The first page and every table say of health what they would without it.
    said = told(paper)
    place = said.index(HEADING)
    stop_sharing(world.as_viewer(world.manager), JointOwner.get(), "Not any more.")
    without = told(report(world.chair, agency="NHSK"))
    # Which sections an appendix has, it says itself.
    assert [repr(part).replace(f" and “{HEADING}”", "") for part in said[:place] + said[place + 3 :]] == [
        repr(part) for part in without
    ]
    assert shared.reference in repr(actions_in(report(world.chair, agency="KPOL")))


def test_as_at_a_past_day_it_is_shown_where_it_was_shared_then(world: World, shared: Action) -> None:
    assert HEADING not in sections(world, agency="NHSK", as_at=FEBRUARY - timedelta(days=1))
    assert HEADING in sections(world, agency="NHSK", as_at=FEBRUARY)
    with clock.at(TODAY - timedelta(days=3)):
        stop_sharing(world.as_viewer(world.manager), JointOwner.get(), "Not any more.")
    assert HEADING in sections(world, agency="NHSK", as_at=FEBRUARY)
    assert HEADING not in sections(world, agency="NHSK")


def test_of_all_agencies_or_of_who_leads_it_there_is_no_such_part(world: World, shared: Action) -> None:
    assert HEADING not in sections(world) + sections(world, agency="KPOL") + sections(world, agency="KPRO")


def test_what_is_void_or_said_for_the_board_alone_is_not_in_it(world: World, shared: Action) -> None:
    world.progress(shared, narrative="The herons are late.")
    assert "The herons are late." in everything(world.chair, agency="NHSK")
    row = Action.get_by_id(shared.id)
    void(world.as_viewer(world.manager), row, "A double.", row.version)
    assert "herons" not in everything(world.chair, agency="NHSK")
