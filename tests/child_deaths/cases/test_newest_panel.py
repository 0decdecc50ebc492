"""The list of cases shows the day of a case's newest panel, among those that a person sits on."""

from datetime import date

from kscb_actions import clock
from kscb_actions.access.policy import Role, Viewer
from kscb_actions.child_deaths.cases.queries import DeathFilter, list_deaths
from kscb_actions.child_deaths.meetings.models import PanelCase
from kscb_actions.database import writing

from ...factories import World
from ...factories_deaths import Panel

FIRST, SECOND = date(2012, 4, 12), date(2012, 5, 10)


def test_a_member_is_shown_no_day_of_a_panel_they_do_not_sit_on(world: World) -> None:
    panel = Panel(world)
    death = panel.death()
    other = world.person("other-member", Role.CDOP_MEMBER)
    panel.meeting(FIRST, cases=[death])
    second = panel.meeting(SECOND, members=[other])
    with writing(PanelCase):
        PanelCase.create(meeting=second, death=death, place=1)

    def day_for(viewer: Viewer) -> date | None:
        (row,) = list_deaths(viewer, DeathFilter()).rows
        return row.panel_on

    with clock.at(date(2012, 3, 30)):
        assert day_for(panel.member) == FIRST
        assert day_for(world.as_viewer(other)) == SECOND
        assert day_for(panel.coordinator) == SECOND
