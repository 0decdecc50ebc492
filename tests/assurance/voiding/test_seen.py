"""What its agency has opened is marked or corrected with a reason alone; reading binds it to nothing."""

from collections.abc import Callable
from datetime import date
from typing import Any

import pytest

from kscb_actions.access.policy import Refused
from kscb_actions.actions.models import Action
from kscb_actions.actions.owners.service import share
from kscb_actions.assurance.challenges.service import Subject, raise_challenge
from kscb_actions.assurance.correcting.service import correct_date
from kscb_actions.assurance.voiding.agency import correct_agency
from kscb_actions.assurance.voiding.challenge import void_challenge
from kscb_actions.assurance.voiding.queries import events_about
from kscb_actions.assurance.voiding.seen import SEEN
from kscb_actions.assurance.voiding.service import void
from kscb_actions.text import InvalidInput

from ...factories import World
from ...pages import Visitor
from ...reading import see

DUE, RIGHT = date(2016, 6, 1), date(2016, 5, 1)
Visit = Callable[[Any], Visitor]
FROM = {
    "action": lambda action: action,
    "recommendation": lambda action: action.recommendation,
    "review": lambda action: action.review,
}


def address(action: Action) -> str:
    return f"/reviews/{action.review.reference}/actions/{action.number}"


@pytest.mark.parametrize("kind", FROM)
@pytest.mark.parametrize("way", ["page", "news"])
def test_once_its_lead_has_opened_it_a_reason_is_needed(
    world: World, sign_in: Callable, kind: str, way: str
) -> None:
    action = world.action(DUE)
    row = FROM[kind](action)
    for other in (world.chair, world.manager, world.health_lead, world.reader):
        see(sign_in(other), address(action))
    assert SEEN not in events_about(row)
    assert see(sign_in(world.police_lead), address(action) if way == "page" else "/new").status == 200
    assert SEEN in events_about(row)
    with pytest.raises(InvalidInput, match="somebody has acted on it"):
        void(world.manager.viewer, row, "", row.version)
    page = see(sign_in(world.manager), address(action) + "/recorded-in-error")
    assert kind != "action" or "Its agency has opened it, or seen the news of it." in page.text
    assert void(world.manager.viewer, row, "A double.", row.version)


def test_what_nobody_has_opened_is_marked_without_a_reason(world: World, sign_in: Callable) -> None:
    action, other = world.action(DUE), world.action(DUE)
    see(sign_in(world.police_lead), address(other))
    assert void(world.manager.viewer, action, "", action.version).standing == "void"


def test_a_joint_owner_who_opened_it_counts_until_it_shares_it_no_more(
    world: World, sign_in: Callable
) -> None:
    action = world.action(DUE)
    joint = share(world.manager.viewer, action, world.health, world.health_lead)
    see(sign_in(world.health_lead), address(action))
    assert SEEN in events_about(action) and joint.ended_at is None


def test_a_date_is_then_an_entry_error_and_the_agency_can_still_be_put_right(
    world: World, sign_in: Callable
) -> None:
    action = world.action(DUE)
    see(sign_in(world.police_lead), address(action))
    with pytest.raises(InvalidInput):
        correct_date(world.manager.viewer, action, "current_due_on", RIGHT, "", action.version)
    action = Action.get_by_id(action.id)
    assert correct_agency(world.manager.viewer, action, world.health, world.health_lead, action.version)


def test_a_challenge_that_was_opened_is_the_managers_to_mark(world: World, sign_in: Callable) -> None:
    chair = world.second_chair
    made = [
        raise_challenge(chair.viewer, Subject(world.police), "lead", "Why?", DUE, "https://board.example")
        for _ in range(2)
    ]
    assert void_challenge(chair.viewer, made[0], "", made[0].version).is_void
    see(sign_in(world.police_lead), f"/challenges/{made[1].id}")
    with pytest.raises(Refused, match="the board manager marks it"):
        void_challenge(chair.viewer, made[1], "", made[1].version)
    assert void_challenge(world.manager.viewer, made[1], "A double.", made[1].version).is_void
