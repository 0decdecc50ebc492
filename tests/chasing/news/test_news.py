"""News over time: told once and in one message, seen, and nothing to whom may not know of it."""

from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime, timedelta

import pytest
from flask.testing import FlaskClient

from kscb_actions import clock
from kscb_actions.access.policy import SYSTEM, Role
from kscb_actions.actions.extensions import ask_extension, decide_extension
from kscb_actions.actions.handover import switch_off
from kscb_actions.actions.models import Action
from kscb_actions.assurance.challenges.service import Subject, raise_challenge
from kscb_actions.assurance.checking import reopen, take_back
from kscb_actions.audit.models import AuditEvent
from kscb_actions.audit.service import change
from kscb_actions.chasing.news.heard import quietly
from kscb_actions.chasing.news.models import News
from kscb_actions.chasing.news.queries import count_new, list_news
from kscb_actions.chasing.news.rules import Kind
from kscb_actions.chasing.news.service import choose_pace, see_all, tell_at_once
from kscb_actions.chasing.providers import registered, run_of, runs
from kscb_actions.chasing.service import chase_together
from kscb_actions.config import Settings
from kscb_actions.database import writing
from kscb_actions.jobs.scheduler import Jobs
from kscb_actions.mail.models import OutboxMessage
from kscb_actions.people.models import User
from kscb_actions.reviews.models import NamedPerson, Review
from kscb_actions.text import InvalidInput

from ...factories import TODAY, World
from ...pages import Visitor

URL = "https://tracker.example"
MONDAY = date(2012, 4, 2)
# A date so far that nobody is reminded of it here.
FAR = date(2016, 6, 1)
Clients = Callable[[User | None], FlaskClient]
Visits = Callable[[User | None], Visitor]


@pytest.fixture
def board(world: World) -> Iterator[World]:
    """Yield the small board, on which nothing is news yet."""
    with writing(News):
        News.delete().execute()
    yield world


def messages(since: int = 0) -> list[tuple[str, str]]:
    """Return (first part of the address, subject) of what is in the outbox."""
    rows = OutboxMessage.select().where(OutboxMessage.id > since).order_by(OutboxMessage.id)
    return [(row.to_address.split("@")[0], row.subject) for row in rows]


def last() -> OutboxMessage:
    """Return the newest message."""
    return OutboxMessage.select().order_by(OutboxMessage.id.desc()).get()


def morning(on: date) -> None:
    """Run the reminders of a morning, with what is enclosed."""
    with clock.at(datetime(on.year, on.month, on.day, 7, 30, tzinfo=UTC)):
        for run in runs():
            chase_together(run, on, URL)


def kinds_for(person: User) -> list[str]:
    """Return what is written down for a person to hear of."""
    return [row.kind for row in News.select().where(News.person == person).order_by(News.id)]


def test_each_event_is_news_for_whom_it_concerns(board: World) -> None:
    lead, chair = board.police_lead, board.second_chair.viewer
    action = board.action(due_on=date(2012, 6, 1))
    extension = ask_extension(lead.viewer, action, date(2012, 7, 1), "More time for the audit.")
    decide_extension(chair, extension, True, "Agreed.")
    board.decision(Action.get_by_id(action.id), accepted=False)
    board.decision(Action.get_by_id(action.id))
    assert kinds_for(lead) == [Kind.NEW_ACTION, Kind.MORE_TIME, Kind.RETURNED, Kind.ACCEPTED]
    challenge = raise_challenge(chair, Subject(board.police), "lead", "Why?", date(2012, 6, 1), URL)
    assert kinds_for(lead)[4:] == [Kind.CHALLENGED]
    assert not kinds_for(board.second_chair) and not kinds_for(board.manager)
    assert challenge.id == News.get(News.kind == Kind.CHALLENGED).challenge_id


def test_who_takes_over_hears_of_it_and_a_leaver_of_nothing(board: World) -> None:
    action = board.action()
    second = board.person("second-lead", *board.police_lead.role_set, agency=board.police)
    switch_off(board.manager.viewer, board.police_lead, second)
    assert kinds_for(second) == [Kind.HANDED_OVER]
    morning(MONDAY)
    assert messages() == [("second-lead", "1 thing is new for you")]
    assert f"{action.reference}, Kent Police, 30 March 2012" in last().body


def test_reminders_of_actions_and_of_challenges_and_news_are_one_message(board: World) -> None:
    action = board.action(due_on=MONDAY)
    subject = Subject(board.police)
    raise_challenge(board.manager.viewer, subject, "lead", "Why?", MONDAY, URL)
    newest = last().id
    morning(MONDAY)
    assert messages(newest) == [
        (
            "police-lead",
            f"1 action needs you: 1 due today ({action.reference}); "
            "1 challenge waits for an answer (C1); 1 thing is new for you",
        )
    ]
    text = last().body
    assert text.count("review and action tracker, 2 April 2012.") == 1
    # The challenge has had its own letter, and is not told again as news.
    assert "1 new action" in text and "challenge to your agency" not in text


@pytest.mark.parametrize("days", [0, 1, 30])
def test_what_was_missed_comes_in_one_message_and_once(board: World, days: int) -> None:
    board.action(due_on=FAR)
    with clock.at(TODAY + timedelta(days=days)):
        board.action(due_on=FAR)
    on = MONDAY + timedelta(days=7 * 5)
    for day in (on, on, on + timedelta(days=1), MONDAY, on):
        morning(day)
    assert messages() == [("police-lead", "2 things are new for you")]


def test_a_clock_that_was_ahead_repeats_and_loses_nothing(board: World) -> None:
    with clock.at(date(2015, 3, 30)):
        board.action(due_on=FAR)
    morning(MONDAY)
    board.action(due_on=FAR)
    morning(date(2012, 4, 3))
    morning(date(2015, 3, 31))
    assert messages() == [("police-lead", "1 thing is new for you")] * 2


def test_a_return_goes_at_once_and_is_not_repeated(board: World) -> None:
    action = board.action()
    see_all(board.police_lead.viewer)
    board.decision(action, accepted=False)
    assert tell_at_once(URL) == 1 and tell_at_once(URL) == 0
    assert messages() == [("police-lead", "1 thing is new for you")]
    assert f"1 report returned by the Board\n{action.reference}" in last().body
    morning(MONDAY)
    assert [to for to, _ in messages()].count("police-lead") == 1


def test_the_scheduler_tells_at_once_before_it_delivers(board: World, settings: Settings) -> None:
    board.decision(board.action(), accepted=False)
    Jobs(settings).deliver()
    # The new action waits for the morning.
    assert messages() == [("police-lead", "1 thing is new for you")]


def test_each_pace_is_kept(board: World) -> None:
    lead = board.police_lead.viewer
    with pytest.raises(InvalidInput):
        choose_pace(lead, "never")
    choose_pace(lead, "weekly")
    board.action()
    with clock.at(MONDAY):
        board.action()
    morning(MONDAY)
    morning(date(2012, 4, 3))
    assert messages() == [("police-lead", "1 thing is new for you")]
    choose_pace(lead, "at_once")
    assert tell_at_once(URL) == 1
    for _ in range(30):
        board.action()
    assert tell_at_once(URL) == 1
    assert last().subject == "30 things are new for you" and "30 new actions" in last().body


def test_what_was_seen_is_left_out_of_the_next_message(board: World, sign_in: Clients) -> None:
    first, second = board.action(), board.action()
    client, viewer = sign_in(board.police_lead), board.police_lead.viewer
    assert "New for you (2)" in client.get("/challenges").text
    client.get(f"/reviews/{first.review.reference}/actions/{first.number}")
    assert count_new(viewer) == 1
    morning(MONDAY)
    assert second.reference in last().body and first.reference not in last().body
    assert count_new(viewer) == 1


def test_the_page_marks_what_it_shows_as_seen_and_a_button_the_rest(board: World, visit: Visits) -> None:
    client, viewer = visit(board.police_lead), board.police_lead.viewer
    assert "Nothing is new for you." in client.get("/new").text
    for _ in range(30):
        board.action()
    page = client.get("/new")
    assert len(page.tree.xpath("//strong[contains(@class, 'govuk-tag')]")) == 25
    assert "Showing 1 to 25 of 30 things" in page.text
    assert count_new(viewer) == 5
    assert client.post("/new/seen").status == 302
    assert count_new(viewer) == 0 and list_news(viewer).total == 30
    assert "Mark all as seen" not in client.get("/new").text


def test_how_often_is_chosen_on_a_page_that_says_what_always_comes(board: World, visit: Visits) -> None:
    client = visit(board.police_lead)
    page = client.get("/new/how-often").text
    assert "are always told at once" in page and "Never" not in page
    assert client.post("/new/how-often", {"pace": "never"}).status == 200
    assert client.post("/new/how-often", {"pace": "weekly"}).status == 302
    assert client.get("/new/how-often").value("pace") == ["weekly"]


def test_who_returns_a_report_reads_who_hears_of_it(board: World, visit: Visits) -> None:
    action = board.action()
    board.submission(action)
    address = f"/reviews/{action.review.reference}/actions/{action.number}/check"
    chair = visit(board.second_chair)
    chair.send(address, {"decision": "return", "reason": "The audit is missing."})
    assert "Police lead, of Kent Police, is told at once." in chair.get("/attention").text


def test_the_chairs_hear_once_a_week_what_was_submitted_and_what_waits(board: World) -> None:
    action = board.action()
    board.submission(action)
    hidden = board.action(recommendation=board.recommendation(board.review("SCR-1999-77")))
    board.submission(hidden)
    restrict(hidden.review, board.police_lead)
    see_all(board.police_lead.viewer)
    for day in (MONDAY, date(2012, 4, 3), date(2012, 4, 5)):
        morning(day)
    assert messages() == [("chair", "The Board’s week"), ("second-chair", "The Board’s week")]
    text = last().body
    assert f"1 report submitted since 26 March 2012.\n\n{action.reference}, Kent Police" in text
    assert "1 action waits for the Board" in text and "SCR-1999-77" not in text
    # Nothing new, but it still waits; a week without any working day's run is made up for.
    morning(date(2012, 4, 19))
    assert len(messages()) == 4 and "0 reports submitted since 2 April 2012." in last().body


def test_the_week_says_what_has_come_of_a_report_since(board: World) -> None:
    """It is returned, accepted, reopened or taken back by the morning on which the week is told."""
    actions = {
        each: board.action(FAR) for each in ("returned", "accepted", "reopened", "taken back", "waits")
    }
    board.decision(actions["returned"], accepted=False)
    board.decision(actions["accepted"])
    reopen(board.second_chair.viewer, board.decision(actions["reopened"]), "Not so.")
    board.submission(actions["taken back"])
    take_back(board.police_lead.viewer, Action.get_by_id(actions["taken back"].id), "Too early.")
    board.submission(actions["waits"])
    morning(MONDAY)
    text = OutboxMessage.get(OutboxMessage.to_address == "second-chair@board.example").body
    came = {"returned": ", returned since", "accepted": ", accepted since", "waits": ""}
    came |= {"reopened": ", accepted and reopened since", "taken back": ", taken back since"}
    for name, action in actions.items():
        assert f"{action.reference}, Kent Police, 30 March 2012{came[name]}\nhttps" in text


@pytest.mark.parametrize("name", ["second-chair", "chair-and-lead"])
def test_how_much_waits_for_the_board_is_said_once_in_a_message(board: World, name: str) -> None:
    """By the reminders and in the picture of the week, on one morning; the picture alone says it too."""
    board.person("chair-and-lead", Role.CHAIR, Role.AGENCY_LEAD, agency=board.probation)
    with clock.at(MONDAY - timedelta(days=14)):
        board.submission(board.action(FAR))
    with clock.at(MONDAY - timedelta(days=7)):
        board.submission(board.action(FAR))
    morning(MONDAY)
    message = OutboxMessage.get(OutboxMessage.to_address == f"{name}@board.example")
    assert "need" in message.subject and "the Board’s week" in message.subject
    assert message.body.count("2 actions wait for the Board") == 1
    assert message.enclosed.count("2 actions wait for the Board") == 1


def restrict(review: Review, *named: User) -> None:
    """Let only these people know of a review."""
    review = Review.get_by_id(review.id)
    review.is_restricted = True
    with change(SYSTEM) as tx:
        tx.update(review, "review.changed")
        for person in named:
            tx.add(NamedPerson(review=review, user=person), "review.person-named")


@pytest.mark.parametrize("is_before", [True, False])
def test_no_message_and_no_page_tells_of_what_its_reader_may_not_see(
    board: World, sign_in: Clients, is_before: bool
) -> None:
    """Everything happens in a review that is, or has since become, one for its named people only."""
    recommendation = board.recommendation(board.review("SCR-1999-77"))
    named = board.person("named-lead", *board.police_lead.role_set, agency=board.police)
    if is_before:
        restrict(recommendation.review, board.manager, board.second_chair, named)
    with clock.at(TODAY):
        action = board.action(MONDAY, lead=named, recommendation=recommendation)
        board.manager.viewer  # noqa: B018
        raise_challenge(board.manager.viewer, Subject(board.police, action), "lead", "Why?", MONDAY, URL)
        if not is_before:
            with writing(News):
                News.update(person=board.police_lead).execute()
            restrict(recommendation.review, board.manager, board.second_chair, named)
    newest = OutboxMessage.select().count()
    tell_at_once(URL)
    morning(MONDAY)
    told = list(OutboxMessage.select().where(OutboxMessage.id > newest))
    allowed = {"manager", "second-chair", "named-lead"}
    for row in told:
        if row.to_address.split("@")[0] not in allowed:
            assert "SCR-1999-77" not in row.subject + row.body and "C1" not in row.subject + row.body
    assert "named-lead" in [row.to_address.split("@")[0] for row in told]
    for person in User.select().where(User.is_active):
        page = sign_in(person).get("/new").text
        if person.email.split("@")[0] not in allowed:
            assert "SCR-1999-77" not in page and "/challenges/1" not in page
            assert "New for you (" not in page and count_new(person.viewer) == 0
    # It can fail: whoever is named is told of all of it.
    assert list_news(named.viewer).total == (2 if is_before else 0)


def test_nothing_is_news_while_a_board_of_years_is_loaded(board: World) -> None:
    with quietly():
        board.action()
    assert not News.select().exists()


def test_a_command_that_chases_tells_the_news(board: World) -> None:
    board.action()
    with clock.at(MONDAY):
        said = chase_together(run_of(registered()[0]), MONDAY, URL, dry_run=True)
        assert [message.subject for message in said.messages] == ["1 thing is new for you"]
        assert not messages()
    assert not AuditEvent.select().where(AuditEvent.event == "chase.ran").exists()
