"""Pages of challenges: raised from where the question arises, answered, decided on, listed, told of."""

import io
import re
from collections.abc import Callable
from datetime import date

import docx
import pytest
from flask.testing import FlaskClient

from kscb_actions.assurance.challenges.models import Challenge
from kscb_actions.assurance.challenges.queries import list_steps
from kscb_actions.assurance.challenges.service import (
    Subject,
    answer_challenge,
    close_challenge,
    raise_challenge,
)
from kscb_actions.audit.models import AuditEvent
from kscb_actions.chasing.news.models import News
from kscb_actions.chasing.news.service import see_all
from kscb_actions.people.models import User

from ...factories import World
from ...queries import counted
from ...reading import see, send
from .asking import REPLY_BY, URL, answered, closed, days_on, escalated, kept, raised

DAY = {"due_on": ["20", "4", "2012"]}
QUESTION = {"question": "What is missing?", "level": "lead", **DAY}


@pytest.fixture
def chair(world: World, sign_in: Callable) -> FlaskClient:
    client: FlaskClient = sign_in(world.chair)
    return client


def test_it_is_raised_from_an_action(world: World, chair: FlaskClient, csrf_token: str) -> None:
    action = world.action(date(2012, 3, 1))
    page = see(chair, f"/reviews/{action.review.reference}/actions/1")
    address = dict(page.links())["Challenge the agency"]
    form = see(chair, address)
    assert form.h1 == "Challenge Kent Police" and "Police lead" in form.text and "Police member" in form.text
    assert send(chair, address, csrf_token).errors.keys() == {"question", "level", "due_on"}
    sent = send(chair, address, csrf_token, **QUESTION)
    challenge = Challenge.get()
    assert sent.location == f"/challenges/{challenge.id}"
    page = see(chair, f"/reviews/{action.review.reference}/actions/1")
    assert "Challenge the agency" not in dict(page.links())
    assert (
        f"Challenge C{challenge.id}, level Agency lead: waits for the agency’s answer by 20 April 2012"
        in page.text
    )
    assert f"Challenged by the Board: C{challenge.id}" in page.text and "What is missing?" in page.text


def test_it_is_raised_from_a_recommendation_for_one_of_its_agencies(
    world: World, chair: FlaskClient, csrf_token: str
) -> None:
    recommendation = world.recommendation()
    for agency in (world.police, world.health, world.probation):
        world.action(agency=agency, recommendation=recommendation)
    review = f"/reviews/{recommendation.review.reference}"
    address = dict(see(chair, review).links())["Challenge an agency about recommendation 1"]
    choosing = dict(see(chair, address).links())
    # The chair is of Probation, and does not challenge it.
    assert {"Challenge Kent Police", "Challenge NHS Kent and Medway"} <= set(choosing)
    assert "Challenge Kent Probation" not in choosing
    sent = send(chair, choosing["Challenge Kent Police"], csrf_token, **QUESTION)
    challenge = Challenge.get()
    assert (sent.status, challenge.agency_id, challenge.recommendation_id) == (
        302,
        world.police.id,
        recommendation.id,
    )
    assert f"Kent Police: Challenge C{challenge.id}" in see(chair, review).text
    refused = send(chair, f"{address}?agency=KPRO", csrf_token, **QUESTION)
    assert (refused.status, Challenge.select().count()) == (200, 1)


def test_it_is_raised_for_an_agency_or_a_line_of_the_paper(
    world: World, chair: FlaskClient, csrf_token: str
) -> None:
    address = dict(see(chair, "/challenges").links())["Kent Police"]
    send(chair, f"{address}?paper=2012-03-30", csrf_token, **QUESTION)
    challenge = Challenge.get()
    assert (challenge.paper_as_at, challenge.review_id) == (date(2012, 3, 30), None)
    assert "Progress paper as at 30 March 2012" in see(chair, f"/challenges/{challenge.id}").text
    assert chair.get("/agencies/KPRO/challenge").status_code == 403


def test_that_nobody_can_answer_is_said_before_it_is_sent(
    world: World, chair: FlaskClient, csrf_token: str
) -> None:
    action = world.action(agency=world.health)
    address = f"/reviews/{action.review.reference}/actions/1/challenge"
    page = see(chair, address)
    assert "Independent chair: the agency has no Board member with an account, who answers" in page.text
    assert "Nobody of NHS Kent" not in page.text
    sent = send(chair, address, csrf_token, **{**QUESTION, "level": "board_member"})
    assert "has no Board member" in sent.errors["level"] and sent.value("question") == "What is missing?"


def test_the_agency_answers_and_the_chair_closes(
    world: World, chair: FlaskClient, sign_in: Callable, csrf_token: str
) -> None:
    challenge = raised(world)
    lead, address = sign_in(world.police_lead), f"/challenges/{challenge.id}"
    page = see(lead, address)
    assert [words for words, _ in page.links() if words in ("Answer", "Close the challenge")] == ["Answer"]
    sent = send(
        lead, f"{address}/answer", csrf_token, answer="By May.", version=page_version(lead, address, "answer")
    )
    assert sent.location == address
    said = r"is answered\. The Board decides on it\. (.+?) (?:is|are) told at once"
    hears = re.search(said, see(lead, address).text)
    told = News.select(User.name).join(User, on=News.person).where(News.kind == "challenge_answered").tuples()
    assert hears and {name for (name,) in told} >= set(re.split(", | and ", hears[1])) - {"2 others"}
    version = page_version(chair, address, "close")
    assert send(chair, f"{address}/close", csrf_token, version=version).errors.keys() == {
        "outcome",
        "reason",
    }
    send(chair, f"{address}/close", csrf_token, version=version, outcome="explained", reason="Accepted.")
    page = see(chair, address)
    assert "Closed." in page.text and "The answer explains it" in page.text
    assert "Close the challenge" not in dict(page.links())


def page_version(client: FlaskClient, address: str, page: str) -> str:
    return see(client, f"{address}/{page}").value("version")


def test_of_two_who_close_at_once_the_other_keeps_the_text(
    world: World, chair: FlaskClient, csrf_token: str
) -> None:
    challenge = answered(world, raised(world))
    address = f"/challenges/{challenge.id}"
    version = page_version(chair, address, "close")
    close_challenge(
        world.as_viewer(world.second_chair),
        kept(challenge),
        "changed",
        "They set a date.",
        challenge.version,
        URL,
    )
    for page, fields in (("close", {"outcome": "explained"}), ("escalate", DAY)):
        sent = send(chair, f"{address}/{page}", csrf_token, version=version, reason="My own words.", **fields)
        assert sent.status == 409
        assert "They set a date." in sent.text and "My own words." in sent.text
    assert len(list_steps(challenge)) == 3


def test_an_answer_that_came_meanwhile_is_shown_and_the_text_is_kept(
    world: World, chair: FlaskClient, csrf_token: str
) -> None:
    challenge = raised(world)
    address = f"/challenges/{challenge.id}"
    fields = {"outcome": "unresolved", "reason": "Nothing came."}
    version = page_version(chair, address, "close")
    answered(world, challenge)
    sent = send(chair, f"{address}/close", csrf_token, version=version, **fields)
    assert sent.status == 409 and sent.value("reason") == "Nothing came."
    assert "Since you opened this page" in sent.text and "The training slipped." in sent.text
    again = send(chair, f"{address}/close", csrf_token, version=sent.value("version"), **fields)
    assert again.status == 302 and kept(challenge).state == "closed"


def test_two_answers_at_once_are_one(world: World, sign_in: Callable, csrf_token: str) -> None:
    challenge = raised(world)
    lead, address = sign_in(world.police_lead), f"/challenges/{challenge.id}"
    version = page_version(lead, address, "answer")
    answer_challenge(world.as_viewer(world.police_member), kept(challenge), "Theirs.", 1, URL)
    sent = send(lead, f"{address}/answer", csrf_token, version=version, answer="Mine.")
    assert sent.status == 409 and "Theirs." in sent.text and "Mine." in sent.text


def test_it_is_escalated_and_the_next_level_decides(
    world: World, chair: FlaskClient, sign_in: Callable, csrf_token: str
) -> None:
    challenge = raised(world, level="board_member")
    address = f"/challenges/{challenge.id}"
    assert chair.get(f"{address}/escalate").status_code == 403
    answered(world, challenge)
    page = see(chair, f"{address}/escalate")
    assert "Independent chair: Police member" in page.text
    sent = send(
        chair, f"{address}/escalate", csrf_token, version=page.value("version"), reason="No plan.",
        due_on=["31", "5", "2012"],
    )  # fmt: skip
    assert sent.location == address
    for page_name in ("close", "escalate"):
        assert chair.get(f"{address}/{page_name}").status_code == 403
    with days_on(60):
        independent = sign_in(world.independent_chair)
        links = dict(see(independent, address).links())
    assert {"Close the challenge", "Take it a level higher"} <= set(links)


def test_the_letter_is_made_in_word_and_the_trail_knows(
    world: World, chair: FlaskClient, csrf_token: str
) -> None:
    challenge = escalated(world, answered(world, raised(world)))
    answer = chair.post(f"/challenges/{challenge.id}/letter.docx", data={"csrf_token": csrf_token})
    assert answer.status_code == 200
    assert f"challenge-c{challenge.id}-kpol-2012-03-30.docx" in answer.headers["Content-Disposition"]
    file = docx.Document(io.BytesIO(answer.data))
    text = "\n".join(node.text or "" for node in file.element.iter() if node.tag.endswith("}t"))
    for words in (
        f"Challenge C{challenge.id} to Kent Police",
        "The agency’s member of the Board, Kent Police",
        "31 May 2012",
        "Why has nothing been heard since March?",
        "The training slipped.",
        "No plan.",
    ):
        assert words in text
    assert AuditEvent.select().where(AuditEvent.event == "challenge.letter-made").count() == 1


def test_the_log_is_narrowed_and_its_figures_lead_to_what_they_count(
    world: World, chair: FlaskClient
) -> None:
    closed(world, answered(world, raised(world)))
    escalated(world, answered(world, raised(world)))
    raised(world, level="board_member")
    agency_wide = Subject(world.police)
    raise_challenge(world.as_viewer(world.manager), agency_wide, "lead", "What of <b>all</b>?", REPLY_BY, URL)
    for query, number in (
        ("", 4),
        ("state=open", 3),
        ("state=closed", 1),
        ("level=board_member", 2),
        ("agency=KPOL", 4),
        ("agency=NHSK", 0),
        ("review=SCR-1999-1", 0),
        ("outcome=changed", 1),
        ("year=2011-12", 4),
        ("year=2010-11", 0),
        ("year=rubbish", 0),
        ("in_time=yes", 1),
        ("in_time=rubbish", 0),
        ("q=heard", 3),
        ("overdue=1", 0),
    ):
        page = see(chair, f"/challenges?{query}")
        assert (len(page.rows("Challenges")) if number else 0) == number, query
        assert number or "Nothing matches." in page.text
    for words, href in see(chair, "/challenges").links("app-tile"):
        number = int(words.split()[0])
        assert (len(see(chair, href).rows("Challenges")) if number else 0) == number, words
    assert "<b>all</b>" not in see(chair, "/challenges").body


def test_a_lead_and_a_board_member_see_their_own_agencys_and_no_others(
    world: World, sign_in: Callable
) -> None:
    challenge = raised(world)
    for person in (world.police_lead, world.police_member):
        assert len(see(sign_in(person), "/challenges").rows("Challenges")) == 1
    other = sign_in(world.health_lead)
    assert "There are no challenges here yet." in see(other, "/challenges").text
    assert other.get(f"/challenges/{challenge.id}").status_code == 404
    home = sign_in(world.police_member).get("/")
    assert home.location == "/challenges"


def test_pages_ask_the_same_number_of_questions_however_much_there_is(
    world: World, chair: FlaskClient
) -> None:
    first = raised(world)
    pages = ["/challenges", f"/challenges/{first.id}", f"/reviews/{first.review.reference}"]

    def number(address: str) -> int:
        with counted() as queries:
            assert chair.get(address).status_code == 200
        return int(queries)

    for address in pages:
        number(address)
    before = {address: number(address) for address in pages}
    escalated(world, answered(world, first))
    for _ in range(6):
        closed(world, answered(world, raised(world)))
    see_all(world.chair.viewer)
    see_all(world.second_chair.viewer)
    assert {address: number(address) for address in pages} == before
    assert before["/challenges"] <= 17


def test_the_canary_of_a_restricted_challenge_is_nowhere(world: World, sign_in: Callable) -> None:
    from .test_services import restricted_action

    action = restricted_action(world, world.second_chair, world.police_lead)
    challenge = raised(world, action)  # type: ignore[arg-type]
    for person in (world.manager, world.chair, world.reader, world.police_member, world.independent_chair):
        client = sign_in(person)
        for page in ("/challenges", "/challenges?state=open", "/reports/progress?appendix=exceptions"):
            body = client.get(page).get_data(as_text=True)
            assert "nothing been heard" not in body and f"/challenges/{challenge.id}" not in body
        hidden, absent = (client.get(f"/challenges/{number}") for number in (challenge.id, 99_999))
        assert hidden.status_code == absent.status_code == 404
