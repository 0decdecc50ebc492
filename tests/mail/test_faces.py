"""Plain text and HTML of a message say the same; its links are our own and lead to the thing."""

from collections.abc import Callable
from email.message import EmailMessage

import pytest
from flask import Flask
from flask.testing import FlaskClient
from hypothesis import given
from hypothesis import settings as few
from hypothesis import strategies as st
from lxml import html

from kscb_actions.chasing.actions.provider import OPEN_ACTIONS
from kscb_actions.chasing.news.service import count_as_told
from kscb_actions.chasing.service import chase
from kscb_actions.config import Settings
from kscb_actions.mail.faces import html_of, text_of
from kscb_actions.people.models import User
from kscb_actions.settings.service import change_settings

from ..factories import TODAY, World
from ..people.visitor import OURS, PASSWORD, Visitor, with_password
from .peers import Peer
from .sending import deliver_to, plain, write

URL = "https://tracker.example"
GOLDEN = """Safeguarding Children Board: review and action tracker, 30 March 2012.

Please say how far these are, or report them done:

SCR-2011-01/A1
Due today: 30 March 2012
http://127.0.0.1:5000/reviews/SCR-2011-01/actions/1

All your actions:
http://127.0.0.1:5000/my-actions

Nobody reads replies to this message."""
GOLDEN_HTML = """<p style="margin: 0 0 16px 0;"><strong>SCR-2011-01/A1</strong><br>
Due today: 30 March 2012<br>
<a href="http://127.0.0.1:5000/reviews/SCR-2011-01/actions/1" style="color: #1d70b8;">\
http://127.0.0.1:5000/reviews/SCR-2011-01/actions/1</a></p>"""


def words(text: str) -> list[str]:
    return text.split()


def words_of_page(page: str) -> list[str]:
    (body,) = html.fromstring(page).xpath("//body")
    for line_break in body.xpath(".//br"):
        line_break.tail = " " + (line_break.tail or "")
    return words(" ".join(body.itertext()))


def page_of(message: EmailMessage) -> str:
    part = message.get_body(("html",))
    assert part is not None
    return str(part.get_content()).replace("\r\n", "\n")


def test_a_digest_is_as_it_was_agreed_in_both_faces(world: World, settings: Settings) -> None:
    world.action(due_on=TODAY)
    count_as_told()
    chase(OPEN_ACTIONS, TODAY, settings.base_url)
    (message,) = deliver_to(settings, Peer()).received
    assert plain(message) == GOLDEN
    assert GOLDEN_HTML in page_of(message)
    assert words_of_page(page_of(message)) == words(GOLDEN)
    assert [part.get_content_type() for part in message.iter_parts()] == ["text/plain", "text/html"]


LINES = st.text(st.sampled_from("ab <>&\"'“\n\t./?=#:"), max_size=60)
ADDRESSES = st.sampled_from(["", URL, f"{URL}/my-actions", f"{URL}.evil.example/x", "http://evil.example/a"])


@few(max_examples=200, deadline=None)
@given(LINES, ADDRESSES, LINES)
def test_both_faces_say_the_same_and_link_to_ourselves_alone(before: str, address: str, after: str) -> None:
    text = f"{before} {address} {after}"
    page = html_of(text, "Subject <b>", URL)
    assert words_of_page(page) == words(text)
    tree = html.fromstring(page)
    assert not tree.xpath("//img | //script | //link | //b | //@src | //@onclick")
    for link in tree.xpath("//a/@href"):
        assert link == URL or link.startswith((f"{URL}/", f"{URL}?", f"{URL}#"))


@pytest.mark.parametrize("address", [URL, f"{URL}/my-actions", f"{URL}/actions?turn=board&restricted=0"])
def test_our_own_address_is_a_link_as_it_stands(address: str) -> None:
    (link,) = html.fromstring(html_of(f"All that waits:\n{address}", "S", URL)).xpath("//a")
    assert link.get("href") == link.text == address


@pytest.mark.parametrize("address", [f"{URL}.evil.example/x", f"x{URL}/a", "javascript:alert(1)", f"{URL}x"])
def test_another_address_is_no_link(address: str) -> None:
    assert not html.fromstring(html_of(f"See {address}", "S", URL)).xpath("//a")


def test_replies_go_to_the_boards_mailbox_or_the_mail_says_that_nobody_reads_them(
    world: World, settings: Settings
) -> None:
    write(world.reader)
    (without,) = deliver_to(settings, Peer()).received
    assert without["Reply-To"] is None and plain(without) == text_of("Text.", "")
    change_settings(world.manager.viewer, {"reply_to": "board@kent.example"})
    write(world.reader)
    (message,) = deliver_to(settings, Peer()).received
    assert message["Reply-To"] == "board@kent.example" and plain(message) == "Text."
    assert "Nobody reads replies" not in page_of(message)


def test_a_link_leads_to_the_item_after_signing_in(
    app: Flask, world: World, settings: Settings, sign_in: Callable[[User | None], FlaskClient]
) -> None:
    action = world.action(due_on=TODAY)
    count_as_told()
    chase(OPEN_ACTIONS, TODAY, settings.base_url)
    (message,) = deliver_to(settings, Peer()).received
    link = html.fromstring(page_of(message)).xpath("//a/@href")[0].removeprefix(settings.base_url)
    person, visitor = with_password(world.police_lead), Visitor(app)
    asked = visitor.client.get(link)
    assert asked.status_code == 302
    data = {"csrf_token": visitor.token(), "email": person.email, "password": PASSWORD}
    assert visitor.client.post(asked.location, data=data, headers=OURS).location == link
    assert action.reference in visitor.client.get(link).text
