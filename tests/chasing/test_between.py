"""What changes between deciding and sending takes the thing out of the digest, sent to a real peer."""

from collections.abc import Callable
from datetime import timedelta

import pytest

from kscb_actions import clock
from kscb_actions.access.policy import SYSTEM, Role
from kscb_actions.actions.acknowledging.service import acknowledge
from kscb_actions.actions.extensions import ask_extension, change_due_date
from kscb_actions.actions.handover import hand_over
from kscb_actions.actions.models import Action
from kscb_actions.actions.service import set_standing
from kscb_actions.assurance.correcting.service import correct_date
from kscb_actions.assurance.voiding.service import void
from kscb_actions.audit.service import change
from kscb_actions.chasing.actions.models import Chase
from kscb_actions.chasing.ladder.models import ReminderPause
from kscb_actions.chasing.ladder.service import end_pause, pause_reminders
from kscb_actions.chasing.models import TakenOut
from kscb_actions.chasing.news.service import count_as_told
from kscb_actions.chasing.providers import runs
from kscb_actions.chasing.service import chase_together
from kscb_actions.child_deaths.returns.models import AgencyReturn
from kscb_actions.child_deaths.returns.service import answer_return
from kscb_actions.config import Settings
from kscb_actions.database import writing
from kscb_actions.mail.models import OutboxMessage
from kscb_actions.people.absences.service import enter
from kscb_actions.people.models import User
from kscb_actions.people.service import PersonFacts, edit_person, facts_of
from kscb_actions.reviews.models import NamedPerson, Review
from kscb_actions.reviews.service import set_hold
from kscb_actions.upkeep.moving.service import Move, move_action

from ..assurance.challenges import asking as challenges
from ..factories import TODAY, World
from ..factories_deaths import Panel
from ..mail.peers import Peer
from ..mail.sending import LEAD, OTHER, deliver_to, plain
from ..reviews.answers import asking as answers

URL, MEMBER = "http://127.0.0.1:5000", "police-member@board.example"
IN_A_FORTNIGHT, LATER = TODAY + timedelta(days=14), TODAY + timedelta(days=60)
NEXT, AHEAD = TODAY + timedelta(days=3), TODAY + timedelta(days=40)
Cause = Callable[[World, Action], object]
pytestmark = pytest.mark.usefixtures("app")


def run(on: object = TODAY) -> list[str]:
    """Make all the runs of a day; returns to whom messages are written."""
    return [message.to for each in runs() for message in chase_together(each, on, URL).messages]  # type: ignore[arg-type]


def pause_review(world: World, action: Action) -> object:
    return pause_reminders(world.manager.viewer, action.review, None, "They meet.", LATER)


def hold_action(world: World, action: Action) -> object:
    return set_standing(world.manager.viewer, action, "on_hold", "An inquest.")


def withdraw(world: World, action: Action) -> object:
    return set_standing(world.manager.viewer, action, "withdrawn", "Overtaken.")


def give_new_date(world: World, action: Action) -> object:
    return change_due_date(world.second_chair.viewer, action, LATER, "The trainer was ill.")


def correct_the_date(world: World, action: Action) -> object:
    viewer = world.manager.viewer
    return correct_date(viewer, action, "current_due_on", LATER, "Mistyped.", action.version)


def ask_for_time(world: World, action: Action) -> object:
    return ask_extension(world.lead_of(action).viewer, action, LATER, "More is needed.")


def report_done(world: World, action: Action) -> object:
    return world.submission(action)


def accept(world: World, action: Action) -> object:
    return world.decision(action)


def say_it_cannot_be_done(world: World, action: Action) -> object:
    return world.progress(action, "cannot_be_done", "The unit has closed.")


def say_by_when(world: World, action: Action) -> object:
    return acknowledge(world.lead_of(action).viewer, action, TODAY + timedelta(days=7))


def mark_as_error(world: World, action: Action) -> object:
    return void(world.manager.viewer, action, "Entered twice.", action.version)


def move_to_another_agency(world: World, action: Action) -> object:
    move = Move(world.probation, TODAY, "It is theirs.", world.probation_lead)
    return move_action(world.manager.viewer, action, move)


def give_another_lead(world: World, action: Action) -> object:
    with change(SYSTEM) as tx:
        action.lead = world.person(f"lead-of-{action.id}", Role.AGENCY_LEAD, agency=action.agency)
        return tx.update(action, "action.changed")


def open_to_others_alone(world: World, action: Action) -> object:
    review = Review.get_by_id(action.review_id)
    review.is_restricted = True
    with change(SYSTEM) as tx:
        tx.update(review, "review.changed")
        return tx.add(NamedPerson(review=review, user=world.chair), "review.person-named")


CAUSES: tuple[Cause, ...] = (
    pause_review,
    hold_action,
    withdraw,
    give_new_date,
    correct_the_date,
    ask_for_time,
    report_done,
    accept,
    say_it_cannot_be_done,
    say_by_when,
    mark_as_error,
    move_to_another_agency,
    give_another_lead,
    open_to_others_alone,
)


@pytest.mark.parametrize("cause", CAUSES)
def test_what_changes_is_taken_out_and_a_digest_with_nothing_left_is_withheld(
    world: World, settings: Settings, cause: Cause
) -> None:
    stays, changed = world.action(due_on=TODAY - timedelta(days=1)), world.action(due_on=TODAY)
    alone = world.action(due_on=TODAY, agency=world.health)
    count_as_told()
    assert run() == [OTHER, LEAD]
    for action in (changed, alone):
        cause(world, Action.get_by_id(action.id))
    count_as_told()
    peer = deliver_to(settings, Peer())
    (message,) = [each for each in peer.received if each["To"] in (LEAD, OTHER)]
    assert (message["To"], message["Subject"]) == (LEAD, f"1 action needs you: 1 overdue ({stays.reference})")
    assert stays.reference in plain(message) and changed.reference not in plain(message)
    withheld = OutboxMessage.get(OutboxMessage.to_user == world.health_lead)
    assert (withheld.state, bool(withheld.last_error)) == ("dropped", True)
    given_not = {row.chase_id for row in TakenOut.select().where(TakenOut.kind == "chase")}
    assert Chase.get(Chase.action == changed).id in given_not


def test_of_a_review_that_went_on_hold_nothing_is_sent(world: World, settings: Settings) -> None:
    action = world.action(due_on=TODAY)
    count_as_told()
    assert run() != []
    set_hold(world.manager.viewer, Review.get_by_id(action.review_id), "inquest", "It opened.")
    assert deliver_to(settings, Peer()).received == []


@pytest.mark.parametrize("is_sent_meanwhile", [True, False])
@pytest.mark.parametrize("others", [0, 1])
def test_what_waits_again_is_reminded_of_the_next_morning_once(
    world: World, settings: Settings, others: int, is_sent_meanwhile: bool
) -> None:
    """Also where the rest of its digest went. The Board member has a copy of each."""
    held, *_ = [world.action(due_on=TODAY - timedelta(days=56)) for _ in range(1 + others)]
    count_as_told()
    assert run() == [LEAD, MEMBER]
    hold_action(world, Action.get_by_id(held.id))
    if is_sent_meanwhile:
        told = [plain(each) for each in deliver_to(settings, Peer()).received]
        assert not any(held.reference in each for each in told) and len(told) == 2 * others
    set_standing(world.manager.viewer, Action.get_by_id(held.id), "active", "It is over.")
    count_as_told()
    told = []
    for on in (NEXT, NEXT + timedelta(days=1)):
        with clock.at(on):
            run(on)
            told += [plain(each) for each in deliver_to(settings, Peer()).received]
    assert sum(held.reference in each for each in told) == 2


def test_a_copy_that_went_later_is_no_reminder_of_who_was_asked(world: World, settings: Settings) -> None:
    action = world.action(due_on=TODAY - timedelta(days=56))
    count_as_told()
    assert run() == [LEAD, MEMBER]
    # The server puts the copy off, and then nobody was to be reminded when the lead's turn came.
    later = clock.real_now() + timedelta(minutes=5)
    with writing(OutboxMessage):
        copies = OutboxMessage.update(next_try_at=later, attempts=1)
        copies.where(OutboxMessage.to_address == MEMBER).execute()
    hold_action(world, Action.get_by_id(action.id))
    assert deliver_to(settings, Peer()).received == []
    set_standing(world.manager.viewer, Action.get_by_id(action.id), "active", "It is over.")
    count_as_told()
    # A clock that is ahead gives both a later rung; the copy that waits goes with that.
    with clock.at(AHEAD):
        assert run(AHEAD) == [LEAD, MEMBER]
        assert [each["To"] for each in deliver_to(settings, Peer()).received] == [LEAD, MEMBER]
    with clock.at(NEXT):
        assert run(NEXT) == [LEAD, MEMBER]


def test_an_agency_that_is_paused_is_written_nothing_and_the_next_morning_after_it_is(
    world: World, settings: Settings
) -> None:
    theirs, other = world.action(due_on=TODAY), world.action(due_on=TODAY, agency=world.health)
    count_as_told()
    assert run() == [OTHER, LEAD]
    pause_reminders(world.manager.viewer, None, world.police, "They move house.", LATER)
    (message,) = deliver_to(settings, Peer()).received
    assert message["To"] == OTHER and other.reference in plain(message)
    pause = ReminderPause.get()
    end_pause(world.manager.viewer, pause, pause.version)
    assert run(NEXT) == [LEAD] and run(NEXT) == []
    with clock.at(NEXT):
        (message,) = deliver_to(settings, Peer()).received
    assert theirs.reference in plain(message)


def test_who_leads_it_now_is_reminded_the_next_morning(world: World, settings: Settings) -> None:
    action = world.action(due_on=TODAY)
    other = world.person("second-lead", Role.AGENCY_LEAD, agency=world.police)
    run()
    hand_over(world.manager.viewer, User.get_by_id(world.police_lead.id), other)
    deliver_to(settings, Peer())
    count_as_told()
    assert run(NEXT) == [other.email]
    with clock.at(NEXT):
        (message,) = deliver_to(settings, Peer()).received
    assert message["To"] == other.email and action.reference in plain(message)


def switch_off(world: World) -> None:
    person = User.get_by_id(world.police_lead.id)
    edit_person(world.manager.viewer, person, facts_of(person), person.version, is_active=False)


def take_role(world: World) -> None:
    person = User.get_by_id(world.police_lead.id)
    facts = PersonFacts(person.email, person.name, frozenset({Role.READER}), person.agency)
    edit_person(world.manager.viewer, person, facts, person.version)


def go_away(world: World) -> None:
    other = world.person("stands-in", Role.AGENCY_LEAD, agency=world.police)
    person = User.get_by_id(world.police_lead.id)
    enter(world.manager.viewer, person, other, TODAY, TODAY + timedelta(days=14))


@pytest.mark.parametrize("happens", [switch_off, take_role, go_away])
def test_who_is_not_to_have_it_any_more_gets_nothing(
    world: World, settings: Settings, happens: Callable[[World], None]
) -> None:
    action = world.action(due_on=TODAY)
    count_as_told()
    assert run() == [LEAD]
    happens(world)
    count_as_told()
    assert [each["To"] for each in deliver_to(settings, Peer()).received if each["To"] == LEAD] == []
    assert OutboxMessage.get().state == "dropped"
    with clock.at(NEXT):
        run(NEXT)
        told = {each["To"]: plain(each) for each in deliver_to(settings, Peer()).received}
    assert [to != LEAD for to, text in told.items() if action.reference in text] == [True]


def test_a_challenge_an_answer_and_a_return_that_came_meanwhile_are_taken_out(
    world: World, settings: Settings
) -> None:
    panel = Panel(world)
    challenge = challenges.raised(world, world.action(LATER), due_on=IN_A_FORTNIGHT)
    review = answers.planned(world)
    answers.asked(world, review, "KPOL", due_on=IN_A_FORTNIGHT)
    asked = panel.asked(panel.death())
    count_as_told()
    assert sorted(run()) == ["cdop-coordinator@board.example", LEAD]
    challenges.answered(world, challenge)
    answers.answered(world, review, 1, "accepted")
    answers.answered(world, review, 2, "accepted")
    kept = AgencyReturn.get_by_id(asked.id)
    answer_return(panel.coordinator, kept, TODAY, "no", "", kept.version)
    count_as_told()
    deliver_to(settings, Peer())
    digests = OutboxMessage.select().where(OutboxMessage.digest_on.is_null(False))
    assert {message.state for message in digests} == {"dropped"}
