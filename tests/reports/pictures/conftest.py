"""A board on which there is something of everything, and its pictures."""

from datetime import date, timedelta

import pytest

from kscb_actions import clock
from kscb_actions.access.policy import Role
from kscb_actions.actions.extensions import ask_extension
from kscb_actions.actions.owners.service import share
from kscb_actions.assurance.challenges.service import Subject, raise_challenge
from kscb_actions.config import Settings
from kscb_actions.database import writing
from kscb_actions.people.models import User
from kscb_actions.reviews.models import NamedPerson, Review

from ...factories import TODAY, World
from ...keeping import Keeper

MONDAY = date(2012, 4, 2)
URL = "https://tracker.example"


@pytest.fixture
def board(world: World, pictures: None, settings: Settings, keeper: Keeper) -> World:
    """Return the small board with actions in many states, one shared, and a restricted review."""
    keeper.board("pictures", world, settings, lambda: fill(world))
    return world


def fill(world: World) -> None:
    """Record what the pictures count."""
    with clock.at(date(2012, 1, 20)):
        late = world.action(due_on=date(2012, 2, 10))
        world.action(due_on=date(2012, 4, 6))
        world.decision(world.action(due_on=date(2012, 6, 1)), accepted=False)
        shared = world.action(due_on=date(2012, 3, 1), agency=world.health)
        world.submission(world.action(due_on=date(2012, 6, 1), agency=world.health))
        asked = world.action(due_on=date(2012, 6, 1))
        hidden = [world.action(due_on=date(2012, 2, 1)) for _ in range(2)]
    with clock.at(date(2012, 3, 15)):
        world.decision(world.action(due_on=date(2012, 6, 1)))
        soon = TODAY - timedelta(days=3)
        raise_challenge(world.chair.viewer, Subject(world.police, action=late), "lead", "Why?", soon, "")
        later = TODAY + timedelta(days=90)
        ask_extension(world.police_lead.viewer, asked, later, "Training is late.")
        share(world.manager.viewer, shared, world.police)
    with writing():
        Review.update(is_restricted=True).where(Review.id.in_([each.review_id for each in hidden])).execute()
        NamedPerson.create(review=hidden[0].review_id, user=world.police_lead)
        NamedPerson.create(review=hidden[1].review_id, user=world.police_member)
        NamedPerson.create(review=hidden[1].review_id, user=world.manager)


@pytest.fixture
def second_lead(board: World) -> User:
    """Return another lead of the police, who is named on nothing."""
    return board.person("second-police-lead", Role.AGENCY_LEAD, agency=board.police)
