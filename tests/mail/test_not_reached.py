"""Who is not reached by mail is marked where a manager looks, until the manager has put it right."""

import re
from collections.abc import Callable

from flask.testing import FlaskClient
from lxml import html

from kscb_actions.access.policy import SYSTEM, Role
from kscb_actions.audit.service import change
from kscb_actions.chasing.actions.provider import OPEN_ACTIONS
from kscb_actions.chasing.news.service import count_as_told
from kscb_actions.chasing.service import chase
from kscb_actions.config import Settings
from kscb_actions.database import writing
from kscb_actions.jobs.scheduler import Jobs
from kscb_actions.mail.models import OutboxMessage
from kscb_actions.mail.rules import About
from kscb_actions.mail.service import queue
from kscb_actions.people.models import User
from kscb_actions.people.service import PersonFacts, edit_person

from ..factories import TODAY, World
from ..queries import counted
from .peers import Peer, listening
from .sending import LEAD, deliver_to, states, via, write

SignIn = Callable[[User | None], FlaskClient]


def words(client: FlaskClient, path: str) -> str:
    (main,) = html.fromstring(client.get(path).text).xpath("//main")
    return " ".join(main.text_content().split())


def is_marked(client: FlaskClient, person: str) -> bool:
    return any("Mail does not" in words(client, path) for path in ("/people", "/attention", person))


def test_who_is_not_reached_is_marked_until_mail_works_again(
    world: World, settings: Settings, sign_in: SignIn, csrf_token: str
) -> None:
    action = world.action(due_on=TODAY)
    count_as_told()
    chase(OPEN_ACTIONS, TODAY, settings.base_url)
    client, person = sign_in(world.manager), f"/people/{world.police_lead.id}"
    deliver_to(settings, Peer())
    assert "Mail does not" not in words(client, "/people") + words(client, "/attention") + words(
        client, person
    )
    form = {"csrf_token": csrf_token}
    assert client.post("/outbox/1/did-not-arrive", data=form).location == "/outbox/1"
    page = words(client, "/outbox/1")
    assert "Did not arrive" in page and "Manager has recorded that it did not arrive." in page
    assert "It did not arrive" not in page.replace("that it did not arrive", "")
    marked = words(client, "/people")
    why = r"Mail does not arrive Message of 30 March 2012.*: Manager has recorded"
    assert re.search(why, marked) and re.search(why, words(client, person))
    assert "Mail does not reach 1 person" in words(client, "/attention")
    assert html.fromstring(client.get("/people").text).xpath("//a[@href='/outbox/1']")
    answer = client.post(f"{person}/mail-works", data=form, follow_redirects=True).text
    assert "What was lost and still waits is on its way." in answer
    assert "Mail does not" not in words(client, "/people") + words(client, "/attention") + words(
        client, person
    )
    peer = deliver_to(settings, Peer())
    assert [message["To"] for message in peer.received] == [LEAD] and action.reference in peer.subjects()[0]
    assert "Given again" in words(client, "/outbox/1")


def test_of_a_message_that_waits_it_cannot_be_said(world: World, sign_in: SignIn, csrf_token: str) -> None:
    write(world.police_lead)
    client = sign_in(world.manager)
    assert "It did not arrive" not in client.get("/outbox/1").text
    answer = client.post("/outbox/1/did-not-arrive", data={"csrf_token": csrf_token}, follow_redirects=True)
    assert "Only of a message that was sent" in answer.text
    assert states() == ["queued"]


def test_the_jobs_give_again_within_one_waking(world: World, settings: Settings) -> None:
    world.action(due_on=TODAY)
    count_as_told()
    chase(OPEN_ACTIONS, TODAY, settings.base_url)
    with listening(Peer(rcpt={LEAD: "550 No such person"})) as peer:
        jobs = Jobs(via(settings, peer.port))
        jobs.deliver()
        jobs.deliver()
        assert states() == ["failed"]
        person = User.get_by_id(world.police_lead.id)
        facts = PersonFacts("right@board.example", person.name, person.role_set, person.agency)
        edit_person(world.manager.viewer, person, facts, person.version)
        jobs.deliver()
        assert states() == ["failed", "sent"]
        jobs.deliver()
    assert [message["To"] for message in peer.received] == ["right@board.example"]


def test_many_who_are_not_reached_cost_no_more_queries(world: World, sign_in: SignIn) -> None:
    client = sign_in(world.manager)

    def fail(*people: User) -> None:
        for person in people:
            write(person)
        with writing(OutboxMessage):
            OutboxMessage.update(state="failed").execute()

    fail(world.reader)
    client.get("/people")
    with counted() as few:
        client.get("/people")
    fail(world.police_lead, world.health_lead, world.chair, world.probation_lead)
    with counted() as many:
        assert client.get("/people").text.count("Mail does not arrive") == 5
    assert int(few) == int(many)


def test_what_is_about_something_hidden_is_no_link(world: World, sign_in: SignIn) -> None:
    secret = world.review(is_restricted=True)
    with change(SYSTEM) as tx:
        queue(tx, world.reader, "Subject", "Text.", [About(secret.id)])
    with writing(OutboxMessage):
        OutboxMessage.update(state="failed", last_error="550 No").execute()
    client = sign_in(world.person("stranger", Role.MANAGER))
    assert "Mail does not arrive" in client.get("/people").text
    assert not html.fromstring(client.get("/people").text).xpath("//a[starts-with(@href, '/outbox/')]")
