"""What is overdue, silent or waits for the Board has one number, wherever it is counted, on any board."""

import random
import re
from collections.abc import Callable
from datetime import timedelta

import pytest
from flask.testing import FlaskClient

from kscb_actions import clock
from kscb_actions.chasing.actions.provider import OPEN_ACTIONS
from kscb_actions.chasing.actions.rules import FOR_BOARD
from kscb_actions.chasing.service import chase
from kscb_actions.config import Settings
from kscb_actions.people.models import User
from kscb_actions.reviews.service import name_person

from ...actions.turn_stories import Story, live
from ...factories import TODAY, World
from ...keeping import Keeper
from ...long import amount
from ...reading import see
from ...same_numbers import disagreements, everywhere, in_list, number

SignIn = Callable[[User | None], FlaskClient]
DAYS = 130


def random_board(world: World, seed: int) -> None:
    """Fill the board with actions that have lived for months, some of them of a review for named people."""
    chance, first = random.Random(seed), TODAY - timedelta(days=DAYS)
    with clock.at(first):
        closed = world.review("RCA-2011-01", is_restricted=True)
        for user in (world.chair, world.second_chair, world.police_lead):
            name_person(world.as_viewer(world.manager), closed, user)
        recommendations = [world.recommendation(), world.recommendation(), world.recommendation(closed)]
        agencies = (world.police, world.health, world.probation)
        actions = [
            world.action(
                chance.choice([None, first + timedelta(days=chance.randrange(30, 2 * DAYS))]),
                agencies[place % 3] if recommendation.review != closed else world.police,
                recommendation=recommendation,
            )
            for place in range(4)
            for recommendation in recommendations
        ]
        stories = [Story(world, action, chance) for action in actions]
    # Now and then something happens, so that there is silence too.
    for begun in range(0, DAYS, 26):
        live(world, stories, first + timedelta(days=begun), 5, chance)


@pytest.mark.parametrize("seed", range(1, 1 + amount(1, 3)))
def test_every_place_has_the_same_number(
    world: World, settings: Settings, keeper: Keeper, sign_in: SignIn, csrf_token: str, seed: int
) -> None:
    keeper.board(f"random {seed}", world, settings, lambda: random_board(world, seed))
    for user in (world.chair, world.manager, world.reader):
        client = sign_in(user)
        counted = everywhere(client, user, csrf_token)
        assert {each.what for each in counted} >= {
            "overdue",
            "silent",
            "board",
            "check",
            "more_time",
            "to_replace",
            "oldest",
        }
        assert disagreements(client, counted) == {}, user.name
    # Something was counted of everything, and what is for named people made a difference.
    by_place = {(each.where, each.what): each.number for each in counted}
    assert by_place["first page", "board"] > 0 and by_place["first page", "overdue"] > 0


def test_what_waits_is_the_same_for_the_leads_in_their_pages_and_in_their_mail(
    world: World, settings: Settings, keeper: Keeper, sign_in: SignIn
) -> None:
    keeper.board("random 1", world, settings, lambda: random_board(world, 1))
    world.action(TODAY - timedelta(days=1)), world.action(TODAY - timedelta(days=1), world.health)
    run = chase(OPEN_ACTIONS, TODAY, "")
    told = {message.to: message.body for message in run.messages}
    assert {world.police_lead.email, world.health_lead.email} <= set(told)
    waiting = 0
    for lead in (world.police_lead, world.health_lead, world.probation_lead):
        client = sign_in(lead)
        page = see(client, "/my-actions")
        counts = re.findall(r"([\d,]+) actions? waits? for the Board", page.text)
        on_page = number(counts[0]) if counts else 0
        assert on_page == in_list(client, "/actions?turn=board")
        waiting += on_page
        mailed = re.search(r"([\d,]+) actions? waits? for the Board[^\n]*\n(/\S+)", told.get(lead.email, ""))
        if lead.email in told:
            assert (number(mailed[1]) if mailed else 0) == in_list(client, "/actions?turn=board&restricted=0")
        if mailed:
            assert number(mailed[1]) == in_list(client, mailed[2])
    assert waiting == in_list(sign_in(world.chair), "/actions?turn=board") > 0


def test_no_agency_is_reminded_or_challenged_for_what_waits_for_the_board(
    world: World, sign_in: SignIn, csrf_token: str
) -> None:
    random_board(world, 4)
    chair = sign_in(world.chair)
    waiting = {row["Reference"] for row in see(chair, "/actions?turn=board").rows("Actions")}
    items = [item for message in chase(OPEN_ACTIONS, TODAY, "").messages for item in message.items]
    chased = {item.waiting.label for item in items if item.waiting.kind not in FOR_BOARD}
    assert waiting and chased and not waiting & chased
    # Of what waits for the Board the Board is reminded, and nobody of the agency.
    assert waiting & {
        item.waiting.label for item in items if item.waiting.kind in ("submissions", "requests", "impossible")
    }
    page = see(chair, "/reports/progress?restricted=y&appendix=exceptions")
    overdue = "timeliness=overdue&turn=agency"
    (overdue,) = {address for words, address in page.links("app-report") if address.endswith(overdue)}
    theirs = {row["Reference"] for row in see(chair, overdue).rows("Actions")}
    assert theirs and not theirs & waiting
