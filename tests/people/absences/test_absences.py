"""An absence over time: entered, told, stood in for, over by itself, put right; and its pages."""

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from datetime import UTC, date, datetime, timedelta

import pytest

from kscb_actions import clock
from kscb_actions.access.policy import Refused, Role
from kscb_actions.actions.models import Action
from kscb_actions.actions.owners.service import share
from kscb_actions.assurance.challenges.service import Subject, raise_challenge
from kscb_actions.assurance.checking import ask_question
from kscb_actions.assurance.models import Submission
from kscb_actions.assurance.service import decide
from kscb_actions.audit.models import AuditEvent
from kscb_actions.audit.service import change
from kscb_actions.chasing.news.models import News
from kscb_actions.chasing.news.rules import Kind
from kscb_actions.chasing.news.service import see_all, tell_at_once
from kscb_actions.chasing.providers import runs
from kscb_actions.chasing.service import chase_together
from kscb_actions.database import writing
from kscb_actions.mail.models import OutboxMessage
from kscb_actions.people.absences.models import Absence
from kscb_actions.people.absences.queries import people_away, who_can_stand_in
from kscb_actions.people.absences.service import cancel, correct, end, enter
from kscb_actions.people.models import User
from kscb_actions.people.service import edit_person, facts_of
from kscb_actions.reviews.models import NamedPerson, Review
from kscb_actions.text import InvalidInput

from ...factories import TODAY, World
from ...pages import Visitor
from ...queries import counted

URL = "https://tracker.example"
MONDAY, FRIDAY = date(2012, 4, 2), date(2012, 4, 13)
Visits = Callable[[User | None], Visitor]


@pytest.fixture
def board(world: World) -> Iterator[World]:
    """Yield the small board with a second lead of the police and a deputy chair; nothing is news yet."""
    world.person("second-lead", Role.AGENCY_LEAD, agency=world.police)
    world.person("deputy", Role.DEPUTY)
    with writing(News):
        News.delete().execute()
    yield world


@pytest.fixture
def away(board: World) -> Absence:
    """Return an absence of the lead of the police from Monday to the Friday of the week after."""
    return enter(board.police_lead.viewer, board.police_lead, second(board), MONDAY, FRIDAY)


def second(board: World) -> User:
    """Return the second lead of the police."""
    return User.get(User.email == "second-lead@board.example")


def deputy(board: World) -> User:
    """Return the deputy chair."""
    return User.get(User.email == "deputy@board.example")


def on_day(day: date) -> AbstractContextManager[None]:
    """Return the clock at half past seven of a day."""
    return clock.at(datetime(day.year, day.month, day.day, 7, 30, tzinfo=UTC))


def morning(day: date) -> dict[str, OutboxMessage]:
    """Run the reminders of a morning; returns {first part of the address: message}."""
    newest = OutboxMessage.select().count()
    with on_day(day):
        for run in runs():
            chase_together(run, day, URL)
    rows = OutboxMessage.select().order_by(OutboxMessage.id).offset(newest)
    return {row.to_address.split("@")[0]: row for row in rows}


def restrict(action: Action, *people: User) -> None:
    """Let only these people know of an action's review."""
    review = Review.get_by_id(action.review_id)
    review.is_restricted = True
    with change(people[0].viewer) as tx:
        tx.update(review, "review.changed")
        for person in people:
            tx.add(NamedPerson(review=review, user=person), "review.person-named")


def test_reminders_go_to_the_stand_in_from_the_first_day_to_the_last(board: World, away: Absence) -> None:
    due = {day: board.action(due_on=day).reference for day in (TODAY, MONDAY, FRIDAY, date(2012, 4, 16))}
    see_all(board.police_lead.viewer)
    assert due[TODAY] in morning(TODAY)["police-lead"].body
    first = morning(MONDAY)
    assert f"{due[MONDAY]}, for Police lead, away until 13 April 2012\nDue today" in first["second-lead"].body
    assert "action needs you" not in first["police-lead"].subject
    assert f"{due[FRIDAY]}, for Police lead, away" in morning(FRIDAY)["second-lead"].body
    back = morning(date(2012, 4, 16))
    assert due[date(2012, 4, 16)] in back["police-lead"].body
    assert "needs you" not in back["second-lead"].subject


def test_both_hear_when_it_is_entered_when_it_begins_and_when_it_is_over(board: World, away: Absence) -> None:
    # Nobody hears of what they did themselves.
    assert [(row.person_id, row.kind) for row in News.select()] == [(second(board).id, Kind.ABSENCE_ENTERED)]
    told = morning(TODAY)
    assert list(told) == ["second-lead"]
    entered = (
        "1 absence entered\nPolice lead is away from 2 April 2012 to 13 April 2012, Second lead stands in"
    )
    assert entered in told["second-lead"].body
    first = morning(MONDAY)
    assert {name: row.subject for name, row in first.items()} == {
        "police-lead": "Who stands in",
        "second-lead": "Who stands in",
    }
    assert "Second lead stands in: reminders and news" in first["police-lead"].body
    assert morning(MONDAY) == morning(date(2012, 4, 3)) == {}
    # It ended on a Friday: both hear on Monday, by which nobody stands in any more.
    over = morning(date(2012, 4, 16))
    assert set(over) == {"police-lead", "second-lead"}
    assert "was away from 2 April 2012 to 13 April 2012 and is back" in over["police-lead"].body
    assert morning(date(2012, 4, 17)) == {}
    kinds = [row.kind for row in News.select().where(News.person == board.police_lead).order_by(News.id)]
    assert kinds == [Kind.ABSENCE_BEGUN, Kind.ABSENCE_OVER]


def test_days_without_a_run_are_told_once(board: World) -> None:
    enter(board.manager.viewer, board.police_lead, second(board), TODAY, MONDAY)
    see_all(board.police_lead.viewer)
    see_all(second(board).viewer)
    late = morning(date(2012, 4, 20))
    assert set(late) == {"police-lead", "second-lead"} and "is back" in late["second-lead"].body
    assert "and Second lead stands in" not in late["second-lead"].body
    assert morning(date(2012, 4, 23)) == {}


def test_news_goes_to_the_stand_in_and_stays_new_for_who_is_away(
    board: World, away: Absence, visit: Visits
) -> None:
    see_all(second(board).viewer)
    action = board.action()
    submission = board.submission(Action.get_by_id(action.id))
    with on_day(MONDAY):
        decide(board.second_chair.viewer, submission, False, "The audit is missing.")
        assert tell_at_once(URL) == 1
        message = OutboxMessage.select().order_by(OutboxMessage.id.desc()).get()
        assert message.to_address == "second-lead@board.example"
        assert f"{action.reference}, in place of Police lead, Kent Police" in message.body
        assert tell_at_once(URL) == 0
        assert f"{action.reference}, in place of Police lead" in visit(second(board)).get("/new").text
        own = visit(board.police_lead).get("/new").text
        assert "Report returned by the Board New" in own and "in place of" not in own


def test_news_of_a_shared_action_goes_to_the_stand_in_there(board: World) -> None:
    other = board.person("second-health-lead", Role.AGENCY_LEAD, agency=board.health)
    action = board.action()
    share(board.manager.viewer, action, board.health, board.health_lead)
    enter(board.manager.viewer, board.health_lead, other, MONDAY, FRIDAY)
    submission = board.submission(Action.get_by_id(action.id))
    with on_day(MONDAY):
        decide(board.second_chair.viewer, submission, False, "Not signed.")
    heard = News.select().where(News.action == action, News.person == other)
    assert [row.in_place_of_id for row in heard] == [board.health_lead.id]


def test_the_sentence_after_a_decision_names_both(board: World, away: Absence, visit: Visits) -> None:
    action = board.action()
    board.submission(Action.get_by_id(action.id))
    with on_day(MONDAY):
        page = f"/reviews/{action.review.reference}/actions/{action.number}"
        visitor = visit(board.second_chair)
        assert (
            "Police lead (away until 13 April 2012; Second lead stands in)"
            in visitor.get(f"{page}/check").text
        )
        sent = visitor.send(f"{page}/check", {"decision": "return", "reason": "The audit is missing."})
        told = "Second lead (for Police lead, away until 13 April 2012), of Kent Police, is told at once."
        assert told in visitor.get(sent.leads_to).text


def test_of_a_restricted_review_a_stand_in_who_is_not_named_gets_nothing(board: World, away: Absence) -> None:
    see_all(second(board).viewer)
    action = board.action(due_on=MONDAY)
    submission = board.submission(Action.get_by_id(board.action(recommendation=action.recommendation).id))
    restrict(action, board.police_lead, board.manager, board.second_chair)
    told = morning(MONDAY)
    assert action.reference not in told["second-lead"].body
    assert f"{action.reference}, for Police lead, away until 13 April 2012" in told["manager"].body
    assert "Nobody in the agency can be asked about these" in told["manager"].body
    with on_day(date(2012, 4, 3)):
        decide(board.second_chair.viewer, Submission.get_by_id(submission.id), False, "Not signed.")
    heard = News.select().where(News.kind == Kind.RETURNED)
    assert [(row.person_id, row.in_place_of_id, row.told_at) for row in heard] == [
        (board.police_lead.id, None, None)
    ]


def test_letters_that_go_at_once_go_to_the_stand_in(board: World, away: Absence) -> None:
    action = board.action()
    submission = board.submission(Action.get_by_id(action.id))
    with on_day(MONDAY):
        chair = board.second_chair.viewer
        newest = OutboxMessage.select().count()
        ask_question(chair, submission, "Is it signed?", board.police_lead.id, URL)
        subject = Subject(board.police, action, action.recommendation)
        raise_challenge(chair, subject, "lead", "Why?", FRIDAY, URL)
        rows = OutboxMessage.select().order_by(OutboxMessage.id).offset(newest)
        assert [row.to_address.split("@")[0] for row in rows] == ["second-lead"] * 2


def test_a_question_that_only_who_is_away_may_know_of_goes_to_them(board: World, away: Absence) -> None:
    action = board.action()
    restrict(action, board.police_lead, board.second_chair)
    with on_day(MONDAY):
        subject = Subject(board.police, Action.get_by_id(action.id), action.recommendation)
        raise_challenge(board.second_chair.viewer, subject, "lead", "Why?", FRIDAY, URL)
    last = OutboxMessage.select().order_by(OutboxMessage.id.desc()).get()
    assert last.to_address == "police-lead@board.example"


def test_the_chairs_week_goes_to_the_deputy(board: World) -> None:
    enter(board.second_chair.viewer, board.second_chair, deputy(board), MONDAY, FRIDAY)
    board.submission(Action.get_by_id(board.action().id))
    told = morning(MONDAY)
    assert "the Board’s week" in told["deputy"].subject and "The Board’s week" in told["chair"].subject
    assert "You are told for Second chair, away until 13 April 2012." in told["deputy"].body
    assert "the Board’s week" not in told["second-chair"].subject


def test_my_actions_of_the_stand_in_have_those_of_who_is_away(
    board: World, away: Absence, visit: Visits
) -> None:
    action, own = board.action(), board.action(lead=second(board))
    stands_in, absent = visit(second(board)), visit(board.police_lead)
    before = stands_in.get("/my-actions").text
    assert action.reference not in before and "Led by you (1)" in before
    with on_day(MONDAY):
        with counted() as queries:
            page = stands_in.get("/my-actions").text
        assert int(queries) <= 22
        assert f"{action.reference}" in page and "For Police lead, away until 13 April 2012" in page
        assert page.count("For Police lead, away") == 1 and own.reference in page
        assert "Led by you, or stood in for (2)" in page
        assert "You stand in for Police lead, away until 13 April 2012." in page
        mine = absent.get("/my-actions").text
        assert action.reference in mine and "You are away until 13 April 2012; Second lead stands in" in mine
        row = f"a{action.id}"
        fields = {"progress": "in_progress", "narrative": "On.", "was": "not_started"}
        fields["version"] = str(Action.get_by_id(action.id).version)
        sent = stands_in.post("/my-actions", {f"{row}-{name}": value for name, value in fields.items()})
        assert sent.status == 303 and Action.get_by_id(action.id).progress == "in_progress"
    with on_day(date(2012, 4, 14)):
        assert action.reference not in stands_in.get("/my-actions").text


def test_pages_say_who_stands_in(board: World, away: Absence, visit: Visits) -> None:
    action = board.action()
    page = f"/reviews/{action.review.reference}/actions/{action.number}"
    words = "away until 13 April 2012; Second lead stands in"
    assert words not in visit(board.reader).get(page).text
    with on_day(MONDAY):
        assert f"Police lead ({words})" in visit(board.reader).get(page).text
        manager = visit(board.manager)
        assert f"A{words[1:]}" in manager.get("/people").text
        assert (
            "2 April 2012 to 13 April 2012, Second lead stands in"
            in manager.get(f"/people/{board.police_lead.id}").text
        )
        off = manager.get(f"/people/{second(board).id}/switch-off")
        assert "They stand in for Police lead" in off.text and f"/absences/{away.id}" in off.links()
        edit_person(board.manager.viewer, second(board), facts_of(second(board)), 1, is_active=False)
        assert "away until 13 April 2012; nobody stands in" in visit(board.reader).get(page).text
        assert "cannot stand in at present" in manager.get(f"/absences/{away.id}").text


def test_it_is_entered_on_the_account_page_and_corrected(board: World, visit: Visits) -> None:
    lead = visit(board.police_lead)
    assert "/account/absence" in lead.get("/account").links()
    days = {"from_on": ["2", "4", "2012"], "until_on": ["13", "4", "2012"]}
    assert set(lead.post("/account/absence").errors) == {"from_on", "until_on", "stand_in"}
    wrong = lead.post("/account/absence", {**days, "stand_in": str(board.health_lead.id)})
    assert wrong.errors == {"stand_in": "Choose somebody from the list."}
    made = lead.post("/account/absence", {**days, "stand_in": str(second(board).id)})
    absence = Absence.get()
    assert made.leads_to == f"/absences/{absence.id}"
    told = lead.get(made.leads_to).text
    assert "Second lead stands in from 2 April 2012 to 13 April 2012. Both are told" in told
    again = lead.post("/account/absence", {**days, "stand_in": str(second(board).id)})
    assert again.errors["from_on"].startswith("Police lead is away already from 2 April 2012")
    address = f"/absences/{absence.id}/change"
    third = board.person("third-lead", Role.AGENCY_LEAD, agency=board.police)
    lead.send(address, {"until_on": ["6", "4", "2012"], "stand_in": str(third.id)})
    absence = Absence.get_by_id(absence.id)
    assert (absence.until_on, absence.stand_in_id, absence.version) == (date(2012, 4, 6), third.id, 2)
    # Who stood in before hears of it as well.
    heard = News.select().where(News.kind == Kind.ABSENCE_CHANGED).order_by(News.person)
    assert [row.person_id for row in heard] == [second(board).id, third.id]
    stale = lead.post(address, {**days, "stand_in": str(third.id), "version": "1"})
    assert stale.status == 409 and "13 April 2012" in stale.text and "6 April 2012" in stale.text


def test_it_is_ended_early_or_cancelled(board: World, away: Absence, visit: Visits) -> None:
    lead = visit(board.police_lead)
    with pytest.raises(Refused, match="has not begun"):
        end(board.police_lead.viewer, away)
    with on_day(date(2012, 4, 4)):
        assert people_away(clock.today()).asked(board.police_lead.id) == second(board).id
        lead.post(f"/absences/{away.id}/end")
        assert Absence.get_by_id(away.id).until_on == date(2012, 4, 3)
        assert people_away(clock.today()).asked(board.police_lead.id) == board.police_lead.id
        assert "This absence is over" in lead.get(lead.post(f"/absences/{away.id}/cancel").leads_to).text
    # The end was told as news: not again on the morning after.
    told = morning(date(2012, 4, 5))
    assert list(told) == ["second-lead"] and "1 absence changed" in told["second-lead"].body
    other = enter(board.manager.viewer, board.police_lead, second(board), FRIDAY, FRIDAY)
    with on_day(FRIDAY):
        # Back on the very first day: it never was.
        assert end(board.manager.viewer, other).cancelled_at is not None
    with pytest.raises(Refused, match="has been cancelled"):
        cancel(board.manager.viewer, other)


def test_only_they_themselves_and_the_manager_keep_it(board: World, away: Absence) -> None:
    for person in (second(board), board.health_lead, board.chair, board.reader):
        for operation in (
            lambda who=person.viewer: enter(who, board.police_lead, second(board), FRIDAY, FRIDAY),
            lambda who=person.viewer: correct(who, away, second(board), MONDAY, MONDAY),
            lambda who=person.viewer: cancel(who, away),
            lambda who=person.viewer: end(who, away),
        ):
            with pytest.raises(Refused, match="board manager"):
                operation()
    with pytest.raises(Refused, match="agency’s lead or contact, or for a chair"):
        enter(board.manager.viewer, board.reader, second(board), MONDAY, FRIDAY)
    switched_off = User.get_by_id(second(board).id)
    switched_off.is_active = False
    with pytest.raises(InvalidInput, match="switched off"):
        enter(board.manager.viewer, board.police_lead, switched_off, FRIDAY, FRIDAY + timedelta(days=9))
    assert [each.id for each in who_can_stand_in(board.police_lead)] == [second(board).id]
    assert AuditEvent.select().where(AuditEvent.kind == "absence").count() == 1


def test_the_stand_in_sees_it_and_changes_nothing(board: World, away: Absence, visit: Visits) -> None:
    page = visit(second(board)).get(f"/absences/{away.id}")
    assert page.status == 200 and "Cancel it" not in page.text
    assert visit(second(board)).get(f"/absences/{away.id}/change").status == 403
    for stranger in (board.health_lead, board.chair, board.reader):
        assert visit(stranger).get(f"/absences/{away.id}").status == 404


@pytest.mark.parametrize("agency", ["police", None])
def test_a_deputy_who_stands_in_decides_nothing_of_their_own_agency(board: World, agency: str | None) -> None:
    stands_in = board.person("a-deputy", Role.DEPUTY, agency=agency and getattr(board, agency))
    enter(board.manager.viewer, board.second_chair, stands_in, TODAY, FRIDAY)
    submission = board.submission(Action.get_by_id(board.action().id))
    if agency:
        with pytest.raises(Refused, match="belongs to your agency"):
            decide(stands_in.viewer, submission, True, "Seen.")
    else:
        assert decide(stands_in.viewer, submission, True, "Seen.").decision == "accepted"
