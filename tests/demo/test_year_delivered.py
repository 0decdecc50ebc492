"""A time of the demonstration's Board, day by day: people at work, outages, wrong clocks, a mail server.

Every kind of thing that is chased is lived through at random. On each good day nothing is left to remind of,
and of each open thing the rung it has reached has come to somebody by the mail server: once, and in one
digest a person and day.
"""

import random
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from flask import Flask

from kscb_actions import clock
from kscb_actions.access.policy import Refused, Role, Viewer
from kscb_actions.actions.acknowledging.service import acknowledge
from kscb_actions.actions.extensions import ask_extension, change_due_date, decide_extension, open_request
from kscb_actions.actions.models import Action
from kscb_actions.actions.service import set_standing, update_progress
from kscb_actions.assurance.challenges.models import Challenge
from kscb_actions.assurance.challenges.queries import get_challenge
from kscb_actions.assurance.challenges.service import answer_challenge, close_challenge, raise_challenge
from kscb_actions.assurance.checking import ask_question
from kscb_actions.assurance.queries import waiting_submission
from kscb_actions.assurance.service import decide, report_done
from kscb_actions.audit.models import AuditEvent
from kscb_actions.audit.service import StaleEdit
from kscb_actions.chasing.actions.provider import OPEN_ACTIONS
from kscb_actions.chasing.deciding import Deciding
from kscb_actions.chasing.ladder.queries import ladders_of
from kscb_actions.chasing.ladder.service import pause_reminders
from kscb_actions.chasing.log.models import Reminder
from kscb_actions.chasing.models import TakenOut
from kscb_actions.chasing.providers import registered
from kscb_actions.chasing.queries import list_active_people
from kscb_actions.chasing.rules import EARLY_ENOUGH, Chased, whom_to_tell
from kscb_actions.config import Settings
from kscb_actions.demo.content import AS_AT
from kscb_actions.files.store import EvidenceStore
from kscb_actions.jobs.scheduler import Jobs
from kscb_actions.mail.models import OutboxMessage
from kscb_actions.people.models import User
from kscb_actions.reviews.answers.service import ask_for_answers
from kscb_actions.reviews.models import AgencyResponse
from kscb_actions.reviews.recommendations import answer_recommendation
from kscb_actions.text import InvalidInput
from kscb_actions.working_days.england import is_working_day

from ..assurance.challenges.asking import on_action
from ..conftest import on_settings, settings_in
from ..demonstration import Demonstration
from ..factories import World
from ..long import LONG, amount
from ..mail.peers import Peer, free_port, listening
from ..mail.sending import plain, via

DAYS = amount(8, 366)
URL = "http://127.0.0.1:5000"
BEHIND = (-1, -3, -45, -400, -15_000)
REFUSED = (InvalidInput, Refused, StaleEdit)


class People(World):
    """The demonstration's people, who do things as those of other tests do."""

    def __init__(self, settings: Settings, chance: random.Random) -> None:
        self.store, self.chance = EvidenceStore(settings.evidence), chance
        everybody = list(User.select().where(User.is_active))
        self.leads = defaultdict(list)
        for each in everybody:
            if Role.AGENCY_LEAD in each.role_set:
                self.leads[each.agency_id].append(each)
        self.manager = next(each for each in everybody if Role.MANAGER in each.role_set)
        chairs = [each for each in everybody if Role.CHAIR in each.role_set]
        self.second_chair = next((each for each in chairs if each.agency_id is None), chairs[0])
        self.done: Counter[str] = Counter()

    def lead_of(self, action: Action) -> User:
        """Return who leads an action, or somebody who leads in its agency."""
        own = self.leads[action.agency_id]
        return next((each for each in own if each.id == action.lead_id), (own or [self.manager])[0])

    def live(self) -> None:
        """Let some people do something; what cannot be done now is not."""
        actions = list(Action.select().where(Action.standing.in_(("active", "on_hold"))))
        for _ in range(6):
            what = self.chance.choice(DOINGS)
            action = Action.get_by_id(self.chance.choice(actions).id)
            with suppress(*REFUSED):
                if what(self, action, self.lead_of(action).viewer) is not None:
                    self.done[what.__name__] += 1

    def later(self, days: int = 14) -> date:
        """Return a day within some weeks."""
        return clock.today() + timedelta(days=self.chance.randint(7, 7 + days))


Doing = Callable[[People, Action, Viewer], Any]


def update(people: People, action: Action, lead: Viewer) -> Any:
    return update_progress(lead, action, "in_progress", f"At {clock.now()}.")


def cannot(people: People, action: Action, lead: Viewer) -> Any:
    return update_progress(lead, action, "cannot_be_done", f"At {clock.now()}.")


def report(people: People, action: Action, lead: Viewer) -> Any:
    people.evidence(action)
    return report_done(lead, action, f"Done, word {people.chance.random()}.")


def judge(people: People, action: Action, lead: Viewer) -> Any:
    waiting = waiting_submission(action)
    if waiting is None:
        return None
    waiting.action = action
    chair = people.second_chair.viewer
    if people.chance.random() < 0.3:
        return ask_question(chair, waiting, "How?", lead.id, URL)
    return decide(chair, waiting, people.chance.random() < 0.3, "Seen and judged.")


def ask_time(people: People, action: Action, lead: Viewer) -> Any:
    return ask_extension(lead, action, people.later(60), "More is needed.")


def decide_time(people: People, action: Action, lead: Viewer) -> Any:
    request = open_request(action)
    return request and decide_extension(people.second_chair.viewer, request, True, "So be it.")


def give_date(people: People, action: Action, lead: Viewer) -> Any:
    return change_due_date(people.second_chair.viewer, action, people.later(30), "The trainer was ill.")


def hold(people: People, action: Action, lead: Viewer) -> Any:
    standing = "active" if action.standing == "on_hold" else "on_hold"
    return set_standing(people.manager.viewer, action, standing, "An inquest.")


def say_when(people: People, action: Action, lead: Viewer) -> Any:
    return acknowledge(lead, action, people.later(7))


def pause(people: People, action: Action, lead: Viewer) -> Any:
    return pause_reminders(people.manager.viewer, action.review, None, "They meet.", people.later(7))


def challenge(people: People, action: Action, lead: Viewer) -> Any:
    chair = people.second_chair.viewer
    found = Challenge.get_or_none(Challenge.action == action, Challenge.state != "closed")
    if found is None:
        return raise_challenge(chair, on_action(action), "lead", "Why?", people.later(), URL)
    kept = get_challenge(people.manager.viewer, found.id)
    if kept is None:
        return None
    if kept.state == "open":
        return answer_challenge(lead, kept, "It slipped.", kept.version, URL)
    return close_challenge(chair, kept, "changed", "A date is set.", kept.version, URL)


def answers(people: People, action: Action, lead: Viewer) -> Any:
    waits = AgencyResponse.get_or_none(
        AgencyResponse.recommendation == action.recommendation_id, AgencyResponse.agency == action.agency_id
    )
    if waits is None or waits.asked_on is None:
        codes = [action.agency.code]
        ask_for_answers(people.manager.viewer, action.review, codes, people.later(), URL)
        return True
    return answer_recommendation(lead, action.recommendation, action.agency, "accepted")


DOINGS: tuple[Doing, ...] = (
    *(update, cannot, report, report, judge, judge, judge, ask_time, decide_time, decide_time),
    *(give_date, hold, say_when, pause, challenge, challenge, answers),
)


@dataclass
class Days:
    """What was given on which true day, and when the server had what.

    before  the messages that the demonstration begins with
    shown   the days that the clock showed, run by run
    ahead   the true days on which it was ahead
    """

    peer: Peer
    before: frozenset[str]
    runs: int = 0
    shown: list[date] = field(default_factory=list)
    seen: dict[tuple[str, int], int] = field(default_factory=dict)
    ahead: set[date] = field(default_factory=set)
    had: list[tuple[date, str, str]] = field(default_factory=list)

    def ran(self, today: date, shown: date) -> None:
        """Note what a run has given, and what the server has had since."""
        count = AuditEvent.select().where(AuditEvent.event == OPEN_ACTIONS.event).count()
        # Of a day off nothing is written down that would be known later.
        self.shown += [shown] * (count - self.runs)
        self.runs = count
        for provider in registered():
            model = provider.chases.model
            for (row_id,) in model.select(model.id).tuples():
                self.seen.setdefault((model._meta.table_name, row_id), len(self.shown))
        for message in self.peer.received[len(self.had) :]:
            self.had.append((today, message["To"], message["Message-ID"]))

    def is_early(self, table: str, row_id: int, begun: date) -> bool:
        """Return whether a run since shows that a reminder came too early, by a clock that was ahead."""
        return any(each < begun - EARLY_ENOUGH for each in self.shown[self.seen[table, row_id] :])


def look(days: Days, today: date) -> int:
    """Fail where a thing that waits has not had the rung it has reached; returns how many have one."""
    people, had, count = list_active_people(), {each for _, _, each in days.had} | days.before, 0
    ids = {row.id: row for row in OutboxMessage.select()}
    for provider in registered():
        table = provider.chases.model._meta.table_name
        deciding = Deciding(provider, today, people)
        waiting = deciding.list_waiting()
        assert deciding.plan(waiting, URL).digests == (), "nothing is left to remind of"
        ladders = ladders_of(provider.subjects)
        for each in waiting:
            ladder = ladders[provider.kind_of(each)]
            stage = ladder.stage_on(each.due_on, today)
            if stage is None or not whom_to_tell(provider, each, ladder.rung_of(stage), people):
                continue

            def is_reached(one: Chased, each: Any = each, stage: int = stage, table: str = table) -> bool:
                is_of_rung = one.due_on == each.due_on and one.stage >= stage
                return is_of_rung and not days.is_early(table, one.row_id, one.begins_on)

            # Nobody hears of one thing twice a day, nor on the day of which it was told the evening before.
            told = [one for one in each.chased if one.chased_on == today or is_reached(one)]
            went = [ids[one.message_id].taken_into or ids[one.message_id] for one in told if not one.is_lost]
            assert any(message.message_id in had for message in went), (today, each)
            count += 1
    return count


def look_back(days: Days) -> None:
    """Fail where a rung was given twice, a text lacks a thing, or somebody had two in a day."""
    had = {each for _, _, each in days.had}
    texts = {message["Message-ID"]: plain(message) for message in days.peer.received}
    gone = set(TakenOut.select(TakenOut.kind, TakenOut.chase_id).tuples())
    given: Counter[tuple[Any, ...]] = Counter()
    for provider in registered():
        model = provider.chases.model
        table = model._meta.table_name
        for row in model.select(model, OutboxMessage).join(OutboxMessage):
            begun = row.due_on + timedelta(days=row.stage)
            went = row.message.taken_into or row.message
            is_given = went.message_id in had and (table, row.id) not in gone
            if is_given and went.state == "sent" and not days.is_early(table, row.id, begun):
                subject = getattr(row, "subject", "")
                given[table, getattr(row, provider.chases.name).id, subject, row.due_on, row.stage] += 1
    assert [each for each, count in given.items() if count > 1] == []
    for row in Reminder.select(Reminder, OutboxMessage).join(OutboxMessage):
        if row.message.message_id in texts and (Reminder._meta.table_name, row.id) not in gone:
            text = texts[row.message.message_id]
            assert all(each in text for each in row.label.split(", ")), (row.label, text)
    digests = {row.message_id for row in OutboxMessage.select().where(OutboxMessage.digest_on.is_null(False))}
    kinds = {row.message_id: row.about for row in OutboxMessage.select()}
    a_day = defaultdict(set)
    for on, to, each in days.had:
        if each in digests:
            # What tells of child deaths is apart.
            a_day[on, to, kinds[each]].add(each)
    # A clock that is ahead has a morning of its own on a true day.
    twice = [(key, those) for key, those in a_day.items() if len(those) > 1 + (key[0] in days.ahead)]
    assert given and twice == []


@contextmanager
def machine(patch: pytest.MonkeyPatch, today: date, days: int = 0, hour: int = 8) -> Iterator[None]:
    """Hold the clock at an hour of a day, wrong by so many days."""
    at = datetime.combine(today + timedelta(days=days), datetime.min.time(), clock.LONDON)
    at += timedelta(hours=hour, minutes=5)
    with clock.at(at), patch.context() as held:
        held.setattr(clock, "real_now", lambda: at.astimezone(UTC))
        yield


@pytest.mark.parametrize("seed", range(2, amount(3, 8)))
def test_over_a_time_of_the_demonstration_everything_arrives_once(
    demonstration: Demonstration,
    application: Flask,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    seed: int,
) -> None:
    settings = settings_in(demonstration.copied(tmp_path / "instance"))
    chance, out_until, looked = random.Random(seed), AS_AT, 0
    with on_settings(application, settings, AS_AT), listening(Peer()) as peer:
        sent = OutboxMessage.select(OutboxMessage.message_id).where(OutboxMessage.state == "sent")
        people = People(settings, chance)
        days = Days(peer, frozenset(each for (each,) in sent.tuples()))
        days.ran(AS_AT, AS_AT)
        for number in range(1, DAYS):
            today = AS_AT + timedelta(days=number)
            if chance.random() < 0.06:
                out_until = today + timedelta(days=chance.choice((1, 2, 4)))
            port = free_port() if today < out_until else peer.port
            peer.rcpt = {}
            if chance.random() < 0.1:
                peer.rcpt = {chance.choice(list(people.leads.values()))[0].email: "451 Later"}
            wrong = chance.choice(
                ((0,) * 12 + (1, 40, 366), (0,) * 10 + BEHIND, (0,) * 8 + BEHIND + (1, 40))[seed % 3]
            )
            days.ahead |= {today} if wrong > 0 else set()
            # Each morning another process, as after a restart.
            jobs = Jobs(via(settings, port))
            for off in (0, wrong, 0) if wrong < 0 else (wrong, 0):
                with machine(monkeypatch, today, off):
                    jobs.chase()
                    jobs.deliver()
                    days.ran(today, clock.today())
            if today >= out_until and not peer.rcpt and is_working_day(today):
                with machine(monkeypatch, today, hour=10):
                    # What the server had refused the day before has its next try.
                    jobs.deliver()
                    days.ran(today, today)
                    if not OutboxMessage.select().where(OutboxMessage.state == "queued").exists():
                        looked += bool(look(days, today))
            with machine(monkeypatch, today, hour=12):
                people.live()
        look_back(days)
    assert looked > DAYS // 4 and (not LONG or len(people.done) == len(set(DOINGS))), people.done
