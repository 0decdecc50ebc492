"""A row of an action says that a challenge about it is open, to who may see it, with one query for a page."""

from collections.abc import Callable
from datetime import date

import pytest

from kscb_actions.actions.models import Action
from kscb_actions.actions.owners.service import share
from kscb_actions.assurance.challenges.models import Challenge
from kscb_actions.assurance.challenges.queries import open_challenges_of
from kscb_actions.people.models import User

from ...factories import TODAY, World
from ...pages import Visitor
from ...queries import counted
from .asking import answered, closed, kept, raised

Visit = Callable[[User | None], Visitor]
WORDS = f"Challenge C1 open since {TODAY.day} Mar 2012"


@pytest.fixture
def challenged(world: World) -> Action:
    """Return an action with an open challenge, beside another without one."""
    action = world.action(date(2012, 3, 1))
    world.action(date(2012, 3, 2), recommendation=action.recommendation)
    raised(world, action)
    return action


@pytest.mark.parametrize(
    ("who", "places"),
    [
        ("chair", ("/actions", "review")),
        ("reader", ("/actions", "review")),
        ("police_lead", ("/actions", "/my-actions", "review")),
    ],
)
def test_the_rows_link_to_it(
    world: World, challenged: Action, visit: Visit, who: str, places: tuple[str, ...]
) -> None:
    visitor = visit(getattr(world, who))
    addresses = [f"/reviews/{challenged.review.reference}" if each == "review" else each for each in places]
    for address in addresses:
        page = visitor.get(address)
        assert page.text.count(WORDS) == 1 and "/challenges/1" in page.links(), address
    answered(world, kept(Challenge.get()))
    assert all(visitor.get(address).text.count(WORDS) == 1 for address in addresses)
    closed(world, kept(Challenge.get()))
    assert not [address for address in addresses if "open since" in visitor.get(address).text]


def test_who_shares_an_action_and_sees_no_challenge_of_it_is_not_told(
    world: World, challenged: Action, visit: Visit
) -> None:
    share(world.as_viewer(world.manager), challenged, world.health, world.health_lead)
    page = visit(world.health_lead).get("/actions")
    assert challenged.reference in page.text and "open since" not in page.text
    member = world.as_viewer(world.cdop_member)
    with counted() as queries:
        assert open_challenges_of(member, [challenged.id]) == {}
    assert int(queries) == 0
