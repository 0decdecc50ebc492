"""A member's calendar has the panel meetings at which they sit: the day and an address, no case."""

from datetime import timedelta

from kscb_actions import clock
from kscb_actions.child_deaths.meetings.calendar import panels_to_come
from kscb_actions.child_deaths.meetings.models import PanelMeeting
from kscb_actions.database import writing

from ...factories import TODAY, World
from ...factories_deaths import Panel
from ...queries import counted


def test_a_member_finds_the_meetings_to_come_at_which_they_sit(world: World) -> None:
    panel = Panel(world)
    meeting = panel.meeting(cases=[panel.death()])
    member, keeper = panel.member, panel.coordinator
    with counted() as queries:
        (entry,) = panels_to_come(member, TODAY)
    assert (entry.on, entry.summary) == (meeting.held_on, "Panel meeting")
    assert entry.path == f"/panels/{meeting.id}"
    assert entry.changed_on == clock.today() and int(queries) == 1
    assert list(panels_to_come(keeper, TODAY)) == [], "without a seat they have no day to keep"
    assert list(panels_to_come(world.police_lead.viewer, TODAY)) == []
    with writing(PanelMeeting):
        PanelMeeting.update(held_on=meeting.held_on + timedelta(days=7)).execute()
    (moved,) = panels_to_come(member, TODAY)
    assert (moved.key, moved.on) == (entry.key, meeting.held_on + timedelta(days=7))
    assert list(panels_to_come(member, moved.on + timedelta(days=1))) == [], "it is over"
