"""The outbox pages: what a manager reads there, and what nobody does."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from lxml import html

from kscb_actions.access.policy import SYSTEM, Role
from kscb_actions.audit.models import AuditEvent
from kscb_actions.audit.service import change
from kscb_actions.chasing.actions.provider import OPEN_ACTIONS
from kscb_actions.chasing.service import chase
from kscb_actions.child_deaths.meetings.interests import declare_interest, lift_interest
from kscb_actions.mail.models import OutboxMessage
from kscb_actions.mail.rules import NOTHING, About
from kscb_actions.mail.service import queue
from kscb_actions.people.models import User
from kscb_actions.reviews.models import Review
from kscb_actions.reviews.service import name_person

from ..factories import TODAY, World
from ..factories_deaths import Panel
from ..queries import counted

SignIn = Callable[[User | None], FlaskClient]


def write(world: World, count: int = 1, **fields: Any) -> None:
    with change(SYSTEM) as tx:
        for number in range(count):
            message = queue(
                tx,
                world.police_lead,
                f"Subject {number}",
                "A text\nhttps://tracker.example/my-actions",
                NOTHING,
            )
            for name, value in fields.items():
                setattr(message, name, value)
            if fields:
                tx.update(message, "mail.tried")


def rows(page: Any) -> list[str]:
    return [" ".join(row.text_content().split()) for row in html.fromstring(page.text).xpath("//tbody/tr")]


def test_an_empty_outbox_says_when_something_will_be_in_it(world: World, sign_in: SignIn) -> None:
    page = sign_in(world.manager).get("/outbox")
    assert page.status_code == 200
    assert "Nothing has been written yet." in page.text
    assert "No mail server is set up" in page.text


def test_without_the_warning_where_mail_is_set(app: Flask, world: World, sign_in: SignIn) -> None:
    app.config["SETTINGS"] = replace(app.config["SETTINGS"], mail="smtp://mail.example")
    assert "No mail server is set up" not in sign_in(world.manager).get("/outbox").text


def test_messages_are_listed_newest_first_with_what_became_of_them(world: World, sign_in: SignIn) -> None:
    write(world, state="failed", last_error="The mail server said: 550 No such person")
    write(world)
    first, second = rows(sign_in(world.manager).get("/outbox"))
    assert "Police lead" in first and "police-lead@board.example" in first and "Waiting" in first
    assert "Not delivered" in second and "550 No such person" in second


@pytest.mark.parametrize(
    ("query", "count"),
    [
        ("", 4),
        ("?state=queued", 1),
        ("?state=sent", 2),
        ("?state=failed", 1),
        ("?state=dropped", 0),
        ("?state=x", 4),
    ],
)
def test_the_list_is_narrowed_by_state(world: World, sign_in: SignIn, query: str, count: int) -> None:
    write(world)
    write(world, 2, state="sent")
    write(world, state="failed")
    page = sign_in(world.manager).get(f"/outbox{query}")
    assert len(rows(page)) == count
    for words in ("All (4)", "Waiting (1)", "Sent (2)", "Not delivered (1)", "Withheld (0)"):
        assert words in page.text
    assert ("No message is in this state." in page.text) is (count == 0)


@pytest.mark.parametrize(
    ("query", "count"),
    [
        ("", 25),
        ("?page=2", 2),
        ("?page=99999999999999999999", 25),
        ("?page=999999999", 2),
        ("?page=-1", 25),
        ("?page=x", 25),
    ],
)
def test_long_lists_have_pages(world: World, sign_in: SignIn, query: str, count: int) -> None:
    write(world, 27)
    page = sign_in(world.manager).get(f"/outbox{query}")
    assert len(rows(page)) == count
    assert "of 27 messages" in page.text


def test_a_page_of_thirty_makes_as_many_queries_as_a_page_of_three(world: World, sign_in: SignIn) -> None:
    client = sign_in(world.manager)
    write(world, 3)
    client.get("/outbox")
    with counted() as few:
        client.get("/outbox")
    write(world, 27)
    with counted() as many:
        client.get("/outbox")
    assert int(few) == int(many)


def test_a_message_is_readable_with_its_links(world: World, sign_in: SignIn) -> None:
    action = world.action(due_on=TODAY)
    chase(OPEN_ACTIONS, TODAY, "https://tracker.example")
    message = OutboxMessage.get()
    page = sign_in(world.manager).get(f"/outbox/{message.id}")
    assert message.subject in page.text
    assert "Due today: 30 March 2012" in page.text
    link = f"https://tracker.example/reviews/{action.review.reference}/actions/{action.number}"
    assert html.fromstring(page.text).xpath(f"//main//a[@href='{link}']")


def test_markup_in_a_text_is_shown_and_not_obeyed(world: World, sign_in: SignIn) -> None:
    write(world, subject="<b>bold</b>", body='http://x.example/"onclick="a<script>alert(1)</script>')
    page = sign_in(world.manager).get("/outbox/1").text
    assert "<script>alert" not in page and "<b>bold" not in page
    assert not html.fromstring(page).xpath("//a[@onclick]")


def test_the_text_of_a_secret_is_shown_to_nobody(world: World, sign_in: SignIn) -> None:
    write(world, is_secret=True)
    page = sign_in(world.manager).get("/outbox/1").text
    assert "A text" not in page
    assert "its text is shown to nobody else" in page


def test_what_is_about_a_restricted_review_is_absent_for_others(world: World, sign_in: SignIn) -> None:
    review = world.review()
    world.action(due_on=TODAY, recommendation=world.recommendation(review))
    review.is_restricted = True
    with change(SYSTEM) as tx:
        tx.update(review, "review.changed")
    name_person(SYSTEM, review, world.police_lead)
    chase(OPEN_ACTIONS, TODAY, "https://tracker.example")
    message = OutboxMessage.get()
    client = sign_in(world.manager)
    assert rows(client.get("/outbox")) == []
    assert "All (0)" in client.get("/outbox").text
    assert client.get(f"/outbox/{message.id}").status_code == 404
    named = world.person("named-manager", Role.MANAGER)
    name_person(SYSTEM, review, named)
    assert len(rows(sign_in(named).get("/outbox"))) == 2, "the digest, and word to who was named already"
    assert sign_in(named).get(f"/outbox/{message.id}").status_code == 200


@pytest.mark.parametrize("number", ["2", "0", "99999999999999999999999"])
def test_a_message_that_does_not_exist_is_not_found(world: World, sign_in: SignIn, number: str) -> None:
    write(world)
    assert sign_in(world.manager).get(f"/outbox/{number}").status_code == 404


def test_nobody_but_a_manager_reads_the_outbox(world: World, sign_in: SignIn) -> None:
    write(world)
    for user in (world.chair, world.police_lead, world.reader, world.cdop_member, world.cdop_coordinator):
        assert sign_in(user).get("/outbox").status_code == 403
        assert sign_in(user).get("/outbox/1").status_code in (403, 404)
    assert sign_in(None).get("/outbox").status_code == 302


def restricted(world: World, reference: str) -> Review:
    """Return a restricted review, on which only whoever recorded it is named."""
    return world.review(reference, is_restricted=True)


def write_about(world: World, *about: About, body: str = "A text.") -> int:
    """Return a message to a lead about these things; returns its id."""
    with change(SYSTEM) as tx:
        return int(queue(tx, world.police_lead, "Subject", body, about).id)


def test_a_text_that_happens_to_hold_a_reference_hides_nothing(world: World, sign_in: SignIn) -> None:
    secret = restricted(world, "SCR-2011-1")
    body = f"About SCR-2011-10.\nhttps://tracker.example/reviews/{secret.reference}/actions/1"
    message_id = write_about(world, About(world.review("SCR-2011-10").id), body=body)
    client = sign_in(world.person("stranger", Role.MANAGER))
    assert client.get(f"/reviews/{secret.reference}").status_code == 404
    assert len(rows(client.get("/outbox"))) == 1
    assert client.get(f"/outbox/{message_id}").status_code == 200


def test_what_is_about_a_hidden_review_is_hidden_though_its_text_does_not_name_it(
    world: World, sign_in: SignIn
) -> None:
    secret, other = restricted(world, "SCR-2011-77"), world.review("SCR-2011-78")
    message_id = write_about(world, About(other.id), About(secret.id))
    stranger = world.person("stranger", Role.MANAGER)
    client = sign_in(stranger)
    assert rows(client.get("/outbox")) == [] and "All (0)" in client.get("/outbox").text
    assert client.get(f"/outbox/{message_id}").status_code == 404
    name_person(SYSTEM, secret, stranger)
    assert client.get(f"/outbox/{message_id}").status_code == 200


def test_what_is_about_a_death_is_for_co_ordinators_without_an_interest_in_it(
    world: World, sign_in: SignIn
) -> None:
    panel = Panel(world)
    closed, other = panel.death(), panel.death()
    both = world.person("manager-too", Role.MANAGER, Role.CDOP_COORDINATOR)
    member = world.person("member-too", Role.MANAGER, Role.CDOP_MEMBER)
    about_closed = write_about(world, About(death_id=closed.id))
    about_other = write_about(world, About(death_id=other.id), body=f"https://x/deaths/{closed.id}#returns")
    interest = declare_interest(both.viewer, closed, both, "The child’s doctor.")

    def opened(person: User) -> list[int]:
        client = sign_in(person)
        return [
            each for each in (about_closed, about_other) if client.get(f"/outbox/{each}").status_code == 200
        ]

    assert opened(world.manager) == opened(member) == []
    assert opened(both) == [about_other]
    lift_interest(panel.coordinator, interest, "It was another child.")
    assert opened(both) == [about_closed, about_other]


def test_a_digest_says_which_actions_it_is_about(world: World) -> None:
    actions = [world.action(due_on=TODAY), world.action(due_on=TODAY)]
    chase(OPEN_ACTIONS, TODAY, "https://tracker.example")
    (message,) = OutboxMessage.select()
    items = [(each.review_id, each.action_id, each.death_id) for each in message.items]
    assert sorted(items) == sorted((each.review_id, each.id, None) for each in actions)


def test_the_trail_hides_what_a_message_is_about_as_it_hides_the_thing(world: World) -> None:
    write_about(world, About(3, 4), About(death_id=5))
    events = AuditEvent.select().where(AuditEvent.kind == "outbox_item").order_by(AuditEvent.id)
    assert [(each.review_id, each.action_id, each.room) for each in events] == [
        (3, 4, "child_deaths"),
        (None, None, "child_deaths"),
    ]
