"""When a lead goes or changes, their actions are handed over first, each with its own event."""

from kscb_actions.access.policy import Permission, Role, Viewer, require
from kscb_actions.audit.service import change
from kscb_actions.database import writing
from kscb_actions.people.models import Agency, User
from kscb_actions.people.service import PersonFacts, edit_person, facts_of
from kscb_actions.reviews.models import NamedPerson, Review
from kscb_actions.text import InvalidInput

from .models import Action
from .narrowing import visible_action


def list_led(viewer: Viewer, person: User) -> list[Action]:
    """Return the unfinished actions a person leads, as far as the viewer may see them, by reference.

    Unfinished: neither accepted by the Board nor superseded or withdrawn. What is on hold or waits for its
    check can come back to the lead, so it counts.
    """
    return list(
        Action.select(Action, Review, Agency)
        .join_from(Action, Review)
        .join_from(Action, Agency)
        .where(Action.lead == person, *unfinished(), visible_action(viewer))
        .order_by(Action.review, Action.number)
    )


def unfinished() -> tuple:
    """Return the conditions on Action of an action that may still need its lead."""
    return Action.standing.in_(("active", "on_hold")), Action.assurance != "accepted"


def hand_over(viewer: Viewer, from_user: User, to_user: User) -> list[Action]:
    """Make `to_user` the lead of every unfinished action of `from_user`; returns those actions.

    All or none. Raises InvalidInput when the successor cannot lead one of them.
    """
    require(viewer, Permission.MANAGE_PEOPLE)
    with writing():
        led = list_led(viewer, from_user)
        _check_successor(led, from_user, to_user)
        for action in led:
            action.lead = to_user
            with change(viewer) as tx:
                tx.update(action, "action.handed-over", detail={"from": from_user.name, "to": to_user.name})
    return led


def switch_off(viewer: Viewer, person: User, successor: User | None) -> list[Action]:
    """Switch a person's account off and hand their actions to `successor`, in one step.

    Without a successor the actions stay in their name until another lead is chosen. Returns what was
    handed over. Raises InvalidInput.
    """
    with writing():
        led = hand_over(viewer, person, successor) if successor else []
        edit_person(viewer, person, facts_of(person), person.version, is_active=False)
    return led


def change_person(viewer: Viewer, person: User, facts: PersonFacts, expected: int) -> User:
    """Change a person; while they lead actions they stay a lead of that agency.

    Raises InvalidInput, StaleEdit.
    """
    led = list_led(viewer, person)
    other_agencies = {action.agency_id for action in led} - {facts.agency.id if facts.agency else None}
    if other_agencies:
        raise InvalidInput({"agency": _hand_over_first(led)})
    if led and Role.AGENCY_LEAD not in facts.roles:
        raise InvalidInput({"roles": _hand_over_first(led)})
    return edit_person(viewer, person, facts, expected)


def _hand_over_first(led: list[Action]) -> str:
    count = "1 open action" if len(led) == 1 else f"{len(led)} open actions"
    return f"This person leads {count} of {led[0].agency.name}. Hand them over first, then change this."


def _check_successor(led: list[Action], from_user: User, to_user: User) -> None:
    problem = None
    if to_user.id == from_user.id:
        problem = "Choose somebody else."
    elif not to_user.is_active or Role.AGENCY_LEAD not in to_user.role_set:
        problem = f"{to_user.name} is not an active agency lead."
    elif any(action.agency_id != to_user.agency_id for action in led):
        problem = f"{to_user.name} belongs to another agency than the actions."
    else:
        problem = _unnamed(led, to_user)
    if problem:
        raise InvalidInput({"successor": problem})


def _unnamed(led: list[Action], to_user: User) -> str | None:
    restricted = {action.review_id: action.review.reference for action in led if action.review.is_restricted}
    named = NamedPerson.select(NamedPerson.review).where(NamedPerson.user == to_user).tuples()
    missing = [restricted[each] for each in restricted.keys() - {review_id for (review_id,) in named}]
    if not missing:
        return None
    return f"{', '.join(sorted(missing))} is restricted. Name {to_user.name} on it first."
