"""A form that is sent twice, one after the other or at once, changes something once; the second is led on.

What has to wait because somebody else saves is first given back as it was typed.
"""

import io
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import AbstractContextManager, nullcontext
from contextvars import copy_context
from datetime import date, timedelta
from threading import Barrier, Thread
from typing import Any

import pytest
from flask import Flask
from werkzeug.test import TestResponse

from kscb_actions import clock, database
from kscb_actions.actions.models import ProgressUpdate
from kscb_actions.jobs.scheduler import Jobs
from kscb_actions.people.models import SentForm
from kscb_actions.reviews.models import Recommendation
from kscb_actions.web.shared import once
from kscb_actions.web.shared.guard import Access

from ..access.test_matrix import ALLOWED, Things, address_of, things
from ..factories import PDF, TODAY, World
from ..factories_deaths import Panel
from ..pages import Page
from ..people.test_cross_site_requests import everything
from ..people.visitor import PASSWORD, hidden_fields
from ..saving import somebody_saves
from .test_bodies import send as send_long_file

__all__ = ["things"]

# What adds something to the board, before what takes something away or closes it.
CREATE = (
    "reviews.new", "reviews.themes", "reviews.named_people", "reviews.new_recommendation",
    "reviews.new_answer", "reviews.add_rows", "plans_in.new",
    "reviews.stage", "actions.new", "actions.update", "actions.ask_extension", "actions.due_date",
    "assurance.new_evidence", "assurance.report_done", "assurance.check", "people.new", "people.new_agency",
    "deaths.new", "deaths.ask", "deaths.answer", "deaths.districts", "panels.new", "panels.members",
    "panels.attendance", "panels.put_on", "panels.agenda", "panels.refer", "panels.propose",
    "panels.learning", "panels.interests", "referrals.answer",
)  # fmt: skip
# Its rows know by version and text that they have come before, and some may be saved while others are not.
ROWS = "home.my_actions"
LATER = {"impact.judge", "actions.ask_extension", "actions.due_date", "panels.new"}
# Whose interest: another's, as somebody has to keep the case.
PICK = {"panels.interests": 1}
FACTOR = ("level_", "text_", "modifiable_")


Meanwhile = Callable[[], AbstractContextManager[None]]
# Who sends it, the address, and all its fields.
Form = tuple[str, str, dict[str, Any]]


class Sending:
    """The forms of a board, filled in and sent."""

    def __init__(self, app: Flask, world: World, sign_in: Callable, things: Things) -> None:
        self.app, self.world, self.sign_in, self.things = app, world, sign_in, things
        panel = Panel(world)
        review, death = world.review(is_restricted=True), panel.death(case_number="11/901")
        meeting = panel.meeting(
            held_on=date(2012, 3, 29), members=[], cases=[panel.death(case_number="11/902")]
        )
        self.others = {
            "reviews.named_people": f"/reviews/{review.reference}/people",
            "panels.members": f"/panels/{meeting.id}/members",
            "panels.attendance": f"/panels/{meeting.id}/attendance",
            "panels.put_on": f"/deaths/{death.id}/agenda",
            "panels.refer": f"/deaths/{death.id}/referral",
        }

    def form(self, endpoint: str) -> Form | None:
        """Return (who sends it, address, all fields filled) of a page's form; None where none is drawn."""
        person = sorted(ALLOWED[endpoint])[0]
        usual = address_of(self.app, endpoint, self.things, self.things.action.review.reference)
        address = self.others.get(endpoint, usual)
        answer = self.sign_in(getattr(self.world, person)).get(address)
        if answer.status_code != 200 or not answer.mimetype.startswith("text/html"):
            return None
        drawn = Page(answer).tree.xpath("//form[.//input[@name='once']]")
        return (person, address, filled(drawn[0], endpoint)) if drawn else None

    def send(
        self, person: str, address: str, fields: dict[str, Any], meanwhile: Meanwhile = nullcontext
    ) -> TestResponse:
        """Post the form, with what somebody else does meanwhile."""
        data = {
            name: (io.BytesIO(PDF), "a.pdf") if name == "files" else value for name, value in fields.items()
        }
        client = self.sign_in(getattr(self.world, person))
        with meanwhile():
            return client.post(address, data=data)


def filled(form: Any, endpoint: str) -> dict[str, Any]:
    """Return a value for each field: what is there, the first choice, a day, or a sentence."""
    found: dict[str, Any] = {}
    for each in form.xpath(".//*[@name]"):
        name, kind = each.get("name"), each.get("type", each.tag)
        if kind == "hidden":
            found[name] = each.get("value", "")
        elif kind in ("radio", "checkbox"):
            if name not in ("is_restricted", "is_another"):
                found.setdefault(name, each.get("value"))
        elif kind == "select":
            values = [value for value in each.xpath(".//option/@value") if value]
            found[name] = values[PICK.get(endpoint, 0)] if values else ""
        elif kind == "file":
            found[name] = None
        elif kind != "submit" and kind != "button":
            found.setdefault(name, []).append(each.get("value") or TYPED.get(name, "A text."))
    for name, value in found.items():
        if isinstance(value, list) and len(value) == 3:
            found[name] = ["1", "8", "2012"] if endpoint in LATER else ["20", "3", "2012"]
    found |= RIGHT.get(endpoint, {})
    return {name: value for name, value in found.items() if not name.startswith(FACTOR)}


# Where the first of each does not do.
RIGHT = {
    "reviews.stage": {"held_in": ""},
    "panels.new": {"proposals_due_on": ["20", "7", "2012"]},
    "referrals.answer": {"answered_on": [str(TODAY.day), str(TODAY.month), str(TODAY.year)]},
}
TYPED = {
    "email": "new@board.example", "code": "NEWA", "reference": "SCR-2012-77", "case_number": "12/777",
    "age_number": "", "published_number": "", "decision_maker": "", "meeting": "", "pasted": "",
}  # fmt: skip


@pytest.fixture
def sending(app: Flask, world: World, sign_in: Callable, things: Things) -> Sending:
    """Return the forms of the small board."""
    return Sending(app, world, sign_in, things)


def test_each_form_that_has_to_wait_keeps_what_was_typed_and_sent_twice_changes_something_once(
    app: Flask, sending: Sending, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(database, "BUSY_SECONDS", 0.02)
    drawn = {rule.endpoint for rule in app.url_map.iter_rules() if {"GET", "POST"} <= (rule.methods or set())}
    kept, done, with_files = set(), set(), set()
    for endpoint in (*CREATE, *sorted(drawn & set(ALLOWED) - set(CREATE))):
        form = sending.form(endpoint)
        if form is None:
            continue
        if "files" in form[2]:
            with_files.add(endpoint)
        if keeps_what_was_typed(sending, form, endpoint):
            kept.add(endpoint)
        if endpoint != ROWS and changes_something_once(sending, form, endpoint):
            done.add(endpoint)
    assert set(CREATE) <= kept & done
    assert min(len(kept), len(done)) > 40, (sorted(kept), len(done))
    assert with_files and with_files <= taking_files(app)


def keeps_what_was_typed(sending: Sending, form: Form, endpoint: str) -> bool:
    """Send a form while somebody else saves; return whether it had to wait, and gave back what was typed."""
    before = everything()
    answer = sending.send(*form, meanwhile=somebody_saves)
    if answer.status_code != 503:
        return False
    assert everything() == before, endpoint
    if "password" in form[2]:
        # A password is typed again: no page keeps one.
        assert "This has to wait a moment" in answer.text and PASSWORD not in answer.text, endpoint
        return False
    assert "has to wait a moment" in answer.text and "is not saved yet" in answer.text, endpoint
    fields = hidden_fields(answer.text)
    typed = {name: value for name, value in form[2].items() if name not in ("csrf_token", "files")}
    shown = {name: fields.getlist(name) for name in typed}
    assert shown == {name: each if isinstance(each, list) else [each] for name, each in typed.items()}
    assert ("Choose them again" in answer.text) == ("files" in form[2]), endpoint
    return True


def changes_something_once(sending: Sending, form: Form, endpoint: str) -> bool:
    """Send a form twice; return whether it changed something, which the second one did not."""
    before = everything()
    first = sending.send(*form)
    after = everything()
    if before == after:
        return False
    second = sending.send(*form)
    assert everything() == after, endpoint
    assert second.status_code == 303, (endpoint, second.status_code)
    if first.status_code in (302, 303):
        assert second.location == first.location, endpoint
    return True


def taking_files(app: Flask) -> set[str]:
    """Return the endpoints whose access says that their form sends files."""
    accesses = {name: getattr(view, "access", None) for name, view in app.view_functions.items()}
    return {name for name, each in accesses.items() if isinstance(each, Access) and each.takes_files}


def test_files_longer_than_a_form_are_read_wherever_files_are_taken(app: Flask, sending: Sending) -> None:
    for endpoint in sorted(taking_files(app)):
        person = getattr(sending.world, sorted(ALLOWED[endpoint])[0])
        address = address_of(app, endpoint, sending.things, sending.things.action.review.reference)
        # Taken in whole, and refused for want of a token.
        assert send_long_file(sending.sign_in(person), address) == 400, endpoint


def test_the_second_is_told_so(sending: Sending) -> None:
    person, address, fields = sending.form("reviews.new_recommendation")  # type: ignore[misc]
    client = sending.sign_in(getattr(sending.world, person))
    first = client.post(address, data=fields)
    client.get(first.location)
    second = client.post(address, data=fields)
    assert once.SAID in Page(client.get(second.location)).text


@pytest.mark.parametrize(
    "endpoint",
    ["reviews.new_recommendation", "actions.new", "actions.update", "assurance.new_evidence", "deaths.new"],
)
def test_two_at_once_make_one(sending: Sending, endpoint: str) -> None:
    form = sending.form(endpoint)
    assert form is not None
    begin, client_of = Barrier(2), sending.sign_in
    clients = [client_of(getattr(sending.world, form[0])) for _ in range(2)]
    before = everything()

    def post(client: Any) -> TestResponse:
        begin.wait(10)
        data = {
            name: (io.BytesIO(PDF), "a.pdf") if name == "files" else value for name, value in form[2].items()
        }
        return client.post(form[1], data=data)

    with ThreadPoolExecutor(2) as pool:
        answers = [each.result() for each in [pool.submit(copy_context().run, post, one) for one in clients]]
    assert {each.status_code for each in answers} == {302, 303}
    assert len({each.location for each in answers}) == 1
    added = {name: len(rows) - len(before[name]) for name, rows in everything().items()}
    assert set(added.values()) - {0} and SentForm.select().count() == 1
    kinds = {"Recommendation", "Action", "ProgressUpdate", "Evidence", "ChildDeath"}
    assert sum(added[kind] for kind in kinds) == {"actions.new": 3, "reviews.new_recommendation": 13}.get(
        endpoint, 1
    )


def test_without_the_token_being_used_up_a_form_would_count_twice(
    sending: Sending, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(once, "claim_form", lambda *_: None)
    form = sending.form("reviews.new_recommendation")
    assert form is not None
    before = Recommendation.select().count()
    for _ in range(2):
        sending.send(*form)
    assert Recommendation.select().count() == before + 2


def test_rows_of_my_actions_that_come_twice_count_once(sending: Sending) -> None:
    action = sending.world.action()
    clients = [sending.sign_in(sending.world.police_lead) for _ in range(2)]
    drawn = Page(clients[0].get("/my-actions")).tree.xpath(f"//*[starts-with(@name, 'a{action.id}-')]")
    hidden = {each.get("name"): each.get("value", "") for each in drawn if each.get("type") == "hidden"}
    token = Page(clients[0].get("/my-actions")).value("csrf_token")
    row = {f"a{action.id}-progress": "in_progress", f"a{action.id}-narrative": "Begun in earnest."}
    data = {**hidden, **row, "csrf_token": token if isinstance(token, str) else token[-1]}
    begin = Barrier(2)

    def post(client: Any) -> int:
        begin.wait(10)
        return int(client.post("/my-actions", data=data).status_code)

    with ThreadPoolExecutor(2) as pool:
        answers = [each.result() for each in [pool.submit(copy_context().run, post, one) for one in clients]]
    assert 303 in answers and set(answers) <= {303, 409}
    assert clients[0].post("/my-actions", data=data).status_code == 303
    assert ProgressUpdate.select().where(ProgressUpdate.action == action).count() == 1


def test_a_form_that_was_refused_can_be_sent_again(sending: Sending) -> None:
    person, address, fields = sending.form("reviews.new_recommendation")  # type: ignore[misc]
    assert sending.send(person, address, {**fields, "text": ""}).status_code == 200
    assert sending.send(person, address, fields).status_code == 302


def test_a_token_is_of_one_person_and_a_form_without_one_is_taken(sending: Sending, world: World) -> None:
    person, address, fields = sending.form("reviews.themes")  # type: ignore[misc]
    token = fields.pop("once")
    other = world.person("second-manager", *world.manager.role_set)
    assert sending.send(person, address, {**fields, "name": "One", "once": token}).status_code == 302
    answer = sending.sign_in(other).post(address, data={**fields, "name": "Two", "once": token})
    assert answer.status_code == 302
    assert sending.send(person, address, {**fields, "name": "Three"}).status_code == 302
    assert sending.send(person, address, {**fields, "name": "Four", "once": "x" * 65}).status_code == 302


def test_tokens_are_forgotten_after_a_day(app: Flask, sending: Sending) -> None:
    jobs = Jobs(app.config["SETTINGS"])
    sending.send(*sending.form("reviews.themes"))  # type: ignore[misc]
    with database.writing(SentForm):
        SentForm.update(at=clock.real_now() - timedelta(hours=23)).execute()
    forget(jobs)
    assert SentForm.select().count() == 1
    with database.writing(SentForm):
        SentForm.update(at=clock.real_now() - timedelta(hours=25)).execute()
    forget(jobs)
    assert SentForm.select().count() == 0


def forget(jobs: Jobs) -> None:
    """Run the job that tidies up, in a thread as it is run, with a connection of its own."""
    worker = Thread(target=jobs.forget)
    worker.start()
    worker.join()
