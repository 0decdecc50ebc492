"""Recommendations that have come back are chased: at their agencies, then at who judges."""

from datetime import date, timedelta
from itertools import pairwise

from kscb_actions import clock
from kscb_actions.access.policy import SYSTEM
from kscb_actions.audit.service import change
from kscb_actions.chasing.service import ChaseRun, chase
from kscb_actions.impact.models import ImpactChase
from kscb_actions.impact.provider import RECOMMENDATIONS_BACK
from kscb_actions.impact.waiting import IMPACT
from kscb_actions.reviews.models import NamedPerson, Review
from kscb_actions.reviews.service import set_hold

from ..factories import TODAY, World
from .making import BACK_ON, came_back, judged, said

URL = "https://board.example"


def run(on: date) -> ChaseRun:
    """Chase on a day."""
    return chase(RECOMMENDATIONS_BACK, on, URL)


def told(on: date) -> set[str]:
    """Return who is told on a day, without the board of the address."""
    return {each.to.split("@")[0] for each in run(on).messages}


def test_each_silent_agency_is_asked_by_reference_and_link_once_a_stage(world: World) -> None:
    recommendation = came_back(world, world.police, world.health)
    found = run(BACK_ON).messages
    assert {each.to for each in found} == {"police-lead@board.example", "health-lead@board.example"}
    assert found[0].subject == (
        "1 recommendation has come back: what difference did it make (SCR-2011-01, recommendation 1)"
    )
    assert f"{URL}/reviews/SCR-2011-01/recommendations/1/impact" in found[0].body
    assert "Share what is known" not in found[0].body
    assert run(BACK_ON).messages == ()
    assert ImpactChase.get().recommendation_id == recommendation.id


def test_it_climbs_until_it_is_said_then_until_it_is_judged(world: World) -> None:
    recommendation = came_back(world)
    days = [BACK_ON + timedelta(days=days) for days in range(-20, 150)]
    asked = [day for day in days if run(day).messages]
    gaps = [(later - earlier).days for earlier, later in pairwise(asked)]
    assert asked[0] >= BACK_ON - timedelta(days=30) and max(gaps) <= IMPACT.first.longest_silence
    with clock.at(days[-1]):
        said(world, recommendation)
    ready = {name for number in range(60) for name in told(days[-1] + timedelta(days=number))}
    assert {"manager", "subgroup-member", "second-chair", "chair"} <= ready and "police-lead" not in ready
    with clock.at(days[-1] + timedelta(days=60)):
        judged(world, recommendation)
    assert not [day for day in range(60, 160) if run(days[-1] + timedelta(days=day)).messages]


def test_of_a_restricted_review_only_who_is_named_is_told(world: World) -> None:
    review = came_back(world).review
    review.is_restricted = True
    with change(SYSTEM) as tx:
        tx.update(review, "review.changed")
        tx.add(NamedPerson(review=review, user=world.manager), "review.person-named")
    assert told(TODAY) == {"manager"}


def test_without_a_lead_the_managers_are_told(world: World) -> None:
    came_back(world)
    with change(SYSTEM) as tx:
        world.police_lead.is_active = False
        tx.update(world.police_lead, "person.changed")
    assert told(BACK_ON) == {"manager"}


def test_while_its_review_is_on_hold_nobody_is_asked(world: World) -> None:
    review = came_back(world).review
    manager = world.manager.viewer
    set_hold(manager, review, "inquest", "The coroner sits in June.")
    assert run(BACK_ON).messages == ()
    set_hold(manager, Review.get_by_id(review.id), "", "The inquest has ended.")
    assert told(BACK_ON) == {"police-lead"}
