"""Who shares an action hears of it as its lead does, and the lead's reminder names them."""

from datetime import date

import pytest

from kscb_actions.access.policy import Role, Viewer
from kscb_actions.actions.extensions import change_due_date
from kscb_actions.actions.models import Action
from kscb_actions.actions.owners.queries import list_joint_owners
from kscb_actions.actions.owners.service import change_contact, change_leading, share
from kscb_actions.assurance.checking import ask_question
from kscb_actions.assurance.queries import waiting_submission
from kscb_actions.assurance.service import decide
from kscb_actions.chasing.news.models import News
from kscb_actions.chasing.news.rules import TO_JOINT, Happening, Kind, joint_told
from kscb_actions.chasing.providers import registered
from kscb_actions.chasing.service import chase
from kscb_actions.mail.models import OutboxMessage
from kscb_actions.people.models import User

from ...factories import TODAY, World

POLICE, HEALTH, PROBATION = 1, 2, 3


def person(number: int, role: Role, agency: int | None) -> Viewer:
    return Viewer(number, str(number), f"{number}@board.example", frozenset({role}), agency)


PEOPLE = [
    person(1, Role.AGENCY_LEAD, POLICE),
    person(2, Role.AGENCY_LEAD, HEALTH),
    person(3, Role.AGENCY_LEAD, HEALTH),
    person(4, Role.BOARD_MEMBER, HEALTH),
    person(5, Role.AGENCY_LEAD, PROBATION),
    person(6, Role.MANAGER, None),
]


def told(kind: Kind, *joint: tuple[int, int | None], **facts: object) -> set[int | None]:
    happening = Happening(kind, POLICE, lead_id=1, joint=frozenset(joint), **facts)  # type: ignore[arg-type]
    return {each.id for each in joint_told(happening, PEOPLE)}


@pytest.mark.parametrize("kind", list(TO_JOINT))
def test_the_contact_is_told_else_every_lead_there(kind: Kind) -> None:
    assert told(kind, (HEALTH, 2)) == {2}
    assert told(kind, (HEALTH, None), (PROBATION, None)) == {2, 3, 5}
    # A contact who leads nothing any more.
    assert told(kind, (HEALTH, 4)) == {2, 3}
    assert told(kind, (HEALTH, 2), actor_id=2) == set()
    assert told(kind, (HEALTH, None), named=frozenset({3})) == {3}


@pytest.mark.parametrize("kind", sorted(set(Kind) - set(TO_JOINT)))
def test_of_challenges_and_of_what_is_of_others_nothing(kind: Kind) -> None:
    assert told(kind, (HEALTH, None)) == set()


def kinds_for(user: User) -> list[str]:
    """Return what is written down for a person, and marked as told by a letter with a star."""
    rows = News.select().where(News.person == user).order_by(News.id)
    return [row.kind + ("*" if row.told_at else "") for row in rows]


def test_what_happens_to_a_shared_action_is_told_to_who_shares_it(world: World) -> None:
    manager, chair = world.as_viewer(world.manager), world.as_viewer(world.second_chair)
    action, expected = world.action(date(2012, 5, 1)), []

    def now() -> Action:
        return Action.get_by_id(action.id)

    joint = share(manager, now(), world.health, None)
    expected.append("shared")
    change_contact(manager, joint, world.health_lead)
    expected.append("shared")
    change_due_date(chair, now(), date(2012, 6, 1), "The Board moved it.")
    expected.append("more_time")
    submission = world.submission(now())
    ask_question(chair, submission, "Who was trained?", world.police_lead.id, "http://127.0.0.1")
    expected.append("asked")
    waiting = waiting_submission(now())
    assert waiting
    decide(chair, waiting, False, "It does not show it.")
    expected.append("returned")
    decide(chair, world.submission(now()), True, "It shows it.")
    expected.append("accepted")
    assert kinds_for(world.health_lead) == expected
    assert "asked*" in kinds_for(world.police_lead) and kinds_for(world.probation_lead) == []


def test_who_leads_from_now_on_and_who_led_are_told_of_it(world: World) -> None:
    manager, action = world.as_viewer(world.manager), world.action()
    share(manager, action, world.health, world.health_lead)
    share(manager, action, world.probation, world.probation_lead)
    (joint,) = [each for each in list_joint_owners(action) if each.agency_id == world.health.id]
    change_leading(manager, joint, world.health_lead, "They do it.")
    assert kinds_for(world.health_lead)[-1] == "handed_over"
    assert kinds_for(world.police_lead)[-1] == kinds_for(world.probation_lead)[-1] == "led_by_another"


def test_the_reminder_of_the_lead_names_who_shares_it(world: World) -> None:
    action = world.action(date(2012, 3, 1))
    world.action(date(2012, 3, 2))
    share(world.as_viewer(world.manager), action, world.health, world.health_lead)
    for provider in registered():
        chase(provider, TODAY, "http://127.0.0.1")
    to = {message.to_address: message.body for message in OutboxMessage.select()}
    body = to[world.police_lead.email]
    assert f"{action.reference}, owned together with NHS Kent and Medway\n" in body
    assert body.count("owned together with") == 1 and world.health_lead.email not in to
