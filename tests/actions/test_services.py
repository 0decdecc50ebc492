"""Adding actions, editing them, their standing and progress."""

import pytest

from kscb_actions.access.policy import SYSTEM
from kscb_actions.actions.models import Action, ProgressUpdate
from kscb_actions.actions.service import ActionFacts, add_actions, edit_action, set_standing, update_progress
from kscb_actions.audit.models import AuditEvent
from kscb_actions.people.models import User
from kscb_actions.people.service import edit_person, facts_of
from kscb_actions.reviews.models import AgencyResponse
from kscb_actions.reviews.service import name_person
from kscb_actions.text import InvalidInput

from ..factories import TODAY, World
from .changing import DUE, LATER, LONG, TEXT, fresh, now, told


def test_one_step_makes_one_action_for_each_agency_and_asks_each_for_its_answer(world: World) -> None:
    manager, recommendation = world.as_viewer(world.manager), world.recommendation()
    since = now()
    agencies = [world.police, world.health, world.probation]
    added = add_actions(manager, recommendation, agencies, TEXT, {world.police.id: world.police_lead})
    assert [(each.number, each.agency_id, each.lead_id) for each in added] == [
        (1, world.police.id, world.police_lead.id),
        (2, world.health.id, None),
        (3, world.probation.id, None),
    ]
    assert {(each.original_due_on, each.current_due_on, each.updated_on) for each in added} == {
        (DUE, DUE, TODAY)
    }
    assert told(since) == ["action.added", "recommendation.answer-asked"] * 3
    add_actions(manager, recommendation, [world.police], TEXT)
    assert (Action.select().count(), AgencyResponse.select().count()) == (4, 3)


def test_actions_are_numbered_inside_their_review(world: World) -> None:
    first, second = world.review(), world.review()
    numbers = [
        world.action(recommendation=world.recommendation(review)).number
        for review in (first, first, second, first)
    ]
    assert numbers == [1, 2, 1, 3]


def test_an_action_may_have_no_date_and_no_lead(world: World) -> None:
    (action,) = add_actions(SYSTEM, world.recommendation(), [world.police], ActionFacts(" To note. "))
    assert (action.text, action.original_due_on, action.current_due_on, action.lead) == (
        " To note.",
        None,
        None,
        None,
    )


@pytest.mark.parametrize(
    ("facts", "agencies", "lead", "fields"),
    [
        (ActionFacts(""), ["police"], None, {"text"}),
        (ActionFacts(" \n\x00"), ["police"], None, {"text"}),
        (ActionFacts(LONG), ["police"], None, {"text"}),
        (ActionFacts("t", LONG), ["police"], None, {"success_measure"}),
        (ActionFacts("t"), [], None, {"agencies"}),
        (ActionFacts(""), [], None, {"text", "agencies"}),
        (ActionFacts("t"), ["police", "health"], "health_lead", {"lead_police"}),
        (ActionFacts("t"), ["police"], "reader", {"lead_police"}),
    ],
)
def test_actions_with_something_wrong_are_not_added_at_all(
    world: World, facts: ActionFacts, agencies: list[str], lead: str | None, fields: set[str]
) -> None:
    recommendation = world.recommendation()
    since = now()
    leads = {world.police.id: getattr(world, lead)} if lead else {}
    with pytest.raises(InvalidInput) as wrong:
        add_actions(
            world.as_viewer(world.manager),
            recommendation,
            [getattr(world, a) for a in agencies],
            facts,
            leads,
        )
    assert {name.replace(str(world.police.id), "police") for name in wrong.value.errors} == fields
    assert (Action.select().count(), told(since)) == (0, [])


def test_a_lead_who_has_left_leads_nothing_new(world: World) -> None:
    person = User.get_by_id(world.police_lead.id)
    edit_person(SYSTEM, person, facts_of(person), person.version, is_active=False)
    with pytest.raises(InvalidInput, match="not an active lead"):
        add_actions(SYSTEM, world.recommendation(), [world.police], TEXT, {world.police.id: person})


def test_a_lead_is_named_on_a_restricted_review_before_an_action_is_theirs(world: World) -> None:
    manager, review = world.as_viewer(world.manager), world.review(is_restricted=True)
    recommendation, leads = world.recommendation(review), {world.police.id: world.police_lead}
    with pytest.raises(InvalidInput, match="Name Police lead on it first"):
        add_actions(manager, recommendation, [world.police], TEXT, leads)
    name_person(manager, review, world.police_lead)
    assert len(add_actions(manager, recommendation, [world.police], TEXT, leads)) == 1


def test_an_action_is_edited_and_given_its_first_due_date_once(world: World) -> None:
    manager, action = world.as_viewer(world.manager), world.action()
    since = now()
    edit_action(manager, action, ActionFacts("New words.", "", DUE), None, action.version)
    kept = fresh(action)
    assert (kept.text, kept.success_measure, kept.lead) == ("New words.", "", None)
    assert (kept.original_due_on, kept.current_due_on, kept.extension_count) == (DUE, DUE, 0)
    assert told(since) == ["action.changed"]
    for due_on in (LATER, None):
        with pytest.raises(InvalidInput, match="on its own page"):
            edit_action(manager, kept, ActionFacts("Again.", "", due_on), None, kept.version)
    assert fresh(action).original_due_on == DUE


@pytest.mark.parametrize(
    ("facts", "lead", "field"),
    [
        (ActionFacts("", "", None), None, "text"),
        (ActionFacts(LONG), None, "text"),
        (ActionFacts("t", LONG), None, "success_measure"),
        (ActionFacts("t"), "health_lead", "lead"),
        (ActionFacts("t"), "manager", "lead"),
    ],
)
def test_an_edit_with_something_wrong_leaves_the_action_untouched(
    world: World, facts: ActionFacts, lead: str | None, field: str
) -> None:
    action = fresh(world.action())
    before = dict(action.__data__)
    with pytest.raises(InvalidInput) as wrong:
        edit_action(world.as_viewer(world.manager), action, facts, getattr(world, lead) if lead else None, 1)
    assert list(wrong.value.errors) == [field]
    assert dict(action.__data__) == before == dict(fresh(action).__data__)


def test_a_lead_who_has_left_may_stay_on_an_action_that_is_edited(world: World) -> None:
    action, person = world.action(), User.get_by_id(world.police_lead.id)
    edit_person(SYSTEM, person, facts_of(person), person.version, is_active=False)
    edit_action(world.as_viewer(world.manager), action, ActionFacts("New."), person, action.version)
    assert fresh(action).lead_id == person.id


STANDINGS = [
    ("active", "on_hold", True),
    ("active", "superseded", True),
    ("active", "withdrawn", True),
    ("active", "active", False),
    ("on_hold", "active", True),
    ("on_hold", "on_hold", False),
    ("withdrawn", "active", True),
    ("superseded", "withdrawn", True),
    ("active", "finished", False),
    ("active", "", False),
]


@pytest.mark.parametrize(("before", "after", "allowed"), STANDINGS)
def test_a_standing_changes_to_another_with_its_reason(
    world: World, before: str, after: str, allowed: bool
) -> None:
    manager, action = world.as_viewer(world.manager), world.action()
    if before != "active":
        set_standing(manager, action, before, "First reason.")
    since = now()
    if not allowed:
        with pytest.raises(InvalidInput):
            set_standing(manager, action, after, "Second reason.")
        assert (fresh(action).standing, told(since)) == (before, [])
        return
    set_standing(manager, action, after, "Second reason.")
    assert fresh(action).standing == after
    assert fresh(action).standing_reason == ("" if after == "active" else "Second reason.")
    assert told(since) == ["action.standing-changed"]
    assert "Second reason." in AuditEvent.get_by_id(now()).detail


@pytest.mark.parametrize("reason", ["", "  ", LONG])
def test_a_standing_needs_its_reason(world: World, reason: str) -> None:
    action = world.action()
    with pytest.raises(InvalidInput):
        set_standing(world.as_viewer(world.manager), action, "on_hold", reason)
    assert fresh(action).standing == "active"


def test_what_the_board_accepted_stays_as_it_is(world: World) -> None:
    action = world.decision(world.action(DUE))
    with pytest.raises(InvalidInput, match="accepted"):
        set_standing(world.as_viewer(world.manager), action, "withdrawn", "Not needed.")


def test_progress_is_appended_and_never_overwritten(world: World) -> None:
    lead, action = world.as_viewer(world.police_lead), world.action(DUE)
    since = now()
    for progress, words in (("in_progress", "Begun."), ("cannot_be_done", "The post is cut.")):
        update_progress(lead, fresh(action), progress, words)
    rows = [(row.progress, row.narrative) for row in ProgressUpdate.select().order_by(ProgressUpdate.id)]
    assert rows == [("in_progress", "Begun."), ("cannot_be_done", "The post is cut.")]
    assert (fresh(action).progress, fresh(action).updated_on) == ("cannot_be_done", TODAY)
    assert told(since) == ["action.updated", "action.progress-told"] * 2


@pytest.mark.parametrize(
    ("progress", "narrative", "field"),
    [
        ("done", "It is done.", "progress"),
        ("begun", "Begun.", "progress"),
        ("", "Begun.", "progress"),
        ("in_progress", " ", "narrative"),
        ("in_progress", LONG, "narrative"),
    ],
)
def test_an_update_with_something_wrong_changes_nothing(
    world: World, progress: str, narrative: str, field: str
) -> None:
    action = world.action(DUE)
    with pytest.raises(InvalidInput) as wrong:
        update_progress(world.as_viewer(world.police_lead), action, progress, narrative)
    assert list(wrong.value.errors) == [field]
    assert (fresh(action).progress, ProgressUpdate.select().count()) == ("not_started", 0)
