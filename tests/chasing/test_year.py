"""A year of reminders, day by day, held against a reckoning of the test's own.

Actions are lived through at random while runs fail for days, are made twice, and are made by clocks that are
ahead, or in other years behind. On every working day on which a run was made, each open thing has been told
of since its latest rung began, by whoever has the next move, and of nothing twice.
"""

import random
from dataclasses import dataclass, field
from datetime import date, timedelta

import pytest

from kscb_actions import clock
from kscb_actions.access.policy import Role
from kscb_actions.audit.models import AuditEvent
from kscb_actions.chasing.actions.models import Chase
from kscb_actions.chasing.actions.provider import OPEN_ACTIONS
from kscb_actions.chasing.service import chase
from kscb_actions.people.models import User
from kscb_actions.working_days.england import is_working_day

from ..actions.turn_stories import Story, live
from ..factories import TODAY, World
from ..long import amount

DAYS = amount(90, 366)
# Days of the rungs, the last of which comes again after as many days as stand behind it.
STEPS = {
    "actions": ((-14, 0, 7, 28, 56), 28),
    "undated": ((14, 28), 28),
    "questions": ((0, 7, 28, 56), 28),
    "submissions": ((14, 28), 28),
    "requests": ((7, 14), 14),
    "impossible": ((7, 28), 28),
}
EARLY_ENOUGH = timedelta(days=3)
OF_AGENCY = ("actions", "undated", "questions")


def reached(subject: str, days: int) -> int | None:
    """Return the latest rung that has begun so many days after the day that is counted from."""
    rungs, every = STEPS[subject]
    if days < rungs[0]:
        return None
    latest = max(rung for rung in rungs if rung <= days)
    return latest + (days - latest) // every * every if latest == rungs[-1] else latest


def awaited(story: Story) -> list[tuple[str, date]]:
    """Return what somebody is waited for, as (ladder, day it is counted from); any of them does."""
    now = story.now
    if now.side == "nobody":
        return []
    if now.side == "board":
        found = [("requests", now.request_on)] if now.request_on else []
        if now.to_replace:
            found.append(("impossible", max(now.moved_on, now.said_on)))
        is_reported = now.assurance == "submitted" and not now.is_asked
        return [*found, ("submissions", now.moved_on)] if is_reported else found
    if now.is_asked:
        return [("questions", now.asked_on + timedelta(days=7))]
    due_on = story.action.current_due_on
    return [("actions", due_on)] if due_on else [("undated", now.moved_on)]


@dataclass(frozen=True)
class Sent:
    """A reminder: the number of the run that gave it, its true day, and what it was about."""

    run: int
    on: date
    ladder: str
    action: int
    start: date
    stage: int

    @property
    def begun(self) -> date:
        """Return the first day of its stage."""
        return self.start + timedelta(days=self.stage)


@dataclass
class Year:
    """The days that the clock showed at each run, and what was sent, by its row."""

    stories: list[Story]
    is_behind: bool = False
    shown: list[date] = field(default_factory=list)
    sent: dict[int, Sent] = field(default_factory=dict)

    def run(self, today: date, shown: date) -> None:
        """Let a run be made today by a clock that shows a day, and look at each reminder that it gave."""
        ran = AuditEvent.select().where(AuditEvent.event == OPEN_ACTIONS.event)
        before = ran.count()
        with clock.at(shown):
            chase(OPEN_ACTIONS, shown, "https://tracker.example")
        # Of a day off, or of a day that has had its run, nothing is written down that would be known later.
        self.shown += [shown] * (ran.count() - before)
        for row in Chase.select().where(Chase.id.not_in(list(self.sent))):
            about = (row.subject, row.action_id, row.due_on, row.stage)
            self.sent[row.id] = Sent(len(self.shown), today, *about)
            assert is_working_day(row.chased_on)
            story = next(each for each in self.stories if each.id == row.action_id)
            assert (row.subject, row.due_on) in awaited(story), "whoever has the next move"
            told = User.get_by_id(row.message.to_user_id)
            if row.subject in OF_AGENCY:
                assert told.id == story.lead.id
            else:
                assert Role.CHAIR in told.viewer.roles and told.agency_id != story.action.agency_id

    def look(self, today: date) -> int:
        """Fail where an open thing is silent, or was told of twice; return of how many there was a rung."""
        given, count = [each for each in self.sent.values() if self._is_given(each)], 0
        for story in self.stories:
            begun = []
            for ladder, start in awaited(story):
                stage = reached(ladder, (today - start).days)
                if stage is not None:
                    begun.append((ladder, story.id, start, stage))
            # A later rung of the same day, which a clock a day ahead had reached, stands for those before it.
            latest: dict[tuple[str, int, date], int] = {}
            for each in given:
                of = each.ladder, each.action, each.start
                latest[of] = max(latest.get(of, each.stage), each.stage)
            told = {one for one in begun if latest.get(one[:3], one[3] - 1) >= one[3]}
            # Nobody hears of one thing twice a day, when its date has been changed since.
            if Chase.select().where(Chase.action == story.id, Chase.chased_on == today).exists():
                told |= set(begun)
            count += bool(begun)
            assert not begun or told & set(begun), (today, begun)
        once = [(each.ladder, each.action, each.start, each.stage) for each in given]
        assert len(once) == len(set(once)), "one reminder a rung"
        return count

    def _is_given(self, one: Sent) -> bool:
        """Return whether no run since shows that it came before its time, by a clock that was ahead."""
        return self.is_behind or all(shown >= one.begun - EARLY_ENOUGH for shown in self.shown[one.run :])


@pytest.mark.parametrize("seed", range(1, amount(3, 13)))
def test_nothing_open_falls_silent_in_a_year_of_outages_and_wrong_clocks(world: World, seed: int) -> None:
    chance, first = random.Random(seed), TODAY
    with clock.at(first):
        dates = [first + timedelta(days=days) for days in (-40, -3, 5, 20, 60)]
        actions = [world.action(each, (world.police, world.health)[n % 2]) for n, each in enumerate(dates)]
        actions += [world.action(None), world.action(None, world.health)]
        stories = [Story(world, action, chance) for action in actions]
    year, out_until, looked = Year(stories, is_behind=seed % 2 == 0), first, 0
    for number in range(1, DAYS):
        today = first + timedelta(days=number)
        live(world, stories, today, 1, chance)
        if chance.random() < 0.05:
            out_until = today + timedelta(days=chance.choice((1, 2, 4)))
        if today < out_until:
            continue
        wrong = chance.choice((0,) * 14 + ((-30, -45, -400, -15_000) if year.is_behind else (1, 12, 40, 366)))
        shown = [today + timedelta(days=wrong), *[today] * chance.choice((1, 1, 2))]
        for each in [today, *shown] if year.is_behind else shown:
            year.run(today, each)
        if is_working_day(today):
            looked += year.look(today)
    assert looked > 30 and len({each.ladder for each in year.sent.values()}) >= 3
