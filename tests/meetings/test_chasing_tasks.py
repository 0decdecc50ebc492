"""A task that a meeting gave is chased until it is done: at whose it is, else at the managers."""

from datetime import date, timedelta

from kscb_actions import clock
from kscb_actions.actions.handover import switch_off
from kscb_actions.chasing.service import chase
from kscb_actions.mail.models import OutboxMessage
from kscb_actions.meetings.deciding.models import MeetingTaskChase
from kscb_actions.meetings.deciding.provider import OPEN_TASKS
from kscb_actions.meetings.deciding.service import Item, end_decision, record_decision, void_decision
from kscb_actions.people.absences.service import enter
from kscb_actions.reviews.service import name_person

from ..factories import TODAY, World
from .planned import a_body, a_decision

DAY = timedelta(days=1)


def reminded(day: date) -> set[str]:
    """Return who is written to by a run on a day."""
    before = {row.id for row in OutboxMessage.select(OutboxMessage.id)}
    with clock.at(day):
        chase(OPEN_TASKS, day, "https://tracker.example")
    return {row.to_user.email for row in OutboxMessage.select() if row.id not in before}


def test_a_task_is_chased_again_and_again_until_it_is_done(world: World) -> None:
    _, decision = a_decision(world, a_body(world))
    lead = world.police_lead.email
    due_on = decision.due_on
    assert reminded(due_on - 8 * DAY) == set()
    assert lead in reminded(due_on - 7 * DAY)
    assert reminded(due_on - 7 * DAY) == set()
    assert lead in reminded(due_on)
    told = [lead in reminded(due_on + week * 7 * DAY) for week in range(1, 20)]
    gaps = "".join("x" if each else "." for each in told).strip(".").split("x")
    assert sum(told) >= 3 and max(map(len, gaps)) < 5, told
    with clock.at(due_on + 150 * DAY):
        end_decision(world.police_lead.viewer, decision, "Written.")
    rows = MeetingTaskChase.select().count()
    assert reminded(due_on + 300 * DAY) == set() and MeetingTaskChase.select().count() == rows


def test_what_is_void_is_not_chased(world: World) -> None:
    _, decision = a_decision(world, a_body(world))
    void_decision(world.manager.viewer, decision, "Another meeting’s.")
    assert reminded(decision.due_on) == set()


def test_where_whose_it_is_has_left_or_is_away_the_managers_are_told(world: World) -> None:
    _, decision = a_decision(world, a_body(world))
    with clock.at(decision.due_on):
        other = world.person("other-lead", *world.police_lead.role_set, agency=world.police)
        enter(world.police_lead.viewer, world.police_lead, other, decision.due_on, decision.due_on + 3 * DAY)
    assert reminded(decision.due_on) == {world.manager.email}
    switch_off(world.manager.viewer, world.police_lead, None)
    later = [reminded(decision.due_on + days * DAY) for days in range(4, 60)]
    assert set().union(*later) == {world.manager.email}


def test_of_a_restricted_review_nobody_is_told_who_is_not_named_on_it(world: World) -> None:
    meeting, _ = a_decision(world, a_body(world))
    review = world.review("SCR-2012-09", is_restricted=True)
    due_on = TODAY + 21 * DAY
    item = Item(0, f"CHECK {review.reference}", (review.id,))
    decided = record_decision(
        world.manager.viewer, meeting, item, "Write to the court.", world.reader, due_on, ""
    )
    assert world.reader.email not in reminded(due_on)
    name_person(world.manager.viewer, review, world.reader)
    found = set().union(*(reminded(due_on + days * DAY) for days in range(1, 40)))
    assert world.reader.email in found
    assert decided.id in {row.decision_id for row in MeetingTaskChase.select()}
