"""What the Board changes of an action under its lead: its date put right, held, withdrawn, active again."""

from collections.abc import Callable
from datetime import date
from typing import Any

import pytest

from kscb_actions.access.policy import SYSTEM, Role
from kscb_actions.actions.extensions import change_due_date
from kscb_actions.actions.models import Action, JointOwner
from kscb_actions.actions.owners.service import share, stop_sharing
from kscb_actions.actions.service import ActionFacts, edit_action, set_standing
from kscb_actions.assurance.correcting.service import correct_date
from kscb_actions.assurance.voiding.service import restore, void
from kscb_actions.audit.service import change
from kscb_actions.mail.models import OutboxMessage
from kscb_actions.people.models import User
from kscb_actions.reviews.service import name_person
from kscb_actions.upkeep.bulk.edits import NewStanding
from kscb_actions.upkeep.bulk.service import apply

from ...factories import World
from ...pages import Visitor
from .test_handing_over import MONDAY, heard, quiet
from .test_news import last, messages, morning

DUE, RIGHT = date(2016, 6, 1), date(2016, 5, 1)


def shared(world: World, **facts: object) -> Action:
    """Return an action of the police that they have begun, which health shares."""
    action = world.action(DUE, **facts)  # type: ignore[arg-type]
    share(world.manager.viewer, action, world.health, world.health_lead)
    world.progress(Action.get_by_id(action.id))
    quiet()
    return Action.get_by_id(action.id)


def put_right(world: World, action: Action, who: User) -> None:
    correct_date(who.viewer, action, "current_due_on", RIGHT, "Entry error.", action.version)


def stand(standing: str) -> Callable[[World, Action, User], None]:
    def to(world: World, action: Action, who: User) -> None:
        set_standing(who.viewer, action, standing, "The Board said so.")

    return to


def together(world: World, action: Action, who: User) -> None:
    assert apply(
        who.viewer, {action.id: action.version}, NewStanding("withdrawn", "The Board said so.")
    ).is_done


WAYS = [
    ("date_put_right", put_right, "1 wrong date put right"),
    ("on_hold", stand("on_hold"), "1 action put on hold"),
    ("superseded", stand("superseded"), "1 action superseded by another"),
    ("withdrawn", stand("withdrawn"), "1 action withdrawn"),
    ("withdrawn", together, "1 action withdrawn"),
]


@pytest.mark.parametrize(("kind", "way", "words"), WAYS)
def test_its_lead_and_who_shares_it_hear_of_it_in_the_next_digest(
    world: World, kind: str, way: Callable[[World, Action, User], None], words: str
) -> None:
    action = shared(world)
    way(world, action, world.manager)
    assert heard() == [("health-lead", kind), ("police-lead", kind)]
    morning(MONDAY)
    assert messages()[-2:] == [(name, "1 thing is new for you") for name in ("health-lead", "police-lead")]
    assert f"{words}\n{action.reference}, Kent Police" in last().body


def test_that_it_is_active_again_is_news_too(world: World) -> None:
    action = shared(world)
    set_standing(world.manager.viewer, action, "withdrawn", "By mistake.")
    quiet()
    set_standing(world.manager.viewer, Action.get_by_id(action.id), "active", "It goes on.")
    assert heard() == [("health-lead", "active_again"), ("police-lead", "active_again")]


@pytest.mark.parametrize(("kind", "way", "words"), [each for each in WAYS if each[0] != "date_put_right"])
def test_nobody_hears_of_what_they_did(
    world: World, kind: str, way: Callable[[World, Action, User], None], words: str
) -> None:
    both = world.person("both", Role.MANAGER, Role.AGENCY_LEAD, agency=world.police)
    action = shared(world, lead=both)
    way(world, action, both)
    assert heard() == [("health-lead", kind)]


def said(visitor: Visitor) -> str:
    """Return what the page says was done."""
    found = visitor.get("/new").tree.xpath("//*[contains(@class, 'govuk-notification-banner__content')]")
    return " ".join(" ".join(each.text_content() for each in found).split())


HEARS = "hears of it on the next working morning, unless they chose otherwise."
LEADS = f"Police lead, of Kent Police, {HEARS} Health lead, of NHS Kent and Medway, {HEARS}"
BY_FORM = [
    ("standing", {"standing": "withdrawn", "reason": "So."}, f"The action is withdrawn now. {LEADS}"),
    ("standing", {"standing": "on_hold", "reason": "So."}, f"The action is on hold now. {LEADS}"),
    (
        "wrong-date",
        {"to": ["1", "5", "2016"], "reason": "A slip."},
        f"is put right. It does not count as an extension. {LEADS}",
    ),
    (
        "agency",
        {"to": "3", "lead": "", "reason": "It is theirs.", "on": ["30", "3", "2012"]},
        f"is with Kent Probation now. Probation lead, of Kent Probation, {HEARS} "
        f"Health lead, of NHS Kent and Medway, {HEARS} Police lead, of Kent Police, {HEARS}",
    ),
    (
        "challenge",
        {"level": "lead", "question": "Why?", "due_on": ["1", "6", "2012"]},
        "Challenge C1 is sent. Police lead, of Kent Police, is told at once.",
    ),
    (
        "challenge",
        {"level": "independent_chair", "question": "Why?", "due_on": ["1", "6", "2012"]},
        "Challenge C1 is sent. Police member, of Kent Police, is told at once. "
        "Independent chair is told at once.",
    ),
]


@pytest.mark.parametrize(("form", "typed", "words"), BY_FORM)
def test_the_page_says_who_hears_of_it(
    world: World, visit: Callable[[User], Visitor], form: str, typed: dict[str, Any], words: str
) -> None:
    action = shared(world)
    manager = visit(world.manager)
    sent = manager.send(f"/reviews/{action.review.reference}/actions/{action.number}/{form}", typed)
    assert sent.status == 302, sent.errors
    assert words in said(manager)


def test_what_is_brought_back_from_in_error_is_news_for_its_lead_and_who_shares_it(world: World) -> None:
    """By itself, and with the recommendation or the review that it belongs to."""
    for above in (lambda action: action, lambda action: action.recommendation, lambda action: action.review):
        action = shared(world)
        void(world.manager.viewer, above(action), "A double.", above(action).version)
        quiet()
        kept = type(above(action)).get_by_id(above(action).id)
        restore(world.manager.viewer, kept, "It is none.", kept.version)
        assert heard() == [("health-lead", "brought_back"), ("police-lead", "brought_back")]
    morning(MONDAY)
    assert "1 action brought back: it was not recorded in error" in last().body


def test_who_shares_an_action_no_more_hears_of_it_by_its_reference_alone(world: World) -> None:
    action = shared(world)
    joint = JointOwner.get(JointOwner.action == action)
    stop_sharing(world.manager.viewer, joint, "A mistake.", joint.version)
    assert heard() == [("health-lead", "shared_no_more")]
    morning(MONDAY)
    [body] = [row.body for row in OutboxMessage.select() if row.to_user_id == world.health_lead.id]
    assert f"1 action no longer shared with your agency\n{action.reference}, 30 March 2012\n" in body
    assert f"/actions/{action.number}" not in body


def test_of_a_restricted_review_who_is_not_named_does_not_hear_that_they_share_it_no_more(
    world: World,
) -> None:
    action = shared(world)
    review = action.review
    review.is_restricted = True
    with change(SYSTEM) as tx:
        tx.update(review, "review.changed")
    joint = JointOwner.get(JointOwner.action == action)
    name_person(SYSTEM, review, world.manager)
    stop_sharing(world.manager.viewer, joint, "A mistake.", joint.version)
    assert heard() == []


def test_the_first_due_date_is_news_and_once(world: World) -> None:
    action = world.action()
    share(world.manager.viewer, action, world.health, world.health_lead)
    quiet()
    action = Action.get_by_id(action.id)
    edit_action(
        world.manager.viewer, action, ActionFacts("Other words.", "", DUE), world.police_lead, action.version
    )
    assert heard() == [("health-lead", "date_set"), ("police-lead", "date_set")]
    quiet()
    other = world.action()
    quiet()
    change_due_date(world.manager.viewer, other, DUE, "The inquest.")
    assert heard() == [("police-lead", "more_time")]
