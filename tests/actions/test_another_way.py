"""What its agency says cannot be done waits for the Board, which decides on its page what takes its place."""

from collections.abc import Callable
from datetime import date, timedelta

import pytest
from flask.testing import FlaskClient

from kscb_actions import clock
from kscb_actions.access.policy import SYSTEM, Refused
from kscb_actions.actions.another_way.models import AnotherWay
from kscb_actions.actions.another_way.service import decide_impossible
from kscb_actions.actions.listing import list_actions
from kscb_actions.actions.models import Action
from kscb_actions.actions.narrowing import Filter
from kscb_actions.actions.queries import count_waits
from kscb_actions.assurance.voiding.entries.service import void_entry
from kscb_actions.chasing.actions.provider import OPEN_ACTIONS
from kscb_actions.chasing.news.models import News
from kscb_actions.chasing.service import chase
from kscb_actions.settings.rules import Thresholds
from kscb_actions.text import InvalidInput

from ..factories import TODAY, World
from ..reading import see, send
from ..reports.faces import rows_of
from ..reports.stories import actions_in, everything, report

SAID = TODAY - timedelta(days=198)
DUE = TODAY - timedelta(days=40)


@pytest.fixture
def stuck(world: World) -> Action:
    """Return an action of which its agency said long ago that it cannot be done."""
    with clock.at(SAID):
        action = world.action(DUE)
        world.progress(action, "cannot_be_done", "The law does not let us.")
    return Action.get_by_id(action.id)


def address(action: Action, last: str = "") -> str:
    """Return the address of a page about the action."""
    return f"/reviews/{action.review.reference}/actions/{action.number}{last}"


def in_list(**narrow: object) -> int:
    """Return how many actions a list has."""
    return list_actions(SYSTEM, Filter(**narrow), TODAY, Thresholds()).total


def test_it_is_the_boards_turn_everywhere_and_no_agency_is_silent(
    world: World, stuck: Action, sign_in: Callable
) -> None:
    found = [in_list(turn=which) for which in ("board", "cannot_be_done", "agency")]
    assert (found, in_list(silent=True)) == ([1, 1, 0], 0)
    assert count_waits(SYSTEM, TODAY).words(TODAY) == "1 action waits for the Board, the oldest for 198 days"
    chair: FlaskClient = sign_in(world.second_chair)
    page = see(chair, address(stuck))
    assert (
        "Waits for the Board since 14 September 2011: 198 days. The Board has to decide what takes"
        in page.text
    )
    assert ("Decide what takes its place", address(stuck, "/cannot-be-done")) in page.links()
    first = see(chair, "/attention")
    assert "1 Waiting for the Board, oldest 198 days" in first.text
    assert ("1 Cannot be done, waiting for a decision", "/actions?turn=cannot_be_done") in first.links()
    paper = report(world.second_chair)
    (waiting,) = rows_of(paper, "Waiting for the Board, the longest first")
    assert waiting[3:] == [
        "Decide what takes its place, as its agency says that it cannot be done",
        "14 Sep 2011",
        "198",
    ]
    (*_, exception) = rows_of(paper, "Exceptions")
    assert "no update" not in str(exception).lower()
    told = everything(world.second_chair)
    assert "REPLACE 1 action that cannot be done" in told and "CHALLENGE" not in told


def test_it_goes_back_to_the_agency_with_the_reason_at_once(
    world: World, stuck: Action, sign_in: Callable, csrf_token: str
) -> None:
    chair, page = sign_in(world.second_chair), address(stuck, "/cannot-be-done")
    form = see(chair, page)
    assert form.h1 == "Decide what takes its place" and "The law does not let us." in form.text
    wrong = send(chair, page, csrf_token, version=form.value("version"))
    assert set(wrong.errors) == {"outcome", "reason"}
    fields = {"version": form.value("version"), "outcome": "another_way", "reason": "Ask the courts."}
    assert send(chair, page, csrf_token, **fields).location == address(stuck)
    shown = see(chair, address(stuck))
    assert "Police lead, of Kent Police, is told at once." in shown.text
    assert "The agency has the next move since 30 March 2012: to find another way." in shown.text
    assert "The Board asked on 30 March 2012 at midday for another way" in shown.text
    assert "Decide what takes its place" not in dict(shown.links())
    assert [each.kind for each in News.select().where(News.person == world.police_lead)][-1] == "another_way"
    lead = see(sign_in(world.police_lead), address(stuck))
    assert "Ask the courts." in lead.text
    # Decided once: the page of the decision leads back.
    assert see(chair, page).location == address(stuck)
    again = {**fields, "version": str(Action.get_by_id(stuck.id).version)}
    assert "This decision does not wait any more" in send(chair, page, csrf_token, **again).text


@pytest.mark.parametrize("outcome", ["superseded", "withdrawn"])
def test_the_chair_supersedes_or_withdraws_it_there(world: World, stuck: Action, outcome: str) -> None:
    decide_impossible(world.second_chair.viewer, stuck, outcome, "A law is needed.", stuck.version)
    now = Action.get_by_id(stuck.id)
    assert (now.standing, now.standing_reason) == (outcome, "A law is needed.")
    assert count_waits(SYSTEM, TODAY).count == 0


def test_a_manager_who_supersedes_is_led_to_the_action_that_takes_its_place(
    world: World, stuck: Action, sign_in: Callable, csrf_token: str
) -> None:
    fields = {"version": str(stuck.version), "outcome": "superseded", "reason": "Courts do it."}
    answer = send(sign_in(world.manager), address(stuck, "/cannot-be-done"), csrf_token, **fields)
    assert answer.location == f"/reviews/{stuck.review.reference}/recommendations/1/actions/new"


def test_the_turn_goes_to_and_fro_and_past_days_tell_it(world: World, stuck: Action) -> None:
    decide_impossible(world.second_chair.viewer, stuck, "another_way", "Ask the courts.")
    assert [in_list(turn=which) for which in ("board", "agency")] == [0, 1]
    with clock.at(TODAY + timedelta(days=5)):
        world.progress(Action.get_by_id(stuck.id), "cannot_be_done", "The courts say no.")
        assert count_waits(SYSTEM, clock.today()).since == TODAY + timedelta(days=5)
    with clock.at(TODAY + timedelta(days=9)):
        world.progress(Action.get_by_id(stuck.id), "in_progress", "They say yes.")
    with clock.at(TODAY + timedelta(days=20)):
        row = list_actions(SYSTEM, Filter(), clock.today(), Thresholds()).rows[0]
        assert row.turn_words.startswith("The agency has the next move since 8 April 2012")
        for day, told in ((-1, "Board’s turn since 14 Sep 2011"), (2, "Agency’s"), (6, "since 4 Apr 2012")):
            paper = report(world.second_chair, clock.today(), as_at=TODAY + timedelta(days=day))
            assert told in str(actions_in(paper)), day


def test_whoever_sent_it_back_is_chased_no_more_and_the_agency_is(world: World, stuck: Action) -> None:
    decide_impossible(world.second_chair.viewer, stuck, "another_way", "Ask the courts.")
    on = date(2012, 4, 3)
    with clock.at(on):
        (message,) = chase(OPEN_ACTIONS, on, "").messages
    assert message.to == world.police_lead.email


def test_nobody_decides_what_is_their_own_agencys_or_does_not_wait(world: World, stuck: Action) -> None:
    own = world.person("police-chair", *world.chair.role_set, agency=world.police)
    for who in (own, world.police_lead, world.subgroup_member, world.reader):
        with pytest.raises(Refused):
            decide_impossible(who.viewer, stuck, "another_way", "Ask.")
    with pytest.raises(Refused, match="does not wait"):
        decide_impossible(world.second_chair.viewer, world.action(), "withdrawn", "Why not.")
    with pytest.raises(InvalidInput):
        decide_impossible(world.second_chair.viewer, stuck, "on_hold", "")
    assert AnotherWay.select().count() == 0


def test_what_the_board_has_answered_is_not_recorded_in_error_afterwards(world: World, stuck: Action) -> None:
    decide_impossible(world.second_chair.viewer, stuck, "another_way", "Ask the courts.")
    update, now = stuck.updates.get(), Action.get_by_id(stuck.id)
    with pytest.raises(Refused, match="answered this update"):
        void_entry(world.manager.viewer, update, "A slip.", now.version)
