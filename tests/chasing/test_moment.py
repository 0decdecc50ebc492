"""What many digests have in common is counted once in a run, and again in the next."""

from datetime import timedelta

from kscb_actions.access.policy import Role
from kscb_actions.chasing.actions.provider import OPEN_ACTIONS
from kscb_actions.chasing.moment import once, one_moment
from kscb_actions.chasing.service import chase

from ..factories import TODAY, World
from ..queries import counted

URL = "https://tracker.example"


def test_inside_a_moment_a_thing_is_read_once_and_outside_each_time() -> None:
    read: list[int] = []

    def more() -> int:
        read.append(1)
        return len(read)

    assert (once("a", more), once("a", more)) == (1, 2)
    with one_moment():
        assert (once("a", more), once("a", more), once("b", more)) == (3, 3, 4)
    assert once("a", more) == 5


def test_neither_people_nor_their_agencies_cost_a_count_of_their_own(world: World) -> None:
    agencies = (world.police, world.police, world.health, world.health)
    leads = [
        world.person(f"lead-{at}", Role.AGENCY_LEAD, agency=agency) for at, agency in enumerate(agencies)
    ]
    for lead in leads:
        world.action(TODAY, lead.agency, lead)
    few = chase(OPEN_ACTIONS, TODAY, URL, dry_run=True)
    assert len(few.messages) == 4
    with counted() as queries:
        chase(OPEN_ACTIONS, TODAY, URL, dry_run=True)
    counts = [each for each in queries.queries if "COUNT" in each and '"action"' in each]
    assert sum("GROUP BY" not in each for each in counts) == 0
    assert sum("CROSS JOIN" in each for each in counts) == 1
    world.submission(world.action(due_on=TODAY + timedelta(days=300)))
    bodies = {each.to: each.body for each in chase(OPEN_ACTIONS, TODAY, URL, dry_run=True).messages}
    assert "1 action waits for the Board" in bodies[leads[0].email]
    assert "for the Board" not in bodies[leads[2].email]
