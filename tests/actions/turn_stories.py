"""Random stories of actions through the services, and beside them, by hand, whose turn it was each day."""

import random
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta

from kscb_actions import clock
from kscb_actions.actions.another_way.service import decide_impossible
from kscb_actions.actions.extensions import ask_extension, change_due_date, decide_extension, open_request
from kscb_actions.actions.models import Action
from kscb_actions.actions.service import set_standing
from kscb_actions.assurance.checking import answer_question, ask_question, begin_check, reopen, take_back
from kscb_actions.assurance.models import Submission
from kscb_actions.assurance.queries import open_question, waiting_submission
from kscb_actions.assurance.service import decide, report_done
from kscb_actions.assurance.taking_back.service import take_decision_back
from kscb_actions.wording import LONDON

from ..factories import World


@dataclass
class Told:
    """What is true of one action at the end of each day, by a reckoning of the test's own."""

    standing: str = "active"
    assurance: str = "none"
    is_asked: bool = False
    is_begun: bool = False
    asked_on: date = date.min
    request_on: date | None = None
    updated_on: date = date.min
    moved_on: date = date.min
    decided_on: date | None = None
    is_stuck: bool = False
    is_sent_back: bool = False
    said_on: date = date.min
    board_days: set[date] = field(default_factory=set)

    @property
    def side(self) -> str:
        """Return who has the next move."""
        if self.standing != "active" or self.assurance == "accepted":
            return "nobody"
        waits = self.assurance == "submitted" and not self.is_asked
        return "board" if waits or self.request_on or self.to_replace else "agency"

    @property
    def to_replace(self) -> bool:
        """Return whether the Board has to decide what takes its place."""
        return self.is_stuck and not self.is_sent_back

    def since(self) -> date | None:
        """Return since when it is so."""
        if self.side == "nobody":
            return None
        if self.side == "board":
            return self.request_on or max(self.moved_on, self.said_on if self.to_replace else date.min)
        return max(self.moved_on, self.decided_on or self.moved_on, self.said_on)

    def silent_days(self, today: date) -> int:
        """Count, day by day, those since the last word or move that did not end with the Board to move."""
        begun = max(self.updated_on, self.moved_on)
        days = (begun + timedelta(days=number) for number in range((today - begun).days))
        return sum(day not in self.board_days for day in days)


class Story:
    """One action that is lived through at random, day by day."""

    def __init__(self, world: World, action: Action, chance: random.Random) -> None:
        self.world, self.id, self.chance = world, action.id, chance
        self.lead, self.chair = world.lead_of(action).viewer, world.second_chair.viewer
        today = clock.today()
        self.now = Told(updated_on=today, moved_on=today)
        self.told: dict[date, Told] = {}

    def end_day(self, today: date) -> None:
        """Note how the day ended."""
        if self.now.side == "board":
            self.now.board_days.add(today)
        self.told[today] = replace(self.now, board_days=set(self.now.board_days))

    def step(self) -> None:
        """Do one thing that can be done now, as the person who may."""
        self.chance.choice(self._possible())()

    @property
    def action(self) -> Action:
        return Action.get_by_id(self.id)

    def _possible(self) -> list[Callable[[], None]]:
        now = self.now
        if now.standing == "on_hold":
            return [self._activate]
        if now.standing != "active":
            return [lambda: None]
        if now.assurance == "accepted":
            return [self._reopen, lambda: self._by_mistake(self._reopen)]
        found = [self._hold, self._decide_time, self._decide_time] if now.request_on else [self._hold]
        if now.assurance == "submitted":
            found += [self._accept, self._return, self._return]
            found += [lambda: self._by_mistake(self._return), lambda: self._by_mistake(self._accept)]
            if now.is_asked:
                return [*found, self._answer, self._answer]
            # Once the Board has begun to check, it is not taken back.
            found.append(lambda: self._by_mistake(self._ask))
            return [*found, self._ask, self._ask if now.is_begun else self._take_back]
        found += [self._update, self._give_up, self._submit, self._submit, self._move_date]
        if now.to_replace:
            found += [self._send_back, self._send_back]
        return found if now.request_on else [*found, self._ask_time, self._ask_time]

    def _moved(self, **changes: object) -> None:
        for name, value in {"moved_on": clock.today(), **changes}.items():
            setattr(self.now, name, value)

    def _update(self) -> None:
        self.world.progress(self.action, narrative=f"On {clock.now()}.")
        self.now.updated_on = clock.today()

        self._found_a_way()

    def _found_a_way(self) -> None:
        if self.now.is_stuck:
            self._moved(moved_on=self.now.moved_on, is_stuck=False, is_sent_back=False, said_on=clock.today())

    def _give_up(self) -> None:
        self.world.progress(self.action, "cannot_be_done", f"No way on {clock.now()}.")
        if not self.now.to_replace:
            self.now.said_on = clock.today()
        self._moved(moved_on=self.now.moved_on, is_stuck=True, is_sent_back=False, updated_on=clock.today())

    def _send_back(self) -> None:
        decide_impossible(self.chair, self.action, "another_way", "Ask the others.")
        self._moved(is_sent_back=True)

    def _submit(self) -> None:
        self.world.evidence(self.action)
        report_done(self.lead, self.action, f"Done, word {self.chance.random()}.")
        self._found_a_way()
        self._moved(assurance="submitted", is_asked=False, is_begun=False, updated_on=clock.today())

    def _by_mistake(self, step: Callable[[], None]) -> None:
        """Take a step of the Board and take it back: all is as it was, but that the check is begun."""
        was = replace(self.now)
        step()
        take_decision_back(self.chair, self.action, "The wrong one.")
        self.now = replace(was, is_begun=self.now.is_begun)

    def _waiting(self) -> Submission:
        waiting = waiting_submission(self.action)
        assert waiting is not None
        waiting.action = self.action
        return waiting

    def _accept(self) -> None:
        decide(self.chair, self._waiting(), True, "Seen.")
        self._moved(assurance="accepted", is_asked=False)

    def _return(self) -> None:
        decide(self.chair, self._waiting(), False, "More, please.")
        self._moved(assurance="returned", is_asked=False)

    def _take_back(self) -> None:
        was_judged = any(each.assurance == "returned" for each in self.told.values())
        take_back(self.lead, self.action, "Too early.")
        after = self.action.assurance
        assert after in ("none", "returned") and (after == "returned" or not was_judged)
        self._moved(assurance=after, updated_on=clock.today())

    def _ask(self) -> None:
        begin_check(self.chair, self._waiting())
        ask_question(self.chair, self._waiting(), "How?", self.lead.id, "https://board.example")
        self._moved(is_asked=True, is_begun=True, asked_on=clock.today())

    def _answer(self) -> None:
        question = open_question(self._waiting())
        assert question is not None
        answer_question(self.lead, question, "So.")
        self._moved(is_asked=False)

    def _reopen(self) -> None:
        reopen(self.chair, self.action, "It came again.")
        self._moved(assurance="returned")

    def _hold(self) -> None:
        set_standing(self.world.manager.viewer, self.action, "on_hold", "An inquest.")
        self._moved(standing="on_hold")

    def _activate(self) -> None:
        standing = self.chance.choice(["active", "active", "withdrawn"])
        set_standing(self.world.manager.viewer, self.action, standing, "It goes on.")
        self._moved(standing=standing)

    def _ask_time(self) -> None:
        ask_extension(self.lead, self.action, self._later(), "More is needed.")
        self.now.request_on = clock.today()

    def _decide_time(self) -> None:
        request = open_request(self.action)
        assert request is not None
        can_agree = self.now.assurance in ("none", "returned") and request.asked_due_on >= clock.today()
        decide_extension(self.chair, request, can_agree and self.chance.random() < 0.5, "So be it.")
        self.now.request_on, self.now.decided_on = None, clock.today()

    def _move_date(self) -> None:
        change_due_date(self.chair, self.action, self._later(), "The trainer was ill.")
        if self.now.request_on:
            self.now.request_on, self.now.decided_on = None, clock.today()

    def _later(self) -> date:
        return max(self.action.current_due_on or clock.today(), clock.today()) + timedelta(days=9)


def live(world: World, stories: list[Story], first: date, days: int, chance: random.Random) -> date:
    """Live through so many days, on some of which something happens; the last day is returned.

    Some of it happens in the last hour of a London day, which in summer is the next day's in UTC, or in its
    first, which is the day's before.
    """
    today = first
    for number in range(days):
        today = first + timedelta(days=number)
        hour = chance.choice([0, 12, 23])
        with clock.at(datetime(today.year, today.month, today.day, hour, 30, tzinfo=LONDON)):
            for story in stories:
                if chance.random() < 0.12:
                    story.step()
                story.end_day(today)
    return today
