"""Pages of requests: the agency's contact answers, the co-ordinator accepts or returns, members read."""

import io
from collections.abc import Callable
from typing import Any

import pytest
from flask import Flask

from kscb_actions.access.policy import Role
from kscb_actions.audit.models import AuditEvent
from kscb_actions.child_deaths.requests.models import ReturnFile, ReturnPart, SentReturn
from kscb_actions.child_deaths.requests.queries import answers_of
from kscb_actions.child_deaths.requests.rules import Answer
from kscb_actions.child_deaths.requests.service import save_part
from kscb_actions.child_deaths.returns.models import AgencyReturn
from kscb_actions.child_deaths.returns.service import take_back_return
from kscb_actions.database import writing
from kscb_actions.people.models import SignInSession, User

from ...factories import PDF, World
from ...pages import Page, Visitor
from ...people.visitor import OURS, PASSWORD, hidden_fields, with_password
from ...people.visitor import Visitor as Browser
from .making import URL, Asked

Visit = Callable[[User | None], Visitor]


def sends(visitor: Visitor, address: str, fields: dict[str, Any] | None = None) -> Page:
    """Return the page to which a form leads that was sent as it is filled, with `fields` changed."""
    page = visitor.send(address, fields or {})
    assert page.status in (302, 303), page.text
    return visitor.get(page.leads_to)


@pytest.fixture
def asked(world: World) -> Asked:
    """Give a request to the probation service."""
    return Asked(world)


def test_only_the_newest_answer_waits(asked: Asked, visit: Visit) -> None:
    asked.sent()
    save_part(asked.contact, asked.row, "child", Answer("He had asthma."), 1)
    asked.sent()
    world = asked.world
    for who, where in (
        (world.death_contact, f"/death-requests/{asked.row.id}"),
        (world.cdop_coordinator, f"/deaths/{asked.death.id}/returns/{asked.row.id}"),
    ):
        text = visit(who).get(where).text
        assert text.count("It waits for the panel’s co-ordinator.") == 1
        assert text.index("It waits for") < text.index("A newer answer took its place")


def test_from_the_mail_to_the_case(asked: Asked, visit: Visit) -> None:
    world = asked.world
    contact, here = visit(world.death_contact), f"/death-requests/{asked.row.id}"
    assert contact.get("/").leads_to == "/death-requests"
    told = "the requests about a child’s death that your agency is to answer"
    assert told in contact.get("/account/calendar").text
    assert told not in visit(world.police_lead).get("/account/calendar").text
    assert here in contact.get("/death-requests").links()
    page = contact.get(here)
    for shown in ("11/001", "1 month", "Male", "3 November 2011", "cdop-coordinator@board.example"):
        assert shown in page.text
    assert "Thanet" not in page.text and "Hospital" not in page.text and "White British" not in page.text
    assert "cannot be sent yet" in contact.get(f"{here}/send").text
    after = sends(contact, f"{here}/sections/knows", {"version": "0", "choice": "yes", "text": "Since 2010."})
    assert "is saved" in after.text and "What led to the death" in after.text
    refused = contact.post(f"{here}/sections/family", {"version": "0", "text": "Mrs Smith and her son."})
    assert "looks like a name" in refused.errors["text"] and refused.value("text") == "Mrs Smith and her son."
    files = {"files": (io.BytesIO(PDF), "chronology.pdf")}
    assert "chronology.pdf" in sends(contact, f"{here}/files", files).text
    assert "chronology.pdf" in contact.get(f"{here}/send").text
    assert "Sent, waits for" in sends(contact, f"{here}/send").text

    keeper, case = visit(world.cdop_coordinator), f"/deaths/{asked.death.id}"
    judge = f"{case}/returns/{asked.row.id}/judge"
    assert judge in keeper.get("/panel-work").links()
    page = keeper.get(judge)
    assert "Since 2010." in page.text and "chronology.pdf" in page.text
    nothing = keeper.post(judge, {"seen": "1", "outcome": "", "due_on": "20/4/2012"})
    assert "outcome" in nothing.errors
    returned = {"seen": "1", "outcome": "returned", "reason": "Say when last.", "due_on": "20/4/2012"}
    assert "contacts are told" in sends(keeper, judge, returned).text
    assert "Say when last." in contact.get(here).text
    sends(contact, f"{here}/sections/knows", {"version": "1", "choice": "yes", "text": "Last in May 2011."})
    sends(contact, f"{here}/send")
    assert "stands on the case" in sends(keeper, judge, {"seen": "2", "outcome": "accepted"}).text
    page = keeper.get(case)
    assert "Last in May 2011." in page.text and "Read the whole answer" in page.text
    whole = keeper.get(f"{case}/returns/{asked.row.id}")
    assert "Say when last." in whole.text and "Since 2010." in whole.text
    asked.panel.meeting(cases=[asked.death])
    member = visit(world.cdop_member).get(f"{case}/returns/{asked.row.id}")
    assert "Last in May 2011." in member.text and "Since 2010." not in member.text


def test_both_texts_are_shown_when_two_write_in_one_section(asked: Asked, visit: Visit) -> None:
    asked.saved()
    other = asked.world.person("second-contact", Role.DEATH_CONTACT, agency=asked.world.probation)
    save_part(other.viewer, asked.row, "child", Answer("Their text."), 1)
    address = f"/death-requests/{asked.row.id}/sections/child"
    page = visit(asked.world.death_contact).post(address, {"version": "1", "text": "My text."})
    assert page.status == 409 and "Their text." in page.text and page.value("text") == "My text."
    again = {"version": page.value("version"), "text": "My text."}
    sends(visit(asked.world.death_contact), address, again)
    assert answers_of(asked.row).of("child").text == "My text."


def test_a_section_is_saved_as_it_is_typed_and_the_page_hears_what_came_of_it(
    asked: Asked, visit: Visit
) -> None:
    contact = visit(asked.world.death_contact)
    address = f"/death-requests/{asked.row.id}/sections/child"

    def typed(text: str, version: object) -> tuple[int, dict[str, Any]]:
        sent = {"csrf_token": contact.token, "version": str(version), "text": text}
        answer = contact.client.post(address, data=sent, headers={"Accept": "application/json"})
        return answer.status_code, answer.json

    status, told = typed("He had", 0)
    assert (status, told["version"]) == (200, 1) and told["said"].startswith("Saved at ")
    assert typed("He had asthma.", 1)[1]["version"] == 2
    before = AuditEvent.select().count()
    # The answer to the second was lost, or the button was pressed meanwhile.
    assert typed("He had asthma.", 1)[1]["version"] == 2
    assert AuditEvent.select().count() == before and asked.row.parts.count() == 1
    status, told = typed("Mrs Smith", 2)
    assert status == 422 and "looks like a name" in told["said"] and "still on this page" in told["said"]
    other = asked.world.person("second-contact", Role.DEATH_CONTACT, agency=asked.world.probation)
    save_part(other.viewer, asked.row, "child", Answer("Theirs."), 2)
    status, told = typed("Mine.", 2)
    assert status == 409 and told["theirs"] == {"version": "3", "choice": "", "text": "Theirs."}
    assert f"{other.viewer.name} has saved this section at" in told["said"]
    asked.saved({"knows": ("no", "")})
    asked.sent()
    assert "sent already" in typed("Mine.", 3)[1]["said"]
    shown = contact.get(f"/death-requests/{asked.row.id}").text
    assert "Something has changed since the answer was sent" in shown
    returned = asked.judged("returned", "Say when.")
    take_back_return(asked.keeper, returned.sending.agency_return, "By mistake.", URL)
    status, told = typed("More.", 4)
    assert status == 422 and "withdrawn" in told["said"]
    assert answers_of(asked.row).of("child").text == "Mine."
    contact.client.get("/sign-out")
    contact.client.delete_cookie("session")
    assert contact.client.post(address, data={}, headers={"Accept": "application/json"}).status_code != 200


def test_nothing_typed_into_a_section_is_lost_when_the_session_ends_in_between(
    app: Flask, asked: Asked
) -> None:
    who, typed = with_password(asked.world.death_contact), "Known since 2010.\r\nSeen last in May."
    address, browser = f"/death-requests/{asked.row.id}/sections/child", Browser(app)
    browser.sign_in(who.email)
    token = browser.token(address)
    with writing(SignInSession):
        SignInSession.delete().execute()
    sent = {"csrf_token": token, "version": "0", "text": typed}
    answer = browser.client.post(address, data=sent, headers=OURS)
    assert answer.status_code == 401 and "What you typed is kept" in answer.text
    fields = hidden_fields(answer.text)
    fields.add("email", who.email)
    fields.add("password", PASSWORD)
    again = browser.client.post("/sign-in", data=fields, headers=OURS)
    kept = hidden_fields(again.text)
    assert f'action="{address}"' in again.text and kept["text"] == typed
    assert browser.client.post(address, data=kept, headers=OURS).status_code in (302, 303)
    assert answers_of(asked.row).of("child").text == typed.replace("\r", "")


def test_a_section_and_an_answer_that_are_sent_twice_are_kept_once(asked: Asked, visit: Visit) -> None:
    contact, here = visit(asked.world.death_contact), f"/death-requests/{asked.row.id}"
    asked.saved()
    section = {"version": "0", "text": "Two brothers."}
    for address, typed in ((f"{here}/sections/family", section), (f"{here}/send", {})):
        filled = {**typed, "once": contact.get(address).value("once")}
        first, second = contact.post(address, filled), contact.post(address, filled)
        assert first.status == 302 and second.status == 303
        assert second.leads_to == first.leads_to
    assert SentReturn.select().count() == 1
    (part,) = asked.row.parts.where(ReturnPart.section == "family")
    assert (part.version, part.text) == (1, "Two brothers.")


def test_what_is_typed_into_a_withdrawn_request_stays_in_sight(asked: Asked, visit: Visit) -> None:
    take_back_return(asked.keeper, asked.row, "By mistake.", URL)
    contact, here = visit(asked.world.death_contact), f"/death-requests/{asked.row.id}"
    page = contact.post(f"{here}/sections/child", {"version": "0", "text": "A long text."})
    assert "withdrawn" in page.text and page.value("text") == "A long text."
    shown = contact.get(here)
    assert "is withdrawn" in shown.text and "11/001" not in shown.text
    assert [contact.get(f"{here}/{each}").status for each in ("send", "files")] == [404, 404]


def test_a_refused_attachment_says_why_and_the_good_one_is_kept(asked: Asked, visit: Visit) -> None:
    contact, address = visit(asked.world.death_contact), f"/death-requests/{asked.row.id}/files"
    assert "Choose a file" in contact.post(address, {}).errors["files"]
    files = {"files": [(io.BytesIO(PDF), "good.pdf"), (io.BytesIO(b"MZ\x00\x01" * 9), "bad.exe")]}
    page = contact.post(address, files)
    assert "bad.exe" in page.errors["files"] and "good.pdf" in page.text
    assert not ReturnFile.select().exists()
    hostile = {"files": (io.BytesIO(PDF), "../../<img src=x onerror=alert(1)>.pdf")}
    assert "<img" not in sends(contact, address, hostile).source
    (file,) = ReturnFile.select()
    got = contact.client.get(f"{address}/{file.id}")
    assert got.status_code == 200 and "Set-Cookie" not in got.headers
    assert got.headers["Content-Disposition"].startswith("attachment;")
    assert "taken off" in sends(contact, f"{address}/{file.id}/take-off", {}).text
    assert not ReturnFile.select().exists()


@pytest.mark.parametrize(
    "fields",
    [
        {},
        {"version": "x", "choice": "\x00", "text": "\x00"},
        {"version": "-1", "choice": "maybe", "text": "x" * 20_000},
        {"version": "9" * 40, "choice": "yes", "text": "NHS 943 476 5919"},
    ],
)
def test_bad_input_changes_nothing_and_is_never_a_500(asked: Asked, visit: Visit, fields: dict) -> None:
    asked.sent()
    before = answers_of(asked.row)
    contact, keeper = visit(asked.world.death_contact), visit(asked.world.cdop_coordinator)
    here, panel = f"/death-requests/{asked.row.id}", f"/deaths/{asked.death.id}/returns/{asked.row.id}"
    # Nothing typed is nothing changed: what is kept stands.
    assert contact.post(f"{here}/sections/knows", fields).status in ((200, 409) if fields else (302,))
    assert contact.post(f"{here}/sections/nothing", fields).status == 404
    assert contact.post(f"{here}/send", fields).status == 200
    for seen in ("", "0", "2", "x", "9" * 30):
        answer = keeper.post(f"{panel}/judge", {"seen": seen, "outcome": "accepted"})
        assert answer.status == 200
    assert answers_of(asked.row) == before and SentReturn.select().count() == 1
    assert AgencyReturn.get().answered_on is None


def test_nothing_sent_leads_back_and_an_agency_without_a_contact_is_a_sentence(
    asked: Asked, visit: Visit
) -> None:
    keeper, case = visit(asked.world.cdop_coordinator), f"/deaths/{asked.death.id}"
    assert keeper.get(f"{case}/returns/{asked.row.id}/judge").leads_to == f"{case}#returns"
    assert "No answer stands" in keeper.get(f"{case}/returns/{asked.row.id}").text
    days = {"asked_on": "30/3/2012", "due_on": "20/4/2012"}
    police = {"agencies": [str(asked.world.police.id)], **days}
    page = keeper.post(f"{case}/returns/ask", police)
    assert "Kent Police has no child-death contact" in page.errors["agencies"]
    assert "1 agency asked" in sends(keeper, f"{case}/returns/ask", {**police, "by_hand": "y"}).text
    work = keeper.get("/panel-work").text
    assert "no child-death contact" in work and "Kent Police" in work


def test_a_lead_who_is_the_contact_too_sees_it_on_their_first_page(asked: Asked, visit: Visit) -> None:
    both = asked.world.person("both", Role.AGENCY_LEAD, Role.DEATH_CONTACT, agency=asked.world.probation)
    page = visit(both).get("/my-actions")
    assert "1 request about a child’s death" in page.text and "/death-requests" in page.links()
    member = asked.world.person("also", Role.CDOP_MEMBER, Role.DEATH_CONTACT, agency=asked.world.probation)
    assert "1 request about a child’s death" in visit(member).get("/panel-work").text
