"""Nobody is called silent while a review is on hold, nor for the time of the hold after it is lifted."""

from datetime import date, timedelta

import pytest

from kscb_actions import clock, database
from kscb_actions.access.policy import SYSTEM
from kscb_actions.actions.extensions import decide_extension, open_request
from kscb_actions.actions.listing import list_actions
from kscb_actions.actions.models import Action, facts_of
from kscb_actions.actions.moves import moves_of
from kscb_actions.actions.narrowing import Filter
from kscb_actions.actions.rating import rate
from kscb_actions.reports.progress.past import facts_of_row
from kscb_actions.reports.progress.queries import list_actions as list_of_paper
from kscb_actions.reports.progress.scope import ReportRequest, scope_of
from kscb_actions.reviews.models import Review
from kscb_actions.reviews.service import set_hold
from kscb_actions.settings.rules import Board, Thresholds

from ..factories import TODAY, World
from .stories import ask_for_more_time

FIRST = TODAY
# {day: the kind of hold that began on it; "" where the hold was lifted}
HOLDS = {40: "inquest", 50: "criminal_proceedings", 100: "", 250: "inquest", 255: ""}
# {day: for how long the agency has been silent; None while nobody is called silent}
SILENT = {39: 39, 40: None, 60: None, 99: None, 100: 0, 101: 1, 189: 89, 190: 90, 249: 149, 250: None}
SILENT |= {255: 0, 344: 89, 345: 90}
# On the last of these days a request that had waited for eight days was decided.
ASKED, DECIDED = 292, 300


def day_of(number: int) -> date:
    return FIRST + timedelta(days=number)


@pytest.fixture
def held(world: World) -> tuple[Action, Action, Action]:
    """Return an action of a review that is held twice, one there with a request, and one elsewhere."""
    with clock.at(FIRST):
        far = day_of(900)
        action, other = world.action(far), world.action(far)
        asking = world.action(far, recommendation=action.recommendation)
    for number in sorted({*HOLDS, ASKED, DECIDED}):
        with clock.at(day_of(number)):
            if number in HOLDS:
                review = Review.get_by_id(action.review_id)
                set_hold(world.manager.viewer, review, HOLDS[number], "The coroner sits in June.")
            elif number == ASKED:
                ask_for_more_time(world, asking, day_of(950))
            else:
                request = open_request(asking)
                assert request is not None
                decide_extension(world.second_chair.viewer, request, False, "So be it.")
    return action, asking, other


def test_silence_begins_anew_when_a_hold_is_lifted_on_every_past_day_and_today(
    world: World, held: tuple[Action, Action, Action]
) -> None:
    action, asking, other = held
    for number, silent in SILENT.items():
        day = day_of(number)
        with database.reading():
            request = ReportRequest(as_at=day)
            scope = scope_of(world.reader.viewer, Board(), request, day_of(400))
            facts = {row["id"]: facts_of_row(row) for row in list_of_paper(scope)}
        is_silent = silent is not None and silent >= 90
        rating = rate(facts[action.id], day, Thresholds())
        assert (rating.code == "silent") == is_silent, number
        assert facts[action.id].is_held == (silent is None), number
        if silent is not None:
            assert (day - facts[action.id].silent_since).days == silent, number
        assert (day - facts[other.id].silent_since).days == number
    with clock.at(day_of(350)):
        page = list_actions(SYSTEM, Filter(silent=True), day_of(350), Thresholds())
        moves = moves_of([asking.id])[asking.id]
        assert {row.action.id for row in page.rows} == {action.id, other.id}
    assert facts_of(asking, moves).silent_since == day_of(255 + DECIDED - ASKED)


def test_while_a_hold_lasts_the_list_of_the_silent_leaves_its_actions_out(
    world: World, held: tuple[Action, Action, Action]
) -> None:
    *_, other = held
    with clock.at(day_of(360)):
        set_hold(world.manager.viewer, Review.get_by_id(held[0].review_id), "inquest", "A second one.")
        page = list_actions(SYSTEM, Filter(silent=True), day_of(600), Thresholds())
    assert {row.action.id for row in page.rows} == {other.id}
