"""A challenge recorded in error: who marks it, who is told, what is brought back; and one put right."""

from collections.abc import Callable
from datetime import date

import pytest

from kscb_actions import clock
from kscb_actions.access.policy import SYSTEM, Refused, Role
from kscb_actions.assurance.challenges.correcting import NOTHING_CHANGED, correct_challenge
from kscb_actions.assurance.challenges.models import Challenge
from kscb_actions.assurance.challenges.queries import figures_of, list_steps
from kscb_actions.assurance.challenges.rules import State, can_correct, why_not_corrected
from kscb_actions.assurance.overview import overview_of
from kscb_actions.assurance.voiding.challenge import restore_challenge, void_challenge
from kscb_actions.assurance.voiding.rules import SAY_WHY, SAY_WHY_BACK, can_void_challenge
from kscb_actions.assurance.voiding.service import void
from kscb_actions.audit.models import AuditEvent
from kscb_actions.audit.service import StaleEdit, change
from kscb_actions.chasing.news.queries import count_new
from kscb_actions.mail.models import OutboxMessage
from kscb_actions.mail.rules import State as Mail
from kscb_actions.people.models import User
from kscb_actions.text import InvalidInput

from ...factories import TODAY, World
from ...pages import Visitor
from ..challenges.asking import NEXT_REPLY_BY, REPLY_BY, URL, answered, days_on, escalated, raised

YEAR = (date(2011, 4, 1), date(2012, 3, 31))


def now(challenge: Challenge) -> Challenge:
    """Return the row as it is, void or not."""
    return Challenge.get_by_id(challenge.id)


def send_all() -> None:
    """Let a server take all that waits."""
    with change(SYSTEM) as tx:
        for message in list(OutboxMessage.select().where(OutboxMessage.state == Mail.QUEUED)):
            message.state, message.sent_at, message.next_try_at = Mail.SENT.value, clock.now(), None
            tx.update(message, "mail.sent")


def told() -> list[tuple[str, str]]:
    """Return who is to be sent what now waits."""
    waiting = OutboxMessage.select().where(OutboxMessage.state == Mail.QUEUED)
    return [(each.to_address, each.subject) for each in waiting.order_by(OutboxMessage.id)]


@pytest.mark.parametrize(
    ("is_raiser", "is_manager", "is_acted_on", "may"),
    [
        (True, False, False, True),
        (True, False, True, False),
        (False, True, False, True),
        (False, True, True, True),
        (True, True, True, True),
        (False, False, False, False),
        (False, False, True, False),
    ],
)
def test_who_marks_a_challenge(is_raiser: bool, is_manager: bool, is_acted_on: bool, may: bool) -> None:
    verdict = can_void_challenge(is_raiser, is_manager, is_acted_on)
    assert bool(verdict) is may
    assert bool(verdict.reason) is not may


@pytest.mark.parametrize(
    ("state", "is_escalated", "can_be"),
    [
        (State.OPEN, False, True),
        (State.OPEN, True, False),
        (State.ANSWERED, False, False),
        (State.ANSWERED, True, False),
        (State.CLOSED, False, False),
    ],
)
def test_until_when_a_challenge_is_put_right(state: State, is_escalated: bool, can_be: bool) -> None:
    assert (why_not_corrected(state, is_escalated) is None) is can_be


@pytest.mark.parametrize(
    ("is_raiser", "is_manager", "may"),
    [(True, False, True), (False, True, True), (True, True, True), (False, False, False)],
)
def test_who_puts_a_challenge_right(is_raiser: bool, is_manager: bool, may: bool) -> None:
    assert bool(can_correct(is_raiser, is_manager)) is may


def test_nobody_is_told_of_what_nobody_was_told_of(world: World) -> None:
    challenge = raised(world)
    lead = world.as_viewer(world.police_lead)
    assert count_new(lead) == 2
    assert figures_of(SYSTEM, YEAR, TODAY).raised == 1
    void_challenge(world.as_viewer(world.second_chair), challenge, "", challenge.version)
    assert told() == []
    assert OutboxMessage.get(OutboxMessage.subject.contains("A question")).state == Mail.DROPPED
    assert count_new(lead) == 1
    assert figures_of(SYSTEM, YEAR, TODAY).raised == 0
    assert AuditEvent.select().where(AuditEvent.event == "challenge.voided").count() == 1


def test_who_was_told_is_told_by_reference_and_the_manager_says_why(world: World) -> None:
    challenge, manager = raised(world), world.as_viewer(world.manager)
    send_all()
    with pytest.raises(Refused, match="the board manager marks it"):
        void_challenge(world.as_viewer(world.second_chair), challenge, "A double.", challenge.version)
    with pytest.raises(InvalidInput) as wrong:
        void_challenge(manager, now(challenge), "", challenge.version)
    assert wrong.value.errors == {"reason": SAY_WHY}
    void_challenge(manager, now(challenge), "A double.", challenge.version)
    assert told() == [(world.police_lead.email, f"Challenge {challenge.reference} was recorded in error")]
    body = OutboxMessage.select().order_by(OutboxMessage.id.desc()).get().body
    assert "heard since March" not in body
    assert "/challenges/" not in body


@pytest.mark.parametrize("step", [answered, lambda world, each: _escalated(world, each)])
def test_what_somebody_acted_on_the_manager_marks(
    world: World, step: Callable[[World, Challenge], Challenge]
) -> None:
    challenge = step(world, raised(world))
    with pytest.raises(Refused):
        void_challenge(world.as_viewer(world.second_chair), challenge, "A double.", challenge.version)
    void_challenge(world.as_viewer(world.manager), challenge, "A double.", challenge.version)
    assert now(challenge).is_void


def _escalated(world: World, challenge: Challenge) -> Challenge:
    with days_on(1):
        return escalated(world, challenge)


def test_others_and_an_agencys_own_people_mark_none(world: World) -> None:
    challenge = raised(world)
    own = world.person("police-manager", Role.MANAGER, agency=world.police)
    for person in (world.chair, world.police_lead, world.reader, own):
        with pytest.raises(Refused):
            void_challenge(world.as_viewer(person), now(challenge), "A double.", challenge.version)
    assert not now(challenge).is_void


def test_it_leaves_the_action_free_for_the_right_challenge_and_its_story(world: World) -> None:
    action = world.action(date(2012, 3, 1))
    first, manager = raised(world, action), world.as_viewer(world.manager)
    before = overview_of(manager, action)
    assert any("Challenged" in each.title for each in before.timeline)
    void_challenge(manager, first, "Wrong action.", first.version)
    after = overview_of(manager, action)
    assert (after.challenges, [e for e in after.timeline if "hallenge" in e.title]) == ([], [])
    second = raised(world, action)
    with pytest.raises(Refused, match=f"{second.reference} about this action is open"):
        restore_challenge(manager, now(first), "It is none.", 2, URL)


def test_brought_back_it_stands_as_it_stood(world: World) -> None:
    challenge, manager = raised(world), world.as_viewer(world.manager)
    send_all()
    void_challenge(manager, challenge, "A double.", challenge.version)
    with pytest.raises(Refused):
        restore_challenge(world.as_viewer(world.second_chair), now(challenge), "It is none.", 2, URL)
    with pytest.raises(InvalidInput) as wrong:
        restore_challenge(manager, now(challenge), "", 2, URL)
    assert wrong.value.errors == {"reason": SAY_WHY_BACK}
    with pytest.raises(StaleEdit):
        restore_challenge(manager, now(challenge), "It is none.", 1, URL)
    restore_challenge(manager, now(challenge), "It is none.", 2, URL)
    back = now(challenge)
    assert (back.is_void, back.state, back.due_on) == (False, State.OPEN, REPLY_BY)
    assert (world.police_lead.email, f"Challenge {challenge.reference} stands again") in told()
    assert figures_of(SYSTEM, YEAR, TODAY).raised == 1


def test_of_a_void_action_it_is_not_brought_back(world: World) -> None:
    challenge, manager = raised(world), world.as_viewer(world.manager)
    void_challenge(manager, challenge, "A double.", challenge.version)
    void(manager, challenge.action, "A double.", challenge.action.version)
    with pytest.raises(InvalidInput) as wrong:
        restore_challenge(manager, now(challenge), "It is none.", 2, URL)
    assert "Its action" in wrong.value.errors["above"]


def test_the_right_question_and_date_stand_everywhere(world: World) -> None:
    challenge, chair = raised(world), world.as_viewer(world.second_chair)
    send_all()
    for question, due_on in (("", NEXT_REPLY_BY), ("Why?", TODAY), (challenge.question, REPLY_BY)):
        with pytest.raises(InvalidInput) as wrong:
            correct_challenge(chair, now(challenge), question, due_on, challenge.version, URL)
    assert wrong.value.errors == {"question": NOTHING_CHANGED}
    correct_challenge(chair, now(challenge), "Why nothing since May?", NEXT_REPLY_BY, challenge.version, URL)
    right = now(challenge)
    assert (right.question, right.due_on, right.first_due_on) == (
        "Why nothing since May?",
        NEXT_REPLY_BY,
        NEXT_REPLY_BY,
    )
    assert told() == [(world.police_lead.email, f"Challenge {challenge.reference} was put right")]
    (step,) = list_steps(right)
    assert (step.text, step.due_on) == ("Why nothing since May?", NEXT_REPLY_BY)
    story = overview_of(chair, right.action).timeline
    (entry,) = [each for each in story if "hallenge" in each.title]
    assert entry.text == "Why nothing since May?"
    assert ("Reply by", "31 May 2012") in entry.detail


def test_an_answered_or_a_higher_challenge_stays_as_it_was_asked(world: World) -> None:
    for challenge in (answered(world, raised(world)), _escalated(world, raised(world))):
        with pytest.raises(Refused, match="stays as it was asked"):
            correct_challenge(
                world.as_viewer(world.second_chair), challenge, "Why?", NEXT_REPLY_BY, challenge.version, URL
            )


def test_others_put_none_right(world: World) -> None:
    challenge = raised(world)
    own = world.person("police-manager", Role.MANAGER, agency=world.police)
    for person in (world.chair, world.police_lead, own):
        with pytest.raises(Refused):
            correct_challenge(world.as_viewer(person), now(challenge), "Why?", NEXT_REPLY_BY, 1, URL)


def test_the_pages_mark_one_tell_of_it_and_bring_it_back(
    world: World, visit: Callable[[User | None], Visitor]
) -> None:
    challenge = raised(world)
    page = f"/challenges/{challenge.id}"
    chair, manager = visit(world.second_chair), visit(world.manager)
    assert f"{page}/recorded-in-error" in chair.client.get(page).get_data(as_text=True)
    assert "Nobody has acted on it" in chair.client.get(f"{page}/recorded-in-error").get_data(as_text=True)
    fields = {"csrf_token": chair.token, "version": "1", "then": "void", "reason": ""}
    assert chair.client.post(f"{page}/recorded-in-error", data=fields).status_code == 302
    assert chair.client.get(page).status_code == 404
    assert chair.client.get(f"{page}/recorded-in-error").status_code == 404
    led = manager.client.get(page)
    assert led.headers["Location"] == f"{page}/recorded-in-error"
    told_of = manager.client.get(led.headers["Location"]).get_data(as_text=True)
    assert "Recorded in error" in told_of
    assert "heard since March" not in told_of
    sent = {"csrf_token": (lead := visit(world.police_lead)).token, "version": "1", "answer": "It slipped."}
    late = lead.client.post(f"{page}/answer", data=sent)
    assert (late.status_code, "It slipped." in late.get_data(as_text=True)) == (409, True)
    fields = {"csrf_token": manager.token, "version": "2", "then": "restore", "reason": "It is none."}
    assert manager.client.post(f"{page}/recorded-in-error", data=fields).status_code == 302
    assert chair.client.get(page).status_code == 200


def test_the_page_puts_one_right_and_says_what_a_wrong_agency_needs(
    world: World, visit: Callable[[User | None], Visitor]
) -> None:
    challenge = raised(world)
    page, chair = f"/challenges/{challenge.id}/put-right", visit(world.second_chair)
    assert "Was the wrong agency asked?" in chair.client.get(page).get_data(as_text=True)
    day = {"due_on-day": "31", "due_on-month": "5", "due_on-year": "2012", "due_on": "31/5/2012"}
    fields = {"csrf_token": chair.token, "version": "1", "question": "Why nothing since May?", **day}
    assert chair.client.post(page, data=fields).status_code == 302
    assert now(challenge).due_on == NEXT_REPLY_BY
