"""A wrong file that went with an answer: of contact and co-ordinator one asks, the other agrees."""

import io
from collections.abc import Callable

import pytest

from kscb_actions.access.policy import Refused, Role
from kscb_actions.assurance.erasing import FINISHED, finish_erasures, refuse_erased
from kscb_actions.assurance.queries import kept_names
from kscb_actions.audit.models import AuditEvent
from kscb_actions.backups.service import _evidence_names
from kscb_actions.child_deaths.cases.history import whole_case
from kscb_actions.child_deaths.requests import erasing, queries
from kscb_actions.child_deaths.requests.erasable import (
    get_erasable_file,
    list_waiting_erasures,
    who_can_agree,
)
from kscb_actions.child_deaths.requests.erasing import ask_to_erase, decide_erasure, take_erasure_back
from kscb_actions.child_deaths.requests.models import ReturnErasure, ReturnFile
from kscb_actions.child_deaths.requests.service import attach_files, remove_file, send_answer
from kscb_actions.child_deaths.returns.service import take_back_return
from kscb_actions.mail.models import OutboxMessage
from kscb_actions.people.models import User
from kscb_actions.text import InvalidInput

from ...factories import PDF, TODAY, World
from ...pages import Visitor
from .making import URL, Asked

Visit = Callable[[User | None], Visitor]
OTHER = "It is about another child."
CONTACT, KEEPER = "death-contact@board.example", "cdop-coordinator@board.example"


@pytest.fixture
def asked(world: World) -> Asked:
    """Give an answer that was sent with the wrong file."""
    asked = Asked(world)
    asked.attached("Baby Jones.pdf")
    asked.sent()
    return asked


def wrong() -> ReturnFile:
    """Return the file as it is kept."""
    return ReturnFile.get()


def told() -> list[tuple[str, str]]:
    """Return (address, what it is about) of what was queued about erasing, in order."""
    rows = OutboxMessage.select().order_by(OutboxMessage.id)
    found = [(row.to_address, row.subject.removeprefix("Child death reviews: ")) for row in rows]
    return [each for each in found if "file" in each[1]]


@pytest.mark.parametrize("by_contact", [True, False])
def test_one_asks_the_other_agrees_and_a_tombstone_stays(asked: Asked, by_contact: bool) -> None:
    store, file = asked.world.store, wrong()
    asking, agreeing = (asked.contact, asked.keeper) if by_contact else (asked.keeper, asked.contact)
    erasure = ask_to_erase(asking, file, OTHER, URL)
    with pytest.raises(Refused, match="asked this yourself|asked for this yourself"):
        decide_erasure(asking, store, erasure, True, "", URL)
    with pytest.raises(Refused, match="asked already"):
        ask_to_erase(agreeing, file, OTHER, URL)
    assert [list_waiting_erasures(each) for each in (asking, agreeing)] == [[erasure], [erasure]]
    assert [each.id for each in who_can_agree(erasure)] == [agreeing.id]
    assert decide_erasure(agreeing, store, erasure, True, "", URL)
    file = wrong()
    assert (file.shown_name, file.media_type, file.name_length) == ("", "", len("Baby Jones.pdf"))
    assert not store.holds(file.stored_name)
    assert file.stored_name not in [*kept_names(), *dict(_evidence_names())]
    assert list_waiting_erasures(agreeing) == [] and queries.files_of(asked.row) == []
    emails = [CONTACT, KEEPER] if by_contact else [KEEPER, CONTACT]
    expected = [(emails[1], "a file waits to be erased"), (emails[0], "a file was erased")]
    assert told() == expected
    # The answer stays as it was sent, which is no change of the agency's; the right file goes with the next.
    with pytest.raises(Refused, match="Nothing has changed"):
        send_answer(asked.contact, asked.row, URL)
    (sending,) = queries.sendings_of(asked.row)
    assert [each.called for each in sending.files] == ["Erased file (its name had 14 characters)"]
    with pytest.raises(InvalidInput, match="byte for byte"):
        attach_files(asked.contact, asked.row, store, [("again.pdf", io.BytesIO(PDF))], refuse_erased)
    asked.attached("right.pdf", PDF + b"\n%")
    send_answer(asked.contact, asked.row, URL)
    with pytest.raises(Refused, match="erased already"):
        ask_to_erase(asking, file, OTHER, URL)
    everything = "".join(event.state + event.changes + event.detail for event in AuditEvent.select())
    assert "Jones" not in everything + "".join(row.body for row in OutboxMessage.select())
    titles = [each.title for each in whole_case(asked.keeper, asked.death, TODAY).history]
    for title in ("asked for", "agreed to"):
        assert f"Erasing of an answer’s file {title}" in titles
    assert "File of an agency’s answer erased" in titles


def test_two_of_one_role_are_not_two_people(asked: Asked) -> None:
    world, store = asked.world, asked.world.store
    second = world.person("second-contact", Role.DEATH_CONTACT, agency=world.probation)
    erasure = ask_to_erase(asked.contact, wrong(), OTHER, URL)
    with pytest.raises(Refused, match="role of the person who asked"):
        decide_erasure(second.viewer, store, erasure, True, "", URL)
    with pytest.raises(InvalidInput, match="Say why the file stays"):
        decide_erasure(asked.keeper, store, erasure, False, " ", URL)
    with pytest.raises(InvalidInput, match="looks like a name"):
        decide_erasure(asked.keeper, store, erasure, False, "Mrs Smith says so.", URL)
    assert decide_erasure(asked.keeper, store, erasure, False, "It is this child’s.", URL)
    assert store.holds(wrong().stored_name) and told()[-1] == (CONTACT, "a file was not erased")
    with pytest.raises(InvalidInput, match="decided already"):
        decide_erasure(asked.keeper, store, erasure, True, "", URL)
    again = ask_to_erase(second.viewer, wrong(), OTHER, URL)
    with pytest.raises(Refused, match="Only who has asked"):
        take_erasure_back(asked.contact, again, URL)
    take_erasure_back(second.viewer, again, URL)
    assert told()[-1] == (KEEPER, "a file is not to be erased")
    assert ReturnErasure.select().count() == 2


def test_nobody_else_has_a_file_erased_and_none_that_was_not_sent(asked: Asked) -> None:
    world, file = asked.world, wrong()
    stranger = world.person("police-contact", Role.DEATH_CONTACT, agency=world.police)
    member = world.cdop_member
    asked.panel.meeting(members=[member], cases=[asked.death])
    for nobody in (stranger, member, world.manager, world.chair, world.reader, world.probation_lead):
        assert get_erasable_file(nobody.viewer, asked.row.id, file.id) is None
        assert list_waiting_erasures(nobody.viewer) == []
        with pytest.raises(Refused):
            ask_to_erase(nobody.viewer, file, OTHER, URL)
    draft = asked.attached("draft.pdf", PDF + b"\n%")
    with pytest.raises(Refused, match="no such file"):
        ask_to_erase(asked.contact, draft, OTHER, URL)
    second = world.person("second-coordinator", Role.CDOP_COORDINATOR)
    asked.panel.interest(asked.death, second)
    assert get_erasable_file(second.viewer, asked.row.id, file.id) is None
    assert [each.email for each in who_can_agree(ask_to_erase(asked.contact, file, OTHER, URL))] == [KEEPER]
    assert [to for to, _ in told()] == [KEEPER]


def test_a_file_that_was_left_out_or_of_a_withdrawn_request_can_be_erased_too(asked: Asked) -> None:
    file = wrong()
    remove_file(asked.contact, file, asked.world.store)
    asked.judged("returned", "Say when.")
    take_back_return(asked.keeper, asked.row, "Another agency was meant.", URL)
    erasure = ask_to_erase(asked.contact, file, OTHER, URL)
    assert decide_erasure(asked.keeper, asked.world.store, erasure, True, "", URL)
    assert not asked.world.store.holds(file.stored_name)


def test_what_a_crash_left_is_removed_by_the_jobs(asked: Asked, monkeypatch: pytest.MonkeyPatch) -> None:
    store, file = asked.world.store, wrong()
    erasure = ask_to_erase(asked.contact, file, OTHER, URL)
    with monkeypatch.context() as patch:
        patch.setattr(erasing, "is_removed", lambda *_: False)
        assert not decide_erasure(asked.keeper, store, erasure, True, "", URL)
    assert store.holds(file.stored_name) and finish_erasures(store) == 1
    assert not store.holds(file.stored_name)
    assert AuditEvent.select().where(AuditEvent.event == FINISHED).count() == 1


def test_the_same_file_in_another_answer_is_told_to_those_who_can_erase_it_there(asked: Asked) -> None:
    health = asked.world.person("health-contact", Role.DEATH_CONTACT, agency=asked.world.health)
    other = Asked(asked.world, asked.death, asked.world.health, health)
    other.attached("copy.pdf")
    other.sent()
    erasure = ask_to_erase(asked.keeper, ReturnFile.get_by_id(1), OTHER, URL)
    decide_erasure(asked.contact, asked.world.store, erasure, True, "", URL)
    same = {to for to, about in told() if about == "the same as an erased file"}
    assert same == {"health-contact@board.example", KEEPER}


def test_from_the_contacts_page_to_the_tombstone_on_the_case(asked: Asked, visit: Visit) -> None:
    world, file = asked.world, wrong()
    asked.judged("accepted")
    asked.panel.meeting(members=[world.cdop_member], cases=[asked.death])
    contact, keeper = visit(world.death_contact), visit(world.cdop_coordinator)
    member, case = visit(world.cdop_member), f"/deaths/{asked.death.id}"
    here, answer = f"/death-requests/{asked.row.id}", f"{case}/returns/{asked.row.id}"
    erase, erasure = (f"{here}/files/{file.id}/{page}" for page in ("erase", "erasure"))
    assert erase in contact.get(here).links()
    assert "the panel’s co-ordinator" in contact.get(erase).text
    assert "Say why" in contact.send(erase).errors["reason"]
    assert "looks like a name" in contact.send(erase, {"reason": "It is Mrs Smith’s."}).errors["reason"]
    assert contact.send(erase, {"reason": OTHER}).leads_to == erasure
    assert contact.get(erase).leads_to == erasure and erasure in contact.get("/death-requests").links()
    page = contact.get(erasure)
    assert "It waits for" in page.text and page.value("take_back") == "1"
    # It is the co-ordinator's turn, on their first page and on the case.
    assert erasure in keeper.get("/panel-work").links() and erasure in keeper.get(case).links()
    assert erase in keeper.get(answer).links() and erase not in member.get(answer).links()
    assert member.get(erasure).status in (403, 404)
    assert "Choose whether" in keeper.send(erasure).errors["decision"]
    sent = keeper.send(erasure, {"decision": "agree"})
    assert sent.leads_to == erasure and "What stays of it is here" in keeper.get(erasure).text
    assert keeper.post(erasure, {"decision": "agree"}).status == 409
    for visitor, address in ((contact, here), (keeper, case), (keeper, answer), (member, answer)):
        text = visitor.get(address).text
        assert "erased on" in text and OTHER in text and "Jones" not in text, address
    for visitor, address in ((contact, here), (keeper, answer), (member, answer)):
        assert visitor.get(f"{address}/files/{file.id}").status == 410
