"""A request from asking to the case: who is told, whose turn it is, and what is never lost or shown."""

import io
from datetime import date, timedelta

import pytest

from kscb_actions import clock
from kscb_actions.access.policy import Refused, Role
from kscb_actions.assurance.erasing import refuse_erased
from kscb_actions.assurance.queries import kept_names
from kscb_actions.audit.models import AuditEvent
from kscb_actions.audit.service import StaleEdit, before_each_change
from kscb_actions.child_deaths.cases.history import whole_case
from kscb_actions.child_deaths.cases.in_error import ErrorFacts, bring_back, close_in_error
from kscb_actions.child_deaths.cases.words import returns_in_words
from kscb_actions.child_deaths.requests import queries
from kscb_actions.child_deaths.requests.calendar import answers_to_give
from kscb_actions.child_deaths.requests.models import ReturnFile, ReturnPart, ReturnVerdict, SentReturn
from kscb_actions.child_deaths.requests.rules import Answer
from kscb_actions.child_deaths.requests.service import (
    FileDamaged,
    attach_files,
    judge_answer,
    open_own_file,
    open_sent_file,
    remove_file,
    save_part,
    send_answer,
)
from kscb_actions.child_deaths.returns.queries import (
    list_returns,
    list_waiting,
    overdue_returns,
    sent_returns,
    without_contact,
)
from kscb_actions.child_deaths.returns.rules import RETURNS, SENT_RETURNS, contacts_of
from kscb_actions.child_deaths.returns.service import answer_return, ask_returns, take_back_return
from kscb_actions.config import Settings
from kscb_actions.database import writing
from kscb_actions.mail.models import OutboxMessage
from kscb_actions.mail.rules import State
from kscb_actions.people.absences.models import Absence
from kscb_actions.people.absences.service import enter
from kscb_actions.people.service import PersonFacts, edit_person
from kscb_actions.text import InvalidInput

from ...factories import PDF, TODAY, World
from ...mail.peers import Peer
from ...mail.sending import deliver_to
from ...queries import counted
from .making import ASKED, DUE, URL, Asked

CONTACT, KEEPER = "death-contact@board.example", "cdop-coordinator@board.example"


@pytest.fixture
def asked(world: World) -> Asked:
    """Give a request to the probation service."""
    return Asked(world)


def told() -> list[tuple[str, str]]:
    """Return (to whom, subject) of what is queued, and see that no message names the case."""
    rows = list(OutboxMessage.select().order_by(OutboxMessage.id))
    for row in rows:
        assert row.about == "child_deaths"
        assert "11/001" not in row.subject + row.body and "/deaths/" not in row.body
    return [(row.to_address, row.subject.removeprefix("Child death reviews: ")) for row in rows]


def test_each_turn_tells_who_has_the_next_move_and_the_answer_is_on_the_case(asked: Asked) -> None:
    assert told() == [(CONTACT, "a request to your agency")]
    assert f"{URL}/death-requests/{asked.row.id}" in OutboxMessage.get().body
    assert queries.count_owed(asked.contact) == 1
    asked.sent()
    assert asked.now().step == "sent" and asked.now().judge_by == TODAY + timedelta(days=7)
    assert queries.count_owed(asked.contact) == 0 and sent_returns(asked.keeper) == [asked.row]
    asked.judged("returned", "Say when you saw the child last.")
    assert (asked.now().step, asked.now().judge_by, asked.now().due_on) == ("returned", None, DUE)
    assert queries.count_owed(asked.contact) == 1 and sent_returns(asked.keeper) == []
    save_part(asked.contact, asked.row, "knows", Answer("Last seen in May.", "yes"), 1)
    asked.sent()
    asked.judged("accepted")
    assert told()[1:] == [
        (KEEPER, "an answer to look at"),
        (CONTACT, "an answer returned to your agency"),
        (KEEPER, "an answer to look at"),
        (CONTACT, "your agency’s answer accepted"),
    ]
    now = asked.now()
    assert (now.step, now.answered_on, now.knows_child) == ("", TODAY, "yes")
    ((_, words),) = returns_in_words(list_returns(asked.keeper, asked.death))
    assert "Last seen in May." in words and "The child’s own needs: He was a healthy child." in words
    assert queries.count_owed(asked.contact) == 0 and overdue_returns(asked.keeper, date(2013, 1, 1)) == []


def test_what_was_sent_stays_and_a_correction_is_a_new_answer(asked: Asked) -> None:
    asked.sent()
    asked.judged("accepted")
    save_part(asked.contact, asked.row, "child", Answer("He had asthma."), 1)
    asked.sent()
    assert "healthy" in asked.now().summary, "it stands until the next is accepted"
    assert [each.answers.of("child").text for each in queries.seen_by(asked.panel.member, asked.now())] == [
        "He was a healthy child."
    ]
    assert len(queries.seen_by(asked.keeper, asked.now())) == 2
    asked.judged("accepted")
    assert "asthma" in asked.now().summary and "healthy" not in asked.now().summary
    first, second = SentReturn.select().order_by(SentReturn.id)
    assert "healthy" in first.answers and "asthma" in second.answers
    asked.judged("returned", "Which medicine?")
    assert asked.now().answered_on == TODAY and asked.now().step == "returned"
    assert "asthma" in asked.now().summary
    asked.judged("accepted")
    assert [row.outcome for row in ReturnVerdict.select().where(ReturnVerdict.sending == second)] == [
        "accepted",
        "returned",
        "accepted",
    ]


def test_the_same_answer_is_not_sent_twice_nor_an_unread_one_judged(asked: Asked) -> None:
    with pytest.raises(InvalidInput) as missing:
        send_answer(asked.contact, asked.row, URL)
    assert list(missing.value.errors) == ["knows"]
    asked.sent()
    with pytest.raises(Refused, match="Nothing has changed"):
        send_answer(asked.contact, asked.row, URL)
    save_part(asked.contact, asked.row, "child", Answer("He had asthma."), 1)
    asked.sent()
    with pytest.raises(Refused, match="newer answer"):
        asked.judged("accepted", seen=1)
    asked.judged("accepted")
    with pytest.raises(InvalidInput, match="accepted already"):
        asked.judged("accepted")
    assert ReturnVerdict.select().count() == 1


def test_two_tabs_lose_nothing_and_two_sections_do_not_meet(asked: Asked) -> None:
    asked.saved()
    with pytest.raises(StaleEdit) as stale:
        save_part(asked.contact, asked.row, "child", Answer("Typed in another tab."), 0)
    assert stale.value.current.text == "He was a healthy child."
    save_part(asked.contact, asked.row, "family", Answer("Two brothers."), 0)
    save_part(asked.contact, asked.row, "child", Answer("Typed in another tab."), 1)
    assert queries.answers_of(asked.row).of("family").text == "Two brothers."
    assert all("brothers" not in event.state + event.changes for event in AuditEvent.select())


@pytest.mark.parametrize("saved", [True, False])
def test_the_page_itself_and_its_button_at_once_are_one_save(asked: Asked, saved: bool) -> None:
    if saved:
        asked.saved()
    before, said = int(saved), {"choice": "", "text": "He was born early."}

    def other_saves() -> None:
        own = (ReturnPart.agency_return == asked.row) & (ReturnPart.section == "child")
        if saved:
            ReturnPart.update(version=2, **said).where(own).execute()
        else:
            ReturnPart.create(agency_return=asked.row, section="child", **said)

    with before_each_change(other_saves):
        kept = save_part(asked.contact, asked.row, "child", Answer(said["text"]), before)
    assert kept is not None and (kept.version, kept.text) == (before + 1, said["text"])


def test_an_agency_without_a_contact_is_not_asked_unless_by_hand(asked: Asked) -> None:
    world, death = asked.world, asked.panel.death()
    both = [world.probation, world.police]
    with pytest.raises(InvalidInput, match="Kent Police has no child-death contact.*board manager"):
        ask_returns(asked.keeper, death, both, ASKED, DUE, URL)
    assert list_returns(asked.keeper, death) == [] and len(told()) == 1
    assert len(ask_returns(asked.keeper, death, both, ASKED, DUE, URL, is_by_hand=True)) == 2
    assert len(told()) == 2 and without_contact(asked.keeper) == ["Kent Police"]


def test_a_contact_who_leaves_is_told_no_more_and_another_goes_on(asked: Asked) -> None:
    world = asked.world
    asked.saved()
    other = world.person("second-contact", Role.DEATH_CONTACT, agency=world.probation)
    gone = PersonFacts(CONTACT, "Gone", frozenset({Role.READER}), world.probation)
    edit_person(world.manager.viewer, world.death_contact, gone, world.death_contact.version)
    with pytest.raises(Refused):
        send_answer(world.as_viewer(world.death_contact), asked.row, URL)
    assert queries.list_requests(world.as_viewer(world.death_contact)) == []
    send_answer(other.viewer, asked.row, URL)
    asked.judged("returned", "Say when.")
    assert told()[-1] == ("second-contact@board.example", "an answer returned to your agency")


def test_who_is_away_is_not_told_where_somebody_else_is_there(asked: Asked) -> None:
    world = asked.world
    other = world.person("second-contact", Role.DEATH_CONTACT, agency=world.probation)
    with writing():
        Absence.create(
            person=world.death_contact, stand_in=other, from_on=TODAY, until_on=TODAY, entered_by=None
        )
    asked.sent()
    asked.judged("returned", "Say when.")
    assert told()[-1][0] == "second-contact@board.example"
    assert [to for to, _ in told()].count(CONTACT) == 1


def test_while_a_contact_is_away_the_one_who_stands_in_is_asked_and_reminded(asked: Asked) -> None:
    world = asked.world
    other = world.person("second-contact", Role.DEATH_CONTACT, agency=world.probation)
    enter(asked.contact, world.death_contact, other, DUE, DUE + timedelta(days=7))
    for day, to in ((DUE - timedelta(days=1), CONTACT), (DUE, other.email)):
        with clock.at(day):
            (waiting,) = list_waiting(day, {RETURNS.code: -14, SENT_RETURNS.code: 0})
            people = [world.as_viewer(each) for each in (world.death_contact, other)]
            assert to in {each.email for each in contacts_of(waiting, people)}
    assert [each.email for each in contacts_of(waiting, people)] == [other.email]


@pytest.mark.parametrize("comes_back", [False, True])
def test_a_message_about_a_case_closed_as_an_error_is_taken_out_before_it_goes(
    asked: Asked, settings: Settings, comes_back: bool
) -> None:
    found = ErrorFacts("not_resident", "The panel of the area of residence reviews it.")
    closed = close_in_error(asked.keeper, asked.death, found)
    if comes_back:
        bring_back(asked.keeper, closed, "It is resident here after all.")
    went = deliver_to(settings, Peer()).received
    (message,) = OutboxMessage.select()
    assert bool(went) is comes_back
    assert message.state == (State.SENT if comes_back else State.DROPPED)
    assert ("closed as recorded in error" in message.last_error) is not comes_back


def test_a_withdrawn_request_is_told_of_and_takes_no_answer(asked: Asked) -> None:
    asked.saved()
    take_back_return(asked.keeper, asked.row, "Another agency was meant.", URL)
    assert told()[-1] == (CONTACT, "a request to your agency withdrawn")
    for refused in (
        lambda: send_answer(asked.contact, asked.row, URL),
        lambda: save_part(asked.contact, asked.row, "child", Answer("More."), 1),
        lambda: asked.attached(),
    ):
        with pytest.raises(Refused, match="withdrawn"):
            refused()
    assert queries.list_requests(asked.contact) == [] and not ReturnFile.select().exists()
    assert list(asked.world.store.differences([]).unnamed) == []
    (anew,) = ask_returns(asked.keeper, asked.death, [asked.world.probation], ASKED, DUE, URL)
    assert anew == asked.row and queries.answers_of(anew).of("child").text == "He was a healthy child."


def test_what_was_sent_is_looked_at_before_the_request_is_withdrawn_or_answered_by_hand(
    asked: Asked,
) -> None:
    asked.sent()
    with pytest.raises(Refused, match="Accept it or return it first"):
        take_back_return(asked.keeper, asked.row, "By mistake.", URL)
    with pytest.raises(Refused, match="answered here itself"):
        answer_return(asked.keeper, asked.now(), TODAY, "no", "", asked.now().version)
    asked.judged("returned", "Say when.")
    take_back_return(asked.keeper, asked.row, "By mistake.", URL)
    assert asked.now().step == ""


def test_nobody_waits_for_an_agency_once_the_panel_has_decided_and_it_may_still_answer(asked: Asked) -> None:
    asked.panel.decision(asked.death)
    (row,) = queries.list_requests(asked.contact)
    assert not queries.owes(row) and queries.count_owed(asked.contact) == 0
    asked.sent()
    assert sent_returns(asked.keeper) == [asked.row]
    asked.judged("accepted")
    assert asked.now().answered_on == TODAY


def test_files_go_through_the_checks_and_stay_with_what_was_sent(asked: Asked) -> None:
    world, store = asked.world, asked.world.store
    with pytest.raises(InvalidInput) as refused:
        sent = [("good.pdf", io.BytesIO(PDF)), ("bad.exe", io.BytesIO(b"MZ\x00\x01"))]
        attach_files(asked.contact, asked.row, store, sent, refuse_erased)
    assert "bad.exe" in refused.value.errors["files"] and not ReturnFile.select().exists()
    assert list(store.differences([]).unnamed) == []
    wrong, kept = asked.attached("Baby Jones.pdf"), asked.attached()
    remove_file(asked.contact, wrong, store)
    assert [file.id for file in ReturnFile.select()] == [kept.id]
    asked.sent()
    remove_file(asked.contact, kept, store)
    assert queries.files_of(asked.row) == [] and queries.sendings_of(asked.row)[0].files == (kept,)
    assert kept.stored_name in kept_names() and store.verify(kept.stored_name, kept.sha256)
    with pytest.raises(Refused, match="taken off already"):
        remove_file(asked.contact, kept, store)
    # A member reads it once it stands on the case; nobody of another agency ever does.
    asked.panel.meeting(cases=[asked.death])
    at = (asked.death.id, asked.row.id, kept.id)
    assert queries.get_sent_file(asked.keeper, *at) == kept
    assert queries.get_sent_file(asked.panel.member, *at) is None
    asked.judged("accepted")
    assert queries.get_sent_file(asked.panel.member, *at) == kept
    assert open_sent_file(asked.panel.member, kept, store).read() == PDF
    assert open_own_file(asked.contact, kept, store).read() == PDF
    stranger = world.person("police-contact", Role.DEATH_CONTACT, agency=world.police).viewer
    with pytest.raises(Refused):
        open_own_file(stranger, kept, store)
    store.discard(kept.stored_name)
    with pytest.raises(FileDamaged):
        open_own_file(asked.contact, kept, store)
    assert all("Jones" not in event.state + event.changes + event.detail for event in AuditEvent.select())


def test_a_contact_sees_their_agencys_requests_and_nothing_of_anybody_else(asked: Asked) -> None:
    world = asked.world
    other = world.person("police-contact", Role.DEATH_CONTACT, agency=world.police)
    mine = ask_returns(asked.keeper, asked.death, [world.police], ASKED, DUE, URL)[0]
    assert queries.list_requests(other.viewer) == [mine]
    assert queries.list_requests(asked.contact) == [asked.row]
    for look in (queries.get_request, queries.get_own_request, queries.get_any_request):
        assert look(asked.contact, mine.id) is None
    for refused in (
        lambda: save_part(asked.contact, mine, "child", Answer("A."), 0),
        lambda: send_answer(asked.contact, mine, URL),
        lambda: judge_answer(asked.contact, asked.row, 1, "accepted", "", None, URL),
        lambda: save_part(asked.keeper, mine, "child", Answer("A."), 0),
    ):
        with pytest.raises(Refused):
            refused()
    assert queries.get_any_request(asked.keeper, mine.id) == mine
    for nobody in (world.manager, world.chair, world.probation_lead, world.reader, world.cdop_member):
        assert queries.list_requests(nobody.viewer) == []
        assert queries.get_any_request(nobody.viewer, mine.id) is None


def test_an_interest_closes_a_request_to_its_contact_too(asked: Asked) -> None:
    both = asked.world.person("both", Role.DEATH_CONTACT, Role.CDOP_MEMBER, agency=asked.world.probation)
    assert queries.list_requests(both.viewer) == [asked.row]
    asked.panel.meeting(members=[both], cases=[asked.death])
    asked.panel.interest(asked.death, both)
    assert queries.list_requests(both.viewer) == []
    asked.sent()
    asked.judged("returned", "Say when.")
    assert "both@board.example" not in [to for to, _ in told()]


def test_a_clock_that_was_put_back_changes_nothing_that_was_sent(asked: Asked) -> None:
    asked.sent()
    with clock.at(TODAY - timedelta(days=3)):
        asked.judged("returned", "Say when.")
        save_part(asked.contact, asked.row, "knows", Answer("Since 2009.", "yes"), 1)
        asked.sent()
        asked.judged("accepted")
    assert asked.now().answered_on == TODAY - timedelta(days=3)
    assert [each.row.number for each in queries.sendings_of(asked.row)] == [2, 1]


def test_the_case_tells_the_story_and_no_draft(asked: Asked) -> None:
    save_part(asked.contact, asked.row, "family", Answer("A draft that nobody sent."), 0)
    asked.saved()
    asked.attached()
    asked.sent()
    asked.judged("accepted")
    titles = [each.title for each in whole_case(asked.keeper, asked.death, TODAY).history]
    for title in ("Agency’s answer sent", "Agency’s answer accepted", "Agency return received"):
        assert title in titles
    assert "Section of an agency’s answer saved" not in titles


def test_what_an_agency_owes_stands_in_its_contacts_calendar_by_number(asked: Asked) -> None:
    asked.more(1)
    asked.sent()
    entries = list(answers_to_give(asked.contact, TODAY))
    assert [(each.on, each.summary) for each in entries] == [(DUE, f"Reply by: request B{asked.row.id + 1}")]
    assert list(answers_to_give(asked.keeper, TODAY)) == []


def test_the_number_of_queries_does_not_grow_with_requests(asked: Asked) -> None:
    asked.more(3)
    with counted() as listed:
        assert len(queries.list_requests(asked.contact)) == 4
    with counted() as none:
        assert queries.count_owed(asked.world.police_lead.viewer) == 0
    with counted() as shown:
        assert len(list_returns(asked.keeper, asked.death)) == 1
    assert (int(listed), int(none), int(shown)) == (1, 0, 1)
