"""Chasing agencies’ returns: the ladder of actions, nothing twice, and nobody who may not see the case."""

import json
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from functools import partial

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kscb_actions import clock
from kscb_actions.access.policy import SYSTEM, Role, Viewer
from kscb_actions.audit.models import AuditEvent
from kscb_actions.audit.service import change
from kscb_actions.chasing.actions.provider import OPEN_ACTIONS
from kscb_actions.chasing.ladder.rules import Ladder, Rung
from kscb_actions.chasing.queries import has_run
from kscb_actions.chasing.rules import Chased, Plan, Told, plan
from kscb_actions.chasing.service import ChaseRun, chase
from kscb_actions.child_deaths.cases.models import ChildDeath
from kscb_actions.child_deaths.meetings.models import Interest, PanelCase, PanelMeeting, PanelSeat
from kscb_actions.child_deaths.requests.queries import get_request
from kscb_actions.child_deaths.returns.models import AgencyReturn, ReturnChase
from kscb_actions.child_deaths.returns.provider import AWAITED_RETURNS
from kscb_actions.child_deaths.returns.queries import list_waiting
from kscb_actions.child_deaths.returns.rules import (
    RETURNS,
    SENT_RETURNS,
    SUBJECT,
    OutstandingReturn,
    may_see,
    recipients_of,
)
from kscb_actions.child_deaths.returns.service import (
    answer_return,
    ask_return,
    change_return,
    take_back_return,
)
from kscb_actions.child_deaths.visibility import get_death
from kscb_actions.config import Settings
from kscb_actions.database import writing
from kscb_actions.jobs.scheduler import Jobs
from kscb_actions.mail.delivery import Delivered, deliver_due
from kscb_actions.mail.models import OutboxMessage
from kscb_actions.mail.queries import list_messages
from kscb_actions.people.absences.rules import Away, StandIn
from kscb_actions.people.models import User
from kscb_actions.web.mail import visible_message

from ...commands.running import flask
from ...factories import TODAY, World
from ...factories_deaths import Panel
from ...mail.peers import Peer, listening
from ...mail.sending import via
from ...queries import counted
from ...trail import told_to
from ..requests.making import Asked

URL = "https://tracker.example"
chase_returns = partial(chase, AWAITED_RETURNS)
BEGINS = {RETURNS.code: -14, SENT_RETURNS.code: 0}
LADDER = RETURNS.first
COORDINATOR = Viewer(1, "Co-ordinator", "c@board.example", frozenset({Role.CDOP_COORDINATOR}))
MEMBER = Viewer(2, "Member", "m@board.example", frozenset({Role.CDOP_MEMBER}), agency_id=7)
WAITING = OutstandingReturn(1, 5, 7, "Kent Police", TODAY, seats=frozenset({2}))


@pytest.fixture
def panel(world: World) -> Panel:
    """Give a panel with nothing before it."""
    return Panel(world)


def planned(waiting: list[OutstandingReturn], on: date, ladder: Ladder) -> Plan[OutstandingReturn]:
    """Return who is sent a digest of these, where there is one co-ordinator."""
    return plan(waiting, AWAITED_RETURNS, [COORDINATOR], on, {RETURNS.code: ladder})


def seat(panel: Panel, user: User, death: ChildDeath, held_on: date = date(2012, 4, 20)) -> None:
    """Give somebody a seat at a meeting with this case."""
    with writing():
        meeting, _ = PanelMeeting.get_or_create(held_on=held_on, defaults={"proposals_due_on": held_on})
        PanelSeat.get_or_create(meeting=meeting, user=user)
        PanelCase.get_or_create(meeting=meeting, death=death, defaults={"place": 1})


def sent() -> list[str]:
    """Return to whom messages are queued, each about deaths and with a subject that tells nothing of it."""
    rows = list(OutboxMessage.select().order_by(OutboxMessage.id))
    assert {(row.about, row.subject) for row in rows} <= {
        ("child_deaths", SUBJECT),
        ("child_deaths", "1 reminder in copy"),
    }
    return [row.to_address for row in rows]


@pytest.mark.parametrize(
    ("day", "stage"),
    [
        (-15, None),
        (-14, -14),
        (-1, -14),
        (0, 0),
        (6, 0),
        (7, 7),
        (27, 7),
        (28, 28),
        (55, 28),
        (56, 56),
        (400, 392),
    ],
)
def test_a_return_climbs_the_ladder_of_actions(day: int, stage: int | None) -> None:
    found = planned([WAITING], TODAY + timedelta(days=day), LADDER)
    assert [item.stage for digest in found.digests for item in digest.items] == (
        [] if stage is None else [stage]
    )


@pytest.mark.parametrize(
    ("person", "waiting", "is_recipient"),
    [
        (COORDINATOR, WAITING, True),
        (COORDINATOR, replace(WAITING, closed_to=frozenset({1})), False),
        (MEMBER, WAITING, True),
        (MEMBER, replace(WAITING, closed_to=frozenset({2})), False),
        (MEMBER, replace(WAITING, seats=frozenset()), False),
        (replace(MEMBER, agency_id=8), WAITING, False),
        (replace(MEMBER, agency_id=None), WAITING, False),
        (replace(MEMBER, roles=frozenset({Role.AGENCY_LEAD})), WAITING, False),
        (replace(MEMBER, roles=frozenset({Role.MANAGER, Role.CHAIR, Role.READER})), WAITING, False),
    ],
)
def test_who_is_sent_a_reminder(person: Viewer, waiting: OutstandingReturn, is_recipient: bool) -> None:
    assert recipients_of(waiting, [person]) == ([person] if is_recipient else [])


@given(
    due=st.integers(-40, 40),
    offsets=st.lists(st.integers(-30, 60), min_size=1, max_size=6, unique=True),
    every=st.integers(1, 40),
    days=st.lists(st.integers(-60, 120), min_size=1, max_size=12),
)
def test_however_it_is_run_no_stage_goes_out_twice_and_the_last_is_not_missed(
    due: int, offsets: list[int], every: int, days: list[int]
) -> None:
    first = [Rung(offset, RETURNS.may_tell) for offset in sorted(offsets)]
    ladder = Ladder((*first[:-1], replace(first[-1], every=every)))
    waiting, told = replace(WAITING, due_on=TODAY + timedelta(days=due)), []
    for day in sorted(days):
        on = TODAY + timedelta(days=day)
        for _ in range(2):
            for digest in planned([waiting], on, ladder).digests:
                told += [item.stage for item in digest.items]
                new = [Chased(item.stage, waiting.due_on, on) for item in digest.items]
                waiting = replace(waiting, chased=(*waiting.chased, *new))
    assert told == sorted(set(told))
    reached = [offset for offset in offsets if due + offset <= max(days)]
    if len(reached) < len(offsets):
        assert told[-1:] == ([max(reached)] if reached else [])
    else:
        assert max(days) - every < due + told[-1] <= max(days)


def test_co_ordinators_and_the_agencys_own_member_are_told_of_the_link_alone(panel: Panel) -> None:
    death = panel.death(case_number="KEEP/77", circumstances="Nobody outside reads this.")
    asked = panel.asked(death)
    own = panel.world.person("police-panel-member", Role.CDOP_MEMBER, agency=panel.world.police)
    seat(panel, own, death)
    seat(panel, panel.world.cdop_member, death)
    run = chase_returns(TODAY, URL)
    assert sent() == ["cdop-coordinator@board.example", "police-panel-member@board.example"]
    for message in OutboxMessage.select():
        assert f"{URL}/death-requests/{asked.id}" in message.body
        assert (
            f"Request B{asked.id}, Kent Police\nOverdue by 29 days: it was due on 1 March 2012"
            in message.body
        )
        assert "KEEP" not in message.body and "Nobody outside" not in message.body
    assert "These agencies have not answered yet" in run.messages[0].body
    assert "you have a copy" in run.messages[1].body
    assert [(row.stage, row.chased_on) for row in ReturnChase.select()] == [(28, TODAY)]


def test_the_same_day_again_sends_nothing_and_leaves_no_trace(panel: Panel) -> None:
    panel.asked(panel.death())
    chase_returns(TODAY, URL)
    before = (OutboxMessage.select().count(), ReturnChase.select().count(), AuditEvent.select().count())
    assert chase_returns(TODAY, URL).messages == ()
    assert before == (
        OutboxMessage.select().count(),
        ReturnChase.select().count(),
        AuditEvent.select().count(),
    )
    assert has_run(AWAITED_RETURNS, TODAY) and not has_run(AWAITED_RETURNS, date(2012, 3, 29))


def test_a_new_due_date_begins_a_new_ladder_and_an_answer_ends_it(panel: Panel) -> None:
    asked = panel.asked(panel.death())
    chase_returns(TODAY, URL)
    change_return(panel.coordinator, asked, date(2012, 2, 9), date(2012, 4, 10), 1)
    assert len(chase_returns(date(2012, 4, 2), URL).messages) == 1
    with clock.at(date(2012, 4, 10)):
        answer_return(panel.coordinator, AgencyReturn.get(), date(2012, 4, 10), "no", "", 2)
    assert chase_returns(date(2012, 4, 10), URL).messages == ()


def test_a_request_that_was_taken_back_is_not_chased_and_anew_it_is(panel: Panel) -> None:
    death = panel.death()
    take_back_return(panel.coordinator, panel.asked(death), "By mistake.")
    assert chase_returns(TODAY, URL) == ChaseRun(TODAY, by_provider={"chase-returns": ()})
    assert (sent(), ReturnChase.select().count()) == ([], 0)
    ask_return(panel.coordinator, death, panel.world.police, date(2012, 3, 1), date(2012, 3, 20))
    assert len(chase_returns(TODAY, URL).messages) == 1


def test_what_went_out_before_a_request_was_taken_back_stays(panel: Panel) -> None:
    asked = panel.asked(panel.death())
    chase_returns(TODAY, URL)
    before = [(row.to_address, row.state) for row in OutboxMessage.select()]
    take_back_return(panel.coordinator, asked, "By mistake.")
    assert [(row.to_address, row.state) for row in OutboxMessage.select()] == before
    assert chase_returns(date(2012, 4, 2), URL).messages == ()


def test_a_decided_case_is_not_chased(panel: Panel) -> None:
    panel.asked(panel.death())
    with writing():
        ChildDeath.update(decision_number=1).execute()
    assert chase_returns(TODAY, URL).messages == ()


@pytest.mark.parametrize("day", [date(2012, 3, 31), date(2012, 4, 1), date(2012, 4, 6)])
def test_nobody_is_chased_on_a_day_off(panel: Panel, day: date) -> None:
    panel.asked(panel.death())
    assert chase_returns(day, URL).day_off
    assert sent() == []


def test_nobody_left_to_tell_is_said_and_tried_again(panel: Panel) -> None:
    asked = panel.asked(panel.death())
    user = panel.world.cdop_coordinator
    user.is_active = False
    with change(SYSTEM) as tx:
        tx.update(user, "person.changed")
    assert [each.return_id for each in chase_returns(TODAY, URL).without_recipient] == [asked.id]
    assert (sent(), ReturnChase.select().count()) == ([], 0)
    panel.world.person("new-coordinator", Role.CDOP_COORDINATOR)
    assert chase_returns(TODAY, URL).without_recipient == ()
    assert sent() == ["new-coordinator@board.example"]


def test_whoever_is_told_may_see_the_case_and_the_rules_say_what_the_queries_say(panel: Panel) -> None:
    first, second = panel.death(), panel.death(district="dover")
    panel.asked(first)
    panel.asked(second)
    people = [
        panel.world.person(name, *roles, agency=panel.world.police)
        for name, roles in (
            ("both", (Role.CDOP_MEMBER, Role.CDOP_COORDINATOR)),
            ("apart", (Role.CDOP_COORDINATOR,)),
            ("seated", (Role.CDOP_MEMBER,)),
            ("unseated", (Role.CDOP_MEMBER,)),
            ("lead", (Role.AGENCY_LEAD, Role.CHAIR)),
            ("contact", (Role.DEATH_CONTACT,)),
        )
    ]
    seat(panel, people[2], first)
    with writing():
        for user in people[:2]:
            Interest.create(death=first, user=user, nature="A relative.", declared_at=TODAY)
        Interest.update(lifted_at=TODAY).where(Interest.user == people[0]).execute()
    for waiting in list_waiting(TODAY, BEGINS):
        for user in User.select():
            asked_of = get_request(user.viewer, waiting.return_id)
            sees = asked_of is not None or get_death(user.viewer, waiting.death_id) is not None
            assert may_see(user.viewer, waiting) is sees
    run = chase_returns(TODAY, URL)
    got = {message.to.split("@")[0]: len(message.items) for message in run.messages}
    assert got == {"both": 2, "apart": 1, "seated": 1, "cdop-coordinator": 2, "contact": 2}


def test_a_dry_run_changes_nothing(panel: Panel) -> None:
    panel.asked(panel.death())
    events = AuditEvent.select().count()
    assert len(chase_returns(TODAY, URL, dry_run=True).messages) == 1
    assert (sent(), AuditEvent.select().count()) == ([], events)


def test_the_boards_trail_shows_nothing_of_it(panel: Panel) -> None:
    def shown() -> int:
        return sum(told_to(panel.world.as_viewer(user)).total for user in User.select())

    panel.asked(panel.death())
    before = shown()
    chase_returns(TODAY, URL)
    assert shown() == before


def test_the_outbox_shows_nothing_of_it_to_a_co_ordinator_with_an_interest(panel: Panel) -> None:
    def shown(user: User) -> int:
        return list_messages(user.viewer, visible_message(user.viewer)).total

    panel.asked(panel.death())
    death = panel.death()
    panel.asked(death, panel.world.health)
    chase_returns(TODAY, URL)
    both = panel.world.person("manager-and-keeper", Role.MANAGER, Role.CDOP_COORDINATOR)
    assert (shown(panel.world.manager), shown(both)) == (0, 1)
    panel.interest(death, both)
    assert shown(both) == 0
    with writing():
        Interest.update(lifted_at=clock.now()).execute()
    assert shown(both) == 1


def test_reading_takes_the_same_queries_however_many_there_are(panel: Panel) -> None:
    def queries() -> int:
        with counted() as count:
            list_waiting(TODAY, BEGINS)
        return int(count)

    panel.asked(panel.death())
    few = queries()
    for number in range(5):
        panel.asked(panel.death(died_on=date(2011, 5, number + 1)))
    assert queries() == few == 7


CONTACT = Viewer(3, "Contact", "k@police.example", frozenset({Role.DEATH_CONTACT}), agency_id=7)
ELSEWHERE = replace(CONTACT, id=4, email="e@other.example", agency_id=8)
PEOPLE = [COORDINATOR, MEMBER, CONTACT, ELSEWHERE]


@pytest.mark.parametrize(
    ("day", "told"),
    [
        (-14, {"k": Told.ASKED}),
        (0, {"k": Told.ASKED}),
        (7, {"k": Told.ASKED, "c": Told.COPIED}),
        (28, {"k": Told.ASKED, "c": Told.ASKED, "m": Told.COPIED}),
        (56, {"k": Told.ASKED, "c": Told.ASKED, "m": Told.COPIED}),
        (392, {"k": Told.ASKED, "c": Told.ASKED, "m": Told.COPIED}),
    ],
)
def test_a_contact_is_reminded_and_then_others_hear_of_it(day: int, told: dict[str, Told]) -> None:
    found = plan([WAITING], AWAITED_RETURNS, PEOPLE, TODAY + timedelta(days=day), {RETURNS.code: LADDER})
    assert {each.to.email[0]: each.items[0].told for each in found.digests} == told


def away(person: Viewer, stand_in: Viewer | None) -> Away:
    return Away((StandIn(person, TODAY, stand_in),))


@pytest.mark.parametrize(
    ("waiting", "people", "asked", "is_asked"),
    [
        (WAITING, PEOPLE, "k", True),
        (WAITING, [COORDINATOR, MEMBER, ELSEWHERE], "c", False),
        (replace(WAITING, closed_to=frozenset({3})), PEOPLE, "c", False),
        (replace(WAITING, away=away(CONTACT, None)), PEOPLE, "c", False),
        (replace(WAITING, away=away(CONTACT, ELSEWHERE)), PEOPLE, "c", False),
        (replace(WAITING, away=away(CONTACT, replace(CONTACT, id=5))), PEOPLE, "k", True),
        (replace(WAITING, is_sent=True), PEOPLE, "c", True),
        (WAITING, [MEMBER], "", False),
    ],
)
def test_where_no_contact_is_there_a_co_ordinator_is_told(
    waiting: OutstandingReturn, people: list[Viewer], asked: str, is_asked: bool
) -> None:
    found, does = AWAITED_RETURNS.whom_to_ask(waiting, people)
    assert ("".join(each.email[0] for each in found), does) == (asked, is_asked)


def test_what_was_sent_is_chased_of_the_panel_and_no_longer_of_the_agency(world: World) -> None:
    asked = Asked(world)
    late = asked.row.due_on + timedelta(days=40)
    asked.sent()
    week = TODAY + timedelta(days=7)
    assert [each.return_id for each in list_waiting(week, BEGINS)] == [asked.row.id]
    assert list_waiting(week - timedelta(days=1), BEGINS) == []
    (waiting,) = list_waiting(late, BEGINS)
    assert (waiting.is_sent, waiting.due_on) == (True, week)
    after_easter = date(2012, 4, 10)
    with clock.at(after_easter):
        before = OutboxMessage.select().count()
        run = chase_returns(after_easter, URL)
    assert [each.to for each in run.messages] == ["cdop-coordinator@board.example"]
    assert "Please look at what they sent" in run.messages[0].body
    assert OutboxMessage.select().count() == before + 1
    asked.panel.decision(asked.death)
    assert [each.is_sent for each in list_waiting(late, BEGINS)] == [True]
    asked.judged("returned", "Say when.")
    assert list_waiting(late, BEGINS) == [], "the panel has decided without it"


def test_it_is_delivered_once_to_a_real_server(panel: Panel, settings: Settings) -> None:
    panel.asked(panel.death())
    chase_returns(TODAY, URL)
    with listening(Peer()) as peer:
        mail = via(settings, peer.port)
        assert deliver_due(mail) == Delivered(sent=1)
        chase_returns(TODAY, URL)
        assert deliver_due(mail) == Delivered()
    assert peer.subjects() == [SUBJECT]
    assert "11/001" not in peer.received[0].as_string()


def test_the_scheduler_chases_returns_beside_actions_and_makes_up_for_them(
    panel: Panel, settings: Settings
) -> None:
    panel.asked(panel.death())
    jobs = Jobs(settings)
    jobs.chase()
    jobs.chase()
    assert sent() == ["cdop-coordinator@board.example"]
    assert has_run(AWAITED_RETURNS, TODAY)


def test_returns_that_were_missed_are_made_up_for_though_actions_were_chased(
    panel: Panel, settings: Settings
) -> None:
    panel.asked(panel.death())
    with clock.at(datetime(2012, 3, 30, 9, 0, tzinfo=UTC)):
        chase(OPEN_ACTIONS, TODAY, URL)
        Jobs(settings).chase()
        Jobs(settings).chase()
    assert sent() == ["cdop-coordinator@board.example"]


def test_the_command_says_who_gets_what(panel: Panel, settings: Settings) -> None:
    asked = panel.asked(panel.death())
    dry = flask(settings, "chase-returns", "--on", "2012-03-30", "--dry-run", "--json")
    assert dry.returncode == 0, dry.stderr
    assert json.loads(dry.stdout) == {
        "on": "2012-03-30",
        "messages": [
            {
                "to": "cdop-coordinator@board.example",
                "subject": SUBJECT,
                "items": [
                    {
                        "return": asked.id,
                        "death": asked.death_id,
                        "agency": "Kent Police",
                        "stage": 28,
                        "due_on": "2012-03-01",
                    }
                ],
            }
        ],
    }
    assert sent() == [] and "nothing was changed" in dry.stderr
    done = flask(settings, "chase-returns", "--on", "2012-03-30")
    assert "Kent Police" in done.stdout and "in the outbox" in done.stderr
    assert "No return fell due" in flask(settings, "chase-returns", "--on", "2012-03-30").stdout
    assert sent() == ["cdop-coordinator@board.example"]
    assert flask(settings, "chase-returns", "--on", "03/30/2012").returncode == 2
