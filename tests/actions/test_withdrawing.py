"""A recommendation is withdrawn with a reason once none of its actions is open, and can be brought back."""

import json
from collections.abc import Callable
from dataclasses import replace
from datetime import date

import pytest

from kscb_actions import clock
from kscb_actions.access.policy import Refused
from kscb_actions.actions.models import Action
from kscb_actions.actions.rules import Standing, why_not_standing
from kscb_actions.actions.service import (
    add_actions,
    bring_back_recommendation,
    list_unfinished,
    set_standing,
    withdraw_recommendation,
)
from kscb_actions.audit.models import AuditEvent
from kscb_actions.audit.service import StaleEdit
from kscb_actions.reviews.models import AgencyResponse, Recommendation
from kscb_actions.reviews.recommendations import answer_recommendation, edit_recommendation
from kscb_actions.reviews.rules import RecommendationFacts
from kscb_actions.text import InvalidInput
from tests.trail import states_at

from ..factories import TODAY, World
from .changing import LONG, TEXT, fresh, now, told
from .test_conditions import FACTS

WHY = "The inspection asks for more."


def kept(recommendation: Recommendation) -> Recommendation:
    """Return the recommendation as it is in the database."""
    return Recommendation.get_by_id(recommendation.id)


def withdrawn(world: World) -> Recommendation:
    """Return a recommendation that is withdrawn, without any action."""
    return withdraw_recommendation(world.as_viewer(world.manager), world.recommendation(), WHY, 1)


def stop(world: World, action: Action, standing: str) -> None:
    set_standing(world.as_viewer(world.manager), fresh(action), standing, "Not needed.")


def test_it_is_withdrawn_today_with_its_reason_and_brought_back(world: World) -> None:
    manager, recommendation, since = world.as_viewer(world.manager), world.recommendation(), now()
    with clock.at(date(2012, 2, 1)):
        withdraw_recommendation(manager, recommendation, " Over\x00taken.\r\nBy more. ", 1)
    row = kept(recommendation)
    assert (row.withdrawn_on, row.withdrawn_reason) == (date(2012, 2, 1), " Overtaken.\nBy more.")
    bring_back_recommendation(manager, row, "It is needed.", 2)
    row = kept(recommendation)
    assert (row.withdrawn_on, row.withdrawn_reason, row.version) == (None, "", 3)
    assert told(since) == ["recommendation.withdrawn", "recommendation.brought-back"]
    last = AuditEvent.select().order_by(AuditEvent.id.desc()).first()
    assert json.loads(last.detail) == {"reason": "It is needed."}


@pytest.mark.parametrize("reason", ["", " \r\n\x00", LONG])
def test_without_a_fit_reason_nothing_changes(world: World, reason: str) -> None:
    manager, stands, gone = world.as_viewer(world.manager), world.recommendation(), withdrawn(world)
    since = now()
    with pytest.raises(InvalidInput) as wrong:
        withdraw_recommendation(manager, stands, reason, 1)
    assert set(wrong.value.errors) == {"reason"}
    with pytest.raises(InvalidInput) as wrong:
        bring_back_recommendation(manager, gone, reason, 2)
    assert set(wrong.value.errors) == {"reason"}
    assert (kept(stands).withdrawn_on, kept(gone).withdrawn_on, now()) == (None, TODAY, since)


@pytest.mark.parametrize("role", ["chair", "reader", "police_lead", "cdop_coordinator"])
def test_only_who_edits_reviews_withdraws(world: World, role: str) -> None:
    viewer, stands, gone = world.as_viewer(getattr(world, role)), world.recommendation(), withdrawn(world)
    with pytest.raises(Refused):
        withdraw_recommendation(viewer, stands, WHY, 1)
    with pytest.raises(Refused):
        bring_back_recommendation(viewer, gone, WHY, 2)
    assert (kept(stands).withdrawn_on, kept(gone).withdrawn_on) == (None, TODAY)


def test_a_manager_who_is_not_named_withdraws_nothing_of_a_restricted_review(world: World) -> None:
    recommendation = world.recommendation(world.review(is_restricted=True))
    other = world.person("other-manager", *world.manager.role_set)
    with pytest.raises(Refused, match="There is no such review"):
        withdraw_recommendation(world.as_viewer(other), recommendation, WHY, 1)
    withdraw_recommendation(world.as_viewer(world.manager), recommendation, WHY, 1)
    with pytest.raises(Refused, match="There is no such review"):
        bring_back_recommendation(world.as_viewer(other), kept(recommendation), WHY, 2)
    assert kept(recommendation).withdrawn_on == TODAY


STATES: dict[str, tuple[Callable[[World, Action], object], bool]] = {
    "not begun": (lambda world, action: None, True),
    "under way": (lambda world, action: world.progress(action), True),
    "cannot be done": (lambda world, action: world.progress(action, "cannot_be_done", "No money."), True),
    "submitted": (lambda world, action: world.submission(action), True),
    "returned": (lambda world, action: world.decision(action, accepted=False), True),
    "on hold": (lambda world, action: stop(world, action, "on_hold"), True),
    "accepted": (lambda world, action: world.decision(action), False),
    "superseded": (lambda world, action: stop(world, action, "superseded"), False),
    "withdrawn": (lambda world, action: stop(world, action, "withdrawn"), False),
}


@pytest.mark.parametrize("state", STATES)
def test_an_action_stands_in_the_way_until_it_is_accepted_or_stopped(world: World, state: str) -> None:
    bring, is_in_the_way = STATES[state]
    action = world.action(date(2012, 6, 1))
    bring(world, action)
    recommendation, manager = kept(action.recommendation), world.as_viewer(world.manager)
    assert bool(list_unfinished(recommendation)) is is_in_the_way
    if is_in_the_way:
        with pytest.raises(InvalidInput) as wrong:
            withdraw_recommendation(manager, recommendation, WHY, recommendation.version)
        assert f"Not finished yet: {action.reference}." in wrong.value.errors["standing"]
        assert kept(recommendation).withdrawn_on is None
    else:
        withdraw_recommendation(manager, recommendation, WHY, recommendation.version)
        assert kept(recommendation).withdrawn_on == TODAY


def test_only_its_own_actions_stand_in_the_way(world: World) -> None:
    review = world.review()
    first, second = world.recommendation(review), world.recommendation(review)
    world.action(recommendation=second)
    withdraw_recommendation(world.as_viewer(world.manager), first, WHY, 1)
    assert kept(first).withdrawn_on == TODAY


def test_it_is_neither_withdrawn_nor_brought_back_twice(world: World) -> None:
    manager, recommendation = world.as_viewer(world.manager), withdrawn(world)
    with pytest.raises(InvalidInput, match="withdrawn already"):
        withdraw_recommendation(manager, kept(recommendation), "Again.", 2)
    assert kept(recommendation).withdrawn_reason == WHY
    bring_back_recommendation(manager, kept(recommendation), "Needed.", 2)
    with pytest.raises(InvalidInput, match="has not ended"):
        bring_back_recommendation(manager, kept(recommendation), "Needed.", 3)


@pytest.mark.parametrize("expected", [0, 1, 7])
def test_who_has_an_older_text_before_them_changes_nothing(world: World, expected: int) -> None:
    manager, recommendation = world.as_viewer(world.manager), world.recommendation()
    edit_recommendation(manager, recommendation, RecommendationFacts("Saved first."), 1)
    with pytest.raises(StaleEdit):
        withdraw_recommendation(manager, kept(recommendation), WHY, expected)
    assert kept(recommendation).withdrawn_on is None
    withdraw_recommendation(manager, kept(recommendation), WHY, 2)
    with pytest.raises(StaleEdit):
        bring_back_recommendation(manager, kept(recommendation), WHY, expected)
    assert kept(recommendation).withdrawn_on == TODAY


def test_nothing_more_is_asked_for_it_even_by_who_read_it_before(world: World) -> None:
    manager, before = world.as_viewer(world.manager), world.recommendation()
    withdraw_recommendation(manager, kept(before), WHY, 1)
    assert before.withdrawn_on is None
    with pytest.raises(Refused, match="Bring it back first"):
        add_actions(manager, before, [world.police], TEXT)
    with pytest.raises(Refused, match="Bring it back first"):
        answer_recommendation(manager, before, world.police, "accepted")
    assert (Action.select().count(), AgencyResponse.select().count()) == (0, 0)
    bring_back_recommendation(manager, kept(before), "Needed.", 2)
    add_actions(manager, kept(before), [world.police], TEXT)
    assert Action.select().count() == 1


@pytest.mark.parametrize(
    ("standing", "is_withdrawn", "is_refused"),
    [
        ("active", True, True),
        ("on_hold", True, True),
        ("withdrawn", True, False),
        ("active", False, False),
        ("on_hold", False, False),
    ],
)
def test_an_action_of_a_withdrawn_recommendation_stays_stopped(
    world: World, standing: str, is_withdrawn: bool, is_refused: bool
) -> None:
    action = world.action()
    stop(world, action, "superseded")
    if is_withdrawn:
        withdraw_recommendation(world.as_viewer(world.manager), kept(action.recommendation), WHY, 1)
    try:
        stop(world, action, standing)
    except InvalidInput as wrong:
        assert is_refused and "Bring the recommendation back first" in wrong.errors["standing"]
    assert fresh(action).standing == ("superseded" if is_refused else standing)


def test_what_was_accepted_stays_so_whatever_its_recommendation_is() -> None:
    facts = replace(FACTS, assurance="accepted")
    for is_withdrawn in (False, True):
        assert "accepted" in (why_not_standing(facts, Standing.ON_HOLD, is_withdrawn) or "")


def test_the_trail_holds_whether_it_stood_on_any_day(world: World) -> None:
    manager, recommendation = world.as_viewer(world.manager), world.recommendation()
    with clock.at(date(2012, 4, 1)):
        withdraw_recommendation(manager, recommendation, WHY, 1)
    with clock.at(date(2012, 5, 1)):
        bring_back_recommendation(manager, kept(recommendation), "Needed.", 2)

    def as_at(day: date) -> str | None:
        [state] = states_at("recommendation", clock.start_of(day))
        on: str | None = state["withdrawn_on"]
        return on

    assert [as_at(date(2012, month, 2)) for month in (4, 5)] == ["2012-04-01", None]
    assert as_at(date(2012, 4, 1)) is None
