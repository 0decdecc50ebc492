"""Who is to answer a challenge or a recommendation says by when: reminders wait until then, once."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta

import peewee
import pytest

from kscb_actions import clock, database
from kscb_actions.access.policy import SYSTEM, Refused
from kscb_actions.actions.acknowledging.rules import Said
from kscb_actions.assurance.acknowledging.models import AnswerAcknowledgement
from kscb_actions.assurance.acknowledging.queries import Asked
from kscb_actions.assurance.acknowledging.rules import why_not_acknowledged
from kscb_actions.assurance.acknowledging.service import acknowledge, take_back
from kscb_actions.audit.models import AuditEvent
from kscb_actions.audit.service import change
from kscb_actions.chasing.answers.provider import AWAITED_ANSWERS
from kscb_actions.chasing.challenges.provider import UNANSWERED_CHALLENGES
from kscb_actions.chasing.providers import Provider
from kscb_actions.chasing.service import chase
from kscb_actions.reviews.models import Review
from kscb_actions.text import InvalidInput

from ..factories import World
from ..reading import see, send
from ..reviews.answers import asking as answers
from .challenges import asking as challenges

URL = "https://board.example"
# On a Friday both are to be answered; the ladders remind on the day itself and a week after it.
DUE = challenges.REPLY_BY
UNTIL = date(2012, 5, 2)
DAY = {"until_on": ["2", "5", "2012"]}
SAID = Said(DUE, UNTIL, DUE)


@dataclass
class Kind:
    """A kind of what an agency is to answer: how it is asked, asked again, answered and chased."""

    make: Callable[[World], Asked]
    again: Callable[[World, Asked, date], Asked]
    answer: Callable[[World, Asked], object]
    provider: Provider
    address: str


def _asked(world: World) -> Asked:
    review = answers.planned(world)
    answers.asked(world, review, "KPOL")
    answers.answered(world, review, 2, "accepted")
    return answers.of_police(world, review)


def _asked_again(world: World, asked: Asked, due_on: date) -> Asked:
    answers.asked(world, asked.review, "KPOL", due_on=due_on)
    return answers.of_police(world, asked.review)


def _with_new_day(world: World, asked: Asked, due_on: date) -> Asked:
    with change(SYSTEM) as tx:
        asked.due_on = due_on
        tx.update(asked, "challenge.updated")
    return challenges.kept(asked)


KINDS = {
    "challenge": Kind(
        challenges.raised, _with_new_day, challenges.answered, UNANSWERED_CHALLENGES, "/challenges/1"
    ),
    "answer": Kind(
        _asked,
        _asked_again,
        lambda world, asked: answers.answered(world, asked.review, 1, "accepted"),
        AWAITED_ANSWERS,
        "/reviews/SCR-2011-02/recommendations/1/answers/KPOL",
    ),
}


@pytest.fixture(params=KINDS)
def kind(request: pytest.FixtureRequest) -> Kind:
    """Return each kind in turn."""
    return KINDS[request.param]


@pytest.mark.parametrize(
    ("over", "due_on", "said", "words"),
    [
        (None, DUE, [], ""),
        (None, DUE, [Said(DUE - timedelta(days=9), UNTIL, DUE)], ""),
        ("It is closed.", DUE, [], "It is closed."),
        (None, None, [], "No day to answer by was set"),
        (None, DUE, [SAID], "said already that it is done by 2 May 2012. Ask the Board for a later day"),
        (
            None,
            DUE,
            [Said(DUE, UNTIL, DUE - timedelta(days=29), True)],
            "more than 28 days ago. Ask the Board",
        ),
    ],
)
def test_a_day_to_answer_by_is_acknowledged_once(
    over: str | None, due_on: date | None, said: list[Said], words: str
) -> None:
    refusal = why_not_acknowledged(over, due_on, said, DUE) or ""
    assert words in refusal and bool(refusal) == bool(words)


def test_reminders_wait_until_the_day_is_over_and_go_on_once(world: World, kind: Kind) -> None:
    asked = kind.make(world)
    with clock.at(DUE):
        row = acknowledge(world.police_lead.viewer, asked, UNTIL)
    days = [DUE + timedelta(days=number) for number in range(20)]
    # The rung of the day itself and of the week after fell due meanwhile: the later one comes, once.
    assert [day for day in days if chase(kind.provider, day, URL).messages] == [date(2012, 5, 3)]
    assert (row.due_on, row.until_on, row.said_by) == (DUE, UNTIL, world.police_lead)
    event = AuditEvent.get(AuditEvent.event == "acknowledgement.answer-said")
    assert (event.actor_name, event.review_id) == ("Police lead", asked.review_id)
    with pytest.raises(peewee.DatabaseError, match="append-only"), database.writing():
        AnswerAcknowledgement.delete().execute()


def test_a_mistake_is_taken_back_and_another_day_to_answer_by_is_acknowledged_anew(
    world: World, kind: Kind
) -> None:
    asked, lead = kind.make(world), world.police_lead.viewer
    with clock.at(DUE):
        acknowledge(lead, asked, UNTIL)
        with pytest.raises(InvalidInput, match="Ask the Board for a later day"):
            acknowledge(lead, asked, UNTIL)
        take_back(lead, asked)
        with pytest.raises(InvalidInput, match="Nobody has said"):
            take_back(lead, asked)
        assert len(chase(kind.provider, DUE, URL).messages) == 1
        acknowledge(lead, asked, UNTIL)
        later = kind.again(world, asked, date(2012, 5, 31))
        assert acknowledge(lead, later, UNTIL).due_on == date(2012, 5, 31)
        kind.answer(world, later)
        for refused in (lambda: acknowledge(lead, later, UNTIL), lambda: take_back(lead, later)):
            with pytest.raises(InvalidInput, match="answered"):
                refused()


def test_whoever_is_to_answer_for_the_agency_may_and_nobody_else(world: World, kind: Kind) -> None:
    asked = kind.make(world)
    for person in (world.health_lead, world.manager, world.second_chair, world.reader):
        for refused in (acknowledge, lambda viewer, asked, _: take_back(viewer, asked)):
            with pytest.raises(Refused):
                refused(person.viewer, asked, DUE)
    assert acknowledge(world.police_member.viewer, asked, DUE).said_by == world.police_member
    review = Review.get_by_id(asked.review_id)
    review.is_restricted = True
    with change(SYSTEM) as tx:
        tx.update(review, "review.changed")
    with pytest.raises(Refused, match="no such review"):
        take_back(world.police_member.viewer, asked)


def test_at_a_higher_level_the_lead_says_nothing_more(world: World) -> None:
    challenge = challenges.raised(world, level="board_member")
    with pytest.raises(Refused, match="Board member"):
        acknowledge(world.police_lead.viewer, challenge, DUE)
    assert acknowledge(world.police_member.viewer, challenge, DUE)


def test_it_is_said_on_the_page_that_the_mail_leads_to(
    world: World, kind: Kind, sign_in: Callable, csrf_token: str
) -> None:
    kind.make(world)
    with clock.at(DUE):
        (message,) = chase(kind.provider, DUE, URL).messages
        assert f"{URL}{kind.address}" in message.body
        lead, address = sign_in(world.police_lead), f"{kind.address}/acknowledge"
        assert dict(see(lead, kind.address).links())["Say by when you answer"] == address
        assert "Up to 18 May 2012" in see(lead, address).text
        assert send(lead, address, csrf_token, until_on=["1", "6", "2012"]).errors.keys() == {"until_on"}
        assert send(lead, address, csrf_token, **DAY).location == kind.address
        page = see(lead, kind.address)
        assert "Seen, and to be answered by 2 May 2012, the agency says" in page.text
        assert (
            dict(page.links())["Take it back"] == f"{address}/take-back"
            and address not in dict(page.links()).values()
        )
        theirs = see(sign_in(world.manager), kind.address)
        assert "to be answered by 2 May 2012" in theirs.text and "Take it back" not in theirs.text
        log = see(sign_in(world.manager), "/reminders/log").text
        assert "Acknowledged: to be done by 2 May 2012" in log
        assert see(lead, address).location == kind.address
        assert send(lead, f"{address}/take-back", csrf_token).location == kind.address
        assert "Acknowledged" not in see(sign_in(world.manager), "/reminders/log").text
        assert "Say by when you answer" in see(lead, kind.address).text
